//! Making tensors, compared with NumPy's numbers and with plain loops.
//!
//! Apart from the doc examples because here are the edges: sizes 0, 1, 7 and 17, rank 0, axes of run-time size, and
//! data that do not fit.

use congruent::prelude::*;
use std::collections::BTreeSet;

dims! { Batch = ?, Steps = ? }

fn f64s<S: Shape>(x: Tensor<S, f64>) -> Vec<f64> {
    x.to_vec()
}

#[track_caller]
fn close(got: &[f64], wanted: &[f64]) {
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 4.0 * f64::EPSILON * b.abs();
    assert!(got.len() == wanted.len() && got.iter().zip(wanted).all(near), "{got:?} {wanted:?}");
}

#[test]
fn constants_fill_every_shape() {
    for size in [0, 1, 7, 17] {
        let shape = (Batch(size), D::<3>);
        assert_eq!(Cpu.zeros_of::<f64, _>(shape).to_vec(), vec![0.0; 3 * size]);
        assert_eq!(Cpu.empty_of::<bool, _>(shape).to_vec(), vec![false; 3 * size]);
        assert_eq!(Cpu.ones_of::<u8, _>(shape).to_vec(), vec![1; 3 * size]);
        let x = Cpu.full(shape, -2i32);
        assert_eq!((x.zeros_like(), x.empty_like()), (Cpu.zeros_of(shape), Cpu.zeros_of(shape)));
        assert_eq!((x.ones_like(), x.full_like(-2)), (Cpu.full(shape, 1), x));
    }
    assert!(Cpu.ones_of::<bool, _>(()).item());
    assert_eq!(Cpu.empty::<Shape![2, 0]>().dims().as_slice(), [2, 0]);
}

#[test]
fn a_shape_beyond_the_address_space_is_an_error() {
    let error = attempt(|| Cpu.zeros_of::<f32, _>((Batch(usize::MAX), D::<2>))).err();
    assert!(matches!(error, Some(Error::TooLarge { .. })));
    let error = Cpu.from_iter((Batch(usize::MAX), D::<2>), 0..3).err();
    assert!(matches!(error, Some(Error::TooLarge { .. })));
}

#[test]
fn vectors_and_iterators_must_have_the_length() {
    assert_eq!(Cpu.from_vec((D::<2>, D::<2>), vec![1, 2, 3, 4]).unwrap(), Cpu.tensor([[1, 2], [3, 4]]).convert());
    assert_eq!(Cpu.from_iter((Batch(0),), std::iter::empty::<f32>()).unwrap().len(), 0);
    assert_eq!(Cpu.from_iter((), [7i64]).unwrap().item(), 7);
    let found = |error: Option<Error>| match error {
        Some(Error::Length { wanted, found, .. }) => (wanted, found),
        other => panic!("{other:?}"),
    };
    assert_eq!(found(Cpu.from_vec((D::<7>,), vec![0u8; 6]).err()), (7, 6));
    assert_eq!(found(Cpu.from_iter((D::<7>,), 0..3i64).err()), (7, 3));
    assert_eq!(found(Cpu.from_iter((D::<7>,), 0..17i64).err()), (7, 17));
    assert_eq!(found(Cpu.from_iter((D::<7>,), 0i64..).err()), (7, 8));
    assert_eq!(found(Cpu.from_iter((D::<1>,), (0..9i64).filter(|i| i % 2 == 0)).err()), (1, 5));
}

#[test]
fn index_functions_see_every_index_in_order() {
    assert_eq!(Cpu.from_index_fn((), |[]| 3.5f64).item(), 3.5);
    let mut seen = Vec::new();
    let shape = (Batch(2), D::<1>, D::<3>, D::<2>, D::<1>, D::<2>);
    let x = Cpu.from_index_fn(shape, |index| {
        seen.push(index);
        index.iter().fold(0, |sum, i| 10 * sum + *i as i64)
    });
    assert!(seen.is_sorted() && seen.iter().collect::<BTreeSet<_>>().len() == 24);
    assert_eq!((seen[23], x.as_slice()[23]), ([1, 0, 2, 1, 0, 1], 102_101));
    assert_eq!(Cpu.from_index_fn((D::<7>, D::<0>), |[_, _]| -> f32 { unreachable!() }).len(), 0);
}

