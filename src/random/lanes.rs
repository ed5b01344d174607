//! Many blocks at once: uniform and normal numbers in loops that become SIMD.
//!
//! Apart from `fill.rs`, which cuts a stream into such runs, because here every line is written for the vectoriser: no
//! branches, and the steps of the software logarithm and circle one by one, so that each number has the bits of
//! [`Key::uniform_f64`] and [`Key::normal_f64`].
#![allow(clippy::excessive_precision, reason = "coefficients stand as they were published")]

use super::key::{Key, Purpose, box_muller};
use super::philox::{join_words, mix};
use crate::num::{Kernel, Lane, dispatch};
use core::f64::consts::{PI, TAU};

/// Blocks of a run.
pub(super) const RUN: usize = 32;
/// Blocks that are mixed at once: words of 32 bits in a register of AVX-512, or two of AVX2.
const WIDTH: usize = 16;

/// What the two words of 64 bits of a block become.
#[derive(Clone, Copy)]
pub(super) enum Law {
    /// Two uniform numbers.
    Uniform,
    /// Two normal numbers.
    Normal,
}

/// Fills `out`, runs of two numbers for each of [`RUN`] blocks, from block `first` on.
pub(super) fn fill(law: Law, key: Key, first: u64, out: &mut [f64]) {
    dispatch::<f64, _>(Runs { law, key, first, out });
}

struct Runs<'a> {
    law: Law,
    key: Key,
    first: u64,
    out: &'a mut [f64],
}

impl Kernel<f64> for Runs<'_> {
    type Out = ();

    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<f64>>(self) {
        for (run, out) in (0u64..).zip(self.out.chunks_exact_mut(2 * RUN)) {
            let [u, v] = units(self.key, self.first.wrapping_add(run * RUN as u64));
            match self.law {
                Law::Uniform => interleave(&u, &v, out),
                Law::Normal => normals(&u, &v, out),
            }
        }
    }
}

/// Fills `out`, runs of one number for each of [`RUN`] blocks, with the stream of integers below `n`, from element
/// `first` on.
pub(super) fn fill_below(key: Key, first: u64, n: u64, out: &mut [u64]) {
    dispatch::<f64, _>(Belows { key, first, n, out });
}

struct Belows<'a> {
    key: Key,
    first: u64,
    n: u64,
    out: &'a mut [u64],
}

impl Kernel<f64> for Belows<'_> {
    type Out = ();

    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<f64>>(self) {
        let Belows { key, first, n, out } = self;
        let uneven = n.wrapping_neg().checked_rem(n).unwrap_or(0);
        for (run, out) in (0u64..).zip(out.chunks_exact_mut(WIDTH)) {
            let first = first.wrapping_add(run * WIDTH as u64);
            let [low, high, ..] = mix(key.counters::<WIDTH>(first, 0, Purpose::Draw), key.words);
            for (lane, slot) in out.iter_mut().enumerate() {
                let product = u128::from(join_words(low[lane], high[lane])) * u128::from(n);
                *slot = (product >> 64) as u64;
                if (product as u64) < uneven {
                    *slot = key.below(first.wrapping_add(lane as u64), n);
                }
            }
        }
    }
}

/// The uniform numbers of a run: the first of each block, and the second.
#[cfg_attr(optimised, inline(always))]
fn units(key: Key, first: u64) -> [[f64; RUN]; 2] {
    let (mut u, mut v) = ([0.0; RUN], [0.0; RUN]);
    for part in 0..RUN / WIDTH {
        let first = first.wrapping_add((part * WIDTH) as u64);
        let [a, b, c, d] = mix(key.counters::<WIDTH>(first, 0, Purpose::Draw), key.words);
        let (u, v) = (&mut u[part * WIDTH..][..WIDTH], &mut v[part * WIDTH..][..WIDTH]);
        for lane in 0..WIDTH {
            u[lane] = unit(a[lane], b[lane]);
            v[lane] = unit(c[lane], d[lane]);
        }
    }
    [u, v]
}

