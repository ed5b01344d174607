//! Threads that make batches before they are asked for.
//!
//! Apart from the loader because it is about time alone: what comes, and in which order, no number of threads changes.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::patience::{joined, patiently};
use super::{Epochs, Plan};
use crate::error::{Error, attempt, raise};
use crate::random::Key;

/// Batches that threads make ahead; what [`Pipeline::workers`](super::Pipeline::workers) returns.
///
/// The same batches come in the same order as without workers, for any number of them. At most
/// [`prefetch`](Workers::prefetch) batches are finished or in the making beside the one that was handed out, however
/// slow their reader is. The threads begin with each iterator, and end with it: dropped early, it waits for the batches
/// that are being made, and for no more. An error or panic of a worker comes out of the iterator where that batch would
/// have come, as it does without workers.
///
/// The source is shared with the threads, so it owns what it reads: `Loader::new(data, ..)`, not `Loader::new(&data,
/// ..)`; clones of a `TensorDataset` share their memory. Where the system gives fewer threads, fewer work. A reader in
/// a thread of rayon's pool, as one of several trainings side by side, does tasks of the pool while it waits.
///
/// ```
/// use congruent::prelude::*;
/// let data = TensorDataset::new((Cpu.from_fn((D::<100>,), |i| i as i64),))?;
/// let loader = Loader::new(data, D::<10>)?;
/// let ahead = loader.clone().workers(3).prefetch(4);
/// assert!(ahead.epoch(Key::new(1)).eq(loader.epoch(Key::new(1))));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Workers<L> {
    source: Arc<L>,
    workers: usize,
    prefetch: usize,
}

impl<L: Epochs + Send + Sync + 'static> Workers<L>
where
    L::Batch: Send + 'static,
{
    pub(super) fn new(source: L, workers: usize) -> Self {
        Self { source: Arc::new(source), workers, prefetch: workers.saturating_mul(2) }
    }

    /// How many batches may be finished or in the making, twice as many as workers where nothing is said; at least one
    /// where there are workers.
    #[must_use]
    pub fn prefetch(self, batches: usize) -> Self {
        Self { prefetch: batches.max(self.workers.min(1)), ..self }
    }
}

#[diagnostic::do_not_recommend]
impl<L: Epochs + Send + Sync + 'static> Epochs for Workers<L>
where
    L::Batch: Send + 'static,
{
    type Batch = L::Batch;

    fn len(&self) -> usize {
        self.source.len()
    }

    fn size(&self, number: usize) -> usize {
        self.source.size(number)
    }

    fn plan(&self, key: Option<Key>) -> Plan {
        self.source.plan(key)
    }

    fn make(&self, plan: &Plan, number: usize) -> L::Batch {
        self.source.make(plan, number)
    }

    fn batches(&self, plan: Plan, first: usize) -> impl ExactSizeIterator<Item = L::Batch> {
        let len = self.source.len();
        let crew = Crew {
            source: self.source.clone(),
            plan,
            len,
            prefetch: self.prefetch,
            state: Mutex::new(State {
                next: first.min(len),
                taken: first.min(len),
                done: BTreeMap::new(),
                over: false,
            }),
            changed: Condvar::new(),
        };
        Turns::begin(Arc::new(crew), self.workers)
    }
}

/// What a thread has made, the error that an operator found, or the panic.
pub(super) type Made<T> = std::thread::Result<Result<T, Error>>;

/// Makes something on a thread whose reader is on another one.
pub(super) fn made<T>(make: impl FnOnce() -> T) -> Made<T> {
    catch_unwind(AssertUnwindSafe(|| attempt(make)))
}

/// Hands it to its reader: what has stopped it stops the reader.
pub(super) fn unpacked<T>(made: Made<T>) -> T {
    match made {
        Ok(Ok(batch)) => batch,
        Ok(Err(error)) => raise(error),
        Err(panic) => resume_unwind(panic),
    }
}

