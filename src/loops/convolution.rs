//! Windows that slide over pictures, and convolutions of these, as a device sees them: sizes and steps.
//!
//! Apart from `ops/windows`, which turns shapes into this; pictures lie in order, (batch, channels, three axes of
//! space), where axes that are not there have one element.

use super::product::{BATCH, Matrix, Place, Product};
use crate::memory::Buf;
use crate::shape::Stepping;

/// How a window slides over the axes of space of one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The sizes of the axes.
    pub(crate) space: [usize; 3],
    /// How the window slides along each.
    pub(crate) steps: [Stepping; 3],
    /// The places that it comes to along each.
    pub(crate) places: [usize; 3],
}

impl Walk {
    /// The sizes of the axes of space.
    pub fn space(&self) -> [usize; 3] {
        self.space
    }

    /// How the window slides along each axis.
    pub fn steps(&self) -> [Stepping; 3] {
        self.steps
    }

    /// How many places it comes to along each axis.
    pub fn places(&self) -> [usize; 3] {
        self.places
    }

    /// The elements of one channel.
    pub(crate) fn elements(&self) -> usize {
        self.space.iter().product()
    }

    /// The places in one channel.
    pub(crate) fn count(&self) -> usize {
        self.places.iter().product()
    }

    /// The elements of the window.
    pub(crate) fn window(&self) -> usize {
        self.steps.iter().map(|step| step.size).product()
    }

    /// Whether each place is the element of the same index, alone.
    pub(crate) fn is_plain(&self) -> bool {
        let plain = |step: &Stepping| step.size == 1 && step.stride == 1 && step.before == 0;
        self.steps.iter().all(plain) && self.space == self.places
    }
}

/// Windows that slide over each channel of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolingWalk {
    /// How the window slides.
    pub(crate) walk: Walk,
    /// The channels of all pictures.
    pub(crate) channels: usize,
}

impl PoolingWalk {
    /// How the window slides over each channel.
    pub fn walk(&self) -> Walk {
        self.walk
    }

    /// The channels of all pictures.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// The elements of `[x, y]`.
    pub(crate) fn lens(&self) -> [usize; 2] {
        [self.channels * self.walk.elements(), self.channels * self.walk.count()]
    }
}

/// `y[n, o, place] = Σ w[o, i, k] · x[n, i, place · stride + k · dilation - before]`
///
/// Over the inputs `i` of the group of `o` and the elements `k` of the filter; elements outside of the picture are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// How the filter slides.
    pub(crate) walk: Walk,
    /// Pictures.
    pub(crate) batch: usize,
    /// GroupCount of channels.
    pub(crate) groups: usize,
    /// Inputs of each group.
    pub(crate) inputs: usize,
    /// Outputs of each group.
    pub(crate) outputs: usize,
}

impl Convolution {
    /// How the filter slides over each channel.
    pub fn walk(&self) -> Walk {
        self.walk
    }

    /// The number of pictures.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// The number of groups, and the inputs and outputs of each.
    pub fn groups(&self) -> [usize; 3] {
        [self.groups, self.inputs, self.outputs]
    }

    /// The terms of one element of the result.
    pub(crate) fn terms(&self) -> usize {
        self.inputs * self.walk.window()
    }

    /// The elements of `[x, weight, y]`.
    pub(crate) fn lens(&self) -> [usize; 3] {
        let Convolution { walk, batch, groups, inputs, outputs } = *self;
        [
            batch * groups * inputs * walk.elements(),
            groups * outputs * self.terms(),
            batch * groups * outputs * walk.count(),
        ]
    }

    /// The convolution as products, one for each picture and group, where the filter is one element that moves by 1 and
    /// there is anything to multiply.
    pub(crate) fn as_product<'a, E>(&self, x: &'a Buf<E>, weight: &'a Buf<E>) -> Option<Product<'a, E>> {
        let (m, k, n) = (self.outputs, self.inputs, self.walk.count());
        let (a, b) = (self.weight(weight, [k, 1]), self.channels(k).of(x));
        self.plain().then(|| Product { m, k, n, batch: self.pictures(), a, b, c: self.channels(m), add: false })
    }

    /// The gradient of the pictures likewise.
    pub(crate) fn as_product_back<'a, E>(&self, slope: &'a Buf<E>, weight: &'a Buf<E>) -> Option<Product<'a, E>> {
        let (m, k, n) = (self.inputs, self.outputs, self.walk.count());
        let (a, b) = (self.weight(weight, [1, m]), self.channels(k).of(slope));
        self.plain().then(|| Product { m, k, n, batch: self.pictures(), a, b, c: self.channels(m), add: false })
    }

    fn plain(&self) -> bool {
        self.walk.is_plain() && !self.lens().contains(&0)
    }

    /// A product for each picture and group.
    fn pictures(&self) -> [usize; BATCH] {
        [1, 1, self.batch, self.groups]
    }

    /// The weight of each group, the same for all pictures.
    fn weight<'a, E>(&self, buf: &'a Buf<E>, [row, column]: [usize; 2]) -> Matrix<'a, E> {
        let group = self.outputs * self.inputs;
        Matrix { buf, offset: 0, row: row as isize, column: column as isize, batch: [0, 0, 0, group as isize] }
    }

    /// So many channels of each group, whose places are columns.
    fn channels(&self, each: usize) -> Place {
        let (row, group) = (self.walk.count(), each * self.walk.count());
        let batch = [0, 0, (self.groups * group) as isize, group as isize];
        Place { offset: 0, row: row as isize, column: 1, batch }
    }
}
