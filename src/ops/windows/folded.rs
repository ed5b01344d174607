//! One unfolding and one folding over any number of axes of space; each is the gradient of the other.

use super::convolved::{PlacesOf, three, walkable};
use crate::device::{Buf, Device, WindowWork};
use crate::dims::{Dim, MulDim, Multiplied};
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::graph::{Described, Differentiable, Given, Operand, SlopeRule, Work};
use crate::layout::count;
use crate::loops::{PoolingWalk, Walk};
use crate::ops::movement::dim;
use crate::ops::{FloatingNode, RuledOf, result_of, whole};
use crate::shape::{Filters, InParts, PartOf, Patches, Pictures, Shape, Slides, Space, Volume, VolumeOf};

/// The elements of the filter `K`.
pub type PatchOf<const R: usize, K> = VolumeOf<<<K as Filters<R>>::Slides as Slides<R>>::Sizes>;

/// What `X` gives in `L` patches of the filter `K`.
pub type UnfoldedAs<const R: usize, X, K, L> = RuledOf<
    X,
    (
        <<X as Operand>::S as Pictures<R>>::Batch,
        Multiplied<<<X as Operand>::S as Pictures<R>>::Channels, PatchOf<R, K>>,
        L,
    ),
    UnfoldBack,
>;

/// What `X` gives in patches of the filter `K`.
pub type UnfoldedOf<const R: usize, X, K> = UnfoldedAs<R, X, K, VolumeOf<PlacesOf<R, X, <K as Filters<R>>::Slides>>>;

/// What patches `X` of the filter `K` give as pictures of the sizes `P`.
pub type FoldedOf<const R: usize, X, P, K> = RuledOf<
    X,
    <P as Space>::Under<
        <<X as Operand>::S as Patches>::Batch,
        PartOf<<<X as Operand>::S as Patches>::Elements, PatchOf<R, K>>,
    >,
    FoldBack,
>;

/// Pictures as patches, of which the laws have been asked.
#[track_caller]
pub(super) fn unfolded<const R: usize, X, K, L>(x: X, places: [usize; 3], patches: L) -> UnfoldedAs<R, X, K, L>
where
    X: Operand<S: Pictures<R, Channels: MulDim<PatchOf<R, K>>>, E: FloatingNode<X::N>>,
    K: Filters<R, Slides: Slides<R, Sizes: Volume>>,
    L: Dim,
{
    let x = whole(x);
    let (batch, channels, space) = x.shape.parts();
    let shape = (batch, Multiplied::<<X::S as Pictures<R>>::Channels, PatchOf<R, K>>::default(), patches);
    count(shape);
    // Also where there is no picture: numbers of places are multiplied.
    count((patches,));
    count(space);
    let how = walk::<R, K>(three(space), places, batch.size() * channels.size());
    let out = x.device.unfold(&how, &x.materialise());
    result_of::<X, _, _>(x.ruled(out, shape, UnfoldBack { how }))
}

/// Patches as pictures of these sizes, of which the laws have been asked.
#[track_caller]
pub(super) fn folded<const R: usize, X, K, P>(x: X, sizes: P, places: [usize; 3]) -> FoldedOf<R, X, P, K>
where
    X: Operand<S: Patches<Elements: InParts<PatchOf<R, K>>>, E: FloatingNode<X::N>>,
    K: Filters<R, Slides: Slides<R, Sizes: Volume>>,
    P: Space,
{
    let x = whole(x);
    let (batch, elements, patches) = x.shape.parts();
    let all = places.iter().fold(1usize, |count, &places| count.saturating_mul(places));
    if all != patches.size() {
        let found = format!("{} on {:?}, where the filter has {all} places", patches.size(), sizes.dims().as_slice());
        raise(Error::Value { what: "number of patches to fold", found, rule: "there is one for each place" });
    }
    let window: usize = <K::Slides as Slides<R>>::steps().iter().map(|step| step.size).product();
    let channels: PartOf<<X::S as Patches>::Elements, PatchOf<R, K>> = dim(elements.size() / window.max(1));
    let shape = sizes.under(batch, channels);
    count(shape);
    count(sizes);
    let how = walk::<R, K>(three(sizes), places, batch.size() * channels.size());
    let out = x.device.fold(&how, &x.materialise());
    result_of::<X, _, _>(x.ruled(out, shape, FoldBack { how }))
}

/// A device's walk of the filter `K` over so many channels.
#[track_caller]
fn walk<const R: usize, K: Filters<R>>(space: [usize; 3], places: [usize; 3], channels: usize) -> PoolingWalk {
    let steps = <K::Slides as Slides<R>>::steps();
    walkable(space, steps);
    PoolingWalk { walk: Walk { space, steps, places }, channels }
}

/// The rule of pictures as patches: patches are added up.
pub struct UnfoldBack {
    how: PoolingWalk,
}

impl Described for UnfoldBack {
    const NAME: &'static str = "unfold";
    const KIND: Work = Work::WindowPool;
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for UnfoldBack {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        drop(out);
        device.fold(&self.how, &gradient)
    }
}

/// The rule of patches added up: each takes its part of the picture.
pub struct FoldBack {
    how: PoolingWalk,
}

impl Described for FoldBack {
    const NAME: &'static str = "fold";
    const KIND: Work = Work::WindowPool;
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for FoldBack {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        drop(out);
        device.unfold(&self.how, &gradient)
    }
}
