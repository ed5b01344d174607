//! Calls that must answer: each on a thread of its own, with a time limit.
//!
//! Apart from the tests because a loop that never ends, and a number that overflows, are found in the same way.

use congruent::prelude::*;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Each call takes microseconds; one that hangs takes years.
const PATIENCE: Duration = Duration::from_secs(10);

/// Calls under their names.
pub(crate) type Calls = Vec<(String, Box<dyn FnOnce() + Send>)>;

/// What does not come back, or panics. A thread that hangs ends with the process.
#[track_caller]
pub(crate) fn all_answer(calls: Calls) {
    let wrong = calls.into_iter().filter_map(|(name, call)| {
        let (send, receive) = channel();
        // An error is an answer: one sum a row is more than the memory holds.
        let work = move || send.send(attempt(call).is_ok());
        thread::Builder::new().spawn(work).expect("a thread");
        match receive.recv_timeout(PATIENCE) {
            Ok(_) => None,
            Err(RecvTimeoutError::Timeout) => Some(format!("hangs: {name}")),
            Err(RecvTimeoutError::Disconnected) => Some(format!("panics: {name}")),
        }
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
