//! Masks, the lazy results of comparisons: `x.gt(0.5).where_(&x, 0.0)` is one fused loop.
//!
//! Apart from `compare` because masks are made there and used here. Underneath a mask is an expression of numbers, 1
//! where the condition holds and 0 elsewhere, in the element type of what was compared, and without a gradient.

use super::indicators::{And, Not, Or, Select, Xor};
use crate::device::{Device, SameDevice};
use crate::dims::Off;
use crate::dtype::{ByKind, Discrete, Elem, Numeric, Real, SameDtype};
use crate::graph::{Binary, Ex, Lazy, Leaf, Located, Operand, Stopped, Ternary, Unary, materialise, total};
use crate::ops::{Term, joined};
use crate::shape::{Broadcast, Broadcasted, Shape};
use crate::tensor::Tensor;
use std::ops;

/// A condition that holds or not, element by element: lazy, and free of gradients.
///
/// ```
/// use congruent::prelude::*;
/// let x = Cpu.tensor([-1.0, 0.5, 2.0]);
/// let inside = x.ge(0.0) & x.lt(1.0);
/// assert_eq!(inside.eval().as_slice(), [false, true, false]);
/// ```
#[must_use = "masks are lazy: call `.eval()`, or select with `.where_(..)`"]
#[derive(Clone, Copy)]
pub struct Mask<S, E, D, N>(Ex<S, E, D, N>);

impl<S, E, D, N> Mask<S, E, D, Stopped<N>> {
    /// The mask of an expression that is 0 or 1, cut off from its gradient at compile time.
    pub(super) fn of(indicator: Ex<S, E, D, N>) -> Self {
        Mask(Ex::new(Stopped(indicator.node), indicator.shape, indicator.device))
    }
}

/// What `where_` gives.
pub type Chosen<S, E, D, N, A, B> = Ex<
    Broadcasted<Broadcasted<S, <A as Term<E, D>>::S>, <B as Term<E, D>>::S>,
    E,
    D,
    Ternary<Select, N, <A as Term<E, D>>::N, <B as Term<E, D>>::N>,
>;

impl<S: Shape, E: Numeric, D: Device, N> Mask<S, E, D, N> {
    /// `a` where the mask holds, else `b`; each is an operand or a number, and all three broadcast.
    ///
    /// `da = dy` where it holds and 0 elsewhere, `db` the other way round. NaN in the operand that is not chosen stays
    /// out of the result; its gradient there is 0 times the slope of what computed it, which may be NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([-1.0, 2.0]);
    /// assert_eq!(x.gt(0.0).where_(&x, 0.0).eval().as_slice(), [0.0, 2.0]);
    /// ```
    #[track_caller]
    pub fn where_<A, B>(self, a: A, b: B) -> Chosen<S, E, D, N, A, B>
    where
        A: Term<E, D>,
        B: Term<E, D>,
        E: SameDtype<A::E> + SameDtype<B::E>,
        D: SameDevice<A::D> + SameDevice<B::D>,
        S: Broadcast<A::S>,
        Broadcasted<S, A::S>: Broadcast<B::S>,
    {
        let device = self.0.device;
        let (mask, a, b) = (self.0, a.term(device), b.term(device));
        let shape = joined(joined(mask.shape, a.shape), b.shape);
        Ex::new(Ternary { op: Select, a: mask.node, b: a.node, c: b.node }, shape, device)
    }

    /// The expression that is 1 where the mask holds and 0 elsewhere.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0, 3.0]);
    /// assert_eq!(x.gt(1.5).to_float().mean().eval().item(), 2.0 / 3.0);
    /// ```
    pub fn to_float(self) -> Ex<S, E, D, N> {
        self.0
    }
}

/// Whether elements, each 0 or 1, are 1 anywhere: the sum of floats is made on the fly.
struct Anywhere<S, E, D, N>(Ex<S, E, D, N>);

impl<S: Shape, E: Elem, D: Device, N: Lazy<E>> ByKind<E> for Anywhere<S, E, D, N> {
    type Out = bool;
    fn with_floats(self) -> bool
    where
        E: Real,
    {
        let Ex { node, shape, device, .. } = self.0;
        device.download_scalar(&total(device, &node, shape, 1.0)) > E::of_f64(0.0)
    }
    fn with_others(self) -> bool
    where
        E: Discrete,
    {
        let Ex { node, shape, device, .. } = self.0;
        device.show(&materialise(device, &node, shape), |values| values.iter().any(|&x| x != E::default()))
    }
}

/// Whether elements, each 0 or 1, are 1 everywhere: 0 is nowhere, as a sum cannot tell beyond 2²⁴ elements of `f32`.
struct Everywhere<S, E, D, N>(Ex<S, E, D, N>);

impl<S: Shape, E: Elem, D: Device, N: Lazy<E>> ByKind<E> for Everywhere<S, E, D, N> {
    type Out = bool;
    fn with_floats(self) -> bool
    where
        E: Real,
    {
        let Ex { node, shape, device, .. } = self.0;
        !E::by_kind(Anywhere(Ex::new(Unary { op: Not, a: node }, shape, device)))
    }
    fn with_others(self) -> bool
    where
        E: Discrete,
    {
        let Ex { node, shape, device, .. } = self.0;
        device.show(&materialise(device, &node, shape), |values| values.iter().all(|&x| x != E::default()))
    }
}

