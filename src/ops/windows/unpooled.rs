//! Elements put to places of larger pictures, over any number of axes of space, and the gradient of that.

use super::convolved::three;
use crate::device::{Buf, Device, WindowWork};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::{OrRaise, raise};
use crate::graph::{Described, Differentiable, Given, Operand, SlopeRule, Work};
use crate::layout::count;
use crate::loops::UnpoolWalk;
use crate::ops::{FloatingNode, RuledOf, result_of, whole};
use crate::shape::{Mismatch, Pictures, Shape, Space};
use crate::tensor::Tensor;

/// What `X` gives whose elements are put to places of the axes of space `P`.
pub type UnpooledOf<const R: usize, X, P> = RuledOf<
    X,
    <P as Space>::Under<<<X as Operand>::S as Pictures<R>>::Batch, <<X as Operand>::S as Pictures<R>>::Channels>,
    UnpoolingBack,
>;

/// Each element at its index in a channel of these sizes.
#[track_caller]
pub(super) fn unpooled<const R: usize, X, SI, DI, P>(
    x: X,
    indices: &Tensor<SI, i64, DI>,
    sizes: P,
) -> UnpooledOf<R, X, P>
where
    X: Operand<S: Pictures<R>, E: FloatingNode<X::N>>,
    SI: Shape,
    DI: Device,
    P: Space,
{
    let x = whole(x);
    if x.shape.dims().as_slice() != indices.shape.dims().as_slice() {
        raise(Mismatch::new("max_unpool", x.shape, indices.shape).into());
    }
    let (batch, channels, space) = x.shape.parts();
    let shape = sizes.under(batch, channels);
    count(shape);
    count(sizes);
    count(space);
    let each = |space: [usize; 3]| space.iter().product();
    let channels = batch.size() * channels.size();
    let how = UnpoolWalk { channels, places: each(three(space)), elements: each(three(sizes)) };
    let out = x.device.unpool(&how, &x.materialise(), &indices.buf).or_raise();
    let ids = indices.buf.clone();
    result_of::<X, _, _>(x.ruled(out, shape, UnpoolingBack { how, ids }))
}

/// The rule of elements that were put to places.
pub struct UnpoolingBack {
    how: UnpoolWalk,
    ids: Buf<i64>,
}

impl Described for UnpoolingBack {
    const NAME: &'static str = "max_unpool";
    const KIND: Work = Work::WindowPool;
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for UnpoolingBack {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        drop(out);
        device.unpool_back(&self.how, &gradient, &self.ids)
    }
}
