//! Masks, diagonals and triangles against plain loops over indices, forward and backward.

mod reference;

use congruent::prelude::*;
use reference::{Outcome, Plain, assert_near, indices, outcome1, outcome2, uniform};

dims! { A = ?, B = ?, C = ?, F = ?, M = ?, Found = ? }

/// A random mask; `share` of it holds.
fn mask<S: Shape>(shape: S, seed: u64, share: f64) -> Tensor<S, bool> {
    let key = Key::new(seed);
    Cpu.from_fn(shape, |i| key.uniform_f64(i as u64) < share)
}

fn numbers<S: Shape>(shape: S) -> Tensor<S, i64> {
    Cpu.from_fn(shape, |i| i as i64 + 1)
}

#[track_caller]
fn agrees(what: &str, found: &Outcome, y: &Plain, gradients: &[Plain]) {
    assert_eq!(&found.y, y, "{what}");
    for (place, (found, expected)) in found.gradients.iter().zip(gradients).enumerate() {
        assert_eq!(found.dims, expected.dims, "{what}: gradient {place}");
        assert_near(&format!("{what}: gradient {place}"), &found.values, &expected.values, 1e-13, 1.0);
    }
}

/// `masks!(check)`: `check!(shape, shape of a mask that stretches to it)` over ranks 0 to 4.
macro_rules! masks {
    ($check:ident) => {
        $check!((), ());
        $check!((A(1),), (A(1),));
        $check!((A(17),), ());
        $check!((A(0),), (A(0),));
        $check!((A(7), B(17)), (B(17),));
        $check!((A(7), B(17)), (A(7), D::<1>));
        $check!((A(0), B(7)), (B(7),));
        $check!((A(2), B(3), C(7)), (A(2), B(3), C(7)));
        $check!((A(2), B(3), C(7)), (B(3), D::<1>));
        $check!((A(2), B(3), C(1), F(5)), (A(2), D::<1>, C(1), F(5)));
    };
}

#[test]
fn filled_where_a_mask_holds() {
    macro_rules! check {
        ($shape:expr, $mask:expr) => {{
            for share in [0.0, 0.4, 1.0] {
                let (x, mask) = (&uniform::<_, f64>($shape, 1), &mask($mask, 2, share));
                let (p, m) = (Plain::from(x), Plain::from(mask));
                let pick = |i: &Vec<usize>, yes: f64, no: f64| if m.at(i) > 0.5 { yes } else { no };
                let found = outcome1(x, |x| x.masked_fill(mask, -2.5).boxed());
                let y = Plain::from_fn(&p.dims, |i| pick(&i, -2.5, p.at(&i)));
                let dx = Plain::from_fn(&p.dims, |i| pick(&i, 0.0, found.cotangent.at(&i)));
                agrees(stringify!(masked_fill $shape, $mask), &found, &y, &[dx]);
                let n = numbers($shape);
                let filled: Tensor<_, i64> = n.masked_fill(mask, -100).eval();
                let q = Plain::from(&n);
                assert_eq!(Plain::from(&filled), Plain::from_fn(&p.dims, |i| pick(&i, -100.0, q.at(&i))));
            }
        }};
    }
    masks!(check);
}

#[test]
fn taken_and_written_where_a_mask_holds() {
    macro_rules! check {
        ($shape:expr, $mask:expr) => {{
            for share in [0.0, 0.4, 1.0] {
                let (x, mask) = (&uniform::<_, f64>($shape, 1), &mask($mask, 2, share));
                let (p, m) = (Plain::from(x), Plain::from(mask));
                let places: Vec<usize> = indices(&p.dims).filter(|i| m.at(i) > 0.5).map(|i| p.place(&i)).collect();
                let found = outcome1(x, |x| x.masked_select(mask, Found).boxed());
                let y = Plain { dims: vec![places.len()], values: places.iter().map(|&i| p.values[i]).collect() };
                let mut dx = Plain::zeros(&p.dims);
                places.iter().zip(&found.cotangent.values).for_each(|(&place, dy)| dx.values[place] = *dy);
                agrees(stringify!(masked_select $shape, $mask), &found, &y, &[dx]);
                let chosen: Tensor<(Found,), i64> = numbers($shape).masked_select(mask, Found).eval();
                assert!(chosen.as_slice().iter().eq(places.iter().map(|&i| i as i64 + 1).collect::<Vec<_>>().iter()));

                // A source with three elements more than are needed.
                let source = &uniform::<_, f64>((M(places.len() + 3),), 3);
                let found = outcome2((x, source), |x, source| x.masked_scatter(mask, source).boxed());
                let (mut y, mut dx) = (p.clone(), found.cotangent.clone());
                let mut dsource = Plain::zeros(&[places.len() + 3]);
                for (k, &place) in places.iter().enumerate() {
                    y.values[place] = source.as_slice()[k];
                    dsource.values[k] = dx.values[place];
                    dx.values[place] = 0.0;
                }
                agrees(stringify!(masked_scatter $shape, $mask), &found, &y, &[dx, dsource]);
                let written = numbers($shape).masked_scatter(mask, &numbers((M(places.len()),)));
                let from = |place: usize| places.iter().position(|&own| own == place).unwrap_or(place) as i64 + 1;
                assert_eq!(written.eval().to_vec(), (0..p.values.len()).map(from).collect::<Vec<_>>());
            }
        }};
    }
    masks!(check);
}

