//! The device as the library sees it: which family of work is done where, and by what.
#![allow(unsafe_code, reason = "a device vouches for the memory that it hands out")]

use super::token::Cuda;
use crate::device::contract::average_of_values;
use crate::device::{Device, Family, Storage};
use crate::dtype::{Elem, Real, Undefined};
use crate::loops::{Body, Frame, RowProgram, Rows};
use crate::memory::Buf;

// SAFETY: buffers are made by `Cuda::buffer`, of as many elements as it is asked for, in memory that nobody else has,
// and known by their owner. Methods reach what they are given through `block` and `writable`, which refuse what is not
// of this device, and compare lengths before a kernel is launched. Memory that a buffer gives back is used again only
// behind the work that was asked for before, in the order of the one stream. Formulas are called while they are traced,
// on the thread of the call.
unsafe impl<const ORDINAL: usize> Device for Cuda<ORDINAL> {
    fn runs(self, family: Family) -> bool {
        match family {
            Family::OfRows | Family::OfMatrices | Family::OfCopies | Family::OfIndices | Family::OfScans => true,
            Family::OfOrder | Family::OfAttention => true,
            Family::OfWindows => false,
        }
    }
    #[track_caller]
    unsafe fn evaluate<E: Elem, B: Body<E>>(
        self,
        frame: &Frame,
        body: &B,
        out: *mut E,
    ) -> Result<(), (usize, Undefined)> {
        // SAFETY: the caller's contract.
        unsafe { self.values(frame, body, out) }
    }
    #[track_caller]
    unsafe fn total<E: Real, B: Body<E>>(self, frame: &Frame, body: &B, scale: f64) -> Buf<E> {
        // SAFETY: the caller's contract.
        unsafe { self.sum_of(frame, body, scale) }
    }
    #[track_caller]
    unsafe fn average<E: Real, B: Body<E>, P: RowProgram>(
        self,
        frame: &Frame,
        body: &B,
        scale: f64,
        (rows, program): (Rows, P),
    ) -> Buf<E> {
        // SAFETY: the caller's contract.
        unsafe {
            let average = self.sum_of(frame, body, scale);
            // Sums are of `f64`: of narrower elements they stay within its range, and nobody waits for the number.
            if size_of::<E>() < size_of::<f64>() || self.download_scalar(&average).as_f64().is_finite() {
                return average;
            }
            average_of_values(self, frame, body, (rows, program))
        }
    }
    #[track_caller]
    unsafe fn pull<E: Real, B: Body<E>, G: Body<E>>(self, frame: &Frame, body: &B, seed: &G) {
        // SAFETY: the caller's contract.
        unsafe { self.gradients(frame, body, seed) }
    }
    #[track_caller]
    fn add<E: Real>(self, target: &mut Buf<E>, other: &Buf<E>) {
        self.add_to(target, other);
    }
    #[track_caller]
    fn sum_parts<E: Real>(self, target: &mut Buf<E>, parts: &Buf<E>) {
        self.add_parts(target, parts);
    }
}
