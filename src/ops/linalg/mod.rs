//! Linear algebra beyond the matrix product: vector products, traces, powers, norms; with the feature `linalg`
//! determinants, inverses, solutions and decompositions.
//!
//! | file | holds |
//! |---|---|
//! | `shape` | stacks of matrices, square and tall ones, right sides of equations |
//! | `products` | `dot`, `vdot`, `inner`, `outer`, `kron`, `cross` |
//! | `square` | `trace`, `matrix_diagonal`, `matrix_power` |
//! | `norms` | `matrix_norm` and its kin; `cdist` |
//! | `methods` | with the feature: `x.inv()` and its kin, differentiable |
//! | `functions` | with the feature: `linalg::inv(&x)` and its kin, which return a `Result` |
//! | `host`, `solver`, `spectrum`, `pseudo` | with the feature: what both compute, on matrices in `f64` |
//! | `error` | with the feature: why a matrix has no inverse |
//!
//! `mm`, `bmm`, `mv` and `matvec` of other libraries are all [`matmul`](super::Products::matmul): which of them is
//! meant stands in the types.

#[cfg(feature = "linalg")]
mod error;
#[cfg(feature = "linalg")]
mod functions;
#[cfg(feature = "linalg")]
mod host;
#[cfg(feature = "linalg")]
mod methods;
mod norms;
mod products;
#[cfg(feature = "linalg")]
mod pseudo;
mod shape;
#[cfg(feature = "linalg")]
mod solver;
#[cfg(feature = "linalg")]
mod spectrum;
mod square;

#[cfg(feature = "linalg")]
pub use error::MatrixError;
#[cfg(feature = "linalg")]
pub use functions::*;
#[cfg(feature = "linalg")]
pub use host::MatrixBack;
#[cfg(feature = "linalg")]
pub use methods::{Decompositions, MatrixOf, SolutionOf, SolveBack};
pub use norms::{CdistBack, CdistOf, Distances, FrobeniusOf, LargestOf, MatrixNorms, PointSets, Root};
pub use products::{CrossBack, CrossOf, Inner, InnerOf, Kron, KronOf, OuterOf, SpaceVectors, VdotOf, VectorProducts};
pub use shape::{MatrixAxes, RightSide, RowsFor, Square};
pub use square::{DiagonalOf, PowerBack, PowerOf, SquareMatrices, TraceOf};
