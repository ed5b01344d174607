//! Whether two truth values are equal, element by element: `a.eq(&b)` and `a.ne(&b)` of masks.
//!
//! Apart from `compare`, whose formulas are of numbers: of truth values these are the bits `!(a ^ b)` and `a ^ b`.

use super::condition::{Condition, JoinedBy};
use crate::device::{Device, SameDevice};
use crate::graph::{Binary, Ex, Unary};
use crate::ops::pointwise::{BitXor, Flip};
use crate::shape::{Broadcast, Broadcasted, Shape};
use crate::tensor::Tensor;

/// Where two masks are equal.
pub type AlikeOf<X, Y> = Ex<
    Broadcasted<<X as Condition>::S, <Y as Condition>::S>,
    bool,
    <X as Condition>::D,
    Unary<Flip, Binary<BitXor, <X as Condition>::Truths, <Y as Condition>::Truths>>,
>;

/// What has an order: no truth value has.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "truth values have no order: masks are equal or not",
    label = "write `a.eq(&b)`, `a.ne(&b)`, or `&`, `|`, `^`, `!` between masks",
    note = "as numbers: `x.convert::<i64>()`"
)]
pub trait InOrderOfTruth {}

/// The law stands in the rows, so that the compiler shows the row and not the macro beside it.
macro_rules! alike {
    (
        $([$($generics:tt)*] $Mask:ty, $own:ty,
            $self:ident: [$($life:lifetime)?], [$($mask:tt)*], [$($order:tt)*];)*
    ) => {$(
        impl<S: Shape, D: Device, $($generics)*> $Mask {
            /// Where both masks hold, or both do not.
            ///
            /// ```
            /// use congruent::prelude::*;
            /// let (labels, guesses) = (Cpu.tensor_of::<bool, _>([true, false]), Cpu.tensor([0.9, 0.8]));
            /// assert_eq!(labels.eq(guesses.gt(0.5)).eval().as_slice(), [true, false]);
            /// ```
            #[track_caller]
            pub fn eq<$($life,)? Y: $($mask)*>($(& $life)? $self, other: Y) -> AlikeOf<$own, Y>
            where
                S: Broadcast<Y::S>,
                D: SameDevice<Y::D>,
            {
                !Condition::xor($self, other)
            }

            /// Where exactly one of both masks holds, as `^`.
            ///
            /// ```
            /// use congruent::prelude::*;
            /// let (labels, guesses) = (Cpu.tensor_of::<bool, _>([true, false]), Cpu.tensor([0.9, 0.8]));
            /// assert_eq!(labels.ne(guesses.gt(0.5)).count(), 1);
            /// ```
            #[track_caller]
            pub fn ne<$($life,)? Y: $($mask)*>($(& $life)? $self, other: Y) -> JoinedBy<BitXor, $own, Y>
            where
                S: Broadcast<Y::S>,
                D: SameDevice<Y::D>,
            {
                Condition::xor($self, other)
            }
        }

        #[doc(hidden)]
        impl<S: Shape, D: Device, $($generics)*> $Mask {
            alike! { @ [$($life)?] $self [$($order)*] lt }
            alike! { @ [$($life)?] $self [$($order)*] le }
            alike! { @ [$($life)?] $self [$($order)*] gt }
            alike! { @ [$($life)?] $self [$($order)*] ge }
        }
    )*};
    (@ [$($life:lifetime)?] $self:ident [$($order:tt)*] $method:ident) => {
        /// Never compiles. It gives anything: were there no such type, the method would not be there, and `PartialOrd`
        /// have a claim to the name.
        pub fn $method<$($life,)? Y, Any>($(& $life)? $self, _: Y) -> Any
        where
            Self: $($order)*,
        {
            unreachable!("no type obeys this law")
        }
    };
}
alike! {
    [] Tensor<S, bool, D>, &'a Self, self: ['a], [Condition], [InOrderOfTruth];
    [N] Ex<S, bool, D, N>, Self, self: [], [Condition], [InOrderOfTruth];
}
