//! Products of vectors, and the products of Kronecker and of three-dimensional space.
//!
//! Apart from `matmul`, whose shapes are those of matrices: here each product says which shapes it means.

use super::numbers::{Crossed, Joined, SumOfProducts, Summed};
use super::pairs::{Inner, Kron};
use super::space::{CrossBack, SpaceVectors};
use crate::device::{Device, SameDevice};
use crate::dims::{D, One};
use crate::dtype::{Elem, Numeric};
use crate::error::raise;
use crate::graph::{BackOfBoth, Binary, Ex, Given, Located, Op, Reshaped, Viewed};
use crate::layout::{COLUMNS, ROWS};
use crate::ops::arithmetic::Mul;
use crate::ops::matmul::{Factors, ProductOf, RightFactor, multiply};
use crate::ops::movement::view;
use crate::ops::{
    LocatedOver, NumericGraphOf, NumericNode, NumericResultOf, Operand, OtherLocatedOf, Products, other_located,
    result_of_numbers, whole_numbers,
};
use crate::shape::{InnerDim, MatMul, Mismatch, SameShape, Shape};
use crate::tensor::VectorShape;

type LengthOf<X> = <<X as Operand>::S as VectorShape>::Length;
/// What [`outer`](VectorProducts::outer) gives: the product of a column and a row.
pub type OuterOf<X, Y> = Ex<
    (LengthOf<X>, LengthOf<Y>),
    <X as Operand>::E,
    <X as Operand>::D,
    NumericResultOf<
        X,
        Op<
            (LengthOf<X>, LengthOf<Y>),
            <X as Operand>::E,
            Factors<
                (LengthOf<X>, One),
                (One, LengthOf<Y>),
                <X as Operand>::E,
                Reshaped<NumericGraphOf<X>, <X as Operand>::S, (LengthOf<X>, One), <X as Operand>::E>,
                Reshaped<OtherLocatedOf<X, Y>, <Y as Operand>::S, (One, LengthOf<Y>), <X as Operand>::E>,
            >,
        >,
    >,
>;

/// What [`vdot`](VectorProducts::vdot) gives.
pub type VdotOf<X, Y> = Ex<
    (),
    <X as Operand>::E,
    <X as Operand>::D,
    NumericResultOf<X, SumOfProducts<<X as Operand>::S, <X as Operand>::E, NumericGraphOf<X>, OtherLocatedOf<X, Y>>>,
>;

/// What [`inner`](VectorProducts::inner) gives.
pub type InnerOf<X, Y> = Ex<
    <<X as Operand>::S as Inner<<Y as Operand>::S>>::Product,
    <X as Operand>::E,
    <X as Operand>::D,
    NumericResultOf<
        X,
        Op<
            <<X as Operand>::S as Inner<<Y as Operand>::S>>::Product,
            <X as Operand>::E,
            Factors<
                <X as Operand>::S,
                <<X as Operand>::S as Inner<<Y as Operand>::S>>::Turned,
                <X as Operand>::E,
                NumericGraphOf<X>,
                Viewed<OtherLocatedOf<X, Y>, <Y as Operand>::S, <X as Operand>::E>,
            >,
        >,
    >,
>;

/// What [`kron`](VectorProducts::kron) gives.
pub type KronOf<X, Y> = Ex<
    <<X as Operand>::S as Kron<<Y as Operand>::S>>::Product,
    <X as Operand>::E,
    <X as Operand>::D,
    NumericResultOf<
        X,
        Reshaped<
            Binary<
                Mul,
                Reshaped<NumericGraphOf<X>, <X as Operand>::S, KronLeft<X, Y>, <X as Operand>::E>,
                Reshaped<OtherLocatedOf<X, Y>, <Y as Operand>::S, KronRight<X, Y>, <X as Operand>::E>,
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
    NumericResultOf<
        X,
        Op<
            <X as Operand>::S,
            <X as Operand>::E,
            BackOfBoth<
                <X as Operand>::S,
                NumericGraphOf<X>,
                <X as Operand>::S,
                OtherLocatedOf<X, Y>,
                CrossBack<<X as Operand>::E>,
            >,
        >,
    >,
