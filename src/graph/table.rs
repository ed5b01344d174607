//! Values and gradients of the parameters and shared tensors that live on a thread, behind copyable keys.
//!
//! Apart from the leaves because keys are what makes model handles `Copy` and free of lifetimes: a key that outlives
//! its owner is recognised by its generation.
#![allow(unsafe_code, reason = "values are lent to the table without being counted, and it is reached by address")]

use crate::device::Buf;
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::memory::Erased;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::num::NonZeroU64;

thread_local! {
    /// Without a destructor, so that it is there until the last of the thread's destructors, which may train, too, and
    /// reaching it costs no question; a [`Keeper`] empties it.
    static TABLE: ManuallyDrop<RefCell<Table>> = const { ManuallyDrop::new(RefCell::new(Table::new(GENERATION))) };
    static KEEPER: Keeper = const { Keeper };
}

/// One generation, as it is counted in a [`Key`].
const GENERATION: NonZeroU64 = NonZeroU64::new(1 << 32).expect("one");
/// The first generation after the end of the thread: keys from before find nothing then, nor the other way round.
const LATE: NonZeroU64 = NonZeroU64::new(1 << 63 | 1 << 32).expect("not zero");
/// What is 0 in the first generation after the last of those before the end, and of those after it.
const GENERATIONS: u64 = !(1 << 63) & !(u32::MAX as u64);

/// All owned values on one thread.
struct Table {
    entries: Vec<Entry>,
    free: Vec<u32>,
    /// Lists that earlier calls left, so that the next one allocates nothing.
    spare: Vec<Vec<Key>>,
    /// How many calls that show a model are running inside one another on this thread.
    level: u32,
    /// The generation of new places.
    first: NonZeroU64,
}

struct Entry {
    /// Nothing, or a handle that is counted, unless it is `lent`.
    value: Option<ManuallyDrop<Erased>>,
    gradient: Option<Erased>,
    /// The key that finds it.
    key: Key,
    /// Inside of how many calls that show a model it was made.
    level: u32,
    /// Whether the value is not counted: its model is borrowed for as long as it stands here.
    lent: bool,
    /// Whether it became a tensor by [`eval`](crate::ops::Evaluate::eval), or something that was made of it.
    cut: bool,
    /// Whether new uses of it are refused.
    closed: bool,
}

impl Entry {
    /// Takes the value, where it is counted here.
    #[inline]
    fn take_own(&mut self) -> Option<Erased> {
        self.value.take().filter(|_| !self.lent).map(ManuallyDrop::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        drop(self.take_own());
    }
}

impl Table {
    const fn new(first: NonZeroU64) -> Self {
        Table { entries: Vec::new(), free: Vec::new(), spare: Vec::new(), level: 0, first }
    }

    #[inline]
    fn insert(&mut self, value: ManuallyDrop<Erased>, lent: bool) -> Key {
        let slot = self.free.pop().unwrap_or_else(|| self.grow());
        let entry = &mut self.entries[slot as usize];
        (entry.value, entry.level, entry.lent) = (Some(value), self.level, lent);
        entry.key
    }

    /// One more place.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> u32 {
        // Fails at the end of the thread, when what was here before is gone.
        let _ = KEEPER.try_with(|_| ());
        let slot = u32::try_from(self.entries.len()).expect("so many values do not fit the memory");
        let key = Key { place: self.first | u64::from(slot), thread: PhantomData };
        self.entries.push(Entry { value: None, gradient: None, key, level: 0, lent: false, cut: false, closed: false });
        slot
    }

    /// Takes what stands there, the value if it is counted here, and the gradient. The caller lets both go when the
    /// table is free, for that may run code of their owners.
    #[cfg_attr(optimised, inline(always))]
    fn remove(&mut self, key: Key) -> (Option<Erased>, Option<Erased>) {
        // There is none where the thread is at its end and has dropped the key's place.
        let Some(entry) = self.entry(key) else { return (None, None) };
        (entry.cut, entry.closed) = (false, false);
        let held = (entry.take_own(), entry.gradient.take());
        // A place is left alone once its generations are used up: an old key must not find a new value.
        if let Some(place) = key.place.checked_add(GENERATION.get()).filter(|place| place.get() & GENERATIONS != 0) {
            entry.key.place = place;
            self.free.push(key.slot());
        }
        held
    }

    #[cfg_attr(optimised, inline(always))]
    fn entry(&mut self, key: Key) -> Option<&mut Entry> {
        self.entries.get_mut(key.slot() as usize).filter(|entry| entry.key == key)
    }
}

/// Lets go of what a thread has left in its table when it ends.
struct Keeper;

impl Drop for Keeper {
    fn drop(&mut self) {
        // Behind the table's borrow, for that may run code of owners.
        drop(table(|table| std::mem::replace(table, Table { level: table.level, ..Table::new(LATE) })));
    }
}

/// Looks into the thread's table. What calls this is no generic function, so that it is compiled in this crate alone.
#[cfg_attr(optimised, inline(always))]
fn table<T>(f: impl FnOnce(&mut Table) -> T) -> T {
    // SAFETY: it has no destructor, and is there as long as its thread, on which this runs. Handed out by its address,
    // because `with` is else called through pointers.
    let table = unsafe { &*TABLE.with(std::ptr::from_ref) };
    f(&mut table.borrow_mut())
}

