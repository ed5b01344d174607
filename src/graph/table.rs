//! Values and gradients of the parameters and shared tensors that live on a thread, behind copyable keys.
//!
//! Apart from the leaves because keys are what makes model handles `Copy` and free of lifetimes: a key that outlives
//! its owner is recognised by its generation.
#![allow(unsafe_code, reason = "values are lent to the table without being counted")]

use crate::device::Buf;
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::memory::Erased;
use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;

thread_local! {
    /// How many calls that show a model are running inside one another on this thread.
    static LEVEL: Cell<u32> = const { Cell::new(0) };
    static TABLE: RefCell<Table> = const { RefCell::new(Table::new(0)) };
    /// What stands in for the table where the thread is at its end and has dropped it: destructors of the thread's own
    /// variables may train, too. Without a destructor, so that it is there until the last of them.
    static LATE: ManuallyDrop<RefCell<Table>> = const { ManuallyDrop::new(RefCell::new(Table::new(1 << 31))) };
}

/// All owned values on one thread.
struct Table {
    entries: Vec<Entry>,
    free: Vec<u32>,
    /// Lists that earlier calls left, so that the next one allocates nothing.
    spare: Vec<Vec<Key>>,
    /// The generation of new places: keys of one table find nothing in the other.
    first: u32,
}

struct Entry {
    generation: u32,
    /// Whether it became a tensor by [`eval`](crate::ops::Evaluate::eval), or something that was made of it.
    cut: bool,
    value: Held,
    gradient: Option<Erased>,
}

/// A value in the table.
enum Held {
    Nothing,
    Own(Erased),
    /// A second handle that is not counted: its model is borrowed for as long as it stands here.
    Lent(ManuallyDrop<Erased>),
}

impl Held {
    fn get(&self) -> Option<Erased> {
        match self {
            Held::Nothing => None,
            Held::Own(value) => Some(value.clone()),
            Held::Lent(value) => Some((**value).clone()),
        }
    }
}

impl Table {
    const fn new(first: u32) -> Self {
        Table { entries: Vec::new(), free: Vec::new(), spare: Vec::new(), first }
    }

    #[inline]
    fn insert(&mut self, value: Held) -> Key {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.entries.push(Entry { generation: self.first, cut: false, value: Held::Nothing, gradient: None });
            self.entries.len() as u32 - 1
        });
        let entry = &mut self.entries[slot as usize];
        entry.value = value;
        Key { slot, generation: entry.generation, level: LEVEL.get(), thread: PhantomData }
    }

    /// Takes what stands there; the caller lets it go when the table is free, for that may run code of its owner.
    #[inline]
    fn remove(&mut self, key: Key) -> Option<(Held, Option<Erased>)> {
        // There is none where the thread is at its end and has dropped the key's table.
        let entry = self.entry(key)?;
        entry.cut = false;
        let held = (std::mem::replace(&mut entry.value, Held::Nothing), entry.gradient.take());
        // A place is left alone once its generations are used up: an old key must not find a new value.
        if let Some(next) = entry.generation.checked_add(1) {
            entry.generation = next;
            self.free.push(key.slot);
        }
        Some(held)
    }

    #[inline]
    fn entry(&mut self, key: Key) -> Option<&mut Entry> {
        self.entries.get_mut(key.slot as usize).filter(|entry| entry.generation == key.generation)
    }
}

/// Looks into the thread's table. What calls this is no generic function, so that it is compiled in this crate alone.
#[inline(always)]
fn table<T>(f: impl FnOnce(&mut Table) -> T) -> T {
    let mut f = Some(f);
    let mut call = |table: &mut Table| f.take().map(|f| f(table));
    // At the end of a thread the table may go before what is in it is let go, and before what else uses it.
    let found = TABLE.try_with(|table| call(&mut table.borrow_mut()));
    let found = found.unwrap_or_else(|_| LATE.with(|table| call(&mut table.borrow_mut())));
    found.unwrap_or_else(|| unreachable!("one of the two tables was there"))
}

