//! Fused pointwise loops: value, total, gradient. One loop over lanes for each, compiled once for each formula.
#![allow(unsafe_code, reason = "bodies are bound to checked operands, and results go to memory of the region's length")]

use super::cascade::Cascade;
use super::parallel::{SharedPtr, for_each};
use crate::dtype::Real;
use crate::loops::{At, Body, Frame, Reading, Unbound};
use crate::num::{Kernel, Lane, Num, Simd, dispatch};

/// Vectors that are added in their own type before a partial sum goes to [`Simd::Sum`]. A million equal `f32` come out
/// with a relative error below 1e-6; with 256 it was 2.3e-6.
const BLOCK: usize = 64;

/// Vectors of a total that are added side by side: each sum waits for its own last addition alone.
const SIDE: usize = 2;

/// How long before it is read memory of a total is asked for: four pages. Processors follow a stream of reads to the
/// end of its page and wait at the next one, whose place they do not know: sums of 40 MB take 0.85 of the time.
const AHEAD: usize = 1 << 14;

/// Bytes from which on a tensor does not stay in the caches of one core.
const LARGE: usize = 1 << 20;

/// Terms of a gradient that are added in lanes before they go to the sum of their chunk: as many for narrow lanes as
/// for wide ones. Roundings in lanes and of the sum are about even, and err below 1e-6 for 7 million `f32`.
const TERMS: usize = 1024;

/// Columns that are computed of all rows before the next ones, where elements lie apart: several rows read the same
/// lines of memory, which stay in the cache for a few columns, not for a whole row.
const BAND: usize = 32;

/// A body that tasks copy.
#[derive(Clone, Copy)]
struct Task<B>(B);
// SAFETY: a body is pointers into buffers that outlive the loop; each chunk writes its own part.
unsafe impl<B> Send for Task<B> {}
// SAFETY: as above.
unsafe impl<B> Sync for Task<B> {}
impl<B> Task<B> {
    fn get(&self) -> &B {
        &self.0
    }
}

/// The columns `from..to` in vectors: all but the last one are full by a constant, so that their loop has no masks.
/// A macro, because a closure that is called twice is not inlined, and is then compiled without the instruction set.
macro_rules! each_vector {
    ($V:ty, $from:expr, $to:expr, |$column:ident, $lanes:ident| $vector:block) => {{
        let mut $column = $from;
        if <$V>::RARE {
            while $column < $to {
                let $lanes = <$V>::N.min($to - $column);
                $vector
                $column += <$V>::N;
            }
        } else {
            while $column + <$V>::N <= $to {
                let $lanes = <$V>::N;
                $vector
                $column += <$V>::N;
            }
            if $column < $to {
                let $lanes = $to - $column;
                $vector
            }
        }
    }};
}

struct Evaluate<'f, B, E> {
    frame: &'f Frame,
    chunk: usize,
    columns: (usize, usize),
    body: &'f B,
    out: *mut E,
}

impl<E: Real, B: Body<E>> Kernel<E> for Evaluate<'_, B, E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let (Frame { inner, .. }, mut body) = (*self.frame, *self.body);
        let (first, end) = self.columns;
        for (row, from, to) in self.frame.chunk(self.chunk).units(inner) {
            body.seek(self.frame, &self.frame.index(row));
            each_vector!(V, from.max(first), to.min(end), |column, lanes| {
                // SAFETY: the chunk's columns lie inside the frame; `out` has its elements (the caller's contract).
                unsafe {
                    let value: V = body.value(&Unbound, At::new(column, lanes));
                    value.store(self.out.add(row * inner + column), lanes);
                }
            });
        }
    }
}

/// # Safety
/// The body was checked against the frame; `out` has room for its elements.
pub(in crate::device) unsafe fn evaluate<E: Real, B: Body<E>>(frame: &Frame, body: &B, out: *mut E) {
    if frame.chunks == 1 {
        return evaluate_chunk(frame, 0, body, out);
    }
    let (body, out) = (&Task(*body), SharedPtr::new(out));
    for_each(frame.chunks, frame.len(), |chunk| evaluate_chunk(frame, chunk, body.get(), out.get()));
}

#[cfg_attr(optimised, inline(always))]
fn evaluate_chunk<E: Real, B: Body<E>>(frame: &Frame, chunk: usize, body: &B, out: *mut E) {
    let inner = frame.inner;
    let band = if body.spacing().are_apart() { BAND } else { inner };
    for first in (0..inner).step_by(band) {
        dispatch(Evaluate { frame, chunk, columns: (first, inner.min(first + band)), body, out });
    }
}

#[cfg_attr(optimised, inline(always))]
fn added<V: Num>([even, odd]: [V; SIDE]) -> V {
    even + odd
}

struct Total<'f, B> {
    frame: &'f Frame,
    chunk: usize,
    body: &'f B,
}

