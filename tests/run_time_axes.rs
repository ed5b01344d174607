//! Axes whose size only the run knows: parts, joins and other lengths under a name, against plain loops over indices,
//! forward and backward.

mod reference;

use congruent::attempt;
use congruent::ops::Edges;
use congruent::prelude::*;
use reference::{Outcome, Plain, assert_near, indices, outcome1, uniform};

dims! { A = ?, B = ?, C = ?, Part = ?, Inner = ?, High = ?, Wide = ?, All = ? }

/// Sizes of three axes.
const SIZES: [[usize; 3]; 5] = [[2, 3, 4], [1, 17, 1], [7, 2, 17], [5, 2, 0], [3, 1021, 1]];

/// Element `index` of the result is element `source(index)` of `x`; its gradient goes back there.
fn check<S: Shape>(x: &Tensor<S, f64>, found: &Outcome, dims: &[usize], source: impl Fn(&[usize]) -> Vec<usize>) {
    let plain = Plain::from(x);
    assert_eq!(found.y.dims, dims);
    let mut back = Plain::zeros(&plain.dims);
    for index in indices(dims) {
        assert_eq!(found.y.at(&index), plain.at(&source(&index)), "{index:?}");
        back.add(&source(&index), found.cotangent.at(&index));
    }
    assert_near("gradient", &found.gradients[0].values, &back.values, 1e-13, 1.0);
}

/// `(items, sizes of the part, index in the tensor)` of a middle axis of `b` elements.
macro_rules! parts {
    ($a:ident $b:ident $c:ident; $($item:expr => $length:expr, $from:expr;)*) => {$(
        let x = &uniform::<_, f64>((A($a), B($b), C($c)), 3);
        let found = outcome1(x, |x| x.slice($item).boxed());
        check(x, &found, &[$a, $length, $c], |i| vec![i[0], $from(i[1]), i[2]]);
    )*};
}

#[test]
fn parts_have_a_name() {
    for [a, b, c] in SIZES {
        let (n, last, step) = (1usize, b as i64 - 1, 2u8);
        parts! { a b c;
            s![.., Part = 1..] => b - 1, |i| i + 1;
            s![.., Part = ..-1, ..] => b - 1, |i| i;
            s![.., Part = 1..-1] => b - 2, |i| i + 1;
            s![.., Part = ::2] => b.div_ceil(2), |i| 2 * i;
            s![.., Part = ..; 2] => b.div_ceil(2), |i| 2 * i;
            s![.., Part = ..; step] => b.div_ceil(2), |i| 2 * i;
            s![.., Part = ::-1] => b, |i| b - 1 - i;
            s![.., Part = ..; -3] => b.div_ceil(3), |i| b - 1 - 3 * i;
            s![.., Part = n..=last] => b - 1, |i| i + 1;
            s![.., Part = n..n] => 0, |i| i;
            s![.., Part = -2..b] => 2, |i| b - 2 + i;
            s![.., Part = ..b - n; usize::MAX] => 1, |i| i;
            s![.., D<1> = last..] => 1, |_| b - 1;
            s![.., B = ..] => b, |i| i;
            s![..., Part = 0..=-1, ..] => b, |i| i;
        }
    }
}

