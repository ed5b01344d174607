//! Values and gradients of the parameters and shared tensors that live on a thread, behind copyable keys.
//!
//! Apart from the leaves because keys are what makes model handles `Copy` and free of lifetimes: a key that outlives
//! its
//! owner is recognised by its generation.
#![allow(unsafe_code)]

use crate::device::Buf;
use crate::dtype::{Inside, Real};
use crate::error::{Error, raise};
use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;

thread_local! {
    /// How many calls that show a model are running inside one another on this thread, for all element types.
    static LEVEL: Cell<u32> = const { Cell::new(0) };
}

/// All owned values of one element type on one thread.
pub struct Table<E> {
    entries: Vec<Entry<E>>,
    free: Vec<u32>,
    /// Lists that earlier calls left, so that the next one allocates nothing.
    spare: Vec<Vec<Key>>,
}

struct Entry<E> {
    generation: u32,
    value: Held<E>,
    gradient: Option<Buf<E>>,
    /// Whether it became a tensor by [`eval`](crate::ops::Evaluate::eval), or something that was made of it.
    cut: bool,
}

/// A value in the table.
enum Held<E> {
    Nothing,
    Own(Buf<E>),
    /// A second handle that is not counted: its model is borrowed for as long as it stands here.
    Lent(ManuallyDrop<Buf<E>>),
}

impl<E> Held<E> {
    #[inline(always)]
    fn get(&self) -> Option<&Buf<E>> {
        match self {
            Held::Nothing => None,
            Held::Own(value) => Some(value),
            Held::Lent(value) => Some(value),
        }
    }
}

impl<E> Default for Table<E> {
    fn default() -> Self {
        Table { entries: Vec::new(), free: Vec::new(), spare: Vec::new() }
    }
}

impl<E> Table<E> {
    #[inline]
    fn insert(&mut self, value: Held<E>) -> Key {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.entries.push(Entry { generation: 0, value: Held::Nothing, gradient: None, cut: false });
            self.entries.len() as u32 - 1
        });
        let entry = &mut self.entries[slot as usize];
        entry.value = value;
        Key { slot, generation: entry.generation, level: LEVEL.get(), thread: PhantomData }
    }

    #[inline]
    fn remove(&mut self, key: Key) {
        // There is none where the thread is at its end and has dropped its table.
        let Some(entry) = self.entries.get_mut(key.slot as usize) else { return };
        (entry.value, entry.gradient, entry.cut) = (Held::Nothing, None, false);
        // A place is left alone once its generations are used up: an old key must not find a new value.
        if let Some(next) = entry.generation.checked_add(1) {
            entry.generation = next;
            self.free.push(key.slot);
        }
    }
}

/// Finds a value on its own thread: `Copy`, without lifetime, checked when used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    slot: u32,
    generation: u32,
    /// Inside of how many calls that show a model it was made.
    level: u32,
    thread: PhantomData<*const ()>,
}

impl Key {
    /// Whether the value belongs to the innermost call that is running. To a call inside of its own it is a constant.
    #[inline]
    pub(crate) fn varies(self) -> bool {
        self.level >= LEVEL.get()
    }

    /// The value. Raises where the owner is gone: a handle was carried out of the closure that it belongs to.
    #[inline]
    #[track_caller]
    pub(crate) fn value<E: Real>(self) -> Buf<E> {
        let found = E::table(Inside::here(), |table| match table.entries.get(self.slot as usize) {
            Some(entry) if entry.generation == self.generation => entry.value.get().cloned(),
            _ => None,
        });
        found.unwrap_or_else(|| gone())
    }

    /// What has arrived so far.
    #[inline]
    pub(crate) fn gradient<E: Real>(self) -> Option<Buf<E>> {
        E::table(Inside::here(), |table| self.entry(table).and_then(|entry| entry.gradient.clone()))
    }

    /// Takes the gradient that has arrived so far.
    #[inline]
    pub(crate) fn take_gradient<E: Real>(self) -> Option<Buf<E>> {
        E::table(Inside::here(), |table| self.entry(table).and_then(|entry| entry.gradient.take()))
    }

    /// Takes the gradient; says whether there is none although a tensor was made of the value.
    #[inline]
    pub(crate) fn settle<E: Real>(self) -> (Option<Buf<E>>, bool) {
        E::table(Inside::here(), |table| match self.entry(table) {
            Some(entry) => (entry.gradient.take(), entry.cut),
            None => (None, false),
        })
    }

    /// Notes that a tensor was made of it, through which no gradient flows.
    #[inline]
    pub(crate) fn cut<E: Real>(self) {
        E::table(Inside::here(), |table| {
            if let Some(entry) = self.entry(table) {
                entry.cut = true;
            }
        });
    }

    /// Whether a tensor was made of it.
    #[inline]
    pub(crate) fn is_cut<E: Real>(self) -> bool {
        E::table(Inside::here(), |table| self.entry(table).is_some_and(|entry| entry.cut))
    }

