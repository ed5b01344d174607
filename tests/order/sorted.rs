//! Sorted values against the positions that sort them: every element type, lengths around those of other ways to sort,
//! both orders, zeros of both signs and NaN of different bits, which keep their order.

use super::{A, B};
use congruent::prelude::*;

/// Rows and columns of these elements, sorted by value and by position, bit by bit.
fn check<E: Elem + PartialOrd, Bits: PartialEq + std::fmt::Debug>(
    element: impl Fn(usize) -> E,
    bits: impl Fn(E) -> Bits,
) {
    for (count, len) in [(3, 0), (3, 1), (2, 7), (5, 17), (3, 1021), (2, 1024), (1, 5000), (1, 70_001)] {
        let values: Vec<E> =
            (0..count * len).map(|i: usize| element(i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20)).collect();
        let x = Cpu.from_vec((A(count), B(len)), values).expect("as many elements");
        let of = |values: &[E]| -> Vec<Bits> { values.iter().map(|&x| bits(x)).collect() };
        let by = |places: Tensor<(A, B), i64>| -> Vec<Bits> {
            let rows = places.as_slice().chunks(len.max(1)).zip(x.as_slice().chunks(len.max(1)));
            rows.flat_map(|(places, row)| places.iter().map(|&i| bits(row[i as usize]))).collect()
        };
        assert!(of(x.sort().eval().as_slice()) == by(x.argsort()), "{} {count} by {len}", E::NAME);
        let down = x.sort_descending().eval();
        assert!(of(down.as_slice()) == by(x.argsort_descending()), "{} {count} by {len}, descending", E::NAME);
        let across = x.t().eval().sort_axis::<0>();
        assert!(of(across.t().eval().as_slice()) == by(x.argsort()), "{} {count} by {len}, across", E::NAME);
        let ascending = |pair: &[E]| pair[0].partial_cmp(&pair[1]).is_none_or(|order| order.is_le());
        assert!(x.sort().eval().as_slice().chunks(len.max(1)).all(|row| row.windows(2).all(ascending)));
    }
}

/// Every seventh is one of the numbers that are not as others.
fn number(i: usize) -> f64 {
    let odd = [0.0, -0.0, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0, 1e-310, -1e-310];
    if i.is_multiple_of(7) { odd[i / 7 % odd.len()] } else { (i % 10_007) as f64 / 16.0 - 300.0 }
}

#[test]
fn values_are_those_at_the_sorted_positions() {
    check(number, f64::to_bits);
    check(|i| number(i) as f32, f32::to_bits);
    check(|i| f16::from_f64(number(i)), f16::to_bits);
    check(|i| bf16::from_f64(number(i)), bf16::to_bits);
    check(|i| i as i8, |x| x);
    check(|i| i as u8, |x| x);
    check(|i| i as i16, |x| x);
    check(|i| i as i32, |x| x);
    check(|i| i as u32, |x| x);
    check(|i| i as i64 - (1 << 40), |x| x);
    check(|i| (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15), |x| x);
    check(|i| i.is_multiple_of(3), |x| x);
}

#[test]
fn nothing_differs_from_number_to_number_but_its_bits() {
    let nans = [0x7FC0_0001, 0xFFC0_0002, 0x7FC0_0003].map(f32::from_bits);
    let x = Cpu.tensor([nans[0], 0.0, nans[1], -0.0, 1.0, nans[2], 0.0]);
    let bits = |x: Tensor<Shape![7]>| x.as_slice().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    let [a, b, c] = nans;
    assert_eq!(bits(x.sort().eval()), [0.0, -0.0, 0.0, 1.0, a, b, c].map(f32::to_bits));
    assert_eq!(bits(x.sort_descending().eval()), [a, b, c, 1.0, 0.0, -0.0, 0.0].map(f32::to_bits));
}
