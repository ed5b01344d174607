//! Functions of one variable that are given by numbers: by points, by coefficients, by values at steps.
//!
//! | file | holds |
//! |---|---|
//! | `interp` | `interp`: between points by straight lines |
//! | `polynomial` | `polyval`: by coefficients |
//! | `central` | `central_diff`: slopes by differences, NumPy's `gradient` |
//!
//! The coefficients that fit best, `polyfit`, are in `linalg`.
//!
//! Apart from `pointwise`, whose functions are formulas, and from `scan`, whose results depend on all elements before.

mod central;
mod interp;
mod polynomial;

pub use central::CentralDifferences;
pub use interp::Interpolating;
pub use polynomial::Polynomials;
