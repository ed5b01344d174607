//! Products summed over axes: of matrices, and of any axes by label.
//!
//! | folder | holds |
//! |---|---|
//! | `matmul` | matrix products |
//! | `einsum` | products, views and sums by label; `tensordot` |
//!
//! Apart from `linalg`, which is made of these.

pub mod einsum;
pub mod matmul;

pub use einsum::TensorDots;
pub use matmul::Products;
