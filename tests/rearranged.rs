//! Windows, subpixels and positions against plain loops over indices, forward and backward.

mod reference;

use congruent::dims::WindowDim;
use congruent::prelude::*;
use congruent::shape::{Append, AxisAt, InWindows, PixelShuffle, PixelUnshuffle, WindowsOf, WithAxis};
use reference::{Plain, assert_near, indices, outcome1, outcome2, uniform};

dims! { A = ?, B = ?, C = ?, M = ? }

/// Compares what was moved, by where each element came from.
fn check_moves(found: &reference::Outcome, x: &Plain, dims: &[usize], from: impl Fn(&[usize]) -> Vec<usize>) {
    assert_eq!(found.y.dims, dims);
    let mut back = Plain::zeros(&x.dims);
    for index in indices(dims) {
        assert_eq!(found.y.at(&index), x.at(&from(&index)), "at {index:?}");
        back.add(&from(&index), found.cotangent.at(&index));
    }
    assert_near("gradient", &found.gradients[0].values, &back.values, 1e-13, 1.0);
}

type Places<S, const I: isize, const SIZE: usize, const STEP: usize> =
    WithAxis<S, I, WindowsOf<<S as AxisAt<I>>::At, D<SIZE>, D<STEP>>>;

fn check_windows<const I: isize, const SIZE: usize, const STEP: usize, S>(shape: S, axis: usize)
where
    D<SIZE>: StaticDim,
    S: Shape + AxisAt<I, At: InWindows<D<SIZE>, D<STEP>> + WindowDim<D<SIZE>, D<STEP>, D<0>>>,
    Places<S, I, SIZE, STEP>: Append<D<SIZE>>,
{
    let x = &uniform::<_, f64>(shape, 3);
    let plain = Plain::from(x);
    let mut dims = plain.dims.clone();
    dims[axis] = (dims[axis] - SIZE) / STEP + 1;
    dims.push(SIZE);
    let from = |index: &[usize]| {
        let (element, window) = index.split_last().expect("two axes or more");
        let mut from = window.to_vec();
        from[axis] = from[axis] * STEP + element;
        from
    };
    check_moves(&outcome1(x, |x| x.unfold::<I, SIZE, STEP>().boxed()), &plain, &dims, from);
    let expression = outcome1(x, |x| (x.ex() * 1.0).unfold::<I, SIZE, STEP>().boxed());
    check_moves(&expression, &plain, &dims, from);
    let numbers = Cpu.from_fn(shape, |i| i as i64);
    let (found, numbers) = (Plain::from(&numbers.unfold::<I, SIZE, STEP>().eval()), Plain::from(&numbers));
    assert!(indices(&dims).all(|index| found.at(&index) == numbers.at(&from(&index))));
}

#[test]
fn windows_of_an_axis() {
    check_windows::<0, 3, 2, _>((D::<7>,), 0);
    check_windows::<0, 7, 1, _>((D::<7>,), 0);
    check_windows::<0, 1, 17, _>((D::<17>,), 0);
    check_windows::<-1, 4, 3, _>((A(17), D::<34>), 1);
    check_windows::<1, 2, 5, _>((A(2), D::<9>, C(3)), 1);
    check_windows::<0, 2, 1, _>((D::<5>, B(1), C(17)), 0);
    check_windows::<1, 2, 1, _>((A(0), D::<3>, C(2)), 1);
    check_windows::<0, 2, 1, _>((D::<3>, B(0)), 0);
    check_windows::<0, 0, 1, _>((D::<3>, B(2)), 0);
}

