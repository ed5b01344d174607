//! `argmax` and `argmin` against a plain walk: lengths around a block, ties in different blocks, NaN, infinities, zeros
//! of both signs; along contiguous rows and across them.

use super::{A, B, C};
use congruent::prelude::*;

/// The first of the extremes, one element after the other; NaN is the extreme, the first one wins.
fn plain<E: Elem + PartialOrd>(row: &[E], largest: bool) -> i64 {
    let is_nan = |x: E| x.partial_cmp(&x).is_none();
    let mut best = 0;
    for (i, &x) in row.iter().enumerate() {
        let beats = if largest { x > row[best] } else { x < row[best] };
        if !is_nan(row[best]) && (beats || is_nan(x)) {
            best = i;
        }
    }
    best as i64
}

/// Rows of this length: few different numbers, so that there are many ties.
fn rows(len: usize) -> Vec<Vec<f32>> {
    let noise = |seed: usize| (0..len).map(move |i| ((i * 7919 + seed * 104_729) % 13) as f32 - 6.0);
    let with = |seed: usize, places: &[usize], value: f32| {
        let mut row: Vec<f32> = noise(seed).collect();
        places.iter().for_each(|&place| row[place % len] = value);
        row
    };
    vec![
        noise(1).collect(),
        with(2, &[len - 1], f32::NAN),
        with(3, &[len / 2, len - 1], f32::NAN),
        with(4, &[0], f32::NAN),
        with(5, &[len / 3, len - 1], 9.0),
        with(6, &[len - 1], f32::NEG_INFINITY),
        vec![f32::NEG_INFINITY; len],
        vec![f32::INFINITY; len],
        (0..len).map(|i| if i % 2 == 0 { -0.0 } else { 0.0 }).collect(),
        (0..len).map(|i| i as f32).collect(),
        (0..len).map(|i| -(i as f32)).collect(),
    ]
}

#[test]
fn positions_are_those_of_a_plain_walk() {
    for len in [1, 2, 31, 32, 33, 63, 64, 65, 511, 512, 513, 1021, 1600, 2047, 2048, 2049, 4100] {
        let rows = rows(len);
        let count = rows.len();
        let along = Cpu.from_vec((A(count), B(len)), rows.concat()).expect("as many elements");
        let (most, least): (Vec<_>, Vec<_>) = rows.iter().map(|row| (plain(row, true), plain(row, false))).unzip();
        assert_eq!(along.argmax_axis::<1>().as_slice(), most, "rows of {len}");
        assert_eq!(along.argmin_axis::<1>().as_slice(), least, "rows of {len}");
        let across = along.t().eval();
        assert_eq!(across.argmax_axis::<0>().as_slice(), most, "columns of {len}");
        assert_eq!(across.argmin_axis::<0>().as_slice(), least, "columns of {len}");
        let whole = along.cast::<f64>().argmax().item();
        assert_eq!(whole, plain(&rows.concat(), true), "all of {len}");
    }
}

#[test]
fn positions_of_many_columns_and_of_integers() {
    let (len, inner) = (130, 70);
    let values: Vec<i64> = (0..2 * len * inner).map(|i| (i * 7919 % 31) as i64 - 15).collect();
    let x = Cpu.from_vec((A(2), B(len), C(inner)), values.clone()).expect("as many elements");
    let column =
        |outer: usize, j: usize| -> Vec<i64> { (0..len).map(|i| values[(outer * len + i) * inner + j]).collect() };
    for largest in [true, false] {
        let found = if largest { x.argmax_axis::<1>() } else { x.argmin_axis::<1>() };
        let expected: Vec<i64> = (0..2)
            .flat_map(|outer| (0..inner).map(move |j| (outer, j)))
            .map(|(o, j)| plain(&column(o, j), largest))
            .collect();
        assert_eq!(found.as_slice(), expected);
    }
    let truth = Cpu.from_vec((A(3), B(600)), (0..1800).map(|i| i % 600 == 599 || i == 7).collect::<Vec<bool>>());
    assert_eq!(truth.expect("as many elements").argmax_axis::<1>().as_slice(), [7, 599, 599]);
}

#[test]
fn positions_across_as_many_rows_as_there_may_be_side_by_side() {
    fn check<E: Elem + PartialOrd>(number: impl Fn(f32) -> E) {
        for (len, inner) in
            [1, 7, 17, 65, 133].into_iter().flat_map(|len| [1, 3, 4, 5, 63, 64, 67, 130].map(|i| (len, i)))
        {
            let noise = |i: usize| [0.0, 3.0, -2.0, f32::NAN, 1.0, -0.0, 3.0][i.wrapping_mul(7919) % 97 % 7];
            let values: Vec<E> = (0..2 * len * inner).map(|i| number(noise(i))).collect();
            let x = Cpu.from_vec((A(2), B(len), C(inner)), values.clone()).expect("as many elements");
            let column =
                |o: usize, j: usize| -> Vec<E> { (0..len).map(|i| values[(o * len + i) * inner + j]).collect() };
            let columns = || (0..2).flat_map(|o| (0..inner).map(move |j| (o, j)));
            let most: Vec<i64> = columns().map(|(o, j)| plain(&column(o, j), true)).collect();
            let least: Vec<i64> = columns().map(|(o, j)| plain(&column(o, j), false)).collect();
            assert_eq!(x.argmax_axis::<1>().as_slice(), most, "{} {len} by {inner}", E::NAME);
            assert_eq!(x.argmin_axis::<1>().as_slice(), least, "{} {len} by {inner}", E::NAME);
        }
    }
    check(|x| x);
    check(f64::from);
    check(f16::from_f32);
    check(|x| x as i8);
    check(|x| x as i32);
    check(|x| x as u64);
    check(|x| x > 1.0);
}
