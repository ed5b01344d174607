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

#[diagnostic::do_not_recommend]
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

/// What a batch may be where making it can fail: a `Result` with any error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no result: there is nothing to check",
    label = "these batches are no `Result`s",
    note = "leave `checked` out; errors that operators find are raised anyway"
)]
pub trait Fallible: Sized {
    /// The batch.
    type Good;

    /// What gives the batches without their `Ok`.
    type Checked<L: Epochs<Batch = Self>>: Epochs<Batch = Self::Good>;

    /// Looks into the batches of a source.
    fn check<L: Epochs<Batch = Self>>(source: L) -> Self::Checked<L>;
}

#[diagnostic::do_not_recommend]
impl<T, Cause: Into<Box<dyn std::error::Error + Send + Sync>>> Fallible for Result<T, Cause> {
    type Good = T;
    type Checked<L: Epochs<Batch = Self>> = Checked<L>;

    fn check<L: Epochs<Batch = Self>>(source: L) -> Checked<L> {
        Checked { source }
    }
}

/// Batches that are results, without the `Ok`; what [`Pipeline::checked`](super::Pipeline::checked) returns.
#[derive(Clone, Debug)]
pub struct Checked<L> {
    source: L,
}

#[diagnostic::do_not_recommend]
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
        batch.unwrap_or_else(|cause| raise(Error::NoBatch { number, cause: cause.into() }))
    }
}
