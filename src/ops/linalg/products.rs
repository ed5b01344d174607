//! Products of vectors, and the products of Kronecker and of three-dimensional space.
//!
//! Apart from `matmul`, whose shapes are those of matrices: here each product says which shapes it means.

use super::pairs::{Inner, Kron};
use super::space::{CrossBack, SpaceVectors, crossed};
use crate::device::SameDevice;
use crate::dims::{D, One};
use crate::error::raise;
use crate::graph::{BackOfBoth, Binary, Ex, Given, Op, Reshaped, Viewed};
use crate::layout::{COLUMNS, ROWS};
use crate::ops::arithmetic::Mul;
use crate::ops::matmul::{Factors, ProductOf, RightFactor, multiply};
use crate::ops::movement::view;
use crate::ops::reduce::{Reduction, Sum};
use crate::ops::{
    FloatingNode, GraphOf, NodeOver, Operand, OtherGraphOf, Products, Reductions, ResultOf, result_of, whole,
};
use crate::shape::{InnerDim, MatMul, Mismatch, SameShape, Shape};
use crate::tensor::VectorShape;

type LengthOf<X> = <<X as Operand>::S as VectorShape>::Length;
/// What [`outer`](VectorProducts::outer) gives: the product of a column and a row.
pub type OuterOf<X, Y> = Ex<
    (LengthOf<X>, LengthOf<Y>),
    <X as Operand>::E,
    <X as Operand>::D,
    ResultOf<
        X,
        Op<
            (LengthOf<X>, LengthOf<Y>),
            <X as Operand>::E,
            Factors<
                (LengthOf<X>, One),
                (One, LengthOf<Y>),
                <X as Operand>::E,
                Reshaped<GraphOf<X>, <X as Operand>::S, (LengthOf<X>, One), <X as Operand>::E>,
                Reshaped<OtherGraphOf<X, Y>, <Y as Operand>::S, (One, LengthOf<Y>), <X as Operand>::E>,
            >,
        >,
    >,
>;

/// What [`vdot`](VectorProducts::vdot) gives.
pub type VdotOf<X, Y> = Ex<
    (),
    <X as Operand>::E,
    <X as Operand>::D,
    ResultOf<
        X,
        Op<
            (),
            <X as Operand>::E,
            Reduction<<X as Operand>::S, <X as Operand>::E, Binary<Mul, GraphOf<X>, OtherGraphOf<X, Y>>, Sum>,
        >,
    >,
>;

/// What [`inner`](VectorProducts::inner) gives.
pub type InnerOf<X, Y> = Ex<
    <<X as Operand>::S as Inner<<Y as Operand>::S>>::Product,
    <X as Operand>::E,
    <X as Operand>::D,
    ResultOf<
        X,
        Op<
            <<X as Operand>::S as Inner<<Y as Operand>::S>>::Product,
            <X as Operand>::E,
            Factors<
                <X as Operand>::S,
                <<X as Operand>::S as Inner<<Y as Operand>::S>>::Turned,
                <X as Operand>::E,
                GraphOf<X>,
                Viewed<OtherGraphOf<X, Y>, <Y as Operand>::S, <X as Operand>::E>,
            >,
        >,
    >,
>;

/// What [`kron`](VectorProducts::kron) gives.
pub type KronOf<X, Y> = Ex<
    <<X as Operand>::S as Kron<<Y as Operand>::S>>::Product,
    <X as Operand>::E,
    <X as Operand>::D,
    ResultOf<
        X,
        Reshaped<
            Binary<
                Mul,
                Reshaped<GraphOf<X>, <X as Operand>::S, KronLeft<X, Y>, <X as Operand>::E>,
                Reshaped<OtherGraphOf<X, Y>, <Y as Operand>::S, KronRight<X, Y>, <X as Operand>::E>,
            >,
            KronGrid<X, Y>,
            <<X as Operand>::S as Kron<<Y as Operand>::S>>::Product,
            <X as Operand>::E,
        >,
    >,
>;
type KronLeft<X, Y> = <<X as Operand>::S as Kron<<Y as Operand>::S>>::Left;
type KronRight<X, Y> = <<X as Operand>::S as Kron<<Y as Operand>::S>>::Right;
type KronGrid<X, Y> = <<X as Operand>::S as Kron<<Y as Operand>::S>>::Grid;

