//! Optimizers: what a step does to the weights, from their gradients.
//!
//! | file | holds |
//! |---|---|
//! | `optimizer` | [`Optimizer`], what all have in common: steps, groups |
//! | `state` | its state under names, for files |
//! | `sgd`, `adam`, `rmsprop` | [`Sgd`]; [`Adam`], [`AdamW`]; [`RmsProp`], [`Adagrad`]: a [`Rule`] each |
//! | `clip` | clipping of gradients |

mod adam;
mod clip;
mod optimizer;
mod rmsprop;
mod sgd;
mod state;

pub use adam::{Adam, AdamRule, AdamW};
pub use clip::{clip_grad_norm, clip_grad_value};
pub use optimizer::{Hyper, Optimizer, Remembered, Renewal, Rule, Slot, Step};
pub use rmsprop::{Adagrad, AdagradRule, RmsProp, RmsPropRule};
pub use sgd::{Sgd, SgdRule};
pub(crate) use state::Gathered;