>;

/// Products of two tensors other than [`matmul`](Products::matmul), of floats or of integers, which wrap around in
/// their own type. Run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
///
/// ```
/// use congruent::prelude::*;
/// let (a, b) = (Cpu.tensor_of::<u8, _>([16, 1]), Cpu.tensor_of::<u8, _>([16, 2]));
/// assert_eq!(a.vdot(&b).eval().item(), 2u8);
/// assert_eq!(a.outer(&b).eval().as_slice(), [0u8, 32, 16, 2]);
/// ```
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
        Self::E: NumericNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: SameShape<B::S>,
        B::N: LocatedOver<Self::E, B::E>,
    {
        let a = whole_numbers(self);
        let b = other_located::<Self, _>(a.device, rhs);
        if a.shape.dims()[..] != b.shape.dims()[..] {
            raise(Mismatch::new("vdot", a.shape, b.shape).into());
        }
        let b = Ex::new(b.node, a.shape, a.device);
        result_of_numbers::<Self, _, _>(Self::E::by_number(Summed(a, b)))
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
        Self::E: NumericNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: Inner<B::S>,
        B::N: LocatedOver<Self::E, B::E>,
    {
        let a = whole_numbers(self);
        let b = other_located::<Self, _>(a.device, rhs);
        if a.shape.dims().last() != b.shape.dims().last() {
            raise(Mismatch::new("inner", a.shape, b.shape).into());
        }
        let shape = a.shape.inner(b.shape);
        let b = view(b, <Self::S as Inner<B::S>>::turn, |mut memory| {
            if <B::S as Shape>::RANK == 2 {
                memory.axes.size.swap(ROWS, COLUMNS);
                memory.axes.stride.swap(ROWS, COLUMNS);
            }
            memory
        });
        result_of_numbers::<Self, _, _>(multiply(a, b, shape))
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
        Self::E: NumericNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: VectorShape,
        B::S: VectorShape,
        B::N: LocatedOver<Self::E, B::E>,
    {
        let a = whole_numbers(self);
        let b = other_located::<Self, _>(a.device, rhs);
        let (column, row) = ((a.shape.length(), D), (D, b.shape.length()));
        result_of_numbers::<Self, _, _>(multiply(under(a, column), under(b, row), (column.0, row.1)))
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
        Self::E: NumericNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: Kron<B::S>,
        B::N: LocatedOver<Self::E, B::E>,
    {
        let a = whole_numbers(self);
        let b = other_located::<Self, _>(a.device, rhs);
        let (left, right) = (a.shape.left(), Self::S::right(b.shape));
        let (grid, shape) = (a.shape.grid(b.shape), a.shape.kron(b.shape));
        let factors = (under(a, left), under(b, right));
        result_of_numbers::<Self, _, _>(Self::E::by_number(Joined { factors, grid, shape }))
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
        Self::E: NumericNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: SpaceVectors<B::S>,
        B::N: LocatedOver<Self::E, B::E>,
    {
        let a = whole_numbers(self);
        let b = other_located::<Self, _>(a.device, rhs);
        if a.shape.dims()[..] != b.shape.dims()[..] {
            raise(Mismatch::new("cross", a.shape, b.shape).into());
        }
        let (shape, device, values) = (a.shape, a.device, [a.materialise(), b.materialise()]);
        let out = Self::E::by_number(Crossed { device, factors: [&values[0], &values[1]] });
        let b = Given { node: b.node, shape };
        result_of_numbers::<Self, _, _>(a.ruled_with(b, out, shape, CrossBack(values)))
    }
}
impl<X: Operand> VectorProducts for X {}

/// The same elements under another shape of as many.
fn under<S: Shape, E: Elem, D: Device, N: Located<E>, To: Shape>(
    x: Ex<S, E, D, N>,
    shape: To,
) -> Ex<To, E, D, Reshaped<N, S, To, E>> {
    Ex::new(Reshaped::new(x.device, x.node, x.shape, shape), shape, x.device)
}
