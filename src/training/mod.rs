//! Training runs: epochs with validation, checkpoints, early stopping and a log; and what is tried before a run.
//!
//! Apart from `optim` and `model`, whose loop of three lines stays the plain way: what is here only calls it.
//!
//! | file | holds |
//! |---|---|
//! | `trainer` | [`Trainer`]: what a run is made of |
//! | `fit` | the run itself |
//! | `settings`, `judge` | numbers of a run; which epoch was the best, and whether to go on |
//! | `report` | [`Report`], [`EpochReport`]: what came of it; [`Progress`]: what is told on the way |
//! | `run` | where a run stands, to and from a checkpoint |
//! | `log`, `tensorboard` | JSON lines; [`TensorBoard`]: event files |
//! | `finite` | which parameter was the first that is no number any more |
//! | `find_lr` | [`find_lr`]: the loss over learning rates; [`LrCurve`] |
//! | `overfit` | [`overfit`]: whether a model learns one batch by heart |

mod find_lr;
mod finite;
mod fit;
mod judge;
mod log;
mod overfit;
mod report;
mod run;
mod settings;
mod tensorboard;
mod trainer;

pub use find_lr::{LrCurve, LrPoint, LrRange, find_lr};
pub use overfit::overfit;
pub use report::{Ending, EpochReport, Progress, Report};
pub use tensorboard::TensorBoard;
pub use trainer::Trainer;
