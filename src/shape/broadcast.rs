//! Broadcasting: which shapes meet element by element, and in what shape.
//!
//! Apart from the pointwise operations because batched products, gradients and `where` follow the same rule.

use super::same::Exactly;
use super::tuple::{Broadcast, Mismatch, Shape};
use congruent_dims::{Dim, Fit};

/// The shape in which `L` and `R` meet.
pub type Broadcasted<L, R> = <L as Broadcast<R>>::Out;

/// `() + S = S`
#[diagnostic::do_not_recommend]
impl<S: Shape> Broadcast<S> for () {
    type Out = S;

    #[cfg_attr(optimised, inline(always))]
    fn join(self, right: S) -> Result<S, Mismatch> {
        Ok(right)
    }
}

congruent_macros::rank_impls! { Broadcast }

/// One pair of axes of a broadcast; the shapes `Left` and `Right` that they belong to are there for the message.
#[diagnostic::on_unimplemented(
    message = "shapes differ: `{Left}` and `{Right}`",
    label = "axis `{Self}` (left) does not fit axis `{R}` (right)",
    note = "axes are matched from the last one backwards; two axes fit when they are one type or one of them is `D<1>`"
)]
pub trait FitIn<R, Left, Right>: Dim {
    /// The axis of the result.
    type Out: Dim;

    /// The result's axis.
    fn fit_in(self, right: R) -> Self::Out;

    /// Whether the run-time sizes agree.
    fn same_size(self, right: R) -> bool;
}

#[diagnostic::do_not_recommend]
impl<A: Dim + Fit<R, Fitted: Dim>, R, Left, Right> FitIn<R, Left, Right> for A {
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

/// Stretching to a given shape: nothing of `To` may be lost.
///
/// ```
/// use congruent::{D, shape::BroadcastTo};
/// assert!((D::<3>, D::<1>).expand((D::<2>, D::<3>, D::<4>)).is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot expand `{Self}` to `{To}`",
    label = "only axes that are `D<1>` stretch, and only new axes in front are added",
    note = "`x.expand(shape)` needs every axis of `x` to be `D<1>` or the axis of `shape` at that place"
)]
pub trait BroadcastTo<To: Shape>: Shape {
    /// `to` itself; fails when run-time sizes of one named dim differ.
    fn expand(self, to: To) -> Result<To, Mismatch>;
}

/// `S` expands to `To` when `S + To = To`; as an equation, `Out = To`, the bound would be reported as a type mismatch.
#[diagnostic::do_not_recommend]
impl<S: Shape + Broadcast<To, Out: Exactly<To>>, To: Shape> BroadcastTo<To> for S {
    #[cfg_attr(optimised, inline(always))]
    fn expand(self, to: To) -> Result<To, Mismatch> {
        self.join(to).map(|_| to)
    }
}

#[cfg(test)]
mod tests {
    use super::{Broadcast, BroadcastTo, Broadcasted, Shape};
    use congruent_dims::{D, One, dims};

    dims! { Batch = ?, Channels = 1 }

    /// NumPy's rule on sizes.
    fn numpy(left: &[usize], right: &[usize]) -> Vec<usize> {
        let rank = left.len().max(right.len());
        let size = |dims: &[usize], axis: usize| (axis + dims.len()).checked_sub(rank).map_or(1, |own| dims[own]);
        let join = |axis| if size(left, axis) == 1 { size(right, axis) } else { size(left, axis) };
        (0..rank).map(join).collect()
    }

    fn check<L: Shape + Broadcast<R>, R: Shape>(left: L, right: R) {
        let joined: Broadcasted<L, R> = left.join(right).unwrap();
        assert_eq!(joined.dims().as_slice(), numpy(&left.dims(), &right.dims()), "{left:?} and {right:?}");
    }

    macro_rules! each_right {
        ($left:expr) => {
            check($left, ());
            check($left, (D::<1>,));
            check($left, (D::<5>, D::<1>));
            check($left, (D::<1>, D::<5>, D::<1>));
            check($left, (D::<3>, D::<1>, D::<5>, D::<1>));
            check($left, (D::<1>, D::<3>, D::<1>, D::<1>, D::<1>));
            check($left, (D::<8>, D::<9>, D::<1>, D::<4>, D::<5>, D::<6>));
        };
    }

    #[test]
    fn every_pair_of_ranks_follows_numpy() {
        each_right!(());
        each_right!((D::<6>,));
        each_right!((D::<1>, D::<6>));
        each_right!((D::<4>, D::<5>, D::<6>));
        each_right!((D::<3>, D::<1>, D::<1>, D::<6>));
        each_right!((D::<1>, D::<1>, D::<4>, D::<5>, D::<6>));
        each_right!((D::<8>, D::<9>, D::<3>, D::<4>, D::<5>, D::<6>));
    }

    /// The result is what the axes are, not only as long as they are.
    #[test]
    fn named_dims_stay_themselves() {
        let joined: (Batch, Channels, D<3>) = (Batch(2), One::default(), D::<3>).join((Channels, D::<3>)).unwrap();
        assert_eq!(joined, (Batch(2), Channels, D::<3>));
    }

    #[test]
    fn run_time_sizes_of_one_dim_must_agree() {
        assert_eq!((Batch(2), D::<3>).join((Batch(2), D::<1>)), Ok((Batch(2), D::<3>)));
        let error = (Batch(2), D::<3>).join((Batch(4), D::<1>)).unwrap_err();
        assert_eq!((error.left.as_str(), error.right.as_str()), ("(Batch = 2, D<3>)", "(Batch = 4, D<1>)"));
        assert!((Batch(1),).join((Batch(4),)).is_err(), "a run-time 1 does not stretch");
    }

    #[test]
    fn expanding_gives_the_target() {
        let target = (Batch(7), D::<2>, D::<3>);
        assert_eq!((D::<2>, One::default()).expand(target), Ok(target));
        assert_eq!(().expand(target), Ok(target));
        assert_eq!(target.expand(target), Ok(target));
        assert!((Batch(8), D::<2>, D::<3>).expand(target).is_err());
    }

    /// What `S: Shape` alone says; it is checked by compiling.
    #[test]
    fn generic_shapes_broadcast_without_bounds() {
        fn facts<S: Shape>(shape: S) -> [S; 5] {
            let ones = S::ones();
            [shape.join(shape), shape.join(()), ().join(shape), shape.join(ones), ones.join(shape)].map(Result::unwrap)
        }
        let shape = (Batch(2), D::<3>, D::<1>);
        assert_eq!(facts(shape), [shape; 5]);
        assert_eq!(facts(()), [(); 5]);
    }
}
