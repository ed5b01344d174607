//! Running formulas: what is carried from one element of a row to the next. A device runs any of them without knowing
//! its name.
//!
//! Apart from `rows`, whose passes combine the terms of a row in any order: here the order is the meaning.

use super::rows::MAX_INPUTS;
use crate::num::Num;

/// A running formula. The state is carried along the row in `f64`, whatever the elements are.
///
/// A running sum is: the state begins at 0; each step adds the element to it, and gives it.
pub trait Recurrence: Copy + Send + Sync + 'static {
    /// Whether it runs from the end of the row to its beginning.
    const REVERSE: bool;
    /// The state before the first element.
    fn start<V: Num>(self) -> [V; 2];
    /// The state after an element (one value of each input), and the result there.
    fn step<V: Num>(self, state: [V; 2], x: [V; MAX_INPUTS]) -> ([V; 2], V);
}
