//! Which strided matrix product a contraction is: labels sorted into batch, rows, terms and columns.
//!
//! Apart from `contract.rs` because here are sizes and strides alone, compiled once for all types.

use crate::layout::{Axes, MAX_AXES};
use crate::loops::{BATCH, Place};

/// A label for each axis, right-aligned as [`Axes`] are; 0 where there is no axis.
pub(super) type Term = [u8; MAX_AXES];

/// The labels of a term of `rank` axes. A point stands for all axes that the others leave: they are labelled by
/// capitals, the last one `Z`, so that those of several terms are aligned at their ends.
pub(super) fn aligned(labels: &str, rank: usize) -> Term {
    let (before, after) = labels.split_once('.').unwrap_or((labels, ""));
    let unnamed = rank - before.len() - after.len();
    let middle = (0..unnamed as u8).rev().map(|place| b'Z' - place);
    let mut term = [0; MAX_AXES];
    let all = before.bytes().chain(middle).chain(after.bytes());
    term[MAX_AXES - rank..].iter_mut().zip(all).for_each(|(place, label)| *place = label);
    term
}

/// Whether a label is of an axis that `...` stands for, which broadcasts.
pub(super) fn is_unnamed(label: u8) -> bool {
    label.is_ascii_uppercase()
}

impl Labels {
    /// Without the labels of axes of one element that stretch: the operand is the same along all of the output's axis.
    pub(super) fn unstretched(mut self, [left, right, out]: [&Axes; 3]) -> Labels {
        for (term, axes) in [(&mut self.left, left), (&mut self.right, right)] {
            for (place, label) in term.iter_mut().enumerate().filter(|(_, label)| is_unnamed(**label)) {
                let there = axis(&self.out, *label).map_or(1, |there| out.size[there]);
                if axes.size[place] == 1 && there != 1 {
                    *label = 0;
                }
            }
        }
        self
    }
}

/// `left, right -> out`. Every label occurs in two or three of them, a label of a single element maybe in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Labels {
    pub(super) left: Term,
    pub(super) right: Term,
    pub(super) out: Term,
}

impl Labels {
    /// Each term with its labels in the order of a matrix product: batch, then rows, terms and columns.
    #[track_caller]
    pub(super) fn canonical(&self) -> Labels {
        let Labels { left, right, out } = self;
        let pick = |of: &Term, beside: &Term, is: bool| -> Vec<u8> {
            of.iter().copied().filter(|label| *label != 0 && beside.contains(label) == is).collect()
        };
        let batch: Vec<u8> = pick(out, left, true).into_iter().filter(|label| right.contains(label)).collect();
        let (rows, columns, terms) = (pick(out, right, false), pick(out, left, false), pick(left, out, false));
        let joined = |groups: [&[u8]; 3]| {
            let labels = groups.concat();
            let mut term = [0; MAX_AXES];
            term[MAX_AXES - labels.len()..].copy_from_slice(&labels);
            term
        };
        Labels {
            left: joined([&batch, &rows, &terms]),
            right: joined([&batch, &terms, &columns]),
            out: joined([&batch, &rows, &columns]),
        }
    }
}

/// The axes of `from` in the order of `to`.
pub(super) fn arranged(axes: &Axes, from: &Term, to: &Term) -> Axes {
    let mut arranged = Axes { size: [1; MAX_AXES], stride: [0; MAX_AXES] };
    for (place, label) in to.iter().enumerate().filter(|(_, label)| **label != 0) {
        if let Some(axis) = from.iter().position(|own| own == label) {
            (arranged.size[place], arranged.stride[place]) = (axes.size[axis], axes.stride[axis]);
        }
    }
    arranged
}

/// Terms from which a product is worth adding to what is there.
const DEEP: usize = 16;
/// Rows or columns from which a single product is divided among threads.
const WIDE: usize = 512;

/// Axes that are crossed in one stride, by the left operand, the right one and the output.
#[derive(Clone, Copy)]
struct Group {
    size: usize,
    stride: [isize; 3],
}

/// The group of no axes.
const NONE: Group = Group { size: 1, stride: [1; 3] };

/// Groups of one kind, the outermost first.
struct Groups {
    list: [Group; MAX_AXES],
    len: usize,
}

impl Groups {
    const fn new() -> Self {
        Groups { list: [NONE; MAX_AXES], len: 0 }
    }

    fn own(&self) -> &[Group] {
        &self.list[..self.len]
    }

    /// Keeps the strides of the leading side descending.
    #[inline]
    fn insert(&mut self, group: Group, leader: usize) {
        let mut place = self.len;
        while place > 0 && self.list[place - 1].stride[leader] < group.stride[leader] {
            self.list[place] = self.list[place - 1];
            place -= 1;
        }
        self.list[place] = group;
        self.len += 1;
    }

