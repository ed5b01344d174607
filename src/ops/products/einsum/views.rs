//! Memory under other labels, and under axes that were cut or joined.
//!
//! Apart from `contract` because nothing is multiplied.

use super::plan::{Term, aligned, is_unnamed};
use crate::error::raise;
use crate::graph::{Ex, Located, Operand, Reshaped, Viewed};
use crate::layout::{Axes, Strided, count};
use crate::ops::movement::{ReshapedTo, ViewOf};
use crate::shape::{Mismatch, Shape};

/// The memory of an operand under other labels: permuted, stretched along new ones, or the diagonal of repeated ones.
/// A point stands for the axes that have none, which stretch where they are one element long.
/// `dx` is `dy` seen the same way, summed where it was stretched.
#[doc(hidden)]
pub fn view<X, S>(x: X, shape: S, from: &str, to: &str) -> ViewOf<X, S>
where
    X: Operand<N: Located<X::E>>,
    S: Shape,
{
    let (from, to) = (aligned(from, X::S::RANK), aligned(to, S::RANK));
    let Ex { node, shape: own, device, .. } = x.ex();
    let mut axes = Axes::single(&Axes::contiguous(shape).size);
    let arrange = |memory: Strided<X::E>| {
        for (place, axis) in pairs(&to, &from) {
            let (size, own) = (axes.size[place], memory.axes.size[axis]);
            if size != own {
                assert!(own == 1 && is_unnamed(to[place]), "one label, two sizes");
                continue;
            }
            axes.stride[place] += memory.axes.stride[axis];
        }
        Strided { axes, ..memory }
    };
    Ex::new(Viewed::new(device, node, own, arrange), shape, device)
}

/// Each place in `to` and in `from` that bear the same label.
fn pairs(to: &Term, from: &Term) -> impl Iterator<Item = (usize, usize)> {
    let places = move |label: u8| (0..from.len()).filter(move |&axis| label != 0 && from[axis] == label);
    (0..to.len()).flat_map(move |place| places(to[place]).map(move |axis| (place, axis)))
}

/// The same elements in order, under axes that were cut or joined.
#[doc(hidden)]
#[track_caller]
pub fn regrouped<X, S>(x: X, shape: S) -> ReshapedTo<X, S>
where
    X: Operand<N: Located<X::E>>,
    S: Shape,
{
    let Ex { node, shape: from, device, .. } = x.ex();
    if count(from) != count(shape) {
        raise(Mismatch::new("rearrange", from, shape).into());
    }
    Ex::new(Reshaped::new(device, node, from, shape), shape, device)
}
