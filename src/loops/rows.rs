//! Row programs: reductions and what follows them, written once in the lane algebra.
//!
//! Apart from the operations, which are a few formulas each: a device runs any program without knowing its name.

use crate::dtype::Elem;
use crate::error::{Error, raise};
use crate::memory::Buf;
use crate::num::Num;
use crate::shape::extent;

/// How a pass combines the terms of a row. An empty row gives the neutral element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Combine {
    /// Sum; 0 when empty. Added in blocks, the blocks in `f64`.
    Sum,
    /// Product; 1 when empty.
    Product,
    /// Largest; -inf when empty, NaN when one is NaN.
    Maximum,
    /// Smallest; inf when empty, NaN when one is NaN.
    Minimum,
}

/// At most this many passes, and numbers of a row beside them.
pub const MAX_STATS: usize = 5;
/// At most this many inputs.
pub const MAX_INPUTS: usize = 3;

/// The numbers whose squares lanes of one type can sum up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// A sum of squares that is less, for each of its terms, has lost digits.
    pub least: f64,
    /// What brings large numbers within reach, a power of two; its inverse brings small ones.
    pub down: f64,
    /// Numbers below this can be brought up.
    pub small: f64,
}

impl Reach {
    /// Of lanes of `f32`, those of halves too.
    pub const SINGLE: Self = Reach { least: power_of_two(-124), down: power_of_two(-90), small: power_of_two(-30) };
    /// Of lanes of `f64`.
    pub const DOUBLE: Self = Reach { least: power_of_two(-1020), down: power_of_two(-700), small: power_of_two(-189) };
}

const fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// A few passes over a row, each giving one number, and a last formula for each element.
///
/// Softmax is: the maximum; the sum of `exp(x - max)`; finish with `exp(x - max) / sum`.
pub trait RowProgram: Copy + Send + Sync + 'static {
    /// What is computed by it, where a graph is explained.
    const NAME: &'static str = "row_program";
    /// Passes before the last formula.
    const PASSES: usize;
    /// The pass whose terms the last formula gets as `x[0]`, in place of the inputs, when they are dear to compute
    /// again.
    const DRAFT: Option<usize> = None;
    /// Rows are always contiguous: no loop for others is compiled.
    const CONTIGUOUS: bool = false;
    /// What the numbers of a row are before the first pass.
    const START: [f64; MAX_STATS] = [0.0; MAX_STATS];
    /// How often a row may be run at most, as [`again`](RowProgram::again) asks for it.
    const ROUNDS: usize = 1;
    /// The number of each row that `map_rows_keeping` gives beside the elements.
    const KEPT: usize = 0;
    /// Whether `map_rows_beside` has something to write beside each result.
    const BESIDE: bool = false;
    /// How a pass combines its terms.
    fn combine(self, pass: usize) -> Combine;
    /// What an element (one value of each input) adds to a pass, knowing the results of the earlier ones.
    fn term<V: Num>(self, pass: usize, x: [V; MAX_STATS], stats: [V; MAX_STATS]) -> V;
    /// What a pass gives, from the combination of its terms and the row's length.
    #[cfg_attr(optimised, inline(always))]
    fn close<V: Num>(self, pass: usize, combined: V, len: f64, stats: [V; MAX_STATS]) -> V {
        let _ = (pass, len, stats);
        combined
    }
    /// The numbers of a row after a pass: what it gives, at its place, and what else follows from it.
    #[cfg_attr(optimised, inline(always))]
    fn closed<V: Num>(self, pass: usize, combined: V, len: f64, stats: [V; MAX_STATS]) -> [V; MAX_STATS] {
        let mut closed = stats;
        closed[pass] = self.close(pass, combined, len, stats);
        closed
    }
    /// 1 where the passes are to be run again, 0 elsewhere, and what the numbers are before that.
    ///
    /// Most rows are right at once. Those that are not, for their squares left the range of the type or their mean was
    /// rounded, run again on another scale or around a better centre.
    #[cfg_attr(optimised, inline(always))]
    fn again<V: Num>(self, stats: [V; MAX_STATS], len: f64, reach: Reach) -> (V, [V; MAX_STATS]) {
        let _ = (len, reach);
        (V::c(0.0), stats)
    }
    /// The numbers of a row once all passes are done; `fold_rows` gives that of the last pass.
    #[cfg_attr(optimised, inline(always))]
    fn settle<V: Num>(self, stats: [V; MAX_STATS], len: f64) -> [V; MAX_STATS] {
        let _ = len;
        stats
    }
    /// The result for an element, in `map_rows`.
    #[cfg_attr(optimised, inline(always))]
    fn finish<V: Num>(self, x: [V; MAX_STATS], stats: [V; MAX_STATS]) -> V {
        let _ = stats;
        x[0]
    }
    /// What `map_rows_beside` gives beside the result of an element.
    #[cfg_attr(optimised, inline(always))]
    fn beside<V: Num>(self, x: [V; MAX_STATS], stats: [V; MAX_STATS]) -> V {
        let _ = stats;
        x[0]
    }
}

/// How a row of elements without gradients becomes one value: exactly, so that the order does not matter.
pub trait ExactFold<E>: Copy + Send + Sync + 'static {
    /// The value.
    type Out: Elem;
    /// The value of an empty row.
    fn start() -> Self::Out;
    /// The value with one element more.
    fn next(sum: Self::Out, x: E) -> Self::Out;
    /// The value of two parts of a row.
    fn join(left: Self::Out, right: Self::Out) -> Self::Out;
}

