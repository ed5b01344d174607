//! The catalogue of operations, by family; each is defined in one place.
//!
//! | file | holds |
//! |---|---|
//! | `arithmetic`, `unary`, `activation`, `binary`, `ternary` | pointwise tables: a row an operation |
//! | `laws` | what the element types of operands must be, one question a mistake |
//! | `operators` | `+ - * /` and negation, with tensors and with numbers |
//! | `integers` | what integers have beside: bits, rests, numbers of their own type |
//! | `compare`, `mask`, `indicators` | comparisons; their results, with `where_`; the formulas of both |
//! | `number` | a number where a tensor is expected |
//! | `reduce`, `softmax` | sums and their kin over axes; what is computed row by row |
//! | `join` | concatenation, stacking, padding |
//! | `order` | positions of extremes, running sums, sorting, quantiles, norms, distinct values, bins |
//! | `matmul` | matrix products |
//! | `linalg` | products of vectors, traces, norms; decompositions |
//! | `movement`, `slice` | views, reshapes, new axes; parts |
//! | `einsum` | products and movement by label |
//! | `index` | rows by index |
//! | `indexing` | elements and rows chosen, written and combined by indices and masks; diagonals and triangles |
//! | `cast` | other element types |
//! | `function` | operations of one's own on whole tensors, with a gradient |
//! | `loss` | losses, written in other operations |
//! | `catalogue` | how tests and docs visit every row |

mod catalogue;
mod integers;
mod laws;
pub(crate) mod operators;

pub mod activation;
pub mod arithmetic;
pub mod binary;
pub mod cast;
pub mod compare;
pub mod einsum;
pub mod function;
pub mod index;
pub mod indexing;
pub mod indicators;
pub mod join;
pub mod linalg;
pub mod loss;
pub mod mask;
pub mod matmul;
pub mod movement;
pub mod number;
pub mod order;
pub mod reduce;
pub mod slice;
pub mod softmax;
pub mod ternary;
pub mod unary;

pub use activation::{Activations, ActivationsTable};
pub use arithmetic::{Affine, BasicArithmetic, BasicArithmeticTable, NumberDivision, NumberDivisionTable};
pub use binary::{BinaryMath, BinaryMathTable};
pub use cast::Cast;
pub use catalogue::{Catalogue, Row, Visitor};
pub use compare::Comparisons;
pub use function::{Apply, Function, Function2};
pub use index::Gather;
pub use indexing::{
    Condition, Diagonals, Edges, Indexing, MaskedWriting, Masking, Rearranging, ScatterReduce, Scattering,
};
pub use indicators::{Indicators, IndicatorsTable};
pub use integers::{BitsOver, IntegerMath, IntegersOver};
pub use join::{Joining, Stacking};
pub use laws::{
    Computed, ComputedNumbers, FloatingNode, GraphOf, NodeOver, NumericOver, OtherGraphOf, OtherOf, Over, ResultOf,
    RuledByBothOf, RuledOf, beside,
};
pub(crate) use laws::{result_of, whole};
#[cfg(feature = "linalg")]
pub use linalg::Decompositions;
pub use linalg::{Distances, MatrixNorms, SquareMatrices, VectorProducts};
pub use loss::{DistanceLosses, LabelLosses, LossTerms, LossTermsTable, Losses, MoreLossTerms, MoreLossTermsTable};
pub use mask::Mask;
pub use matmul::Products;
pub use movement::Movement;
pub use number::Term;
pub use order::{
    ArgExtremes, Binning, Counting, DistinctValues, Interpolation, Norms, OrderStatistics, Quantiles, Running,
    Searching, Side, Sorting,
};
pub use reduce::Reductions;
pub use slice::Slicing;
pub use softmax::Normalisations;
pub use ternary::{TernaryMath, TernaryMathTable};
pub use unary::{UnaryMath, UnaryMathTable};

pub use crate::graph::{Operand, Pointwise1, Pointwise2, Pointwise3, Share, Sharing};

