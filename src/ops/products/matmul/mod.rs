//! Matrix products: vectors, matrices, batches, transposed operands without a copy.
//!
//! | file | holds |
//! |---|---|
//! | `methods` | `matmul`, `matmul_t`; what both factors must hold |
//! | `factors` | the product of numbers, and the gradient of one of floats |
//! | `geometry` | sizes and strides of a product |
//! | `operand` | operands in their own memory, forward and backward |

mod factors;
mod geometry;
mod methods;
mod operand;

pub(crate) use factors::multiply;
pub use factors::{Factors, FactorsBack, FactorsOf};
pub use geometry::Geometry;
pub use methods::{ProductOf, Products, RightFactor};
pub use operand::{Factor, Multiplicand};
