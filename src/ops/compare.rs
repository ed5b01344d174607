//! Comparisons of tensors with tensors and with numbers: `x.gt(0.5)`.
//!
//! Apart from the other tables because the result is not a tensor of numbers but a [`Mask`]. Comparisons with NaN are
//! false, but for `ne`, as in IEEE 754, NumPy and PyTorch.

use super::mask::Mask;
use super::number::Term;
use super::{Operand, Pointwise1, Pointwise2, binary, unary};
use crate::device::Device;
use crate::dtype::{Elem, Real};
use crate::graph::{Binary, Lazy, Node, Sharing, Stopped, Unary};
use crate::shape::{Broadcast, Broadcasted, Shape};
use crate::tensor::Tensor;
use congruent_macros::elementwise;

elementwise! {
    /// The formulas behind masks, with 1 for true and 0 for false.
    ///
    /// [`Comparisons`] is what programs call.
    pub trait Indicators;

    /// 1 where two are equal; NaN is equal to nothing.
    Equal: equal(x, y) = V::select_eq(x, y, V::c(1.0), V::c(0.0)), flat,
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where two differ; NaN differs from everything.
    NotEqual: not_equal(x, y) = V::select_eq(x, y, V::c(0.0), V::c(1.0)), flat,
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where the first is less; 0 for NaN.
    Less: less(x, y) = V::select_gt(y, x, V::c(1.0), V::c(0.0)), flat,
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where the first is less or equal; 0 for NaN.
    LessEqual: less_equal(x, y) = V::select_ge(y, x, V::c(1.0), V::c(0.0)), flat,
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where the first is greater; 0 for NaN.
    Greater: greater(x, y) = V::select_gt(x, y, V::c(1.0), V::c(0.0)), flat,
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where the first is greater or equal; 0 for NaN.
    GreaterEqual: greater_equal(x, y) = V::select_ge(x, y, V::c(1.0), V::c(0.0)), flat,
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where `|x - y| ≤ atol + rtol · |y|` or both are the same infinity; 0 for NaN.
    IsClose {
        /// Relative tolerance, of the second operand.
        rtol: f64 = 0.5,
        /// Absolute tolerance.
        atol: f64 = 0.5
    }: is_close(x, y) = {
            let size = y.abs();
            let near = V::select_ge(size * rtol + atol, (x - y).abs(), V::c(1.0), V::c(0.0));
            let finite = V::select_gt(V::c(f64::INFINITY), size, near, V::c(0.0));
            V::select_eq(x, y, V::c(1.0), finite)
        }, flat,
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where an element is NaN.
    IsNan: nan_indicator(x) = x.is_nan(), flat,
        for x in -3.0..3.0;

    /// 1 where an element is inf or -inf.
    IsInf: inf_indicator(x) = x.is_inf(), flat,
        for x in -3.0..3.0;

    /// 1 where an element is neither NaN nor infinite.
    IsFinite: finite_indicator(x) = x.is_finite(), flat,
        for x in -3.0..3.0;

    /// Whether both masks hold.
    And: both(x, y) = x * y,
        for x in 0.0..1.0, y in 0.0..1.0;

    /// Whether at least one mask holds.
    Or: either(x, y) = x.maximum(y),
        for x in 0.0..1.0, y in 0.0..1.0;

    /// Whether exactly one mask holds.
    Xor: exactly_one(x, y) = (x - y).abs(),
        for x in 0.0..1.0, y in 0.0..1.0;

    /// Whether a mask does not hold.
    Not: negated(x) = -x + 1.0,
        for x in 0.0..1.0;

    /// The second operand where the first, a mask, is above one half, else the third. The mask has no gradient.
    Select: select(mask, x, y) = V::select_gt(mask, V::c(0.5), x, y),
        except_at = [0.5], for mask in 0.0..1.0, x in -3.0..3.0, y in -3.0..3.0;
}

/// The mask of a formula over one operand.
pub type MaskOfOne<Op, X> =
    Mask<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, Stopped<Unary<Op, <X as Operand>::N>>>;

/// The mask of a formula over two operands, of which the second may be a number.
pub type MaskOf<Op, X, Y> = Mask<
    Broadcasted<<X as Operand>::S, <Y as Term<<X as Operand>::E, <X as Operand>::D>>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    Stopped<Binary<Op, <X as Operand>::N, <Y as Term<<X as Operand>::E, <X as Operand>::D>>::N>>,
>;

fn mask_of_one<Op, X>(op: Op, x: X) -> MaskOfOne<Op, X>
where
    Op: Pointwise1,
    X: Operand<E: Real, N: Lazy<X::E>>,
{
    Mask(unary(op, x).stop_gradient())
}

#[track_caller]
fn mask_of<Op, X, Y>(op: Op, x: X, y: Y) -> MaskOf<Op, X, Y>
where
    Op: Pointwise2,
    X: Operand<E: Real, N: Lazy<X::E>, S: Broadcast<Y::S>>,
    Y: Term<X::E, X::D, N: Lazy<X::E>>,
{
    let x = x.ex();
    let y = y.term(x.device);
    Mask(binary(op, x, y).stop_gradient())
}

