//! What a mask or a bias must be beside queries and keys.
//!
//! Apart from the settings, which take anything: only beside queries and keys is it known what fits.

use crate::device::{Device, SameDevice};
use crate::dtype::{Elem, Real};
use crate::error::differ;
use crate::graph::{Lazy, Located, Operand};
use crate::layout::{Axes, Strided};
use crate::loops::{HeadPlace, Sight};
use crate::ops::NodeOver;
use crate::ops::mask::Condition;
use crate::shape::{BroadcastTo, MaskShape, Shape};

/// No key is hidden but by the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Everything;

/// Keys are seen where a mask holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskedBy<C>(pub(super) C);

/// Something is added to the scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BiasedBy<B>(pub(super) B);

/// What hides keys of scores of shape `S` over elements `E`, in memory.
pub enum Restriction<E> {
    /// Nothing.
    None,
    /// A mask, where it does not hold.
    Mask(Strided<bool>),
    /// What is added to the scores.
    Bias(Strided<E>),
}

impl<E: Elem> Restriction<E> {
    /// The same as a device sees it; the last axis of heads is of those that share keys where `grouped` says so.
    pub(super) fn sight(&self, grouped: bool) -> Sight<'_, E> {
        match self {
            Restriction::None => Sight::All,
            Restriction::Mask(mask) => Sight::Mask(HeadPlace::of(mask.offset, &mask.axes, grouped).in_buf(&mask.buf)),
            Restriction::Bias(bias) => Sight::Bias(HeadPlace::of(bias.offset, &bias.axes, grouped).in_buf(&bias.buf)),
        }
    }
}

/// What an attention over elements `E` on device `D` may be restricted by, whose scores have shape `S`.
#[diagnostic::on_unimplemented(
    message = "attention: this mask or bias does not fit scores of shape `{S}`",
    label = "expected `&mask` of `bool`, or a bias over `{E}`, that stretches to `{S}`, on the device of the queries",
    note = "scores have a row for each query and a column for each key; only axes that are `D<1>` or missing in front \
            stretch: a mask of keys `(B, M)` by `.unsqueeze::<1>()`, once for each axis between",
    note = "`.ne(0)` makes a mask of numbers; what is added to the scores is given by `.bias(..)`"
)]
pub trait Restricts<E: Elem, S: Shape, D: Device> {
    /// In memory, stretched to the scores.
    fn restriction(self, scores: S) -> Restriction<E>;
}

#[diagnostic::do_not_recommend]
impl<E: Elem, S: Shape, D: Device> Restricts<E, S, D> for Everything {
    fn restriction(self, _: S) -> Restriction<E> {
        Restriction::None
    }
}

#[diagnostic::do_not_recommend]
impl<E, S, D, C> Restricts<E, S, D> for MaskedBy<C>
where
    E: Elem,
    S: Shape,
    D: Device + SameDevice<C::D>,
    C: Condition<S: MaskShape<S>, Truths: Located<bool>>,
{
    #[track_caller]
    fn restriction(self, scores: S) -> Restriction<E> {
        let mask = self.0.truths();
        if let Err(mismatch) = mask.shape.cover(scores) {
            differ(mismatch);
        }
        Restriction::Mask(stretched(mask.node.located(mask.device, mask.shape), scores))
    }
}

#[diagnostic::do_not_recommend]
impl<E, S, D, B> Restricts<E, S, D> for BiasedBy<B>
where
    E: Real,
    S: Shape,
    D: Device + SameDevice<B::D>,
    B: Operand<S: BroadcastTo<S>, N: NodeOver<E, B::E>>,
{
    #[track_caller]
    fn restriction(self, scores: S) -> Restriction<E> {
        let bias = self.0.ex();
        if let Err(mismatch) = bias.shape.expand(scores) {
            differ(mismatch);
        }
        let node = bias.node.node();
        // No gradient flows to it: whoever learns by it alone is told.
        node.cut();
        Restriction::Bias(stretched(node.located(bias.device, bias.shape), scores))
    }
}

/// Memory under axes of its own, under those of the scores.
fn stretched<E: Elem, S: Shape>(memory: Strided<E>, scores: S) -> Strided<E> {
    Strided { axes: memory.axes.along(&Axes::contiguous(scores).size), ..memory }
}
