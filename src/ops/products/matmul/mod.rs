//! Matrix products: vectors, matrices, batches, transposed operands without a copy.
//!
//! | file | holds |
//! |---|---|
//! | `methods` | `matmul`, `matmul_t`; what both factors must hold |
//! | `factors` | the product of floats, and its gradient |
//! | `exact` | the product of integers |
//! | `geometry` | sizes and strides of a product |
//! | `operand` | operands in their own memory, forward and backward |

mod exact;
mod factors;
mod geometry;
mod methods;
mod operand;

pub(crate) use factors::multiply;
pub use factors::{Factors, FactorsBack, FactorsOf};
pub use geometry::Geometry;
pub use methods::{ProductOf, Products, RightFactor};
pub use operand::{Factor, Multiplicand};
