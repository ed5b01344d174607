//! Fused loops as a device sees them that compiles its own: the operands, and the steps of the formula between them.
//!
//! Apart from what bodies note down (`traced`), for it asks bodies to do so. Of the whole only what a device compiles
//! stays in the steps: addresses, strides and constants are arguments of its loop.

use super::body::Body;
use super::traced::{Access, Tracing};
use crate::dtype::{Elem, Real};
use crate::num::{Trace, Traced};

/// A fused region as steps.
#[derive(Clone, Debug)]
pub struct TracedRegion {
    /// The operands: input number `i` of the steps is element by element what number `i` accesses.
    pub accesses: Vec<Access>,
    /// The steps.
    pub trace: Trace,
    /// The value.
    pub value: Traced,
    /// The gradients: of which access, and the number that goes to its place.
    pub gradients: Vec<(usize, Traced)>,
}

impl TracedRegion {
    /// The value of a body that is bound to a frame.
    pub fn of<E: Elem, B: Body<E>>(body: &B) -> Self {
        let mut tracing = Tracing::default();
        let (value, trace) = Trace::of(E::NAME, || body.trace(&mut tracing).value);
        TracedRegion { accesses: tracing.into_accesses(), trace, value, gradients: Vec::new() }
    }

    /// Reverse mode through a body: the gradients of its operands, where `seed` is that of its value. The accesses of
    /// the body come first.
    pub fn backwards<E: Real, B: Body<E>, G: Body<E>>(body: &B, seed: &G) -> Self {
        let mut tracing = Tracing::with_slopes();
        let mut gradients = Vec::new();
        let (value, trace) = Trace::of(E::NAME, || {
            let traced = body.trace(&mut tracing);
            let seed = seed.trace(&mut tracing);
            traced.back.pull(seed.value, &mut Vec::new(), &mut gradients);
            traced.value
        });
        TracedRegion { accesses: tracing.into_accesses(), trace, value, gradients }
    }
}
