//! The keys that a step was given, on its thread.
//!
//! Apart from the steps (`model`) because whoever lets others use the thread puts them aside.

use super::{Key, Keys};
use std::cell::RefCell;

thread_local! {
    static GIVEN: RefCell<Option<Keys>> = const { RefCell::new(None) };
}

/// Gives the thread other keys, or none, until what comes back is dropped.
pub(crate) fn given(keys: Option<Keys>) -> Given {
    Given(GIVEN.replace(keys))
}

/// A fresh one of the keys that the thread was given.
pub(crate) fn next_given() -> Option<Key> {
    GIVEN.with_borrow_mut(|keys| keys.as_mut().map(Keys::next_key))
}

/// The keys that the thread had before, which it gets back.
pub(crate) struct Given(Option<Keys>);

impl Drop for Given {
    fn drop(&mut self) {
        GIVEN.replace(self.0.take());
    }
}