#[test]
fn parts_that_are_not_there_are_errors_with_numbers() {
    let x = Cpu.full((A(5), D::<2>), 1.0f32);
    let (two, four, nine) = (2, 4usize, 9u16);
    let zero = two - 2;
    macro_rules! error {
        ($($item:tt)*) => { attempt(|| x.slice(s![$($item)*]).eval()).unwrap_err().to_string() };
    }
    assert_eq!(error!(Part = four..two), "slice 4:2 ends before it begins on axis 0, whose length is 5");
    assert_eq!(error!(Part = two..nine), "slice 2:9 reaches outside of axis 0, whose length is 5");
    assert_eq!(error!(Part = -9..), "slice -9: reaches outside of axis 0, whose length is 5");
    assert_eq!(error!(Part = ..; zero), "slice ::0 has a step of 0 on axis 0, whose length is 5");
    assert_eq!(error!(D<4> = two..), "the data has shape [3, 2], the type wants (D<4>, D<2>)");
    assert_eq!(error!(nine), "slice 9 reaches outside of axis 0, whose length is 5");
    assert_eq!(error!(.., four), "slice 4 reaches outside of axis 1, whose length is 2");
    let empty = Cpu.full((A(0),), 1i64);
    assert_eq!(empty.slice(s![Part = ..]).eval().len(), 0);
    assert_eq!(empty.slice(s![Part = ::-1]).eval().len(), 0);
    let error = attempt(|| empty.slice(s![Part = 1..]).eval()).unwrap_err().to_string();
    assert_eq!(error, "slice 1: reaches outside of axis 0, whose length is 0");
    let error = attempt(|| x.split_as::<0, _>(&[2, 2], Part).len()).unwrap_err().to_string();
    assert_eq!(error, "slice in parts of [2, 2] does not make up axis 0, whose length is 5");
    assert!(attempt(|| x.split_as::<0, _>(&[usize::MAX, 6], Part).len()).is_err());
    assert!(attempt(|| Cpu.full((A(0),), 1.0).diff_as::<0, _>(Part).eval()).is_err());
}

/// NumPy's `u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])`.
#[test]
fn stencils_are_read_and_written() {
    for [rows, columns] in [[3, 3], [2, 5], [17, 7], [4, 1021]] {
        let mut u = uniform::<_, f64>((A(rows), B(columns)), 1);
        let (before, memory) = (Plain::from(&u), u.as_slice().as_ptr());
        let inner = s![High = 1..-1, Wide = 1..-1];
        u.assign(
            inner,
            (u.slice(s![High = ..-2, Wide = 1..-1])
                + u.slice(s![High = 2.., Wide = 1..-1])
                + u.slice(s![High = 1..-1, Wide = ..-2])
                + u.slice(s![High = 1..-1, Wide = 2..]))
                * 0.25,
        );
        assert_eq!(u.as_slice().as_ptr(), memory, "the grid is written in place");
        for index in indices(&[rows, columns]) {
            let [i, j] = [index[0], index[1]];
            let mean = |i: usize, j: usize| {
                let [up, down] = [before.at(&[i - 1, j]), before.at(&[i + 1, j])];
                (up + down + before.at(&[i, j - 1]) + before.at(&[i, j + 1])) * 0.25
            };
            let edge = i == 0 || j == 0 || i == rows - 1 || j == columns - 1;
            let expected = if edge { before.at(&index) } else { mean(i, j) };
            assert_eq!(u.as_slice()[i * columns + j], expected, "{index:?}");
        }
    }
}

#[test]
fn every_element_type_has_parts() {
    macro_rules! each {
        ($($E:ty)*) => {$(
            let x: Tensor<(A, B), $E> = Cpu.from_fn((A(3), B(4)), |i| <$E as Elem>::of_i64(i as i64 % 2));
            let [zero, one] = [0, 1].map(<$E as Elem>::of_i64);
            assert_eq!(x.slice(s![Part = 1.., -1]).eval().to_vec(), [one, one]);
            assert_eq!(x.t().slice(s![Part = ::-2, 0]).eval().to_vec(), [one, one]);
            let both = x.slice(s![0, Part = ..; 3]).concat_as::<0, _, _>(x.slice(s![1, Inner = ..1]), All).eval();
            assert_eq!(both.to_vec(), [zero, one, zero]);
            assert_eq!(x.slice(s![0, Part = 1..3]).pad_as::<0, _>(1, 0, one, All).eval().to_vec(), [one, one, zero]);
            let two = x.slice(s![0, Part = ..2]);
            assert_eq!(two.tile_as::<0, _>(2, All).eval().to_vec(), [zero, one, zero, one]);
            assert_eq!(x.slice(s![Part = 1.., 1..3]).flatten_as::<0, _>(All).eval().to_vec(), [one, zero, one, zero]);
            assert_eq!([&x, &x].cat_as::<0, _>(All).eval().slice(s![Part = 3..5, 1]).eval().to_vec(), [one, one]);
            assert_eq!(vec![x.clone(), x.clone()].stack_as::<-1, _>(All).shape(), (A(3), B(4), All(2)));
            assert_eq!(x.slice(s![0, Part = ..]).unfold_as::<0, _, _>(Wide(3), 1, High).eval().to_vec(),
                [zero, one, zero, one, zero, one]);
            assert_eq!(x.slice(s![0, Part = ..2]).repeat_interleave_as::<0, _>(2, All).eval().to_vec(),
                [zero, zero, one, one]);
            let mut y = x.clone();
            y.assign(s![Part = 1.., Wide = ..2], &Cpu.full((), one));
            assert_eq!(y.to_vec()[4..], [one, one, zero, one, one, one, zero, one]);
        )*};
    }
    each! { f32 f64 f16 bf16 i8 i16 i32 i64 u8 u16 u32 u64 bool }
}

