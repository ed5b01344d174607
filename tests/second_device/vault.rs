//! A device whose memory the host does not read: its own blocks behind opaque handles, in as many vaults as there are
//! ordinals. What goes in and out is counted.
//!
//! Written as another crate would write it, by what is public. Its memory is the process's own, so that its fused loops
//! are those of the host; whatever else it is asked for goes through the host until it has something better, as for
//! updates, scaled copies and sums of gradients here.
#![allow(unsafe_code, reason = "a device hands out raw memory and vouches for it")]
#![allow(dead_code, reason = "each test uses a part of it")]

use congruent::device::{
    AttentionWork, Buf, CopyWork, Device, DrawWork, Family, Host, IndexWork, MatrixWork, OrderWork, RowWork, ScanWork,
    Storage, UpdateWork, WindowWork,
};
use congruent::dtype::{Numeric, Undefined};
use congruent::loops::{Body, Frame, Product, RowFold, RowInput, RowProgram, Rows, Update};
use congruent::prelude::*;
use std::alloc::{Layout, alloc_zeroed, handle_alloc_error};
use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// Vault number `ORDINAL`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Vault<const ORDINAL: usize>;

/// The vault that most tests use.
pub(crate) const VAULT: Vault<0> = Vault;

/// What this thread has carried in and out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Carried {
    /// How often, and how many elements, from the host.
    pub(crate) up: (usize, usize),
    /// How often, and how many elements, to the host.
    pub(crate) down: (usize, usize),
}

thread_local! {
    static CARRIED: Cell<Carried> = const { Cell::new(Carried { up: (0, 0), down: (0, 0) }) };
}

/// Runs something and says what was carried meanwhile.
pub(crate) fn carried<T>(run: impl FnOnce() -> T) -> (T, Carried) {
    CARRIED.set(Carried::default());
    let result = run();
    (result, CARRIED.get())
}

/// Free memory of all vaults: by vault and size. A map of places, not of pointers, so that threads share it.
static FREE: Mutex<BTreeMap<(usize, usize), Vec<usize>>> = Mutex::new(BTreeMap::new());
/// Blocks that are in use, by vault.
static USED: Mutex<BTreeMap<usize, usize>> = Mutex::new(BTreeMap::new());

/// A block of a vault, which goes back to it.
struct Block {
    vault: usize,
    start: NonNull<u8>,
    bytes: usize,
    /// Whether it is one number that came from the host and that nobody has written to since.
    known: AtomicBool,
}

// SAFETY: a block is memory and nothing else, and belongs to no thread.
unsafe impl Send for Block {}
// SAFETY: as above; handles that share it only read.
unsafe impl Sync for Block {}

impl Block {
    /// A block of 64 bytes or a multiple, aligned to 64 bytes; its contents are left over, or zeros.
    fn new(vault: usize, bytes: usize) -> Self {
        let bytes = bytes.next_multiple_of(64).max(64);
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        let found = free.entry((vault, bytes)).or_default().pop();
        drop(free);
        let start = match found {
            Some(place) => NonNull::new(std::ptr::with_exposed_provenance_mut(place)).expect("no block begins at 0"),
            None => {
                let layout = Layout::from_size_align(bytes, 64).expect("less than the address space");
                // SAFETY: the layout is not empty.
                NonNull::new(unsafe { alloc_zeroed(layout) }).unwrap_or_else(|| handle_alloc_error(layout))
            }
        };
        *USED.lock().unwrap_or_else(PoisonError::into_inner).entry(vault).or_default() += 1;
        Block { vault, start, bytes, known: AtomicBool::new(false) }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the block is ours alone. Bits that are neither zeros nor a number, so that late readers are found.
        unsafe { self.start.as_ptr().write_bytes(0xFF, self.bytes) }
        let place = self.start.as_ptr().expose_provenance();
        FREE.lock().unwrap_or_else(PoisonError::into_inner).entry((self.vault, self.bytes)).or_default().push(place);
        *USED.lock().unwrap_or_else(PoisonError::into_inner).entry(self.vault).or_default() -= 1;
    }
}

/// Blocks of a vault that are in use.
pub(crate) fn in_use(vault: usize) -> usize {
    USED.lock().unwrap_or_else(PoisonError::into_inner).get(&vault).copied().unwrap_or(0)
}

impl<const ORDINAL: usize> Vault<ORDINAL> {
    /// Memory for `len` elements, which `fill` writes before anybody else sees it.
    fn stored<E: Elem>(self, len: usize, fill: impl FnOnce(*mut E)) -> Buf<E> {
        let bytes = len.checked_mul(size_of::<E>()).expect("less than the address space");
        let block = Block::new(ORDINAL, bytes);
        let start = block.start.cast();
        fill(start.as_ptr());
        // SAFETY: the block has these elements as long as it lives, and nobody else knows it; it is aligned.
        unsafe { Buf::opaque(start, len, Box::new(block) as Box<dyn Any + Send + Sync>) }
    }

    fn copied<E: Elem>(self, values: &[E]) -> Buf<E> {
        // SAFETY: as many elements on both sides.
        self.stored(values.len(), |to: *mut E| unsafe { to.copy_from_nonoverlapping(values.as_ptr(), values.len()) })
    }

