//! Nodes over elements without gradients, integers and `bool`: their values, lazily, fused by type.
//!
//! Apart from [`Lazy`](super::Lazy) because there is nothing to differentiate and there are no lanes: the loops are
//! plain ones over elements, which the compiler vectorises. The node types are the same, so that an operator gives one
//! result for every element type.
#![allow(unsafe_code, reason = "operands are pointers and strides, checked when they are bound")]

use super::frame::{Axes, Frame, Region, Survey};
use super::leaf::Leaf;
use super::node::{Sealed, Strided};
use super::pointwise::{Binary, Ternary, Unary};
use super::view::{Reshaped, View};
use super::with::Stopped;
use crate::device::{Buf, Device};
use crate::dims::{Flag, Off};
use crate::dtype::{Discrete, Elem, Undefined};
use crate::error::{Error, raise};
use crate::shape::Shape;
use std::any::TypeId;
use std::marker::PhantomData;

/// What went wrong in a loop so far. A loop goes on: the first element without a value is looked for afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults(u8);

impl Faults {
    /// The value, or a 0 in its place and a note of why there is none.
    #[inline(always)]
    pub fn settle<E: Elem>(&mut self, value: Result<E, Undefined>) -> E {
        match value {
            Ok(value) => value,
            Err(reason) => {
                self.0 |= reason as u8;
                E::default()
            }
        }
    }

    /// Whether every element so far had a value.
    #[inline(always)]
    pub fn is_clean(self) -> bool {
        self.0 == 0
    }

    /// The reason, of those that there are.
    pub(crate) fn reason(self) -> Undefined {
        if self.0 & Undefined::DivisionByZero as u8 == 0 { Undefined::NegativePower } else { Undefined::DivisionByZero }
    }
}

/// The value of a formula over integers: the number itself, or a result that may have no value.
///
/// ```
/// use congruent::{dtype::Undefined, graph::{Faults, Outcome}};
/// let mut faults = Faults::default();
/// assert_eq!((Outcome::<i32>::value(5, &mut faults), faults.is_clean()), (5, true));
/// let none: Result<i32, Undefined> = Err(Undefined::DivisionByZero);
/// assert_eq!((none.value(&mut faults), faults.is_clean()), (0, false));
/// ```
pub trait Outcome<E> {
    /// The number, 0 where there is none.
    fn value(self, faults: &mut Faults) -> E;
}
impl<E: Elem> Outcome<E> for E {
    #[inline(always)]
    fn value(self, _: &mut Faults) -> E {
        self
    }
}
impl<E: Elem> Outcome<E> for Result<E, Undefined> {
    #[inline(always)]
    fn value(self, faults: &mut Faults) -> E {
        faults.settle(self)
    }
}

/// A formula of one operand over elements without gradients.
pub trait Exact1<E>: Copy + Send + Sync + 'static {
    /// The value.
    fn value(self, x: E, faults: &mut Faults) -> E;
}
/// A formula of two operands over elements without gradients.
pub trait Exact2<E>: Copy + Send + Sync + 'static {
    /// The value.
    fn value(self, x: E, y: E, faults: &mut Faults) -> E;
}
/// A formula of three operands over elements without gradients.
pub trait Exact3<E>: Copy + Send + Sync + 'static {
    /// The value.
    fn value(self, x: E, y: E, z: E, faults: &mut Faults) -> E;
}

/// A node over elements without gradients.
#[diagnostic::on_unimplemented(
    message = "this expression is not made of whole tensors of `{E}`",
    label = "its elements are not `{E}`, or it has no value for them"
)]
pub trait Exact<E: Discrete>: Sealed + Sized + 'static {
    /// The node as a loop sees it.
    type Body: ExactBody<E>;

    /// Whether one contiguous loop serves all operands; folds to a constant for static shapes.
    fn flat<S: Shape>(&self, region: S) -> bool;
    /// Says how the operands lie along the region.
    fn survey(&self, survey: &mut Survey);
    /// The operands for reading.
    fn bind(&self, frame: &Frame, region: &[usize; 6]) -> Self::Body;
    /// Memory that already holds the value.
    fn place<S: Shape>(&self, shape: S) -> Option<Strided<E>> {
        let _ = shape;
        None
    }
}

/// A formula over bound operands. `Copy`: every thread works on its own.
pub trait ExactBody<E: Elem>: Sealed + Copy + 'static {
    /// Whether the row at hand is read in steps of one element by every operand.
    fn dense(&self) -> bool;
    /// Moves to a row of the frame.
    fn seek(&mut self, frame: &Frame, index: &[usize; 5]);
    /// The value in a column of the row at hand; `DENSE` where [`dense`](ExactBody::dense) holds.
    ///
    /// # Safety
    /// The column is below the inner size of the frame that the body was bound to, and `DENSE` is as said.
    unsafe fn value<const DENSE: bool>(&self, column: usize, faults: &mut Faults) -> E;
}