/// What [`cross`](VectorProducts::cross) gives.
pub type CrossOf<X, Y> = Ex<
    <X as Operand>::S,
    <X as Operand>::E,
    <X as Operand>::D,
    ResultOf<
        X,
        Op<
            <X as Operand>::S,
            <X as Operand>::E,
            BackOfBoth<
                <X as Operand>::S,
                GraphOf<X>,
                <X as Operand>::S,
                OtherGraphOf<X, Y>,
                CrossBack<<X as Operand>::E>,
            >,
        >,
    >,
>;

/// Products of two tensors other than [`matmul`](Products::matmul). Run-time sizes that differ raise
/// [`Error::Sizes`](crate::Error::Sizes).
pub trait VectorProducts: Operand + Sized {
    /// The product of two vectors, `y = Σ a · b`. `da = dy · b`, `db = dy · a`; 0 of empty vectors.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let a = Cpu.tensor([1.0, 2.0, 3.0]);
    /// assert_eq!(a.dot(&a).eval().item(), 14.0);
    /// ```
    #[track_caller]
    fn dot<B: Operand>(self, rhs: B) -> ProductOf<Self, B>
    where
        Self::D: SameDevice<B::D>,
        Self::S: VectorShape + MatMul<B::S>,
        B::S: VectorShape,
        <Self::S as MatMul<B::S>>::K: InnerDim<<Self::S as MatMul<B::S>>::Rows>,
        B::N: RightFactor<Self::E, Self::N, B::E>,
    {
        self.matmul(rhs)
    }

    /// The sum of the products of all elements of two tensors of one shape, NumPy's `vdot`. `da = dy · b`,
    /// `db = dy · a`; 0 of empty tensors.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let a = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.vdot(&a).eval().item(), 30.0);
    /// ```
    #[track_caller]
    fn vdot<B: Operand>(self, rhs: B) -> VdotOf<Self, B>
    where
        Self::E: FloatingNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: SameShape<B::S>,
        B::N: NodeOver<Self::E, B::E>,
    {
        let (a, b) = pair("vdot", self, rhs);
        let (shape, device) = (a.shape, a.device);
        let sum = Ex::<_, Self::E, _, _>::new(Binary { op: Mul, a: a.node, b: b.node }, shape, device).sum();
        Ex::new(Self::E::result(sum.node), (), device)
    }

    /// The sum of products over the last axes, NumPy's `inner`, of vectors and matrices:
    /// `y[i, j] = Σₖ a[i, k] · b[j, k]`. `da = dy · b`, `db = dyᵀ · a`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let (a, b) = (Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]), Cpu.tensor([1.0, 10.0]));
    /// assert_eq!(a.inner(&b).eval().as_slice(), [21.0, 43.0]);
    /// assert_eq!(b.inner(&a).eval().as_slice(), [21.0, 43.0]);
    /// ```
    #[track_caller]
    fn inner<B: Operand>(self, rhs: B) -> InnerOf<Self, B>
    where
        Self::E: FloatingNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: Inner<B::S>,
        B::N: NodeOver<Self::E, B::E>,
    {
        let (a, b) = (whole(self), rhs.ex());
        if a.shape.dims().last() != b.shape.dims().last() {
            raise(Mismatch::new("inner", a.shape, b.shape).into());
        }
        let (shape, device) = (a.shape.inner(b.shape), a.device);
        let b = view(
            Ex::<_, Self::E, _, _>::new(b.node.node(), b.shape, device),
            <Self::S as Inner<B::S>>::turn,
            |mut memory| {
                if <B::S as Shape>::RANK == 2 {
                    memory.axes.size.swap(ROWS, COLUMNS);
                    memory.axes.stride.swap(ROWS, COLUMNS);
                }
                memory
            },
        );
        Ex::new(Self::E::result(multiply(a, b, shape).node), shape, device)
    }