    /// The elements in memory of this vault, of a buffer that it holds.
    fn inside<E: Elem>(self, buf: &Buf<E>) -> &[E] {
        self.own(buf);
        // SAFETY: a buffer of a vault has so many elements there, all of them written, and the handle keeps them.
        unsafe { std::slice::from_raw_parts(buf.address(), buf.len()) }
    }

    /// A copy of what the host's loops gave, which is no transfer: a device computes in its own memory.
    fn computed<E: Elem>(self, buf: &Buf<E>) -> Buf<E> {
        self.copied(Cpu.slice(buf))
    }
}

impl<const ORDINAL: usize> Storage for Vault<ORDINAL> {
    fn holds<E: Elem>(self, buf: &Buf<E>) -> bool {
        buf.owner::<Block>().is_some_and(|block| block.vault == ORDINAL)
    }
    fn upload<E: Elem>(self, values: &[E]) -> Buf<E> {
        let Carried { up, down } = CARRIED.get();
        CARRIED.set(Carried { up: (up.0 + 1, up.1 + values.len()), down });
        self.copied(values)
    }
    fn download<E: Elem>(self, buf: &Buf<E>) -> Vec<E> {
        let Carried { up, down } = CARRIED.get();
        CARRIED.set(Carried { up, down: (down.0 + 1, down.1 + buf.len()) });
        self.inside(buf).to_vec()
    }
    fn unwritten<E: Elem>(self, len: usize) -> Buf<E> {
        self.stored(len, |_| ()) // Any bits are a float.
    }
    fn zeroed<E: Elem>(self, len: usize) -> Buf<E> {
        // SAFETY: the memory has so many elements, of which zeros are a value.
        self.stored(len, |to: *mut E| unsafe { to.write_bytes(0, len) })
    }
    fn filled<E: Elem>(self, len: usize, value: E) -> Buf<E> {
        // SAFETY: the memory has so many elements.
        self.stored(len, |to: *mut E| unsafe { (0..len).for_each(|i| to.add(i).write(value)) })
    }
    fn scalar<E: Elem>(self, value: E) -> Buf<E> {
        // SAFETY: the memory has one element. An argument of the call that writes it, as a device's are, no transfer.
        let buf = self.stored(1, |to: *mut E| unsafe { to.write(value) });
        let _ = buf.owner::<Block>().map(|block| block.known.store(true, Relaxed));
        buf
    }
    fn download_scalar<E: Elem>(self, buf: &Buf<E>) -> E {
        let known = buf.owner::<Block>().is_some_and(|block| block.known.load(Relaxed));
        if known { self.inside(buf)[0] } else { self.download(buf)[0] }
    }
    fn unshared<E: Elem>(self, buf: Buf<E>) -> Buf<E> {
        let values = self.inside(&buf);
        if buf.is_unique() {
            let _ = buf.owner::<Block>().map(|block| block.known.store(false, Relaxed));
            return buf;
        }
        self.copied(values)
    }
}

