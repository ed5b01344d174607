//! Reductions over one axis, several axes or all of them, with and without keeping the reduced axes as `D<1>`.
//!
//! Apart from `programs`, which holds what each one computes: adding a reduction is a program there and a row here.

use super::exact::Reduces;
use super::layout::Mask;
use super::methods::reduction_table;
use super::product::Prod;
use super::programs::{LogSumExp, Max, Mean, Min, Std, Sum, Var};
use super::reducer::Reducer;
use super::run::{Reduction, reduce_floats};
use crate::graph::{Ex, Op, Operand};
use crate::ops::{FloatingNode, GraphOf, ResultOf, whole};
use crate::shape::Shape;

/// What a reduction gives: a tensor of shape `S`.
pub type ReducedTo<X, S, R> = Ex<S, <X as Operand>::E, <X as Operand>::D, ResultOf<X, ReductionNode<X, S, R>>>;

/// What a reduction that is also of integers gives.
pub type NumbersReducedTo<X, S, R> =
    <<X as Operand>::E as Reduces<R, <X as Operand>::N>>::Expr<<X as Operand>::S, S, <X as Operand>::D>;

/// The graph of a reduction.
type ReductionNode<X, S, R> = Op<S, <X as Operand>::E, Reduction<<X as Operand>::S, <X as Operand>::E, GraphOf<X>, R>>;

reduction_table! {
    /// Reductions of a tensor; each over all axes, one, or several (`Axes![0, 2]`), `-1` being the last.
    ///
    /// Of integers there are `sum`, `prod`, `max` and `min`, exact and wrapping around. Sums and products of `i8` to
    /// `i64` and of `bool` are `i64`, those of `u8` to `u64` are `u64`, as NumPy has them. Of no integers there is no
    /// largest and no smallest one, which raises [`Error::Empty`](crate::Error::Empty).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let bytes = Cpu.tensor_of::<u8, _>([[200, 100], [1, 2]]);
    /// assert_eq!(bytes.sum().eval().item(), 303u64);
    /// assert_eq!(bytes.max_axis::<0>().eval().as_slice(), [200u8, 100]);
    /// ```
    Reductions, ReductionsTable:
    numbers {
        /// Sum. `y = Σ x`, `dx = dy`; 0 when empty; NaN when one is NaN. Added in blocks, the blocks in `f64`.
        sum() is Sum Sum, "sum()", nothing is 0.0, for ();
        /// Product. `y = Π x`, `dx = dy · Π of the others` (right where elements are 0); 1 when empty. Neither leaves
        /// the range of the type on its way to a result inside.
        prod() is Prod Prod, "prod()", nothing is 1.0, for ();
        /// Largest element. `dx = dy` there, shared equally among ties; -inf when empty, NaN when one is NaN.
        max() is Max Max, "max()", nothing is f64::NEG_INFINITY, for ();
        /// Smallest element. `dx = dy` there, shared equally among ties; inf when empty, NaN when one is NaN.
        min() is Min Min, "min()", nothing is f64::INFINITY, for ();
    }
    floats {
        /// Arithmetic mean. `y = Σ x / n`, `dx = dy / n`; NaN when empty. Finite where the elements are, also where
        /// their sum is not; of equal elements along axes, or in up to 2^14 in memory, it is that element.
        mean() is Mean Mean, "mean()", nothing is f64::NAN, for ();
        /// Variance. `y = Σ (x - mean)² / (n - correction)`, `dx = dy · 2 (x - mean) / (n - correction)`.
        /// `correction` is 1 for the unbiased estimate (PyTorch's default), 0 for the population's (NumPy's). NaN when
        /// `n <= correction`. 0 of equal elements; squares may leave the range of the type on the way. The rounding of
        /// the mean is in no distance: of `[1e16, 1e16 + 2, 1e16]` it is 8/9, where NumPy has 4/3.
        var(correction: usize) is Var Var { correction }, "var(1)", nothing is f64::NAN, for (1) (0);
        /// Standard deviation, the root of the [`var`](Reductions::var)iance. `dx = dy · (x - mean) / ((n - correction)
        /// y)`,
        /// 0 where all elements are equal.
        std(correction: usize) is Std Std { correction }, "std(1)", nothing is f64::NAN, for (1) (0);
        /// Logarithm of the sum of exponentials, without overflow. `y = ln Σ eˣ`, `dx = dy · eˣ⁻ʸ`; -inf when empty.
        /// Where `y` is inf the elements that are share `dy`; where all are -inf the gradient is 0.
        logsumexp() is LogSumExp LogSumExp, "logsumexp()", nothing is f64::NEG_INFINITY, for ();
    }
}

pub(crate) fn reduce<X, S, R>(x: X, mask: Mask, out_shape: impl FnOnce(X::S) -> S, reducer: R) -> ReducedTo<X, S, R>
where
    X: Operand<E: FloatingNode<X::N>>,
    S: Shape,
    R: Reducer,
{
    let Ex { node, shape, device, .. } = whole(x);
    let Ex { node, shape, device, .. } =
        reduce_floats(Ex::<_, X::E, _, _>::new(node, shape, device), mask, out_shape(shape), reducer);
    Ex::new(X::E::result(node), shape, device)
}

#[track_caller]
pub(crate) fn reduce_numbers<X, S, R>(
    x: X,
    mask: Mask,
    shape: impl FnOnce(X::S) -> S,
    reducer: R,
) -> NumbersReducedTo<X, S, R>
where
    X: Operand<E: Reduces<R, X::N>>,
    S: Shape,
{
    let x = x.ex();
    let shape = shape(x.shape);
    Reduces::reduce(x, mask, shape, reducer)
}
