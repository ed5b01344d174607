//! One convolution over any number of axes of space, and its gradient.
//!
//! Apart from the methods because layers convolve, too.

use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::graph::{
    Behind, Both, Described, Differentiable, Ex, Given, Input, Node, Operand, RuledByBoth, SlopeRule, Work, elements,
};
use crate::layout::count;
use crate::loops::{Convolution, Walk};
use crate::ops::RuledByBothOf;
use crate::shape::{Filters, Pictures, Shape, Slides, SlidesOver, Space, Stepping};

/// The axes of space of the operand `X`.
pub type SpaceOf<const R: usize, X> = <<X as Operand>::S as Pictures<R>>::Space;

/// The places that `K` comes to along the axes of space of the operand `X`.
pub type PlacesOf<const R: usize, X, K> = <K as SlidesOver<SpaceOf<R, X>>>::Places;

/// What a convolution of `X` by `W` gives whose places are `P`.
pub type ConvolutionAs<const R: usize, X, W, P> = RuledByBothOf<
    X,
    W,
    <P as Space>::Under<<<X as Operand>::S as Pictures<R>>::Batch, <<W as Operand>::S as Pictures<R>>::Batch>,
    ConvolutionBack<<X as Operand>::E>,
>;

/// What a convolution of `X` by `W` gives.
pub type ConvolutionOf<const R: usize, X, W, K> = ConvolutionAs<R, X, W, PlacesOf<R, X, <K as Filters<R>>::Slides>>;

/// The sizes of the axes, those that are not there first.
pub(crate) fn three<S: Shape>(space: S) -> [usize; 3] {
    let (mut all, dims) = ([1; 3], space.dims());
    all[3 - dims.len()..].copy_from_slice(&dims);
    all
}

/// The number of places along each axis; [`Error::Window`] where a window does not fit.
#[track_caller]
pub(super) fn places(space: [usize; 3], steps: [Stepping; 3]) -> [usize; 3] {
    std::array::from_fn(|axis| {
        let (len, step) = (space[axis], steps[axis]);
        let misfit = || Error::Window { window: step.extent(), stride: step.stride, padding: step.before, len };
        step.places(len).unwrap_or_else(|| raise(misfit()))
    })
}

/// Raises [`Error::Window`] where a window, whose places a law has counted, is none that a device can walk: the numbers
/// of a [`Same`](crate::shape::Same) are asked nowhere else. It has no places on an empty axis, which is no misfit.
#[track_caller]
pub(super) fn walkable(space: [usize; 3], steps: [Stepping; 3]) {
    places(space.map(|len| len.max(1)), steps);
}

/// The convolution of pictures by a weight, of which the laws have been asked: its outputs, the inputs of each group,
/// the number of these; `places` are those of the result.
#[track_caller]
pub(crate) fn convolved<const R: usize, S, SW, O, E, D, N, M, K, P>(
    x: Ex<S, E, D, N>,
    weight: Ex<SW, E, D, M>,
    (outputs, inputs, groups): (O, usize, usize),
    places: P,
) -> RuledByBoth<Ex<S, E, D, N>, Ex<SW, E, D, M>, P::Under<S::Batch, O>, ConvolutionBack<E>>
where
    S: Pictures<R>,
    SW: Shape,
    O: Dim,
    E: Real,
    D: Device,
    N: Node<E>,
    M: Node<E>,
    K: Slides<R>,
    P: Space,
{
    let (device, shape) = (x.device, x.shape);
    let (batch, _, space) = shape.parts();
    let out_shape = places.under(batch, outputs);
    count(out_shape);
    // Also where there is no picture: numbers of places are multiplied.
    count(places);
    count(space);
    walkable(three(space), K::steps());
    let how = Convolution {
        walk: Walk { space: three(space), steps: K::steps(), places: three(places) },
        batch: batch.size(),
        groups,
        inputs,
        outputs: outputs.size() / groups.max(1),
    };
    let (pictures, filter) = (x.materialise(), weight.materialise());
    let out = device.convolve(&how, &pictures, &filter);
    let weight = weight.given();
    let wanted = [x.node.live(), Behind::<E>::live(&weight)];
    let back = ConvolutionBack { how, x: wanted[1].then_some(pictures), weight: wanted[0].then_some(filter) };
    x.ruled_with(weight, out, out_shape, back)
}

/// Two for each of the `places` of a weight of these sizes, at the first axis' one index.
pub(super) fn terms(places: usize, weight: &[Option<usize>]) -> Option<u64> {
    let each = elements(weight.get(1..)?)?;
    Some((places as u64).saturating_mul(each as u64).saturating_mul(2))
}

/// The rule of a convolution: what the gradient of each operand needs of the other, where it is wanted.
pub struct ConvolutionBack<E> {
    how: Convolution,
    x: Option<Buf<E>>,
    weight: Option<Buf<E>>,
}

impl<E: 'static> Described for ConvolutionBack<E> {
    const NAME: &'static str = "conv";
    const KIND: Work = Work::WindowProduct;
    /// Each result has as many terms as its channel of the weight.
    fn flops(_: Option<&Self>, out: &[Option<usize>], of: &[Input]) -> Option<u64> {
        terms(elements(out)?, &of.get(1)?.dims)
    }
}

impl<S, SW, E, N, M> SlopeRule<E, Both<Given<S, N>, Given<SW, M>>> for ConvolutionBack<E>
where
    S: Shape,
    SW: Shape,
    E: Real,
    N: Differentiable<E>,
    M: Differentiable<E>,
{
    fn slopes<D: Device>(
        self,
        device: D,
        operands: &Both<Given<S, N>, Given<SW, M>>,
        gradient: Buf<E>,
        out: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        drop(out);
        let (how, [of_x, of_weight]) = (&self.how, operands.wanted());
        let to_weight = self.x.filter(|_| of_weight).map(|x| device.convolve_to_weight(how, &gradient, &x));
        let to_x = self.weight.filter(|_| of_x).map(|weight| device.convolve_to_pictures(how, &gradient, &weight));
        [to_x, to_weight]
    }
}
