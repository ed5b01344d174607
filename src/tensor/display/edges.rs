//! The elements that are printed: all of them, or those at the ends of each axis.
//!
//! Apart from the layout because a large tensor is read on its device, and only what is shown leaves it.

use crate::device::Device;
use crate::dtype::Elem;
use crate::layout::{Axes, MAX_AXES, Strided};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Axes that one strided copy takes from both ends: each is two axes of the copy.
const AT_ONCE: usize = MAX_AXES / 2;

/// A compact tensor of what is shown.
pub(super) struct Edges<E> {
    /// The elements, row-major.
    pub(super) values: Vec<E>,
    /// Elements shown of each axis.
    pub(super) sizes: Vec<usize>,
    /// After how many of them dots stand, where the axis is longer.
    pub(super) dots: Vec<Option<usize>>,
}

impl<E: Elem> Edges<E> {
    /// At most `items` elements from each end of every axis.
    pub(super) fn of<S: Shape, D: Device>(tensor: &Tensor<S, E, D>, items: usize) -> Self {
        let dims = tensor.dims();
        let dots: Vec<_> = dims.iter().map(|&size| (size > items.saturating_mul(2)).then_some(items)).collect();
        let sizes: Vec<_> = dims.iter().zip(&dots).map(|(&size, dots)| dots.map_or(size, |items| 2 * items)).collect();
        let values = match dots.iter().all(Option::is_none) {
            true => tensor.to_vec(),
            false => gathered(tensor, &ends(&dims, &dots)),
        };
        Edges { values, sizes, dots }
    }
}

/// One axis as two: which end, and how far from its beginning; sizes and strides.
type Ends = [(usize, usize); 2];

fn ends(dims: &[usize], dots: &[Option<usize>]) -> Vec<Ends> {
    let mut stride = 1;
    let mut ends: Vec<Ends> = (dims.iter().zip(dots).rev())
        .map(|(&size, dots)| {
            let own = stride;
            stride *= size;
            match *dots {
                Some(items) => [(2, (size - items) * own), (items, own)],
                None => [(1, 0), (size, own)],
            }
        })
        .collect();
    ends.reverse();
    ends
}

/// The last axes by one copy each, the axes before them by a loop.
fn gathered<S: Shape, E: Elem, D: Device>(tensor: &Tensor<S, E, D>, ends: &[Ends]) -> Vec<E> {
    let (outer, inner) = ends.split_at(ends.len().saturating_sub(AT_ONCE));
    let mut axes = Axes { size: [1; MAX_AXES], stride: [0; MAX_AXES] };
    for (place, &(size, stride)) in (0..MAX_AXES).rev().zip(inner.iter().flatten().rev()) {
        (axes.size[place], axes.stride[place]) = (size, stride as isize);
    }
    let mut offsets = vec![0];
    for &(size, stride) in outer.iter().flatten() {
        offsets = offsets.iter().flat_map(|at| (0..size).map(move |i| at + i * stride)).collect();
    }
    let copy = |offset| tensor.device.copy_strided(&Strided { buf: tensor.buf.clone(), offset, axes });
    offsets.into_iter().flat_map(|offset| tensor.device.download(&copy(offset))).collect()
}
