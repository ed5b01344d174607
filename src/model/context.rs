//! The random key of a training step. There is no global generator: a step that needs randomness is given a key.

use crate::error::{Error, raise};
use crate::random::{Key, Keys, given, next_given};

/// Runs `step` with a key from which dropout and its kin draw; the same key gives the same numbers. The key is of this
/// thread: a `step` that itself waits for rayon may see tasks of others draw from it, unless each has a key of its own.
///
/// ```
/// use congruent::prelude::*;
/// let model: (Param<Shape![100]>, Dropout) = (Cpu.ones().into(), Dropout::new(0.5)?);
/// let step = |key| with_key(key, || model.value_and_grad(|(w, dropout)| dropout.forward(w).sum()));
/// assert_eq!(step(Key::new(1))?.0, step(Key::new(1))?.0);
/// assert_ne!(step(Key::new(1))?.0, step(Key::new(2))?.0);
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn with_key<T>(key: Key, step: impl FnOnce() -> T) -> T {
    let _given = given(Some(Keys::resume(key, 0)));
    step()
}

/// A fresh key of the step at hand, different at every call.
///
/// Outside of [`with_key`] it raises [`Error::NoKey`]: a step that needs randomness has to be given a key.
#[track_caller]
pub fn next_key() -> Key {
    next_given().unwrap_or_else(|| raise(Error::NoKey))
}
