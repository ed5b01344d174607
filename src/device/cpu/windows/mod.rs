//! Convolutions and pooling on the host.
//!
//! | file | holds |
//! |---|---|
//! | `patches` | which elements a window has: patches as the columns of a matrix, and back |
//! | `convolve` | convolutions as products of the weight with patches |
//! | `slopes` | the gradients of both |
//! | `pool` | lines of places, the mean of each window, and its gradient |
//! | `largest` | the largest element of each window, and its gradient |
//! | `norms` | the p-norm of each window, and its gradient |
//! | `parts` | the largest element and the mean of each part of a channel, and their gradients |
//! | `sample` | channels sampled anew, and the gradient of that |
//! | `halves` | all of it for 16-bit floats, computed in `f32` |

mod convolve;
mod halves;
mod largest;
mod norms;
mod parts;
#[cfg(test)]
mod parts_tests;
mod patches;
mod pool;
mod sample;
mod slopes;
#[cfg(test)]
mod tests;

pub(in crate::device) use halves::{
    convolve, largest, largest_parts, mean_parts, means, norms, sampled, to_largest, to_largest_parts, to_mean_parts,
    to_means, to_norms, to_pictures, to_sampled, to_weight,
};