    /// Puts a gradient where none has arrived; gives both to the caller, who merges them, where one has.
    #[inline]
    pub(crate) fn put_gradient<E: Real>(self, gradient: Buf<E>) -> Option<(Buf<E>, Buf<E>)> {
        E::table(Inside::here(), |table| {
            let entry = self.entry(table)?;
            match entry.gradient.take() {
                Some(there) => Some((there, gradient)),
                None => {
                    entry.gradient = Some(gradient);
                    None
                }
            }
        })
    }

    #[inline]
    fn entry<E>(self, table: &mut Table<E>) -> Option<&mut Entry<E>> {
        table.entries.get_mut(self.slot as usize).filter(|entry| entry.generation == self.generation)
    }
}

#[cold]
#[track_caller]
fn gone() -> ! {
    raise(Error::Escaped { what: "a model parameter or shared value", place: "outside of the call that made it" })
}

/// Keeps a value in the table; dropping it frees the value, its gradient and invalidates every key.
pub(crate) struct Owner<E: Real> {
    key: Key,
    elem: PhantomData<E>,
}

impl<E: Real> Owner<E> {
    /// Stores a value.
    #[inline]
    pub(crate) fn new(value: Buf<E>) -> Self {
        let key = E::table(Inside::here(), |table| table.insert(Held::Own(value)));
        Owner { key, elem: PhantomData }
    }

    /// The key to it.
    #[inline]
    pub(crate) fn key(&self) -> Key {
        self.key
    }
}

impl<E: Real> Drop for Owner<E> {
    #[inline]
    fn drop(&mut self) {
        E::table(Inside::here(), |table| table.remove(self.key));
    }
}

/// Shows the values of a whole model under keys for one call; dropping it makes the keys invalid and ends the call's
/// level.
pub(crate) struct Borrowed<'m, E: Real> {
    keys: Vec<Key>,
    /// Those of statistics of 16-bit models, which lie in the table of `f32`.
    precise: Vec<Key>,
    model: PhantomData<&'m Buf<E>>,
}

impl<'m, E: Real> Borrowed<'m, E> {
    /// Runs `call` with a list to put values on. The list cannot leave, so that it is dropped before the model is free.
    #[inline]
    pub(crate) fn during<T>(call: impl FnOnce(&mut Self) -> T) -> T {
        let keys = E::table(Inside::here(), |table| table.spare.pop()).unwrap_or_default();
        LEVEL.set(LEVEL.get() + 1);
        call(&mut Borrowed { keys, precise: Vec::new(), model: PhantomData })
    }

    /// One more value.
    #[inline]
    pub(crate) fn show(&mut self, value: &'m Buf<E>) -> Key {
        // SAFETY: the key goes on the list.
        let key = unsafe { lend(value) };
        self.keys.push(key);
        key
    }

    /// One more statistic.
    #[inline]
    pub(crate) fn show_precise(&mut self, value: &'m Buf<E::Precise>) -> Key {
        // SAFETY: the key goes on the list.
        let key = unsafe { lend(value) };
        if E::NARROW { &mut self.precise } else { &mut self.keys }.push(key);
        key
    }

    /// The keys in the order in which the values were stored; of 16-bit models, those of the parameters.
    pub(crate) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The keys of the statistics of 16-bit models.
    pub(crate) fn precise(&self) -> &[Key] {
        &self.precise
    }
}

/// A value under a key, without a handle of its own.
///
/// # Safety
/// The key is taken out of the table for as long as the value is borrowed: it goes on a list of [`Borrowed`].
#[inline]
unsafe fn lend<E: Real>(value: &Buf<E>) -> Key {
    // SAFETY: the copy is never dropped, and `value` is borrowed until the list is dropped, which takes the key out of
    // the table. Whoever reads it in between gets a counted handle.
    let lent = Held::Lent(ManuallyDrop::new(unsafe { std::ptr::read(value) }));
    E::table(Inside::here(), |table| table.insert(lent))
}

impl<E: Real> Drop for Borrowed<'_, E> {
    #[inline]
    fn drop(&mut self) {
        LEVEL.set(LEVEL.get() - 1);
        if E::NARROW && !self.precise.is_empty() {
            let here = Inside::here();
            E::Precise::table(here, |table| self.precise.drain(..).for_each(|key| table.remove(key)));
        }
        let mut keys = std::mem::take(&mut self.keys);
        E::table(Inside::here(), |table| {
            keys.drain(..).for_each(|key| table.remove(key));
            table.spare.push(keys);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_finds_its_value_until_the_owner_goes() {
        let owner = Owner::new(Buf::from_slice(&[1.0f32, 2.0]));
        let key = owner.key();
        assert_eq!(&*key.value::<f32>(), [1.0, 2.0]);
        key.put_gradient(Buf::from_slice(&[3.0f32]));
        assert_eq!(&*key.take_gradient::<f32>().unwrap(), [3.0]);
        drop(owner);
        let next = Owner::new(Buf::from_slice(&[5.0f32]));
        assert_ne!(next.key(), key, "the slot is used again under another generation");
        assert!(std::panic::catch_unwind(|| key.value::<f32>()).is_err());
    }
}