/// The rows of a tensor along one axis: `outer` times `inner` rows of `len` elements, `inner` apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Product of the sizes before the axis.
    pub(crate) outer: usize,
    /// Size of the axis.
    pub(crate) len: usize,
    /// Product of the sizes after the axis.
    pub(crate) inner: usize,
}

impl Rows {
    /// `outer` times `inner` rows of `len` elements. More than the address space holds raises [`Error::TooLarge`], also
    /// where there are no elements because one of the three is 0: the number of rows has to be one.
    #[inline]
    #[track_caller]
    pub(crate) fn new(outer: usize, len: usize, inner: usize) -> Self {
        product(&[outer, len, inner]);
        Rows { outer, len, inner }
    }

    /// The rows of `dims` along the axes `first..=last`.
    #[track_caller]
    pub(crate) fn along(dims: &[usize], first: usize, last: usize) -> Self {
        Self::new(product(&dims[..first]), product(&dims[first..=last]), product(&dims[last + 1..]))
    }

    /// The product of the sizes before the axis.
    pub fn outer(self) -> usize {
        self.outer
    }

    /// The number of elements of a row.
    #[expect(clippy::len_without_is_empty, reason = "a row may be empty while there are many of them")]
    pub fn len(self) -> usize {
        self.len
    }

    /// The product of the sizes after the axis: how far apart the elements of a row lie.
    pub fn inner(self) -> usize {
        self.inner
    }

    /// How many rows there are.
    pub fn count(self) -> usize {
        self.outer * self.inner
    }

    /// Elements in all rows.
    pub fn elements(self) -> usize {
        self.count() * self.len
    }

    /// Holds a program, which is to give one result an element or one a row, against itself and these rows.
    pub(crate) fn suit<P: RowProgram>(self, map: bool) {
        assert!(P::PASSES <= MAX_STATS && (map || P::PASSES > 0), "a row program of {} passes", P::PASSES);
        assert!(P::DRAFT.is_none_or(|pass| pass < P::PASSES), "a draft that no pass of a row program leaves");
        assert!(P::DRAFT.is_none() || P::ROUNDS == 1, "a draft of rows that are run again");
        let inner = self.inner;
        assert!(inner == 1 || !P::CONTIGUOUS, "rows that lie {inner} apart for a program of contiguous ones");
        assert!(P::CONTIGUOUS || !P::BESIDE, "a program of rows that lie apart has nothing beside its results");
    }
}

/// The product of sizes; more than the address space holds raises [`Error::TooLarge`].
#[inline]
#[track_caller]
pub(crate) fn product(sizes: &[usize]) -> usize {
    extent(sizes).unwrap_or_else(|| raise(Error::TooLarge { shape: format!("{sizes:?}"), bytes: None }))
}

/// An input of a row program.
#[derive(Clone, Copy)]
pub enum RowInput<'a, E> {
    /// One value for each element.
    Elements(&'a Buf<E>),
    /// One value for each row.
    PerRow(&'a Buf<E>),
    /// One value for each element of rows that serve several times.
    Paired(&'a Buf<E>, Pairing),
}

impl<'a, E> RowInput<'a, E> {
    /// Its memory.
    pub fn buf(&self) -> &'a Buf<E> {
        match *self {
            RowInput::Elements(buf) | RowInput::PerRow(buf) | RowInput::Paired(buf, _) => buf,
        }
    }

    /// Which row of it a row of the program reads, where it has rows of its own.
    pub(crate) fn pairing(&self) -> Option<Pairing> {
        match *self {
            RowInput::Paired(_, pairing) => Some(pairing),
            _ => None,
        }
    }

    /// Holds its memory, of so many elements, against the rows that it is an input of.
    pub(crate) fn hold(&self, rows: Rows, len: usize) {
        let wanted = match *self {
            RowInput::Elements(_) => rows.elements(),
            RowInput::PerRow(_) => rows.count(),
            RowInput::Paired(_, pairing) => {
                assert!(rows.inner == 1, "pairs of rows that lie {} apart", rows.inner);
                // No row is read behind the last set; without rows none is.
                let sets = rows.count().checked_sub(1).map(|last| last / pairing.outer + 1);
                sets.map_or(len, |sets| product(&[sets, pairing.span, rows.len]))
            }
        };
        assert_eq!(len, wanted, "a row program's input has another length than its rows");
    }

    /// The same input in other memory: for a device that brings it elsewhere.
    pub fn of<'b>(&self, buf: &'b Buf<E>) -> RowInput<'b, E> {
        match *self {
            RowInput::Elements(_) => RowInput::Elements(buf),
            RowInput::PerRow(_) => RowInput::PerRow(buf),
            RowInput::Paired(_, pairing) => RowInput::Paired(buf, pairing),
        }
    }

    /// One row that serves all `rows`, which are contiguous.
    pub fn for_all(buf: &'a Buf<E>, rows: Rows) -> Self {
        RowInput::Paired(buf, Pairing { outer: rows.count().max(1), span: 1, each: 1 })
    }
}

/// Which row of an input a row of the program reads: row `r` is `(r / outer) · span + (r / each) % span`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// Rows of the program for each set of rows.
    pub(crate) outer: usize,
    /// Rows of a set.
    pub(crate) span: usize,
    /// How many rows of the program one row serves in a line.
    pub(crate) each: usize,
}

impl Pairing {
    /// The row that row `r` of the program reads.
    #[cfg_attr(optimised, inline(always))]
    pub fn row(self, r: usize) -> usize {
        r / self.outer * self.span + r / self.each % self.span
    }
}