#[test]
fn other_lengths_have_a_name() {
    for [a, b, c] in SIZES {
        let x = &uniform::<_, f64>((A(a), B(b), C(c)), 1);
        let found = outcome1(x, |x| x.tile_as::<1, _>(3, All).boxed());
        check(x, &found, &[a, 3 * b, c], |i| vec![i[0], i[1] % b, i[2]]);
        let found = outcome1(x, |x| x.flip::<1>().tile_as::<1, _>(2, All).tile_as::<0, _>(1, A).boxed());
        check(x, &found, &[a, 2 * b, c], |i| vec![i[0], b - 1 - i[1] % b, i[2]]);
        let found = outcome1(x, |x| x.flip_axes::<Axes![-1, 1]>().boxed());
        check(x, &found, &[a, b, c], |i| vec![i[0], b - 1 - i[1], c - 1 - i[2]]);
        let found = outcome1(x, |x| x.repeat_interleave_as::<-2, _>(2, All).boxed());
        check(x, &found, &[a, 2 * b, c], |i| vec![i[0], i[1] / 2, i[2]]);
        let found = outcome1(x, |x| x.pad_edges_as::<1, _>(b, 2, Edges::Circular, All).boxed());
        check(x, &found, &[a, 2 * b + 2, c], |i| vec![i[0], i[1] % b, i[2]]);
        let found = outcome1(x, |x| x.unfold_as::<1, _, _>(Inner(2), 1, All).boxed());
        check(x, &found, &[a, b - 1, c, 2], |i| vec![i[0], i[1] + i[3], i[2]]);
        let found = outcome1(x, |x| x.flatten_as::<1, _>(All).boxed());
        check(x, &found, &[a, b * c], |i| vec![i[0], i[1] / c.max(1), i[1] % c.max(1)]);
        let found = outcome1(x, |x| x.flatten_as::<-3, _>(All).boxed());
        check(x, &found, &[a * b * c], |i| vec![i[0] / (b * c), i[0] / c % b, i[0] % c]);
        let found = outcome1(x, |x| x.pad_as::<1, _>(2, 1, 7.5, All).boxed());
        assert_eq!(found.y.dims, [a, b + 3, c]);
        for index in indices(&found.y.dims) {
            let own = [index[0], index[1].wrapping_sub(2), index[2]];
            let inside = own[1] < b;
            assert_eq!(found.y.at(&index), if inside { Plain::from(x).at(&own) } else { 7.5 });
            assert!(!inside || found.gradients[0].at(&own) == found.cotangent.at(&index));
        }
    }
}