/// An operand: memory with a stride for each loop. `K` is `On` where the inner stride is only known at run time.
pub struct ExactSlot<E, K> {
    base: *const E,
    /// Where the row at hand begins.
    row: *const E,
    step: isize,
    outer: [isize; 5],
    kind: PhantomData<K>,
}

impl<E, K> Clone for ExactSlot<E, K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E, K> Copy for ExactSlot<E, K> {}
impl<E, K> Sealed for ExactSlot<E, K> {}

// SAFETY: a slot is pointers into buffers that the region keeps alive and that nobody writes.
unsafe impl<E: Elem, K> Send for ExactSlot<E, K> {}
// SAFETY: as above.
unsafe impl<E: Elem, K> Sync for ExactSlot<E, K> {}

impl<E: Elem, K: Flag> ExactSlot<E, K> {
    /// The elements of `memory`, from `offset` on, along the axes of a region.
    ///
    /// # Panics
    /// When the loops of the frame reach outside of the memory.
    fn new(memory: &Buf<E>, offset: usize, axes: &Axes, frame: &Frame) -> Self {
        let mut outer = [0; 5];
        for level in 0..frame.levels {
            outer[level] = axes.stride[frame.source[level + 1]];
        }
        // Rows of a shape whose last axis cannot stretch are contiguous: a frame drops the last axis only when it is
        // `D<1>` for every operand.
        let step = if K::ON { axes.stride[frame.source[0]] } else { 1 };
        assert!(frame.stays_inside(offset, step, &outer, memory.len()), "an operand reaches outside of its memory");
        let base = memory.as_ptr().wrapping_add(offset);
        ExactSlot { base, row: base, step, outer, kind: PhantomData }
    }
}

impl<E: Elem, K: Flag> ExactBody<E> for ExactSlot<E, K> {
    #[inline(always)]
    fn dense(&self) -> bool {
        !K::ON || self.step == 1
    }

    #[inline(always)]
    fn seek(&mut self, frame: &Frame, index: &[usize; 5]) {
        let mut offset = index[0] as isize * self.outer[0];
        for level in 1..frame.levels {
            offset += index[level] as isize * self.outer[level];
        }
        self.row = self.base.wrapping_offset(offset);
    }

    #[inline(always)]
    unsafe fn value<const DENSE: bool>(&self, column: usize, _: &mut Faults) -> E {
        // SAFETY: the frame was compared with the memory when the slot was made, and the column is one of the frame's.
        unsafe { if DENSE || !K::ON { *self.row.add(column) } else { *self.row.offset(column as isize * self.step) } }
    }
}

impl<S: Shape, E: Discrete> Exact<E> for Leaf<S, E, Off> {
    type Body = ExactSlot<E, S::Stretches>;
    #[inline(always)]
    fn flat<R: Shape>(&self, _: R) -> bool {
        TypeId::of::<S>() == TypeId::of::<R>()
    }
    fn survey(&self, survey: &mut Survey) {
        let axes = Axes::contiguous(self.shape()).along(survey.region());
        survey.operand(&axes, None);
    }
    #[inline]
    fn bind(&self, frame: &Frame, region: &[usize; 6]) -> Self::Body {
        ExactSlot::new(self.buf(), 0, &Axes::contiguous(self.shape()).along(region), frame)
    }
    fn place<R: Shape>(&self, shape: R) -> Option<Strided<E>> {
        Some(Strided::whole(self.buf().clone(), shape))
    }
}

impl<A: 'static, SA: Shape, E: Discrete> Exact<E> for View<A, SA, E> {
    type Body = ExactSlot<E, crate::dims::On>;
    #[inline(always)]
    fn flat<R: Shape>(&self, _: R) -> bool {
        false
    }
    fn survey(&self, survey: &mut Survey) {
        let axes = self.own().axes.along(survey.region());
        survey.operand(&axes, None);
    }
    fn bind(&self, frame: &Frame, region: &[usize; 6]) -> Self::Body {
        let Strided { buf, offset, axes } = self.own();
        ExactSlot::new(buf, *offset, &axes.along(region), frame)
    }
    fn place<R: Shape>(&self, _: R) -> Option<Strided<E>> {
        Some(self.own().clone())
    }
}

impl<A: 'static, SA: Shape, S: Shape, E: Discrete> Exact<E> for Reshaped<A, SA, S, E> {
    type Body = ExactSlot<E, S::Stretches>;
    #[inline(always)]
    fn flat<R: Shape>(&self, _: R) -> bool {
        TypeId::of::<S>() == TypeId::of::<R>()
    }
    fn survey(&self, survey: &mut Survey) {
        let axes = Axes::contiguous(self.shape()).along(survey.region());
        survey.operand(&axes, None);
    }
    fn bind(&self, frame: &Frame, region: &[usize; 6]) -> Self::Body {
        ExactSlot::new(self.buf(), 0, &Axes::contiguous(self.shape()).along(region), frame)
    }
    fn place<R: Shape>(&self, shape: R) -> Option<Strided<E>> {
        Some(Strided::whole(self.buf().clone(), shape))
    }
}