/// Finds a value on its own thread: `Copy`, without lifetime, checked when used. One word, for it is carried along by
/// every node above it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// The number of the place, and above it the generation of what stands there.
    place: NonZeroU64,
    thread: PhantomData<*const ()>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let generation = self.place.get() >> 32;
        f.debug_struct("Key").field("slot", &self.slot()).field("generation", &generation).finish()
    }
}

/// How many calls stand around a piece of code.
#[derive(Clone, Copy)]
pub(crate) struct Level(u32);

impl Level {
    /// Outside of all calls.
    pub(crate) const NONE: Self = Level(0);

    /// Here.
    pub(crate) fn here() -> Self {
        Level(table(|table| table.level))
    }
}

impl Key {
    #[cfg_attr(optimised, inline(always))]
    fn slot(self) -> u32 {
        self.place.get() as u32
    }

    /// The value. Raises where the owner is gone: a handle was carried out of the closure that it belongs to.
    #[inline(never)]
    #[track_caller]
    pub(crate) fn value<E: Real>(self) -> Buf<E> {
        self.erased_value().and_then(Erased::into).unwrap_or_else(|| gone())
    }

    fn erased_value(self) -> Option<Erased> {
        table(|table| table.entry(self).filter(|entry| !entry.closed)?.value.as_deref().cloned())
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
        self.exchange(None, false).and_then(Erased::into)
    }

    /// Takes the gradient that has arrived so far, if the value belongs to the innermost call that is running. To a
    /// call inside of its own it is a constant.
    #[inline]
    pub(crate) fn take_varying<E: Real>(self) -> Option<Buf<E>> {
        self.exchange(None, true).and_then(Erased::into)
    }

    /// Puts a gradient where none has arrived, if the value belongs to the innermost call that is running; gives both
    /// to the caller, who merges them, where one has.
    #[inline]
    pub(crate) fn add_gradient<E: Real>(self, gradient: Buf<E>) -> Option<(Buf<E>, Buf<E>)> {
        let there = self.exchange(Some(Erased::new(gradient)), true)?;
        there.into().zip(self.take_gradient())
    }

    /// Puts a gradient in place of what has arrived: for statistics, the value that a step leaves.
    #[inline]
    pub(crate) fn put_gradient<E: Real>(self, gradient: Buf<E>) {
        drop(self.exchange(Some(Erased::new(gradient)), false));
    }

    /// Puts a gradient, or none, in place of what has arrived, which the caller gets: nothing is let go inside of the
    /// table's borrow, for that may run code of its owner. `varying`: only where the value belongs to the innermost
    /// call that is running.
    fn exchange(self, gradient: Option<Erased>, varying: bool) -> Option<Erased> {
        let (there, refused) = table(|table| {
            let level = if varying { table.level } else { 0 };
            match table.entry(self).filter(|entry| entry.level >= level) {
                Some(entry) => (std::mem::replace(&mut entry.gradient, gradient), None),
                None => (None, gradient),
            }
        });
        drop(refused);
        there
    }

    /// Notes that a tensor was made of it, through which no gradient flows.
    pub(crate) fn cut(self) {
        table(|table| {
            if let Some(entry) = table.entry(self) {
                entry.cut = true;
            }
        });
    }

    /// Raises where the owner is gone.
    #[inline(never)]
    pub(crate) fn expect_owner(self) {
        if table(|table| table.entry(self).is_none()) {
            gone();
        }
    }

    /// Gives the value to the call of this level: to those inside of it, it is a constant.
    pub(crate) fn belong_to(self, level: Level) {
        table(|table| {
            if let Some(entry) = table.entry(self) {
                entry.level = level.0;
            }
        });
    }

    /// Refuses new uses, whose gradient would come when the value's own backward is over; those that are go on.
    pub(crate) fn close(self) {
        table(|table| {
            if let Some(entry) = table.entry(self) {
                entry.closed = true;
            }
        });
    }

    /// Whether a tensor was made of it.
    pub(crate) fn is_cut(self) -> bool {
        table(|table| table.entry(self).is_some_and(|entry| entry.cut))
    }
}

fn insert(value: ManuallyDrop<Erased>, lent: bool) -> Key {
    table(|table| table.insert(value, lent))
}

/// Never unwinds, by its kind of call: see how a buffer is let go.
extern "C" fn remove(place: NonZeroU64) {
    drop(table(|table| table.remove(Key { place, thread: PhantomData })));
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
        Owner { key: insert(ManuallyDrop::new(Erased::new(value)), false), elem: PhantomData }
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
        remove(self.key.place);
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
        let keys = table(|table| {
            table.level += 1;
            table.spare.pop()
        });
        Borrowed { keys: keys.unwrap_or_default(), model: PhantomData }
    }

    /// One more value.
    #[inline]
    pub(crate) fn show<E: Real>(&mut self, value: &'m Buf<E>) -> Key {
        // SAFETY: `value` is borrowed until this list is dropped, which takes the key out of the table. Whoever reads
        // it in between gets a counted handle.
        let key = insert(unsafe { Erased::lent(value) }, true);
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
        let mut keys = std::mem::take(&mut self.keys);
        let mut left = Vec::new();
        table(|table| {
            table.level -= 1;
            for key in keys.drain(..) {
                // The values are lent, their model holds them; gradients that nobody took are let go below.
                if let (_, Some(gradient)) = table.remove(key) {
                    left.push(gradient);
                }
            }
            table.spare.push(keys);
        });
    }
}