    /// Neighbours that all three cross in one stride become one.
    #[inline]
    fn merge(&mut self) {
        let mut last = 0;
        for next in 1..self.len {
            let (outer, inner) = (self.list[last], self.list[next]);
            if (0..3).all(|i| outer.stride[i] == inner.stride[i] * inner.size as isize) {
                self.list[last] = Group { size: outer.size * inner.size, ..inner };
            } else {
                last += 1;
                self.list[last] = inner;
            }
        }
        self.len = self.len.min(last + 1);
    }

    /// Takes the largest one out.
    #[inline]
    fn largest(&mut self) -> Group {
        let Some(place) = (0..self.len).max_by_key(|&i| self.list[i].size) else { return NONE };
        let largest = self.list[place];
        self.list.copy_within(place + 1..self.len, place);
        self.len -= 1;
        largest
    }
}

/// The labels by kind: in all three terms, in the left one and the output, in both operands, in the right one and the
/// output.
struct Kinds {
    batch: Groups,
    rows: Groups,
    terms: Groups,
    columns: Groups,
}

impl Kinds {
    fn of(labels: &Labels, [left, right, out]: [&Axes; 3]) -> Self {
        let [batch, rows, terms, columns] = std::array::from_fn(|_| Groups::new());
        let mut kinds = Kinds { batch, rows, terms, columns };
        for (place, &label) in labels.out.iter().enumerate() {
            let (size, along) = (out.size[place], out.stride[place]);
            if label != 0 && size != 1 {
                let places = [axis(&labels.left, label), axis(&labels.right, label)];
                let groups = match places {
                    [Some(_), Some(_)] => &mut kinds.batch,
                    [_, None] => &mut kinds.rows,
                    [None, _] => &mut kinds.columns,
                };
                let stride = |axes: &Axes, place: Option<usize>| place.map_or(0, |place| axes.stride[place]);
                groups.insert(Group { size, stride: [stride(left, places[0]), stride(right, places[1]), along] }, 2);
            }
        }
        for (place, &label) in labels.left.iter().enumerate() {
            let (size, along) = (left.size[place], left.stride[place]);
            if label != 0
                && size != 1
                && !labels.out.contains(&label)
                && let Some(other) = axis(&labels.right, label)
            {
                kinds.terms.insert(Group { size, stride: [along, right.stride[other], 0] }, 0);
            }
        }
        kinds.batch.merge();
        kinds.rows.merge();
        kinds.terms.merge();
        kinds.columns.merge();
        kinds
    }
}

fn axis(term: &Term, label: u8) -> Option<usize> {
    term.iter().position(|own| *own == label)
}

/// A batch of matrix products: sizes, and where each matrix lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) m: usize,
    pub(super) k: usize,
    pub(super) n: usize,
    pub(super) batch: [usize; BATCH],
    pub(super) left: Place,
    pub(super) right: Place,
    pub(super) out: Place,
}

impl Plan {
    /// The product that reads and writes memory as it lies: `None` where the axes are too many, or copies are faster.
    /// The further axes of rows and columns are batches in which one operand stays, further terms are added up.
    pub(super) fn new(labels: &Labels, axes: [&Axes; 3]) -> Option<Plan> {
        let Kinds { batch, mut rows, mut terms, mut columns } = Kinds::of(labels, axes);
        let (m, k, n) = (rows.largest(), terms.largest(), columns.largest());
        let outer = batch.len + rows.len + columns.len;
        // Products that are added up run one after the other: only where one thread would do all of it anyway.
        let added = outer == 0 && k.size >= DEEP && m.size.max(n.size) < WIDE;
        if outer + terms.len > BATCH || (terms.len > 0 && !added) {
            return None;
        }
        let outer = [batch, rows, columns, terms];
        Some(Self::of([m, k, n], outer.iter().flat_map(Groups::own)))
    }

    fn of<'a>([m, k, n]: [Group; 3], outer: impl Iterator<Item = &'a Group>) -> Plan {
        let (mut batch, mut strides) = ([1; BATCH], [[0; BATCH]; 3]);
        for (place, group) in outer.enumerate() {
            batch[place] = group.size;
            for (side, strides) in strides.iter_mut().enumerate() {
                strides[place] = group.stride[side];
            }
        }
        let lies = |row: Group, column: Group, side: usize| Place {
            offset: 0,
            row: row.stride[side],
            column: column.stride[side],
            batch: strides[side],
        };
        let (left, right, out) = (lies(m, k, 0), lies(k, n, 1), lies(m, n, 2));
        Plan { m: m.size, k: k.size, n: n.size, batch, left, right, out }
    }
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn unnamed_axes_are_aligned_at_their_ends() {
        assert_eq!(aligned("ij", 2), *b"\0\0\0\0\0\0ij");
        assert_eq!(aligned("i.j", 5), *b"\0\0\0iXYZj");
        assert_eq!(aligned(".j", 1), *b"\0\0\0\0\0\0\0j");
        assert_eq!(aligned(".", 6), *b"\0\0UVWXYZ");
    }
}
