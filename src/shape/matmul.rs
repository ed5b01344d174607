//! Matrix products: which shapes multiply, and to what.
//!
//! Apart from the operation because layers, attention and einsum lower to the same law.

use super::same::{Never, Nothing};
use super::{Mismatch, Shape};
use congruent_dims::{Dim, Fit, One};

/// NumPy's `matmul`: the last two axes multiply, the axes before broadcast, a vector is a row on the left and a column
/// on the right.
///
/// `(.., M, K) · (.., K, N) = (.., M, N)`, `(K,) · (K, N) = (N,)`, `(M, K) · (K,) = (M,)`, `(K,) · (K,) = ()`.
/// The law does not compare `K` with `Rows`: the operation asks `K: InnerDim<Rows>`, which has its own message.
///
/// ```
/// use congruent::{D, shape::MatMul};
/// let out: (D<8>, D<2>, D<5>) = (D::<8>, D::<2>, D::<3>).out((D::<3>, D::<5>)).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "matmul: `{Self}` and `{R}` do not multiply",
    label = "no matrix product for these shapes",
    note = "both operands need rank 1 or more; a scalar multiplies by `*`",
    note = "a generic shape needs `where {Self}: MatMul<{R}>`"
)]
pub trait MatMul<R>: Shape {
    /// The shape of the product.
    type Out: Shape;

    /// The columns of the left operand.
    type K: Dim;

    /// The rows of the right operand.
    type Rows: Dim;

    /// The product's shape; fails when run-time sizes of the inner or of a batch axis differ.
    fn out(self, right: R) -> Result<ProductShape<Self, R>, Mismatch>;
}

/// The shape of the product of `L` and `R`.
pub type ProductShape<L, R> = <L as MatMul<R>>::Out;

congruent_macros::rank_impls! { MatMul }

/// Products with nothing that exists: without candidates a generic shape would be reported before the right operand is
/// known, with one it would be taken for granted.
macro_rules! never {
    ($($never:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Shape> MatMul<$never> for S {
            type Out = S;
            type K = One;
            type Rows = One;
            fn out(self, right: $never) -> Result<S, Mismatch> {
                match right {}
            }
        }
    )*};
}

never! { Never Nothing }

/// One pair of batch axes; the shapes that they belong to are there for the message.
#[diagnostic::on_unimplemented(
    message = "matmul: batch axes differ: left has `{Self}`, right has `{R}`",
    label = "left is `{Left}`, right is `{Right}`",
    note = "the axes before the last two broadcast: they fit when they are one type or one of them is `D<1>`"
)]
pub trait FitBatch<R, Left, Right>: Dim {
    /// The axis of the result.
    type Out: Dim;

    /// The result's axis.
    fn fit_in(self, right: R) -> Self::Out;

    /// Whether the run-time sizes agree.
    fn same_size(self, right: R) -> bool;
}

#[diagnostic::do_not_recommend]
impl<A: Dim + Fit<R, Fitted: Dim>, R, Left, Right> FitBatch<R, Left, Right> for A {
    type Out = <A as Fit<R>>::Fitted;

    #[cfg_attr(optimised, inline(always))]
    fn fit_in(self, right: R) -> Self::Out {
        Fit::fit(self, right)
    }

    #[cfg_attr(optimised, inline(always))]
    fn same_size(self, right: R) -> bool {
        Fit::same(self, right)
    }
}

#[cfg(test)]
mod tests {
    use super::{MatMul, Shape};
    use crate::shape::InnerDim;
    use congruent_dims::{D, dims};

    dims! { Batch = ?, Inner = ? }

    /// NumPy's rule on sizes: pad vectors to matrices, broadcast the rest, drop what was padded.
    fn numpy(left: &[usize], right: &[usize]) -> Vec<usize> {
        let (left_batch, right_batch) = (&left[..left.len().max(2) - 2], &right[..right.len().max(2) - 2]);
        let rank = left_batch.len().max(right_batch.len());
        let size = |dims: &[usize], axis: usize| (axis + dims.len()).checked_sub(rank).map_or(1, |own| dims[own]);
        let mut out: Vec<_> = (0..rank).map(|axis| size(left_batch, axis).max(size(right_batch, axis))).collect();
        out.extend((left.len() > 1).then(|| left[left.len() - 2]));
        out.extend((right.len() > 1).then(|| right[right.len() - 1]));
        out
    }

    fn check<L: MatMul<R, K: InnerDim<<L as MatMul<R>>::Rows>>, R: Shape>(left: L, right: R) {
        let out = left.out(right).unwrap();
        assert_eq!(out.dims().as_slice(), numpy(&left.dims(), &right.dims()), "{left:?} and {right:?}");
    }

    macro_rules! each_right {
        ($left:expr) => {
            check($left, (D::<5>,));
            check($left, (D::<5>, D::<9>));
            check($left, (D::<4>, D::<5>, D::<9>));
            check($left, (D::<3>, D::<1>, D::<5>, D::<9>));
            check($left, (D::<1>, D::<1>, D::<4>, D::<5>, D::<9>));
            check($left, (D::<8>, D::<2>, D::<3>, D::<1>, D::<5>, D::<9>));
        };
    }

    #[test]
    fn every_pair_of_ranks_follows_numpy() {
        each_right!((D::<5>,));
        each_right!((D::<7>, D::<5>));
        each_right!((D::<1>, D::<7>, D::<5>));
        each_right!((D::<3>, D::<4>, D::<7>, D::<5>));
        each_right!((D::<2>, D::<1>, D::<1>, D::<7>, D::<5>));
        each_right!((D::<8>, D::<2>, D::<3>, D::<4>, D::<7>, D::<5>));
    }

    #[test]
    fn the_result_keeps_its_names() {
        let out: (Batch, D<2>, Inner) = (Batch(3), D::<2>, D::<4>).out((D::<4>, Inner(6))).unwrap();
        assert_eq!(out, (Batch(3), D::<2>, Inner(6)));
        assert_eq!((D::<4>,).out((D::<4>,)), Ok(()));
    }

    #[test]
    fn run_time_sizes_must_agree() {
        assert!((D::<2>, Inner(3)).out((Inner(3), D::<4>)).is_ok());
        let error = (D::<2>, Inner(3)).out((Inner(5), D::<4>)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "matmul: run-time sizes differ: left is (D<2>, Inner = 3), right is (Inner = 5, D<4>)"
        );
        assert!((Batch(2), D::<2>, D::<3>).out((Batch(3), D::<3>, D::<4>)).is_err());
    }
}
