//! Comparisons of tensors with tensors and with numbers: `x.gt(0.5)`.
//!
//! Apart from the other tables because the result is not a tensor of numbers but of truth values. Comparisons with NaN
//! are false, but for `ne`, as in IEEE 754, NumPy and PyTorch.

use super::condition::Condition;
use super::places::everywhere;
use crate::device::{Device, SameDevice};
use crate::dtype::{Elem, Numeric, Real, SameDtype};
use crate::graph::{Binary, Compared, Ex, Located, Operand, Unary};
use crate::ops::pointwise::indicators::{
    Equal, Greater, GreaterEqual, IsClose, IsFinite, IsInf, IsNan, Less, LessEqual, NotEqual,
};
use crate::ops::{Term, joined, unary};
use crate::shape::{Broadcast, Broadcasted, Shape};
use crate::tensor::Tensor;

/// The mask of a formula over two operands, of which the second may be a number.
pub type MaskOf<Op, X, Y> = Ex<
    Broadcasted<<X as Operand>::S, <Y as Term<<X as Operand>::E, <X as Operand>::D>>::S>,
    bool,
    <X as Operand>::D,
    <<X as Operand>::E as Numeric>::Graph<MaskNode<Op, X, Y>>,
>;

/// The graph of a [`MaskOf`]: there is one for numbers alone, and of others the compiler asks nothing more about it.
pub type MaskNode<Op, X, Y> =
    Compared<<X as Operand>::E, Binary<Op, <X as Operand>::N, <Y as Term<<X as Operand>::E, <X as Operand>::D>>::N>>;

fn mask_of_one<Op, X: Operand<E: Rounded>>(op: Op, x: X) -> RoundedMaskOf<Op, X> {
    let indicator = unary(op, x);
    Ex::new(X::E::only(Compared::new(indicator.node)), indicator.shape, indicator.device)
}

/// The mask of a formula over two operands, as the graph that it is.
#[track_caller]
fn compared<Op, X, Y>(op: Op, x: X, y: Y) -> Ex<Broadcasted<X::S, Y::S>, bool, X::D, MaskNode<Op, X, Y>>
where
    X: ComparableTo<Y>,
    Y: Term<X::E, X::D>,
{
    let x = x.ex();
    let y = y.term(x.device);
    let shape = joined(x.shape, y.shape);
    Ex::new(Compared::new(Binary { op, a: x.node, b: y.node }), shape, x.device)
}

#[track_caller]
fn mask_of<Op, X: ComparableTo<Y>, Y: Term<X::E, X::D>>(op: Op, x: X, y: Y) -> MaskOf<Op, X, Y> {
    let mask = compared(op, x, y);
    Ex::new(X::E::number_graph(mask.node), mask.shape, mask.device)
}

/// Operands that can be compared with `Y`: the element type and the device are the same, and the shapes broadcast.
pub trait ComparableTo<Y: Term<Self::E, Self::D>>:
    Operand<E: Numeric + SameDtype<Y::E>, D: SameDevice<Y::D>, S: Broadcast<Y::S>>
{
}

// Without `do_not_recommend`: what does not fit is said by these very laws.
impl<X, Y> ComparableTo<Y> for X
where
    X: Operand<E: Numeric + SameDtype<Y::E>, D: SameDevice<Y::D>, S: Broadcast<Y::S>>,
    Y: Term<X::E, X::D>,
{
}

/// Element types whose numbers are rounded, and that have numbers beside the finite ones: floats.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is exact: its numbers are equal or not, and all are finite",
    label = "this is of floating-point tensors",
    note = "`x.eq(&y).all()` says whether two are equal everywhere"
)]
pub trait Rounded<Float = <Self as Elem>::Float>: Real {
    /// A graph that there is for these types alone: of others the compiler asks nothing more about it.
    type Only<N>;
    /// The same.
    fn only<N>(graph: N) -> Self::Only<N>;
}
#[diagnostic::do_not_recommend]
impl<E: Real> Rounded<E> for E {
    type Only<N> = N;
    #[cfg_attr(optimised, inline(always))]
    fn only<N>(graph: N) -> N {
        graph
    }
}