/// Finds a value on its own thread: `Copy`, without lifetime, checked when used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
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
    #[inline(never)]
    #[track_caller]
    pub(crate) fn value<E: Real>(self) -> Buf<E> {
        self.erased_value().and_then(Erased::into).unwrap_or_else(|| gone())
    }

    fn erased_value(self) -> Option<Erased> {
        table(|table| table.entry(self).and_then(|entry| entry.value.get()))
    }

    /// What has arrived so far.
    #[inline]
    pub(crate) fn gradient<E: Real>(self) -> Option<Buf<E>> {
        self.erased_gradient().and_then(Erased::into)
    }

    fn erased_gradient(self) -> Option<Erased> {
        table(|table| table.entry(self)?.gradient.clone())
    }

    /// Takes the gradient that has arrived so far.
    #[inline]
    pub(crate) fn take_gradient<E: Real>(self) -> Option<Buf<E>> {
        self.settle().0
    }

    /// Takes the gradient; says whether a tensor was made of the value.
    #[inline]
    pub(crate) fn settle<E: Real>(self) -> (Option<Buf<E>>, bool) {
        let (gradient, cut) = self.settle_erased();
        (gradient.and_then(Erased::into), cut)
    }

    fn settle_erased(self) -> (Option<Erased>, bool) {
        table(|table| match table.entry(self) {
            Some(entry) => (entry.gradient.take(), entry.cut),
            None => (None, false),
        })
    }

    /// Notes that a tensor was made of it, through which no gradient flows.
    pub(crate) fn cut(self) {
        table(|table| {
            if let Some(entry) = table.entry(self) {
                entry.cut = true;
            }
        });
    }

    /// Whether a tensor was made of it.
    pub(crate) fn is_cut(self) -> bool {
        table(|table| table.entry(self).is_some_and(|entry| entry.cut))
    }

    /// Puts a gradient where none has arrived; gives both to the caller, who merges them, where one has.
    #[inline]
    pub(crate) fn add_gradient<E: Real>(self, gradient: Buf<E>) -> Option<(Buf<E>, Buf<E>)> {
        let (there, gradient) = self.put_first(Erased::new(gradient))?;
        there.into().zip(gradient.into())
    }

    fn put_first(self, gradient: Erased) -> Option<(Erased, Erased)> {
        // Let go behind the table's borrow where there is no place for it.
        let mut gradient = Some(gradient);
        table(|table| {
            let entry = table.entry(self)?;
            match entry.gradient.take() {
                Some(there) => Some(there).zip(gradient.take()),
                None => {
                    entry.gradient = gradient.take();
                    None
                }
            }
        })
    }

    /// Puts a gradient in place of what has arrived: for statistics, the value that a step leaves.
    #[inline]
    pub(crate) fn put_gradient<E: Real>(self, gradient: Buf<E>) {
        self.put(Erased::new(gradient));
    }

    fn put(self, gradient: Erased) {
        // What stood there is let go behind the table's borrow, for that may run code of its owner; so is a gradient
        // that there is no place for.
        let mut gradient = Some(gradient);
        table(|table| {
            if let Some(entry) = table.entry(self) {
                std::mem::swap(&mut entry.gradient, &mut gradient);
            }
        });
    }
}

fn insert(value: Held) -> Key {
    table(|table| table.insert(value))
}

/// Never unwinds, by its kind of call: see how a buffer is let go.
extern "C" fn remove(key: Key) {
    drop(table(|table| table.remove(key)));
}

#[cold]
#[track_caller]
fn gone() -> ! {
    raise(Error::Escaped { what: "a model parameter or shared value", place: "outside of the call that made it" })
}

/// Keeps a value in the table; dropping it frees the value, its gradient and invalidates every key.
pub(crate) struct Owner<E> {
    key: Key,
    elem: PhantomData<E>,
}

impl<E: Real> Owner<E> {
    /// Stores a value.
    #[inline]
    pub(crate) fn new(value: Buf<E>) -> Self {
        Owner { key: insert(Held::Own(Erased::new(value))), elem: PhantomData }
    }

    /// The key to it.
    #[inline]
    pub(crate) fn key(&self) -> Key {
        self.key
    }
}

