//! Reference-counted, pooled, 64-byte aligned memory: after the first training step nothing is allocated.
//!
//! Apart from the devices because every device hands out the same handle [`Buf`]; only its release function differs.
//! A page fault costs more than the arithmetic on the page, so freed blocks are kept by size class for the thread.
#![allow(unsafe_code)]

mod bytes;
mod lent;

pub(crate) use bytes::show_bytes;

use crate::dtype::Elem;
use crate::error::{Error, raise};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes before the data: one cache line, so the data keeps the alignment.
const HEAD: usize = 64;
/// What a thread keeps at most in its pool; a block that would exceed it goes back to the system.
const POOL_BYTES: usize = 2 << 30;
/// Size classes: eight per power of two, so at most an eighth of a block is unused.
const CLASSES: usize = 8 * 60;

#[repr(C, align(64))]
struct Head {
    references: AtomicUsize,
    len: usize,
    class: usize,
    bytes: usize,
    /// Where the elements begin: after the head, unless they are lent.
    data: NonNull<u8>,
}

#[derive(Default)]
struct Pool {
    free: Vec<Vec<NonNull<Head>>>,
    bytes: usize,
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Pool {
    fn clear(&mut self) {
        for head in self.free.iter_mut().flat_map(|list| list.drain(..)) {
            // SAFETY: the list holds the only pointer to each of its blocks.
            unsafe { give_back(head) }
        }
        self.bytes = 0;
    }
}

thread_local! {
    static POOL: RefCell<Pool> = RefCell::default();
}

/// `CONGRUENT_POOL=off` makes every buffer an exact allocation of its own, for memory checkers.
fn pooling() -> bool {
    static ON: OnceLock<bool> = OnceLock::new();
    *ON.get_or_init(|| std::env::var_os("CONGRUENT_POOL").is_none_or(|v| v != "off"))
}

/// The class of a request of at most `isize::MAX` bytes, and the bytes that every block of the class has.
fn class(bytes: usize) -> (usize, usize) {
    let lines = bytes.div_ceil(HEAD).max(1);
    if lines <= 8 {
        return (lines - 1, lines * HEAD);
    }
    let shift = (usize::BITS - 1 - (lines - 1).leading_zeros()) as usize - 3;
    let eighths = (lines - 1) >> shift; // 8..=15
    (8 * shift + eighths, (eighths + 1) << shift << 6)
}

/// The block of so many bytes behind a head; `None` where that is more than `isize::MAX`.
fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.checked_add(HEAD)?, HEAD).ok()
}

/// A block of its own; `None` where the system has no room for it.
fn fresh(bytes: usize, class: usize) -> Option<NonNull<Head>> {
    let layout = layout(bytes)?;
    // SAFETY: the layout is not empty; zeroed memory is valid for every element type.
    let ask = || NonNull::new(unsafe { alloc_zeroed(layout) }.cast::<Head>());
    let head = ask().or_else(|| {
        empty_cache();
        ask()
    })?;
    // SAFETY: the block is ours alone and large enough for a head.
    unsafe {
        let data = head.add(1).cast();
        head.write(Head { references: AtomicUsize::new(1), len: 0, class, bytes, data });
    }
    Some(head)
}

/// # Safety
/// `head` came from [`fresh`] and nothing else points to it.
unsafe fn give_back(head: NonNull<Head>) {
    // SAFETY: by the contract the block is valid, and was allocated with this very layout.
    unsafe {
        let layout = layout(head.as_ref().bytes).expect("it had this layout when it was allocated");
        dealloc(head.as_ptr().cast(), layout);
    }
}

/// A block with room for so many bytes from the pool, or a fresh one.
fn recycled(bytes: usize) -> Option<NonNull<Head>> {
    let (class, size) = class(bytes);
    let hit = POOL.with_borrow_mut(|pool| {
        let head = pool.free.get_mut(class)?.pop()?;
        pool.bytes -= size;
        Some(head)
    });
    match hit {
        Some(mut head) => {
            // SAFETY: the pool held the only pointer to it.
            *unsafe { head.as_mut() }.references.get_mut() = 1;
            Some(head)
        }
        None => fresh(size, class),
    }
}

