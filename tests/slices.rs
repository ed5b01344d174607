//! Slices, joins and paddings against plain loops over indices, forward and backward.

mod reference;

use congruent::attempt;
use congruent::dims::DivDim;
use congruent::prelude::*;
use congruent::shape::slice::{Sliced, Slices};
use congruent::shape::{AxisAt, InParts};
use reference::{Plain, assert_near, indices, outcome1, uniform};

dims! { A = ?, B = ?, C = ?, F = ? }

/// `slice!(x, [items], |index| index in the source)`: values, and the cotangent carried back to `x`.
fn check<S: Shape + Sliced<T>, T, const M: usize, const N: usize>(
    shape: S,
    slices: Slices<T, M, N>,
    source: impl Fn(&[usize]) -> Vec<usize>,
) {
    let x = &uniform::<_, f64>(shape, 3);
    let plain = Plain::from(x);
    let found = outcome1(x, |x| x.slice(slices).boxed());
    let mut back = Plain::zeros(&plain.dims);
    for index in indices(&found.y.dims) {
        assert_eq!(found.y.at(&index), plain.at(&source(&index)), "{index:?} of {:?}", found.y.dims);
        back.add(&source(&index), found.cotangent.at(&index));
    }
    assert_near("gradient", &found.gradients[0].values, &back.values, 1e-14, 1.0);
}

#[test]
fn slices_take_what_numpy_takes() {
    type S = Shape![5, 7, 4];
    let s = S::default();
    check(s, s![1..], |i| vec![i[0] + 1, i[1], i[2]]);
    check(s, s![.., ..-1], |i| vec![i[0], i[1], i[2]]);
    check(s, s![::2, 1:6:2, ::-1], |i| vec![2 * i[0], 1 + 2 * i[1], 3 - i[2]]);
    check(s, s![-1, .., -2..], |i| vec![4, i[0], i[1] + 2]);
    check(s, s![..., 2], |i| vec![i[0], i[1], 2]);
    check(s, s![0, ..., 3], |i| vec![0, i[0], 3]);
    check(s, s![new, 3, new, 2..5, ..., new], |i| vec![3, i[2] + 2, i[3]]);
    check(s, s![1, 2, 3], |_| vec![1, 2, 3]);
    check(s, s![::-2, 5:1:-2], |i| vec![4 - 2 * i[0], 5 - 2 * i[1], i[2]]);
    check(s, s![2..2], |_| unreachable!("nothing is there"));
    check(s, s![..], |i| i.to_vec());
}

#[test]
fn run_time_axes_are_cut_to_static_lengths() {
    for [a, b, c] in [[3, 7, 17], [17, 3, 2], [5, 4, 1021]] {
        let at = a as isize - 1;
        check((A(a), B(b), C(c)), s![at, 1..3, ::-1], |i| vec![a - 1, i[0] + 1, c - 1 - i[1]]);
        check((A(a), B(b), C(c)), s![-2.., .., -1], |i| vec![a - 2 + i[0], i[1], c - 1]);
    }
}

/// The `part`th of `N` equal parts of axis `I`, counted from the front as `axis`.
fn check_chunk<const I: isize, const N: usize, S>(shape: S, axis: usize)
where
    S: Shape + AxisAt<I, At: InParts<D<N>> + DivDim<D<N>>>,
{
    let x = &uniform::<_, f64>(shape, 3);
    let plain = Plain::from(x);
    let step = plain.dims[axis] / N.max(1);
    for part in 0..N {
        let found = outcome1(x, |x| x.chunk::<I, N>().into_iter().nth(part).expect("one of N").boxed());
        let mut back = Plain::zeros(&plain.dims);
        for index in indices(&found.y.dims) {
            let mut from = index.clone();
            from[axis] += part * step;
            assert_eq!(found.y.at(&index), plain.at(&from));
            back.add(&from, found.cotangent.at(&index));
        }
        assert_near("gradient", &found.gradients[0].values, &back.values, 1e-14, 1.0);
    }
}

#[test]
fn chunks_are_equal_parts() {
    check_chunk::<0, 3, _>((D::<6>, B(7)), 0);
    check_chunk::<-1, 2, _>((A(17), D::<34>), 1);
    check_chunk::<1, 1, _>((A(2), D::<5>, C(3)), 1);
    check_chunk::<-2, 7, _>((A(1), D::<7>, C(0)), 1);
    check_chunk::<0, 4, _>((D::<0>, B(2)), 0);
}

#[test]
fn outside_of_run_time_axes_is_an_error_with_numbers() {
    let x = Cpu.full((A(3), D::<2>), 1.0f32);
    let error = |result: Result<Tensor<(D<2>,)>, Error>| result.unwrap_err().to_string();
    let i = 7;
    let found = error(attempt(|| x.slice(s![i]).eval()));
    assert_eq!(found, "slice 7 reaches outside of axis 0, whose length is 3");
    assert_eq!(error(attempt(|| x.slice(s![-4]).eval())), "slice -4 reaches outside of axis 0, whose length is 3");
    let found = attempt(|| x.slice(s![1..5]).eval()).unwrap_err().to_string();
    assert_eq!(found, "slice 1:5 reaches outside of axis 0, whose length is 3");
    assert!(attempt(|| x.narrow::<0, _>(2, F(2)).eval()).is_err() && attempt(|| x.select::<0>(3).eval()).is_err());
    assert!(attempt(|| x.narrow::<0, _>(usize::MAX, F(2)).eval()).is_err());
    assert!(attempt(|| x.split::<0, _>(F(2))).is_err() && attempt(|| x.split::<0, _>(F(0))).is_err());
}

