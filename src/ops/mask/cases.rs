//! Choices by several conditions, of which the first that holds decides: NumPy's `select`.
//!
//! Apart from `condition`, where one condition chooses between two: this is that, over and over.

use super::condition::{AmongOf, ChosenAmong, Condition};
use super::indicates::{Among, Indicates, Statement};
use crate::device::SameDevice;
use crate::graph::{Ex, Operand};
use crate::ops::{Over, Term};
use crate::shape::{Broadcast, Broadcasted};

/// A case, `(condition, choice)`, in front of what is chosen where it does not hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no case",
    label = "expected `(condition, choice)`",
    note = "a condition is a comparison or a tensor of `bool`, a choice a tensor, `&x`, an expression or a number"
)]
pub trait Case<Rest> {
    /// What is chosen.
    type Chosen: Operand;
    /// What is chosen, where the condition does not hold from the rest.
    fn or(self, rest: Rest) -> Self::Chosen;
}

// Without `do_not_recommend`: what is wrong with a condition or a choice is said by their own laws.
impl<M, A, Rest> Case<Rest> for (M, A)
where
    M: Condition,
    M::Truths: Statement<Of: Among<A, Rest>> + Indicates<AmongOf<M, A, Rest>>,
    A: Term<AmongOf<M, A, Rest>, M::D, N: Over<AmongOf<M, A, Rest>, A::E>>,
    Rest: Term<AmongOf<M, A, Rest>, M::D, N: Over<AmongOf<M, A, Rest>, Rest::E>>,
    M::D: SameDevice<A::D> + SameDevice<Rest::D>,
    M::S: Broadcast<A::S>,
    Broadcasted<M::S, A::S>: Broadcast<Rest::S>,
    ChosenAmong<AmongOf<M, A, Rest>, M, A, Rest>: Operand,
{
    type Chosen = ChosenAmong<AmongOf<M, A, Rest>, M, A, Rest>;
    #[track_caller]
    fn or(self, rest: Rest) -> Self::Chosen {
        self.0.where_(self.1, rest)
    }
}

/// Up to eight cases, in front of what is chosen where none holds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of cases",
    label = "expected `((condition, choice), (condition, choice), ..)`",
    note = "one case alone is `condition.where_(choice, default)`"
)]
pub trait Cases<Default> {
    /// What is chosen.
    type Chosen: Operand;
    /// What is chosen.
    fn or(self, default: Default) -> Self::Chosen;
}

/// From the last case on: each is in front of what follows.
macro_rules! cases {
    ($([$First:ident $first:ident $($Case:ident $case:ident)*];)*) => {$(
        impl<Default, $First, $($Case),*> Cases<Default> for ($First, $($Case,)*)
        where
            ($($Case,)*): Cases<Default>,
            $First: Case<<($($Case,)*) as Cases<Default>>::Chosen>,
        {
            type Chosen = <$First as Case<<($($Case,)*) as Cases<Default>>::Chosen>>::Chosen;
            #[track_caller]
            fn or(self, default: Default) -> Self::Chosen {
                let ($first, $($case,)*) = self;
                $first.or(($($case,)*).or(default))
            }
        }
    )*};
}
cases! {
    [A a B b];
    [A a B b C c];
    [A a B b C c F f];
    [A a B b C c F f G g];
    [A a B b C c F f G g H h];
    [A a B b C c F f G g H h I i];
    [A a B b C c F f G g H h I i J j];
}
impl<Default, A: Case<Default>> Cases<Default> for (A,) {
    type Chosen = A::Chosen;
    #[track_caller]
    fn or(self, default: Default) -> Self::Chosen {
        self.0.or(default)
    }
}

/// What a list of cases gives.
pub type SelectedOf<C, Default> = Ex<
    <<C as Cases<Default>>::Chosen as Operand>::S,
    <<C as Cases<Default>>::Chosen as Operand>::E,
    <<C as Cases<Default>>::Chosen as Operand>::D,
    <<C as Cases<Default>>::Chosen as Operand>::N,
>;

/// The choice of the first condition that holds, else the default: NumPy's `select([c, d], [x, y], default)`.
///
/// Choices and the default are operands or numbers; all broadcast. It is
/// [`where_`](Condition::where_) of the first case in front of the others, one fused loop, with its gradient and its
/// words on NaN.
///
/// ```
/// use congruent::{ops::select, prelude::*};
/// let x = Cpu.tensor([-2.0, 0.5, 3.0]);
/// let y = select(((x.lt(0.0), 0.0), (x.lt(1.0), &x)), x.square()).eval();
/// assert_eq!(y.as_slice(), [0.0, 0.5, 9.0]);
/// ```
#[track_caller]
pub fn select<C: Cases<Default>, Default>(cases: C, default: Default) -> SelectedOf<C, Default> {
    cases.or(default).ex()
}