/// What the threads of one epoch share.
struct Crew<L: Epochs> {
    source: Arc<L>,
    plan: Plan,
    len: usize,
    prefetch: usize,
    state: Mutex<State<L::Batch>>,
    /// A batch was finished or taken, or all is over.
    changed: Condvar,
}

struct State<T> {
    /// The next batch that nobody makes yet.
    next: usize,
    /// The next batch that is handed out.
    taken: usize,
    /// Finished batches that wait for their turn.
    done: BTreeMap<usize, Made<T>>,
    over: bool,
}

impl<L: Epochs> Crew<L> {
    /// Nothing that panics holds the lock.
    fn state(&self) -> MutexGuard<'_, State<L::Batch>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State<L::Batch>>) -> MutexGuard<'s, State<L::Batch>> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread does until the epoch ends.
    fn work(&self) {
        while let Some(number) = self.claim() {
            let made = self.made(number);
            self.state().done.insert(number, made);
            self.changed.notify_all();
        }
    }

    /// The number of a batch to be made, when there is room for it.
    fn claim(&self) -> Option<usize> {
        let mut state = self.state();
        loop {
            if state.over || state.next >= self.len {
                return None;
            }
            if state.next - state.taken < self.prefetch {
                state.next += 1;
                return Some(state.next - 1);
            }
            state = self.wait(state);
        }
    }

    /// A finished batch whose turn it is, where it is there after so long at most.
    fn take(&self, number: usize, patience: Duration) -> Option<Made<L::Batch>> {
        let is_not_there = |state: &mut State<L::Batch>| !state.done.contains_key(&number);
        let waited = self.changed.wait_timeout_while(self.state(), patience, is_not_there);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let made = state.done.remove(&number)?;
        state.taken += 1;
        Some(made)
    }

    fn made(&self, number: usize) -> Made<L::Batch> {
        made(|| self.source.make(&self.plan, number))
    }
}

/// The iterator of an epoch whose batches are made ahead.
struct Turns<L: Epochs> {
    crew: Arc<Crew<L>>,
    threads: Vec<JoinHandle<()>>,
}

impl<L: Epochs + Send + Sync + 'static> Turns<L>
where
    L::Batch: Send + 'static,
{
    fn begin(crew: Arc<Crew<L>>, workers: usize) -> Self {
        let mut threads = Vec::new();
        // More would have nothing to do.
        for number in 0..workers.min(crew.prefetch).min(crew.len) {
            let own = crew.clone();
            let name = format!("batches {number}");
            match Builder::new().name(name).spawn(move || own.work()) {
                Ok(thread) => threads.push(thread),
                Err(_) => break,
            }
        }
        Self { crew, threads }
    }
}

impl<L: Epochs> Turns<L> {
    /// The batch whose turn it is.
    fn turn(&self) -> Option<Made<L::Batch>> {
        let mut state = self.crew.state();
        let number = state.taken;
        if number >= self.crew.len {
            return None;
        }
        if self.threads.is_empty() {
            (state.taken, state.next) = (number + 1, number + 1);
            drop(state);
            return Some(self.crew.made(number));
        }
        drop(state);
        let made = patiently(|patience| self.crew.take(number, patience));
        self.crew.changed.notify_all();
        Some(made)
    }
}

impl<L: Epochs> Iterator for Turns<L> {
    type Item = L::Batch;

    fn next(&mut self) -> Option<L::Batch> {
        self.turn().map(unpacked)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.crew.len - self.crew.state().taken;
        (left, Some(left))
    }
}

impl<L: Epochs> ExactSizeIterator for Turns<L> {}

impl<L: Epochs> Drop for Turns<L> {
    fn drop(&mut self) {
        self.crew.state().over = true;
        self.crew.changed.notify_all();
        // Panics of batches are caught, so a thread has none of its own to tell.
        self.threads.drain(..).for_each(joined);
    }
}
