//! NumPy's stretching rule for one pair of axes.
//!
//! Apart from `dim.rs` because the rule is a law over two dims, and its impls rest on a proof that only this crate can
//! give: no `Rigid` dim is `D<1>`.

use crate::spelling::One;

/// Two axes that fit: they are of one type, or one of them is the literal [`D<1>`](crate::D), which stretches.
///
/// | `Self`  | `R`     | `Fitted` |
/// |---------|---------|----------|
/// | `A`     | `A`     | `A`      |
/// | `D<1>`  | `A`     | `A`      |
/// | `A`     | `D<1>`  | `A`      |
///
/// A run-time dim whose size happens to be 1, or a named `dims! { Channels = 1 }`, never stretches.
///
/// ```
/// use congruent_dims::{D, Dim, Fit};
/// assert_eq!(D::<1>.fit(D::<784>).size(), 784);
/// assert_eq!(D::<784>.fit(D::<1>).size(), 784);
/// ```
#[diagnostic::on_unimplemented(
    message = "axis `{Self}` does not fit axis `{R}`",
    label = "`{Self}` against `{R}`",
    note = "two axes fit when they are the same type or one of them is `D<1>`"
)]
pub trait Fit<R>: Sized {
    /// The axis of the result. It has no bound: `Fitted: Dim` would make `D<1>: Dim` rest on itself.
    type Fitted;

    /// The axis of the result, as a value.
    fn fit(self, r: R) -> Self::Fitted;

    /// Whether the sizes agree: constant `true` where the types settle it, a comparison for two run-time dims.
    fn same(self, r: R) -> bool;
}

/// A dim that never stretches: every dim but [`One`].
///
/// A marker: it makes a type [`Fit`] itself and `One`. `dims!` and `dyn_dim!` implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a dimension that fits itself",
    label = "neither declared by `dims!` nor a canonical static size"
)]
pub trait Rigid: Copy + PartialEq {}

/// (1) ∘ (A) = (A)
#[diagnostic::do_not_recommend]
impl<A> Fit<A> for One {
    type Fitted = A;

    #[inline(always)]
    fn fit(self, r: A) -> A {
        r
    }

    #[inline(always)]
    fn same(self, _: A) -> bool {
        true
    }
}

/// (A) ∘ (A) = (A)
#[diagnostic::do_not_recommend]
impl<A: Rigid> Fit<A> for A {
    type Fitted = A;

    #[inline(always)]
    fn fit(self, _: A) -> A {
        self
    }

    #[inline(always)]
    fn same(self, r: A) -> bool {
        self == r
    }
}

/// (A) ∘ (1) = (A)
#[diagnostic::do_not_recommend]
impl<A: Rigid> Fit<One> for A {
    type Fitted = A;

    #[inline(always)]
    fn fit(self, _: One) -> A {
        self
    }

    #[inline(always)]
    fn same(self, _: One) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Fit;
    use crate::holds::holds;
    use crate::{D, Dk, One};

    crate::dims! { Batch = ?, Time = ?, Channels = 1, Width = 3 }

    #[test]
    fn the_other_axis_wins_over_one() {
        let _: D<3> = One::default().fit(D::<3>);
        let _: D<3> = D::<3>.fit(One::default());
        let _: One = One::default().fit(One::default());
        assert_eq!((D::<1>.fit(Batch(5)), Batch(5).fit(D::<1>)), (Batch(5), Batch(5)));
        assert!(D::<1>.same(Batch(5)) && Batch(5).same(D::<1>) && D::<1>.same(D::<7>));
    }

    #[test]
    fn run_time_sizes_are_compared() {
        assert!(Batch(5).same(Batch(5)) && !Batch(5).same(Batch(6)) && !Batch(1).same(Batch(5)));
        assert!(Width.same(Width) && Dk::<10, 0>.same(Dk));
    }

    #[test]
    fn different_types_do_not_fit() {
        assert!(holds!(D<3>: Fit<D<3>>) && holds!(Batch: Fit<One>) && holds!(One: Fit<Channels>));
        assert!(!holds!(D<3>: Fit<D<4>>) && !holds!(D<0>: Fit<D<3>>) && !holds!(Width: Fit<D<3>>));
        assert!(!holds!(Batch: Fit<Time>) && !holds!(Batch: Fit<D<3>>) && !holds!(D<3>: Fit<Batch>));
        assert!(!holds!(Channels: Fit<D<3>>) && !holds!(D<3>: Fit<Channels>));
    }
}