#[test]
fn slices_where_a_mask_holds() {
    macro_rules! check {
        ($shape:expr, $axis:literal, $front:literal) => {{
            let x = &uniform::<_, f64>($shape, 1);
            let p = Plain::from(x);
            let mask = &mask((congruent::shape::AxisAt::<$axis>::at($shape),), 2, 0.5);
            let kept: Vec<usize> = (0..p.dims[$front]).filter(|&i| mask.as_slice()[i]).collect();
            let found = outcome1(x, |x| x.compress::<$axis>(mask, Found).boxed());
            let mut dims = p.dims.clone();
            dims[$front] = kept.len();
            let from = |mut i: Vec<usize>| {
                i[$front] = kept[i[$front]];
                i
            };
            let y = Plain::from_fn(&dims, |i| p.at(&from(i)));
            let mut dx = Plain::zeros(&p.dims);
            indices(&dims).for_each(|i| dx.add(&from(i.clone()), found.cotangent.at(&i)));
            agrees(stringify!(compress $shape, $axis), &found, &y, &[dx]);
        }};
    }
    check!((A(17),), 0, 0);
    check!((A(7), B(3)), 0, 0);
    check!((A(7), B(17)), -1, 1);
    check!((A(2), B(7), C(3)), 1, 1);
    check!((A(2), B(1), C(3), F(5)), -1, 3);
    check!((A(0), B(3)), 0, 0);
    check!((A(0), B(3)), 1, 1);
}

#[test]
fn comparisons_are_masks() {
    let x = &Cpu.tensor([[3.0, -1.0], [0.0, f32::NAN]]);
    assert_eq!(x.masked_fill(x.is_nan(), 9.0).eval().as_slice(), [3.0, -1.0, 0.0, 9.0]);
    assert_eq!((x.masked_fill(!x.gt(0.0), 1.0) * 2.0).eval().as_slice(), [6.0, 2.0, 2.0, 2.0]);
    assert_eq!(x.masked_select(x.le(0.0), Found).eval().as_slice(), [-1.0, 0.0]);
    assert_eq!(x.masked_scatter(x.lt(0.0), &Cpu.tensor([7.0])).eval().as_slice()[1], 7.0);
    let rows = Cpu.tensor([1.0, 0.0]).gt(0.5);
    assert_eq!(x.compress::<0>(rows, Found).eval().as_slice(), [3.0, -1.0]);
    assert_eq!(Cpu.tensor([[1, 2], [3, 4]]).masked_fill(x.gt(0.0), 0).eval().as_slice(), [0, 2, 3, 4]);
}

/// Nothing flows from what was filled, be its slope infinite.
#[test]
fn a_filled_element_has_no_gradient() {
    let x: Param<Shape![2]> = Cpu.tensor([4.0, 9.0]).into();
    let first = &Cpu.tensor_of::<bool, _>([true, false]);
    let (loss, dx) = x.value_and_grad(|x| x.sqrt().masked_fill(first, 1.0).sum()).expect("it fits");
    assert_eq!((loss, dx.as_slice()), (4.0, &[0.0, 1.0 / 6.0][..]));
}

#[test]
fn inside_of_a_shared_register() {
    let x = Cpu.tensor([-2.0, 0.5]);
    let y = (&x * 2.0).share(|v| v.masked_fill(v.lt(0.0), 0.0) + v).eval();
    assert_eq!(y.as_slice(), [-4.0, 2.0]);
}

