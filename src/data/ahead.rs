//! A thread that runs an iterator ahead of its reader.
//!
//! Apart from `workers` because the items of an iterator come one after the other: there is one thread, and no number
//! by which another one could make the next.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use super::patience::{joined, patiently};
use super::workers::{Made, made, unpacked};

/// An iterator that a thread runs ahead.
pub(super) struct Ahead<I: Iterator> {
    /// Where the thread puts items; gone once it has to stop.
    items: Option<Receiver<Made<I::Item>>>,
    thread: Option<JoinHandle<()>>,
    /// The iterator, where the system gave no thread for it.
    here: Arc<Mutex<Option<I>>>,
}

impl<I: Iterator<Item: Send> + Send + 'static> Ahead<I> {
    /// So many items are finished or in the making, at least one.
    pub(super) fn begin(iterator: I, items: usize) -> Self {
        let (sender, receiver) = sync_channel(items.saturating_sub(1));
        let here = Arc::new(Mutex::new(Some(iterator)));
        let there = here.clone();
        let run = move || {
            let iterator = there.lock().unwrap_or_else(PoisonError::into_inner).take();
            iterator.into_iter().for_each(|iterator| send_all(iterator, &sender));
        };
        let thread = Builder::new().name("items ahead".to_owned()).spawn(run).ok();
        Self { items: Some(receiver), thread, here }
    }
}

/// Until the iterator ends, or nobody receives.
fn send_all<I: Iterator>(mut iterator: I, sender: &SyncSender<Made<I::Item>>) {
    loop {
        let item = match made(|| iterator.next()) {
            Ok(Ok(None)) => return,
            Ok(Ok(Some(item))) => Ok(Ok(item)),
            Ok(Err(error)) => Ok(Err(error)),
            Err(panic) => Err(panic),
        };
        if sender.send(item).is_err() {
            return;
        }
    }
}

impl<I: Iterator> Iterator for Ahead<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        match self.thread {
            Some(_) => {
                let items = self.items.as_ref()?;
                let received = patiently(|patience| match items.recv_timeout(patience) {
                    Ok(item) => Some(Some(item)),
                    Err(RecvTimeoutError::Disconnected) => Some(None),
                    Err(RecvTimeoutError::Timeout) => None,
                });
                received.map(unpacked)
            }
            None => self.here.lock().unwrap_or_else(PoisonError::into_inner).as_mut()?.next(),
        }
    }
}

impl<I: Iterator> Drop for Ahead<I> {
    fn drop(&mut self) {
        self.items = None; // the thread's next item has no way to go
        if let Some(thread) = self.thread.take() {
            joined(thread); // panics of items are caught, so the thread has none of its own to tell
        }
    }
}
