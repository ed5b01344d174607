//! Copies of elements whose neighbours lie side by side along another axis than the last one: square blocks, of which
//! each line of memory is read and written in one go. One element of each line at a time was 10 times slower.
//!
//! Apart from the other copies because here the order of the loops is all that matters.
#![allow(unsafe_code, reason = "registers are read from blocks whose bounds are checked, and written to such")]

use super::strides::each_pair;
use crate::dtype::Elem;
use crate::layout::{Axes, COLUMNS};
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m128i, _mm_loadu_si128, _mm_storeu_si128, _mm_unpackhi_epi32, _mm_unpackhi_epi64, _mm_unpacklo_epi32,
    _mm_unpacklo_epi64,
};
#[cfg(target_arch = "x86_64")]
use std::mem::MaybeUninit;

/// The side of a block: its lines of memory are in the cache while their elements are spread.
pub(super) const SIDE: usize = 16;
/// Columns of the result whose blocks are walked before the next rows: the lines that they are read from stay in the
/// cache until the neighbours of their elements are read.
pub(super) const BAND: usize = 256;

/// The elements in row-major order, in blocks of the last axis and of `axis`, along which neighbours lie side by side.
pub(super) fn turned<E: Elem>(from: &[E], offset: usize, axes: &Axes, axis: usize, to: &mut [E]) {
    let (rows, columns, step) = (axes.size[axis], axes.size[COLUMNS], axes.stride[COLUMNS] as usize);
    let (mut others, own) = (*axes, Axes::row_major(axes.size));
    (others.size[axis], others.size[COLUMNS]) = (1, 1);
    let apart = own.stride[axis] as usize;
    each_pair(others.size, [offset, 0], [&others.stride, &own.stride], |[place, target]| {
        for band in (0..columns).step_by(BAND) {
            for row in (0..rows).step_by(SIDE) {
                for column in (band..columns.min(band + BAND)).step_by(SIDE) {
                    let (from, to) = (&from[place + row + column * step..], &mut to[target + row * apart + column..]);
                    block(from, step, to, apart, [SIDE.min(rows - row), SIDE.min(columns - column)]);
                }
            }
        }
    });
}

/// `to[row * apart + column] = from[row + column * step]` for the rows and columns of one block.
#[cfg_attr(optimised, inline(always))]
fn block<E: Elem>(from: &[E], step: usize, to: &mut [E], apart: usize, [rows, columns]: [usize; 2]) {
    if [rows, columns] != [SIDE; 2] {
        for row in 0..rows {
            (0..columns).for_each(|column| to[row * apart + column] = from[row + column * step]);
        }
        return;
    }
    let (from, to) = (&from[..(SIDE - 1) * step + SIDE], &mut to[..(SIDE - 1) * apart + SIDE]);
    #[cfg(target_arch = "x86_64")]
    if matches!(size_of::<E>(), 4 | 8) {
        // SAFETY: both slices reach to the end of the last of `SIDE` lines of as many elements, which have the size
        // that was asked for; `to` is borrowed mutably, so it is no part of `from`.
        return unsafe {
            match size_of::<E>() {
                4 => fours(from.as_ptr().cast(), step, to.as_mut_ptr().cast(), apart),
                _ => twos(from.as_ptr().cast(), step, to.as_mut_ptr().cast(), apart),
            }
        };
    }
    let mut lines = [[E::default(); SIDE]; SIDE];
    for (column, line) in lines.iter_mut().enumerate() {
        line.copy_from_slice(&from[column * step..][..SIDE]);
    }
    for row in 0..SIDE {
        let target = &mut to[row * apart..][..SIDE];
        (0..SIDE).for_each(|column| target[column] = lines[column][row]);
    }
}

/// A block of elements of four bytes, four by four: the registers are those of every processor of the target, and the
/// compiler makes none of loops over single elements. Each line is read and written in one go, by way of a block at
/// hand: where lines are a power of two apart, all have one and the same few places in the caches, and those that are
/// come back to are gone. Of 1024 x 1024 elements that is a sixth of the time.
///
/// # Safety
/// `SIDE` elements can be read at each of `SIDE` lines, `step` apart, and written at each of as many, `apart` apart.
#[cfg(target_arch = "x86_64")]
#[cfg_attr(optimised, inline(always))]
unsafe fn fours(from: *const u32, step: usize, to: *mut u32, apart: usize) {
    let mut near = MaybeUninit::<[u32; SIDE * SIDE]>::uninit();
    let block = near.as_mut_ptr().cast::<u32>();
    for (column, row) in squares::<4>() {
        // SAFETY: rows and columns up to `SIDE`, of the caller's lines and of the block.
        unsafe {
            let line = |i: usize| _mm_loadu_si128(from.add(row + (column + i) * step).cast::<__m128i>());
            let (a, b, c, d) = (line(0), line(1), line(2), line(3));
            let (low, high) = (_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
            let (low_behind, high_behind) = (_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
            let put = |i: usize, line| _mm_storeu_si128(block.add((row + i) * SIDE + column).cast(), line);
            put(0, _mm_unpacklo_epi64(low, low_behind));
            put(1, _mm_unpackhi_epi64(low, low_behind));
            put(2, _mm_unpacklo_epi64(high, high_behind));
            put(3, _mm_unpackhi_epi64(high, high_behind));
        }
    }
    // SAFETY: the squares have filled the block; the caller's lines.
    unsafe { put(block, to, apart) }
}

/// A block of elements of eight bytes, two by two.
///
/// # Safety
/// As for [`fours`].
#[cfg(target_arch = "x86_64")]
#[cfg_attr(optimised, inline(always))]
unsafe fn twos(from: *const u64, step: usize, to: *mut u64, apart: usize) {
    let mut near = MaybeUninit::<[u64; SIDE * SIDE]>::uninit();
    let block = near.as_mut_ptr().cast::<u64>();
    for (column, row) in squares::<2>() {
        // SAFETY: rows and columns up to `SIDE`, of the caller's lines and of the block.
        unsafe {
            let line = |i: usize| _mm_loadu_si128(from.add(row + (column + i) * step).cast::<__m128i>());
            let (a, b) = (line(0), line(1));
            let put = |i: usize, line| _mm_storeu_si128(block.add((row + i) * SIDE + column).cast(), line);
            put(0, _mm_unpacklo_epi64(a, b));
            put(1, _mm_unpackhi_epi64(a, b));
        }
    }
    // SAFETY: the squares have filled the block; the caller's lines.
    unsafe { put(block, to, apart) }
}

/// Writes a block line by line.
///
/// # Safety
/// The block has been filled; `SIDE` elements can be written at each of `SIDE` lines, `apart` apart.
#[cfg(target_arch = "x86_64")]
#[cfg_attr(optimised, inline(always))]
unsafe fn put<T: Copy>(block: *const T, to: *mut T, apart: usize) {
    for row in 0..SIDE {
        // SAFETY: a line of the block, and one of the caller's.
        unsafe { to.add(row * apart).copy_from_nonoverlapping(block.add(row * SIDE), SIDE) }
    }
}

/// The first column and row of each square of `N` by `N` in a block, column by column.
#[cfg(target_arch = "x86_64")]
#[cfg_attr(optimised, inline(always))]
fn squares<const N: usize>() -> impl Iterator<Item = (usize, usize)> {
    (0..SIDE * SIDE / N / N).map(|i| (i / (SIDE / N) * N, i % (SIDE / N) * N))
}