/// `(high · 2³² + low) >> 11`, times `2⁻⁵³`, without integers of more than 32 bits that become floats: all exact.
#[cfg_attr(optimised, inline(always))]
fn unit(low: u32, high: u32) -> f64 {
    const LOW: f64 = 1.0 / (1u64 << 53) as f64;
    let kept = (low >> 11) | (high << 21);
    f64::from((high >> 11) as i32) * (LOW * 4_294_967_296.0) + f64::from(kept) * LOW
}

#[cfg_attr(optimised, inline(always))]
fn interleave(u: &[f64; RUN], v: &[f64; RUN], out: &mut [f64]) {
    for (two, (u, v)) in out.chunks_exact_mut(2).zip(u.iter().zip(v)) {
        (two[0], two[1]) = (*u, *v);
    }
}

/// Box and Muller's pairs.
#[cfg_attr(optimised, inline(always))]
fn normals(u: &[f64; RUN], v: &[f64; RUN], out: &mut [f64]) {
    let (mut cosines, mut sines, mut rare) = ([0.0; RUN], [0.0; RUN], false);
    for lane in 0..RUN {
        let radius = (-2.0 * logarithm(1.0 - u[lane])).sqrt();
        let angle = TAU * v[lane];
        let (sine, cosine) = circle(angle);
        (cosines[lane], sines[lane]) = (radius * cosine, radius * sine);
        rare |= is_rare(angle);
    }
    interleave(&cosines, &sines, out);
    if rare {
        near_the_axes(u, v, out);
    }
}

/// Again, in full, where the short reduction of the angle loses digits.
#[cold]
#[inline(never)]
fn near_the_axes(u: &[f64; RUN], v: &[f64; RUN], out: &mut [f64]) {
    for (two, (&u, &v)) in out.chunks_exact_mut(2).zip(u.iter().zip(v)) {
        if is_rare(TAU * v) {
            two.copy_from_slice(&box_muller([u, v]));
        }
    }
}

/// `ln x` of a normal number: libm's steps for such, which are those of FreeBSD's `e_log.c`.
#[cfg_attr(optimised, inline(always))]
fn logarithm(x: f64) -> f64 {
    const ROOT: u64 = 0x3fe6_a09e << 32;
    const ONE: u64 = 0x3ff0_0000 << 32;
    let bits = x.to_bits() + (ONE - ROOT);
    let exponent = f64::from((bits >> 52) as i32 - 0x3ff);
    let x = f64::from_bits((bits & ((1 << 52) - 1)) + ROOT);
    let f = x - 1.0;
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    let odd = z
        * (6.666666666666735130e-01
            + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    let rest = odd + even;
    s * (half_square + rest) + exponent * 1.90821492927058770002e-10 - half_square
        + f
        + exponent * 6.93147180369123816490e-01
}

/// The high word of a number, by which libm tells the quadrants apart.
#[cfg_attr(optimised, inline(always))]
fn high_word(x: f64) -> u32 {
    (x.to_bits() >> 32) as u32
}

/// Angles for which libm goes further ways: next to a multiple of `π/2`, and those that are their own sine.
#[cfg_attr(optimised, inline(always))]
fn is_rare(angle: f64) -> bool {
    let high = high_word(angle);
    (high & 0xf_ffff == high_word(PI) & 0xf_ffff) | (high == 0x4012_d97c) | (high < 0x3e46_a09e)
}

/// Sine and cosine of an angle from 0 to `2π` that is not rare: libm's steps for such, which are those of FreeBSD's
/// `e_rem_pio2.c`, `k_sin.c` and `k_cos.c`.
#[cfg_attr(optimised, inline(always))]
fn circle(x: f64) -> (f64, f64) {
    let high = high_word(x) as i32;
    let ends = [0x3fe9_21fb, 0x4002_d97c, 0x400f_6a7a, 0x4015_fdbc];
    let quadrant = ends.iter().fold(0i32, |quadrant, end| quadrant + i32::from(high > *end));
    let turns = f64::from(quadrant);
    let (first, rest) = (turns * 1.57079632673412561417e+00, turns * 6.07710050650619224932e-11);
    let z = x - first;
    let y = z - rest;
    let tail = (z - y) - rest;
    let (sine, cosine) = (sine(y, tail, quadrant == 0), cosine(y, tail));
    let turned = quadrant & 1 == 1;
    let (s, c) = if turned { (cosine, sine) } else { (sine, cosine) };
    // The second half turns the sine, the second and third quarter the cosine.
    let sign_of = |bit: i32| u64::from(bit as u32 & 2) << 62;
    let flip = |x: f64, bit: i32| f64::from_bits(x.to_bits() ^ sign_of(bit));
    (flip(s, quadrant), flip(c, quadrant + 1))
}

#[cfg_attr(optimised, inline(always))]
fn sine(x: f64, tail: f64, whole: bool) -> f64 {
    let z = x * x;
    let w = z * z;
    let r = 8.33333333332248946124e-03
        + z * (-1.98412698298579493134e-04 + z * 2.75573137070700676789e-06)
        + z * w * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10);
    let v = z * x;
    let third = -1.66666666666666324348e-01;
    let alone = x + v * (third + z * r);
    let with_tail = x - ((z * (0.5 * tail - v * r) - tail) - v * third);
    if whole { alone } else { with_tail }
}

