//! Truth values: comparisons, tensors of `bool`, and what is made of both; combined, counted, and used to choose.
//!
//! Apart from `compare`, where they come from, and from `masked`, which fills, takes and writes where they hold.

use super::indicates::{Among, Indicates, Statement};
use super::places::places;
use crate::device::{Buf, Device, SameDevice, Storage};
use crate::dims::{Dim, DimOf, Off, ToDim};
use crate::graph::{Binary, Ex, Leaf, Located, Operand, Ternary};
use crate::ops::movement::counted;
use crate::ops::pointwise::indicators::Select;
use crate::ops::pointwise::{BitAnd, BitOr, BitXor};
use crate::ops::{Over, Term, joined};
use crate::shape::{Broadcast, Broadcasted, Shape};
use crate::tensor::Tensor;

/// What truth values say of elements, and so the element type that they choose among.
pub type AmongOf<M, A, B> = <<<M as Condition>::Truths as Statement>::Of as Among<A, B>>::E;

/// What [`where_`](Condition::where_) gives.
pub type Chosen<M, A, B> = ChosenAmong<AmongOf<M, A, B>, M, A, B>;

/// The same among elements `E`.
pub type ChosenAmong<E, M, A, B> = Ex<
    Broadcasted<
        Broadcasted<<M as Condition>::S, <A as Term<E, <M as Condition>::D>>::S>,
        <B as Term<E, <M as Condition>::D>>::S,
    >,
    E,
    <M as Condition>::D,
    Ternary<
        Select,
        <<M as Condition>::Truths as Indicates<E>>::N,
        <<A as Term<E, <M as Condition>::D>>::N as Over<E, <A as Term<E, <M as Condition>::D>>::E>>::Node,
        <<B as Term<E, <M as Condition>::D>>::N as Over<E, <B as Term<E, <M as Condition>::D>>::E>>::Node,
    >,
>;

/// What [`to_float`](Condition::to_float) gives.
pub type IndicatorOf<M> = Ex<
    <M as Condition>::S,
    AmongOf<M, f64, f64>,
    <M as Condition>::D,
    <<M as Condition>::Truths as Indicates<AmongOf<M, f64, f64>>>::N,
>;

/// What two conditions joined by an operator give.
pub type JoinedBy<Op, X, Y> = Ex<
    Broadcasted<<X as Condition>::S, <Y as Condition>::S>,
    bool,
    <X as Condition>::D,
    Binary<Op, <X as Condition>::Truths, <Y as Condition>::Truths>,
>;

#[track_caller]
fn joined_by<Op, X: Condition, Y: Condition>(op: Op, x: X, y: Y) -> JoinedBy<Op, X, Y>
where
    X::S: Broadcast<Y::S>,
{
    let (x, y) = (x.truths(), y.truths());
    let shape = joined(x.shape, y.shape);
    Ex::new(Binary { op, a: x.node, b: y.node }, shape, x.device)
}

/// Something that holds or not, element by element: an expression of `bool`, be it a comparison, `x.gt(0.5)`, a tensor
/// by reference, or made of these by `&`, `|`, `^` and `!`. Lazy, and free of gradients.
///
/// ```
/// use congruent::prelude::*;
/// let x = Cpu.tensor([-1.0, 0.5, 2.0]);
/// let stored = Cpu.tensor_of::<bool, _>([true, true, false]);
/// assert_eq!((x.ge(0.0) & x.lt(1.0)).eval().as_slice(), [false, true, false]);
/// assert_eq!((!x.gt(1.0) & &stored).where_(&x, 0.0).eval().as_slice(), [-1.0, 0.5, 0.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a mask",
    label = "expected a comparison, `x.gt(0.5)`, or a tensor of `bool` by reference",
    note = "`x.ne(0.0)` holds where a number is not 0; `&x.convert::<bool>()` for integers"
)]
pub trait Condition: Sized {
    /// The shape. Not [`Operand::S`], as neither are the others that of an operand: what is no mask has none of them,
    /// and after the message about it there is nothing more to say.
    type S: Shape;
    /// The device.
    type D: Device;
    /// The graph.
    type Truths;