/// Methods of one comparison with an operand or a number each.
macro_rules! with_term {
    ($($(#[$doc:meta])* $name:ident is $Op:ident { $($argument:ident),* };)*) => {$(
        $(#[$doc])*
        #[track_caller]
        fn $name<Y>(self, y: Y $(, $argument: f64)*) -> MaskOf<$Op, Self, Y>
        where
            Self::E: Real,
            Self::N: Lazy<Self::E>,
            Self::S: Broadcast<Y::S>,
            Y: Term<Self::E, Self::D, N: Lazy<Self::E>>,
        {
            mask_of($Op { $($argument),* }, self, y)
        }
    )*};
}

/// Methods that ask something of each element alone.
macro_rules! of_one {
    ($($(#[$doc:meta])* $name:ident is $Op:ident;)*) => {$(
        $(#[$doc])*
        fn $name(self) -> MaskOfOne<$Op, Self>
        where
            Self::E: Real,
            Self::N: Lazy<Self::E>,
        {
            mask_of_one($Op, self)
        }
    )*};
}

/// Comparisons, which give a [`Mask`]; the right side is an operand, which broadcasts, or a number.
///
/// A number is rounded to the element type first, so `x.eq(0.1)` holds for an `f32` element 0.1.
pub trait Comparisons: Operand + Sized {
    with_term! {
        /// Where two are equal; NaN is equal to nothing. See [`isclose`](Comparisons::isclose) for rounded numbers.
        ///
        /// ```
        /// # use congruent::prelude::*;
        /// assert_eq!(Cpu.tensor([1.0, f32::NAN]).eq(1.0).eval().as_slice(), [true, false]);
        /// ```
        eq is Equal {};
        /// Where two differ; NaN differs from everything, itself included.
        ///
        /// ```
        /// # use congruent::prelude::*;
        /// assert_eq!(Cpu.tensor([1.0, f32::NAN]).ne(1.0).eval().as_slice(), [false, true]);
        /// ```
        ne is NotEqual {};
        /// Where the left side is less; false for NaN.
        ///
        /// ```
        /// # use congruent::prelude::*;
        /// let (x, y) = (Cpu.tensor([[1.0], [4.0]]), Cpu.tensor([2.0, 5.0]));
        /// assert_eq!(x.lt(&y).eval().as_slice(), [true, true, false, true]);
        /// ```
        lt is Less {};
        /// Where the left side is less or equal; false for NaN.
        ///
        /// ```
        /// # use congruent::prelude::*;
        /// assert_eq!(Cpu.tensor([1.0, 2.0, 3.0]).le(2.0).eval().as_slice(), [true, true, false]);
        /// ```
        le is LessEqual {};
        /// Where the left side is greater; false for NaN.
        ///
        /// ```
        /// # use congruent::prelude::*;
        /// assert_eq!(Cpu.tensor([1.0, 2.0, 3.0]).gt(2.0).eval().as_slice(), [false, false, true]);
        /// ```
        gt is Greater {};
        /// Where the left side is greater or equal; false for NaN.
        ///
        /// ```
        /// # use congruent::prelude::*;
        /// assert_eq!(Cpu.tensor([1.0, 2.0, 3.0]).ge(2.0).eval().as_slice(), [false, true, true]);
        /// ```
        ge is GreaterEqual {};
        /// Where `|x - y| ≤ atol + rtol · |y|`, or both are the same infinity; false for NaN.
        ///
        /// NumPy's and PyTorch's default tolerances are `1e-5` and `1e-8`.
        ///
        /// ```
        /// # use congruent::prelude::*;
        /// let x = Cpu.tensor([1.0, 1.001, f32::INFINITY]);
        /// assert_eq!(x.isclose(1.0, 1e-5, 1e-8).eval().as_slice(), [true, false, false]);
        /// ```
        isclose is IsClose { rtol, atol };
    }

    of_one! {
        /// Where elements are NaN.
        ///
        /// ```
        /// # use congruent::prelude::*;
        /// assert_eq!(Cpu.tensor([1.0, f32::NAN]).is_nan().eval().as_slice(), [false, true]);
        /// ```
        is_nan is IsNan;
        /// Where elements are inf or -inf.
        ///
        /// ```
        /// # use congruent::prelude::*;
        /// assert_eq!(Cpu.tensor([1.0, -f32::INFINITY]).is_inf().eval().as_slice(), [false, true]);
        /// ```
        is_inf is IsInf;
        /// Where elements are neither NaN nor infinite.
        ///
        /// ```
        /// # use congruent::prelude::*;
        /// assert_eq!(Cpu.tensor([1.0, f32::NAN]).is_finite().eval().as_slice(), [true, false]);
        /// ```
        is_finite is IsFinite;
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
        Self::E: Real,
        Self::N: Node<Self::E>,
        Self::S: Broadcast<Y::S>,
        Y: Term<Self::E, Self::D, N: Node<Self::E>>,
    {
        self.isclose(y, rtol, atol).all()
    }
}
impl<X: Operand> Comparisons for X {}

/// `x.eq(&y)` of two tensors is a comparison of their elements, though `==` is one of the tensors: without these two
/// methods `PartialEq` and [`Comparisons`] would both have a claim to the name.
impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// Where two are equal: see [`Comparisons::eq`].
    #[track_caller]
    pub fn eq<Y>(&self, y: Y) -> MaskOf<Equal, &Self, Y>
    where
        E: Real,
        S: Broadcast<Y::S>,
        Y: Term<E, D, N: Lazy<E>>,
    {
        mask_of(Equal, self, y)
    }

    /// Where two differ: see [`Comparisons::ne`].
    #[track_caller]
    pub fn ne<Y>(&self, y: Y) -> MaskOf<NotEqual, &Self, Y>
    where
        E: Real,
        S: Broadcast<Y::S>,
        Y: Term<E, D, N: Lazy<E>>,
    {
        mask_of(NotEqual, self, y)
    }
}
