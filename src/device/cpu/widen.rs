//! 16-bit floats as `f32`, and back: for work that adds many of them up, or for which there is an engine of `f32` only.
//!
//! Apart from the lanes, which convert as they load and store: here a whole matrix is converted once, because each of
//! its elements is needed many times.
#![allow(unsafe_code, reason = "lanes load and store through pointers")]

use super::unwritten;
use crate::dtype::{Elem, Real};
use crate::elements::for_each_half;
use crate::memory::Buf;
use crate::num::{Kernel, Lane, dispatch};
use std::any::Any;

/// Rows of elements, `row` apart, each with its elements `column` apart.
#[derive(Clone, Copy)]
pub(super) struct Lines<E> {
    pub(super) start: *mut E,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row: isize,
    pub(super) column: isize,
}

impl<E> Lines<E> {
    /// The same elements with contiguous rows, where they have contiguous columns.
    pub(super) fn along_memory(self) -> Self {
        if self.column == 1 || self.row != 1 {
            return self;
        }
        Lines { rows: self.columns, columns: self.rows, row: self.column, column: self.row, ..self }
    }

    /// Steps from row to row and from column to column once the elements lie [along memory](Self::along_memory), row
    /// after row.
    pub(super) fn packed(self) -> (isize, isize) {
        let turned = self.column != 1 && self.row == 1;
        if turned { (1, self.rows as isize) } else { (self.columns as isize, 1) }
    }

    fn len(&self) -> usize {
        self.rows.checked_mul(self.columns).expect("more elements than the address space holds")
    }
}

impl<E> Lines<E> {
    /// All elements of a slice, which are only read.
    fn of(values: &[E]) -> Self {
        Lines { start: values.as_ptr().cast_mut(), rows: 1, columns: values.len(), row: 0, column: 1 }
    }
}

struct Widen<E: Real> {
    from: Lines<E>,
    to: *mut E::Wide,
}

impl<E: Real> Kernel<E> for Widen<E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let Lines { start, rows, columns, row, column } = self.from;
        for line in 0..rows {
            let from = start.wrapping_offset(line as isize * row);
            let mut i = 0;
            while i < columns {
                let n = V::N.min(columns - i);
                // SAFETY: `i + n` is at most the row's length; both sides have these elements (the caller's contract).
                unsafe {
                    let place = from.offset(i as isize * column);
                    let x: V = if column == 1 { V::load(place, n) } else { V::gather(place, column, n) };
                    x.wide().store(self.to.add(line * columns + i), n);
                }
                i += V::N;
            }
        }
    }
}

/// The elements row after row.
///
/// # Safety
/// Every element of the lines can be read, and the type is a 16-bit float.
pub(super) unsafe fn widen<E: Real>(from: Lines<E>) -> Buf<f32> {
    const { assert!(size_of::<E::Wide>() == size_of::<f32>() || !E::NARROW) };
    let mut out: Buf<f32> = unwritten(from.len());
    dispatch(Widen { from, to: out.make_mut().as_mut_ptr().cast::<E::Wide>() });
    out
}

/// The elements of a slice of 16-bit floats.
pub(super) fn widen_slice<E: Real>(values: &[E]) -> Buf<f32> {
    // SAFETY: the lines are the slice.
    unsafe { widen(Lines::of(values)) }
}

struct Narrow<E: Real> {
    from: *const E::Wide,
    to: Lines<E>,
    add: bool,
}

impl<E: Real> Kernel<E> for Narrow<E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let Lines { start, rows, columns, row, column } = self.to;
        for line in 0..rows {
            let to = start.wrapping_offset(line as isize * row);
            let mut i = 0;
            while i < columns {
                let n = V::N.min(columns - i);
                // SAFETY: as in `Widen`.
                unsafe {
                    let mut x = V::of_wide(V::Wide::load(self.from.add(line * columns + i), n));
                    let place = to.offset(i as isize * column);
                    if column == 1 {
                        x = if self.add { V::load(place, n) + x } else { x };
                        x.store(place, n);
                    } else {
                        x = if self.add { V::gather(place, column, n) + x } else { x };
                        x.scatter(place, column, n);
                    }
                }
                i += V::N;
            }
        }
    }
}

/// Writes or adds the values, row after row, each rounded once.
///
/// # Safety
/// Every element of the lines can be written, and the type is a 16-bit float.
pub(super) unsafe fn narrow<E: Real>(from: &[f32], to: Lines<E>, add: bool) {
    const { assert!(size_of::<E::Wide>() == size_of::<f32>() || !E::NARROW) };
    assert_eq!(from.len(), to.len(), "as many values as places");
    dispatch(Narrow { from: from.as_ptr().cast(), to, add });
}

/// Writes the values to a slice of 16-bit floats.
pub(super) fn narrow_slice<E: Real>(from: &[f32], to: &mut [E]) {
    let lines = Lines { start: to.as_mut_ptr(), rows: 1, columns: to.len(), row: 0, column: 1 };
    // SAFETY: the lines are the slice.
    unsafe { narrow(from, lines, false) }
}

/// Conversions between `f32` and a 16-bit float by whole registers; none for other types.
pub(super) fn between<A: Elem, B: Elem>(from: &Buf<A>) -> Option<Buf<B>> {
    let mut to: Option<Buf<B>> = None;
    each_pair(from, &mut to);
    to
}

/// Not generic: whoever converts anything would compile these loops.
fn each_pair(from: &dyn Any, to: &mut dyn Any) {
    macro_rules! each {
        ($($half:ident),*) => {
            match from.downcast_ref::<Buf<f32>>() {
                Some(from) => { $(into_halves::<half::$half>(from.host(), to);)* }
                None => { $(from_halves::<half::$half>(from, to);)* }
            }
        };
    }
    for_each_half!(each)
}

fn into_halves<E: Real>(from: &[f32], to: &mut dyn Any) {
    if let Some(to) = to.downcast_mut::<Option<Buf<E>>>() {
        let mut out = unwritten(from.len());
        narrow_slice(from, out.make_mut());
        *to = Some(out);
    }
}

fn from_halves<E: Real>(from: &dyn Any, to: &mut dyn Any) {
    if let (Some(from), Some(to)) = (from.downcast_ref::<Buf<E>>(), to.downcast_mut::<Option<Buf<f32>>>()) {
        *to = Some(widen_slice(from.host()));
    }
}
