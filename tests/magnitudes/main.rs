//! Numbers near both ends of their type: what mathematics says where squares overflow or vanish, where a mean is
//! rounded, and where a label is far from the largest logit.
//!
//! Norms, distances and deviations are homogeneous: `f(2ᵏ x) = 2ᵏ f(x)`, and multiplying by a power of two is exact.
//! So every one of them is its own reference, once it is right near 1.

mod close;
mod halves;
mod losses;
mod rows;

use congruent::dtype::Real;

fn wide<E: Real>(x: &[E]) -> Vec<f64> {
    x.iter().map(|x| x.as_f64()).collect()
}

/// Asserts that all are within `relative` of what is wanted; NaN is near NaN, and what is left of an exponential is
/// nothing.
#[track_caller]
fn near(what: &str, found: &[f64], wanted: &[f64], relative: f64) {
    let alike = |f: &f64, w: &f64| {
        f == w || (*w == 0.0 && f.abs() < 1e-40) || (f - w).abs() <= relative * w.abs() || (f.is_nan() && w.is_nan())
    };
    let all = found.len() == wanted.len() && found.iter().zip(wanted).all(|(f, w)| alike(f, w));
    assert!(all, "{what}: found {found:?}, wanted {wanted:?}");
}