    /// The expression that it is.
    fn truths(self) -> Ex<Self::S, bool, Self::D, Self::Truths>;

    /// `a` where it holds, else `b`; each is an operand or a number, and all three broadcast.
    ///
    /// `da = dy` where it holds and 0 elsewhere, `db` the other way round. NaN in the operand that is not chosen stays
    /// out of the result; its gradient there is 0 times the slope of what computed it, which may be NaN. Numbers
    /// are of the type of the tensor; between two of them, of the type that was compared; where none was, `f32` or the
    /// integer that they are.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([-1.0, 2.0]);
    /// assert_eq!(x.gt(0.0).where_(&x, 0.0).eval().as_slice(), [0.0, 2.0]);
    /// let stored = Cpu.tensor_of::<bool, _>([true, false]);
    /// assert_eq!(stored.where_(1.0, &x).eval().as_slice(), [1.0, 2.0]);
    /// assert_eq!(stored.where_(1, 0).eval().as_slice(), [1, 0]);
    /// ```
    #[track_caller]
    fn where_<A, B>(self, a: A, b: B) -> Chosen<Self, A, B>
    where
        Self::Truths: Statement<Of: Among<A, B>> + Indicates<AmongOf<Self, A, B>>,
        A: Term<AmongOf<Self, A, B>, Self::D, N: Over<AmongOf<Self, A, B>, A::E>>,
        B: Term<AmongOf<Self, A, B>, Self::D, N: Over<AmongOf<Self, A, B>, B::E>>,
        Self::D: SameDevice<A::D> + SameDevice<B::D>,
        Self::S: Broadcast<A::S>,
        Broadcasted<Self::S, A::S>: Broadcast<B::S>,
    {
        let Ex { node, shape, device, .. } = self.truths();
        let (a, b) = (a.term(device), b.term(device));
        let mask = node.indicator(device, shape);
        let shape = joined(joined(shape, a.shape), b.shape);
        Ex::new(Ternary { op: Select, a: mask, b: a.node.over(), c: b.node.over() }, shape, device)
    }

    /// Where both hold, as `&`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0, 3.0]);
    /// assert_eq!(x.gt(1.0).and(x.lt(3.0)).eval().as_slice(), [false, true, false]);
    /// ```
    #[doc(alias = "logical_and")]
    #[track_caller]
    fn and<Y: Condition>(self, other: Y) -> JoinedBy<BitAnd, Self, Y>
    where
        Self::S: Broadcast<Y::S>,
        Self::D: SameDevice<Y::D>,
    {
        joined_by(BitAnd, self, other)
    }

    /// Where at least one of both holds, as `|`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0, 3.0]);
    /// assert_eq!(x.lt(2.0).or(x.gt(2.0)).eval().as_slice(), [true, false, true]);
    /// ```
    #[doc(alias = "logical_or")]
    #[track_caller]
    fn or<Y: Condition>(self, other: Y) -> JoinedBy<BitOr, Self, Y>
    where
        Self::S: Broadcast<Y::S>,
        Self::D: SameDevice<Y::D>,
    {
        joined_by(BitOr, self, other)
    }

    /// Where exactly one of both holds, as `^`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0, 3.0]);
    /// assert_eq!(x.gt(1.0).xor(x.gt(2.0)).eval().as_slice(), [false, true, false]);
    /// ```
    #[doc(alias = "logical_xor")]
    #[track_caller]
    fn xor<Y: Condition>(self, other: Y) -> JoinedBy<BitXor, Self, Y>
    where
        Self::S: Broadcast<Y::S>,
        Self::D: SameDevice<Y::D>,
    {
        joined_by(BitXor, self, other)
    }

    /// 1 where it holds and 0 elsewhere, in a fused loop, as floats of the type that was compared; `f32` where none
    /// was. As another type: [`convert`](crate::ops::Evaluate::convert).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0, 3.0]);
    /// assert_eq!(x.gt(1.5).to_float().mean().eval().item(), 2.0 / 3.0);
    /// ```
    fn to_float(self) -> IndicatorOf<Self>
    where
        Self::Truths: Statement<Of: Among<f64, f64>> + Indicates<AmongOf<Self, f64, f64>>,
    {
        let Ex { node, shape, device, .. } = self.truths();
        Ex::new(node.indicator(device, shape), shape, device)
    }