#[test]
fn differences_are_of_neighbours() {
    for [a, b, c] in SIZES {
        let x = &uniform::<_, f64>((A(a), B(b), C(c)), 1);
        let (plain, found) = (Plain::from(x), outcome1(x, |x| x.diff_as::<1, _>(Part).boxed()));
        assert_eq!(found.y.dims, [a, b - 1, c]);
        let mut back = Plain::zeros(&plain.dims);
        for i in indices(&found.y.dims) {
            let [own, next] = [[i[0], i[1], i[2]], [i[0], i[1] + 1, i[2]]];
            assert_eq!(found.y.at(&i), plain.at(&next) - plain.at(&own));
            back.add(&next, found.cotangent.at(&i));
            back.add(&own, -found.cotangent.at(&i));
        }
        assert_near("gradient", &found.gradients[0].values, &back.values, 1e-13, 1.0);
    }
}

#[test]
fn parts_of_all_sizes_make_the_whole() {
    let x = &uniform::<_, f64>((A(7), D::<3>), 5);
    let parts = x.split_as::<0, _>(&[2, 0, 4, 1], Part);
    assert_eq!(parts.iter().map(|part| part.shape().0.size()).collect::<Vec<_>>(), [2, 0, 4, 1]);
    assert_eq!(parts.cat_as::<0, _>(A).eval(), *x);
    assert!(x.slice(s![Part = 3..3]).eval().split_as::<0, _>(&[], All).is_empty());
    let found = outcome1(x, |x| {
        let [a, b] = <[_; 2]>::try_from(x.split_as::<0, _>(&[3, 4], Part)).expect("two parts");
        b.concat_as::<0, _, _>(a, A).boxed()
    });
    check(x, &found, &[7, 3], |i| vec![(i[0] + 3) % 7, i[1]]);
}

#[test]
fn lists_are_as_long_as_the_run_says() {
    let rows: Vec<Tensor<(B,), f64>> = (0..5).map(|seed| uniform((B(3),), seed)).collect();
    let stack: Tensor<(All, B), f64> = rows.stack_as::<0, _>(All).eval();
    assert_eq!(stack.unbind::<0>().into_iter().map(|row| row.eval()).collect::<Vec<_>>(), rows);
    assert_eq!(rows[1..].stack_as::<1, _>(All).eval(), stack.slice(s![All = 1..]).t().eval());
    let doubled = rows.iter().map(|row| row * 2.0).cat_as::<0, _>(All).eval();
    assert_eq!(doubled, (stack.flatten_as::<0, _>(All) * 2.0).eval());
    let x = &uniform::<_, f64>((A(3), D::<2>), 1);
    let found = outcome1(x, |x| vec![x.ex(), x.ex()].cat_as::<0, _>(All).boxed());
    check(x, &found, &[6, 2], |i| vec![i[0] % 3, i[1]]);
    let found = outcome1(x, |x| vec![x, x, x].stack_as::<1, _>(All).boxed());
    check(x, &found, &[3, 3, 2], |i| vec![i[0], i[2]]);
    let none: Vec<Tensor<(A,)>> = Vec::new();
    let error = attempt(|| none.stack_as::<0, _>(All).eval()).unwrap_err().to_string();
    assert_eq!(error, "the list of operands is empty");
    assert_eq!(attempt(|| none.cat_as::<0, _>(All).eval()).unwrap_err().to_string(), error);
    let unequal = [Cpu.full((A(2), B(3)), 0), Cpu.full((A(2), B(4)), 0)];
    let error = attempt(|| unequal.stack_as::<0, _>(All).eval()).unwrap_err().to_string();
    assert_eq!(error, "stack: run-time sizes differ: left is (A = 2, B = 3), right is (A = 2, B = 4)");
    assert!(attempt(|| unequal.cat_as::<0, _>(All).eval()).is_err());
    assert_eq!(unequal.cat_as::<1, _>(All).shape(), (A(2), All(7)));
    let error = attempt(|| unequal.cat_as::<1, _>(|_| All(3)).eval()).unwrap_err().to_string();
    assert_eq!(error, "the data has shape [7], the type wants (All = 3,)");
}

