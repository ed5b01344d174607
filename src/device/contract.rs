//! The contract of a device: what it vouches for, and the fused loops that it runs.
//!
//! Apart from the families because these go through the host where a device has nothing faster.

use super::attention::AttentionWork;
use super::copies::CopyWork;
use super::cpu::{Cpu, elements, region};
use super::draws::DrawWork;
use super::family::Family;
use super::index::IndexWork;
use super::matrices::MatrixWork;
use super::order::OrderWork;
use super::rows::RowWork;
use super::scans::ScanWork;
use super::storage::Storage;
use super::updates::UpdateWork;
use super::windows::WindowWork;
use crate::dtype::{ByKind, Discrete, Elem, Real, Undefined};
use crate::loops::{Body, Frame, RowInput, RowProgram, Rows};
use crate::memory::Buf;
use std::borrow::Cow;

/// A place where tensors live and operations run. The value is a cheap token: holding it proves that the device is
/// there. Two values of one type are one memory: what one gives the other takes.
///
/// # Safety
/// Loops over raw memory trust what a device gives. Whoever implements one vouches, for these methods and for those of
/// all families, that
/// - every buffer that a method gives is memory of this device, made by [`Buf::opaque`] or by a device whose memory it
///   is; [`holds`](Storage::holds) is true of these, and false of every other;
/// - it has as many elements as the method's words say: `unwritten`, `zeroed`, `filled`, `drawn` and `keep_mask` the
///   `len` that they are asked for, `upload`, `adopt`, `unshared`, `scaled` and `convert` those of their argument, and
///   what takes a `&mut Buf` leaves its length as it is;
/// - `unshared` gives the only handle to its memory, and `unwritten` and `zeroed` the only handles to memory that
///   nobody else reads or writes, aligned to 8 bytes where the host can follow its address;
/// - the methods that are not `unsafe` hold their arguments against each other, refuse buffers that are not the
///   device's, panic or return an error where lengths, places, indices or labels do not fit, and have no other effect
///   than they say;
/// - a buffer may be dropped as soon as the call that was given it returns: who works on after that keeps the memory;
/// - formulas (bodies, programs, scans, folds, updates, `fill`) are code of users: they may panic, call back into the
///   crate and give another value each time, and are run on the threads of the host only as long as the call lasts.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a device", label = "expected a device, such as `Cpu`")]
#[expect(unsafe_code, reason = "loops over raw memory trust the lengths that a device gives")]
pub unsafe trait Device:
    Storage
    + RowWork
    + MatrixWork
    + OrderWork
    + ScanWork
    + IndexWork
    + DrawWork
    + UpdateWork
    + CopyWork
    + WindowWork
    + AttentionWork
{
    /// Writes the value of a region, row-major, to `out`; fails with the position of the first element that has none,
    /// and the reason. Floats all have a value.
    ///
    /// # Errors
    /// An integer is divided by 0, or raised to a negative power. All of `out` is written none the less.
    ///
    /// # Safety
    /// The body's operands are memory of this device and were checked against the frame; `out` is, too, and has room
    /// for the frame's elements.
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn evaluate<E: Elem, B: Body<E>>(
        self,
        frame: &Frame,
        body: &B,
        out: *mut E,
    ) -> Result<(), (usize, Undefined)>;

    /// `scale` times the sum of a region's values, as one element. Chunks are added in their order, in `f64`.
    ///
    /// # Safety
    /// The body's operands are memory of this device and were checked against the frame.
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn total<E: Real, B: Body<E>>(self, frame: &Frame, body: &B, scale: f64) -> Buf<E>;

    /// The same for an average, whose sum may leave the range of the type where the average does not: then it is what
    /// the program makes of the values, which are `rows`.
    ///
    /// By default the host looks at the sum, and waits for it; a device of its own decides where the sum is.
    ///
    /// # Safety
    /// As for [`total`](Device::total).
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn average<E: Real, B: Body<E>, P: RowProgram>(
        self,
        frame: &Frame,
        body: &B,
        scale: f64,
        (rows, program): (Rows, P),
    ) -> Buf<E> {
        // SAFETY: the caller's contract.
        unsafe {
            let average = self.total(frame, body, scale);
            if self.download_scalar(&average).as_f64().is_finite() {
                return average;
            }
            average_of_values(self, frame, body, (rows, program))
        }
    }

    /// Whether the work of this family is done where the device's memory is, or goes through the host, as all does
    /// that a device has not written out. Nothing depends on it but what [`explain`](crate::ops::Explain::explain)
    /// says.
    fn runs(self, family: Family) -> bool {
        let _ = family;
        false
    }

    /// Reverse mode through a region; `seed` is the gradient of its value.
    ///
    /// # Safety
    /// The operands of both bodies are memory of this device and were checked against the frame, gradients do not
    /// overlap.
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn pull<E: Real, B: Body<E>, G: Body<E>>(self, frame: &Frame, body: &B, seed: &G);

    /// Adds a buffer of the same length.
    #[expect(unsafe_code, reason = "the contract of a loop over raw parts")]
    fn add<E: Real>(self, target: &mut Buf<E>, other: &Buf<E>) {
        assert_eq!(target.len(), other.len(), "two gradients of one value differ in length");
        let other = self.read(other);
        // SAFETY: the other one is as long as the target.
        self.change(target, |target| unsafe { region::sum_parts::<E, E>(target, other.as_ptr(), 1) });
    }

    /// Adds each part (a multiple of the target's length) to the target, in order. The parts are of `E::Wide`, each in
    /// the memory of `E::WORDS` elements, and the sum is rounded once.
    #[expect(unsafe_code, reason = "partial sums are of another type than the buffer that holds them")]
    fn sum_parts<E: Real>(self, target: &mut Buf<E>, parts: &Buf<E>) {
        let words = target.len().saturating_mul(E::WORDS);
        assert_eq!(parts.len() % words.max(1), 0, "partial sums of another length than their target");
        let count = parts.len().checked_div(words).unwrap_or(0);
        let mut parts = self.read(parts);
        let moved;
        if !parts.as_ptr().cast::<E::Wide>().is_aligned() {
            // A copy on the host is aligned for `E`, and where it is empty for nothing more.
            moved = Buf::from_slice(&parts);
            parts = Cow::Borrowed(moved.host());
        }
        // SAFETY: there are `count` parts of `E::Wide`, in memory of a buffer or aligned. Any bits are a valid one.
        self.change(target, |target| unsafe { region::sum_parts::<E, E::Wide>(target, parts.as_ptr().cast(), count) });
    }
}

