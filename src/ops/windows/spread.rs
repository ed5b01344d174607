//! One transposed convolution over any number of axes of space, and its gradient.
//!
//! Apart from the methods because layers spread pictures, too. The work on the device is that of a convolution, whose
//! parts change places: what is the gradient of pictures there is the value here, and the other way round.

use super::convolved::{terms, three};
use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::differ;
use crate::graph::{Behind, Both, Described, Differentiable, Ex, Given, Input, Node, RuledByBoth, SlopeRule, Work};
use crate::layout::count;
use crate::loops::{Convolution, Walk};
use crate::shape::{GroupCount, Mismatch, Pictures, Shape, Slides, Space, TransposedFilters};

/// The transposed convolution of pictures by a weight, of which the laws have been asked: its outputs, those of each
/// group, the number of groups; `places` are those of the result.
#[track_caller]
pub(crate) fn spread_out<const R: usize, S, SW, O, E, D, N, M, K, P>(
    x: Ex<S, E, D, N>,
    weight: Ex<SW, E, D, M>,
    (outputs, each, groups): (O, usize, usize),
    places: P,
) -> RuledByBoth<Ex<S, E, D, N>, Ex<SW, E, D, M>, P::Under<S::Batch, O>, TransposedConvolutionBack<E>>
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
    let (batch, channels, space) = shape.parts();
    let out_shape = places.under(batch, outputs);
    count(out_shape);
    // Also where there is no picture: numbers of places are multiplied.
    count(places);
    count(space);
    let how = Convolution {
        walk: Walk { space: three(places), steps: K::steps(), places: three(space) },
        batch: batch.size(),
        groups,
        inputs: each,
        outputs: channels.size() / groups.max(1),
    };
    let (pictures, filter) = (x.materialise(), weight.materialise());
    let out = device.convolve_to_pictures(&how, &pictures, &filter);
    let weight = weight.given();
    let wanted = [x.node.live(), Behind::<E>::live(&weight)];
    let back = TransposedConvolutionBack { how, x: wanted[1].then_some(pictures), weight: wanted[0].then_some(filter) };
    x.ruled_with(weight, out, out_shape, back)
}

/// The rule of a transposed convolution: that of pictures is a convolution, that of the weight the one of a
/// convolution whose pictures and gradient change places.
pub struct TransposedConvolutionBack<E> {
    how: Convolution,
    x: Option<Buf<E>>,
    weight: Option<Buf<E>>,
}

impl<E: 'static> Described for TransposedConvolutionBack<E> {
    const NAME: &'static str = "conv_transpose";
    const KIND: Work = Work::WindowProduct;
    /// Each element of the pictures is spread over its channel of the weight.
    fn flops(_: Option<&Self>, _: &[Option<usize>], of: &[Input]) -> Option<u64> {
        terms(of.first()?.elements()?, &of.get(1)?.dims)
    }
}

impl<S, SW, E, N, M> SlopeRule<E, Both<Given<S, N>, Given<SW, M>>> for TransposedConvolutionBack<E>
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
        let to_weight = self.x.filter(|_| of_weight).map(|x| device.convolve_to_weight(how, &x, &gradient));
        let to_x = self.weight.filter(|_| of_x).map(|weight| device.convolve(how, &gradient, &weight));
        [to_x, to_weight]
    }
}

/// The outputs of a weight, those of each group, the number of these. Channels whose number only the run knows raise
/// their difference.
#[track_caller]
pub(crate) fn outputs<const R: usize, S, SW, K, O: Dim>(law: &'static str, shape: S, weight: SW) -> (O, usize, usize)
where
    S: Pictures<R>,
    SW: Shape,
    K: TransposedFilters<R>,
{
    let (groups, dims) = (K::GroupCount::COUNT, weight.dims());
    if shape.parts().1.size() != dims[0] {
        differ(Mismatch::new(law, shape, weight));
    }
    let all = O::from_size(dims[1] * groups);
    (all.unwrap_or_else(|| differ(Mismatch::new(law, shape, weight))), dims[1], groups)
}