#[cfg_attr(optimised, inline(always))]
fn cosine(x: f64, tail: f64) -> f64 {
    let z = x * x;
    let w = z * z;
    let r = z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * 2.48015872894767294178e-05))
        + w * w * (-2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11));
    let half = 0.5 * z;
    let w = 1.0 - half;
    w + (((1.0 - w) - half) + (z * r - x * tail))
}

#[cfg(test)]
mod tests {
    use super::super::key::unit_f64;
    use super::*;

    /// The steps are those of libm to the last bit, at the ends, beside each change of way, and in between.
    #[test]
    fn logarithm_and_circle_are_those_of_libm() {
        let key = Key::new(3);
        let edges = [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0].map(|turn: f64| turn.to_bits());
        let near = edges.iter().flat_map(|bits| (bits - 3000..bits + 3000).step_by(7)).map(f64::from_bits);
        let tiny = (0..54).map(|k| (k as f64).exp2() / (1u64 << 53) as f64);
        let all = near.chain(tiny).chain([0.0]).chain((0..20_000).map(|i| key.uniform_f64(i)));
        for v in all.filter(|v| *v < 1.0) {
            let angle = TAU * v;
            assert_eq!(logarithm(1.0 - v).to_bits(), libm::log(1.0 - v).to_bits(), "{v}");
            if !is_rare(angle) {
                let (expected, found) = (libm::sincos(angle), circle(angle));
                assert_eq!((found.0.to_bits(), found.1.to_bits()), (expected.0.to_bits(), expected.1.to_bits()), "{v}");
            }
        }
        assert!(is_rare(TAU * 0.5) && is_rare(TAU * 0.25) && is_rare(TAU * 0.75) && is_rare(0.0) && !is_rare(1.0));
    }

    #[test]
    fn rare_angles_are_drawn_in_full() {
        let (mut u, mut v, mut out) = ([0.5; RUN], [0.3; RUN], [0.0; 2 * RUN]);
        (u[3], v[3]) = (0.9, 0.5);
        (u[7], v[7]) = (0.0, 0.25);
        normals(&u, &v, &mut out);
        for (two, (&u, &v)) in out.chunks(2).zip(u.iter().zip(&v)) {
            assert_eq!(two, box_muller([u, v]));
        }
    }

    #[test]
    fn units_are_those_of_the_words() {
        for (low, high) in [(0, 0), (u32::MAX, u32::MAX), (0x7ff, 0), (0x800, 0), (0, 1), (0xdead_beef, 0x8000_0001)] {
            let word = u64::from(high) << 32 | u64::from(low);
            assert_eq!(unit(low, high), unit_f64(word));
        }
    }
}
