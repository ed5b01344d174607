//! Truth values in a fused loop over other elements: as numbers, 1 where they hold and 0 elsewhere.
//!
//! Apart from `condition`, which is about the truth values themselves: here is what a loop over elements `E` reads of
//! them. Comparisons of `E` become part of the loop; what is stored, and what compares
//! numbers of another type, is there before.

use crate::device::Device;
use crate::dims::{Flag, Off};
use crate::dtype::{Elem, Numeric, OneType, PairedWith, Real, TwoTypes};
use crate::elements::for_each_integer;
use crate::graph::{
    Binary, Compared, Constant, Leaf, Located, Op, Operand, Reshaped, Stopped, Unary, Viewed, materialise,
};
use crate::layout::Strided;
use crate::ops::pointwise::indicators::{And, Not, Or, Xor};
use crate::ops::pointwise::{BitAnd, BitOr, BitXor, Flip};
use crate::shape::Shape;

/// Truth values that take part in a fused loop over elements `E`.
#[diagnostic::on_unimplemented(
    message = "this mask does not select among elements of `{E}`",
    label = "expected a comparison, or a tensor of `bool` by reference",
    note = "`&mask.eval()` serves every element type"
)]
pub trait Indicates<E> {
    /// The graph that is 1 where they hold and 0 elsewhere.
    type N;
    /// The graph that is 1 where they hold and 0 elsewhere, of the shape that all of it has together.
    fn indicator<D: Device, R: Shape>(self, device: D, region: R) -> Self::N;
}

#[diagnostic::do_not_recommend]
impl<E, Own, N> Indicates<E> for Compared<Own, N>
where
    E: Numeric,
    Own: Numeric + PairedWith<E, Types: Brings<E, Own, N>>,
{
    type N = <Own::Types as Brings<E, Own, N>>::N;
    #[cfg_attr(optimised, inline(always))]
    fn indicator<D: Device, R: Shape>(self, device: D, region: R) -> Self::N {
        Own::Types::brought(self, device, region)
    }
}

/// How a comparison of numbers `Own` comes into a loop over numbers `E`.
pub trait Brings<E, Own, N> {
    /// See [`Indicates::N`].
    type N;
    /// See [`Indicates::indicator`].
    fn brought<D: Device, R: Shape>(mask: Compared<Own, N>, device: D, region: R) -> Self::N;
}

/// Of the same type: it is part of the loop.
#[diagnostic::do_not_recommend]
impl<E, N> Brings<E, E, N> for OneType {
    type N = Stopped<N>;
    #[cfg_attr(optimised, inline(always))]
    fn brought<D: Device, R: Shape>(mask: Compared<E, N>, _: D, _: R) -> Stopped<N> {
        Stopped(mask.indicator)
    }
}

/// Of another type: it runs in a loop of its own, before.
// Without `do_not_recommend`: that a mask lives in a register is said by `Located`.
impl<E: Elem, Own: Numeric, N: Located<Own>> Brings<E, Own, N> for TwoTypes {
    type N = Viewed<Constant<E>, (), E>;
    fn brought<D: Device, R: Shape>(mask: Compared<Own, N>, device: D, region: R) -> Self::N {
        let holds = materialise::<bool, _, _, _>(device, &mask, region);
        Viewed::of_memory(Strided::whole(device.convert(&holds), region))
    }
}

