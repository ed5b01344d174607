//! Factors laid down in the order in which tiles read them: strips of a few lines, term after term.
//!
//! Apart from the tiles because here memory is what counts; 16-bit floats are widened on the way.

use super::target::MOST;
use crate::num::{Kernel, Lane, Simd, prefetch};

/// Lines of a factor (rows of A, columns of B): `step` from line to line, `term` from term to term.
#[derive(Clone, Copy)]
pub(super) struct Lines<E> {
    pub(super) start: *const E,
    pub(super) step: isize,
    pub(super) term: isize,
}

impl<E> Lines<E> {
    /// The same lines from this one on, from this term on.
    pub(super) fn from(self, line: usize, term: usize) -> Self {
        Lines { start: self.at(line, term), ..self }
    }

    fn at(&self, line: usize, term: usize) -> *const E {
        self.start.wrapping_offset(line as isize * self.step + term as isize * self.term)
    }

    /// The lines as of the type that elements are computed in, which is theirs.
    pub(super) fn cast<W>(self) -> Lines<W> {
        debug_assert_eq!(size_of::<W>(), size_of::<E>());
        Lines { start: self.start.cast(), step: self.step, term: self.term }
    }
}

/// `lines` lines of `terms` terms, to be laid into strips of `width`, one behind the other. A last one with fewer lines
/// is `last` wide, and filled with zeros.
pub(super) struct Packing<E: Simd> {
    pub(super) from: Lines<E>,
    pub(super) lines: usize,
    pub(super) terms: usize,
    pub(super) width: usize,
    pub(super) last: usize,
    pub(super) to: *mut E::Wide,
}

/// Terms that are asked for before they are read, where each lies in a page of its own.
const AHEAD: isize = 8;

/// Lines that are turned at a time.
const PAIR: usize = 2;

impl<E: Simd> Kernel<E> for Packing<E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        // SAFETY: whoever makes one vouches for its places.
        unsafe {
            if self.from.step == 1 {
                return self.beside::<V>();
            }
            for line in (0..self.lines).step_by(self.width) {
                let lines = self.width.min(self.lines - line);
                let (from, to) = (self.from.from(line, 0), self.to.wrapping_add(line * self.terms));
                Packing { from, lines, to, ..self }.turned::<V>();
            }
        }
    }
}

impl<E: Simd> Packing<E> {
    /// The width of the strip that holds these lines.
    fn width_of(&self, lines: usize) -> usize {
        if lines == self.width { self.width } else { self.last }
    }

    /// Lines that lie beside each other: a term of them is copied as it is, strip by strip.
    ///
    /// # Safety
    /// The lines and terms can be read, and the strips have places for them.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn beside<V: Lane<E>>(self) {
        let Packing { from, lines, terms, width, to, .. } = self;
        for term in 0..terms {
            for first in (0..lines).step_by(width) {
                let there = width.min(lines - first);
                let wide = self.width_of(there);
                let (read, write) = (from.at(first, term), to.wrapping_add(first * terms + term * wide));
                let mut line = 0;
                while line < wide {
                    let (read, write) = (read.wrapping_add(line), write.wrapping_add(line));
                    prefetch(read.wrapping_offset(AHEAD * from.term));
                    // SAFETY: the lines that are there are read, those of the strip are written.
                    unsafe {
                        if line + V::N <= there {
                            V::load(read, V::N).wide().store(write, V::N);
                        } else {
                            V::load(read, there.saturating_sub(line)).wide().store(write, V::N.min(wide - line));
                        }
                    }
                    line += V::N;
                }
            }
        }
    }

    /// Lines each of which lies in memory by itself, or nowhere in one piece: they are turned, two at a time.
    ///
    /// # Safety
    /// As for `beside`.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn turned<V: Lane<E>>(self) {
        let Packing { from, lines, terms, to, .. } = self;
        let width = self.width_of(lines);
        let mut term = 0;
        while term < terms {
            let n = V::N.min(terms - term);
            let mut line = 0;
            while line < width {
                let mut pair = [[E::Wide::default(); MOST]; PAIR];
                for (i, row) in pair.iter_mut().enumerate() {
                    let place = from.at(line + i, term);
                    prefetch(place.wrapping_offset(4 * V::N as isize * from.term));
                    // SAFETY: `n` terms from here on are those of a line.
                    let x: V = unsafe {
                        match line + i < lines {
                            true if from.term == 1 => V::load(place, n),
                            true => V::gather(place, from.term, n),
                            false => V::c(0.0),
                        }
                    };
                    // SAFETY: a row has room for the widest register.
                    unsafe { x.wide().store(row.as_mut_ptr(), V::N) };
                }
                let write = to.wrapping_add(term * width + line);
                // SAFETY: the strip has these lines and terms; an odd last line is by itself.
                unsafe {
                    match (n == V::N, width - line) {
                        (_, 1) => put::<_, 1>(&pair, n, write, width),
                        (true, _) => put::<_, PAIR>(&pair, V::N, write, width),
                        (false, _) => put::<_, PAIR>(&pair, n, write, width),
                    }
                }
                line += PAIR;
            }
            term += V::N;
        }
    }
}

/// Writes the first `L` lines of a pair.
///
/// # Safety
/// `L` places at each of `n` steps can be written.
#[cfg_attr(optimised, inline(always))]
unsafe fn put<W: Copy, const L: usize>(pair: &[[W; MOST]; PAIR], n: usize, to: *mut W, width: usize) {
    for i in 0..n {
        let term: [W; L] = std::array::from_fn(|line| pair[line][i]);
        // SAFETY: the caller's contract.
        unsafe { to.wrapping_add(i * width).cast::<[W; L]>().write_unaligned(term) };
    }
}
