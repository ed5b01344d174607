//! Schedules: which learning rate a step has.
//!
//! | file | holds |
//! |---|---|
//! | `value` | [`Schedule`], one after the other, products of them; [`Optimizer::follow`](super::Optimizer::follow) |
//! | `decays` | [`Schedule::constant`]; those that fall in steps, along lines and powers |
//! | `cosine` | [`Schedule::cosine`], [`Schedule::cosine_restarts`] |
//! | `warm` | [`Schedule::warmup`], [`Schedule::noam`] |
//! | `one_cycle` | [`OneCycle`] |
//! | `plateau` | [`Plateau`], which looks at a loss and remembers it |

mod cosine;
mod decays;
mod one_cycle;
mod plateau;
mod value;
mod warm;

pub use one_cycle::OneCycle;
pub use plateau::{Plateau, PlateauState};
pub use value::Schedule;