#[test]
fn rows_have_the_number_that_their_dim_says() {
    let error = attempt(|| Cpu.rows(|_| D::<3>, vec![[1.0, 2.0]])).err();
    assert_eq!(error.map(|e| e.to_string()).as_deref(), Some("the data has shape [1], the type wants (D<3>,)"));
    assert_eq!(Cpu.rows(Batch, Vec::<[f32; 2]>::new()).shape(), (Batch(0), D::<2>));
}

#[test]
fn arange_counts_and_steps_as_numpy_does() {
    let floats = |start, stop, step| f64s(Cpu.arange_until(Steps, start, stop, step).unwrap());
    let tenths = [0.0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6000000000000001, 0.7000000000000001, 0.8, 0.9];
    assert_eq!(floats(0.0, 1.0, 0.1), tenths);
    assert_eq!(floats(1.0, 1.3, 0.1), [1.0, 1.1, 1.2000000000000002, 1.3000000000000003]);
    assert_eq!(floats(5.0, -1.0, -1.5), [5.0, 3.5, 2.0, 0.5]);
    let count = |start, stop, step| floats(start, stop, step).len();
    assert_eq!(
        [count(0.0, 1.0, -0.1), count(2.0, 2.0, 0.5), count(0.0, 1.0, 3.0), count(-1.0, 1.0, 0.3)],
        [0, 0, 1, 7]
    );
    assert_eq!([count(0.0, 1e-300, 1e300), count(0.0, -1e-300, 1e300), count(10.0, 0.0, -0.1)], [1, 0, 100]);
    let whole = |start, stop, step| Cpu.arange_until::<_, i64>(Steps, start, stop, step).unwrap().to_vec();
    assert_eq!((whole(0, 7, 2), whole(0, 8, 2)), (vec![0, 2, 4, 6], vec![0, 2, 4, 6]));
    assert_eq!(
        (whole(7, 0, -2), whole(8, 0, -2), whole(-3, 4, 3)),
        (vec![7, 5, 3, 1], vec![8, 6, 4, 2], vec![-3, 0, 3])
    );
    assert_eq!((whole(0, 5, -1), whole(5, 5, 1), whole(i64::MIN, i64::MAX, i64::MAX)[1..].len()), (vec![], vec![], 2));
}

#[test]
fn ranges_have_the_bits_of_numpy() {
    let checksum = |values: Vec<f64>| values.iter().fold(0u64, |sum, x| sum.wrapping_mul(31).wrapping_add(x.to_bits()));
    for (start, stop, count, wanted) in [
        (0.1, 97.3, 1000, 10314648602984657346),
        (-1e-07, 300000.0, 777, 11753727339490588420),
        (5.0, -0.3333333333333333, 17, 16062775148032211677),
        (1e308, -5e307, 9999, 6352350005481641396),
    ] {
        assert_eq!(
            checksum(f64s(Cpu.linspace_of(Steps(count), start, stop))),
            wanted,
            "linspace {start} {stop} {count}"
        );
    }
    for (start, stop, step, count, wanted) in [
        (0.1, 97.3, 0.0973, 999, 15359698484046062802),
        (-1e-07, 300.0, 0.37, 811, 13078262964753665667),
        (5.0, -0.3333333333333333, -0.001, 5334, 1471627355017119812),
    ] {
        let x = f64s(Cpu.arange_until(Steps, start, stop, step).unwrap());
        assert_eq!((x.len(), checksum(x)), (count, wanted), "arange {start} {stop} {step}");
    }
}

