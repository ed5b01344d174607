//! Tells points of two rings apart, with an operation, a layer and a model of its own.
//!
//! Stands for every crate that uses `congruent`: what its macros print here must obey the strictest lints of a user.
#![deny(missing_docs, unreachable_pub, clippy::all)]
#![forbid(unsafe_code)]

mod bumps;
mod rings;

pub use bumps::{Bump, Bumps, BumpsTable};
pub use rings::{Batch, Classes, Coordinates, Examples, Radial, Rings, examples, train};
