//! Layers: models with a `forward`.
//!
//! | file | holds |
//! |---|---|
//! | `linear` | [`Linear`] |
//! | `init` | initialisers |

mod init;
mod linear;

pub use init::{Init, Initialiser};
pub use linear::{Linear, LinearShape};
