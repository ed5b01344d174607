//! Batches that are changed on their way, and results that are looked into.
//!
//! Apart from `epochs` because these are what its methods return.

use super::{Epochs, Plan};
use crate::error::{Error, raise};
use crate::random::Key;

/// Batches, each changed by a function; what [`Pipeline::map`](super::Pipeline::map) returns.
#[derive(Clone, Debug)]
pub struct Mapped<L, F> {
    source: L,
    change: F,
}

impl<L, F> Mapped<L, F> {
    pub(super) fn new(source: L, change: F) -> Self {
        Self { source, change }
    }
}

impl<L: Epochs, T, F: Fn(L::Batch, Key) -> T> Epochs for Mapped<L, F> {
    type Batch = T;

    fn len(&self) -> usize {
        self.source.len()
    }

    fn size(&self, number: usize) -> usize {
        self.source.size(number)
    }

    fn plan(&self, key: Option<Key>) -> Plan {
        self.source.plan(key)
    }

    fn make(&self, plan: &Plan, number: usize) -> T {
        (self.change)(self.source.make(plan, number), plan.key(number))
    }
}

/// Batches that are results, without the `Ok`; what [`Pipeline::checked`](super::Pipeline::checked) returns.
#[derive(Clone, Debug)]
pub struct Checked<L> {
    source: L,
}

impl<L> Checked<L> {
    pub(super) fn new(source: L) -> Self {
        Self { source }
    }
}

impl<L, T, Cause> Epochs for Checked<L>
where
    L: Epochs<Batch = Result<T, Cause>>,
    Cause: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Batch = T;

    fn len(&self) -> usize {
        self.source.len()
    }

    fn size(&self, number: usize) -> usize {
        self.source.size(number)
    }

    fn plan(&self, key: Option<Key>) -> Plan {
        self.source.plan(key)
    }

    fn make(&self, plan: &Plan, number: usize) -> T {
        let batch = self.source.make(plan, number);
        batch.unwrap_or_else(|cause| raise(Error::Batch { number, cause: cause.into() }))
    }
}
