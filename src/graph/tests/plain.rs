//! Fused loops as plainly as they can be written, element by element in the order of the frame, and a device that has
//! no others.
//!
//! Apart from the loops of `Cpu`, which are compiled for each instruction set: what is held against laws here is the
//! bound formula, and one kind of lane shows it.
#![allow(unsafe_code, reason = "places in loops are the loops' to make")]

use crate::device::{
    AttentionWork, Buf, CopyWork, Cpu, Device, DrawWork, IndexWork, MatrixWork, OrderWork, RowWork, ScanWork, Storage,
    UpdateWork, WindowWork,
};
use crate::dtype::{ByKind, Discrete, Elem, Real, Undefined};
use crate::loops::{At, Body, Column, Faults, Frame, Spacing, Unbound};
use crate::num::Lane;

/// The place of one element.
fn at(frame: &Frame, column: usize) -> At {
    assert!(column < frame.inner);
    // SAFETY: one column of the frame that the body was bound to.
    unsafe { At::new(column, 1) }
}

/// The element in a lane.
pub(super) fn element<E: Real, V: Lane<E>>(lane: V) -> E {
    let mut out = [E::default()];
    lane.lanes(&mut out);
    out[0]
}

/// Whether two elements are the same, all NaN being one.
pub(super) fn same<E: Elem>(a: E, b: E) -> bool {
    let (a, b) = (a.as_f64(), b.as_f64());
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// The values of a region. What is recorded for the way back is the same number but for its rounding: a derivative
/// may be computed with it, by which its formula differs.
pub(super) fn values<E: Real, B: Body<E>>(frame: &Frame, mut body: B) -> Vec<E> {
    let mut out = Vec::with_capacity(frame.len());
    for row in 0..frame.rows {
        body.seek(frame, &frame.index(row));
        for column in 0..frame.inner {
            let value = element(body.value::<E::One, _>(&Unbound, at(frame, column)));
            let (recorded, _) = body.record::<E::One, _>(&Unbound, at(frame, column));
            let recorded = element(recorded);
            let (near, off) = (value.as_f64(), (value.as_f64() - recorded.as_f64()).abs());
            let near = same(value, recorded) || off <= 8.0 * E::EPSILON * near.abs();
            assert!(near, "the way back begins with {recorded:?}, the value is {value:?}");
            out.push(value);
        }
    }
    out
}

/// Reverse mode through a region, with this gradient of its values. All of it goes to the first partial sums.
pub(super) fn pull<E: Real, B: Body<E>>(frame: &Frame, mut body: B, gradient: impl Fn(usize, usize) -> E) {
    body.select(0);
    for row in 0..frame.rows {
        body.seek(frame, &frame.index(row));
        let mut sums = body.sums::<E::One>();
        for column in 0..frame.inner {
            let (_, tape) = body.record::<E::One, _>(&Unbound, at(frame, column));
            let g = E::One::splat(gradient(row, column));
            body.pull(tape, g, &mut sums, &mut Unbound, at(frame, column));
        }
        body.settle(sums);
    }
}

/// The values of a region of elements without gradients, the first place without one among them. A body whose steps are
/// one gives the same where it is read densely.
pub(super) fn elements<E: Elem, B: Body<E>>(frame: &Frame, mut body: B) -> (Vec<E>, Option<(usize, Undefined)>) {
    let (mut out, mut fault) = (Vec::with_capacity(frame.len()), None);
    for row in 0..frame.rows {
        body.seek(frame, &frame.index(row));
        for column in 0..frame.inner {
            assert!(column < frame.inner);
            let mut faults = Faults::default();
            // SAFETY: one column of the frame that the body was bound to.
            let value = body.element::<false>(unsafe { Column::new(column) }, &mut faults);
            if body.spacing() == Spacing::ONE {
                let mut dense = Faults::default();
                // SAFETY: as above, and the body's steps are one.
                let again = body.element::<true>(unsafe { Column::new(column) }, &mut dense);
                assert!(same(value, again) && faults == dense, "read densely {again:?}, else {value:?}");
            }
            if !faults.is_clean() {
                fault.get_or_insert((out.len(), faults.reason()));
            }
            out.push(value);
        }
    }
    (out, fault)
}

/// The processor, with plain loops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Judge;

impl Storage for Judge {
    fn holds<E: Elem>(self, buf: &Buf<E>) -> bool {
        Cpu.holds(buf)
    }
    fn upload<E: Elem>(self, values: &[E]) -> Buf<E> {
        Cpu.upload(values)
    }
    fn download<E: Elem>(self, buf: &Buf<E>) -> Vec<E> {
        Cpu.download(buf)
    }
}

impl RowWork for Judge {}
impl MatrixWork for Judge {}
impl OrderWork for Judge {}
impl ScanWork for Judge {}
impl IndexWork for Judge {}
impl DrawWork for Judge {}
impl UpdateWork for Judge {}
impl WindowWork for Judge {}
impl AttentionWork for Judge {}
impl CopyWork for Judge {}

struct Evaluation<'r, B>(&'r Frame, B);

impl<E: Elem, B: Body<E>> ByKind<E> for Evaluation<'_, B> {
    type Out = (Vec<E>, Option<(usize, Undefined)>);
    fn with_floats(self) -> Self::Out
    where
        E: Real,
    {
        (values(self.0, self.1), None)
    }
    fn with_others(self) -> Self::Out
    where
        E: Discrete,
    {
        elements(self.0, self.1)
    }
}

// SAFETY: its memory is that of `Cpu`, whose methods check what they are given.
unsafe impl Device for Judge {
    unsafe fn evaluate<E: Elem, B: Body<E>>(
        self,
        frame: &Frame,
        body: &B,
        out: *mut E,
    ) -> Result<(), (usize, Undefined)> {
        let (values, fault) = E::by_kind(Evaluation(frame, *body));
        // SAFETY: the caller's contract: there is room for the frame's elements.
        unsafe { out.copy_from_nonoverlapping(values.as_ptr(), values.len()) }
        fault.map_or(Ok(()), Err)
    }
    unsafe fn total<E: Real, B: Body<E>>(self, frame: &Frame, body: &B, scale: f64) -> Buf<E> {
        let sum: f64 = values(frame, *body).into_iter().map(E::as_f64).sum();
        self.scalar(E::of_f64(sum * scale))
    }
    unsafe fn pull<E: Real, B: Body<E>, G: Body<E>>(self, frame: &Frame, body: &B, seed: &G) {
        let gradient = values(frame, *seed);
        pull(frame, *body, |row, column| gradient[row * frame.inner + column]);
    }
}
