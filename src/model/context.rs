//! The random key of a training step. There is no global generator: a step that needs randomness is given a key.

use crate::error::{Error, raise};
use crate::random::{Key, Keys, given, given_in_inference, next_given};

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

/// Runs an inference in which dropout drops as in training, by masks from this key: Monte Carlo dropout, whose answers
/// differ from key to key as far as the model is unsure. Gal and Ghahramani 2016, arXiv:1506.02142.
///
/// Normalisation by batches stays that of inference. The innermost of [`with_key`] and `with_dropout` counts.
///
/// ```
/// use congruent::{model::with_dropout, prelude::*};
/// let (dropout, x) = (Dropout::<Weights>::new(0.5)?, Cpu.ones::<Shape![1000]>());
/// let mut keys = Keys::new(0);
/// let mut ask = || with_dropout(keys.next_key(), || dropout.infer(|m| m.forward(&x).eval()));
/// let (first, second) = (ask()?, ask()?);
/// assert!(first != second && first.as_slice().contains(&0.0) && second.as_slice().contains(&2.0));
/// assert_eq!(dropout.infer(|m| m.forward(&x).eval())?, x);
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn with_dropout<T>(key: Key, inference: impl FnOnce() -> T) -> T {
    let _given = given_in_inference(Keys::resume(key, 0));
    inference()
}

/// A fresh key of the step at hand, different at every call.
///
/// Outside of [`with_key`] it raises [`Error::NoKey`]: a step that needs randomness has to be given a key.
#[track_caller]
pub fn next_key() -> Key {
    next_given().unwrap_or_else(|| raise(Error::NoKey))
}