impl<E: Real, B: Body<E>> Kernel<E> for Total<'_, B> {
    type Out = E::Sum;
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) -> E::Sum {
        let (Frame { inner, .. }, mut body) = (*self.frame, *self.body);
        let (mut total, mut sums, mut vectors) = (E::Sum::c(0.0), [V::c(0.0); SIDE], 0);
        let near = self.frame.len().saturating_mul(size_of::<E>()) < LARGE;
        let reading = Reading { ahead: if near { 0 } else { AHEAD } };
        for (row, from, to) in self.frame.chunk(self.chunk).units(inner) {
            body.seek(self.frame, &self.frame.index(row));
            let mut start = from;
            while start < to {
                // Up to the end of the row or of the block, without a question in the loop.
                let end = to.min(start + (BLOCK - vectors) * V::N);
                vectors += (end - start).div_ceil(V::N);
                while !V::RARE && start + SIDE * V::N <= end {
                    let mut k = 0;
                    while k < SIDE {
                        // SAFETY: the chunk's columns lie inside the frame.
                        let value: V = body.value(&reading, unsafe { At::new(start + k * V::N, V::N) });
                        sums[k] = sums[k] + value;
                        k += 1;
                    }
                    start += SIDE * V::N;
                }
                while start < end {
                    let lanes = V::N.min(end - start);
                    // SAFETY: as above.
                    let value: V = body.value(&Unbound, unsafe { At::new(start, lanes) });
                    sums[0] = sums[0] + value.keep(lanes);
                    start += lanes;
                }
                if vectors == BLOCK {
                    total = total + added(sums).hsum().to_sum();
                    (sums, vectors) = ([V::c(0.0); SIDE], 0);
                }
            }
        }
        total + added(sums).hsum().to_sum()
    }
}

/// # Safety
/// The body was checked against the frame.
pub(in crate::device) unsafe fn total<E: Real, B: Body<E>>(frame: &Frame, body: &B) -> E::Sum {
    if frame.chunks == 1 {
        return dispatch::<E, _>(Total { frame, chunk: 0, body });
    }
    let mut parts = [E::Sum::c(0.0); 64];
    let (body, out) = (&Task(*body), SharedPtr::new(parts.as_mut_ptr()));
    for_each(frame.chunks, frame.len(), |chunk| {
        let part = dispatch::<E, _>(Total { frame, chunk, body: body.get() });
        // SAFETY: there are at most 64 chunks, each writes its own place.
        unsafe { out.get().add(chunk).write(part) }
    });
    parts[..frame.chunks].iter().fold(E::Sum::c(0.0), |sum, &part| sum + part)
}

struct Pull<'f, B, G> {
    frame: &'f Frame,
    chunk: usize,
    body: &'f B,
    seed: &'f G,
}

impl<E: Real, B: Body<E>, G: Body<E>> Kernel<E> for Pull<'_, B, G> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let (mut body, mut seed) = (*self.body, *self.seed);
        let Frame { parts, inner, .. } = *self.frame;
        body.select(self.chunk * parts);
        let chunk = self.frame.chunk(self.chunk);
        let part = if parts == 1 { usize::MAX } else { chunk.len().div_ceil(parts) };
        let mut left = part; // Units until the next part.
        for (row, from, to) in chunk.units(inner) {
            if left == 0 {
                body.select(1);
                left = part;
            }
            left -= 1;
            let index = self.frame.index(row);
            body.seek(self.frame, &index);
            seed.seek(self.frame, &index);
            let (mut sums, mut start) = (body.sums::<V>(), from);
            while start < to {
                let end = to.min(start + TERMS);
                each_vector!(V, start, end, |column, lanes| {
                    // SAFETY: the chunk's columns lie inside the frame.
                    let at = unsafe { At::new(column, lanes) };
                    let (_, tape) = body.record::<V, _>(&Unbound, at);
                    let g = seed.value(&Unbound, at);
                    body.pull(tape, g, &mut sums, &mut Unbound, at);
                });
                start = end;
                body.settle(std::mem::replace(&mut sums, body.sums::<V>()));
            }
        }
    }
}

/// # Safety
/// Both bodies were checked against the frame; gradients do not overlap.
pub(in crate::device) unsafe fn pull<E: Real, B: Body<E>, G: Body<E>>(frame: &Frame, body: &B, seed: &G) {
    if frame.chunks == 1 {
        return dispatch::<E, _>(Pull { frame, chunk: 0, body, seed });
    }
    let (body, seed) = (&Task(*body), &Task(*seed));
    for_each(frame.chunks, frame.len(), |chunk| {
        dispatch::<E, _>(Pull { frame, chunk, body: body.get(), seed: seed.get() });
    });
}

/// `P` is `E` or `E::Wide`.
struct SumParts<'a, E, P> {
    target: &'a mut [E],
    parts: *const P,
    count: usize,
}

impl<E: Real, P: Simd> SumParts<'_, E, P> {
    /// The elements from `start` on of one part.
    ///
    /// # Safety
    /// The part is one of `count`, and `start + n` is at most the length of the target.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn load<V: Lane<E>>(&self, part: usize, start: usize, n: usize) -> V {
        let place = self.parts.wrapping_add(part * self.target.len() + start);
        // SAFETY: the caller's part has these elements, of the one type or the other.
        unsafe {
            match size_of::<P>() == size_of::<E>() {
                true => V::load(place.cast(), n),
                false => V::of_wide(V::Wide::load(place.cast(), n)),
            }
        }
    }
}

impl<E: Real, P: Simd> Kernel<E> for SumParts<'_, E, P> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let len = self.target.len();
        let mut start = 0;
        while start < len {
            let n = V::N.min(len - start);
            // SAFETY: `start + n <= len`, and every part has `len` elements.
            unsafe {
                let place = self.target.as_mut_ptr().add(start);
                let mut sum = Cascade::new();
                for part in 0..self.count {
                    sum.add(self.load::<V>(part, start, n));
                }
                (V::load(place, n) + sum.total()).store(place, n);
            }
            start += V::N;
        }
    }
}

/// # Safety
/// `P` is `E` or `E::Wide`, and there are `count` parts of as many elements as the target has.
pub(in crate::device) unsafe fn sum_parts<E: Real, P: Simd>(target: &mut [E], parts: *const P, count: usize) {
    if !target.is_empty() {
        dispatch(SumParts { target, parts, count });
    }
}
