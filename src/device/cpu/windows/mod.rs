//! Convolutions and pooling on the host.
//!
//! | file | holds |
//! |---|---|
//! | `patches` | which elements a window has: patches as the columns of a matrix, and back |
//! | `convolve` | convolutions as products of the weight with patches |
//! | `sheet` | parts of pictures laid out for all windows |
//! | `direct`, `sweep` | convolutions from sheets; their loop, tile by tile |
//! | `direct_weight` | the gradient of the weight from sheets |
//! | `slopes` | the gradients of both |
//! | `pool` | lines of places, the mean of each window, and its gradient |
//! | `largest` | the largest element of each window, and its gradient |
//! | `norms` | the p-norm of each window, and its gradient |
//! | `parts` | the largest element and the mean of each part of a channel, and their gradients |
//! | `sample` | channels sampled anew, and the gradient of that |
//! | `unfold` | patches as columns, and columns added up to pictures |
//! | `unpool` | where the largest elements stand, and elements put back to there |
//! | `places` | pictures sampled at the places of a grid, and the gradients of that |
//! | `affine` | affine maps of places, and their gradient |
//! | `halves` | all of it for 16-bit floats, computed in `f32` |

mod affine;
mod convolve;
mod direct;
mod direct_weight;
mod halves;
mod largest;
mod norms;
mod parts;
#[cfg(test)]
mod parts_tests;
mod patches;
mod places;
mod pool;
mod sample;
mod sheet;
mod slopes;
mod sweep;
#[cfg(test)]
mod tests;
mod unfold;
mod unpool;

pub(in crate::device) use halves::{
    convolve, largest, largest_parts, mapped, mean_parts, means, norms, sampled, sampled_at, to_grid, to_largest,
    to_largest_parts, to_maps, to_mean_parts, to_means, to_norms, to_pictures, to_sampled, to_sampled_at, to_weight,
};
pub(in crate::device) use unfold::{fold, unfold};
pub(in crate::device) use unpool::{positions, to_unpooled, unpool};
