//! An operand of a fused loop: memory with a stride for each loop, read in lanes, and a place for its gradient.
//!
//! Apart from the bodies because only here memory is touched.
#![allow(unsafe_code, reason = "operands are pointers and strides, checked when they are bound")]

use super::Sealed;
use super::body::{At, Body, Column, Spacing};
use super::faults::Faults;
use super::frame::{Frame, OUTER, RowIndex};
use super::registers::Registers;
use super::traced::{Access, GradientPlace, TracedBody, Tracing};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::layout::Strides;
use crate::num::{Lane, Simd, prefetch};
use std::marker::PhantomData;

/// An operand: memory with a stride for each loop. `G`: it receives gradients. `K` is `On` when the inner stride is
/// only known at run time (0 for a stretched operand, anything for a view) and `Off` when it is always 1.
pub struct Slot<E, G, K> {
    base: *const E,
    grad: *mut E,
    /// Where the row at hand begins.
    offset: isize,
    step: isize,
    outer: [isize; OUTER],
    /// Elements from one chunk's partial sums to the next; 0 when gradients go straight to their place.
    partial: usize,
    /// Add to what is there already.
    add: bool,
    kind: PhantomData<(G, K)>,
}

impl<E, G, K> Clone for Slot<E, G, K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E, G, K> Copy for Slot<E, G, K> {}

/// Where the gradient of an operand goes. What several places of a region add up to is summed in
/// [`Simd::Wide`](crate::num::Simd::Wide) and rounded once.
#[derive(Clone, Copy)]
pub(crate) struct GradTarget<E> {
    /// First element.
    pub(crate) base: *mut E,
    /// Elements from one chunk's partial sums to the next; these are of `E::Wide`.
    pub(crate) partial: usize,
    /// Add to what is there already.
    pub(crate) add: bool,
}

impl<E: Real> GradTarget<E> {
    /// The same target from element `offset` on.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn from(self, offset: usize) -> Self {
        let words = if self.partial > 0 { E::WORDS } else { 1 };
        GradTarget { base: self.base.wrapping_add(offset * words), ..self }
    }
}

impl<E> GradTarget<E> {
    /// For operands without gradient.
    pub(crate) const NONE: Self = GradTarget { base: std::ptr::null_mut(), partial: 0, add: false };
}

impl<E: Elem, G: Flag, K: Flag> Slot<E, G, K> {
    /// # Safety
    /// Every access that `frame` makes with these strides stays inside the memory behind `base` (and behind the
    /// gradient's, where `G` is on), which lives until the loops are done. `K::ON` or `step == 1`.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) unsafe fn new(base: *const E, strides: &Strides, frame: &Frame, grad: GradTarget<E>) -> Self {
        let mut outer = [0; OUTER];
        for level in 0..frame.levels {
            outer[level] = strides[frame.source[level + 1]];
        }
        let step = if K::ON { strides[frame.source[0]] } else { 1 };
        let GradTarget { base: grad, partial, add } = grad;
        Slot { base, grad, offset: 0, step, outer, partial, add, kind: PhantomData }
    }

    /// The step of elements that lie apart. Hidden from the optimiser, which would else advance an address for each
    /// lane in every round of the loop, also where the step is 1: slices took 1.45 times as long as whole tensors.
    #[cfg_attr(optimised, inline(always))]
    fn wide_step(&self) -> isize {
        std::hint::black_box(self.step)
    }

    /// Whether every place of the frame lies inside `len` elements, of which the first place is number `offset`.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn stays_inside(&self, frame: &Frame, offset: usize, len: usize) -> bool {
        frame.stays_inside(offset, self.step, &self.outer, len)
    }
}

impl<E, G, K> Sealed for Slot<E, G, K> {}

impl<E: Elem, G: Flag, K: Flag> Body<E> for Slot<E, G, K> {
    type Grad = G;
    type Tape<V: Lane<E>>
        = ()
    where
        E: Real;
    type Sums<V: Lane<E>>
        = V
    where
        E: Real;