/// Row programs and products are computed where the elements are; so is what only decides how to go on.
impl<const ORDINAL: usize> RowWork for Vault<ORDINAL> {
    fn fold_rows<E: Elem, F: RowFold<E>>(self, rows: Rows, fold: F, inputs: &[RowInput<'_, E>]) -> Buf<F::Out> {
        self.computed(&with_copies(self, inputs, |inputs| Cpu.fold_rows(rows, fold, inputs)))
    }
    fn map_rows<E: Real, P: RowProgram>(self, rows: Rows, program: P, inputs: &[RowInput<'_, E>]) -> Buf<E> {
        self.computed(&with_copies(self, inputs, |inputs| Cpu.map_rows(rows, program, inputs)))
    }
    fn map_rows_keeping<E: Real, P: RowProgram>(
        self,
        rows: Rows,
        program: P,
        inputs: &[RowInput<'_, E>],
    ) -> (Buf<E>, Buf<E>) {
        let (out, kept) = with_copies(self, inputs, |inputs| Cpu.map_rows_keeping(rows, program, inputs));
        (self.computed(&out), self.computed(&kept))
    }
    fn map_rows_beside<E: Real, P: RowProgram>(
        self,
        rows: Rows,
        program: P,
        inputs: &[RowInput<'_, E>],
    ) -> [Buf<E>; 3] {
        with_copies(self, inputs, |inputs| Cpu.map_rows_beside(rows, program, inputs)).map(|buf| self.computed(&buf))
    }
    fn either<E: Real, P: RowProgram, const N: usize>(
        self,
        (program, numbers): (P, [&Buf<E>; 2]),
        plain: impl FnOnce() -> [Buf<E>; N],
        careful: impl FnOnce() -> [Buf<E>; N],
    ) -> [Buf<E>; N] {
        let [x, y] = numbers.map(|numbers| Buf::from_slice(self.inside(numbers)));
        Cpu.either((program, [&x, &y]), plain, careful)
    }
}

/// The inputs of a row program as the host's loops take them.
fn with_copies<const ORDINAL: usize, E: Elem, T>(
    vault: Vault<ORDINAL>,
    inputs: &[RowInput<'_, E>],
    run: impl FnOnce(&[RowInput<'_, E>]) -> T,
) -> T {
    let copies: Vec<Buf<E>> = inputs.iter().map(|input| Buf::from_slice(vault.inside(input.buf()))).collect();
    let inputs: Vec<RowInput<'_, E>> = inputs.iter().zip(&copies).map(|(input, copy)| input.of(copy)).collect();
    run(&inputs)
}

impl<const ORDINAL: usize> MatrixWork for Vault<ORDINAL> {
    fn multiply<E: Numeric>(self, product: &Product<'_, E>, out: &mut Buf<E>) {
        let [a, b] = product.factors().map(|factor| Buf::from_slice(self.inside(factor.buf())));
        let mut here = Buf::from_slice(self.inside(out));
        Cpu.multiply(&product.of(&a, &b), &mut here);
        *out = self.computed(&here);
    }
}

impl<const ORDINAL: usize> AttentionWork for Vault<ORDINAL> {}
impl<const ORDINAL: usize> WindowWork for Vault<ORDINAL> {}
impl<const ORDINAL: usize> OrderWork for Vault<ORDINAL> {}
impl<const ORDINAL: usize> ScanWork for Vault<ORDINAL> {}
impl<const ORDINAL: usize> IndexWork for Vault<ORDINAL> {}
impl<const ORDINAL: usize> DrawWork for Vault<ORDINAL> {}

impl<const ORDINAL: usize> CopyWork for Vault<ORDINAL> {
    fn scaled<E: Real>(self, buf: &Buf<E>, scale: f64) -> Buf<E> {
        self.computed(&Cpu.scaled(&Buf::from_slice(self.inside(buf)), scale))
    }
}

impl<const ORDINAL: usize> UpdateWork for Vault<ORDINAL> {
    fn update<E: Real, U: Update<N>, const N: usize>(
        self,
        update: U,
        weight: &mut Buf<E>,
        gradient: &Buf<E>,
        state: [&mut Buf<E::Precise>; N],
        exact: Option<&mut Buf<E::Precise>>,
    ) {
        let (mut here, gradient) = (Buf::from_slice(self.inside(weight)), Buf::from_slice(self.inside(gradient)));
        let mut states = state.each_ref().map(|state| Buf::from_slice(self.inside(state)));
        let mut unrounded = exact.as_ref().map(|exact| Buf::from_slice(self.inside(exact)));
        Cpu.update(update, &mut here, &gradient, states.each_mut(), unrounded.as_mut());
        *weight = self.computed(&here);
        state.into_iter().zip(&states).for_each(|(state, renewed)| *state = self.computed(renewed));
        exact.into_iter().zip(&unrounded).for_each(|(exact, renewed)| *exact = self.computed(renewed));
    }
}

// SAFETY: buffers are made by `stored`, of as many elements as it is asked for, and known by their block. Methods look
// at what they are given through `inside` and `download`, which refuse what is not of this vault. Its memory is the
// process's own, so that the host's loops reach it by its address.
unsafe impl<const ORDINAL: usize> Device for Vault<ORDINAL> {
    fn runs(self, family: Family) -> bool {
        matches!(family, Family::OfRows | Family::OfMatrices)
    }
    unsafe fn evaluate<E: Elem, B: Body<E>>(
        self,
        frame: &Frame,
        body: &B,
        out: *mut E,
    ) -> Result<(), (usize, Undefined)> {
        // SAFETY: the caller's contract.
        unsafe { Cpu.evaluate(frame, body, out) }
    }
    unsafe fn total<E: Real, B: Body<E>>(self, frame: &Frame, body: &B, scale: f64) -> Buf<E> {
        // SAFETY: the caller's contract.
        self.computed(&unsafe { Cpu.total(frame, body, scale) })
    }
    unsafe fn average<E: Real, B: Body<E>, P: RowProgram>(
        self,
        frame: &Frame,
        body: &B,
        scale: f64,
        (rows, program): (Rows, P),
    ) -> Buf<E> {
        // SAFETY: the caller's contract.
        self.computed(&unsafe { Cpu.average(frame, body, scale, (rows, program)) })
    }
    unsafe fn pull<E: Real, B: Body<E>, G: Body<E>>(self, frame: &Frame, body: &B, seed: &G) {
        // SAFETY: the caller's contract.
        unsafe { Cpu.pull(frame, body, seed) }
    }
    fn add<E: Real>(self, target: &mut Buf<E>, other: &Buf<E>) {
        let mut sum = Buf::from_slice(self.inside(target));
        Cpu.add(&mut sum, &Buf::from_slice(self.inside(other)));
        *target = self.computed(&sum);
    }
    fn sum_parts<E: Real>(self, target: &mut Buf<E>, parts: &Buf<E>) {
        let mut sum = Buf::from_slice(self.inside(target));
        Cpu.sum_parts(&mut sum, &Buf::from_slice(self.inside(parts)));
        *target = self.computed(&sum);
    }
}
