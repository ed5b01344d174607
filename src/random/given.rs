//! The keys that a step was given, on its thread.
//!
//! Apart from the steps (`model`) because whoever lets others use the thread puts them aside.

use super::{Key, Keys};
use std::cell::RefCell;

thread_local! {
    static GIVEN: RefCell<Option<Keyed>> = const { RefCell::new(None) };
}

/// Keys, and whether what is random in training is so in inference, too.
struct Keyed {
    keys: Keys,
    in_inference: bool,
}

/// Gives the thread other keys, or none, until what comes back is dropped.
pub(crate) fn given(keys: Option<Keys>) -> Given {
    Given(GIVEN.replace(keys.map(|keys| Keyed { keys, in_inference: false })))
}

/// The same for keys that are drawn from in inference, too.
pub(crate) fn given_in_inference(keys: Keys) -> Given {
    Given(GIVEN.replace(Some(Keyed { keys, in_inference: true })))
}

/// Whether the thread was given keys for inference.
pub(crate) fn is_given_in_inference() -> bool {
    GIVEN.with_borrow(|given| given.as_ref().is_some_and(|given| given.in_inference))
}

/// A fresh one of the keys that the thread was given.
pub(crate) fn next_given() -> Option<Key> {
    GIVEN.with_borrow_mut(|given| given.as_mut().map(|given| given.keys.next_key()))
}

/// The keys that the thread had before, which it gets back.
pub(crate) struct Given(Option<Keyed>);

impl Drop for Given {
    fn drop(&mut self) {
        GIVEN.replace(self.0.take());
    }
}
