//! Optimizers: what a step does to the weights, from their gradients.
//!
//! | file | holds |
//! |---|---|
//! | `optimizer`, `groups` | [`Optimizer`], what all have in common: steps; groups of parameters |
//! | `rule` | [`Rule`], what a step does to a parameter; [`Renewal`], what it is given |
//! | `state` | its state under names, for files |
//! | `sgd`, `rmsprop`, `adadelta` | [`Sgd`]; [`RmsProp`], [`Adagrad`]; [`Adadelta`]: a [`Rule`] each |
//! | `adam`, `nadam`, `radam`, `adamax`, `adan` | [`Adam`], [`AdamW`] and their kin, each by its name |
//! | `lion`, `lamb`, `muon` | [`Lion`], [`Lamb`], [`Muon`] |
//! | `lbfgs` | [`Lbfgs`], which asks for the loss itself |
//! | `moments` | what rules share: averages of gradients and squares; methods that set a number |
//! | `directed`, `orthogonal` | steps along a direction that is made of a whole parameter; matrices made orthogonal |
//! | `schedule` | [`Schedule`], the learning rate of each step; [`Plateau`] |
//! | `loss_scale` | [`LossScale`], for gradients in `f16` |
//! | `averaged` | [`AveragedModel`]: EMA and SWA of a model |
//! | `clip`, `clip_on_device` | clipping of gradients, by a number and without a wait for it |
//!
//! Settings are finite and not negative, and what a running average keeps is below 1, as in PyTorch's constructors:
//! others raise [`Error::Value`](crate::Error::Value) where they are set, and are errors of a file that is loaded.

mod adadelta;
mod adam;
mod adamax;
mod adan;
mod averaged;
mod clip;
mod clip_on_device;
mod directed;
mod groups;
mod lamb;
mod lbfgs;
mod lion;
mod loss_scale;
mod moments;
mod muon;
mod nadam;
mod optimizer;
mod orthogonal;
mod radam;
mod rmsprop;
mod rule;
mod schedule;
mod sgd;
mod state;

pub use adadelta::{Adadelta, AdadeltaRule};
pub use adam::{Adam, AdamRule, AdamW};
pub use adamax::{Adamax, AdamaxRule};
pub use adan::{Adan, AdanRule};
pub use averaged::AveragedModel;
pub use clip::{clip_grad_norm, clip_grad_value};
pub use clip_on_device::{NormOnDevice, clip_grad_norm_on_device};
pub use lamb::{Lamb, LambRule};
pub use lbfgs::{Lbfgs, LbfgsRule};
pub use lion::{Lion, LionRule};
pub use loss_scale::LossScale;
pub use muon::{Muon, MuonRule};
pub use nadam::{NAdam, NAdamRule};
pub(crate) use optimizer::is_setting;
pub use optimizer::{Hyper, Optimizer, ParameterState};
pub use radam::{RAdam, RAdamRule};
pub use rmsprop::{Adagrad, AdagradRule, RmsProp, RmsPropRule};
pub use rule::{Remember, Remembered, Renewal, Rule, Step};
pub use schedule::{OneCycle, Plateau, PlateauState, Schedule};
pub use sgd::{Sgd, SgdRule};
pub(crate) use state::Gathered;