use crate::device::{Host, SameDevice};
use crate::dtype::{Floating, Numeric};
use crate::error::{differ, raise};
use crate::graph::{Binary, Ex, Located, Reshaped, Ternary, Unary, materialise_into};
use crate::shape::{Broadcast, Broadcasted, Shape};
use crate::tensor::Tensor;

/// The expression of a formula over one operand.
pub type UnaryOf<Op, X> =
    Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, Computed<X, Unary<Op, <X as Operand>::N>>>;

/// The expression of a formula over two operands, which broadcast.
pub type BinaryOf<Op, X, Y> = Ex<
    Broadcasted<<X as Operand>::S, <Y as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    Computed<X, Binary<Op, <X as Operand>::N, <Y as Operand>::N>>,
>;

/// The expression of a formula over three operands, which broadcast.
pub type TernaryOf<Op, X, Y, Z> = Ex<
    Broadcasted<Broadcasted<<X as Operand>::S, <Y as Operand>::S>, <Z as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    Computed<X, Ternary<Op, <X as Operand>::N, <Y as Operand>::N, <Z as Operand>::N>>,
>;

/// The expression of a formula over one operand of floats or integers.
pub type UnaryOfNumbers<Op, X> =
    Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, ComputedNumbers<X, Unary<Op, <X as Operand>::N>>>;

/// The expression of a formula over two operands of floats or integers, which broadcast.
pub type BinaryOfNumbers<Op, X, Y> = Ex<
    Broadcasted<<X as Operand>::S, <Y as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    ComputedNumbers<X, Binary<Op, <X as Operand>::N, <Y as Operand>::N>>,
>;

/// The expression of a formula over three operands of floats or integers, which broadcast.
pub type TernaryOfNumbers<Op, X, Y, Z> = Ex<
    Broadcasted<Broadcasted<<X as Operand>::S, <Y as Operand>::S>, <Z as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    ComputedNumbers<X, Ternary<Op, <X as Operand>::N, <Y as Operand>::N, <Z as Operand>::N>>,
>;

/// A number beside the elements of an operand: `f64` for floats, the element type for integers.
pub type NumberOf<X> = <<X as Operand>::E as Numeric>::Number;

/// Applies a formula of floats or integers to one operand.
#[inline]
pub fn unary_of_numbers<Op, X: Operand<E: Numeric>>(op: Op, x: X) -> UnaryOfNumbers<Op, X> {
    let x = x.ex();
    Ex::new(X::E::number_graph(Unary { op, a: x.node }), x.shape, x.device)
}

/// Applies a formula of floats or integers to two operands; sizes as of [`binary()`].
#[inline]
#[track_caller]
pub fn binary_of_numbers<Op, X: Operand<E: Numeric>, Y: Operand>(op: Op, x: X, y: Y) -> BinaryOfNumbers<Op, X, Y>
where
    X::S: Broadcast<Y::S>,
{
    let (x, y) = (x.ex(), y.ex());
    let shape = joined(x.shape, y.shape);
    Ex::new(X::E::number_graph(Binary { op, a: x.node, b: y.node }), shape, x.device)
}

/// Applies a formula of floats or integers to three operands; sizes as of [`ternary()`].
#[inline]
#[track_caller]
pub fn ternary_of_numbers<Op, X, Y, Z>(op: Op, x: X, y: Y, z: Z) -> TernaryOfNumbers<Op, X, Y, Z>
where
    X: Operand<E: Numeric>,
    Y: Operand,
    Z: Operand,
    X::S: Broadcast<Y::S>,
    Broadcasted<X::S, Y::S>: Broadcast<Z::S>,
{
    let (x, y, z) = (x.ex(), y.ex(), z.ex());
    let shape = joined(joined(x.shape, y.shape), z.shape);
    Ex::new(X::E::number_graph(Ternary { op, a: x.node, b: y.node, c: z.node }), shape, x.device)
}

/// Applies a formula to one operand.
#[inline]
pub fn unary<Op, X: Operand<E: Floating>>(op: Op, x: X) -> UnaryOf<Op, X> {
    let x = x.ex();
    Ex::new(X::E::graph(Unary { op, a: x.node }), x.shape, x.device)
}

