//! Indexing by values against plain loops over indices, forward and backward: all axes, repeated and negative indices.

mod reference;
mod support;

use congruent::ops::ScatterReduce;
use congruent::prelude::*;
use congruent::shape::AxisAt;
use reference::{Outcome, Plain, assert_near, indices, outcome1, outcome2, uniform};
use support::{gradients, random};

dims! { A = ?, B = ?, C = ?, F = ?, M = ?, Found = ? }

/// `axes!(check)`: `check!(shape, axis, the same counted from the front, number of indices)` over ranks 1 to 4.
macro_rules! axes {
    ($check:ident) => {
        $check!((A(7),), 0, 0, 17);
        $check!((A(1),), -1, 0, 3);
        $check!((A(17), B(7)), 0, 0, 1);
        $check!((A(7), B(17)), 1, 1, 7);
        $check!((A(2), B(1)), -1, 1, 5);
        $check!((A(2), B(7), C(3)), 0, 0, 7);
        $check!((A(2), B(7), C(3)), 1, 1, 17);
        $check!((A(2), B(7), C(3)), -1, 2, 2);
        $check!((A(2), B(3), C(1), F(5)), 0, 0, 3);
        $check!((A(2), B(3), C(1), F(5)), -3, 1, 4);
        $check!((A(2), B(3), C(1), F(5)), 2, 2, 3);
        $check!((A(2), B(3), C(1), F(5)), 3, 3, 7);
        $check!((A(7), B(3)), 0, 0, 0);
        $check!((A(0), B(3)), 0, 0, 0);
        $check!((A(0), B(3)), 1, 1, 2);
        $check!((A(3), B(0), C(2)), 0, 0, 4);
        $check!((A(3), B(0), C(2)), 2, 2, 4);
    };
}

/// Random indices into an axis, from either end.
fn ids<S: Shape>(shape: S, len: usize, seed: u64) -> Tensor<S, i64> {
    let key = Key::new(seed);
    Cpu.from_fn(shape, |i| (key.uniform_f64(i as u64) * 2.0 * len as f64) as i64 - len as i64)
}

/// Indices counted from the front, in order.
fn from_front<S: Shape>(ids: &Tensor<S, i64>, len: usize) -> Vec<usize> {
    ids.to_vec().into_iter().map(|id| if id < 0 { id + len as i64 } else { id } as usize).collect()
}

/// Small integers, zero among them, so that there are ties.
fn coarse<S: Shape, E: Elem>(shape: S, seed: u64) -> Tensor<S, E> {
    let key = Key::new(seed);
    Cpu.from_fn(shape, |i| E::of_f64((key.uniform_f64(i as u64) * 4.0).floor() - 1.0))
}

/// The index with `value` along an axis.
fn with(mut index: Vec<usize>, axis: usize, value: usize) -> Vec<usize> {
    index[axis] = value;
    index
}

/// Compares values and gradients with those of a loop, to the last bit.
#[track_caller]
fn agrees(what: &str, found: &Outcome, y: &Plain, gradients: &[Plain]) {
    assert_eq!(&found.y, y, "{what}");
    for (place, (found, expected)) in found.gradients.iter().zip(gradients).enumerate() {
        assert_eq!(found.dims, expected.dims, "{what}: gradient {place}");
        assert_near(&format!("{what}: gradient {place}"), &found.values, &expected.values, 1e-13, 1.0);
    }
}

#[test]
fn slices_along_an_axis() {
    macro_rules! check {
        ($shape:expr, $axis:literal, $front:literal, $count:literal) => {{
            let x = &uniform::<_, f64>($shape, 1);
            let (p, len) = (Plain::from(x), x.dims()[$front]);
            let ids = &ids((M($count),), len, 2);
            let chosen = from_front(ids, len);
            let found = outcome1(x, |x| x.index_select::<$axis>(ids).boxed());
            let y = Plain::from_fn(&with(p.dims.clone(), $front, $count), |i| {
                let from = chosen[i[$front]];
                p.at(&with(i, $front, from))
            });
            let mut dx = Plain::zeros(&p.dims);
            for i in indices(&y.dims) {
                dx.add(&with(i.clone(), $front, chosen[i[$front]]), found.cotangent.at(&i));
            }
            agrees(stringify!(index_select $shape, $axis), &found, &y, &[dx]);
            let numbers = coarse::<_, i32>($shape, 3);
            let n = Plain::from(&numbers);
            let taken: Tensor<_, i32> = numbers.index_select::<$axis>(ids).eval();
            let y = Plain::from_fn(&y.dims, |i| n.at(&with(i.clone(), $front, chosen[i[$front]])));
            assert_eq!(Plain::from(&taken), y);
        }};
    }
    axes!(check);
}

