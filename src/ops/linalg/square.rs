//! What square matrices have without being decomposed: a trace, powers.
//!
//! Apart from the decompositions because neither needs a solver: these run on every device.

use super::shape::{MatrixAxes, Square};
use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::{Numeric, Real};
use crate::error::raise;
use crate::graph::{BackOf, Described, Differentiable, Ex, Given, Located, Op, SlopeRule, Viewed, Work};
use crate::layout::Strided;
use crate::ops::movement::view;
use crate::ops::reduce::{Reduces, Sum, one, reduce_numbers};
use crate::ops::{
    Evaluate, Movement, NumericGraphOf, NumericNode, NumericResultOf, Operand, Products, result_of_numbers,
    whole_numbers,
};
use crate::shape::{AxisAt, Mismatch, Shape};
use crate::tensor::Tensor;

/// The main diagonal, as a view.
type DiagonalOf<X> = Viewed<<X as Operand>::N, <X as Operand>::S, <X as Operand>::E>;

/// What [`trace`](SquareMatrices::trace) gives.
pub type TraceOf<X> = <<X as Operand>::E as Reduces<Sum, DiagonalOf<X>>>::Expr<
    <<X as Operand>::S as Square>::Diagonal,
    <<X as Operand>::S as Square>::Each,
    <X as Operand>::D,
>;

/// What [`matrix_power`](SquareMatrices::matrix_power) gives.
pub type PowerOf<X> = Ex<
    <X as Operand>::S,
    <X as Operand>::E,
    <X as Operand>::D,
    NumericResultOf<
        X,
        Op<
            <X as Operand>::S,
            <X as Operand>::E,
            BackOf<<X as Operand>::S, NumericGraphOf<X>, PowerBack<<X as Operand>::E>>,
        >,
    >,
>;

/// Operations on square matrices `[.., N, N]`, one for each index of the axes before.
///
/// Run-time sizes of rows and columns that differ raise [`Error::Sizes`](crate::Error::Sizes).
pub trait SquareMatrices: Operand + Sized {
    /// The sum of the main diagonal of each matrix. `y = Σᵢ x[.., i, i]`, `dx = dy` on the diagonal; 0 of a `0 x 0`
    /// matrix, NaN where the diagonal holds one. That of integers is `i64` or `u64`, as their
    /// [`sum`](crate::ops::Reductions::sum) is.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.trace().eval().item(), 5.0);
    /// ```
    #[track_caller]
    fn trace(self) -> TraceOf<Self>
    where
        Self::S: Square,
        Self::N: Located<Self::E>,
        Self::E: Reduces<Sum, DiagonalOf<Self>>,
    {
        let x = self.ex();
        check_square("trace", x.shape);
        let last = one::<<Self::S as Square>::Diagonal, -1>();
        reduce_numbers(view(x, Square::diagonal, Strided::along_diagonal), last, AxisAt::<-1>::remove, Sum)
    }

    /// The product of `exponent` equal factors; the identity for 0. `dx = Σₖ (xᵀ)ᵏ · dy · (xᵀ)ⁿ⁻¹⁻ᵏ`; both take about
    /// `2 log₂ n` products. Negative powers are those of the inverse. What overflows on the way meets zeros in the
    /// next product, and is NaN there, as in NumPy; integers wrap around.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 1.0], [1.0, 0.0]]); // Fibonacci's numbers
    /// assert_eq!(x.matrix_power(10).eval().as_slice(), [89.0, 55.0, 55.0, 34.0]);
    /// ```
    #[track_caller]
    fn matrix_power(self, exponent: u32) -> PowerOf<Self>
    where
        Self::E: NumericNode<Self::N>,
        Self::S: Square,
    {
        let x = whole_numbers(self);
        check_square("matrix_power", x.shape);
        let (stacked, sizes) = stacked(x.device, x.materialise(), x.shape);
        let y = power(&stacked, exponent);
        let shape = x.shape;
        result_of_numbers::<Self, _, _>(x.ruled(y.buf, shape, PowerBack { sizes, exponent, value: stacked.buf }))
    }
}
impl<X: Operand> SquareMatrices for X {}