/// The mask of a formula over one operand of floats.
pub type RoundedMaskOf<Op, X> = Ex<
    <X as Operand>::S,
    bool,
    <X as Operand>::D,
    <<X as Operand>::E as Rounded>::Only<Compared<<X as Operand>::E, Unary<Op, <X as Operand>::N>>>,
>;

/// The mask of [`isclose`](Comparisons::isclose).
pub type CloseTo<X, Y> = Ex<
    Broadcasted<<X as Operand>::S, <Y as Term<<X as Operand>::E, <X as Operand>::D>>::S>,
    bool,
    <X as Operand>::D,
    CloseNode<X, Y>,
>;

/// The graph of [`isclose`](Comparisons::isclose).
type CloseNode<X, Y> = <<X as Operand>::E as Rounded>::Only<
    Compared<
        <X as Operand>::E,
        Binary<IsClose, <X as Operand>::N, <Y as Term<<X as Operand>::E, <X as Operand>::D>>::N>,
    >,
>;

/// Comparisons, which give truth values, a [`Condition`]; the right side is an operand, which broadcasts, or a number.
///
/// A number beside floats is an `f64`, rounded to the element type first, so `x.eq(0.1)` holds for an `f32` element
/// 0.1. Beside integers it is of the element type: `labels.eq(3)`.
pub trait Comparisons: Operand + Sized {
    /// Where two are equal; NaN is equal to nothing. See [`isclose`](Comparisons::isclose) for rounded numbers.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, f32::NAN]).eq(1.0).eval().as_slice(), [true, false]);
    /// ```
    #[track_caller]
    fn eq<Y: Term<Self::E, Self::D>>(self, y: Y) -> MaskOf<Equal, Self, Y>
    where
        Self: ComparableTo<Y>,
    {
        mask_of(Equal, self, y)
    }

    /// Where two differ; NaN differs from everything, itself included.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, f32::NAN]).ne(1.0).eval().as_slice(), [false, true]);
    /// ```
    #[track_caller]
    fn ne<Y: Term<Self::E, Self::D>>(self, y: Y) -> MaskOf<NotEqual, Self, Y>
    where
        Self: ComparableTo<Y>,
    {
        mask_of(NotEqual, self, y)
    }

    /// Where the left side is less; false for NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let (x, y) = (Cpu.tensor([[1.0], [4.0]]), Cpu.tensor([2.0, 5.0]));
    /// assert_eq!(x.lt(&y).eval().as_slice(), [true, true, false, true]);
    /// ```
    #[track_caller]
    fn lt<Y: Term<Self::E, Self::D>>(self, y: Y) -> MaskOf<Less, Self, Y>
    where
        Self: ComparableTo<Y>,
    {
        mask_of(Less, self, y)
    }

    /// Where the left side is less or equal; false for NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0, 3.0]).le(2.0).eval().as_slice(), [true, true, false]);
    /// ```
    #[track_caller]
    fn le<Y: Term<Self::E, Self::D>>(self, y: Y) -> MaskOf<LessEqual, Self, Y>
    where
        Self: ComparableTo<Y>,
    {
        mask_of(LessEqual, self, y)
    }

    /// Where the left side is greater; false for NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0, 3.0]).gt(2.0).eval().as_slice(), [false, false, true]);
    /// ```
    #[track_caller]
    fn gt<Y: Term<Self::E, Self::D>>(self, y: Y) -> MaskOf<Greater, Self, Y>
    where
        Self: ComparableTo<Y>,
    {
        mask_of(Greater, self, y)
    }

    /// Where the left side is greater or equal; false for NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0, 3.0]).ge(2.0).eval().as_slice(), [false, true, true]);
    /// ```
    #[track_caller]
    fn ge<Y: Term<Self::E, Self::D>>(self, y: Y) -> MaskOf<GreaterEqual, Self, Y>
    where
        Self: ComparableTo<Y>,
    {
        mask_of(GreaterEqual, self, y)
    }