#[test]
fn ranges_that_do_not_end_are_errors() {
    let wrong = |start, stop, step| Cpu.arange_until::<_, f64>(Steps, start, stop, step).err().map(|e| e.to_string());
    let rule = "is not allowed, the step must not be 0 and the count must be finite";
    assert_eq!(wrong(0.0, 1.0, 0.0), Some(format!("arange: 0..1 by 0 {rule}")));
    for (start, stop, step) in [(0.0, 0.0, 0.0), (f64::NAN, 1.0, 1.0), (0.0, f64::INFINITY, 1.0), (0.0, 1.0, f64::NAN)]
    {
        assert!(wrong(start, stop, step).is_some(), "{start} {stop} {step}");
    }
    assert!(wrong(0.0, 1e300, 1e-300).is_some());
    assert!(Cpu.arange_until(Steps, 0, 3, 0u8).is_err());
    let error = Cpu.arange_until(|_| D::<2>, 0, 3, 1i64).err();
    assert!(matches!(error, Some(Error::Shape { found, .. }) if found == [3]));
}

#[test]
fn arange_counts_in_every_type() {
    for size in [0, 1, 7, 17] {
        let plain: Vec<usize> = (0..size).collect();
        assert!(Cpu.arange(Batch(size)).as_slice().iter().map(|x| *x as usize).eq(plain.clone()));
        assert!(Cpu.arange_of::<u8, _>(Batch(size)).as_slice().iter().map(|x| *x as usize).eq(plain));
    }
    assert_eq!(Cpu.arange_from(D::<3>, 250u8, 5).as_slice(), [250, 255, 4]);
    assert_eq!(Cpu.arange_from(D::<2>, i64::MAX, 1).as_slice(), [i64::MAX, i64::MIN]);
    assert_eq!(Cpu.arange_from(D::<3>, 0.5f32, -0.25).as_slice(), [0.5, 0.25, 0.0]);
}