#[test]
fn every_element_type_is_sliced() {
    let x = Cpu.tensor([[1, 2, 3], [4, 5, 6]]);
    assert_eq!(x.slice(s![.., ::-2]).eval(), Cpu.tensor([[3, 1], [6, 4]]));
    assert_eq!(x.t().slice(s![1..]).flip::<0>().eval(), Cpu.tensor([[3, 6], [2, 5]]));
    assert_eq!(x.slice(s![.., 1]).expand((D::<2>, D::<2>)).eval(), Cpu.tensor([[2, 5], [2, 5]]));
    let mask = Cpu.tensor_of::<bool, _>([[true, false], [false, false]]);
    assert_eq!(mask.slice(s![0]).eval(), Cpu.tensor_of::<bool, _>([true, false]));
    assert_eq!(x.reshape((D::<3>, D::<2>)).eval(), Cpu.tensor([[1, 2], [3, 4], [5, 6]]));
}

#[test]
fn parts_are_written_to() {
    let mut x = Cpu.zeros::<Shape![3, 4]>();
    let kept = x.clone();
    x.assign(s![1.., ::-2], &Cpu.tensor([1.0, 2.0]));
    assert_eq!(x, Cpu.tensor([[0.0; 4], [0.0, 2.0, 0.0, 1.0], [0.0, 2.0, 0.0, 1.0]]));
    assert_eq!(kept, Cpu.zeros(), "a clone keeps what it was");
    let own = x.clone();
    x.assign(s![..], own.flip::<1>());
    assert_eq!(x.select::<0>(1).eval(), Cpu.tensor([1.0, 0.0, 2.0, 0.0]), "reading while writing");
    x.assign(s![0, 0], &Cpu.full((), 9.0f32));
    assert_eq!(x.as_slice()[0], 9.0);
    let mut x = Cpu.full((A(2),), 0i64);
    assert!(attempt(|| x.assign(s![5], &Cpu.full((), 1i64))).is_err());
    assert_eq!(x.as_slice(), [0, 0]);
}

#[test]
fn numbers_are_written_to_parts() {
    let mut x = Cpu.zeros_of::<f64, Shape![3, 4]>((D, D));
    let kept = x.clone();
    x.assign(s![1.., ::-2], f64::NAN);
    x.assign(s![.., 1], -2.5);
    assert_eq!(x.sum_axis::<1>().eval().as_slice()[0], -2.5);
    assert_eq!(x.is_nan().eval().to_vec().iter().filter(|&&nan| nan).count(), 2);
    assert_eq!(kept, Cpu.zeros_of((D, D)));
    let mut halves = Cpu.zeros_of::<f16, Shape![2, 2]>((D, D));
    halves.assign(s![0], 0.1);
    assert_eq!(halves.as_slice()[..3], [f16::from_f64(0.1), f16::from_f64(0.1), f16::ZERO]);
    let mut x = Cpu.full((A(4),), 0u8);
    x.assign(s![A = 1..3], 255);
    x.assign(s![A = 2..2], 1);
    assert!(attempt(|| x.assign(s![5], 1)).is_err());
    assert_eq!(x.as_slice(), [0, 255, 255, 0]);
}

#[test]
fn parts_make_the_whole() {
    let x = &uniform::<_, f64>(<Shape![3, 6, 2]>::default(), 5);
    let (first, rest) = x.split_at::<1, 2>();
    assert_eq!((first.eval(), rest.eval()), (x.slice(s![.., ..2]).eval(), x.slice(s![.., 2..]).eval()));
    let parts = x.split::<1, _>(D::<3>);
    assert_eq!(parts.into_iter().map(|part| part.eval()).collect::<Vec<_>>()[1], x.slice(s![.., 3..6]).eval());
    let rows = x.unbind::<-1>();
    assert_eq!(rows.into_iter().map(|row| row.eval()).collect::<Vec<_>>()[1], x.select::<2>(1).eval());
}

#[test]
fn products_read_flipped_factors_in_place() {
    let x = &uniform::<_, f64>(<Shape![4, 4]>::default(), 5);
    let y = &uniform::<_, f64>(<Shape![4, 4]>::default(), 6);
    let (flipped, both) = (x.flip::<0>().eval(), x.slice(s![::-1, ::-1]).eval());
    assert_eq!(x.flip::<0>().matmul(y).eval(), flipped.matmul(y).eval());
    assert_eq!(y.matmul(x.slice(s![::-1, ::-1]).t()).eval(), y.matmul(both.t()).eval());
    let w: (Param<Shape![4, 4], Weights<f64>>,) = (x.clone().into(),);
    let cotangent = &uniform::<_, f64>(<Shape![4, 4]>::default(), 7);
    let (_, grads) = w.value_and_grad(|(w,)| (w.flip::<0>().matmul(y) * cotangent).sum()).unwrap();
    let expected = cotangent.matmul(y.t()).eval();
    assert_eq!(grads.0.as_slice(), expected.flip::<0>().eval().as_slice());
}