/// Raises the error of two run-time sizes of one name that differ.
#[track_caller]
pub(super) fn check_square<S: MatrixAxes>(law: &'static str, shape: S) {
    if shape.rows().size() != shape.columns().size() {
        raise(Mismatch::new(law, shape, shape.transpose()).into());
    }
}

mod stack {
    crate::dims! {
        /// How many matrices.
        pub Count = ?,
        /// Rows and columns of each.
        pub Size = ?,
    }
}
use stack::{Count, Size};

/// Matrices one after the other, whatever their batch was.
type Stacked<E, D> = Tensor<(Count, Size, Size), E, D>;
type StackSizes = (Count, Size, Size);

#[track_caller]
fn stacked<S: MatrixAxes, E: Numeric, D: Device>(device: D, buf: Buf<E>, shape: S) -> (Stacked<E, D>, StackSizes) {
    let size = Size(shape.rows().size());
    let sizes = (Count(shape.batch().len()), size, size);
    (Tensor { buf, shape: sizes, device }, sizes)
}

/// The identity, once for each matrix.
fn identity<E: Numeric, D: Device>(device: D, sizes: StackSizes) -> Stacked<E, D> {
    let size = sizes.1.0;
    let place =
        |at: usize| E::of_f64(if size > 0 && (at % (size * size)).is_multiple_of(size + 1) { 1.0 } else { 0.0 });
    Tensor { buf: device.adopt(Buf::from_fn(sizes.len(), place)), shape: sizes, device }
}

/// By repeated squaring.
#[track_caller]
fn power<E: Numeric, D: Device>(x: &Stacked<E, D>, mut exponent: u32) -> Stacked<E, D> {
    let (mut square, mut product) = (x.clone(), None::<Stacked<E, D>>);
    while exponent > 0 {
        if exponent & 1 == 1 {
            product = Some(match &product {
                Some(product) => product.matmul(&square).eval(),
                None => square.clone(),
            });
        }
        exponent >>= 1;
        if exponent > 0 {
            square = square.matmul(&square).eval();
        }
    }
    product.unwrap_or_else(|| identity(x.device, x.shape))
}

/// A matrix, and its derivative along a direction.
struct Tangent<E, D> {
    value: Stacked<E, D>,
    along: Stacked<E, D>,
}

impl<E: Real, D: Device> Tangent<E, D> {
    /// `(x + ε dx) (y + ε dy) = x y + ε (x dy + dx y)`
    #[track_caller]
    fn times(&self, other: &Self) -> Self {
        let value = self.value.matmul(&other.value).eval();
        let along = self.value.matmul(&other.along) + self.along.matmul(&other.value);
        Tangent { value, along: along.eval() }
    }
}

/// The backward of [`matrix_power`](SquareMatrices::matrix_power): the derivative of the power of `xᵀ` along `dy`.
pub struct PowerBack<E> {
    sizes: StackSizes,
    exponent: u32,
    value: Buf<E>,
}

impl<E: 'static> Described for PowerBack<E> {
    const NAME: &'static str = "matrix_power";
    const KIND: Work = Work::MatrixProduct;
}

impl<S: Shape, E: Real, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for PowerBack<E> {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        let PowerBack { sizes, mut exponent, value } = self;
        if exponent == 0 {
            return device.zeroed(gradient.len());
        }
        let value: Stacked<E, D> = Tensor { buf: value, shape: sizes, device };
        let mut square = Tangent { value: value.t().eval(), along: Tensor { buf: gradient, shape: sizes, device } };
        let mut product: Option<Tangent<E, D>> = None;
        loop {
            if exponent & 1 == 1 {
                product = Some(match product {
                    Some(product) => product.times(&square),
                    None => Tangent { value: square.value.clone(), along: square.along.clone() },
                });
            }
            exponent >>= 1;
            match product {
                Some(product) if exponent == 0 => return product.along.buf,
                _ => square = square.times(&square),
            }
        }
    }
}