impl<S: Shape, E: Numeric, D: Device, N: Located<E>> Mask<S, E, D, N> {
    /// Computes the mask as a tensor of `bool`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let mask: Tensor<Shape![2], bool> = Cpu.tensor([1.0, 2.0]).gt(1.5).eval();
    /// ```
    pub fn eval(self) -> Tensor<S, bool, D> {
        let Ex { node, shape, device, .. } = self.0;
        Tensor { buf: device.convert(&node.in_order(device, shape)), shape, device }
    }

    /// Whether the mask holds anywhere; false of no elements.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert!(!Cpu.tensor([1.0, 2.0]).is_nan().any());
    /// ```
    pub fn any(self) -> bool {
        E::by_kind(Anywhere(self.0))
    }

    /// Whether the mask holds everywhere; true of no elements.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert!(Cpu.tensor([1.0, 2.0]).is_finite().all());
    /// ```
    pub fn all(self) -> bool {
        E::by_kind(Everywhere(self.0))
    }

    /// At how many elements the mask holds.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0, 3.0]).ge(2.0).count(), 2);
    /// ```
    #[doc(alias = "count_nonzero")]
    pub fn count(self) -> usize {
        // Not the sum: beyond 2²⁴ elements an `f32` does not hold it.
        let Tensor { buf, device, .. } = self.eval();
        device.show(&buf, |holds| holds.iter().filter(|holds| **holds).count())
    }
}

impl<S: Shape, E: Numeric, D: Device, N> ops::Not for Mask<S, E, D, N> {
    type Output = Mask<S, E, D, Unary<Not, N>>;
    /// Holds where the mask does not.
    fn not(self) -> Self::Output {
        Mask(Ex::new(Unary { op: Not, a: self.0.node }, self.0.shape, self.0.device))
    }
}

/// An operator between two masks, and the method of PyTorch's name.
macro_rules! between_masks {
    ($($(#[$doc:meta])* $method:ident is $Op:ident, $Trait:ident $operator:ident;)*) => {
        $(
            impl<S: Shape, E: Numeric, D: Device, N, S2: Shape, N2> ops::$Trait<Mask<S2, E, D, N2>> for Mask<S, E, D, N>
            where
                S: Broadcast<S2>,
            {
                type Output = Mask<Broadcasted<S, S2>, E, D, Binary<$Op, N, N2>>;
                #[track_caller]
                fn $operator(self, other: Mask<S2, E, D, N2>) -> Self::Output {
                    let (x, y) = (self.0, other.0);
                    let shape = joined(x.shape, y.shape);
                    Mask(Ex::new(Binary { op: $Op, a: x.node, b: y.node }, shape, x.device))
                }
            }
        )*
        impl<S: Shape, E: Numeric, D: Device, N> Mask<S, E, D, N> {
            $(
                $(#[$doc])*
                #[track_caller]
                pub fn $method<S2: Shape, N2>(
                    self,
                    other: Mask<S2, E, D, N2>,
                ) -> Mask<Broadcasted<S, S2>, E, D, Binary<$Op, N, N2>>
                where
                    S: Broadcast<S2>,
                {
                    ops::$Trait::$operator(self, other)
                }
            )*
        }
    };
}

between_masks! {
    /// Where both masks hold, as `&`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0, 3.0]);
    /// assert_eq!(x.gt(1.0).and(x.lt(3.0)).eval().as_slice(), [false, true, false]);
    /// ```
    #[doc(alias = "logical_and")]
    and is And, BitAnd bitand;
    /// Where at least one of both masks holds, as `|`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0, 3.0]);
    /// assert_eq!(x.lt(2.0).or(x.gt(2.0)).eval().as_slice(), [true, false, true]);
    /// ```
    #[doc(alias = "logical_or")]
    or is Or, BitOr bitor;
    /// Where exactly one of both masks holds, as `^`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0, 3.0]);
    /// assert_eq!(x.gt(1.0).xor(x.gt(2.0)).eval().as_slice(), [false, true, false]);
    /// ```
    #[doc(alias = "logical_xor")]
    xor is Xor, BitXor bitxor;
}

/// Masks that are stored.
impl<S: Shape, D: Device> Tensor<S, bool, D> {
    /// The mask for use with operands of element type `E`. The `bool`s are converted at once, not in the fused loop.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let stored = Cpu.tensor_of::<bool, _>([true, false]);
    /// assert_eq!((!stored.mask::<f32>()).eval().as_slice(), [false, true]);
    /// ```
    pub fn mask<E: Numeric>(&self) -> Mask<S, E, D, Leaf<S, E, Off>> {
        let numbers = self.convert::<E>();
        Mask(Ex::new(Leaf::constant(numbers.buf, self.shape), self.shape, self.device))
    }

    /// `a` where the mask holds, else `b`, which may be a number; see [`Mask::where_`].
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let stored = Cpu.tensor_of::<bool, _>([true, false]);
    /// let x = Cpu.tensor([1.0, 2.0]);
    /// assert_eq!(stored.where_(&x, 0.0).eval().as_slice(), [1.0, 0.0]);
    /// ```
    #[track_caller]
    pub fn where_<E, A, B>(&self, a: A, b: B) -> Chosen<S, E, D, Leaf<S, E, Off>, A, B>
    where
        A: Operand<E = E> + Term<E, D>,
        B: Term<E, D>,
        E: Numeric + SameDtype<<A as Term<E, D>>::E> + SameDtype<B::E>,
        D: SameDevice<<A as Term<E, D>>::D> + SameDevice<B::D>,
        S: Broadcast<<A as Term<E, D>>::S>,
        Broadcasted<S, <A as Term<E, D>>::S>: Broadcast<B::S>,
    {
        self.mask::<E>().where_(a, b)
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
