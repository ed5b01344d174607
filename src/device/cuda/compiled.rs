//! Kernels that were found before, by what they are of: a text is printed, hashed and searched for once.

use super::module::Kernel;
use super::runtime::Runtime;
use crate::error::OrRaise;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Kernels of all devices by their keys.
pub(super) struct Compiled<K>(Mutex<Option<HashMap<(usize, K), Kernel>>>);

impl<K: Hash + Eq> Compiled<K> {
    pub(super) const fn none() -> Self {
        Compiled(Mutex::new(None))
    }

    /// The kernel of a key: `text` prints it, and says its name there. What cannot be compiled raises
    /// [`Error::Device`](crate::Error::Device).
    #[track_caller]
    pub(super) fn kernel(&self, runtime: &Runtime, key: K, text: impl FnOnce(&K) -> (String, &'static str)) -> Kernel {
        let key = (runtime.ordinal, key);
        let known =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(|all| all.get(&key).copied());
        if let Some(kernel) = known {
            return kernel;
        }
        // Without the lock, so that other threads go on, and compile as well.
        let (source, name) = text(&key.1);
        let kernel = runtime.kernel(&source, name).or_raise();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().insert(key, kernel);
        kernel
    }
}