    /// The truth values as a tensor.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0]).gt(1.5).holds().as_slice(), [false, true]);
    /// ```
    #[track_caller]
    fn holds(self) -> Tensor<Self::S, bool, Self::D>
    where
        Self::Truths: Located<bool>,
    {
        let Ex { node, shape, device, .. } = self.truths();
        Tensor { buf: node.in_order(device, shape), shape, device }
    }

    /// At how many elements it holds.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0, 3.0]).ge(2.0).count(), 2);
    /// ```
    #[doc(alias = "count_nonzero")]
    #[track_caller]
    fn count(self) -> usize
    where
        Self::Truths: Located<bool>,
    {
        let Tensor { buf, device, .. } = self.holds();
        device.show(&buf, |holds| holds.iter().filter(|holds| **holds).count())
    }

    /// The indices at which it holds, a row each, in row-major order; NumPy's `argwhere`, PyTorch's `nonzero`.
    ///
    /// How many there are is known at run time: `count` is the constructor of that dim. A size of its own, `|_|
    /// D::<3>`, raises [`Error::Shape`](crate::Error::Shape) where it is another one.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Found = ? }
    /// let x = Cpu.tensor([[1.0, 0.0], [0.0, 3.0]]);
    /// let places: Tensor<(Found, D<2>), i64> = x.ne(0.0).argwhere(Found);
    /// assert_eq!(places.as_slice(), [0, 0, 1, 1]);
    /// ```
    #[doc(alias = "nonzero")]
    #[track_caller]
    #[expect(clippy::type_complexity, reason = "a matrix whose width is the rank")]
    fn argwhere<N: Dim>(
        self,
        count: impl FnOnce(usize) -> N,
    ) -> Tensor<(N, DimOf<<Self::S as Shape>::Rank>), i64, Self::D>
    where
        Self::Truths: Located<bool>,
        <Self::S as Shape>::Rank: ToDim<Dim: Default>,
    {
        let holds = self.holds();
        let (sizes, places) = (holds.dims(), holds.device.show(&holds.buf, places));
        let found = counted(places.len(), count);
        let mut indices = vec![0; places.len() * sizes.len()];
        for (row, &place) in indices.chunks_exact_mut(sizes.len().max(1)).zip(&places) {
            sizes.iter().zip(row).rev().fold(place, |rest, (&size, index)| {
                *index = rest % size as i64;
                rest / size as i64
            });
        }
        let buf = holds.device.adopt(Buf::adopted(indices));
        Tensor { buf, shape: (found, Default::default()), device: holds.device }
    }

