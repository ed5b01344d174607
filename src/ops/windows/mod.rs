//! Windows that slide over pictures: convolutions and pooling.
//!
//! | file | holds |
//! |---|---|
//! | `convolution` | `conv1d`, `conv2d`, `conv3d` |
//! | `convolved` | what they have in common: one operation over any number of axes, and its gradient |
//! | `transposed`, `spread` | `conv_transpose2d` and its kin; what they have in common |
//! | `pooling` | `max_pool2d`, `avg_pool2d` and their kin |
//! | `pooled` | what these have in common |
//! | `norms` | `lp_pool2d` and its kin |
//! | `adaptive` | `adaptive_avg_pool2d` and its kin |
//! | `resampled` | `interpolate2d` and its kin |
//!
//! Apart from `movement`, whose windows are copies of elements: here nothing is copied but what fits the cache.

mod adaptive;
mod convolution;
mod convolved;
mod norms;
mod pooled;
mod pooling;
mod resampled;
mod spread;
mod transposed;

pub use adaptive::{AdaptivePooling, PartsBack, PartsOf};
pub(crate) use adaptive::{PartBy, parted};
pub use convolution::Convolutions;
pub(crate) use convolved::convolved;
pub use convolved::{ConvolutionAs, ConvolutionBack, ConvolutionOf, PlacesOf, SpaceOf};
pub use norms::NormPooling;
pub(crate) use pooled::{PoolBy, pooled_whole};
pub use pooled::{PooledAs, PooledOf, PoolingBack};
pub use pooling::Pooling;
pub(crate) use resampled::sampled;
pub use resampled::{Resample, Resampling, SampledBack, SampledOf};
pub use spread::TransposedConvolutionBack;
pub(crate) use spread::{outputs, spread_out};
pub use transposed::{TransposedConvolutionAs, TransposedConvolutionOf, TransposedConvolutions};
