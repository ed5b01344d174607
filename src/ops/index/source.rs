//! What elements are taken from: whole tensors of any element type, and expressions of them.
//!
//! Apart from the operations so that each of them is written once: it says where the elements go, and here that becomes
//! a node, which over floats is differentiated.

use super::indices::NumberedRows;
use super::turn::Turn;
use crate::device::{Buf, Device};
use crate::dtype::{Discrete, Elem, NoFloat, Real};
use crate::graph::{Described, Differentiable, Ex, Given, Located, Operand, Ruled, SlopeRule, Viewed, Work};
use crate::layout::{Strided, count};
use crate::shape::Shape;

/// An operand whose elements can be moved about: any whole tensor or expression of one.
///
/// ```
/// use congruent::prelude::*;
/// let ids = Cpu.tensor([-1, 0]);
/// let labels: Tensor<Shape![2], i64> = Cpu.tensor([7, 8, 9]).index_select::<0>(&ids).eval();
/// assert_eq!(labels.as_slice(), [9, 7]);
/// ```
#[diagnostic::on_unimplemented(
    message = "this operation moves elements of whole tensors",
    label = "not a whole tensor",
    note = "tensors are passed by reference, `&labels`; in the body of `share`, share the tensor by `with`"
)]
pub trait Source: Operand + Sized {
    /// Computes it.
    fn whole(self) -> WholeOperand<Self>;

    /// The elements under a shape; [`Moves`] says where they came from.
    fn moved<S2: Shape>(to: (Buf<Self::E>, S2, Moves), whole: WholeOperand<Self>) -> Moved<Self, S2>;

    /// Looks at the memory along other axes, which `arrange` gives.
    fn viewed<S2: Shape>(
        self,
        shape: impl FnOnce(Self::S) -> S2,
        arrange: impl FnOnce(Strided<Self::E>) -> Strided<Self::E>,
    ) -> ViewedAs<Self, S2>;
}

/// An operand with its elements in memory.
pub struct WholeOperand<X: Operand> {
    /// The operand.
    pub(in crate::ops) from: Ex<X::S, X::E, X::D, X::N>,
    /// Its elements, in row-major order.
    pub(in crate::ops) values: Buf<X::E>,
}

/// What comes of moving elements of `X`, under shape `S`.
pub type Moved<X, S> = Ruled<X, S, Moves>;

/// What comes of looking at the memory of `X` along other axes, under shape `S`.
pub type ViewedAs<X, S> =
    Ex<S, <X as Operand>::E, <X as Operand>::D, Viewed<<X as Operand>::N, <X as Operand>::S, <X as Operand>::E>>;

#[diagnostic::do_not_recommend]
impl<X: Operand<N: Located<X::E>>> Source for X {
    #[track_caller]
    fn whole(self) -> WholeOperand<X> {
        let from = self.ex();
        WholeOperand { values: from.materialise(), from }
    }

    fn moved<S2: Shape>((out, shape, moves): (Buf<X::E>, S2, Moves), whole: WholeOperand<X>) -> Moved<X, S2> {
        whole.from.ruled(out, shape, moves)
    }

    fn viewed<S2: Shape>(
        self,
        shape: impl FnOnce(X::S) -> S2,
        arrange: impl FnOnce(Strided<X::E>) -> Strided<X::E>,
    ) -> ViewedAs<X, S2> {
        let Ex { node, shape: from, device, .. } = self.ex();
        let shape = shape(from);
        Ex::new(Viewed::new(device, node, from, arrange), shape, device)
    }
}

/// Element types with the number that fills a tensor of them: `f64` for floats, the type itself for the others.
///
/// ```
/// use congruent::prelude::*;
/// let mask = Cpu.tensor_of::<bool, _>([true, false]);
/// assert_eq!(Cpu.tensor([1, 2]).masked_fill(&mask, -100).eval().as_slice(), [-100, 2]);
/// ```
pub trait Fill: Elem {
    /// The number.
    type Value: Copy;

    /// The number as an element.
    fn of(value: Self::Value) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: Elem + FillOf<<E as Elem>::Float>> Fill for E {
    type Value = <E as FillOf<<E as Elem>::Float>>::Own;
    fn of(value: Self::Value) -> E {
        E::element(value)
    }
}

/// [`Fill`] for the element types of one kind, which `Float` tells apart: floats and the others.
pub trait FillOf<Float>: Elem {
    /// See [`Fill::Value`].
    type Own: Copy;
    /// See [`Fill::of`].
    fn element(value: Self::Own) -> Self;
}
#[diagnostic::do_not_recommend]
impl<E: Real> FillOf<E> for E {
    type Own = f64;
    fn element(value: f64) -> E {
        E::of_f64(value)
    }
}
#[diagnostic::do_not_recommend]
impl<K, E: Discrete<Kind = K>> FillOf<NoFloat<K>> for E {
    type Own = E;
    fn element(value: E) -> E {
        value
    }
}

/// Where elements came from, which is what their gradient has to know.
pub enum Moves {
    /// Row `i` is row `places[i]` of the operand. The gradients of what was taken twice are added, in the order of `i`.
    Picked(NumberedRows),
    /// Elements that moved around an axis.
    Turned(Turn),
    /// Row `places[i]` is row `i` of the operand, and all others are 0.
    Spread(NumberedRows),
    /// The operand, but for the rows at these places.
    Overwritten(NumberedRows),
}

impl Described for Moves {
    const NAME: &'static str = "moved";
    const KIND: Work = Work::Lookup;
    fn name(this: Option<&Self>) -> &'static str {
        this.map_or(Self::NAME, |moves| match moves {
            Moves::Picked(_) => "picked",
            Moves::Turned(_) => "turned",
            Moves::Spread(_) => "spread",
            Moves::Overwritten(_) => "overwritten",
        })
    }
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for Moves {
    fn slopes<D: Device>(self, device: D, x: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        match self {
            Moves::Picked(rows) => {
                let mut sums = device.zeroed(count(x.shape));
                device.add_rows(&mut sums, rows.width, &rows.places, &gradient);
                sums
            }
            Moves::Turned(turn) => turn.back().of(device, &gradient),
            Moves::Spread(rows) => rows.take(device, &gradient),
            Moves::Overwritten(rows) => {
                let mut rest = device.unshared(gradient);
                rows.clear(device, &mut rest);
                rest
            }
        }
    }
}
