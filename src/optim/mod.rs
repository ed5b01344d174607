//! Optimizers: what a step does to the weights, from their gradients.
//!
//! | file | holds |
//! |---|---|
//! | `optimizer`, `groups` | [`Optimizer`], what all have in common: steps; groups of parameters |
//! | `state` | its state under names, for files |
//! | `sgd`, `adam`, `rmsprop` | [`Sgd`]; [`Adam`], [`AdamW`]; [`RmsProp`], [`Adagrad`]: a [`Rule`] each |
//! | `clip`, `clip_on_device` | clipping of gradients, by a number and without a wait for it |
//!
//! Settings are finite and not negative, and what a running average keeps is below 1, as in PyTorch's constructors:
//! others raise [`Error::Value`](crate::Error::Value) where they are set, and are errors of a file that is loaded.

mod adam;
mod clip;
mod clip_on_device;
mod groups;
mod moments;
mod optimizer;
mod rmsprop;
mod sgd;
mod state;

pub use adam::{Adam, AdamRule, AdamW};
pub use clip::{clip_grad_norm, clip_grad_value};
pub use clip_on_device::{NormOnDevice, clip_grad_norm_on_device};
pub(crate) use optimizer::is_setting;
pub use optimizer::{Hyper, Optimizer, ParameterState, Remembered, Renewal, Rule, Step};
pub use rmsprop::{Adagrad, AdagradRule, RmsProp, RmsPropRule};
pub use sgd::{Sgd, SgdRule};
pub(crate) use state::Gathered;
