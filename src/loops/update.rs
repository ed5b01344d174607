//! Updates: what an optimizer does to each weight, written once in the lane algebra.
//!
//! Apart from the optimizers, which are a few formulas each: a device runs any update without knowing its name.

use crate::num::Num;

/// A formula that renews a weight and `N` numbers of state from its gradient.
pub trait Update<const N: usize>: Copy + Send + Sync + 'static {
    /// The new weight and the new state.
    fn renew<V: Num>(self, weight: V, gradient: V, state: [V; N]) -> (V, [V; N]);
}