/// A number: it occupies no memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant<E>(pub(crate) E);

impl<E> Sealed for Constant<E> {}
impl<E: Discrete> Exact<E> for Constant<E> {
    type Body = Self;
    #[inline(always)]
    fn flat<S: Shape>(&self, _: S) -> bool {
        true
    }
    fn survey(&self, _: &mut Survey) {}
    #[inline(always)]
    fn bind(&self, _: &Frame, _: &[usize; 6]) -> Self {
        *self
    }
}
impl<E: Discrete> ExactBody<E> for Constant<E> {
    #[inline(always)]
    fn dense(&self) -> bool {
        true
    }
    #[inline(always)]
    fn seek(&mut self, _: &Frame, _: &[usize; 5]) {}
    #[inline(always)]
    unsafe fn value<const DENSE: bool>(&self, _: usize, _: &mut Faults) -> E {
        self.0
    }
}

impl<E: Discrete, A: Exact<E>> Exact<E> for Stopped<A> {
    type Body = A::Body;
    #[inline(always)]
    fn flat<S: Shape>(&self, region: S) -> bool {
        self.0.flat(region)
    }
    fn survey(&self, survey: &mut Survey) {
        self.0.survey(survey);
    }
    #[inline]
    fn bind(&self, frame: &Frame, region: &[usize; 6]) -> Self::Body {
        self.0.bind(frame, region)
    }
    fn place<S: Shape>(&self, shape: S) -> Option<Strided<E>> {
        self.0.place(shape)
    }
}

/// A formula is a node over nodes and, once its operands are bound, a body over bodies.
macro_rules! exact_node {
    ($($name:ident over $formula:ident, $($field:ident $Child:ident),*;)*) => {$(
        impl<E: Discrete, Op: $formula<E>, $($Child: Exact<E>),*> Exact<E> for $name<Op, $($Child),*> {
            type Body = $name<Op, $($Child::Body),*>;
            #[inline(always)]
            fn flat<S: Shape>(&self, region: S) -> bool {
                $(self.$field.flat(region))&&*
            }
            fn survey(&self, survey: &mut Survey) {
                $(self.$field.survey(survey);)*
            }
            #[inline]
            fn bind(&self, frame: &Frame, region: &[usize; 6]) -> Self::Body {
                $name { op: self.op, $($field: self.$field.bind(frame, region)),* }
            }
        }

        impl<E: Discrete, Op: $formula<E>, $($Child: ExactBody<E>),*> ExactBody<E> for $name<Op, $($Child),*> {
            #[inline(always)]
            fn dense(&self) -> bool {
                $(self.$field.dense())&&*
            }
            #[inline(always)]
            fn seek(&mut self, frame: &Frame, index: &[usize; 5]) {
                $(self.$field.seek(frame, index);)*
            }
            #[inline(always)]
            unsafe fn value<const DENSE: bool>(&self, column: usize, faults: &mut Faults) -> E {
                // SAFETY: the caller's contract.
                unsafe {
                    $(let $field = self.$field.value::<DENSE>(column, faults);)*
                    self.op.value($($field,)* faults)
                }
            }
        }
    )*};
}
exact_node! {
    Unary over Exact1, a A;
    Binary over Exact2, a A, b B;
    Ternary over Exact3, a A, b B, c C;
}

/// The value of a node in row-major order: its own memory where there is one, else one fused loop. An element without a
/// value raises [`Error::Undefined`].
#[track_caller]
pub(crate) fn exact<E: Discrete, D: Device, N: Exact<E>, S: Shape>(device: D, node: &N, shape: S) -> Buf<E> {
    match node.place(shape) {
        Some(there) if there.is_whole(shape) => there.buf,
        Some(there) => device.copy_strided(&there),
        None => compute(device, node, shape),
    }
}

#[track_caller]
fn compute<E: Discrete, D: Device, N: Exact<E>, S: Shape>(device: D, node: &N, shape: S) -> Buf<E> {
    let region = Region::of(shape);
    let flat = node.flat(shape);
    let frame = if flat { Frame::flat(region.len, 1) } else { surveyed(node, &region, S::Stretches::ON) };
    if frame.is_empty() {
        return device.zeroed(0);
    }
    // SAFETY: binding checks every operand against the frame.
    let computed = unsafe { device.evaluate_exact(&frame, node.bind(&frame, &region.size)) };
    computed.unwrap_or_else(|(position, reason)| raise(Error::undefined(reason, position, shape)))
}

#[inline(never)]
fn surveyed<E: Discrete, N: Exact<E>>(node: &N, region: &Region, last_stretches: bool) -> Frame {
    let mut survey = Survey::new(region, last_stretches);
    node.survey(&mut survey);
    survey.frame()
}
