//! The catalogue of operations, by family; each is defined in one place.
//!
//! | file | holds |
//! |---|---|
//! | `arithmetic`, `unary`, `activation`, `binary`, `ternary` | pointwise tables: a row an operation |
//! | `operators` | `+ - * /` and negation, with tensors and with numbers |
//! | `compare`, `mask` | comparisons; their results, with `where_` |
//! | `number` | a number where a tensor is expected |
//! | `reduce`, `softmax` | sums and their kin over axes; what is computed row by row |
//! | `matmul` | matrix products |
//! | `einsum` | products and movement by label |
//! | `movement` | views, reshapes, new axes |
//! | `index` | rows by index |
//! | `cast` | other element types |
//! | `loss` | losses, written in other operations |
//! | `catalogue` | how tests and docs visit every row |

mod catalogue;
mod operators;

pub mod activation;
pub mod arithmetic;
pub mod binary;
pub mod cast;
pub mod compare;
pub mod einsum;
pub mod index;
pub mod loss;
pub mod mask;
pub mod matmul;
pub mod movement;
pub mod number;
pub mod reduce;
pub mod softmax;
pub mod ternary;
pub mod unary;

pub use activation::{Activations, ActivationsTable};
pub use arithmetic::{Affine, BasicArithmetic, BasicArithmeticTable, NumberDivision, NumberDivisionTable};
pub use binary::{BinaryMath, BinaryMathTable};
pub use cast::Cast;
pub use catalogue::{Catalogue, Row, Visitor};
pub use compare::{Comparisons, Indicators, IndicatorsTable};
pub use index::Gather;
pub use loss::{DistanceLosses, LabelLosses, LossTerms, LossTermsTable, Losses, MoreLossTerms, MoreLossTermsTable};
pub use mask::Mask;
pub use matmul::Products;
pub use movement::Movement;
pub use number::Term;
pub use reduce::Reductions;
pub use softmax::Normalisations;
pub use ternary::{TernaryMath, TernaryMathTable};
pub use unary::{UnaryMath, UnaryMathTable};

pub use crate::graph::{Operand, Pointwise1, Pointwise2, Pointwise3, Share, Sharing};

use crate::device::SameDevice;
use crate::dtype::{Elem, Real};
use crate::error::raise;
use crate::graph::{Binary, Ex, Node, Reshaped, Ternary, Unary};
use crate::shape::{Broadcast, Broadcasted, Shape};
use crate::tensor::Tensor;

/// The expression of a formula over one operand.
pub type UnaryOf<Op, X> = Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, Unary<Op, <X as Operand>::N>>;

/// The expression of a formula over two operands, which broadcast.
pub type BinaryOf<Op, X, Y> = Ex<
    Broadcasted<<X as Operand>::S, <Y as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    Binary<Op, <X as Operand>::N, <Y as Operand>::N>,
>;

/// The expression of a formula over three operands, which broadcast.
pub type TernaryOf<Op, X, Y, Z> = Ex<
    Broadcasted<Broadcasted<<X as Operand>::S, <Y as Operand>::S>, <Z as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    Ternary<Op, <X as Operand>::N, <Y as Operand>::N, <Z as Operand>::N>,
>;

/// Applies a formula to one operand.
#[inline]
pub fn unary<Op, X: Operand>(op: Op, x: X) -> UnaryOf<Op, X> {
    let x = x.ex();
    Ex::new(Unary { op, a: x.node }, x.shape, x.device)
}

/// Applies a formula to two operands; run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
#[inline]
#[track_caller]
pub fn binary<Op, X: Operand, Y: Operand>(op: Op, x: X, y: Y) -> BinaryOf<Op, X, Y>
where
    X::S: Broadcast<Y::S>,
{
    let (x, y) = (x.ex(), y.ex());
    let shape = joined(x.shape, y.shape);
    Ex::new(Binary { op, a: x.node, b: y.node }, shape, x.device)
}

/// Applies a formula to three operands; run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
#[inline]
#[track_caller]
pub fn ternary<Op, X: Operand, Y: Operand, Z: Operand>(op: Op, x: X, y: Y, z: Z) -> TernaryOf<Op, X, Y, Z>
where
    X::S: Broadcast<Y::S>,
    Broadcasted<X::S, Y::S>: Broadcast<Z::S>,
{
    let (x, y, z) = (x.ex(), y.ex(), z.ex());
    let shape = joined(joined(x.shape, y.shape), z.shape);
    Ex::new(Ternary { op, a: x.node, b: y.node, c: z.node }, shape, x.device)
}

/// The broadcast shape, or the error of two sizes that only the run knows.
#[inline]
#[track_caller]
pub(crate) fn joined<A: Broadcast<B>, B>(a: A, b: B) -> A::Out {
    match a.join(b) {
        Ok(shape) => shape,
        Err(mismatch) => raise(mismatch.into()),
    }
}