/// PairedWith `bool` a comparison stays what it is.
#[diagnostic::do_not_recommend]
impl<E: Numeric, N> Indicates<bool> for Compared<E, N> {
    type N = Self;
    #[cfg_attr(optimised, inline(always))]
    fn indicator<D: Device, R: Shape>(self, _: D, _: R) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<E, A: Indicates<E>> Indicates<E> for Unary<Flip, A> {
    type N = Unary<Not, A::N>;
    #[cfg_attr(optimised, inline(always))]
    fn indicator<D: Device, R: Shape>(self, device: D, region: R) -> Self::N {
        Unary { op: Not, a: self.a.indicator(device, region) }
    }
}

/// The formula of numbers for each of bits.
macro_rules! between_masks {
    ($($Bits:ident as $Numbers:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<E, A: Indicates<E>, B: Indicates<E>> Indicates<E> for Binary<$Bits, A, B> {
            type N = Binary<$Numbers, A::N, B::N>;
            #[cfg_attr(optimised, inline(always))]
            fn indicator<D: Device, R: Shape>(self, device: D, region: R) -> Self::N {
                Binary { op: $Numbers, a: self.a.indicator(device, region), b: self.b.indicator(device, region) }
            }
        }
    )*};
}
between_masks! { BitAnd as And; BitOr as Or; BitXor as Xor; }

/// What is in memory is converted at once, not in the loop.
macro_rules! stored {
    ($([$($generics:tt)*] $Node:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<E: Elem, S: Shape, $($generics)*> Indicates<E> for $Node {
            type N = Leaf<S, E, Off>;
            fn indicator<D: Device, R: Shape>(self, device: D, _: R) -> Self::N {
                let stored = self.stored();
                Leaf::constant(device.convert(&stored.buf), stored.shape)
            }
        }
        impl<S: Shape, $($generics)*> Statement for $Node {
            type Of = Itself;
        }
    )*};
}
stored! {
    [G: Flag] Leaf<S, bool, G>;
    [T] Op<S, bool, T>;
    [A, SA] Reshaped<A, SA, S, bool>;
}

#[diagnostic::do_not_recommend]
impl<E: Elem, A, SA> Indicates<E> for Viewed<A, SA, bool> {
    type N = Viewed<Constant<E>, (), E>;
    fn indicator<D: Device, R: Shape>(self, device: D, _: R) -> Self::N {
        self.converted(device)
    }
}

/// A graph of truth values, and what they say: which element type [`where_`](super::Condition::where_) takes numbers to
/// be of.
#[diagnostic::on_unimplemented(
    message = "this mask is not known to select among elements",
    label = "neither a comparison nor stored",
    note = "`&mask.eval()` serves every element type"
)]
pub trait Statement {
    /// [`Numbers`] of the type that was compared, or [`Itself`].
    type Of: About;
}

/// Truth values about numbers of type `E`.
pub struct Numbers<E>(std::marker::PhantomData<E>);

/// Truth values that say nothing of other elements.
pub struct Itself;

/// What truth values are about.
pub trait About {
    /// What two of them are about together.
    type With<Other: About>: About;
}
impl<E> About for Numbers<E> {
    type With<Other: About> = Self;
}
impl About for Itself {
    type With<Other: About> = Other;
}

impl<E, N> Statement for Compared<E, N> {
    type Of = Numbers<E>;
}
impl<A, SA> Statement for Viewed<A, SA, bool> {
    type Of = Itself;
}
impl<Op, A: Statement> Statement for Unary<Op, A> {
    type Of = A::Of;
}
impl<Op, A: Statement, B: Statement> Statement for Binary<Op, A, B> {
    type Of = <A::Of as About>::With<B::Of>;
}

/// Truth values that choose between `A` and `B`, of which one may be a number, or both.
#[diagnostic::on_unimplemented(
    message = "`where_` chooses between tensors of one element type and numbers beside them",
    label = "found `{A}` and `{B}`"
)]
pub trait Among<A, B>: About {
    /// The element type: that of a tensor; of two numbers, what was compared, where they can be of it; else `f32`, or
    /// the integer type that they are of.
    type E: Elem;
}
#[diagnostic::do_not_recommend]
impl<Own, A: Operand, B> Among<A, B> for Numbers<Own> {
    type E = A::E;
}
#[diagnostic::do_not_recommend]
impl<A: Operand, B> Among<A, B> for Itself {
    type E = A::E;
}

// An `f64` beside a tensor, and two of them.
#[diagnostic::do_not_recommend]
impl<Own, B: Operand> Among<f64, B> for Numbers<Own> {
    type E = B::E;
}
#[diagnostic::do_not_recommend]
impl<B: Operand> Among<f64, B> for Itself {
    type E = B::E;
}
#[diagnostic::do_not_recommend]
impl<Own: Real> Among<f64, f64> for Numbers<Own> {
    type E = Own;
}
#[diagnostic::do_not_recommend]
impl Among<f64, f64> for Itself {
    type E = f32;
}

/// Integers are of the type of the tensor beside them, two of them of the one that was compared; else what they are.
macro_rules! integers {
    ($($E:ident),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<Own, B: Operand<E = $E>> Among<$E, B> for Numbers<Own> {
            type E = $E;
        }
        #[diagnostic::do_not_recommend]
        impl<B: Operand<E = $E>> Among<$E, B> for Itself {
            type E = $E;
        }
        #[diagnostic::do_not_recommend]
        impl Among<$E, $E> for Numbers<$E> {
            type E = $E;
        }
        #[diagnostic::do_not_recommend]
        impl<Own: Real> Among<$E, $E> for Numbers<Own> {
            type E = $E;
        }
        #[diagnostic::do_not_recommend]
        impl Among<$E, $E> for Itself {
            type E = $E;
        }
        #[diagnostic::do_not_recommend]
        impl Among<f64, f64> for Numbers<$E> {
            type E = f32;
        }
    )*};
}
for_each_integer!(integers);
