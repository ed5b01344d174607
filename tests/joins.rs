//! Concatenation, stacking, padding and tiling against plain loops over indices, forward and backward.

mod reference;

use congruent::attempt;
use congruent::ops::Edges;
use congruent::prelude::*;
use reference::{Plain, assert_near, indices, outcome1, outcome2, uniform};

dims! { A = ?, B = ?, C = ?, Both = ? }

/// Sizes of the axes before, along and after the one that grows.
const SIZES: [[usize; 3]; 6] = [[2, 3, 4], [1, 17, 1], [7, 1, 17], [0, 2, 3], [3, 0, 2], [5, 2, 0]];

#[test]
fn the_second_stands_behind_the_first() {
    for [a, b, c] in SIZES {
        let (x, y) = (&uniform::<_, f64>((A(a), B(b), C(c)), 1), &uniform::<_, f64>((A(a), D::<2>, C(c)), 2));
        let found = outcome2((x, y), |x, y| x.concat_as::<1, _, _>(y, Both).boxed());
        assert_eq!(found.y.dims, [a, b + 2, c]);
        let (px, py) = (Plain::from(x), Plain::from(y));
        let (mut dx, mut dy) = (Plain::zeros(&px.dims), Plain::zeros(&py.dims));
        for index in indices(&found.y.dims) {
            let (i, second) = (index[1], index[1] >= b);
            let own = [index[0], if second { i - b } else { i }, index[2]];
            let (source, gradient) = if second { (&py, &mut dy) } else { (&px, &mut dx) };
            assert_eq!(found.y.at(&index), source.at(&own));
            gradient.add(&own, found.cotangent.at(&index));
        }
        assert_near("dx", &found.gradients[0].values, &dx.values, 1e-14, 1.0);
        assert_near("dy", &found.gradients[1].values, &dy.values, 1e-14, 1.0);
    }
}

#[test]
fn static_axes_are_added_by_type() {
    let (x, y) = (uniform::<Shape![2, 3], f32>(Default::default(), 1), uniform::<Shape![2, 4], f32>(D_2_4, 2));
    let joined: Tensor<Shape![2, 7]> = x.concat::<-1, _>(&y * 2.0).eval();
    assert_eq!(joined.slice(s![.., ..3]).eval(), x);
    assert_eq!(joined.slice(s![.., 3..]).eval(), (&y * 2.0).eval());
    let views: Tensor<Shape![7, 2]> = x.t().concat::<0, _>(y.t()).eval();
    assert_eq!(views, x.concat::<1, _>(&y).eval().t().eval());
}
const D_2_4: Shape![2, 4] = (D, D);

#[test]
fn a_new_axis_holds_the_stack() {
    for [a, b, c] in SIZES {
        let (x, y) = (&uniform::<_, f64>((A(a), B(b), C(c)), 1), &uniform::<_, f64>((A(a), B(b), C(c)), 2));
        let front = [x, y].stack::<0>().eval();
        assert_eq!((front.select::<0>(0).eval(), front.select::<0>(1).eval()), (x.clone(), y.clone()));
        let middle = [x, y, x].stack::<2>().eval();
        assert_eq!(middle.dims().as_slice(), [a, b, 3, c]);
        assert_eq!((middle.select::<2>(1).eval(), middle.select::<2>(2).eval()), (y.clone(), x.clone()));
        let last = [x, y].stack::<-1>().eval();
        assert_eq!((last.select::<-1>(0).eval(), last.select::<-1>(1).eval()), (x.clone(), y.clone()));
        let found = outcome1(x, |x| [x * 2.0, x * 3.0].stack::<1>().boxed());
        for index in indices(&[a, b, c]) {
            let [first, second] = [0, 1].map(|i| found.cotangent.at(&[index[0], i, index[1], index[2]]));
            assert!((found.gradients[0].at(&index) - 2.0 * first - 3.0 * second).abs() < 1e-13);
        }
    }
}

#[test]
fn equal_tensors_stand_end_to_end() {
    let x = &uniform::<Shape![2, 3], f64>(Default::default(), 1);
    let y = &uniform::<Shape![2, 3], f64>(Default::default(), 2);
    let rows: Tensor<Shape![4, 3], f64> = [x, y].cat::<0>().eval();
    assert_eq!(rows, x.concat::<0, _>(y).eval());
    assert_eq!([x, y].cat::<1>().eval(), x.concat::<1, _>(y).eval());
    assert_eq!(x.tile::<1, 3>().eval(), [x, x, x].cat::<1>().eval());
    let found = outcome1(x, |x| x.tile::<0, 2>().boxed());
    for index in indices(&[2, 3]) {
        let sum = found.cotangent.at(&index) + found.cotangent.at(&[index[0] + 2, index[1]]);
        assert!((found.gradients[0].at(&index) - sum).abs() < 1e-14);
    }
}

