//! How the terms of a row become one: two terms, or all lanes of one.
//!
//! Apart from the loops over rows, which are the same for every way to combine.

use super::cascade::Carried;
use crate::dtype::Real;
use crate::loops::Combine;
use crate::num::{Lane, Num, Simd};

/// What combines with a term to that term.
pub(super) fn neutral(combine: Combine) -> f64 {
    match combine {
        Combine::Sum => 0.0,
        Combine::Product => 1.0,
        Combine::Maximum => f64::NEG_INFINITY,
        Combine::Minimum => f64::INFINITY,
    }
}

/// Two terms as one.
#[cfg_attr(optimised, inline(always))]
pub(super) fn join<V: Num>(combine: Combine, a: V, b: V) -> V {
    match combine {
        Combine::Sum => a + b,
        Combine::Product => a * b,
        Combine::Maximum => a.maximum(b),
        Combine::Minimum => a.minimum(b),
    }
}

/// All lanes as one term of a sum.
#[cfg_attr(optimised, inline(always))]
pub(super) fn across_lanes<E: Real, V: Lane<E>>(combine: Combine, v: V) -> E::Sum {
    let term = match combine {
        Combine::Sum => v.hsum(),
        Combine::Product => v.hprod(),
        Combine::Maximum => v.hmax(),
        Combine::Minimum => v.hmin(),
    };
    term.to_sum()
}

/// The total with the combination of a block.
#[cfg_attr(optimised, inline(always))]
pub(super) fn take<V: Num>(combine: Combine, total: &mut Carried<V>, block: V) {
    match combine {
        Combine::Sum => total.add(block),
        _ => total.sum = join(combine, total.sum, block),
    }
}
