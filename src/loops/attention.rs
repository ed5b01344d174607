//! Attention as a device sees it: how many heads, queries and keys, and where they lie.
//!
//! Apart from `ops/attention`, which turns shapes into this; permuted heads are only other strides.

use super::product::BATCH;
use super::rows::product;
use crate::dtype::Real;
use crate::layout::{Axes, MAX_AXES, ROWS};
use crate::memory::Buf;

/// The sizes of an attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttentionSizes {
    /// Heads of keys and values: sizes of the axes, right-aligned; 1 where there are fewer.
    pub(crate) batch: [usize; BATCH],
    /// Heads of queries that share one head of keys.
    pub(crate) shared: usize,
    /// Queries of a head.
    pub(crate) queries: usize,
    /// Keys of a head, which are as many as its values.
    pub(crate) keys: usize,
    /// Elements of a query and of a key.
    pub(crate) width: usize,
    /// Elements of a value.
    pub(crate) depth: usize,
}

impl AttentionSizes {
    /// The sizes of the axes of heads of keys, right-aligned, and how many heads of queries share each of these.
    pub fn heads(&self) -> ([usize; 4], usize) {
        (self.batch, self.shared)
    }

    /// Queries and keys of a head, elements of a query and of a value.
    pub fn sizes(&self) -> [usize; 4] {
        [self.queries, self.keys, self.width, self.depth]
    }

    /// All heads of keys.
    pub(crate) fn count(&self) -> usize {
        self.batch.iter().product()
    }

    /// Queries of all heads, and the elements of their results; more than the address space holds raises
    /// [`Error::TooLarge`](crate::Error::TooLarge).
    #[track_caller]
    pub(crate) fn results(&self) -> (usize, usize) {
        let [a, b, c, d] = self.batch;
        let queries = product(&[a, b, c, d, self.shared, self.queries]);
        (queries, product(&[queries, self.depth]))
    }

    /// Queries that see one head of keys.
    pub(crate) fn rows(&self) -> usize {
        self.shared * self.queries
    }

    /// Whether nothing is to be computed: there is no element in the result, or no key.
    pub(crate) fn is_empty(&self) -> bool {
        self.count() == 0 || [self.shared, self.queries, self.keys, self.depth].contains(&0)
    }

    /// Index on each axis of head number `i`.
    pub(crate) fn index(&self, mut i: usize) -> [usize; BATCH] {
        let mut index = [0; BATCH];
        for axis in (0..BATCH).rev() {
            (index[axis], i) = (i % self.batch[axis], i / self.batch[axis]);
        }
        index
    }
}

/// Where the rows of all heads lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadPlace {
    /// The first element of the first row.
    pub(crate) offset: usize,
    /// Elements from one head of keys to the next, for each axis of these.
    pub(crate) batch: [isize; BATCH],
    /// Elements from one to the next of the heads of queries that share keys.
    pub(crate) shared: isize,
    /// Elements from one row to the next.
    pub(crate) row: isize,
    /// Elements from one column to the next.
    pub(crate) column: isize,
}

impl HeadPlace {
    /// Of memory under these axes, the last but two of which is of heads that share keys where `grouped` says so.
    pub(crate) fn of(offset: usize, axes: &Axes, grouped: bool) -> Self {
        let (mut batch, end) = ([0; BATCH], ROWS - usize::from(grouped));
        batch.copy_from_slice(&axes.stride[end - BATCH..end]);
        let shared = if grouped { axes.stride[ROWS - 1] } else { 0 };
        HeadPlace { offset, batch, shared, row: axes.stride[ROWS], column: axes.stride[ROWS + 1] }
    }

    /// The axes of heads, of those that share keys, of rows and of columns.
    pub(crate) fn axes(&self, sizes: &AttentionSizes, [shared, rows, columns]: [usize; 3]) -> Axes {
        let mut axes = Axes::last([shared, rows, columns], [self.shared, self.row, self.column]);
        let heads = MAX_AXES - 3 - BATCH..MAX_AXES - 3;
        axes.size[heads.clone()].copy_from_slice(&sizes.batch);
        axes.stride[heads].copy_from_slice(&self.batch);
        axes
    }

    /// The first element of the first row, and the elements from one row and one column to the next.
    pub fn strides(&self) -> (usize, [isize; 2]) {
        (self.offset, [self.row, self.column])
    }

    /// Elements from one head of keys to the next, for each axis of these, and from one to the next of the heads of
    /// queries that share keys.
    pub fn head_strides(&self) -> ([isize; 4], isize) {
        (self.batch, self.shared)
    }

    /// All heads that lie so in this memory.
    pub(crate) fn in_buf<E>(self, buf: &Buf<E>) -> Heads<'_, E> {
        Heads { buf, place: self }
    }
}

