//! Windows that slide over pictures: convolutions and pooling.
//!
//! | file | holds |
//! |---|---|
//! | `convolution` | `conv1d`, `conv2d`, `conv3d` |
//! | `convolved` | what they have in common: one operation over any number of axes, and its gradient |
//! | `transposed` | `conv_transpose2d` and its kin |
//! | `pooling` | `max_pool2d`, `avg_pool2d` and their kin |
//! | `pooled` | what these have in common |
//!
//! Apart from `movement`, whose windows are copies of elements: here nothing is copied but what fits the cache.

mod convolution;
mod convolved;
mod pooled;
mod pooling;
mod transposed;

pub use convolution::Convolutions;
pub(crate) use convolved::convolved;
pub use convolved::{ConvolutionAs, ConvolutionBack, ConvolutionOf, PlacesOf, SpaceOf};
pub(crate) use pooled::{PoolBy, pooled_whole};
pub use pooled::{PooledAs, PooledOf, PoolingBack};
pub use pooling::Pooling;
pub use transposed::{
    TransposedConvolutionAs, TransposedConvolutionBack, TransposedConvolutionOf, TransposedConvolutions,
};
pub(crate) use transposed::{outputs, spread_out};
