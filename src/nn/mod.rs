//! Layers: models with a `forward`.
//!
//! | file | holds |
//! |---|---|
//! | `linear`, `embedding` | [`Linear`], [`Embedding`] |
//! | `norm` | [`LayerNorm`], [`RmsNorm`] |
//! | `dropout` | [`Dropout`] |
//! | `init` | initialisers |
//! | `features` | what layers over the last axis share |

mod dropout;
mod embedding;
mod features;
mod init;
mod linear;
mod norm;

pub use dropout::{Dropout, Dropped};
pub use embedding::Embedding;
pub use init::{Init, Initialiser};
pub use linear::Linear;
pub use norm::{LayerNorm, RmsNorm};