impl<E> Drop for Owner<E> {
    #[inline]
    fn drop(&mut self) {
        remove(self.key);
    }
}

/// Shows the values of a whole model under keys for one call; dropping it makes the keys invalid and ends the call's
/// level.
pub(crate) struct Borrowed<'m> {
    keys: Vec<Key>,
    model: PhantomData<&'m Erased>,
}

impl<'m> Borrowed<'m> {
    /// Runs `call` with a list to put values on. The list cannot leave, so that it is dropped before the model is free.
    #[inline]
    pub(crate) fn during<T>(call: impl FnOnce(&mut Self) -> T) -> T {
        call(&mut Self::open())
    }

    fn open() -> Self {
        let keys = table(|table| table.spare.pop()).unwrap_or_default();
        LEVEL.set(LEVEL.get() + 1);
        Borrowed { keys, model: PhantomData }
    }

    /// One more value.
    #[inline]
    pub(crate) fn show<E: Real>(&mut self, value: &'m Buf<E>) -> Key {
        // SAFETY: `value` is borrowed until this list is dropped, which takes the key out of the table. Whoever reads
        // it in between gets a counted handle.
        let lent = unsafe { Erased::lent(value) };
        let key = insert(Held::Lent(lent));
        self.keys.push(key);
        key
    }

    /// The keys in the order in which the values were shown.
    pub(crate) fn keys(&self) -> &[Key] {
        &self.keys
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        LEVEL.set(LEVEL.get() - 1);
        let mut keys = std::mem::take(&mut self.keys);
        let mut left = Vec::new();
        table(|table| {
            // The values are lent, their model holds them; gradients that nobody took are let go below.
            left.extend(keys.drain(..).filter_map(|key| table.remove(key)?.1));
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
        assert_eq!(key.value::<f32>().host(), [1.0, 2.0]);
        key.put_gradient(Buf::from_slice(&[3.0f32]));
        assert_eq!(key.take_gradient::<f32>().unwrap().host(), [3.0]);
        drop(owner);
        let next = Owner::new(Buf::from_slice(&[5.0f32]));
        assert_ne!(next.key(), key, "the slot is used again under another generation");
        assert!(std::panic::catch_unwind(|| key.value::<f32>()).is_err());
    }

    /// Gradients add up: the second one and the first go to the caller. Of statistics the last one stays.
    #[test]
    fn what_arrives_twice_is_merged_or_replaced() {
        let owner = Owner::new(Buf::from_slice(&[0.0f32]));
        let key = owner.key();
        assert!(key.add_gradient(Buf::from_slice(&[1.0f32])).is_none());
        let (there, new) = key.add_gradient(Buf::from_slice(&[2.0f32])).expect("both");
        assert_eq!((there.host(), new.host(), key.gradient::<f32>().is_none()), (&[1.0][..], &[2.0][..], true));
        for value in [3.0, 4.0, 5.0] {
            key.put_gradient(Buf::from_slice(&[value]));
            assert_eq!(key.gradient::<f32>().expect("the last one").host(), [value]);
        }
        assert_eq!(key.take_gradient::<f32>().expect("it stays until it is taken").host(), [5.0]);
        assert!(key.take_gradient::<f32>().is_none());
    }

    /// Uses the table when it is let go, as a device's memory may that evaluates something by then.
    struct Uses;
    impl Drop for Uses {
        fn drop(&mut self) {
            let owner = Owner::new(Buf::from_slice(&[1.0f32]));
            assert_eq!(owner.key().value::<f32>().host(), [1.0]);
        }
    }

    #[test]
    fn owners_of_gradients_may_use_the_table_when_they_are_let_go() {
        static ONE: f32 = 1.0;
        // SAFETY: a static is there for ever, and nobody writes to it.
        let opaque = || unsafe { Buf::opaque(std::ptr::NonNull::from(&ONE), 1, Box::new(Uses)) };
        let owner = Owner::new(Buf::from_slice(&[0.0f32]));
        let key = owner.key();
        (0..3).for_each(|_| key.put_gradient(opaque()));
        drop(owner);
        key.put_gradient(opaque());
        assert!(key.add_gradient(opaque()).is_none());
    }
}