    /// The places at which it holds, counted in row-major order.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Found = ? }
    /// let x = Cpu.tensor([[1.0, 0.0], [0.0, 3.0]]);
    /// assert_eq!(x.ne(0.0).flatnonzero(Found).as_slice(), [0, 3]);
    /// ```
    #[track_caller]
    fn flatnonzero<N: Dim>(self, count: impl FnOnce(usize) -> N) -> Tensor<(N,), i64, Self::D>
    where
        Self::Truths: Located<bool>,
    {
        let holds = self.holds();
        let places = holds.device.show(&holds.buf, places);
        let shape = (counted(places.len(), count),);
        Tensor { buf: holds.device.adopt(Buf::adopted(places)), shape, device: holds.device }
    }
}
#[diagnostic::do_not_recommend]
impl<S: Shape, D: Device, N> Condition for Ex<S, bool, D, N> {
    type S = S;
    type D = D;
    type Truths = N;
    #[cfg_attr(optimised, inline(always))]
    fn truths(self) -> Self {
        self
    }
}
#[diagnostic::do_not_recommend]
impl<S: Shape, D: Device> Condition for &Tensor<S, bool, D> {
    type S = S;
    type D = D;
    type Truths = Leaf<S, bool, Off>;
    #[inline]
    fn truths(self) -> Ex<S, bool, D, Self::Truths> {
        self.ex()
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn where_sends_the_gradient_to_what_was_chosen() {
        let model: (Param<Shape![3], Weights>, Param<Shape![], Weights>) =
            (Cpu.tensor([-1.0, 2.0, 3.0]).into(), Cpu.tensor(5.0).into());
        let (loss, (dx, dy)) = model.value_and_grad(|(x, y)| (x.gt(0.0).where_(x * 2.0, y)).sum()).expect("it fits");
        assert_eq!((loss, dx.as_slice(), dy.as_slice()), (15.0, &[0.0, 2.0, 2.0][..], &[1.0][..]));
    }

    /// The slope of a mask is no zero that is multiplied: an infinite gradient would make NaN of it.
    #[test]
    fn nothing_flows_through_a_mask() {
        let x: Param<Shape![2]> = Cpu.tensor([0.0, 4.0]).into();
        let (_, dx) = x.value_and_grad(|x| (x.ge(0.0).to_float() * x.sqrt()).sum()).expect("it fits");
        assert_eq!(dx.as_slice(), [f32::INFINITY, 0.25]);
    }

    #[test]
    fn masks_broadcast_as_operands_do() {
        let (rows, columns) = (Cpu.tensor([[1.0], [2.0]]), Cpu.tensor([1.0, 2.0, 3.0]));
        let upper = columns.ge(&rows);
        assert_eq!(upper.eval().as_slice(), [true, true, true, false, true, true]);
        let corner = columns.ge(3.0) & rows.lt(2.0);
        assert_eq!(corner.where_(1.0, &columns).eval().as_slice(), [1.0, 2.0, 1.0, 1.0, 2.0, 3.0]);
        let text = format!("{}", (columns.lt(2.0) | !rows.ne(1.0)).eval());
        assert_eq!(text, "[[ true  true  true]\n [ true false false]]");
    }

    #[test]
    fn a_mask_of_a_shared_value_stays_in_its_loop() {
        let x = Cpu.tensor([-2.0, 0.5]);
        let y = (&x * 2.0).share(|v| v.abs().gt(1.0).where_(v, v * v)).eval();
        assert_eq!(y.as_slice(), [-4.0, 1.0]);
    }

    #[test]
    fn equality_of_tensors_is_of_elements() {
        let (x, y) = (Cpu.tensor([1.0, f32::NAN]), Cpu.tensor([1.0, f32::NAN]));
        assert_eq!(x.eq(&y).eval().as_slice(), [true, false]);
        assert_eq!(x.ne(&y).eval().as_slice(), [false, true]);
        assert_eq!((&x + 1.0).eq(2.0).count(), 1);
        assert!(x != y);
    }

    #[test]
    fn of_no_elements_all_hold_and_none_does() {
        dims! { N = ? }
        let none: Tensor<(N,), f64> = Cpu.full((N(0),), 1.0);
        assert!(none.gt(0.0).all() && !none.gt(0.0).any() && none.gt(0.0).count() == 0);
        assert!(none.allclose(&none, 0.0, 0.0));
    }

    /// More than the largest odd number that `f32` holds would be, were it a sum.
    #[test]
    fn counts_are_exact() {
        dims! { N = ? }
        let many: Tensor<(N,), f32> = Cpu.full((N((1 << 24) + 1),), 1.0);
        assert_eq!(many.gt(0.0).count(), (1 << 24) + 1);
    }

    #[test]
    fn closeness_follows_numpy() {
        let infinity = f64::INFINITY;
        let x = Cpu.tensor_of::<f64, _>([1.0, infinity, infinity, 5.0, -infinity, f64::NAN]);
        let y = Cpu.tensor_of::<f64, _>([1.1, infinity, 5.0, infinity, infinity, f64::NAN]);
        assert_eq!(x.isclose(&y, 0.1, 0.0).eval().as_slice(), [true, true, false, false, false, false]);
        assert!(!x.allclose(&y, 0.1, 0.0));
    }
}