#[test]
fn elements_along_an_axis() {
    macro_rules! check {
        ($shape:expr, $axis:literal, $front:literal, $count:literal) => {{
            let x = &uniform::<_, f64>($shape, 1);
            let (p, len) = (Plain::from(x), x.dims()[$front]);
            let ids = &ids(AxisAt::<$axis>::with($shape, M($count)), len, 2);
            let (chosen, q) = (from_front(ids, len), Plain::from(ids));
            let found = outcome1(x, |x| x.take_along_axis::<$axis>(ids).boxed());
            let place = |i: Vec<usize>| {
                let from = chosen[q.place(&i)];
                with(i, $front, from)
            };
            let y = Plain::from_fn(&q.dims, |i| p.at(&place(i)));
            let mut dx = Plain::zeros(&p.dims);
            indices(&y.dims).for_each(|i| dx.add(&place(i.clone()), found.cotangent.at(&i)));
            agrees(stringify!(take_along_axis $shape, $axis), &found, &y, &[dx]);
            let mask = coarse::<_, bool>($shape, 3);
            let taken: Tensor<_, bool> = mask.take_along_axis::<$axis>(ids).eval();
            assert_eq!(Plain::from(&taken), Plain::from_fn(&q.dims, |i| Plain::from(&mask).at(&place(i))));
        }};
    }
    axes!(check);
}

#[test]
fn elements_of_everything() {
    let x = &uniform::<_, f64>((A(3), B(5)), 1);
    let ids = &ids((C(2), M(7)), 15, 2);
    let (p, chosen) = (Plain::from(x), from_front(ids, 15));
    let found = outcome1(x, |x| x.t().take(ids).boxed());
    let turned = p.permuted(&[1, 0]).values;
    let y = Plain { dims: vec![2, 7], values: chosen.iter().map(|&place| turned[place]).collect() };
    let mut back = Plain::zeros(&[5, 3]);
    chosen.iter().zip(&found.cotangent.values).for_each(|(&place, dy)| back.values[place] += dy);
    agrees("take", &found, &y, &[back.permuted(&[1, 0])]);
    let labels = Cpu.tensor([[1, 2], [3, 4]]).take(&Cpu.tensor_of::<i32, _>([-1, 0]));
    assert_eq!(labels.eval().as_slice(), [4, 1]);
    assert_eq!(Cpu.tensor(3.0).take(&Cpu.tensor([0, -1])).eval().as_slice(), [3.0, 3.0]);
}

#[test]
fn slices_filled_with_a_number() {
    macro_rules! check {
        ($shape:expr, $axis:literal, $front:literal, $count:literal) => {{
            let x = &uniform::<_, f64>($shape, 1);
            let (p, len) = (Plain::from(x), x.dims()[$front]);
            let ids = &ids((M($count),), len, 2);
            let chosen = from_front(ids, len);
            let found = outcome1(x, |x| x.index_fill::<$axis>(ids, 2.5).boxed());
            let y = Plain::from_fn(&p.dims, |i| if chosen.contains(&i[$front]) { 2.5 } else { p.at(&i) });
            let dx =
                Plain::from_fn(&p.dims, |i| if chosen.contains(&i[$front]) { 0.0 } else { found.cotangent.at(&i) });
            agrees(stringify!(index_fill $shape, $axis), &found, &y, &[dx]);
        }};
    }
    axes!(check);
    let mask = Cpu.tensor_of::<bool, _>([false, false, true]).index_fill::<0>(&Cpu.tensor([-3]), true);
    assert_eq!(mask.eval().as_slice(), [true, false, true]);
}

