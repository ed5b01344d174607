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
//! | `located`, `unpooled` | `max_pool2d_with_indices`, `max_unpool2d` and their kin; what the latter have in common |
//! | `unfolding`, `folded` | `unfold2d`, `fold2d` and their kin; what they have in common |
//! | `gridded` | `grid_sample2d`, `affine_grid2d` and their kin |
//!
//! Apart from `movement`, whose windows are copies of elements: here nothing is copied but what fits the cache.

mod adaptive;
mod convolution;
mod convolved;
mod folded;
mod gridded;
mod located;
mod norms;
mod pooled;
mod pooling;
mod resampled;
mod spread;
mod transposed;
mod unfolding;
mod unpooled;

pub use adaptive::{AdaptivePooling, PartsBack, PartsOf};
pub(crate) use adaptive::{PartBy, parted};
pub use convolution::Convolutions;
pub use convolved::{ConvolutionAs, ConvolutionBack, ConvolutionOf, PlacesOf, SpaceOf};
pub(crate) use convolved::{convolved, three};
pub use folded::{FoldBack, FoldedOf, PatchOf, UnfoldBack, UnfoldedAs, UnfoldedOf};
pub use gridded::{
    AffineBack, AffineGridOf, AffineGrids, GridBack, GridMode, GridPadding, GridSample, GridSampling, GriddedOf,
};
pub use located::LocatedPooling;
pub use norms::NormPooling;
pub use pooled::{LocatedOf, PlacesIn, PooledAs, PooledOf, PoolingBack};
pub(crate) use pooled::{PoolBy, pooled_whole};
pub use pooling::Pooling;
pub(crate) use resampled::sampled;
pub use resampled::{Resample, Resampling, SampledBack, SampledOf};
pub use spread::TransposedConvolutionBack;
pub(crate) use spread::{outputs, spread_out};
pub(crate) use transposed::grown;
pub use transposed::{TransposedConvolutionAs, TransposedConvolutionOf, TransposedConvolutions};
pub use unfolding::Unfolding;
pub use unpooled::{UnpooledOf, UnpoolingBack};
