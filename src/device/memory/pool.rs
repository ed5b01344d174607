//! Freed blocks that are kept for reuse: small ones by the thread that freed them, large ones by the process.
//!
//! Apart from the buffers because who frees and who allocates need not be one thread: what a thread keeps is bounded by
//! a few MiB, everything else goes to where all threads look for it, and all of it together is bounded by one number.
//! A small block costs no lock; a lock costs nothing beside the pages of a large one.
#![allow(unsafe_code, reason = "free blocks are pointers that nobody else has")]

use super::block::{Head, class, fresh, give_back};
use std::cell::RefCell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// What the process keeps at most, unless `CONGRUENT_POOL` gives another number.
const POOL_BYTES: usize = 2 << 30;
/// What a thread keeps at most for itself.
const OWN_BYTES: usize = 4 << 20;
/// The largest block that a thread keeps for itself.
const OWN_LARGEST: usize = 256 << 10;
/// A thread reserves room for what it keeps in steps of this, so that it rarely asks the common count.
const STEP: usize = 256 << 10;

/// A block that nobody else points to.
struct Free(NonNull<Head>);

// SAFETY: the block is reached through this pointer alone.
unsafe impl Send for Free {}

/// Free blocks by size class.
#[derive(Default)]
struct Shelf {
    lists: Vec<Vec<Free>>,
    bytes: usize,
}

impl Shelf {
    #[inline]
    fn put(&mut self, block: Free, class: usize, bytes: usize) {
        if self.lists.len() <= class {
            self.lists.resize_with(class + 1, Vec::new);
        }
        self.lists[class].push(block);
        self.bytes += bytes;
    }

    #[inline]
    fn take(&mut self, class: usize, bytes: usize) -> Option<Free> {
        let block = self.lists.get_mut(class)?.pop()?;
        self.bytes -= bytes;
        Some(block)
    }

    fn put_all(&mut self, other: &mut Shelf) {
        if self.lists.len() < other.lists.len() {
            self.lists.resize_with(other.lists.len(), Vec::new);
        }
        self.lists.iter_mut().zip(&mut other.lists).for_each(|(list, other)| list.append(other));
        self.bytes += std::mem::take(&mut other.bytes);
    }

    fn clear(&mut self) {
        // SAFETY: the shelf holds the only pointer to each of its blocks.
        self.lists.iter_mut().flat_map(|list| list.drain(..)).for_each(|block| unsafe { give_back(block.0) });
        self.bytes = 0;
    }
}

/// Bytes that are kept or reserved for what is; never above [`bound`].
static RESERVED: AtomicUsize = AtomicUsize::new(0);
/// How often all threads were asked to let go of what they keep.
static EMPTIED: AtomicUsize = AtomicUsize::new(0);
/// Large blocks, and what threads have too much of.
static COMMON: Mutex<Shelf> = Mutex::new(Shelf { lists: Vec::new(), bytes: 0 });
/// What each thread keeps, as it says itself.
static THREADS: Mutex<Vec<Arc<AtomicUsize>>> = Mutex::new(Vec::new());

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is kept at most; 0 makes every buffer an exact allocation of its own, for memory checkers.
fn bound() -> usize {
    static BOUND: OnceLock<usize> = OnceLock::new();
    *BOUND.get_or_init(|| match std::env::var("CONGRUENT_POOL").as_deref() {
        Ok("off") => 0,
        Ok(bytes) => bytes.parse().unwrap_or(POOL_BYTES),
        Err(_) => POOL_BYTES,
    })
}

/// Whether blocks are kept.
pub(super) fn pooling() -> bool {
    bound() > 0
}

/// Counts `bytes` as kept, if they fit.
fn reserve(bytes: usize) -> bool {
    let fits = |kept: usize| kept.checked_add(bytes).filter(|&all| all <= bound());
    RESERVED.fetch_update(Relaxed, Relaxed, fits).is_ok()
}

fn unreserve(bytes: usize) {
    RESERVED.fetch_sub(bytes, Relaxed);
}

/// What one thread keeps.
struct Own {
    shelf: Shelf,
    reserved: usize,
    emptied: usize,
    told: Arc<AtomicUsize>,
}

thread_local! {
    static OWN: RefCell<Own> = RefCell::new(Own::new());
}

