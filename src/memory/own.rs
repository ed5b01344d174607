//! What each thread keeps for itself: small blocks, reached without a lock.
//!
//! Apart from what is shared because who frees and who allocates need not be one thread: what a thread keeps is bounded
//! by a few MiB, and goes to where all threads look for it when that is too little.
#![allow(unsafe_code, reason = "free blocks are pointers that nobody else has")]

use super::block::{Head, class};
use super::common::{COMMON, EMPTIED, locked, reserve, unreserve};
use super::shelf::Shelf;
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What a thread keeps at most for itself.
const OWN_BYTES: usize = 4 << 20;
/// The largest block that a thread keeps for itself.
const OWN_LARGEST: usize = 256 << 10;
/// A thread reserves room for what it keeps in steps of this, so that it rarely asks the common count.
const STEP: usize = 256 << 10;

/// The size classes that a thread keeps for itself.
pub(super) const OWN_CLASSES: usize = class(OWN_LARGEST).0 + 1;

/// All threads' accounts, and those of threads that have ended, which the next ones get.
static ACCOUNTS: Mutex<[Vec<&'static Account>; 2]> = Mutex::new([Vec::new(), Vec::new()]);

/// The bytes of one thread, which alone changes them; others look.
struct Account {
    reserved: AtomicUsize,
    /// What is reserved and not used.
    room: AtomicUsize,
}

impl Account {
    const fn new() -> Self {
        Account { reserved: AtomicUsize::new(0), room: AtomicUsize::new(0) }
    }

    fn kept(&self) -> usize {
        self.reserved.load(Relaxed).saturating_sub(self.room.load(Relaxed))
    }

    fn set(&self, reserved: usize, room: usize) {
        self.reserved.store(reserved, Relaxed);
        self.room.store(room, Relaxed);
    }
}

/// The account of threads that keep nothing: those that have not begun to, and those that are at their end.
static NOTHING: Account = Account::new();

/// What one thread keeps. Without a destructor, so that it is there as long as the thread is and reaching it costs no
/// question; a [`Keeper`] empties it.
struct Own {
    shelf: Shelf<OWN_CLASSES>,
    emptied: Cell<usize>,
    account: Cell<&'static Account>,
}

/// Who has an account for a thread, until the thread ends.
struct Keeper(&'static Account);

thread_local! {
    static OWN: Own = const { Own { shelf: Shelf::new(), emptied: Cell::new(0), account: Cell::new(&NOTHING) } };
    static KEEPER: Keeper = Keeper::new();
}

impl Keeper {
    fn new() -> Self {
        let [all, idle] = &mut *locked(&ACCOUNTS);
        Keeper(idle.pop().unwrap_or_else(|| {
            let account = Box::leak(Box::new(Account::new()));
            all.push(account);
            account
        }))
    }
}

/// A thread that ends gives its small blocks back to the system.
impl Drop for Keeper {
    fn drop(&mut self) {
        OWN.with(|own| {
            own.clear();
            own.account.set(&NOTHING);
        });
        locked(&ACCOUNTS)[1].push(self.0);
    }
}

impl Own {
    /// Whether there was room for the block, of what is reserved.
    ///
    /// # Safety
    /// As for [`Shelf::put`].
    #[cfg_attr(optimised, inline(always))]
    unsafe fn put(&self, block: NonNull<Head>, class: usize, bytes: usize) -> bool {
        let room = &self.account.get().room;
        let Some(rest) = room.load(Relaxed).checked_sub(bytes) else { return false };
        room.store(rest, Relaxed);
        // SAFETY: the caller's contract.
        unsafe { self.shelf.put(block, class) }
        true
    }

    /// A block for so many bytes, unless what is kept here was asked for: see [`settle`].
    #[cfg_attr(optimised, inline(always))]
    fn take(&self, bytes: usize) -> Option<NonNull<Head>> {
        if self.emptied.get() != EMPTIED.load(Relaxed) {
            return None;
        }
        // What no thread keeps is of a class that is not on the shelf.
        let (class, size) = class(bytes);
        let block = self.shelf.take(class)?;
        let room = &self.account.get().room;
        room.store(room.load(Relaxed) + size, Relaxed);
        Some(block)
    }

    /// Room for one more block: by reserving it, or, where there is enough already, by handing all that is here to the
    /// other threads: one that only frees gives back to one that only allocates.
    fn make_room(&self, bytes: usize) -> bool {
        let Ok(account) = KEEPER.try_with(|keeper| keeper.0) else { return false };
        self.account.set(account);
        if account.reserved.load(Relaxed) >= OWN_BYTES {
            unreserve(account.room.load(Relaxed));
            let mut common = locked(&COMMON);
            self.shelf.empty(|block, class| {
                // SAFETY: the block was on this shelf alone, so nothing else points to it.
                unsafe { common.put(block, class, block.as_ref().bytes) }
            });
            account.set(0, 0);
        }
        let more = bytes.next_multiple_of(STEP);
        let fits = reserve(more);
        if fits {
            account.set(account.reserved.load(Relaxed) + more, account.room.load(Relaxed) + more);
        }
        fits
    }

    fn clear(&self) {
        self.shelf.clear();
        let account = self.account.get();
        unreserve(account.reserved.load(Relaxed));
        account.set(0, 0);
        self.emptied.set(EMPTIED.load(Relaxed));
    }
}

/// A block of this thread, unless all threads were asked to let go of what they keep: see [`settle`].
#[cfg_attr(optimised, inline(always))]
pub(super) fn take(bytes: usize) -> Option<NonNull<Head>> {
    OWN.with(|own| own.take(bytes))
}

/// Lets go of what is kept, if all threads were asked to since this one last did.
pub(super) fn settle() {
    OWN.with(|own| {
        if own.emptied.get() != EMPTIED.load(Relaxed) {
            own.clear();
        }
    });
}

/// Keeps a block for this thread; whether there was room of what is reserved: see [`make_room`].
///
/// # Safety
/// Nothing else points to the block, which is of that class.
#[cfg_attr(optimised, inline(always))]
pub(super) unsafe fn put(block: NonNull<Head>, class: usize, bytes: usize) -> bool {
    // SAFETY: the caller's contract.
    OWN.with(|own| unsafe { own.put(block, class, bytes) })
}

/// Reserves room for a block of so many bytes; whether there is some.
pub(super) fn make_room(bytes: usize) -> bool {
    OWN.with(|own| own.make_room(bytes))
}

/// Gives this thread's blocks back to the system.
pub(super) fn clear() {
    OWN.with(Own::clear);
}

/// The bytes that threads keep for themselves.
pub(super) fn kept() -> usize {
    locked(&ACCOUNTS)[0].iter().map(|account| account.kept()).sum()
}