    #[cfg_attr(optimised, inline(always))]
    fn spacing(&self) -> Spacing {
        match self.step {
            _ if !K::ON => Spacing::ONE,
            0 => Spacing::STRETCHED,
            1 => Spacing::ONE,
            _ => Spacing::APART,
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn seek(&mut self, frame: &Frame, index: &RowIndex) {
        let mut offset = index[0] as isize * self.outer[0];
        if frame.levels > 1 {
            // All of them, those that are not used are 0: a loop over `levels` is unrolled in each kernel.
            let mut level = 1;
            while level < OUTER {
                offset += index[level] as isize * self.outer[level];
                level += 1;
            }
        }
        self.offset = offset;
    }

    #[cfg_attr(optimised, inline(always))]
    fn select(&mut self, chunk: usize)
    where
        E: Real,
    {
        if G::ON {
            self.grad = self.grad.wrapping_add(chunk * self.partial * E::WORDS);
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn value<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> V
    where
        E: Real,
    {
        // SAFETY: `At` and `Slot::new` promise that the place lies inside the operand.
        unsafe {
            let row = self.base.offset(self.offset);
            if !K::ON || self.step == 1 {
                if let Some(ahead) = registers.ahead() {
                    prefetch(row.wrapping_add(at.column()).wrapping_byte_add(ahead));
                }
                V::load(row.add(at.column()), at.lanes())
            } else if self.step == 0 {
                V::splat(*row)
            } else {
                let step = self.wide_step();
                V::gather(row.offset(at.column() as isize * step), step, at.lanes())
            }
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn record<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> (V, ())
    where
        E: Real,
    {
        (self.value(registers, at), ())
    }

    #[cfg_attr(optimised, inline(always))]
    fn sums<V: Lane<E>>(&self) -> V
    where
        E: Real,
    {
        V::c(0.0)
    }

    #[cfg_attr(optimised, inline(always))]
    fn pull<V: Lane<E>, R: Registers<V>>(&self, _: (), g: V, sums: &mut V, _: &mut R, at: At)
    where
        E: Real,
    {
        if !G::ON {
            return;
        }
        // SAFETY: partial sums are memory of `E::Wide`; the rest is the contract of `deposit`.
        unsafe {
            if E::NARROW && self.partial > 0 {
                let mut wide = sums.wide();
                self.deposit::<E::Wide, V::Wide>(self.grad.cast(), g.wide(), &mut wide, at);
                *sums = V::of_wide(wide);
            } else {
                self.deposit(self.grad, g, sums, at);
            }
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn settle<V: Lane<E>>(&self, sums: V)
    where
        E: Real,
    {
        if G::ON && K::ON && self.step == 0 {
            let sum = sums.hsum();
            // SAFETY: a stretched operand has at least one element; no other thread has this chunk. Partial sums are
            // memory of `E::Wide`.
            unsafe {
                if E::NARROW && self.partial > 0 {
                    let place = self.grad.cast::<E::Wide>().offset(self.offset);
                    *place = *place + sum;
                } else {
                    let (place, sum) = (self.grad.offset(self.offset), E::of_sum(sum.to_sum()));
                    *place = if self.add { *place + sum } else { sum };
                }
            }
        }
    }

    fn trace(&self, tracing: &mut Tracing) -> TracedBody {
        let &Slot { base, grad, step, outer, partial, add, .. } = self;
        let place = GradientPlace { address: grad.addr(), partial: partial > 0, add };
        tracing.operand(Access {
            elem: E::NAME,
            address: base.addr(),
            step,
            outer,
            dense: !K::ON,
            gradient: if G::ON { Some(place) } else { None },
        })
    }

    #[cfg_attr(optimised, inline(always))]
    fn element<const DENSE: bool>(&self, at: Column<DENSE>, _: &mut Faults) -> E {
        // SAFETY: `Column` and `Slot::new` promise that the place lies inside the operand.
        unsafe {
            let row = self.base.offset(self.offset);
            if DENSE || !K::ON { *row.add(at.index()) } else { *row.offset(at.index() as isize * self.step) }
        }
    }
}

impl<E: Real, G: Flag, K: Flag> Slot<E, G, K> {
    /// Writes or adds a gradient to memory of `T` that has the operand's layout from `base` on, or to the running sums.
    ///
    /// # Safety
    /// There is such memory, and no other thread has this chunk of it.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn deposit<T: Simd, V: Lane<T>>(&self, base: *mut T, g: V, sums: &mut V, at: At) {
        // SAFETY: as for `value`.
        unsafe {
            let row = base.offset(self.offset);
            if !K::ON || self.step == 1 {
                let place = row.add(at.column());
                let g = if self.add { V::load(place, at.lanes()) + g } else { g };
                g.store(place, at.lanes());
            } else if self.step == 0 {
                *sums = *sums + g.keep(at.lanes());
            } else {
                let step = self.wide_step();
                let place = row.offset(at.column() as isize * step);
                let g = if self.add { V::gather(place, step, at.lanes()) + g } else { g };
                g.scatter(place, step, at.lanes());
            }
        }
    }
}

// SAFETY: a slot is pointers into buffers that the region keeps alive; each chunk writes its own part.
unsafe impl<E: Elem, G, K> Send for Slot<E, G, K> {}
// SAFETY: as above.
unsafe impl<E: Elem, G, K> Sync for Slot<E, G, K> {}