/// The rows of all heads, in memory.
pub struct Heads<'a, E> {
    /// The memory.
    pub(crate) buf: &'a Buf<E>,
    /// Where they lie.
    pub(crate) place: HeadPlace,
}

impl<E> Clone for Heads<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for Heads<'_, E> {}

impl<'a, E> Heads<'a, E> {
    /// The memory.
    pub fn buf(&self) -> &'a Buf<E> {
        self.buf
    }

    /// Where they lie.
    pub fn place(&self) -> HeadPlace {
        self.place
    }
}

/// What says beside the order of queries and keys which of them meet: a row for each query, a column for each key.
pub enum Sight<'a, E> {
    /// All of them.
    All,
    /// Those where the mask holds.
    Mask(Heads<'a, bool>),
    /// All, and this is added to the scores; -inf hides a key.
    Bias(Heads<'a, E>),
}

impl<E> Clone for Sight<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for Sight<'_, E> {}

/// `softmax(scale · q · kᵀ + bias) · v` of each head, where hidden keys have the weight 0.
#[derive(Clone, Copy)]
pub struct Attention<'a, E> {
    /// The sizes.
    pub(crate) sizes: AttentionSizes,
    /// Queries, keys and values.
    pub(crate) operands: [Heads<'a, E>; 3],
    /// Which keys are seen.
    pub(crate) sight: Sight<'a, E>,
    /// Whether the last query sees all keys, and each one before it one less.
    pub(crate) causal: bool,
    /// What scores are multiplied by.
    pub(crate) scale: f64,
}

impl<'a, E: Real> Attention<'a, E> {
    /// The sizes.
    pub fn sizes(&self) -> AttentionSizes {
        self.sizes
    }

    /// Queries, keys and values.
    pub fn operands(&self) -> [Heads<'a, E>; 3] {
        self.operands
    }

    /// Which keys are seen.
    pub fn sight(&self) -> Sight<'a, E> {
        self.sight
    }

    /// Whether the last query sees all keys, and each one before it one less.
    pub fn is_causal(&self) -> bool {
        self.causal
    }

    /// What scores are multiplied by.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// A panic where a row reaches outside of its memory, of which these are the lengths: of queries, keys and values,
    /// and of a mask or a bias.
    pub(crate) fn assert_inside(&self, lens: [usize; 3], veil: usize) {
        for ((axes, operand), len) in self.axes().iter().zip(self.operands).zip(lens) {
            inside(axes, operand.place.offset, len);
        }
        let AttentionSizes { shared, queries, keys, .. } = self.sizes;
        let scores = |place: HeadPlace| inside(&place.axes(&self.sizes, [shared, queries, keys]), place.offset, veil);
        match self.sight {
            Sight::All => {}
            Sight::Mask(mask) => scores(mask.place),
            Sight::Bias(bias) => scores(bias.place),
        }
    }

    /// A panic where what was kept, the result or its gradient is not as long as that of this attention.
    pub(crate) fn assert_results(&self, lens: [usize; 3]) {
        let (queries, elements) = self.sizes.results();
        let numbers = if self.sizes.is_empty() { 0 } else { 2 * queries * E::WORDS };
        assert_eq!(lens, [numbers, elements, elements], "another result than the attention's");
    }

    /// A panic where places of gradients reach outside of memory of their lengths, leave some of it out, or lie on each
    /// other.
    pub(crate) fn assert_apart(&self, places: [Option<(HeadPlace, usize)>; 3]) {
        for (own, place) in self.axes().iter().zip(places) {
            let Some((place, len)) = place else { continue };
            let [.., shared, rows, columns] = own.size;
            let axes = place.axes(&self.sizes, [shared, rows, columns]);
            inside(&axes, place.offset, len);
            let all = axes.size.iter().product::<usize>() == len;
            assert!(all && (len == 0 || axes.is_injective()), "gradients of attention lie on each other");
        }
    }

    /// The axes of queries, keys and values.
    pub(crate) fn axes(&self) -> [Axes; 3] {
        let AttentionSizes { shared, queries, keys, width, depth, .. } = self.sizes;
        let [q, k, v] = self.operands.map(|operand| operand.place);
        let of = |place: HeadPlace, sizes: [usize; 3]| place.axes(&self.sizes, sizes);
        [of(q, [shared, queries, width]), of(k, [1, keys, width]), of(v, [1, keys, depth])]
    }
}

/// A panic where rows reach outside of their memory.
fn inside(axes: &Axes, offset: usize, len: usize) {
    assert!(axes.fits(offset, len), "attention reaches outside of its operand");
}
