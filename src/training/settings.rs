//! The numbers of a run.
//!
//! Apart from the trainer because these know neither model nor data: what uses them is compiled once.

use std::path::PathBuf;

use crate::optim::{Plateau, Schedule};
use crate::random::Key;

/// What a run is told beside model, optimizer and data.
pub(super) struct Settings {
    pub(super) key: Key,
    pub(super) epochs: u64,
    /// How many batches make a step.
    pub(super) accumulate: usize,
    pub(super) clip_norm: Option<f64>,
    pub(super) clip_value: Option<f64>,
    pub(super) rate: Rate,
    pub(super) patience: Option<u64>,
    pub(super) monitor: Option<Monitor>,
    pub(super) folder: Option<PathBuf>,
    /// After how many steps there is a checkpoint in the midst of an epoch.
    pub(super) every: Option<u64>,
    pub(super) resume: bool,
    pub(super) log: Option<PathBuf>,
    pub(super) log_every: Option<u64>,
    /// The folder of event files.
    pub(super) board: Option<PathBuf>,
}

impl Settings {
    pub(super) fn new() -> Self {
        Settings {
            key: Key::new(0),
            epochs: 1,
            accumulate: 1,
            clip_norm: None,
            clip_value: None,
            rate: Rate::Own,
            patience: None,
            monitor: None,
            folder: None,
            every: None,
            resume: false,
            log: None,
            log_every: None,
            board: None,
        }
    }
}

/// Who says what the learning rate is.
pub(super) enum Rate {
    /// The optimizer.
    Own,
    Schedule(Schedule),
    Plateau(Plateau),
}

/// The number by which epochs are compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Monitor {
    pub(super) name: String,
    pub(super) largest: bool,
}