/// What a program makes of the values of a region, which are `rows`.
///
/// # Safety
/// As for [`Device::total`].
#[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
pub(super) unsafe fn average_of_values<E: Real, D: Device, B: Body<E>, P: RowProgram>(
    device: D,
    frame: &Frame,
    body: &B,
    (rows, program): (Rows, P),
) -> Buf<E> {
    let values = device.unwritten(frame.len());
    // SAFETY: the caller's contract; `values` has the frame's elements.
    let computed = unsafe { device.evaluate(frame, body, values.address()) };
    debug_assert!(computed.is_ok(), "floats have a value everywhere");
    device.fold_rows(rows, program, &[RowInput::Elements(&values)])
}

// SAFETY: each method checks its arguments as the trait says; a `Buf` is made by `Buf`'s own constructors.
#[expect(unsafe_code, reason = "the promise that memory is as long as was asked for")]
unsafe impl Device for Cpu {
    fn runs(self, _: Family) -> bool {
        true
    }
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    #[cfg_attr(optimised, inline(always))]
    unsafe fn evaluate<E: Elem, B: Body<E>>(
        self,
        frame: &Frame,
        body: &B,
        out: *mut E,
    ) -> Result<(), (usize, Undefined)> {
        E::by_kind(Evaluation { frame, body, out })
    }
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn total<E: Real, B: Body<E>>(self, frame: &Frame, body: &B, scale: f64) -> Buf<E> {
        // SAFETY: the caller's contract.
        let sum = unsafe { region::total(frame, body) };
        self.scalar(E::of_sum(sum * scale))
    }
    #[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
    unsafe fn pull<E: Real, B: Body<E>, G: Body<E>>(self, frame: &Frame, body: &B, seed: &G) {
        // SAFETY: the caller's contract.
        unsafe { region::pull(frame, body, seed) }
    }
}

/// The loops of the host over a region: in lanes, or over plain elements.
///
/// Only made where the contract of [`Device::evaluate`] holds, and used once.
struct Evaluation<'r, B, E> {
    frame: &'r Frame,
    body: &'r B,
    out: *mut E,
}

#[expect(unsafe_code, reason = "the contract of a fused loop over raw operands")]
impl<E: Elem, B: Body<E>> ByKind<E> for Evaluation<'_, B, E> {
    type Out = Result<(), (usize, Undefined)>;
    #[cfg_attr(optimised, inline(always))]
    fn with_floats(self) -> Result<(), (usize, Undefined)>
    where
        E: Real,
    {
        // SAFETY: whoever made it promised what `evaluate` asks for.
        unsafe { region::evaluate(self.frame, self.body, self.out) };
        Ok(())
    }
    #[cfg_attr(optimised, inline(always))]
    fn with_others(self) -> Result<(), (usize, Undefined)>
    where
        E: Discrete,
    {
        // SAFETY: whoever made it promised what `evaluate` asks for.
        unsafe { elements::evaluate(self.frame, self.body, self.out) }
    }
}
