//! Norms.
//!
//! Apart from `reductions`, which take each element as it is: here its size decides about it.

use super::methods::reduction_table;
use super::reducer::{program, reducer};
use crate::error::{Error, raise};
use crate::loops::{Combine, MAX_STATS, RowProgram};
use crate::num::{Ends, Num};

type Values<V> = [V; MAX_STATS];

/// The reduction of [`norm`](Norms::norm).
#[derive(Clone, Copy, Debug)]
pub struct Norm {
    p: f64,
}

reducer! { Norm "norm": NormRow = |own| NormRow { p: own.p }, NormBack = |own, _len| NormBack { p: own.p } }

reduction_table! {
    /// Norms; each over all axes, one, or several (`Axes![0, 2]`), `-1` being the last.
    Norms, NormsTable:
    floats {
        /// The p-norm of a vector. `y = (Σ |x|ᵖ)^(1/p)`, `dx = dy · sign x · (|x| / y)ᵖ⁻¹`; `f64::INFINITY` gives the
        /// largest `|x|`, whose ties share `dy`; 0 counts what is not 0, NaN among it. Neither overflows nor underflows
        /// on the way. The gradient is 0 where all elements are 0. 0 when empty, NaN when one is NaN and `p` is not 0;
        /// a negative `p` raises [`Error::Value`].
        norm(p: f64) is Norm norm_of(p), "norm(2.0)", nothing is 0.0, for (2.0) (1.0) (3.0) (1.5) (f64::INFINITY) (0.0);
    }
}

#[track_caller]
fn norm_of(p: f64) -> Norm {
    if p.is_nan() || p < 0.0 {
        raise(Error::Value { what: "the p of a norm", found: p.to_string(), rule: "it is 0 or more" });
    }
    Norm { p }
}

/// `|x|ᵖ` for the numbers from 0 to 1 that a norm is made of.
#[cfg_attr(optimised, inline(always))]
fn power<V: Num>(size: V, p: f64) -> V {
    if p == 1.0 || p == f64::INFINITY {
        size
    } else if p == 2.0 {
        size * size
    } else {
        size.powf(V::c(p))
    }
}

/// `(size / largest)ᵖ`. A quotient that is nearly nothing may have a power that is much: it is taken of both numbers
/// nearer to 1, and what that adds to the power is taken out again. From an exponent of 2 on nothing is left of it.
#[cfg_attr(optimised, inline(always))]
fn share<V: Num>(size: V, largest: V, p: f64) -> V {
    let quotient = size / largest;
    if p.abs() >= 2.0 || p == 1.0 {
        return power(quotient, p);
    }
    let (one, Ends { least, up, down }) = (V::c(1.0), Ends::of());
    let near = V::select_gt(least, quotient, size * up / (largest * down), quotient);
    let rest = V::select_gt(least, quotient, Ends::up_to(-p), one);
    power(near, p) * rest * rest
}

program! {
    /// The largest `|x|`, then the norm of what it divides.
    NormRow { p: f64 } 2 passes;
    combine [Combine::Maximum, Combine::Sum];
    term |self, pass, x, s| if pass == 0 {
        x[0].abs()
    } else if self.p == 0.0 {
        V::select_eq(x[0], V::c(0.0), V::c(0.0), V::c(1.0))
    } else if self.p == f64::INFINITY {
        V::c(0.0) // the first pass has it
    } else {
        share(x[0].abs(), s[0], self.p)
    };
    close |self, pass, total, _len, s| if pass == 0 && self.p != f64::INFINITY {
        divisor(total) // 0 and infinity divide nothing
    } else if pass == 0 {
        total.maximum(V::c(0.0)) // of no elements it is -inf
    } else if self.p == 0.0 {
        total
    } else if self.p == f64::INFINITY {
        s[0]
    } else if self.p == 1.0 {
        total * s[0]
    } else if self.p == 2.0 {
        total.sqrt() * s[0]
    } else {
        total.powf(V::c(1.0 / self.p)) * s[0]
    };
}

/// What sizes are divided by: the largest of them, where that is neither 0 nor infinite.
#[cfg_attr(optimised, inline(always))]
fn divisor<V: Num>(largest: V) -> V {
    let size = V::select_gt(largest, V::c(0.0), largest, V::c(1.0));
    V::select_eq(largest.is_inf(), V::c(1.0), V::c(1.0), size)
}

program! {
    /// The largest `|x|`, then the norm of what it divides, or how many there are; finishes with
    /// `dy · sign x · (|x| / y)ᵖ⁻¹`. The value itself is not needed, which may be infinite or have lost digits.
    NormBack { p: f64 } 2 passes;
    combine [Combine::Maximum, Combine::Sum];
    term |self, pass, x, s| if pass == 0 {
        x[0].abs()
    } else if self.p == f64::INFINITY {
        V::select_eq(x[0].abs(), s[0], V::c(1.0), V::c(0.0))
    } else {
        share(x[0].abs(), s[0], self.p)
    };
    close |self, pass, total, _len, _s| if pass == 0 && self.p != f64::INFINITY {
        divisor(total)
    } else if pass == 0 || self.p == f64::INFINITY || self.p == 0.0 || self.p == 1.0 {
        total
    } else if self.p == 2.0 {
        total.sqrt()
    } else {
        total.powf(V::c((1.0 - self.p) / self.p)) // the norm by the largest, to the power of 1 - p
    };
    finish |self, x, s| {
        let [x, g, ..] = x;
        let zero = V::c(0.0);
        let slope = if self.p == 0.0 {
            zero
        } else if self.p == 1.0 {
            g
        } else if self.p == f64::INFINITY {
            V::select_eq(x.abs(), s[0], g / s[1], zero)
        } else if self.p == 2.0 {
            x.abs() / s[0] / s[1] * g
        } else {
            share(x.abs(), s[0], self.p - 1.0) * s[1] * g
        };
        // 0 has no direction; where all are 0 the formula would divide by it.
        V::select_eq(x, zero, zero, slope * x.sign())
    };
}
