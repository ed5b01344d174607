//! Random numbers without a generator: a [`Key`] and an index give a value, and nothing else does.
//!
//! Apart from the tensors that it fills, because dropout, initialisers, shuffles and kernels draw from the same
//! function, and because its promise is narrow: element `i` depends on `(key, i)` alone. So one seed gives the same
//! numbers for any number of threads, in any order, on any device.
//!
//! The function is Philox4x32-10 of J. Salmon, M. Moraes, R. Dror and D. Shaw, "Parallel random numbers: as easy as
//! 1, 2, 3" (2011), which passes BigCrush. It mixes a counter of 128 bits under a key of 64 bits:
//!
//! | counter words | drawing values | deriving keys |
//! |---|---|---|
//! | 0, 1 | number of the block | number folded in |
//! | 2 | attempt, for draws that can reject | 0 |
//! | 3 | 0 | 1 for `split`, 2 for `fold_in` |
//!
//! Use a key for one purpose: two kinds of draw from one key share their bits. [`Key::split`], [`Key::fold_in`] and
//! [`Keys`] make as many fresh keys as are needed, and never share bits with the draws.
//!
//! ```
//! use congruent::random::{Key, Keys};
//!
//! let mut keys = Keys::new(7);
//! let (weights, noise) = (keys.next_key(), keys.next_key());
//! assert_ne!(weights.uniform_f64(0), noise.uniform_f64(0));
//! assert_eq!(weights, Keys::new(7).next_key());
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `key` | [`Key`]: keys of keys, words, uniform and normal numbers, orders |
//! | `keys` | [`Keys`]: a stream of fresh keys |
//! | `given` | the keys that a step was given |
//! | `distributions`, `stream`, `quantile` | numbers of other distributions |
//! | `fill`, `lanes` | many numbers at once |
//! | `philox` | the function that mixes |

mod distributions;
mod fill;
mod given;
mod key;
mod keys;
mod lanes;
mod philox;
mod quantile;
mod stream;

pub(crate) use given::{given, given_in_inference, is_given_in_inference, next_given};
pub use key::Key;
pub use keys::Keys;