impl Own {
    fn new() -> Self {
        let told = Arc::new(AtomicUsize::new(0));
        locked(&THREADS).push(told.clone());
        Own { shelf: Shelf::default(), reserved: 0, emptied: EMPTIED.load(Relaxed), told }
    }

    #[inline]
    fn put(&mut self, head: NonNull<Head>, class: usize, bytes: usize) -> bool {
        if self.shelf.bytes + bytes > self.reserved && !self.make_room(bytes) {
            return false;
        }
        self.shelf.put(Free(head), class, bytes);
        self.tell();
        true
    }

    #[inline]
    fn take(&mut self, class: usize, bytes: usize) -> Option<NonNull<Head>> {
        if self.emptied != EMPTIED.load(Relaxed) {
            self.clear();
        }
        let block = self.shelf.take(class, bytes)?;
        self.tell();
        Some(block.0)
    }

    /// Room for one more block: by reserving it, or, where there is enough already, by handing all that is here to the
    /// other threads: one that only frees gives back to one that only allocates.
    #[cold]
    fn make_room(&mut self, bytes: usize) -> bool {
        if self.reserved >= OWN_BYTES {
            unreserve(std::mem::take(&mut self.reserved) - self.shelf.bytes);
            locked(&COMMON).put_all(&mut self.shelf);
        }
        let more = bytes.next_multiple_of(STEP);
        let fits = reserve(more);
        self.reserved += if fits { more } else { 0 };
        fits
    }

    fn clear(&mut self) {
        self.shelf.clear();
        unreserve(std::mem::take(&mut self.reserved));
        self.emptied = EMPTIED.load(Relaxed);
        self.tell();
    }

    #[inline]
    fn tell(&self) {
        self.told.store(self.shelf.bytes, Relaxed);
    }
}

/// A thread that ends gives its small blocks back to the system.
impl Drop for Own {
    fn drop(&mut self) {
        self.clear();
        locked(&THREADS).retain(|told| !Arc::ptr_eq(told, &self.told));
    }
}

/// A block for so many bytes, at most `isize::MAX`; `None` where the system has no room.
pub(super) fn block(bytes: usize) -> Option<NonNull<Head>> {
    let (class, size) = class(bytes);
    let own = |own: &RefCell<Own>| own.borrow_mut().take(class, size);
    let kept = match size <= OWN_LARGEST {
        true => OWN.try_with(own).ok().flatten(),
        false => None,
    };
    let kept = kept.or_else(|| taken(class, size));
    match kept {
        Some(mut head) => {
            // SAFETY: the pool held the only pointer to it.
            *unsafe { head.as_mut() }.references.get_mut() = 1;
            Some(head)
        }
        None => fresh(size, class).or_else(|| {
            empty_cache();
            fresh(size, class)
        }),
    }
}

/// A block that all threads share.
fn taken(class: usize, size: usize) -> Option<NonNull<Head>> {
    let mut common = locked(&COMMON);
    let block = common.take(class, size)?;
    drop(common);
    unreserve(size);
    Some(block.0)
}

/// Keeps a block for reuse, if there is room.
///
/// # Safety
/// The block is one of [`block`], and nothing else points to it.
pub(super) unsafe fn keep(head: NonNull<Head>, class: usize, bytes: usize) {
    let kept = if bytes <= OWN_LARGEST {
        OWN.try_with(|own| own.borrow_mut().put(head, class, bytes)).unwrap_or(false)
    } else if reserve(bytes) {
        locked(&COMMON).put(Free(head), class, bytes);
        true
    } else {
        false
    };
    if !kept {
        // SAFETY: the caller's contract.
        unsafe { give_back(head) }
    }
}

/// Frees the memory that is kept for reuse; live tensors are untouched.
///
/// What other threads keep for themselves, a few MiB each, goes when they next make a tensor or end.
pub fn empty_cache() {
    EMPTIED.fetch_add(1, Relaxed);
    let mut common = locked(&COMMON);
    let bytes = common.bytes;
    common.clear();
    drop(common);
    unreserve(bytes);
    let _ = OWN.try_with(|own| own.borrow_mut().clear()); // A thread at its end keeps nothing.
}

/// Bytes that the process keeps for reuse. At most 2 GiB, or what the environment variable `CONGRUENT_POOL` says: a
/// number of bytes, or `off` for none.
pub fn cached_bytes() -> usize {
    let own: usize = locked(&THREADS).iter().map(|told| told.load(Relaxed)).sum();
    locked(&COMMON).bytes + own
}
