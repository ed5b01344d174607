//! Rows so long that they are sorted by digits: against a stable sort by comparison, with ties, NaN, infinities, zeros
//! of both signs, and keys that differ in few digits.

use super::{A, B};
use congruent::prelude::*;
use std::cmp::Ordering;

/// NaN is larger than every number.
fn compare<E: PartialOrd>(a: &E, b: &E) -> Ordering {
    let nan = |x: &E| x.partial_cmp(x).is_none();
    a.partial_cmp(b).unwrap_or_else(|| nan(a).cmp(&nan(b)))
}

fn noise(i: usize) -> u64 {
    (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

fn check<E: Elem + PartialOrd>(what: &str, len: usize, element: impl Fn(usize) -> E) {
    let rows: Vec<Vec<E>> = (0..2).map(|row| (0..len).map(|i| element(i + row * len)).collect()).collect();
    let x = Cpu.from_vec((A(2), B(len)), rows.concat()).expect("as many elements");
    for descending in [false, true] {
        let expected: Vec<i64> = rows
            .iter()
            .flat_map(|row| {
                let mut places: Vec<usize> = (0..len).collect();
                places.sort_by(|&i, &j| {
                    let order = compare(&row[i], &row[j]);
                    if descending { order.reverse() } else { order }
                });
                places.into_iter().map(|i| i as i64)
            })
            .collect();
        let found = if descending { x.argsort_descending() } else { x.argsort() };
        assert_eq!(found.as_slice(), expected, "{what} of {len}, descending: {descending}");
    }
}

fn awkward(i: usize) -> f64 {
    match noise(i) % 9 {
        0 => f64::NAN,
        1 => f64::INFINITY,
        2 => f64::NEG_INFINITY,
        3 => -0.0,
        4 => 0.0,
        _ => f64::from_bits(noise(i + 1) % (2047 << 52)) * if noise(i).is_multiple_of(2) { 1.0 } else { -1.0 },
    }
}

#[test]
fn long_rows_are_sorted_as_short_ones_are() {
    for len in [199, 200, 201, 1023, 1024, 8191, 8192, 5003, 16_384, 16_400, 70_001, 140_000] {
        check("f32", len, |i| awkward(i) as f32);
        check("f64", len, awkward);
        check("i64", len, |i| noise(i) as i64);
        check("u64", len, noise);
        check("i32 with ties", len, |i| (noise(i) % 50) as i32 - 25);
        check("i8", len, |i| noise(i) as i8);
        check("u16", len, |i| noise(i) as u16);
        check("equal", len, |_| 1.5_f32);
        check("backwards", len, |i| -(i as f32));
        check("bool", len, |i| noise(i).is_multiple_of(3));
    }
}
