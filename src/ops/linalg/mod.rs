//! Linear algebra beyond the matrix product: vector products, traces, diagonals, powers, norms; with the feature
//! `linalg` determinants, inverses, solutions and decompositions.
//!
//! | file | holds |
//! |---|---|
//! | `shape` | stacks of matrices, square and tall ones, right sides of equations |
//! | `products`, `pairs`, `space` | `dot`, `vdot`, `inner`, `outer`, `kron`, `cross` |
//! | `numbers` | those that are made of fused multiplications |
//! | `square` | `trace`, `matrix_power` |
//! | `diagonal` | `diagonal`, `diag_embed`, `tril`, `triu` |
//! | `covariance` | `cov`, `corrcoef` |
//! | `shift` | numbers times powers of two |
//! | `norms`, `between` | `matrix_norm` and its kin; `cdist`, and what two rows have between them |
//! | `methods` | with the feature: `x.inv()` and its kin, differentiable |
//! | `functions` | with the feature: `linalg::inv(&x)` and its kin, which return a `Result` |
//! | `fit` | with the feature: `polyfit` |
//! | `least` | with the feature: functions of the same kind over singular values |
//! | `host`, `back`, `solver`, `systems`, `spectrum`, `pseudo`, `exponential` | with the feature: what both compute |
//! | `range`, `exact` | with the feature: matrices that are large, small or singular |
//! | `error` | with the feature: why a matrix has no inverse |
//!
//! `mm`, `bmm`, `mv` and `matvec` of other libraries are all [`matmul`](super::Products::matmul): which of them is
//! meant stands in the types.

#[cfg(feature = "linalg")]
mod back;
mod between;
mod covariance;
mod diagonal;
#[cfg(feature = "linalg")]
mod error;
#[cfg(feature = "linalg")]
mod exact;
#[cfg(feature = "linalg")]
mod exponential;
#[cfg(feature = "linalg")]
mod fit;
#[cfg(feature = "linalg")]
mod functions;
#[cfg(feature = "linalg")]
mod host;
#[cfg(feature = "linalg")]
mod least;
#[cfg(feature = "linalg")]
mod methods;
mod norms;
mod numbers;
mod pairs;
mod products;
#[cfg(feature = "linalg")]
mod pseudo;
#[cfg(feature = "linalg")]
mod range;
mod shape;
mod shift;
#[cfg(feature = "linalg")]
mod solver;
mod space;
#[cfg(feature = "linalg")]
mod spectrum;
mod square;
#[cfg(feature = "linalg")]
mod systems;

#[cfg(feature = "linalg")]
pub use back::MatrixOf;
pub(in crate::ops) use between::{Cosine, Distance, between};
pub use covariance::Covariances;
pub use diagonal::{Diagonals, TriangleOf};
#[cfg(feature = "linalg")]
pub use error::MatrixError;
#[cfg(feature = "linalg")]
pub use fit::FitOf;
#[cfg(feature = "linalg")]
pub use functions::*;
#[cfg(feature = "linalg")]
pub use host::MatrixBack;
#[cfg(feature = "linalg")]
pub use least::*;
#[cfg(feature = "linalg")]
pub use methods::{Decompositions, SolutionOf};
pub use norms::{CdistBack, CdistOf, Distances, FrobeniusOf, LargestOf, MatrixNorms, PointSets};
pub use numbers::SumOfProducts;
pub use pairs::{Inner, Kron};
pub use products::{CrossOf, InnerOf, KronOf, OuterOf, VdotOf, VectorProducts};
pub use shape::{Equations, MatrixAxes, RightSide, RowsFor, SolutionsOf, Square};
pub use space::{CrossBack, SpaceVectors};
pub use square::{PowerBack, PowerOf, SquareMatrices, TraceOf};
#[cfg(feature = "linalg")]
pub use systems::SolveBack;
