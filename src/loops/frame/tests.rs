//! How regions are walked: merged axes, chunks, and what reaches outside of its memory, for sizes up to the largest.

use super::*;
use crate::layout::{Axes, MAX_AXES, Region};

fn survey(region: [usize; 3], last_stretches: bool) -> Survey {
    let region = Axes::last(region, [0; 3]).size;
    Survey { region, merge: [true; MAX_AXES], last_stretches, reduced: 0, of_rows: 0 }
}

fn axes(size: [usize; 3]) -> Axes {
    Axes::last(size, [(size[1] * size[2]) as isize, size[2] as isize, 1])
}

#[test]
fn equal_operands_are_walked_in_one_loop() {
    let mut s = survey([2, 3, 4], false);
    s.operand(&axes([2, 3, 4]).stride, None);
    let frame = s.frame();
    assert_eq!((frame.rows, frame.inner), (1, 24));
}

#[test]
fn a_bias_keeps_the_last_axis_apart() {
    let mut s = survey([2, 3, 4], false);
    s.operand(&axes([2, 3, 4]).stride, None);
    s.operand(&axes([1, 1, 4]).along(&Axes::last([2, 3, 4], [0; 3]).size).stride, None);
    let frame = s.frame();
    assert_eq!((frame.rows, frame.inner, frame.levels), (6, 4, 1));
}

#[test]
fn a_middle_axis_that_stretches_takes_two_outer_loops() {
    let mut s = survey([2, 3, 4], false);
    s.operand(&axes([2, 3, 4]).stride, None);
    s.operand(&axes([2, 1, 4]).along(&Axes::last([2, 3, 4], [0; 3]).size).stride, None);
    let frame = s.frame();
    assert_eq!((frame.rows, frame.inner, frame.levels), (6, 4, 2));
    assert_eq!(frame.index(4)[..2], [1, 1]);
}

#[test]
fn a_last_axis_of_one_is_dropped_only_when_its_type_stretches() {
    let mut s = survey([5, 6, 1], true);
    s.operand(&axes([5, 6, 1]).stride, None);
    assert_eq!(s.frame().inner, 30);
    let mut s = survey([5, 6, 1], false);
    s.operand(&axes([1, 1, 1]).along(&Axes::last([5, 6, 1], [0; 3]).size).stride, None);
    assert_eq!(s.frame().inner, 1);
}

#[test]
fn chunks_cover_every_element_once() {
    for (rows, inner) in [(1, 1_000_003), (7, 300_001), (1021, 1021), (3_000_000, 1), (0, 5)] {
        let mut frame = Frame { rows, inner, ..Frame::flat(0, 0) };
        frame.divide(1, 0);
        let units = (0..frame.chunks).flat_map(|c| frame.chunk(c).units(inner));
        let mut next = (0, 0);
        for (row, from, to) in units {
            assert_eq!((row, from), next);
            assert!(to > from && to <= inner);
            next = if to == inner { (row + 1, 0) } else { (row, to) };
        }
        assert_eq!(next, (rows, 0));
    }
}

/// Sizes and strides whose products do not fit a number, beside honest ones.
const NUMBERS: [usize; 9] = [0, 1, 2, 3, 1 << 31, 1 << 62, (1 << 63) - 1, 1 << 63, usize::MAX];

#[test]
fn reach_is_found_for_any_sizes_and_strides() {
    let numbers = || NUMBERS.into_iter();
    for (a, b, offset) in numbers().flat_map(|a| numbers().flat_map(move |b| numbers().map(move |c| (a, b, c)))) {
        for (row, column) in numbers().flat_map(|row| numbers().map(move |column| (row as isize, column as isize))) {
            let axes = Axes::last([a, b], [row, column]);
            let ends = [(a, row), (b, column)].map(|(size, stride)| (size as i128 - 1) * i128::from(stride as i64));
            let (first, last) = ends.iter().fold((offset as i128, offset as i128), |(first, last), &end| {
                (first.saturating_add(end.min(0)), last.saturating_add(end.max(0)))
            });
            for len in [0, 1, 5, isize::MAX as usize] {
                let inside = a == 0 || b == 0 || (first >= 0 && last < len as i128);
                assert_eq!(axes.fits(offset, len), inside, "{axes:?} from {offset} in {len}");
            }
        }
    }
}

#[test]
fn axes_that_cross_each_other_do_not_nest() {
    let nests = |size: [usize; 2], stride: [isize; 2]| Axes::last(size, stride).nests();
    assert!(nests([3, 4], [4, 1]) && nests([3, 4], [1, 3]) && nests([3, 4], [-8, 2]) && nests([3, 1], [1, 1]));
    assert!(nests([3, 4], [0, 1]) && nests([0, 4], [4, 1]) && nests([1 << 62, 2], [2, 1]));
    assert!(!nests([3, 4], [3, 1]) && !nests([3, 4], [1, 1]) && !nests([4, 2], [1, -3]));
    // What shares nothing by the values of its strides alone counts as sharing.
    assert!(!nests([2, 3], [3, 2]));
}

#[test]
fn axes_are_injective_where_no_two_indices_share_an_element() {
    // All of two axes with small sizes and strides, held against the places themselves.
    for (a, b) in (0..4).flat_map(|a| (0..4).map(move |b| (a, b))) {
        for (s, t) in (-6..=6).flat_map(|s| (-6..=6).map(move |t| (s, t))) {
            let axes = Axes::last([a, b], [s, t]);
            let places = (0..a as isize).flat_map(|i| (0..b as isize).map(move |j| i * s + j * t));
            let apart = places.collect::<std::collections::HashSet<_>>().len() == a * b;
            assert!(apart || !axes.is_injective(), "{axes:?}");
            // Nothing that rows, columns and steps of matrices make is missed.
            let (near, far) = if s.abs() < t.abs() { ((s, a), (t, b)) } else { ((t, b), (s, a)) };
            let matrix = near.0 != 0 && far.0.unsigned_abs() >= near.0.unsigned_abs() * near.1.max(1);
            assert!(!matrix || axes.is_injective(), "{axes:?}");
        }
    }
}

#[test]
fn a_region_is_counted_without_its_empty_axis() {
    use crate::attempt;
    crate::dims! { A = ?, B = ? }
    let len = |a, b, c| attempt(|| Region::of((A(a), A(b), B(c))).len).ok();
    assert_eq!([len(2, 3, 4), len(0, 3, 4), len(1, (1 << 63) - 1, 1)], [Some(24), Some(0), Some((1 << 63) - 1)]);
    assert_eq!([len(1 << 40, 0, 1 << 40), len(0, 1 << 40, 1 << 40), len(1 << 63, 1, 1)], [None, None, None]);
    assert_eq!([len(usize::MAX, 0, 1), len(1 << 62, 4, 0)], [None, None]);
}
