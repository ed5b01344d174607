//! The running formulas: what each element adds to what came before it.
//!
//! Apart from `backward`, which says which of them is whose gradient.

use super::product::{as_raised, nearer_one};
use crate::loops::{MAX_INPUTS, Recurrence};
use crate::num::Num;
use crate::ops::reduce::share;

macro_rules! scans {
    ($($(#[$doc:meta])* $name:ident $reverse:literal from $start:expr;
       |$state:pat_param, $x:pat_param| $step:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $name;
        impl Recurrence for $name {
            const REVERSE: bool = $reverse;
            #[cfg_attr(optimised, inline(always))]
            fn start<V: Num>(self) -> [V; 2] {
                let start: [f64; 2] = $start;
                start.map(V::c)
            }
            #[cfg_attr(optimised, inline(always))]
            fn step<V: Num>(self, $state: [V; 2], $x: [V; MAX_INPUTS]) -> ([V; 2], V) { $step }
        }
    )*};
}

scans! {
    /// `s += x`
    RunningSum false from [0.0, 0.0];
    |[sum, none], [x, ..]| ([sum + x, none], sum + x);
    /// `s += dy`, from the end.
    RunningSumFromEnd true from [0.0, 0.0];
    |[sum, none], [gradient, ..]| ([sum + gradient, none], sum + gradient);
    /// `p *= x`: carries a number near 1, and by how many steps the product is larger.
    RunningProduct false from [1.0, 0.0];
    |[product, raised], [x, ..]| {
        let (x, own) = nearer_one(x);
        let (product, more) = nearer_one(product * x);
        let raised = raised + own + more;
        ([product, raised], as_raised(product, raised))
    };
    /// `sᵢ = dyᵢ + xᵢ₊₁ · sᵢ₊₁`: carries the product of the last two.
    LaterProducts true from [0.0, 0.0];
    |[carried, none], [x, gradient, _]| {
        let here = gradient + carried;
        ([here * x, none], here)
    };
    /// `dxᵢ = sᵢ · yᵢ₋₁`: carries the value before.
    TimesBefore false from [1.0, 0.0];
    |[before, none], [later, y, _]| ([y, none], later * before);
    /// The largest so far, and the sum of exponentials of the distances from it.
    RunningLogSumExp false from [f64::NEG_INFINITY, 0.0];
    |state, [x, ..]| {
        let [max, sum] = grown(state, x);
        ([max, sum], max + sum.ln())
    };
    /// The largest so far.
    RunningMaximum false from [f64::NEG_INFINITY, 0.0];
    |[max, none], [x, ..]| ([max.maximum(x), none], max.maximum(x));
    /// `wᵢ = dyᵢ / sᵢ`, by the sum of exponentials beside the largest so far.
    PartsOfGradient false from [f64::NEG_INFINITY, 0.0];
    |state, [x, gradient, _]| {
        let [max, sum] = grown(state, x);
        ([max, sum], gradient / sum)
    };
    /// `rᵢ = wᵢ + rᵢ₊₁ · exp(mᵢ - mᵢ₊₁)` and `dxᵢ = rᵢ · exp(xᵢ - mᵢ)`: no exponential is above 1, as the largest so
    /// far never falls.
    LaterShares true from [0.0, f64::INFINITY];
    |[later, next], [x, max, part]| {
        let here = part + later * share(max, next);
        let nothing = V::c(f64::NEG_INFINITY);
        ([here, max], V::select_eq(x, nothing, V::c(0.0), here * share(x, max)))
    };
}

/// The largest element and the sum of exponentials of the distances from it, with one element more.
#[cfg_attr(optimised, inline(always))]
fn grown<V: Num>([max, sum]: [V; 2], x: V) -> [V; 2] {
    // Equal ones are 0 apart, also where both are infinite.
    let distance = V::select_eq(x, max, V::c(0.0), x - max);
    let small = (-distance.abs()).exp();
    let rises = V::select_gt(x, max, V::c(1.0), V::c(0.0));
    let sum = V::select_eq(rises, V::c(1.0), sum * small + 1.0, sum + small);
    [V::select_eq(rises, V::c(1.0), x, max), sum]
}