/// What a loop writes: the result, and which element of the source stands at each place.
struct Written {
    y: Plain,
    by: Vec<Option<usize>>,
}

/// Writes `src` to the places that `to` names, the last one stays.
fn write(x: &Plain, src: &Plain, to: impl Fn(Vec<usize>) -> Vec<usize>) -> Written {
    let (mut y, mut by) = (x.clone(), vec![None; x.values.len()]);
    for (number, i) in indices(&src.dims).enumerate() {
        let place = x.place(&to(i.clone()));
        (y.values[place], by[place]) = (src.at(&i), Some(number));
    }
    Written { y, by }
}

#[track_caller]
fn writes(what: &str, found: &Outcome, x: &Plain, src: &Plain, to: impl Fn(Vec<usize>) -> Vec<usize>) {
    let Written { y, by } = write(x, src, to);
    let (mut dx, mut dsrc) = (found.cotangent.clone(), Plain::zeros(&src.dims));
    for (place, by) in by.into_iter().enumerate() {
        if let Some(number) = by {
            dsrc.values[number] = dx.values[place];
            dx.values[place] = 0.0;
        }
    }
    agrees(what, found, &y, &[dx, dsrc]);
}

#[track_caller]
fn adds(what: &str, found: &Outcome, x: &Plain, src: &Plain, to: impl Fn(Vec<usize>) -> Vec<usize>) {
    let mut y = x.clone();
    indices(&src.dims).for_each(|i| y.add(&to(i.clone()), src.at(&i)));
    let dsrc = Plain::from_fn(&src.dims, |i| found.cotangent.at(&to(i)));
    agrees(what, found, &y, &[found.cotangent.clone(), dsrc]);
}

#[test]
fn elements_written_and_added_along_an_axis() {
    macro_rules! check {
        ($shape:expr, $axis:literal, $front:literal, $count:literal) => {{
            let along = AxisAt::<$axis>::with($shape, M($count));
            let (x, src) = (&uniform::<_, f64>($shape, 1), &uniform::<_, f64>(along, 4));
            let (p, s, len) = (Plain::from(x), Plain::from(src), x.dims()[$front]);
            let ids = &ids(along, len, 2);
            let chosen = from_front(ids, len);
            let to = |i: Vec<usize>| {
                let place = chosen[s.place(&i)];
                with(i, $front, place)
            };
            let found = outcome2((x, src), |x, src| x.scatter::<$axis>(ids, src).boxed());
            writes(stringify!(scatter $shape, $axis), &found, &p, &s, to);
            let found = outcome2((x, src), |x, src| x.scatter_add::<$axis>(ids, src).boxed());
            adds(stringify!(scatter_add $shape, $axis), &found, &p, &s, to);
            let (n, m) = (coarse::<_, u8>($shape, 5), coarse::<_, u8>(along, 6));
            let written: Tensor<_, u8> = n.scatter::<$axis>(ids, &m).eval();
            assert_eq!(Plain::from(&written), write(&Plain::from(&n), &Plain::from(&m), to).y);
        }};
    }
    axes!(check);
}

#[test]
fn slices_written_and_added_along_an_axis() {
    macro_rules! check {
        ($shape:expr, $axis:literal, $front:literal, $count:literal) => {{
            let along = AxisAt::<$axis>::with($shape, M($count));
            let (x, src) = (&uniform::<_, f64>($shape, 1), &uniform::<_, f64>(along, 4));
            let (p, s, len) = (Plain::from(x), Plain::from(src), x.dims()[$front]);
            let ids = &ids((M($count),), len, 2);
            let chosen = from_front(ids, len);
            let to = |i: Vec<usize>| {
                let place = chosen[i[$front]];
                with(i, $front, place)
            };
            let found = outcome2((x, src), |x, src| x.index_copy::<$axis>(ids, src).boxed());
            writes(stringify!(index_copy $shape, $axis), &found, &p, &s, to);
            let found = outcome2((x, src), |x, src| x.index_add::<$axis>(ids, src).boxed());
            adds(stringify!(index_add $shape, $axis), &found, &p, &s, to);
            let (n, m) = (coarse::<_, i64>($shape, 5), coarse::<_, i64>(along, 6));
            let written: Tensor<_, i64> = n.index_copy::<$axis>(ids, &m).eval();
            assert_eq!(Plain::from(&written), write(&Plain::from(&n), &Plain::from(&m), to).y);
        }};
    }
    axes!(check);
}

