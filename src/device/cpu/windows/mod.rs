//! Convolutions and pooling on the host.
//!
//! | file | holds |
//! |---|---|
//! | `patches` | which elements a window has: patches as the columns of a matrix, and back |
//! | `convolve` | convolutions as products of the weight with patches |
//! | `slopes` | the gradients of both |
//! | `pool` | lines of places, the mean of each window, and its gradient |
//! | `largest` | the largest element of each window, and its gradient |
//! | `halves` | all of it for 16-bit floats, computed in `f32` |

mod convolve;
mod halves;
mod largest;
mod patches;
mod pool;
mod slopes;
#[cfg(test)]
mod tests;

pub(in crate::device) use halves::{convolve, largest, means, to_largest, to_means, to_pictures, to_weight};
