//! Linear algebra against plain loops, known identities and finite differences.

mod golden;
mod products;

#[cfg(feature = "linalg")]
mod decompositions;
#[cfg(feature = "linalg")]
mod failures;
#[cfg(feature = "linalg")]
mod gradients;
#[cfg(feature = "linalg")]
mod scales;

#[path = "../reference/mod.rs"]
mod reference;
#[path = "../support/mod.rs"]
mod support;