const REDUCTIONS: [ScatterReduce; 5] =
    [ScatterReduce::Sum, ScatterReduce::Prod, ScatterReduce::Mean, ScatterReduce::Max, ScatterReduce::Min];

/// The result of one place, and the gradient of each that met there.
fn reduced(how: ScatterReduce, met: &[f64], dy: f64) -> (f64, Vec<f64>) {
    let n = met.len() as f64;
    let extreme = |y: f64| {
        let ties = met.iter().filter(|&&x| x == y).count() as f64;
        (y, met.iter().map(|&x| if x == y { dy / ties } else { 0.0 }).collect())
    };
    let others = |own| met.iter().enumerate().filter(|&(i, _)| i != own).map(|(_, x)| x).product::<f64>();
    match how {
        ScatterReduce::Sum => (met.iter().sum(), vec![dy; met.len()]),
        ScatterReduce::Mean => (met.iter().sum::<f64>() / n, vec![dy / n; met.len()]),
        ScatterReduce::Prod => (met.iter().product(), (0..met.len()).map(|own| dy * others(own)).collect()),
        ScatterReduce::Max => extreme(met.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        ScatterReduce::Min => extreme(met.iter().copied().fold(f64::INFINITY, f64::min)),
    }
}

/// Elements are small integers, so that there are ties and zeros, several of them at a place, too.
#[test]
fn what_meets_at_a_place() {
    macro_rules! check {
        ($shape:expr, $axis:literal, $front:literal, $count:literal) => {{
            let along = AxisAt::<$axis>::with($shape, M($count));
            let (x, src) = (&coarse::<_, f64>($shape, 1), &coarse::<_, f64>(along, 4));
            let (p, s, len) = (Plain::from(x), Plain::from(src), x.dims()[$front]);
            let ids = &ids(along, len, 2);
            let chosen = from_front(ids, len);
            for how in REDUCTIONS {
                let found = outcome2((x, src), |x, src| x.scatter_reduce::<$axis>(ids, src, how).boxed());
                let (mut y, mut dx, mut dsrc) = (p.clone(), p.clone(), s.clone());
                for place in 0..p.values.len() {
                    let at = |i: &Vec<usize>| p.place(&with(i.clone(), $front, chosen[s.place(i)])) == place;
                    let from: Vec<usize> = indices(&s.dims).filter(at).map(|i| s.place(&i)).collect();
                    let met: Vec<f64> =
                        [p.values[place]].into_iter().chain(from.iter().map(|&i| s.values[i])).collect();
                    let (value, slopes) = reduced(how, &met, found.cotangent.values[place]);
                    (y.values[place], dx.values[place]) = (value, slopes[0]);
                    from.iter().zip(&slopes[1..]).for_each(|(&i, &slope)| dsrc.values[i] = slope);
                }
                agrees(&format!("{how:?} of {}", stringify!($shape, $axis)), &found, &y, &[dx, dsrc]);
            }
        }};
    }
    axes!(check);
}

#[test]
fn extremes_keep_nan() {
    let (x, src) = (Cpu.tensor([1.0, f32::NAN, 5.0]), Cpu.tensor([f32::NAN, 2.0, 9.0]));
    let ids = &Cpu.tensor([0, 1, 2]);
    for how in [ScatterReduce::Max, ScatterReduce::Min] {
        let y = x.scatter_reduce::<0>(ids, &src, how).eval();
        assert!(y.as_slice()[0].is_nan() && y.as_slice()[1].is_nan() && !y.as_slice()[2].is_nan());
    }
}

#[test]
fn gradients_are_those_of_differences() {
    let ids = &Cpu.tensor([[2, -1, 0], [1, 1, -3]]);
    let list = &Cpu.tensor([1, -1, 1]);
    let mask = &Cpu.tensor_of::<bool, _>([[true, false, true], [false, false, true]]);
    let weights = &Cpu.uniform_of::<f64, _>((D::<2>, D::<3>), Key::new(5), 0.5, 1.5);
    let mut two = (random((D::<2>, D::<3>), 1, 0.5, 1.5), random((D::<2>, D::<3>), 2, 0.5, 1.5));
    gradients!(two, |(x, y)| (x.take_along_axis::<1>(ids) * y).sum());
    gradients!(two, |(x, y)| (x.index_select::<1>(list) * y).sum());
    gradients!(two, |(x, y)| (x.index_fill::<0>(&Cpu.tensor([1]), 3.0) * y).sum());
    gradients!(two, |(x, y)| (x.exp().scatter::<1>(ids, y.square()) * weights).sum());
    gradients!(two, |(x, y)| (x.exp().scatter_add::<1>(ids, y.square()) * weights).sum());
    gradients!(two, |(x, y)| (x.exp().index_copy::<1>(list, y.square()) * weights).sum());
    gradients!(two, |(x, y)| (x.exp().index_add::<1>(list, y.square()) * weights).sum());
    for how in REDUCTIONS {
        gradients!(two, |(x, y)| (x.exp().scatter_reduce::<1>(ids, y.square(), how) * weights).sum());
    }
    gradients!(two, |(x, y)| (x.exp().masked_scatter(mask, y.square()) * weights).sum());
    gradients!(two, |(x, y)| (x.exp().masked_fill(mask, 0.5) * y).sum());
    gradients!(two, |(x, y)| (x.masked_select(mask, Found) * y.masked_select(mask, Found)).sum());
    gradients!(two, |(x, y)| (x.matmul(y.t()).diagonal().exp()).sum());
    gradients!(two, |(x, y)| x.matmul(y.t()).square().trace());
    gradients!(two, |(x, y)| (x.tril(0).diag_embed() * y.triu(1).exp().diag_embed()).sum());
}

/// A tensor that is written to itself: both gradients arrive at it.
#[test]
fn an_operand_may_be_both() {
    let ids = &Cpu.tensor([1, 0, 0]);
    let mut x = random((D::<3>,), 1, 0.5, 1.5);
    gradients!(x, |x| (x.scatter::<0>(ids, x * 2.0) * x).sum());
    gradients!(x, |x| (x.scatter_reduce::<0>(ids, x, ScatterReduce::Prod) * x).sum());
}

#[test]
fn views_are_indexed_as_what_they_show() {
    let x = &uniform::<_, f64>((A(3), B(4)), 1);
    let (p, ids) = (Plain::from(x), &Cpu.tensor([2, 0, 2]));
    let found = outcome1(x, |x| x.t().index_select::<-1>(ids).boxed());
    let y = Plain::from_fn(&[4, 3], |i| p.at(&[[2, 0, 2][i[1]], i[0]]));
    let dx = Plain::from_fn(&[3, 4], |i| match i[0] {
        0 => found.cotangent.at(&[i[1], 1]),
        1 => 0.0,
        _ => found.cotangent.at(&[i[1], 0]) + found.cotangent.at(&[i[1], 2]),
    });
    agrees("of a transpose", &found, &y, &[dx]);
    let row = &uniform::<_, f64>((D::<1>, B(4)), 2);
    let found = outcome1(row, |x| x.expand((A(3), B(4))).take(&Cpu.tensor([4, 0, 9])).boxed());
    let r = Plain::from(row).values;
    assert_eq!(found.y.values, [r[0], r[0], r[1]]);
    assert_near(
        "stretched",
        &found.gradients[0].values,
        &[found.cotangent.values[0] + found.cotangent.values[1], found.cotangent.values[2], 0.0, 0.0],
        1e-15,
        1.0,
    );
}

#[test]
fn an_index_outside_is_an_error_with_its_numbers() {
    let x = &Cpu.zeros::<Shape![2, 3]>();
    let said = |error: Result<_, Error>| error.map(|_: Tensor<Shape![2, 3]>| ()).unwrap_err().to_string();
    let outside = "index 3 at position 1 is outside of an axis of length 3";
    let two = Cpu.tensor([[0, 3], [0, 0]]);
    let source = Cpu.zeros::<Shape![2, 2]>();
    assert_eq!(said(attempt(|| x.scatter::<1>(&two, &source).eval())), outside);
    assert_eq!(said(attempt(|| x.scatter_add::<1>(&two, &source).eval())), outside);
    assert_eq!(said(attempt(|| x.index_add::<1>(&Cpu.tensor([0, 3]), &source).eval())), outside);
    assert_eq!(said(attempt(|| x.index_copy::<1>(&Cpu.tensor([0, 3]), &source).eval())), outside);
    assert_eq!(said(attempt(|| x.index_fill::<1>(&Cpu.tensor([0, 3]), 0.0).eval())), outside);
    let error = attempt(|| x.take_along_axis::<0>(&Cpu.tensor([[0, -2, -3]])).eval()).unwrap_err();
    assert!(matches!(error, Error::Index { index: -3, position: 2, len: 2 }), "{error}");
    let error = attempt(|| x.take(&Cpu.tensor([5, -6, 6])).eval()).unwrap_err();
    assert!(matches!(error, Error::Index { index: 6, position: 2, len: 6 }), "{error}");
    let error = attempt(|| x.index_select::<0>(&Cpu.tensor([i64::MIN])).eval()).unwrap_err();
    assert!(matches!(error, Error::Index { index: i64::MIN, position: 0, len: 2 }), "{error}");
    let error = attempt(|| Cpu.full((A(0),), 1i64).index_select::<0>(&Cpu.tensor([0])).eval()).unwrap_err();
    assert!(matches!(error, Error::Index { index: 0, position: 0, len: 0 }), "{error}");
}

#[test]
fn run_time_sizes_that_differ_are_errors() {
    let x = &uniform::<_, f32>((A(2), B(3)), 1);
    let sizes = |error: Error| assert!(matches!(error, Error::Sizes(_)), "{error}");
    sizes(attempt(|| x.take_along_axis::<1>(&ids((A(3), M(2)), 1, 2)).eval()).unwrap_err());
    let (along, shorter) = (&ids((A(2), M(4)), 3, 2), &uniform((A(2), M(3)), 3));
    sizes(attempt(|| x.scatter::<1>(along, shorter).eval()).unwrap_err());
    sizes(attempt(|| x.scatter_reduce::<1>(along, shorter, ScatterReduce::Max).eval()).unwrap_err());
    sizes(attempt(|| x.index_add::<1>(&ids((M(4),), 3, 2), shorter).eval()).unwrap_err());
    let mask = &coarse::<_, bool>((A(3), B(3)), 4);
    sizes(attempt(|| x.masked_fill(mask, 0.0).eval()).unwrap_err());
    sizes(attempt(|| x.masked_select(mask, Found).eval()).unwrap_err());
    sizes(attempt(|| x.masked_scatter(mask, x).eval()).unwrap_err());
    sizes(attempt(|| x.compress::<0>(&coarse::<_, bool>((A(3),), 4), Found).eval()).unwrap_err());
    sizes(attempt(|| (uniform::<_, f32>((A(2), C(2), C(3)), 1).diagonal() * 1.0).eval()).unwrap_err());
}

/// A result without elements, of more rows than there is memory for.
#[test]
fn nothing_of_a_huge_axis() {
    let x: Tensor<_, f32> = Cpu.full((A(1 << 60), B(3), C(0)), 1.0);
    assert_eq!(x.index_select::<1>(&Cpu.tensor([2, 0])).eval().dims().as_slice(), [1 << 60, 2, 0]);
    assert!(attempt(|| x.index_select::<1>(&Cpu.tensor([3])).eval()).is_err());
    assert_eq!(x.index_fill::<1>(&Cpu.tensor([2]), 0.0).eval().len(), 0);
    assert_eq!(x.masked_fill(x.gt(0.0), 0.0).eval().len(), 0);
}
