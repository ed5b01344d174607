//! Errors on their way from one thread to another.
//!
//! Apart from `attempt` because a panic carries words alone to whoever waits for the thread: those of an error are
//! remembered with the error, so that an `attempt` that meets them again knows what they stand for.

use super::kinds::Error;
use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// As many errors may be on their way at once, each task of a loop with its own; of more, the oldest remain panics.
const MOST: usize = 4096;

/// Where the words of each lie in memory: they are moved, never copied, until somebody catches the panic.
static CROSSING: Mutex<VecDeque<(usize, Error)>> = Mutex::new(VecDeque::new());

/// The words of an error, as the payload of a panic.
pub(super) fn words(error: Error) -> String {
    let words = error.to_string();
    let mut crossing = CROSSING.lock().unwrap_or_else(PoisonError::into_inner);
    if crossing.len() == MOST {
        crossing.pop_front();
    }
    crossing.push_back((words.as_ptr().addr(), error));
    words
}

/// The error whose words a panic carries; the payload itself where it is anything else.
pub(super) fn error(payload: Box<dyn Any + Send>) -> Result<Error, Box<dyn Any + Send>> {
    let Some(words) = payload.downcast_ref::<String>() else { return Err(payload) };
    let mut crossing = CROSSING.lock().unwrap_or_else(PoisonError::into_inner);
    // The latest one: older words may have lain at the same place.
    let place =
        crossing.iter().rposition(|(place, error)| *place == words.as_ptr().addr() && error.to_string() == *words);
    place.and_then(|place| crossing.remove(place)).map(|(_, error)| error).ok_or(payload)
}