#[test]
fn paddings_surround_an_axis() {
    let x = &uniform::<Shape![3, 4, 2], f64>(Default::default(), 1);
    let found = outcome1(x, |x| x.pad::<1, 2, 1>(7.5).boxed());
    assert_eq!(found.y.dims, [3, 7, 2]);
    let plain = Plain::from(x);
    for index in indices(&found.y.dims) {
        let inside = (2..6).contains(&index[1]);
        let own = [index[0], index[1].wrapping_sub(2), index[2]];
        assert_eq!(found.y.at(&index), if inside { plain.at(&own) } else { 7.5 });
        if inside {
            assert_eq!(found.gradients[0].at(&own), found.cotangent.at(&index));
        }
    }
    assert_eq!(Cpu.tensor([1, 2]).pad::<0, 0, 1>(-1).eval(), Cpu.tensor([1, 2, -1]));
}

#[test]
fn sizes_that_do_not_add_up_are_errors_with_numbers() {
    let (x, y) = (Cpu.full((A(2), B(3)), 1.0f32), Cpu.full((A(4), C(5)), 1.0f32));
    let error = attempt(|| x.concat_as::<1, _, _>(&y, Both).eval()).unwrap_err().to_string();
    assert_eq!(error, "concat: run-time sizes differ: left is (A = 2, B = 3), right is (A = 4, C = 5)");
    let y = Cpu.full((A(2), C(5)), 1.0f32);
    let error = attempt(|| x.concat_as::<1, _, _>(&y, |_| Both(7)).eval()).unwrap_err().to_string();
    assert_eq!(error, "the data has shape [8], the type wants (Both = 7,)");
    assert_eq!(x.concat_as::<1, _, _>(&y, Both).shape(), (A(2), Both(8)));
    let y = Cpu.full((A(2), B(4)), 1.0f32);
    assert!(attempt(|| [&x, &y].stack::<0>().eval()).is_err());
}

#[test]
fn frozen_operands_have_no_gradient() {
    let w: (Param<Shape![2]>,) = (Cpu.tensor([1.0, 2.0]).into(),);
    let (x, scale) = (Cpu.tensor([3.0, 4.0]), Cpu.tensor([1.0, 2.0, 3.0, 4.0]));
    let (loss, grads) = w.value_and_grad(|(w,)| (w.concat::<0, _>(&x) * &scale).sum()).unwrap();
    assert_eq!((loss, grads.0.as_slice()), (30.0, &[1.0, 2.0][..]));
}

#[test]
fn axes_are_rolled_and_continued() {
    for [a, b, c] in [[2, 3, 4], [1, 17, 1], [7, 4, 17], [0, 3, 3], [5, 3, 0]] {
        let x = &uniform::<_, f64>((A(a), B(b), C(c)), 1);
        let plain = Plain::from(x);
        for shift in [0, 1, -1, 5, isize::MAX, isize::MIN] {
            let from = |i: usize| (i as i128 - shift as i128).rem_euclid(b as i128) as usize;
            let found = outcome1(x, |x| x.roll::<1>(shift).boxed());
            for index in indices(&[a, b, c]) {
                let own = [index[0], from(index[1]), index[2]];
                assert_eq!(found.y.at(&index), plain.at(&own));
                assert_eq!(found.gradients[0].at(&own), found.cotangent.at(&index));
            }
        }
    }
    let x = Cpu.tensor([1, 2, 3]);
    let continued = |edges| x.pad_edges::<0, 2, 2>(edges).eval().to_vec();
    assert_eq!(continued(Edges::Reflect), [3, 2, 1, 2, 3, 2, 1]);
    assert_eq!(continued(Edges::Replicate), [1, 1, 1, 2, 3, 3, 3]);
    assert_eq!(continued(Edges::Circular), [2, 3, 1, 2, 3, 1, 2]);
    let y = &uniform::<Shape![2, 3], f64>(Default::default(), 1);
    let found = outcome1(y, |y| y.pad_edges::<1, 1, 2>(Edges::Replicate).boxed());
    let sum = |i, from: &[usize]| from.iter().map(|&j| found.cotangent.at(&[i, j])).sum::<f64>();
    for i in 0..2 {
        let expected = [sum(i, &[0, 1]), sum(i, &[2]), sum(i, &[3, 4, 5])];
        assert!((0..3).all(|j| (found.gradients[0].at(&[i, j]) - expected[j]).abs() < 1e-14));
    }
    assert!(attempt(|| x.pad_edges::<0, 3, 0>(Edges::Reflect).eval()).is_err());
    assert!(attempt(|| Cpu.zeros::<Shape![0]>().pad_edges::<0, 1, 0>(Edges::Circular).eval()).is_err());
    assert_eq!(x.repeat_interleave::<0, 2>().eval().to_vec(), [1, 1, 2, 2, 3, 3]);
}
