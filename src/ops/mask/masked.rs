//! Elements filled, taken and written where a mask holds.
//!
//! Apart from `logic`, which computes masks and chooses between two operands of any shape: here the tensor keeps its
//! shape, or what is left of it has a length that only the run knows.

use super::condition::Condition;
use super::indicates::Indicates;
use super::places::{chosen, chosen_rows, covered};
use crate::device::SameDevice;
use crate::dims::Dim;
use crate::error::{Error, raise};
use crate::graph::{Constant, Ex, Located, Operand, Ternary};
use crate::ops::index::{Fill, Holds, Line, Moved, Moves, NumberedRows, Put, Receives, SameOf, Source};
use crate::ops::movement::counted;
use crate::ops::pointwise::indicators::Select;
use crate::shape::{AxisAt, MaskShape, Shape, WithAxis};

/// Filling, taking and writing by masks: comparisons, `x.gt(0.5)`, or tensors of `bool`. Any element type.
///
/// `N` is a dim whose size is how often a mask holds: hand over its constructor.
pub trait Masking<N>: Operand + Sized {
    /// Elements at which the mask holds, in row-major order: `y[k] = x[the k-th place]`. The mask stretches to the
    /// shape of `x`. On the way each element that is taken costs 8 bytes, its place.
    ///
    /// `dx` is `dy` at these places and 0 elsewhere. A constructor of another size than there are elements raises
    /// [`Error::Shape`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Kept = ? }
    /// let x = Cpu.tensor([3.0, -1.0, 2.0]);
    /// let y: Tensor<(Kept,)> = x.masked_select(x.gt(0.0), Kept).eval();
    /// assert_eq!(y.as_slice(), [3.0, 2.0]);
    /// ```
    #[track_caller]
    fn masked_select<M>(self, mask: M, count: impl FnOnce(usize) -> N) -> Moved<Self, (N,)>
    where
        N: Dim,
        M: Condition<S: MaskShape<Self::S>, Truths: Located<bool>>,
        Self: Source,
        Self::D: SameDevice<M::D>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let rows = chosen_rows(mask.holds(), shape);
        let found = counted(rows.places.len(), count);
        Self::moved((rows.take(device, x), (found,), Moves::Picked(rows)), whole)
    }

    /// Slices along axis `I` at which a mask of that axis holds: `y[.., k, ..] = x[.., the k-th place, ..]`.
    ///
    /// `dx` is `dy` in these slices and 0 elsewhere. A constructor of another size raises [`Error::Shape`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Kept = ? }
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// let rows = Cpu.tensor_of::<bool, _>([true, false, true]);
    /// let y: Tensor<(Kept, D<2>)> = x.compress::<0>(&rows, Kept).eval();
    /// assert_eq!(y.as_slice(), [1.0, 2.0, 5.0, 6.0]);
    /// ```
    #[track_caller]
    fn compress<const I: isize>(
        self,
        mask: impl Condition<S: MaskShape<(<Self::S as AxisAt<I>>::At,)>, Truths: Located<bool>, D = Self::D>,
        count: impl FnOnce(usize) -> N,
    ) -> Moved<Self, WithAxis<Self::S, I, N>>
    where
        N: Dim,
        Self: Source,
        Self::S: AxisAt<I>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let ids = chosen(mask.holds(), (shape.at(),));
        let out_shape = shape.with(counted(ids.len(), count));
        let rows = Line::of::<I, _>(shape).rows(device, ids);
        Self::moved((rows.take(device, x), out_shape, Moves::Picked(rows)), whole)
    }
}
impl<X: Operand, N> Masking<N> for X {}

/// Writing where a mask holds; what comes out has the shape of what goes in.
pub trait MaskedWriting: Operand + Sized {
    /// A number where the mask holds, else `x`. The mask stretches to the shape of `x`, never the other way round.
    ///
    /// `dx = dy` where the mask does not hold, and 0 elsewhere. One fused loop with what surrounds it. The number is an
    /// `f64` for floats, and of the element type for the others. Run-time sizes that differ raise [`Error::Sizes`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// let future = Cpu.tensor_of::<bool, _>([[false, true], [false, false]]);
    /// assert_eq!(x.masked_fill(&future, f64::NEG_INFINITY).softmax().eval().as_slice()[..2], [1.0, 0.0]);
    /// assert_eq!(x.masked_fill(x.gt(2.0), 0.0).eval().as_slice(), [1.0, 2.0, 0.0, 0.0]);
    /// ```
    #[track_caller]
    fn masked_fill<M>(
        self,
        mask: M,
        value: <Self::E as Fill>::Value,
    ) -> Filled<Self, <M::Truths as Indicates<Self::E>>::N>
    where
        M: Condition<S: MaskShape<Self::S>, Truths: Indicates<Self::E>>,
        Self::E: Fill,
        Self::D: SameDevice<M::D>,
    {
        let Ex { node: mask, shape: own, .. } = mask.truths();
        filled(self, <Self::E as Fill>::of(value), |shape, device| {
            covered(own, shape);
            mask.indicator(device, own)
        })
    }

    /// The elements of a source, one after the other, where the mask holds, else `x`: `y[the k-th place] = source[k]`
    /// in row-major order. The source may have more elements than are needed.
    ///
    /// `dx = dy` where the mask does not hold; `dsource[k] = dy[the k-th place]`, and 0 where it was not needed. A
    /// source of fewer elements raises [`Error::Value`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, -2.0, -3.0]);
    /// assert_eq!(x.masked_scatter(x.lt(0.0), &Cpu.tensor([7.0, 8.0])).eval().as_slice(), [1.0, 7.0, 8.0]);
    /// ```
    #[track_caller]
    fn masked_scatter<M, Y>(self, mask: M, source: Y) -> Put<Self, Y>
    where
        M: Condition<S: MaskShape<Self::S>, Truths: Located<bool>>,
        Y: Operand,
        Y: Holds<<Self as Operand>::E, <Y as Operand>::E>,
        Self: Receives<<Self as Operand>::E, SameOf<Self, Y>>,
        Self::D: SameDevice<M::D> + SameDevice<Y::D>,
    {
        self.put(source.same(), |shape, source, _| enough(chosen_rows(mask.holds(), shape), source))
    }
}
impl<X: Operand> MaskedWriting for X {}

/// The rows, where the source has an element for each.
#[track_caller]
fn enough<S: Shape>(rows: NumberedRows, source: S) -> NumberedRows {
    if rows.places.len() > source.len() {
        let found = format!("a source of {} elements for {} places", source.len(), rows.places.len());
        raise(Error::Value { what: "masked_scatter", found, rule: "each place where the mask holds takes one" });
    }
    rows
}

/// What comes of filling `X` where the graph `N` over its elements is 1.
pub type Filled<X, N> = Ex<
    <X as Operand>::S,
    <X as Operand>::E,
    <X as Operand>::D,
    Ternary<Select, N, Constant<<X as Operand>::E>, <X as Operand>::N>,
>;

/// The operand, but `value` where the graph is 1 that `indicator` makes for its shape and device.
#[inline]
#[track_caller]
pub(in crate::ops) fn filled<X: Operand, N>(
    x: X,
    value: X::E,
    indicator: impl FnOnce(X::S, X::D) -> N,
) -> Filled<X, N> {
    let Ex { node, shape, device, .. } = x.ex();
    Ex::new(Ternary { op: Select, a: indicator(shape, device), b: Constant(value), c: node }, shape, device)
}