    /// All products of an element of one vector and one of the other, `y[i, j] = a[i] · b[j]`. `da = dy · b`,
    /// `db = dyᵀ · a`. Of matrices: [`kron`](VectorProducts::kron).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let y = Cpu.tensor([1.0, 2.0]).outer(&Cpu.tensor([3.0, 4.0])).eval();
    /// assert_eq!(y, Cpu.tensor([[3.0, 4.0], [6.0, 8.0]]));
    /// ```
    #[track_caller]
    fn outer<B: Operand>(self, rhs: B) -> OuterOf<Self, B>
    where
        Self::E: FloatingNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: VectorShape,
        B::S: VectorShape,
        B::N: NodeOver<Self::E, B::E>,
    {
        let (a, b) = (whole(self), rhs.ex());
        let (device, column, row) = (a.device, (a.shape.length(), D), (D, b.shape.length()));
        let left = Ex::<_, Self::E, _, _>::new(Reshaped::new(device, a.node, a.shape, column), column, device);
        let right = Ex::<_, Self::E, _, _>::new(Reshaped::new(device, b.node.node(), b.shape, row), row, device);
        Ex::new(Self::E::result(multiply(left, right, (column.0, row.1)).node), (column.0, row.1), device)
    }

    /// The Kronecker product of two matrices or vectors: each element of the left times the whole right.
    /// `y[i · P + k, j · Q + l] = a[i, j] · b[k, l]`, `(M, N) ⊗ (P, Q) = (M · P, N · Q)`; all sizes are static.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let y = Cpu.tensor([[1.0, 2.0]]).kron(&Cpu.tensor([[1.0], [10.0]])).eval();
    /// assert_eq!(y, Cpu.tensor([[1.0, 2.0], [10.0, 20.0]]));
    /// ```
    #[track_caller]
    fn kron<B: Operand>(self, rhs: B) -> KronOf<Self, B>
    where
        Self::E: FloatingNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: Kron<B::S>,
        B::N: NodeOver<Self::E, B::E>,
    {
        let (a, b) = (whole(self), rhs.ex());
        let (device, to_left, to_right) = (a.device, a.shape.left(), Self::S::right(b.shape));
        let (grid, shape) = (a.shape.grid(b.shape), a.shape.kron(b.shape));
        let left = Reshaped::new(device, a.node, a.shape, to_left);
        let right = Reshaped::new(device, b.node.node(), b.shape, to_right);
        let product = Binary { op: Mul, a: left, b: right };
        Ex::new(Self::E::result(Reshaped::new(device, product, grid, shape)), shape, device)
    }

    /// The vector product of space, along the last axis, which is `D<3>`; both tensors have one shape.
    /// `y = a × b`, `da = b × dy`, `db = dy × a`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let y = Cpu.tensor([1.0, 0.0, 0.0]).cross(&Cpu.tensor([0.0, 1.0, 0.0])).eval();
    /// assert_eq!(y.as_slice(), [0.0, 0.0, 1.0]);
    /// ```
    #[track_caller]
    fn cross<B: Operand>(self, rhs: B) -> CrossOf<Self, B>
    where
        Self::E: FloatingNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: SpaceVectors<B::S>,
        B::N: NodeOver<Self::E, B::E>,
    {
        let (a, b) = (whole(self), rhs.ex());
        let b = Ex::<_, Self::E, _, _>::new(b.node.node(), b.shape, a.device);
        if a.shape.dims()[..] != b.shape.dims()[..] {
            raise(Mismatch::new("cross", a.shape, b.shape).into());
        }
        let (shape, device, values) = (a.shape, a.device, [a.materialise(), b.materialise()]);
        let out = crossed(device, &values[0], &values[1]);
        let b = Given { node: b.node, shape };
        result_of::<Self, _, _>(a.ruled_with(b, out, shape, CrossBack(values)))
    }
}
impl<X: Operand> VectorProducts for X {}

/// Two operands of one shape; run-time sizes that differ raise.
#[track_caller]
#[expect(clippy::type_complexity, reason = "two operands, written out")]
fn pair<X, Y>(
    law: &'static str,
    x: X,
    y: Y,
) -> (Ex<X::S, X::E, X::D, GraphOf<X>>, Ex<Y::S, X::E, X::D, OtherGraphOf<X, Y>>)
where
    X: Operand<E: FloatingNode<X::N>>,
    Y: Operand<N: NodeOver<X::E, Y::E>>,
{
    let (x, y) = (whole(x), y.ex());
    if x.shape.dims()[..] != y.shape.dims()[..] {
        raise(Mismatch::new(law, x.shape, y.shape).into());
    }
    let y = Ex::new(y.node.node(), y.shape, x.device);
    (x, y)
}