#[test]
fn spaces_are_those_of_numpy() {
    assert_eq!(f64s(Cpu.linspace_of(D::<7>, 0.1, 0.7)), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
    assert_eq!(f64s(Cpu.linspace_of(D::<3>, 0.0, 5e-324)), [0.0, 0.0, 5e-324]);
    assert_eq!((f64s(Cpu.linspace_of(D::<1>, 2.0, 5.0)), f64s(Cpu.linspace_of(D::<0>, 2.0, 5.0))), (vec![2.0], vec![]));
    let powers = [1.0, 3.1622776601683795, 10.0, 31.622776601683793, 100.0, 316.2277660168379, 1000.0];
    close(&f64s(Cpu.logspace_of(D::<7>, 0.0, 3.0, 10.0)), &powers);
    close(&f64s(Cpu.logspace_of(D::<5>, -1.0, 1.0, 2.0)), &[0.5, 0.5f64.sqrt(), 1.0, 2f64.sqrt(), 2.0]);
    let doubled: Vec<f64> = (0..9).map(|i| f64::from(1 << i)).collect();
    close(&f64s(Cpu.geomspace_of(D::<9>, 1.0, 256.0).unwrap()), &doubled);
    let falling = Cpu.geomspace_of(D::<4>, 1e-5, 3.0).unwrap();
    close(falling.as_slice(), &[1e-5, 0.0006694329500821696, 0.04481404746557166, 3.0]);
    assert_eq!((falling.as_slice()[0], falling.as_slice()[3]), (1e-5, 3.0));
    assert_eq!(f64s(Cpu.geomspace_of(D::<1>, -2.0, -8.0).unwrap()), [-2.0]);
}

#[test]
fn a_geometric_sequence_needs_two_ends_of_one_sign() {
    for (start, stop) in [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
        let error = Cpu.geomspace_of::<f64, _>(D::<3>, start, stop).err().map(|e| e.to_string());
        let rule = "is not allowed, both ends must be finite, other than 0, and of one sign";
        assert_eq!(error, Some(format!("geomspace: {start}..{stop} {rule}")));
    }
    close(&f64s(Cpu.geomspace_of(D::<3>, 1e-320, 1e-300).unwrap())[..1], &[1e-320]);
}

#[test]
fn identities_and_triangles_follow_their_rule() {
    for (rows, columns) in [(0, 3), (1, 1), (3, 0), (7, 17), (17, 7)] {
        for offset in [0, 1, -1, 3, -20, 20, isize::MAX, isize::MIN] {
            let right = |i: usize, j: usize| j as i128 - i as i128 - offset as i128;
            let plain = |rule: fn(i128) -> bool| -> Vec<i64> {
                (0..rows * columns).map(|p| i64::from(rule(right(p / columns, p % columns)))).collect()
            };
            let shape = (Batch(rows), Steps(columns));
            assert_eq!(Cpu.eye_offset_of::<i64, _, _>(shape, offset).to_vec(), plain(|d| d == 0));
            assert_eq!(Cpu.tri_of::<i64, _, _>(shape, offset).to_vec(), plain(|d| d <= 0));
            let two = Cpu.ones_of::<i64, _>((D::<2>, Batch(rows), Steps(columns)));
            assert_eq!(two.tril(offset).eval().to_vec(), plain(|d| d <= 0).repeat(2));
            assert_eq!(two.triu(offset).eval().to_vec(), plain(|d| d >= 0).repeat(2));
        }
    }
    let eye: Tensor<(Batch, Batch), bool> = Cpu.eye_of(Batch(17));
    assert!((0..289).all(|i| eye.as_slice()[i] == (i % 18 == 0)));
}

#[test]
fn diagonals_go_both_ways() {
    for size in [0, 1, 7, 17] {
        let x: Tensor<_, i64> = Cpu.arange_from(Batch(size), 1, 1);
        let square = x.diag();
        assert!(
            (0..size * size)
                .all(|i| square.as_slice()[i] == if i % (size + 1) == 0 { i / (size + 1) + 1 } else { 0 } as i64)
        );
        assert_eq!(square.diag(), x);
        for offset in [0, 1, -1, 5, -5] {
            let matrix = x.diag_offset(offset, Steps).unwrap();
            assert_eq!(matrix.shape().0, Steps(size + offset.unsigned_abs()));
            assert_eq!(matrix.diagonal_offset(offset, Batch).unwrap(), x);
            assert_eq!(matrix.as_slice().iter().sum::<i64>(), x.as_slice().iter().sum::<i64>());
        }
    }
    let x = Cpu.from_fn((D::<3>, D::<4>), |i| i as i64);
    let at = |offset| x.diagonal_offset(offset, Steps).unwrap().to_vec();
    assert_eq!((at(0), at(1), at(3), at(-2)), (vec![0, 5, 10], vec![1, 6, 11], vec![3], vec![8]));
    assert_eq!((at(4), at(-3), at(isize::MAX), at(isize::MIN)), (vec![], vec![], vec![], vec![]));
    assert!(matches!(x.diagonal_offset(0, |_| D::<4>), Err(Error::Shape { .. })));
    assert!(matches!(Cpu.tensor([1]).diag_offset(isize::MIN, Steps), Err(Error::TooLarge { .. })));
    let uneven = Cpu.from_fn((Batch(2), Batch(3)), |i| i as i64);
    assert_eq!((uneven.diag().shape(), uneven.diag().to_vec()), ((Batch(2),), vec![0, 4]));
}

#[test]
fn powers_stand_in_rows() {
    let x = Cpu.tensor_of::<f64, _>([1.5, -2.0, 0.0]);
    assert_eq!(x.vander(D::<4>).to_vec(), [3.375, 2.25, 1.5, 1.0, -8.0, 4.0, -2.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!(x.vander_increasing(D::<2>).to_vec(), [1.0, 1.5, 1.0, -2.0, 1.0, 0.0]);
    assert_eq!((x.vander(D::<0>).len(), x.vander(D::<1>).to_vec()), (0, vec![1.0; 3]));
    assert_eq!(Cpu.zeros_of::<f32, _>((Batch(0),)).vander(D::<7>).dims().as_slice(), [0, 7]);
}

#[test]
fn labels_become_rows() {
    let labels = Cpu.tensor_of::<u8, _>([[1, 0], [2, 2]]);
    let rows: Tensor<Shape![2, 2, 3], bool> = labels.one_hot_of(D::<3>).unwrap();
    let plain: Vec<bool> = [1, 0, 2, 2].iter().flat_map(|label| (0..3).map(move |i| i == *label)).collect();
    assert_eq!(rows.to_vec(), plain);
    assert_eq!(Cpu.tensor(2).one_hot_of::<i32, _>(Steps(3)).unwrap().to_vec(), [0, 0, 1]);
    assert_eq!(Cpu.zeros_of::<i64, _>((Batch(0),)).one_hot(D::<0>).unwrap().len(), 0);
    for (label, classes) in [(-1, 3), (3, 3), (0, 0), (i64::MIN, 1)] {
        let error = Cpu.tensor([label]).one_hot(Steps(classes)).err();
        assert!(
            matches!(error, Some(Error::Label { label: l, position: 0, classes: c }) if (l, c) == (label, classes))
        );
    }
}

#[test]
fn grids_hold_every_combination() {
    for (rows, columns) in [(0, 7), (1, 1), (7, 17), (17, 0)] {
        let (x, y): (Tensor<_, i64>, Tensor<_, f64>) = (Cpu.arange_of(Batch(rows)), Cpu.arange_of(Steps(columns)));
        let (a, b) = Cpu.meshgrid((&x, &y));
        let (c, d) = Cpu.meshgrid_xy((&x, &y));
        assert_eq!((a.shape(), d.shape()), ((Batch(rows), Steps(columns)), (Steps(columns), Batch(rows))));
        for (i, j) in (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))) {
            assert_eq!((a.as_slice()[i * columns + j], c.as_slice()[j * rows + i]), (i as i64, i as i64));
            assert_eq!((b.as_slice()[i * columns + j], d.as_slice()[j * rows + i]), (j as f64, j as f64));
        }
    }
    let (x, y, z) = (Cpu.tensor([1, 2]), Cpu.tensor([3, 4, 5]), Cpu.tensor([6, 7]));
    let (a, b, c) = Cpu.meshgrid((&x, &y, &z));
    assert_eq!(a.to_vec(), [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
    assert_eq!((b.to_vec(), c.to_vec()), ([3, 3, 4, 4, 5, 5].repeat(2), [6, 7].repeat(6)));
    let (a, b, c): (Tensor<Shape![3, 2, 2], i64>, _, _) = Cpu.meshgrid_xy((&x, &y, &z));
    assert_eq!((a.to_vec(), c.to_vec()), ([1, 1, 2, 2].repeat(3), [6, 7].repeat(6)));
    assert_eq!(b.to_vec(), [3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5]);
}

#[test]
fn products_of_vectors_are_all_pairs() {
    let (x, y) = (Cpu.arange_of::<i64, _>(D::<7>), Cpu.arange_of::<i64, _>(D::<17>));
    let pairs: Tensor<Shape![119, 2], i64> = x.cartesian_prod(&y);
    let plain: Vec<i64> = (0..7).flat_map(|i| (0..17).flat_map(move |j| [i, j])).collect();
    assert_eq!(pairs.to_vec(), plain);
    let none = Cpu.zeros_of::<i64, _>((Batch(0),));
    assert_eq!(
        (x.cartesian_prod_as(&none, Steps).unwrap().len(), x.cartesian_prod_as(&y, Steps).unwrap().to_vec()),
        (0, plain)
    );
    assert!(matches!(x.cartesian_prod_as(&none, |_| D::<1>), Err(Error::Shape { .. })));
}