#[test]
fn places_where_a_mask_holds() {
    macro_rules! check {
        ($shape:expr) => {{
            for share in [0.0, 0.4, 1.0] {
                let mask = mask($shape, 3, share);
                let m = Plain::from(&mask);
                let places: Vec<Vec<usize>> = indices(&m.dims).filter(|i| m.at(i) > 0.5).collect();
                let found = mask.argwhere(Found);
                assert_eq!(found.dims().as_slice(), [places.len(), m.dims.len()]);
                assert_eq!(found.to_vec(), places.concat().into_iter().map(|i| i as i64).collect::<Vec<_>>());
                let flat: Vec<i64> = places.iter().map(|i| m.place(i) as i64).collect();
                assert_eq!(mask.flatnonzero(Found).to_vec(), flat);
            }
        }};
    }
    check!(());
    check!((A(17),));
    check!((A(0), B(3)));
    check!((A(7), B(1)));
    check!((A(2), B(7), C(3)));
    check!((A(2), B(3), C(4), F(5)));
    let x = Cpu.tensor([0.0, f32::NAN, -0.0, 2.0]);
    assert_eq!(x.ne(0.0).flatnonzero(Found).as_slice(), [1, 3]);
    let columns: Tensor<(D<2>, D<1>), i64> = Cpu.tensor([0, 3, 7]).convert::<bool>().argwhere(|_| D::<2>);
    assert_eq!(columns.as_slice(), [1, 2]);
}

#[test]
fn counts_are_kept_by_their_dims() {
    let x = &Cpu.tensor([1.0, -1.0, 2.0]);
    let error = attempt(|| x.masked_select(x.gt(0.0), |_| Found(3)).eval()).unwrap_err();
    assert_eq!(error.to_string(), "the data has shape [2], the type wants (Found = 3,)");
    assert!(matches!(attempt(|| x.gt(0.0).argwhere(|_| D::<1>)), Err(Error::Shape { .. })));
    assert!(matches!(attempt(|| x.compress::<0>(x.gt(0.0), |_| D::<3>).eval()), Err(Error::Shape { .. })));
    let error = attempt(|| x.masked_scatter(x.gt(0.0), &Cpu.tensor([5.0])).eval()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "masked_scatter: a source of 1 elements for 2 places is not allowed, each place where the mask holds takes one"
    );
}

#[test]
fn diagonals() {
    macro_rules! check {
        ($shape:expr) => {{
            let x = &uniform::<_, f64>($shape, 1);
            let p = Plain::from(x);
            let both = |i: &[usize]| [i, &i[i.len() - 1..]].concat();
            let found = outcome1(x, |x| x.diagonal().boxed());
            let y = Plain::from_fn(&p.dims[..p.dims.len() - 1], |i| p.at(&both(&i)));
            let mut dx = Plain::zeros(&p.dims);
            indices(&y.dims).for_each(|i| dx.add(&both(&i), found.cotangent.at(&i)));
            agrees(stringify!(diagonal $shape), &found, &y, std::slice::from_ref(&dx));
            let turned = outcome1(x, |x| (x * 2.0).t().diagonal().boxed());
            let twice = Plain { dims: y.dims.clone(), values: y.values.iter().map(|x| x * 2.0).collect() };
            let doubled = Plain { dims: dx.dims.clone(), values: dx.values.iter().map(|x| x * 2.0).collect() };
            agrees(stringify!(diagonal of t $shape), &turned, &twice, &[doubled]);
            let found = outcome1(x, |x| x.trace().boxed());
            let outer = &p.dims[..p.dims.len() - 2];
            let side = p.dims[p.dims.len() - 1];
            let sum = Plain::from_fn(outer, |i| (0..side).map(|k| p.at(&[&i[..], &[k, k]].concat())).sum());
            assert_near("trace", &found.y.values, &sum.values, 1e-13, 1.0);
            let slope = |i: Vec<usize>| {
                let (outer, [r, c]) = i.split_at(i.len() - 2) else { unreachable!() };
                if r == c { found.cotangent.at(outer) } else { 0.0 }
            };
            let dx = Plain::from_fn(&p.dims, slope);
            assert_near("trace", &found.gradients[0].values, &dx.values, 1e-13, 1.0);
            let n = numbers($shape);
            let diagonal: Tensor<_, i64> = n.diagonal().eval();
            assert_eq!(Plain::from(&diagonal), Plain::from_fn(&y.dims, |i| Plain::from(&n).at(&both(&i))));
        }};
    }
    check!((A(1), A(1)));
    check!((D::<17>, D::<17>));
    check!((A(0), A(0)));
    check!((B(7), A(3), A(3)));
    check!((B(2), C(3), A(4), A(4)));
    check!((B(0), A(3), A(3)));
}