/// Applies a formula to two operands; run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
#[inline]
#[track_caller]
pub fn binary<Op, X: Operand<E: Floating>, Y: Operand>(op: Op, x: X, y: Y) -> BinaryOf<Op, X, Y>
where
    X::S: Broadcast<Y::S>,
{
    let (x, y) = (x.ex(), y.ex());
    let shape = joined(x.shape, y.shape);
    Ex::new(X::E::graph(Binary { op, a: x.node, b: y.node }), shape, x.device)
}

/// Applies a formula to three operands; run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
#[inline]
#[track_caller]
pub fn ternary<Op, X: Operand<E: Floating>, Y: Operand, Z: Operand>(op: Op, x: X, y: Y, z: Z) -> TernaryOf<Op, X, Y, Z>
where
    X::S: Broadcast<Y::S>,
    Broadcasted<X::S, Y::S>: Broadcast<Z::S>,
{
    let (x, y, z) = (x.ex(), y.ex(), z.ex());
    let shape = joined(joined(x.shape, y.shape), z.shape);
    Ex::new(X::E::graph(Ternary { op, a: x.node, b: y.node, c: z.node }), shape, x.device)
}

/// The broadcast shape, or the error of two sizes that only the run knows.
#[inline]
#[track_caller]
pub(crate) fn joined<A: Broadcast<B>, B>(a: A, b: B) -> A::Out {
    match a.join(b) {
        Ok(shape) => shape,
        Err(mismatch) => differ(mismatch),
    }
}

/// The method [`eval`](Evaluate::eval), and applying a formula of one's own.
pub trait Evaluate: Operand + Sized {
    /// Computes the expression: one fused loop for each region.
    ///
    /// No gradient flows through the tensor. In a training step this is for looking at a value; what the loss is made
    /// of is shared by [`with`](crate::graph::Sharing::with). A parameter that was read in this way, and that no
    /// gradient reaches by another one, is an error of [`value_and_grad`](crate::model::Train::value_and_grad); that
    /// it is meant is said by `x.stop_gradient().eval()`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 4.0]);
    /// assert_eq!((x.sqrt() + 1.0).eval().as_slice(), [2.0, 3.0]);
    /// ```
    fn eval(self) -> Tensor<Self::S, Self::E, Self::D>
    where
        Self::N: Located<Self::E>,
    {
        let Ex { node, shape, device, .. } = self.ex();
        node.cut();
        Tensor { buf: node.in_order(device, shape), shape, device }
    }

    /// Computes the expression into memory that is there already, in row-major order: nothing is allocated or copied.
    ///
    /// # Errors
    /// [`Error::Length`](crate::Error::Length) when the slice holds another number of elements than the shape.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, mut out) = (Cpu.tensor([1.0, 4.0]), [0.0; 2]);
    /// (x.sqrt() + 1.0).eval_into(&mut out)?;
    /// assert_eq!(out, [2.0, 3.0]);
    /// assert!(x.exp().eval_into(&mut out[1..]).is_err());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn eval_into(self, out: &mut [Self::E]) -> Result<(), crate::Error>
    where
        Self::E: FloatingNode<Self::N>,
        Self::D: Host,
    {
        let Ex { node, shape, device, .. } = whole(self);
        Located::cut(&node);
        materialise_into(device, &node, shape, out)
    }

    /// Applies a formula of one operand; see [`elementwise!`](crate::elementwise!) for giving it a name.
    fn map<Op: Pointwise1>(self, op: Op) -> UnaryOf<Op, Self>
    where
        Self::E: Floating,
    {
        unary(op, self)
    }

    /// Applies a formula of two operands.
    #[track_caller]
    fn zip<Op: Pointwise2, Y: Operand>(self, op: Op, y: Y) -> BinaryOf<Op, Self, OtherOf<Self, Y>>
    where
        Self::E: Floating,
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
        Self::N: Located<Self::E>,
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
