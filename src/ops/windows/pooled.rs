//! One pooling over any number of axes of space, and the gradients of the largest element, of the mean and the norm.

use super::convolved::{PlacesOf, three, walkable};
use crate::device::{Buf, Device, WindowWork};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::graph::{Described, Differentiable, Ex, Given, Lazy, Node, Operand, SlopeRule, Work};
use crate::layout::count;
use crate::loops::{PoolingWalk, Walk};
use crate::ops::{FloatingNode, RuledOf, result_of, whole};
use crate::shape::{Pictures, Pools, Shape, Slides, Space};
use crate::tensor::Tensor;

/// What a pooling of `X` gives whose places are `P`.
pub type PooledAs<const R: usize, X, P> = RuledOf<
    X,
    <P as Space>::Under<<<X as Operand>::S as Pictures<R>>::Batch, <<X as Operand>::S as Pictures<R>>::Channels>,
    PoolingBack<<X as Operand>::E>,
>;

/// What a pooling of `X` by the window `K` gives.
pub type PooledOf<const R: usize, X, K> = PooledAs<R, X, PlacesOf<R, X, <K as Pools<R>>::Slides>>;

/// The largest elements of `X` at the places `P`, and where they stand.
pub type LocatedOf<const R: usize, X, P> = (PooledAs<R, X, P>, PlacesIn<R, X, P>);

/// Where in a channel of `X` the element for each of the places `P` stands.
pub type PlacesIn<const R: usize, X, P> = Tensor<
    <P as Space>::Under<<<X as Operand>::S as Pictures<R>>::Batch, <<X as Operand>::S as Pictures<R>>::Channels>,
    i64,
    <X as Operand>::D,
>;

/// What becomes of the elements of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum PoolBy {
    Max,
    Mean,
    /// The norm of this power, which is 1 or more.
    Norm(f64),
}

/// The pooling of pictures, of which the laws have been asked; `places` are those of the result.
#[track_caller]
pub(super) fn pooled<const R: usize, X, K, P>(x: X, pool: PoolBy, places: P) -> PooledAs<R, X, P>
where
    X: Operand<S: Pictures<R>, E: FloatingNode<X::N>>,
    K: Slides<R>,
    P: Space,
{
    result_of::<X, _, _>(pooled_whole::<R, _, _, _, _, K, _>(whole(x), pool, places))
}

/// The same of a graph that is known to be whole.
#[track_caller]
pub(crate) fn pooled_whole<const R: usize, S, E, D, N, K, P>(
    x: Ex<S, E, D, N>,
    pool: PoolBy,
    places: P,
) -> crate::graph::Ruled<Ex<S, E, D, N>, P::Under<S::Batch, S::Channels>, PoolingBack<E>>
where
    S: Pictures<R>,
    E: Real,
    D: Device,
    N: Node<E>,
    K: Slides<R>,
    P: Space,
{
    let (shape, how) = walked::<R, _, K, _>(x.shape, places);
    let pictures = x.materialise();
    let out = match pool {
        PoolBy::Max => x.device.pool_max(&how, &pictures),
        PoolBy::Mean => x.device.pool_mean(&how, &pictures),
        PoolBy::Norm(p) => x.device.pool_norm(&how, p, &pictures),
    };
    let kept = (pool != PoolBy::Mean && x.node.live()).then_some(pictures);
    x.ruled(out, shape, PoolingBack { how, pool, pictures: kept })
}

/// What a pooling to these places gives, and a device's walk of it.
#[track_caller]
pub(super) fn walked<const R: usize, S: Pictures<R>, K: Slides<R>, P: Space>(
    shape: S,
    places: P,
) -> (P::Under<S::Batch, S::Channels>, PoolingWalk) {
    let (batch, channels, space) = shape.parts();
    let out = places.under(batch, channels);
    count(out);
    count(places);
    count(space);
    walkable(three(space), K::steps());
    let walk = Walk { space: three(space), steps: K::steps(), places: three(places) };
    (out, PoolingWalk { walk, channels: batch.size() * channels.size() })
}

/// The largest elements, and where each stands in its channel.
#[track_caller]
pub(super) fn located_largest<const R: usize, X, K, P>(x: X, places: P) -> LocatedOf<R, X, P>
where
    X: Operand<S: Pictures<R>, E: FloatingNode<X::N>>,
    K: Slides<R>,
    P: Space,
{
    let x = whole(x);
    let (shape, how) = walked::<R, _, K, _>(x.shape, places);
    let (device, pictures) = (x.device, x.materialise());
    let out = device.pool_max(&how, &pictures);
    let indices = Tensor { buf: device.pool_max_places(&how, &pictures, &out), shape, device };
    let kept = x.node.live().then_some(pictures);
    (result_of::<X, _, _>(x.ruled(out, shape, PoolingBack { how, pool: PoolBy::Max, pictures: kept })), indices)
}

/// The rule of a pooling; that of the largest elements finds them by their value, which is the result.
pub struct PoolingBack<E> {
    how: PoolingWalk,
    pool: PoolBy,
    pictures: Option<Buf<E>>,
}

impl<E: 'static> Described for PoolingBack<E> {
    const NAME: &'static str = "pool";
    const KIND: Work = Work::WindowPool;
    fn name(this: Option<&Self>) -> &'static str {
        this.map_or(Self::NAME, |back| match back.pool {
            PoolBy::Max => "max_pool",
            PoolBy::Mean => "avg_pool",
            PoolBy::Norm(_) => "norm_pool",
        })
    }
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for PoolingBack<E> {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        match (self.pool, self.pictures) {
            (PoolBy::Max, Some(x)) => device.pool_max_back(&self.how, &gradient, &x, &out),
            (PoolBy::Norm(p), Some(x)) => device.pool_norm_back(&self.how, p, [&gradient, &x, &out]),
            _ => device.pool_mean_back(&self.how, &gradient),
        }
    }
}
