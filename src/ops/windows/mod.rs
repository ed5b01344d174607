//! Windows that slide over pictures: convolutions and pooling.
//!
//! | file | holds |
//! |---|---|
//! | `convolution` | `conv1d`, `conv2d`, `conv3d` |
//! | `convolved` | what they have in common: one operation over any number of axes, and its gradient |
//! | `transposed` | `conv_transpose2d` and its kin |
//! | `pooling` | `max_pool2d`, `avg_pool2d` and their kin |
//! | `pooled` | what these have in common |
//! | `adaptive` | `adaptive_avg_pool2d` and its kin |
//! | `resampled` | `interpolate2d` and its kin |
//!
//! Apart from `movement`, whose windows are copies of elements: here nothing is copied but what fits the cache.

mod adaptive;
mod convolution;
mod convolved;
mod pooled;
mod pooling;
mod resampled;
mod transposed;

pub(crate) use adaptive::parted;
pub use adaptive::{AdaptivePooling, PartsBack, PartsOf};
pub use convolution::Convolutions;
pub(crate) use convolved::convolved;
pub use convolved::{ConvolutionAs, ConvolutionBack, ConvolutionOf, PlacesOf, SpaceOf};
pub(crate) use pooled::{PoolBy, pooled_whole};
pub use pooled::{PooledAs, PooledOf, PoolingBack};
pub use pooling::Pooling;
pub(crate) use resampled::sampled;
pub use resampled::{Resample, Resampling, SampledBack, SampledOf};
pub use transposed::{
    TransposedConvolutionAs, TransposedConvolutionBack, TransposedConvolutionOf, TransposedConvolutions,
};
pub(crate) use transposed::{outputs, spread_out};