/// Frees what this thread's pool keeps for reuse; live tensors are untouched.
pub fn empty_cache() {
    POOL.with_borrow_mut(Pool::clear);
}

/// Bytes that this thread's pool keeps for reuse.
pub fn cached_bytes() -> usize {
    POOL.with_borrow(|pool| pool.bytes)
}

/// A shared handle to `len` elements: cloning counts references, the last drop gives the block to the pool.
pub struct Buf<E> {
    head: NonNull<Head>,
    elem: PhantomData<E>,
}

// SAFETY: the counter is atomic, elements are plain values, and mutation demands a unique handle.
unsafe impl<E: Elem> Send for Buf<E> {}
// SAFETY: as above; shared handles only read.
unsafe impl<E: Elem> Sync for Buf<E> {}

impl<E: Elem> Buf<E> {
    /// Memory with unspecified contents. More than the system gives raises [`Error::TooLarge`]: every tensor comes from
    /// here, so this is where its size is checked.
    ///
    /// # Safety
    /// Every element is written before it is read (a recycled block may hold bits that are no valid `bool`).
    pub(crate) unsafe fn unwritten(len: usize) -> Self {
        let bytes = len.checked_mul(size_of::<E>()).filter(|&bytes| bytes <= isize::MAX as usize);
        let head = bytes.and_then(|bytes| if pooling() { recycled(bytes) } else { fresh(bytes, CLASSES) });
        let Some(head) = head else { raise(Error::no_room::<E>(len)) };
        // SAFETY: the block is ours alone until the handle is returned.
        unsafe {
            (*head.as_ptr()).len = len;
            if cfg!(debug_assertions) {
                // NaN in every float, so that a read before the first write does not go unnoticed in tests.
                std::ptr::write_bytes(head.as_ptr().add(1).cast::<u8>(), 0xFF, len * size_of::<E>());
            }
        }
        Buf { head, elem: PhantomData }
    }

    /// `len` zeros (`false` for `bool`).
    pub fn zeros(len: usize) -> Self {
        // SAFETY: written in full here; all-zero bytes are a valid value of every element type.
        unsafe {
            let buf = Self::unwritten(len);
            std::ptr::write_bytes(buf.as_mut_ptr(), 0, len);
            buf
        }
    }

    /// `len` times `value`.
    pub fn filled(len: usize, value: E) -> Self {
        Self::from_fn(len, |_| value)
    }

    /// A copy of `values`.
    pub fn from_slice(values: &[E]) -> Self {
        // SAFETY: written in full here; both sides hold `len` elements and do not overlap.
        unsafe {
            let buf = Self::unwritten(values.len());
            std::ptr::copy_nonoverlapping(values.as_ptr(), buf.as_mut_ptr(), values.len());
            buf
        }
    }

    /// Element `i` is `f(i)`, called in order.
    pub fn from_fn(len: usize, mut f: impl FnMut(usize) -> E) -> Self {
        // SAFETY: written in full here; if `f` panics the block is dropped unread.
        unsafe {
            let buf = Self::unwritten(len);
            for i in 0..len {
                buf.as_mut_ptr().add(i).write(f(i));
            }
            buf
        }
    }

    /// The number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        // SAFETY: the head is valid as long as a handle lives.
        unsafe { self.head.as_ref().len }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the elements begin.
    #[inline]
    pub fn as_ptr(&self) -> *const E {
        self.as_mut_ptr()
    }

    #[inline]
    pub(crate) fn as_mut_ptr(&self) -> *mut E {
        // SAFETY: the head is valid as long as a handle lives.
        unsafe { self.head.as_ref() }.data.as_ptr().cast()
    }

    #[inline]
    fn class(&self) -> usize {
        // SAFETY: the head is valid as long as a handle lives.
        unsafe { self.head.as_ref().class }
    }

    /// Whether this handle is the only one, and may write.
    #[inline]
    pub fn is_unique(&self) -> bool {
        // SAFETY: the head is valid as long as a handle lives.
        let references = unsafe { &self.head.as_ref().references };
        references.load(Ordering::Acquire) == 1 && lent::is_writable(self.class())
    }

