//! Rows laid down as the loops read them, in the type that is computed in, and results written back.
//!
//! Apart from the loops because here strides and 16-bit floats end.
#![allow(unsafe_code, reason = "lanes load and store through pointers")]

use super::call::Lines;
use crate::dtype::Real;
use crate::num::{Kernel, Lane, Simd};

/// What is packed is padded to a multiple of so many elements: the lanes of the widest register.
pub(super) const PAD: usize = 16;

/// Memory full of zeros, of the type that `E` is computed in.
pub(super) struct Room<E: Real>(crate::memory::Buf<E>);

impl<E: Real> Room<E> {
    pub(super) fn new(len: usize) -> Self {
        Room(crate::memory::Buf::zeros(len * E::WORDS))
    }

    /// The first element. Memory of buffers is aligned for every element, and any bits are a number.
    pub(super) fn start(&mut self) -> *mut E::Wide {
        self.0.make_mut().as_mut_ptr().cast()
    }
}

/// `n` elements of a row, beside each other or not.
///
/// # Safety
/// They can be read.
#[cfg_attr(optimised, inline(always))]
unsafe fn read<E: Simd, V: Lane<E>>(from: *const E, step: isize, n: usize) -> V {
    // SAFETY: the caller's contract.
    unsafe { if step == 1 { V::load(from, n) } else { V::gather(from, step, n) } }
}

/// Rows copied one behind the other, each padded with zeros to `step` elements.
pub(super) struct Laid<E: Simd> {
    pub(super) from: Lines<E>,
    pub(super) first: usize,
    pub(super) rows: usize,
    /// The first column, and how many.
    pub(super) column: usize,
    pub(super) columns: usize,
    pub(super) to: *mut E::Wide,
    pub(super) step: usize,
    /// Whether NaN and infinities become 0.
    pub(super) finite: bool,
}

/// Says whether all elements are finite.
impl<E: Simd> Kernel<E> for Laid<E> {
    type Out = bool;
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) -> bool {
        let Laid { from, first, rows, column, columns, to, step, finite } = self;
        let mut odd = V::c(0.0);
        for i in 0..rows {
            let line = from.row(first + i).wrapping_offset(column as isize * from.column);
            let mut j = 0;
            while j < step {
                let n = V::N.min(columns.saturating_sub(j));
                // SAFETY: the elements of a row, and a place for each of them (whoever makes one vouches for these).
                unsafe {
                    let x: V = read(line.wrapping_offset(j as isize * from.column), from.column, n);
                    let none = x * 0.0;
                    odd = odd + none;
                    let x = if finite { V::select_eq(none, V::c(0.0), x, V::c(0.0)) } else { x };
                    x.wide().store(to.add(i * step + j), V::N.min(step - j));
                }
                j += V::N;
            }
        }
        !odd.hsum().into().is_nan()
    }
}

/// Rows laid down column by column, each of these with `step` elements; a multiple of the lanes of them is written.
pub(super) struct Turned<E: Simd> {
    pub(super) from: Lines<E>,
    pub(super) first: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) to: *mut E::Wide,
    pub(super) step: usize,
}

impl<E: Simd> Kernel<E> for Turned<E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let Turned { from, first, rows, columns, to, step } = self;
        let mut i = 0;
        while i < rows {
            let (n, line) = (V::N.min(rows - i), from.row(first + i));
            for j in 0..columns {
                // SAFETY: column `j` of `n` rows, and a place for each of them, as `step` is a multiple of the lanes.
                unsafe {
                    let x: V = read(line.wrapping_offset(j as isize * from.column), from.row, n);
                    x.wide().store(to.add(j * step + i), V::N);
                }
            }
            i += V::N;
        }
    }
}

/// Rows of `step` elements written to where they belong, each element rounded once.
pub(super) struct Written<E: Simd> {
    pub(super) from: *const E::Wide,
    pub(super) step: usize,
    pub(super) to: Lines<E>,
    pub(super) first: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl<E: Simd> Kernel<E> for Written<E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let Written { from, step, to, first, rows, columns } = self;
        for i in 0..rows {
            let line = to.row(first + i);
            let mut j = 0;
            while j < columns {
                let n = V::N.min(columns - j);
                // SAFETY: the elements of a row, and their places.
                unsafe {
                    let x = V::of_wide(V::Wide::load(from.add(i * step + j), n));
                    let place = line.wrapping_offset(j as isize * to.column);
                    if to.column == 1 { x.store(place, n) } else { x.scatter(place, to.column, n) }
                }
                j += V::N;
            }
        }
    }
}

/// The products of rows with those of the same number, both of which lie one behind the other.
pub(super) struct Dots<E: Simd> {
    pub(super) rows: [*const E; 2],
    pub(super) count: usize,
    pub(super) columns: usize,
    pub(super) to: *mut E::Wide,
}

impl<E: Simd> Kernel<E> for Dots<E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let Dots { rows: [a, b], count, columns, to } = self;
        for i in 0..count {
            let (mut sum, mut j) = (V::c(0.0), 0);
            while j < columns {
                let (n, place) = (V::N.min(columns - j), i * columns + j);
                // SAFETY: elements of both rows.
                unsafe { sum = V::load(a.add(place), n).fma(V::load(b.add(place), n), sum) };
                j += V::N;
            }
            // SAFETY: there is a place for each product.
            unsafe { *to.add(i) = sum.hsum() }
        }
    }
}
