//! Axes: the sizes and strides under which memory is seen.
//!
//! Apart from the loops because views, copies and products name places by them too.

use crate::shape::{MAX_RANK, Shape};

/// The most axes that memory is seen along: two more than a tensor of the highest rank has, [`MAX_RANK`], so that a
/// window of two axes has room beside the axes that it moves along.
pub const MAX_AXES: usize = MAX_RANK + 2;
/// The place of the last axis, the columns of a matrix.
pub(crate) const COLUMNS: usize = MAX_AXES - 1;
/// The place of the axis before it, the rows of a matrix.
pub(crate) const ROWS: usize = MAX_AXES - 2;

/// One number an axis, right-aligned.
pub type Sizes = [usize; MAX_AXES];

/// The elements from one index of an axis to the next, right-aligned.
pub(crate) type Strides = [isize; MAX_AXES];

/// Sizes and strides of up to [`MAX_AXES`] axes, right-aligned so that the last one is always in the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axes {
    /// Size of each axis; 1 where the rank is lower.
    pub(crate) size: Sizes,
    /// Elements from one index to the next; 0 where the axis is missing or stretched.
    pub(crate) stride: Strides,
}

impl Axes {
    /// The size of each axis, right-aligned; 1 where the rank is lower.
    pub fn sizes(&self) -> Sizes {
        self.size
    }

    /// Elements from one index of each axis to the next; 0 where the axis is missing or stretched.
    pub fn strides(&self) -> [isize; MAX_AXES] {
        self.stride
    }

    /// Axes of these sizes and strides, the last ones.
    pub(crate) fn last<const N: usize>(size: [usize; N], stride: [isize; N]) -> Self {
        let mut axes = Axes { size: [1; MAX_AXES], stride: [0; MAX_AXES] };
        axes.size[MAX_AXES - N..].copy_from_slice(&size);
        axes.stride[MAX_AXES - N..].copy_from_slice(&stride);
        axes
    }

    /// Row-major axes of a shape.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn contiguous<S: Shape>(shape: S) -> Self {
        Self::of_dims(shape.dims().as_ref())
    }

    /// Row-major axes of these dims, at most [`MAX_AXES`].
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn of_dims(dims: &[usize]) -> Self {
        let mut axes = Axes { size: [1; MAX_AXES], stride: [0; MAX_AXES] };
        // Wraps for shapes beyond the address space: `count` refuses these before any of their elements is touched.
        let mut stride = 1usize;
        for (place, &size) in (MAX_AXES - dims.len()..MAX_AXES).rev().zip(dims.iter().rev()) {
            axes.size[place] = size;
            axes.stride[place] = stride as isize;
            stride = stride.wrapping_mul(size);
        }
        axes
    }

    /// One element that stretches along the whole region.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn single(region: &Sizes) -> Self {
        Axes { size: *region, stride: [0; MAX_AXES] }
    }

    /// Row-major axes of these sizes.
    pub(crate) fn row_major(size: Sizes) -> Self {
        let mut axes = Axes { size, stride: [0; MAX_AXES] };
        let mut stride = 1usize;
        for i in (0..MAX_AXES).rev() {
            axes.stride[i] = stride as isize;
            stride = stride.wrapping_mul(size[i]);
        }
        axes
    }

    /// The same memory along a larger shape: axes of size 1 are stretched by stride 0 where the region's are not 1.
    /// Both are of shapes, so that the axes beyond [`MAX_RANK`] have one index.
    ///
    /// # Panics
    /// When an axis fits neither way; the shape laws exclude it, so it is a bug (or a dim that lies about its size).
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn along(mut self, region: &Sizes) -> Self {
        for i in MAX_AXES - MAX_RANK..MAX_AXES {
            if self.size[i] != region[i] {
                assert!(self.size[i] == 1, "axis of {} elements inside a region of {}", self.size[i], region[i]);
                self.stride[i] = 0;
                self.size[i] = region[i];
            }
        }
        self
    }

    /// The row-major axes of a shape [along](Axes::along) a larger one. Axes that the shape has not are stretched in
    /// any case, so that only its own are compared.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn stretched<S: Shape>(shape: S, region: &Sizes) -> Self {
        let Axes { size, mut stride } = Axes::contiguous(shape);
        for i in MAX_AXES - S::RANK..MAX_AXES {
            if size[i] != region[i] {
                assert!(size[i] == 1, "axis of {} elements inside a region of {}", size[i], region[i]);
                stride[i] = 0;
            }
        }
        Axes { size: *region, stride }
    }

    /// Whether every access from `offset` stays inside `len` elements.
    #[inline]
    pub(crate) fn fits(&self, offset: usize, len: usize) -> bool {
        self.size.contains(&0) || stays_inside(self.size.iter().copied().zip(self.stride), offset, len)
    }

    /// Whether no two indices are known to share an element, apart from axes of stride 0: each axis steps over all that
    /// the axes of smaller strides reach. Axes of one index share nothing, and where one is empty there is no element.
    ///
    /// Holds for every permutation and slice of row-major axes; does not for windows that overlap. Of other strides
    /// some would share nothing either, `(2, 3)` elements `(3, 2)` apart for instance: these count as sharing.
    pub(crate) fn nests(&self) -> bool {
        let mut axes: [_; MAX_AXES] = std::array::from_fn(|i| (self.stride[i].unsigned_abs(), self.size[i]));
        axes.sort_unstable();
        let mut reach = 0usize;
        axes.into_iter().filter(|&(stride, size)| stride > 0 && size > 1).all(|(stride, size)| {
            let apart = stride > reach;
            reach = reach.saturating_add(stride.saturating_mul(size - 1));
            apart
        })
    }

    /// Whether no two indices are known to share an element: no axis is stretched, and they [nest](Axes::nests). What
    /// is written under other axes is added up, or refused.
    pub(crate) fn is_injective(&self) -> bool {
        !self.reduces() && self.nests()
    }

    /// Whether the last axis is stretched, and no other: a row along it has one element of its own.
    pub(crate) fn of_rows(&self) -> bool {
        let apart = |i| self.size[i] <= 1 || self.stride[i] != 0;
        self.size[COLUMNS] > 1 && self.stride[COLUMNS] == 0 && (0..COLUMNS).all(apart)
    }

    /// The axis along which neighbours lie side by side, where those of the last one do not, and both have a few.
    pub(crate) fn crossing(&self) -> Option<usize> {
        const SEVERAL: usize = 16;
        let apart = self.stride[COLUMNS] > 1 && self.size[COLUMNS] >= SEVERAL;
        (0..COLUMNS).rev().find(|&axis| apart && self.stride[axis] == 1 && self.size[axis] >= SEVERAL)
    }

    /// Whether an axis is stretched: its indices share an element. Where axes are row-major but for that, nothing else
    /// is shared.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn reduces(&self) -> bool {
        (0..MAX_AXES).any(|i| self.size[i] > 1 && self.stride[i] == 0)
    }
}

/// Whether loops of these sizes and strides, none of them empty, stay inside `len` elements from `offset` on.
#[inline]
pub(crate) fn stays_inside(loops: impl Iterator<Item = (usize, isize)>, offset: usize, len: usize) -> bool {
    let (mut up, mut down) = (0usize, 0usize);
    for (size, stride) in loops {
        let step = stride.unsigned_abs().saturating_mul(size - 1);
        let reach = if stride >= 0 { &mut up } else { &mut down };
        *reach = reach.saturating_add(step);
    }
    // What does not fit into a number stays at its end, beyond any memory.
    down <= offset && offset.saturating_add(up) < len
}