    /// Where `|x - y| ≤ atol + rtol · |y|`, or both are the same infinity; false for NaN.
    ///
    /// NumPy's and PyTorch's default tolerances are `1e-5` and `1e-8`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 1.001, f32::INFINITY]);
    /// assert_eq!(x.isclose(1.0, 1e-5, 1e-8).eval().as_slice(), [true, false, false]);
    /// ```
    #[track_caller]
    fn isclose<Y: Term<Self::E, Self::D>>(self, y: Y, rtol: f64, atol: f64) -> CloseTo<Self, Y>
    where
        Self::E: Rounded,
        Self: ComparableTo<Y>,
    {
        let mask = compared(IsClose { rtol, atol }, self, y);
        Ex::new(Self::E::only(mask.node), mask.shape, mask.device)
    }

    /// Whether [`isclose`](Comparisons::isclose) holds for all elements; true of no elements, false if one is NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let (x, y) = (Cpu.tensor([1.0, 2.0]), Cpu.tensor([1.0, 2.0000002]));
    /// assert!(x.allclose(&y, 1e-5, 1e-8));
    /// assert!(!x.allclose(1.0, 1e-5, 1e-8));
    /// ```
    #[track_caller]
    fn allclose<Y>(self, y: Y, rtol: f64, atol: f64) -> bool
    where
        Self::E: Rounded,
        Self: ComparableTo<Y> + Operand<N: Located<Self::E>>,
        Y: Term<Self::E, Self::D, N: Located<Self::E>>,
    {
        everywhere(compared(IsClose { rtol, atol }, self, y).holds())
    }

    /// Where elements are NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, f32::NAN]).is_nan().eval().as_slice(), [false, true]);
    /// ```
    fn is_nan(self) -> RoundedMaskOf<IsNan, Self>
    where
        Self::E: Rounded,
    {
        mask_of_one(IsNan, self)
    }

    /// Where elements are inf or -inf.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, -f32::INFINITY]).is_inf().eval().as_slice(), [false, true]);
    /// ```
    fn is_inf(self) -> RoundedMaskOf<IsInf, Self>
    where
        Self::E: Rounded,
    {
        mask_of_one(IsInf, self)
    }

    /// Where elements are neither NaN nor infinite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, f32::NAN]).is_finite().eval().as_slice(), [true, false]);
    /// ```
    fn is_finite(self) -> RoundedMaskOf<IsFinite, Self>
    where
        Self::E: Rounded,
    {
        mask_of_one(IsFinite, self)
    }
}
impl<X: Operand> Comparisons for X {}

/// `x.eq(&y)` of two tensors compares their elements, though `==` compares the tensors: without these methods
/// `PartialEq`, or `PartialOrd`, and [`Comparisons`] would both have a claim to the name.
///
/// The law stands in the rows, so that the compiler shows the row and not the macro beside it.
macro_rules! of_tensors {
    ($($method:ident by $Op:ident where [$($law:tt)*], $doc:literal;)*) => {
        impl<S: Shape, E: Numeric, D: Device> Tensor<S, E, D> {$(
            #[doc = concat!($doc, ": see [`Comparisons::", stringify!($method), "`].")]
            #[track_caller]
            pub fn $method<'a, Y: Term<E, D>>(&'a self, y: Y) -> MaskOf<$Op, &'a Self, Y>
            where
                &'a Self: Operand<E = E, D = D> + $($law)*,
            {
                mask_of($Op, self, y)
            }
        )*}
    };
}
of_tensors! {
    eq by Equal where [ComparableTo<Y>], "Where two are equal";
    ne by NotEqual where [ComparableTo<Y>], "Where two differ";
    lt by Less where [ComparableTo<Y>], "Where the left side is less";
    le by LessEqual where [ComparableTo<Y>], "Where the left side is less or equal";
    gt by Greater where [ComparableTo<Y>], "Where the left side is greater";
    ge by GreaterEqual where [ComparableTo<Y>], "Where the left side is greater or equal";
}
