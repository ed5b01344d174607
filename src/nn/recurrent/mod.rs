//! Recurrent layers: a state goes through time, and at each step gates say what becomes of it.
//!
//! | file | holds |
//! |---|---|
//! | `layer`, `cell` | [`Recurrent`], over sequences; [`RecurrentCell`], one step |
//! | `bidirectional` | [`Bidirectional`]: from both ends |
//! | `by_name` | [`Rnn`], [`Lstm`], [`Gru`] and their cells |
//! | `rnn`, `lstm`, `gru` | [`RnnGates`], [`LstmGates`], [`GruGates`]: the formulas of a step, and their slopes |
//! | `run` | from a start to the last state |
//! | `lengths`, `ends` | sequences that end before the last step; what becomes of states behind the end |
//! | `gating` | [`Gating`]: what such a formula says, and what it is told |
//! | `operation`, `through_time` | time as one operation, and its gradient |
//! | `counts` | examples, times, features as numbers |
//! | `start` | where a state begins |
//! | `steps` | [`TimeAxis`]: which shapes have an axis of time |
//! | `width` | [`StateWidth`]: which sizes a state may have |
//!
//! Apart from the other layers because these share one loop, which no composition of operations would be: the products
//! with the input are one product of all times, and so is the gradient of the weight of the state.

mod bidirectional;
mod by_name;
mod cell;
mod counts;
mod ends;
mod gating;
mod gru;
mod layer;
mod lengths;
mod lstm;
mod operation;
mod rnn;
mod run;
mod start;
mod steps;
mod through_time;
mod width;

pub use bidirectional::Bidirectional;
pub use by_name::{Gru, GruCell, Lstm, LstmCell, Rnn, RnnCell};
pub use cell::RecurrentCell;
pub use gating::Gating;
pub use gru::GruGates;
pub use layer::{OutputsOf, Recurrent, RecurrentNode};
pub use lstm::LstmGates;
pub use rnn::RnnGates;
pub use steps::{StateOf, TimeAxis};
pub use width::{GateWidth, OfGates, StateWidth};
