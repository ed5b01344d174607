//! The one way in which shapes that fit as types may still not fit as values.
//!
//! Apart from the laws because all of them report it.

use super::Shape;

/// Two shapes fit as types, but sizes that are known at run time only differ.
///
/// ```
/// use congruent::{dims, shape::Broadcast};
/// dims! { Batch = ? }
/// let error = (Batch(3),).join((Batch(5),)).unwrap_err();
/// assert_eq!(error.to_string(), "broadcast: run-time sizes differ: left is (Batch = 3,), right is (Batch = 5,)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{law}: run-time sizes differ: left is {left}, right is {right}")]
pub struct Mismatch {
    /// What was asked of the two shapes.
    pub law: &'static str,
    /// The left shape, as [`Shape::describe`] writes it.
    pub left: String,
    /// The right shape.
    pub right: String,
}

impl Mismatch {
    /// The mismatch of two shapes under the law of this name.
    #[cold]
    pub fn new(law: &'static str, left: impl Shape, right: impl Shape) -> Self {
        Self::sizes(law, left, right.describe())
    }

    /// The mismatch of a shape with something that is described already.
    #[cold]
    pub fn sizes(law: &'static str, left: impl Shape, right: String) -> Self {
        Self { law, left: left.describe(), right }
    }
}