#[test]
fn channels_become_pixels_and_pixels_channels() {
    fn check<const R: usize, S: PixelShuffle<R>>(shape: S)
    where
        <S as PixelShuffle<R>>::Out: PixelUnshuffle<R, Out = S>,
    {
        let x = &uniform::<_, f64>(shape, 3);
        let plain = Plain::from(x);
        let rank = plain.dims.len();
        let mut dims = plain.dims.clone();
        (dims[rank - 3], dims[rank - 2], dims[rank - 1]) =
            (dims[rank - 3] / R / R, dims[rank - 2] * R, dims[rank - 1] * R);
        let from = |index: &[usize]| {
            let mut from = index.to_vec();
            let [c, h, w] = [index[rank - 3], index[rank - 2], index[rank - 1]];
            from[rank - 3] = c * R * R + h % R * R + w % R;
            (from[rank - 2], from[rank - 1]) = (h / R, w / R);
            from
        };
        check_moves(&outcome1(x, |x| x.pixel_shuffle::<R>().boxed()), &plain, &dims, from);
        let found = outcome1(x, |x| x.pixel_shuffle::<R>().pixel_unshuffle::<R>().boxed());
        assert_eq!((&found.y, &found.gradients[0]), (&plain, &found.cotangent));
    }
    check::<2, _>((D::<8>, D::<3>, D::<5>));
    check::<3, _>((A(2), D::<9>, D::<1>, D::<7>));
    check::<1, _>((A(3), D::<2>, D::<3>, D::<4>));
    check::<2, _>((A(0), D::<4>, D::<3>, D::<2>));
}

#[test]
fn elements_are_written_at_positions() {
    let (x, src) = (&uniform::<_, f64>((A(3), B(4), C(2)), 1), &uniform::<_, f64>((M(6),), 2));
    let ids = |seed: u64, len: i64| {
        let key = Key::new(seed);
        Cpu.from_fn((M(6),), |i| key.below(i as u64, 2 * len as u64) as i64 - len)
    };
    let lists = [ids(1, 3), ids(2, 4), ids(3, 2)];
    let [i, j, k] = &lists;
    let front = |list: &Tensor<(M,), i64>, at: usize, len: i64| list.as_slice()[at].rem_euclid(len) as usize;
    let place = |at: usize| vec![front(i, at, 3), front(j, at, 4), front(k, at, 2)];
    let (p, q) = (Plain::from(x), Plain::from(src));

    let found = outcome2((x, src), |x, src| x.index_put((i, j, k), src).boxed());
    let (mut y, mut dx, mut dsrc) = (p.clone(), found.cotangent.clone(), Plain::zeros(&[6]));
    for at in 0..6 {
        y.values[p.place(&place(at))] = q.values[at];
        dx.values[p.place(&place(at))] = 0.0;
        let last = (at + 1..6).all(|later| place(later) != place(at));
        dsrc.values[at] = if last { found.cotangent.at(&place(at)) } else { 0.0 };
    }
    assert_eq!((&found.y, &found.gradients[0], &found.gradients[1]), (&y, &dx, &dsrc));

    let found = outcome2((x, src), |x, src| x.index_put_add((i, j, k), src).boxed());
    let (mut y, mut dsrc) = (p.clone(), Plain::zeros(&[6]));
    for at in 0..6 {
        y.add(&place(at), q.values[at]);
        dsrc.values[at] = found.cotangent.at(&place(at));
    }
    assert_near("index_put_add", &found.y.values, &y.values, 1e-15, 1.0);
    assert_eq!((&found.gradients[0], &found.gradients[1]), (&found.cotangent, &dsrc));
}

#[test]
fn positions_outside_are_errors() {
    let x = Cpu.tensor([[1, 2], [3, 4]]);
    let y =
        attempt(|| x.index_put((&Cpu.tensor([0, 1]), &Cpu.tensor([0, 2])), &Cpu.tensor([5, 6])).eval()).unwrap_err();
    assert_eq!(y.to_string(), "index 2 at position 1 is outside of an axis of length 2");
    let (two, three) = (Cpu.zeros_of::<i64, _>((M(2),)), Cpu.zeros_of::<i64, _>((M(3),)));
    assert!(matches!(attempt(|| x.index_put((&two, &three), &two)), Err(Error::Sizes(_))));
    assert!(matches!(attempt(|| x.index_put((&two, &two), &three)), Err(Error::Sizes(_))));
    let none = Cpu.zeros_of::<i64, _>((M(0),));
    assert_eq!(x.index_put((&none, &none), &none).eval(), x);
}