/// What an operand over elements `Own` brings into an operation over elements `E`: its graph, where both are one type.
///
/// The graph is the trait's result for the sake of errors: where the types differ there is none, and after the message
/// about it the compiler has nothing more to say. One mistake, one error.
#[diagnostic::on_unimplemented(
    message = "element types differ: `{E}` and `{Own}`",
    label = "`{E}` and `{Own}` are never mixed implicitly",
    note = "convert one side: `x.cast::<{E}>()` (differentiable)"
)]
pub trait Over<E, Own> {
    /// The graph itself.
    type Node;
    /// The graph itself.
    fn over(self) -> Self::Node;
}
#[diagnostic::do_not_recommend]
impl<E: Elem, N> Over<E, E> for N {
    type Node = N;
    #[inline(always)]
    fn over(self) -> N {
        self
    }
}

/// The operand `Y` of an operation whose first operand is `X`.
pub type Beside<X, Y> = Ex<
    <Y as Operand>::S,
    <X as Operand>::E,
    <X as Operand>::D,
    <<Y as Operand>::N as Over<<X as Operand>::E, <Y as Operand>::E>>::Node,
>;

/// The operand `y` of an operation on `device` whose first operand is of type `X`.
#[inline(always)]
pub fn beside<X: Operand, Y: Operand>(device: X::D, y: Y) -> Beside<X, Y>
where
    Y::N: Over<X::E, Y::E>,
{
    let y = y.ex();
    Ex::new(y.node.over(), y.shape, device)
}

/// The graph of an operand whose elements are `Own`, where a graph over `E` is wanted: both are one type. What [`Over`]
/// is to pointwise formulas, this is to operations that need whole tensors.
///
/// Asks in one question what `SameDtype` and `Node` would ask in two, so that a mistake is one error.
#[diagnostic::on_unimplemented(
    message = "element types differ: `{E}` and `{Own}`",
    label = "`{E}` is wanted, this is `{Own}`",
    note = "convert one side: `x.cast::<{E}>()` (differentiable)"
)]
pub trait NodeOver<E: Real, Own> {
    /// The graph itself. Not written as `Self`, so that what follows from a mistake is not reported again.
    type Node: Node<E>;
    /// The graph itself.
    fn node(self) -> Self::Node;
}
// Without `do_not_recommend`: that integers have no graph is said by `Real`.
impl<E: Real, N: Node<E>> NodeOver<E, E> for N {
    type Node = N;
    #[inline(always)]
    fn node(self) -> N {
        self
    }
}

/// The method [`eval`](Evaluate::eval), and applying a formula of one's own.
pub trait Evaluate: Operand + Sized {
    /// Computes the expression: one fused loop for each region.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 4.0]);
    /// assert_eq!((x.sqrt() + 1.0).eval().as_slice(), [2.0, 3.0]);
    /// ```
    fn eval(self) -> Tensor<Self::S, Self::E, Self::D>
    where
        Self::E: Real,
        Self::N: Node<Self::E>,
    {
        let x = self.ex();
        Tensor { buf: x.materialise(), shape: x.shape, device: x.device }
    }

    /// Applies a formula of one operand; see [`elementwise!`](crate::elementwise!) for giving it a name.
    fn map<Op: Pointwise1>(self, op: Op) -> UnaryOf<Op, Self>
    where
        Self::E: Real,
    {
        unary(op, self)
    }

    /// Applies a formula of two operands.
    #[track_caller]
    fn zip<Op: Pointwise2, Y: Operand>(self, op: Op, y: Y) -> BinaryOf<Op, Self, Beside<Self, Y>>
    where
        Self::E: Real,
        Y::N: Over<Self::E, Y::E>,
        Self::D: SameDevice<Y::D>,
        Self::S: Broadcast<Y::S>,
    {
        let x = self.ex();
        let y = beside::<Self, _>(x.device, y);
        binary(op, x, y)
    }

    /// Gives the axes other names. Sizes must agree. Memory in order is shared, anything else is computed first.
    ///
    /// Sizes that differ at run time raise [`Error::Shape`](crate::Error::Shape).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x = Cpu.ones::<Shape![2, 3]>();
    /// let y = Evaluate::rename(&x * 2.0, (Batch(2), D::<3>)).eval();
    /// assert_eq!(y.shape(), (Batch(2), D::<3>));
    /// ```
    #[track_caller]
    fn rename<S2>(self, shape: S2) -> movement::ReshapedTo<Self, S2>
    where
        S2: Shape<Rank = <Self::S as Shape>::Rank>,
        Self::E: Real,
        Self::N: Node<Self::E>,
    {
        let Ex { node, shape: from, device, .. } = self.ex();
        if from.dims() != shape.dims() {
            raise(crate::Error::Shape { found: from.dims().to_vec(), wanted: shape.describe() });
        }
        // A node of its own: a run-time 1 may have become `D<1>`, and the loops read by type which memory stretches.
        Ex::new(Reshaped::new(device, node, from, shape), shape, device)
    }
}
impl<X: Operand> Evaluate for X {}
