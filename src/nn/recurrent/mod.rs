//! Recurrent layers: a state goes through time, and at each step gates say what becomes of it.
//!
//! | file | holds |
//! |---|---|
//! | `layer`, `cell` | [`Recurrent`], over sequences; [`RecurrentCell`], one step |
//! | `rnn`, `lstm`, `gru` | [`Rnn`], [`Lstm`], [`Gru`] and their cells: the formulas of a step, and their slopes |
//! | `run` | from a start to the last state |
//! | `gating` | [`Gating`]: what such a formula says, and what it is told |
//! | `operation` | time as one operation with its gradient |
//! | `start` | where a state begins |
//! | `steps` | [`Steps`]: which shapes have an axis of time |
//! | `width` | [`StateWidth`]: which sizes a state may have |
//!
//! Apart from the other layers because these share one loop, which no composition of operations would be: the products
//! with the input are one product of all times, and so is the gradient of the weight of the state.

mod cell;
mod gating;
mod gru;
mod layer;
mod lstm;
mod operation;
mod rnn;
mod run;
mod start;
mod steps;
mod width;

pub use cell::RecurrentCell;
pub use gating::Gating;
pub use gru::{Gru, GruCell, GruGates};
pub use layer::{OutputsOf, Recurrent, RecurrentNode};
pub use lstm::{Lstm, LstmCell, LstmGates};
pub use rnn::{Rnn, RnnCell, RnnGates};
pub use steps::{StateOf, Steps};
pub use width::{GateWidth, OfGates, StateWidth};