#[test]
fn vectors_as_diagonals() {
    macro_rules! check {
        ($shape:expr) => {{
            let x = &uniform::<_, f64>($shape, 1);
            let p = Plain::from(x);
            let dims = [&p.dims[..], &p.dims[p.dims.len() - 1..]].concat();
            let found = outcome1(x, |x| x.diag_embed().boxed());
            let at = |i: &[usize], of: &Plain| {
                let (row, column) = i.split_at(i.len() - 1);
                if row[row.len() - 1..] == *column { of.at(row) } else { 0.0 }
            };
            let y = Plain::from_fn(&dims, |i| at(&i, &p));
            let dx = Plain::from_fn(&p.dims, |i| found.cotangent.at(&[&i[..], &i[i.len() - 1..]].concat()));
            agrees(stringify!(diag_embed $shape), &found, &y, &[dx]);
        }};
    }
    check!((A(7),));
    check!((A(0),));
    check!((B(3), A(1)));
    check!((B(2), C(3), A(17)));
    assert_eq!(Cpu.tensor_of::<bool, _>([true, true]).diag_embed().eval().as_slice(), [true, false, false, true]);
}

#[test]
fn triangles() {
    macro_rules! check {
        ($shape:expr) => {{
            let x = &uniform::<_, f64>($shape, 1);
            let p = Plain::from(x);
            for offset in [-18, -3, -1, 0, 1, 2, 17, isize::MIN, isize::MAX] {
                let lower = |i: &[usize]| i[i.len() - 1] as i128 - i[i.len() - 2] as i128 <= offset as i128;
                let upper = |i: &[usize]| i[i.len() - 1] as i128 - i[i.len() - 2] as i128 >= offset as i128;
                let only = |of: &Plain, keep: &dyn Fn(&[usize]) -> bool| {
                    Plain::from_fn(&p.dims, |i| if keep(&i) { of.at(&i) } else { 0.0 })
                };
                let found = outcome1(x, |x| x.tril(offset).boxed());
                agrees(stringify!(tril $shape), &found, &only(&p, &lower), &[only(&found.cotangent, &lower)]);
                let found = outcome1(x, |x| x.triu(offset).boxed());
                agrees(stringify!(triu $shape), &found, &only(&p, &upper), &[only(&found.cotangent, &upper)]);
                let n = numbers($shape);
                let triangle: Tensor<_, i64> = n.tril(offset).eval();
                assert_eq!(Plain::from(&triangle), only(&Plain::from(&n), &lower));
            }
        }};
    }
    check!((A(1), B(1)));
    check!((A(7), B(17)));
    check!((A(17), B(7)));
    check!((C(3), A(4), A(4)));
    check!((A(0), B(3)));
    check!((A(3), B(0)));
    check!((F(2), C(3), A(2), B(5)));
    let dropped = Cpu.tensor([[1.0, f32::NAN], [f32::INFINITY, 2.0]]);
    assert_eq!(dropped.tril(0).triu(0).eval().as_slice(), [1.0, 0.0, 0.0, 2.0]);
}

/// What a model would write: generic over the batch, and over training and inference.
fn chosen_and_causal<B: Dim, T: Dim, P: Forward>(
    x: impl Expr<(B, T, T), P>,
    ids: &Tensor<(M,), i64, P::Dev>,
    mask: &Tensor<(T, T), bool, P::Dev>,
) -> Ex![P; M, T]
where
    (T, T): congruent::shape::MaskShape<(B, T, T)>,
{
    let kept = x.index_select::<0>(ids).tril(0).softmax();
    kept.with(|kept| kept.diagonal() + kept.masked_fill(mask, 0.0).sum_axis::<1>())
}

#[test]
fn generic_code_can_index() {
    let x = &uniform::<_, f32>((A(4), B(3), B(3)), 1);
    let (ids, mask) = (&Cpu.from_slice((M(2),), &[-1, 0]).expect("two"), &mask((B(3), B(3)), 2, 0.5));
    let found = outcome1(x, |x| chosen_and_causal::<_, _, Traced>(x, ids, mask).boxed());
    assert_eq!((found.y.dims, found.gradients[0].dims.as_slice()), (vec![2, 3], &[4, 3, 3][..]));
}