    /// The elements for writing; copies them first when another handle shares them.
    pub fn make_mut(&mut self) -> &mut [E] {
        if !self.is_unique() {
            *self = Self::from_slice(self);
        }
        // SAFETY: the handle is unique, and borrowed mutably for as long as the slice lives.
        unsafe { std::slice::from_raw_parts_mut(self.as_mut_ptr(), self.len()) }
    }
}

impl<E: Elem> Deref for Buf<E> {
    type Target = [E];

    #[inline]
    fn deref(&self) -> &[E] {
        // SAFETY: all elements were written when the buffer was made; writers hold the only handle.
        unsafe { std::slice::from_raw_parts(self.as_ptr(), self.len()) }
    }
}

impl<E> Clone for Buf<E> {
    #[inline]
    fn clone(&self) -> Self {
        // SAFETY: the head is valid as long as a handle lives.
        unsafe { self.head.as_ref() }.references.fetch_add(1, Ordering::Relaxed);
        Buf { head: self.head, elem: PhantomData }
    }
}

impl<E> Drop for Buf<E> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the head is valid as long as a handle lives.
        let references = unsafe { &self.head.as_ref().references };
        // The only handle cannot be cloned by anybody else, so a plain read saves the dearer subtraction.
        if references.load(Ordering::Acquire) == 1 || references.fetch_sub(1, Ordering::AcqRel) == 1 {
            release(self.head);
        }
    }
}

impl<E: Elem> std::fmt::Debug for Buf<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

fn release(head: NonNull<Head>) {
    // SAFETY: the last handle is gone, the block is ours alone.
    let (class, bytes) = unsafe { (head.as_ref().class, head.as_ref().bytes) };
    let kept = class < CLASSES
        && POOL.try_with(|pool| {
            let pool = &mut *pool.borrow_mut();
            if pool.bytes + bytes > POOL_BYTES {
                return false;
            }
            if pool.free.len() <= class {
                pool.free.resize_with(class + 1, Vec::new);
            }
            pool.free[class].push(head);
            pool.bytes += bytes;
            true
        }) == Ok(true);
    if !kept {
        // SAFETY: it was not put into the pool, so this is the only pointer.
        unsafe { if lent::is_lent(class) { lent::give_back(head) } else { give_back(head) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_holds_what_is_asked_and_wastes_little() {
        let large = [1 << 20, (1 << 20) + 1, 123_456_789, 1 << 60, isize::MAX as usize - 1, isize::MAX as usize];
        for bytes in (1..5000).chain(large) {
            let (index, size) = class(bytes);
            assert!(size >= bytes && index < CLASSES, "{bytes}");
            assert!(size <= bytes + bytes / 8 + 64, "{bytes} -> {size}");
            assert_eq!(class(size), (index, size), "a full block maps to its own class");
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        fn refused<E: Elem + PartialEq>(value: E) {
            for len in [1 << 61, (1 << 62) - 1, 1 << 62, 1 << 63, usize::MAX / 2, usize::MAX - 1, usize::MAX] {
                let large = |error: Result<Buf<E>, Error>| matches!(error, Err(Error::TooLarge { .. }));
                assert!(large(crate::attempt(|| Buf::zeros(len))), "{len} zeros of {}", E::NAME);
                assert!(large(crate::attempt(|| Buf::filled(len, value))), "{len} of {}", E::NAME);
            }
        }
        refused(true);
        refused(1u8);
        refused(half::f16::ONE);
        refused(1.0f32);
        refused(1i64);
        refused(1.0f64);
    }

    #[test]
    fn freed_blocks_are_used_again() {
        let first = Buf::<f32>::zeros(1000);
        let place = first.as_ptr();
        drop(first);
        assert!(!pooling() || Buf::<f32>::zeros(1000).as_ptr() == place);
    }

    #[test]
    fn writing_to_a_shared_buffer_copies() {
        let mut a = Buf::from_slice(&[1.0f64, 2.0]);
        let b = a.clone();
        a.make_mut()[0] = 9.0;
        assert_eq!((&*a, &*b), (&[9.0, 2.0][..], &[1.0, 2.0][..]));
    }

    #[test]
    fn empty_buffers_work() {
        let empty = Buf::<i64>::zeros(0);
        assert!(empty.is_empty() && !empty.clone().is_unique());
    }
}
