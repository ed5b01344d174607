//! Which strided matrix product a contraction is: labels sorted into batch, rows, terms and columns.
//!
//! Apart from `contract.rs` because here are sizes and strides alone, compiled once for all types.

use crate::device::Place;
use crate::graph::{Axes, MAX_RANK};

/// A label for each axis, right-aligned as [`Axes`] are; 0 where there is no axis.
pub(super) type Term = [u8; MAX_RANK];

/// The labels of a term.
pub(super) fn aligned(labels: &str) -> Term {
    let mut term = [0; MAX_RANK];
    term[MAX_RANK - labels.len()..].copy_from_slice(labels.as_bytes());
    term
}

/// `left, right -> out`. Every label occurs in two or three of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Labels {
    pub(super) left: Term,
    pub(super) right: Term,
    pub(super) out: Term,
}

impl Labels {
    /// Each term with its labels in the order of a matrix product: batch, then rows, terms and columns.
    pub(super) fn canonical(&self) -> Labels {
        let Labels { left, right, out } = self;
        let pick = |of: &Term, beside: &Term, is: bool| -> Vec<u8> {
            of.iter().copied().filter(|label| *label != 0 && beside.contains(label) == is).collect()
        };
        let batch: Vec<u8> = pick(out, left, true).into_iter().filter(|label| right.contains(label)).collect();
        let (rows, columns, terms) = (pick(out, right, false), pick(out, left, false), pick(left, out, false));
        let joined = |groups: [&[u8]; 3]| {
            let labels = groups.concat();
            let mut term = [0; MAX_RANK];
            term[MAX_RANK - labels.len()..].copy_from_slice(&labels);
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
    let mut arranged = Axes { size: [1; MAX_RANK], stride: [0; MAX_RANK] };
    for (place, label) in to.iter().enumerate().filter(|(_, label)| **label != 0) {
        if let Some(axis) = from.iter().position(|own| own == label) {
            (arranged.size[place], arranged.stride[place]) = (axes.size[axis], axes.stride[axis]);
        }
    }
    arranged
}

/// Axes that are crossed in one stride, by the left operand, the right one and the output.
#[derive(Clone, Copy)]
struct Group {
    size: usize,
    stride: [isize; 3],
}

/// The group of no axes.
const NONE: Group = Group { size: 1, stride: [1; 3] };

/// Groups of one kind, the outermost first.
#[derive(Clone, Copy)]
struct Groups {
    list: [Group; MAX_RANK],
    len: usize,
}

impl Groups {
    /// The labels of term `leader` that also are in the terms `others`, and in no third one.
    fn new(terms: [&Term; 3], axes: [&Axes; 3], leader: usize, others: [bool; 3]) -> Self {
        let mut groups = Groups { list: [NONE; MAX_RANK], len: 0 };
        for (place, label) in terms[leader].iter().enumerate().filter(|(_, label)| **label != 0) {
            let places = terms.map(|term| term.iter().position(|own| own == label));
            let size = axes[leader].size[place];
            if size == 1 || places.map(|place| place.is_some()) != others {
                continue;
            }
            let mut stride = [0; 3];
            for (side, place) in places.into_iter().enumerate() {
                stride[side] = place.map_or(0, |place| axes[side].stride[place]);
            }
            groups.insert(Group { size, stride }, leader);
        }
        groups.merged()
    }

    /// Keeps the strides of the leader descending.
    fn insert(&mut self, group: Group, leader: usize) {
        let larger = |other: &Group| other.stride[leader] >= group.stride[leader];
        let place = self.list[..self.len].iter().take_while(|other| larger(other)).count();
        self.list.copy_within(place..self.len, place + 1);
        self.list[place] = group;
        self.len += 1;
    }

    /// Neighbours that all three cross in one stride are one.
    fn merged(self) -> Self {
        let mut merged = Groups { list: [NONE; MAX_RANK], len: 0 };
        for group in &self.list[..self.len] {
            let along = |outer: &Group| (0..3).all(|i| outer.stride[i] == group.stride[i] * group.size as isize);
            match merged.list[..merged.len].last_mut() {
                Some(outer) if along(outer) => *outer = Group { size: outer.size * group.size, ..*group },
                _ => {
                    merged.list[merged.len] = *group;
                    merged.len += 1;
                }
            }
        }
        merged
    }

    /// Takes the largest one out.
    fn largest(&mut self) -> Group {
        let Some(place) = (0..self.len).max_by_key(|&i| self.list[i].size) else { return NONE };
        let largest = self.list[place];
        self.list.copy_within(place + 1..self.len, place);
        self.len -= 1;
        largest
    }
}

/// A batch of matrix products: sizes, and where each matrix lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) m: usize,
    pub(super) k: usize,
    pub(super) n: usize,
    pub(super) batch: [usize; 4],
    pub(super) left: Place,
    pub(super) right: Place,
    pub(super) out: Place,
}

impl Plan {
    /// The product that reads and writes memory as it lies: `None` where the summed axes are more than one, or the
    /// others are too many. The further axes of rows and columns are batches in which one operand stays.
    pub(super) fn new(labels: &Labels, axes: [&Axes; 3]) -> Option<Plan> {
        let terms = [&labels.left, &labels.right, &labels.out];
        let groups = |leader, others| Groups::new(terms, axes, leader, others);
        let batch = groups(2, [true, true, true]);
        let (mut rows, mut columns) = (groups(2, [true, false, true]), groups(2, [false, true, true]));
        let mut summed = groups(0, [true, true, false]);
        let (m, k, n) = (rows.largest(), summed.largest(), columns.largest());
        let extra = batch.len + rows.len + columns.len;
        (summed.len == 0 && extra <= 4).then(|| {
            let outer = [batch, rows, columns];
            Self::of([m, k, n], outer.iter().flat_map(|groups| &groups.list[..groups.len]))
        })
    }

    fn of<'a>([m, k, n]: [Group; 3], outer: impl Iterator<Item = &'a Group>) -> Plan {
        let (mut batch, mut strides) = ([1; 4], [[0; 4]; 3]);
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