#[test]
fn lists_of_lists_are_rows() {
    let x = Cpu.from_rows(A, B, &[vec![1u8, 2, 3], vec![4, 5, 6]]).expect("equal rows");
    assert_eq!((x.shape(), x.to_vec()), ((A(2), B(3)), vec![1, 2, 3, 4, 5, 6]));
    assert_eq!(Cpu.from_rows(A, B, &[[1.5f64]; 4]).expect("equal rows").shape(), (A(4), B(1)));
    assert_eq!(Cpu.from_rows::<f32, _, _>(A, B, &[[]; 4]).expect("equal rows").shape(), (A(4), B(0)));
    let none: [Vec<f32>; 0] = [];
    assert_eq!(Cpu.from_rows(A, B, &none).unwrap_err().to_string(), "the list of rows is empty");
    let error = Cpu.from_rows(A, B, &[&[1, 2][..], &[3, 4], &[5]]).unwrap_err().to_string();
    assert_eq!(error, "from_rows: 1 elements in row 2 beside 2 in row 0 is not allowed, rows are equally long");
    assert!(Cpu.from_rows(|_| A(1), B, &[[1], [2]]).is_err());
}

#[test]
fn lengths_that_do_not_exist_are_errors() {
    let x = Cpu.full((A(4),), 1.0f32);
    let error = attempt(|| x.unfold_as::<0, _, _>(D::<5>, 1, All).eval()).unwrap_err().to_string();
    let found = "unfold: a window of 5 every 1 on an axis of 4 elements is not allowed";
    assert_eq!(error, format!("{found}, windows lie on the axis, 1 or more apart"));
    assert!(attempt(|| x.unfold_as::<0, _, _>(D::<2>, 0, All).eval()).is_err());
    assert_eq!(x.unfold_as::<0, _, _>(D::<2>, usize::MAX, All).shape(), (All(1), D::<2>));
    for result in [
        attempt(|| x.pad_as::<0, _>(usize::MAX, 2, 0.0, All).eval()),
        attempt(|| x.tile_as::<0, _>(usize::MAX, All).eval()),
        attempt(|| x.repeat_interleave_as::<0, _>(usize::MAX / 2, All).eval()),
        attempt(|| x.pad_edges_as::<0, _>(usize::MAX, 0, Edges::Replicate, All).eval()),
        attempt(|| x.flatten_as::<0, _>(|_| All(5)).eval()),
    ] {
        assert!(result.is_err());
    }
    assert!(attempt(|| x.pad_edges_as::<0, _>(4, 0, Edges::Reflect, All).eval()).is_err());
    assert_eq!(x.tile_as::<0, _>(0, All).eval().len(), 0);
}

#[test]
fn heads_are_split_in_generic_code() {
    dims! { Heads = 4, Size = 3, Width = 12 }
    fn heads<M: Dim, N: Dim>(x: &Tensor<(M, N, Width), f64>) -> Tensor<(M, N, Heads, Size), f64> {
        x.unflatten::<-1, _, _>(Heads, Size).eval()
    }
    fn merged<M: Dim, N: Dim>(x: &Tensor<(M, N, Heads, Size), f64>) -> Tensor<(M, N, D<12>), f64> {
        x.flatten::<-2>().eval()
    }
    let x = uniform::<_, f64>((A(2), B(5), Width), 1);
    let split = heads(&x);
    assert_eq!((split.shape(), split.as_slice()), ((A(2), B(5), Heads, Size), x.as_slice()));
    assert_eq!(merged(&split).as_slice(), x.as_slice());
    let rows = uniform::<_, f64>((A(6),), 1);
    assert_eq!(rows.unflatten::<0, _, _>(B(3), D::<2>).shape(), (B(3), D::<2>));
    let error = attempt(|| rows.unflatten::<0, _, _>(B(4), D::<2>).eval()).unwrap_err().to_string();
    assert_eq!(error, "unflatten: run-time sizes differ: left is (A = 6,), right is (B = 4, D<2>)");
    let none = Cpu.full((A(0), B(6)), 1.0f32);
    assert!(attempt(|| none.unflatten::<1, _, _>(C(4), D::<2>).eval()).is_err(), "an empty axis hides no other");
}
