//! Which axes are reduced, and how they lie: as rows of the tensor as it is, or of a permuted copy.
//!
//! Apart from the reductions because what compares elements runs along the same rows.

use crate::device::{Buf, Device};
use crate::dtype::Elem;
use crate::graph::{Lazy, materialise};
use crate::layout::{Axes, MAX_AXES, Strided, count};
use crate::loops::{Rows, count_product as product};
use crate::shape::{AxisAt, Reduce, Shape};

/// Which axes a reduction runs over, right-aligned.
pub(crate) type Mask = [bool; MAX_AXES];

pub(crate) fn one<S: AxisAt<I>, const I: isize>() -> Mask {
    let mut mask = [false; MAX_AXES];
    mask[MAX_AXES - S::RANK + S::INDEX] = true;
    mask
}

pub(crate) fn several<S: Reduce<A>, A>() -> Mask {
    let mut mask = [false; MAX_AXES];
    mask[MAX_AXES - S::RANK..].copy_from_slice(&S::mask()[..S::RANK]);
    mask
}

/// How the reduced axes lie: adjacent ones are rows of the tensor as it is, others of a permuted copy.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) rows: Rows,
    /// Sizes with 1 for each reduced axis.
    pub(super) kept: [usize; MAX_AXES],
    /// The order of axes in memory, reduced ones last; `None` where the tensor is taken as it is.
    pub(super) order: Option<[usize; MAX_AXES]>,
}

impl Layout {
    #[cfg_attr(optimised, inline(always))]
    #[track_caller]
    pub(crate) fn new<S: Shape>(shape: S, mask: Mask) -> Self {
        if mask.iter().all(|&reduced| reduced) {
            let rows = Rows::new(1, count(shape), 1);
            return Layout { rows, kept: [1; MAX_AXES], order: None };
        }
        Self::of(Axes::contiguous(shape).size, mask)
    }

    fn of(size: [usize; MAX_AXES], mask: Mask) -> Self {
        let mut kept = size;
        (0..MAX_AXES).filter(|&i| mask[i]).for_each(|i| kept[i] = 1);
        let reduced = || (0..MAX_AXES).filter(|&i| mask[i] && size[i] != 1);
        let (first, last) = (reduced().next(), reduced().next_back());
        let (Some(first), Some(last)) = (first, last) else {
            return Layout { rows: Rows::new(product(&size), 1, 1), kept, order: None };
        };
        if (first..=last).all(|i| mask[i] || size[i] == 1) {
            return Layout { rows: Rows::along(&size, first, last), kept, order: None };
        }
        let mut order = [0; MAX_AXES];
        let sorted = (0..MAX_AXES).filter(|&i| !mask[i]).chain((0..MAX_AXES).filter(|&i| mask[i]));
        order.iter_mut().zip(sorted).for_each(|(place, axis)| *place = axis);
        let (len, outer) = (reduced().map(|i| size[i]).product(), product(&kept));
        Layout { rows: Rows::new(outer, len, 1), kept, order: Some(order) }
    }

    /// The elements, row after row.
    pub(super) fn gather<E: Elem, D: Device, N: Lazy<E>, S: Shape>(&self, device: D, node: &N, shape: S) -> Buf<E> {
        let values = materialise(device, node, shape);
        match self.permuted(shape) {
            None => values,
            Some(axes) => device.copy_strided(&Strided { buf: values, offset: 0, axes }),
        }
    }

    /// The axes with the reduced ones last, where they do not lie so.
    pub(crate) fn permuted<S: Shape>(&self, shape: S) -> Option<Axes> {
        let (order, own) = (self.order?, Axes::contiguous(shape));
        Some(Axes { size: order.map(|i| own.size[i]), stride: order.map(|i| own.stride[i]) })
    }

    /// Where the element of each index lies among the gathered ones.
    pub(super) fn axes(&self, own: &Axes) -> Axes {
        let Some(order) = self.order else { return *own };
        let (mut axes, mut stride) = (*own, 1);
        for &i in order.iter().rev() {
            axes.stride[i] = stride as isize;
            stride *= own.size[i];
        }
        axes
    }
}
