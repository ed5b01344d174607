//! Matrix products of everything that is an operand: the methods, and what both factors must hold.
//!
//! Apart from the law (`shape::MatMul`), which says what multiplies, and from the device, which knows only strides.

use super::factors::{Factors, multiply, multiply_few};
use crate::device::{Device, SameDevice};
use crate::dtype::{Elem, Numeric};
use crate::error::differ;
use crate::graph::{Ex, Lent, Located, Op, Operand};
use crate::ops::movement::TransposedOf;
use crate::shape::{InnerDim, MatMul, Shape, Transpose, Transposed};

/// What [`matmul`](Products::matmul) gives.
pub type ProductOf<A, B> = Ex<
    <<A as Operand>::S as MatMul<<B as Operand>::S>>::Out,
    <A as Operand>::E,
    <A as Operand>::D,
    <<B as Operand>::N as RightFactor<<A as Operand>::E, <A as Operand>::N, <B as Operand>::E>>::Product<
        <A as Operand>::S,
        <B as Operand>::S,
        <<A as Operand>::S as MatMul<<B as Operand>::S>>::Out,
    >,
>;

/// The graph of the right factor of a product, over elements `Own`, where `A` over `E` is that of the left one.
///
/// One question for both factors, so that a mistake is one error; and a question about the right one, because the left
/// one is known before the compiler has come to the argument.
#[diagnostic::on_unimplemented(
    message = "a product needs numbers of one element type, found `{E}` and `{Own}`",
    label = "the left factor holds `{E}`, the right one `{Own}`",
    note = "convert a factor: `x.cast::<f32>()` (differentiable), and integers by `x.convert::<f32>()`"
)]
pub trait RightFactor<E: Elem, A, Own>: Sized {
    /// The graph of the product.
    type Product<SA: Shape, SB: Shape, S: Shape>;
    /// The product of two operands whose shapes were found to fit, as a tensor of shape `shape`.
    fn product<SA: Shape, SB: Shape, S: Shape, D: Device>(
        a: Ex<SA, E, D, A>,
        b: Ex<SB, E, D, Self>,
        shape: S,
    ) -> Ex<S, E, D, Self::Product<SA, SB, S>>;
    /// The same of small tensors that nothing differentiates, where the device has a shorter way.
    #[doc(hidden)]
    fn product_of_few<SA: Shape, SB: Shape, S: Shape, D: Device>(
        a: Lent<'_, SA, E, D>,
        b: Lent<'_, SB, Own, D>,
        shape: S,
    ) -> Option<Ex<S, E, D, Self::Product<SA, SB, S>>>;
}
// Without `do_not_recommend`: what is wrong with a graph is said by `Located`.
impl<E: Numeric, A: Located<E>, B: Located<E>> RightFactor<E, A, E> for B {
    type Product<SA: Shape, SB: Shape, S: Shape> = Op<S, E, Factors<SA, SB, E, A, B>>;
    #[cfg_attr(optimised, inline(always))]
    #[track_caller]
    fn product<SA: Shape, SB: Shape, S: Shape, D: Device>(
        a: Ex<SA, E, D, A>,
        b: Ex<SB, E, D, B>,
        shape: S,
    ) -> Ex<S, E, D, Self::Product<SA, SB, S>> {
        multiply(a, b, shape)
    }
    #[cfg_attr(optimised, inline(always))]
    #[track_caller]
    fn product_of_few<SA: Shape, SB: Shape, S: Shape, D: Device>(
        a: Lent<'_, SA, E, D>,
        b: Lent<'_, SB, E, D>,
        shape: S,
    ) -> Option<Ex<S, E, D, Self::Product<SA, SB, S>>> {
        multiply_few(a, b, shape)
    }
}

/// The method [`matmul`](Products::matmul).
pub trait Products: Operand + Sized {
    /// The matrix product, NumPy's `@`.
    ///
    /// `C[.., i, j] = Σₖ A[.., i, k] · B[.., k, j]`, `dA = dC · Bᵀ`, `dB = Aᵀ · dC`. Shapes: `(M, K) · (K, N) = (M,
    /// N)`; a vector stands for one row on the left and one column on the right; leading axes are batches and
    /// broadcast. Transposed operands ([`t`](crate::ops::Movement::t)) and slices are read in place. Integers wrap
    /// around. Over no terms (`K = 0`) the product is 0. Run-time sizes that differ raise
    /// [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let a = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// let b = Cpu.tensor([[1.0], [10.0]]);
    /// assert_eq!(a.matmul(&b).eval().as_slice(), [21.0, 43.0]);
    /// assert_eq!(b.t().matmul(a.t()).eval().as_slice(), [21.0, 43.0]);
    /// ```
    #[track_caller]
    fn matmul<B: Operand>(self, rhs: B) -> ProductOf<Self, B>
    where
        Self::D: SameDevice<B::D>,
        Self::S: MatMul<B::S>,
        <Self::S as MatMul<B::S>>::K: InnerDim<<Self::S as MatMul<B::S>>::Rows>,
        B::N: RightFactor<Self::E, Self::N, B::E>,
    {
        if let (Some(a), Some(Lent { buf, shape, .. })) = (self.lent(), rhs.lent()) {
            let b = Lent { buf, shape, device: a.device };
            if let Some(product) = B::N::product_of_few(a, b, shape_of(a.shape, shape)) {
                return product;
            }
        }
        let (a, b) = (self.ex(), rhs.ex());
        let shape = shape_of(a.shape, b.shape);
        let b = Ex::new(b.node, b.shape, a.device);
        RightFactor::product(a, b, shape)
    }

    /// `self · rhsᵀ`, the same as `self.matmul(rhs.t())`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let a = Cpu.tensor([[1.0, 2.0]]);
    /// assert_eq!(a.matmul_t(&a).eval().as_slice(), [5.0]);
    /// ```
    #[track_caller]
    fn matmul_t<B: Operand>(self, rhs: B) -> ProductOf<Self, TransposedOf<B>>
    where
        Self::D: SameDevice<B::D>,
        B::S: Transpose,
        Self::S: MatMul<Transposed<B::S>>,
        <Self::S as MatMul<Transposed<B::S>>>::K: InnerDim<<Self::S as MatMul<Transposed<B::S>>>::Rows>,
        B::N: Located<B::E>,
        <TransposedOf<B> as Operand>::N: RightFactor<Self::E, Self::N, B::E>,
    {
        self.matmul(crate::ops::Movement::t(rhs))
    }
}
impl<X: Operand> Products for X {}

/// The shape of a product. No closure: a panic names the line of whoever calls.
#[cfg_attr(optimised, inline(always))]
#[track_caller]
fn shape_of<A: MatMul<B>, B: Shape>(a: A, b: B) -> <A as MatMul<B>>::Out {
    match a.out(b) {
        Ok(shape) => shape,
        Err(mismatch) => differ(mismatch),
    }
}
