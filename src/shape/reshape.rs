//! The same elements in another shape.
//!
//! Apart from `permute.rs` because nothing moves in memory: only the element count must stay.

use super::factors::{Decides, EqualCount, EqualCounts, Factored, SameList};
use super::same::Never;
use super::{Mismatch, Shape};
use congruent_dims::{Dim, DimOf, Flag, Off, On, StaticDim, ToDim};
use std::ops::Mul;
use typenum::{Prod, U1, Unsigned};

/// A shape of as many elements. The compiler compares two shapes that are static, or have the same run-time axes in the
/// same order; all others are compared when the program runs.
///
/// ```
/// use congruent::{D, dims, shape::Reshape};
/// dims! { Batch = ?, Tokens = ? }
/// assert_eq!((D::<4>, D::<6>).reshape((D::<3>, D::<8>)), Ok((D::<3>, D::<8>)));
/// assert_eq!((Batch(2), D::<6>).reshape((Batch(2), D::<2>, D::<3>)), Ok((Batch(2), D::<2>, D::<3>)));
/// assert!((Batch(2), D::<6>).reshape((D::<3>, D::<5>)).is_err());
/// assert_eq!((Batch(2), D::<6>).infer(), Ok((Batch(2), D::<2>, D::<3>)));
/// assert_eq!((Batch(2), D::<6>).infer(), Ok((Tokens(4), D::<3>)));
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot reshape `{Self}` into `{To}`: the element counts differ",
    label = "different number of elements",
    note = "generic shapes need `where {Self}: Reshape<{To}>`"
)]
pub trait Reshape<To: Shape>: Shape {
    /// `to` itself; fails when the element counts differ.
    fn reshape(self, to: To) -> Result<To, Mismatch>;

    /// The shape `To` of as many elements.
    ///
    /// A run-time dim that `self` has, too, keeps its size; one that is new takes what the others leave. Fails when two
    /// are new, or the element counts differ.
    fn infer(self) -> Result<To, Mismatch>;
}

/// `(A, B) = (C, F)` where `A · B = C · F`
///
/// Without `do_not_recommend`: what is wrong is told by `Passes`, and by `SameCount` where the types do not say enough.
impl<S: Shape, To: Shape> Reshape<To> for S
where
    <S::Static as Flag>::And<To::Static>: SameCount<S, To, Verdict: Passes<S, To>>,
{
    fn reshape(self, to: To) -> Result<To, Mismatch> {
        let (from, into) = (self.checked_len(), to.checked_len());
        let same = from.is_some() && from == into && (from != Some(0) || same_but_for_empty(self, to));
        if same { Ok(to) } else { Err(Mismatch::new("reshape", self, to)) }
    }

    fn infer(self) -> Result<To, Mismatch> {
        let unknown = || Mismatch::sizes("reshape", self, To::describe_type());
        let to = sizes_in::<S, To>(self).and_then(|sizes| To::from_dims(&sizes)).ok_or_else(unknown)?;
        self.reshape(to)
    }
}

/// Whether two shapes without elements are of one count whatever the size of the empty axis. A size of 0 hides all
/// others: once the axes that both have are left out, the static ones that are left must have one product.
fn same_but_for_empty<S: Shape, To: Shape>(from: S, to: To) -> bool {
    let mut own: Vec<_> = from.dims().into_iter().zip(S::type_ids()).zip(S::static_dims()).collect();
    let mut other: Vec<_> = to.dims().into_iter().zip(To::type_ids()).zip(To::static_dims()).collect();
    own.retain(|axis| {
        let place = other.iter().position(|other| other == axis && axis.1 != Some(0));
        place.map(|place| other.remove(place)).is_none()
    });
    let count =
        |axes: Vec<(_, Option<usize>)>| axes.into_iter().try_fold(1, |len: usize, axis| len.checked_mul(axis.1?));
    match (count(own), count(other)) {
        (Some(own), Some(other)) => own == other,
        _ => true, // What depends on sizes that only the run knows may well be equal.
    }
}

/// The sizes of `To`: static, or of the dim of the same name in `from`, or, once, what the others leave.
fn sizes_in<S: Shape, To: Shape>(from: S) -> Option<Vec<usize>> {
    let (own, own_sizes) = (S::type_ids(), from.dims());
    let named = |id| own.iter().position(|own| *own == id).map(|axis| own_sizes[axis]);
    let known: Vec<_> =
        To::static_dims().into_iter().zip(To::type_ids()).map(|(size, id)| size.or(named(id))).collect();
    if known.iter().filter(|size| size.is_none()).count() > 1 {
        return None;
    }
    let rest = known.iter().flatten().try_fold(1, |len: usize, &size| len.checked_mul(size))?;
    let left = from.checked_len()?.checked_div(rest).unwrap_or(0);
    Some(known.into_iter().map(|size| size.unwrap_or(left)).collect())
}

/// Whether two shapes can be of one element count. `On`: both are static, and the compiler knows. `Off`: it knows the
/// same of what is static in them, if the rest is the same on both sides; else the program will see.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "cannot reshape `{S}` into `{To}`: whether they have as many elements is not known",
    label = "the types do not say it here",
    note = "`x.unflatten::<-1, _, _>(heads, size)`, `x.flatten::<-2>()` and `rearrange!` change single axes and leave \
            generic ones alone; else add `where {S}: Reshape<{To}>`"
)]
pub trait SameCount<S, To> {
    type Verdict;
}
impl<S: EqualElements<To>, To> SameCount<S, To> for On {
    type Verdict = On;
}
#[diagnostic::do_not_recommend]
impl<S, To> SameCount<S, To> for Off
where
    S: Factored<RunTime: SameList<To::RunTime>, Product: EqualCount<To::Product>>,
    To: Factored,
    <S::RunTime as SameList<To::RunTime>>::Out: Decides<EqualCounts<S::Product, To::Product>>,
{
    type Verdict =
        <<S::RunTime as SameList<To::RunTime>>::Out as Decides<EqualCounts<S::Product, To::Product>>>::Verdict;
}

/// Static shapes of one count. The numbers are unified, not compared bit by bit: most reshapes are of this kind.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "cannot reshape `{Self}` into `{To}`: the element counts differ",
    label = "different number of elements"
)]
pub trait EqualElements<To> {}
#[diagnostic::do_not_recommend]
impl<S: Counted<Count: UnifiedCount<To::Count>>, To: Counted> EqualElements<To> for S {}

/// Equality of numbers; the second impl keeps the compiler from unifying them, as in the equality laws.
#[doc(hidden)]
pub trait UnifiedCount<N> {}
impl<N: Unsigned> UnifiedCount<N> for N {}
impl<N: Unsigned> UnifiedCount<Never> for N {}

/// A verdict that lets a reshape pass.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "cannot reshape `{S}` into `{To}`: the element counts differ",
    label = "different number of elements",
    note = "an axis has one size wherever its name stands: give another size another name"
)]
pub trait Passes<S, To> {}
#[diagnostic::do_not_recommend]
impl<S, To> Passes<S, To> for On {}
#[diagnostic::do_not_recommend]
impl<S, To> Passes<S, To> for Never {}

/// The element count of a static shape, as a number.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the element count of `{Self}` is not known at compile time",
    label = "every axis must be static here"
)]
pub trait Counted {
    type Count: Unsigned;
}

/// The axes from `I` on made one: `(A, B, C)` flattened from axis 1 is `(A, B · C)`.
///
/// ```
/// use congruent::{D, dims, shape::Flatten};
/// dims! { Batch = ? }
/// let flat: (Batch, D<2352>) = Flatten::<1>::flat((Batch(2), D::<3>, D::<28>, D::<28>));
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot flatten `{Self}` from axis {I} on",
    label = "axis {I} must exist, and all from there on must be static",
    note = "where only the run knows the sizes, name their product: `x.flatten_as::<{I}, _>(Name)`"
)]
pub trait Flatten<const I: isize>: Shape {
    /// The flattened shape.
    type Out: Shape;

    /// The flattened shape.
    fn flat(self) -> Flattened<Self, I>;
}

/// `S` with its axes from `I` on made one.
pub type Flattened<S, const I: isize> = <S as Flatten<I>>::Out;

/// The axes from `I` on made one whose size only the run knows: `(A, B, C)` flattened from axis 1 is `(A, L)`.
///
/// ```
/// use congruent::{D, dims, shape::FlattenAs};
/// dims! { Batch = ?, Tokens = ?, Rows = ? }
/// let rows: (Batch, Rows) = FlattenAs::<1>::flat_as((Batch(2), Tokens(3), D::<4>), Rows(12));
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot flatten `{Self}` from axis {I} on",
    label = "axis {I} must exist",
    note = "axes are counted from 0 at the front, or from -1 at the end"
)]
pub trait FlattenAs<const I: isize>: Shape {
    /// The shape with `L` in place of the axes from `I` on.
    type Out<L: Dim>: Shape;

    /// The position of the axis, counted from the front.
    const INDEX: usize;

    /// The shape with `length` in place of the axes from `I` on.
    fn flat_as<L: Dim>(self, length: L) -> FlattenedAs<Self, I, L>;
}

/// `S` with `L` in place of its axes from `I` on.
pub type FlattenedAs<S, const I: isize, L> = <S as FlattenAs<I>>::Out<L>;

/// An axis that two others, of which it is made, multiply to. Where only the run knows one of the three, it will see.
#[diagnostic::on_unimplemented(
    message = "cannot make two of axis `{Self}`: `{M}` times `{N}` is another size",
    label = "the axis is `{Self}`",
    note = "a generic axis needs `where {Self}: MadeOf<{M}, {N}>`"
)]
pub trait MadeOf<M: Dim, N: Dim>: Dim {}

/// `(A,) = (M, N)` where `A = M · N`
#[diagnostic::do_not_recommend]
impl<A: Dim, M: Dim, N: Dim> MadeOf<M, N> for A where
    <A::Static as Flag>::And<<M::Static as Flag>::And<N::Static>>:
        SameCount<(A,), (M, N), Verdict: Passes<(A,), (M, N)>>
{
}

/// Axis `I` made two: `(A, B · C)` unflattened at axis 1 is `(A, B, C)`.
///
/// ```
/// use congruent::{D, dims, shape::Unflatten};
/// dims! { Batch = ? }
/// let heads: (Batch, D<2>, D<6>) = Unflatten::<-1>::unflat((Batch(5), D::<12>), D::<2>, D::<6>);
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot make two of axis {I} of `{Self}`",
    label = "axis {I} must exist, and the result has at most six axes",
    note = "axes are counted from 0 at the front, or from -1 at the end"
)]
pub trait Unflatten<const I: isize>: Shape {
    /// The shape with `M` and `N` in place of the axis.
    type Out<M: Dim, N: Dim>: Shape;

    /// The shape with two axes in place of one; whether they hold as much is asked by [`MadeOf`].
    fn unflat<M: Dim, N: Dim>(self, first: M, second: N) -> Unflattened<Self, I, M, N>;
}

/// `S` with `M` and `N` in place of axis `I`.
pub type Unflattened<S, const I: isize, M, N> = <S as Unflatten<I>>::Out<M, N>;

congruent_macros::rank_impls! { Counted, Flatten, FlattenAs, Unflatten }

#[cfg(test)]
mod tests {
    use super::{Flatten, Reshape, Shape, Unflatten};
    use congruent_dims::{D, Dim, Shape, dims};

    dims! { Batch = ?, Tokens = ?, Width = 12 }

    #[test]
    fn static_shapes_of_one_count() {
        assert_eq!((D::<2>, Width).reshape((D::<24>,)), Ok((D::<24>,)));
        assert_eq!((D::<1>, D::<1>).reshape(()), Ok(()));
        assert_eq!((D::<0>, D::<7>).reshape((D::<9>, D::<0>)), Ok((D::<9>, D::<0>)));
        assert!((D::<1024>, D::<1024>, D::<9>).reshape(<Shape![9_437_184]>::default()).is_ok());
    }

    #[test]
    fn run_time_counts_are_compared() {
        assert_eq!((Batch(4), D::<6>).reshape((D::<8>, D::<3>)), Ok((D::<8>, D::<3>)));
        let error = (Batch(4), D::<6>).reshape((Tokens(5), D::<5>)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "reshape: run-time sizes differ: left is (Batch = 4, D<6>), right is (Tokens = 5, D<5>)"
        );
        assert!((Batch(usize::MAX), D::<2>).reshape((Tokens(usize::MAX), D::<2>)).is_err(), "no count fits in usize");
    }

    #[test]
    fn an_empty_axis_hides_no_other() {
        let empty = (Batch(0), D::<64>);
        assert!((D::<64>, Batch(0), Tokens(1)).reshape((Tokens(1), D::<5>, Batch(0), D::<13>)).is_err());
        assert_eq!(empty.reshape((Batch(0), D::<4>, D::<16>)), Ok((Batch(0), D, D)));
        assert!(Reshape::<(Tokens, Batch, D<65>)>::infer((empty.0, Tokens(1), empty.1)).is_err());
        assert!((Batch(0), Tokens(7), D::<6>).reshape((Tokens(7), D::<5>, Batch(0))).is_err());
        assert_eq!((Batch(0), Tokens(5), Width).reshape((Tokens(0), Width)), Ok((Tokens(0), Width)), "for any batch");
        assert_eq!((Batch(0), Tokens(5), Width).reshape((Batch(0), Width)), Ok((Batch(0), Width)));
        assert_eq!((Batch(2), D::<0>).reshape((Batch(2), D::<0>, D::<3>)), Ok((Batch(2), D, D)));
    }

    #[test]
    fn sizes_are_inferred() {
        let heads: (Batch, Tokens, D<2>, D<6>) = (Batch(3), Tokens(5), Width).infer().unwrap();
        assert_eq!(heads, (Batch(3), Tokens(5), D, D));
        let merged: (Batch, D<12>) = (D::<3>, D::<8>, D::<2>).infer().unwrap();
        assert_eq!(merged, (Batch(4), D));
        let empty: (Batch, D<0>) = (D::<0>,).infer().unwrap();
        assert_eq!(empty, (Batch(0), D));
    }

    #[test]
    fn what_cannot_be_inferred_is_an_error() {
        assert!(Reshape::<(Batch, D<5>)>::infer((D::<3>, D::<8>)).is_err(), "24 is no multiple of 5");
        let error = Reshape::<(Batch, Tokens)>::infer((D::<3>, D::<8>)).unwrap_err();
        assert_eq!(error.right, "(Batch, Tokens)");
    }

    #[test]
    fn generic_code_can_ask_for_it() {
        fn split<B: Dim, To: Shape>(batch: B) -> To
        where
            (B, D<12>): Reshape<To>,
        {
            (batch, D::<12>).infer().unwrap()
        }
        assert_eq!(split::<Batch, (Batch, D<3>, D<4>)>(Batch(2)), (Batch(2), D, D));
    }

    #[test]
    fn flattening_multiplies_the_tail() {
        let image = (Batch(2), D::<3>, D::<28>, D::<28>);
        let rows: (Batch, D<2352>) = Flatten::<1>::flat(image);
        let last: (Batch, D<3>, D<784>) = Flatten::<-2>::flat(image);
        let all: (D<24>,) = Flatten::<0>::flat((D::<2>, Width));
        assert_eq!((rows.dims().len(), last.dims().len(), all.len()), (2, 3, 24));
        assert_eq!(Flatten::<3>::flat(image), image);
        assert_eq!(Flatten::<0>::flat((Batch(9),)), (Batch(9),));
    }

    #[test]
    fn one_axis_becomes_two() {
        let shape = (Batch(2), Width, D::<5>);
        let both: (Batch, D<3>, D<4>, D<5>) = Unflatten::<1>::unflat(shape, D::<3>, D::<4>);
        assert_eq!(both, Unflatten::<-2>::unflat(shape, D::<3>, D::<4>));
        let tokens: (Tokens, Batch, Width, D<5>) = Unflatten::<-3>::unflat(shape, Tokens(1), Batch(2));
        assert_eq!(tokens.dims().as_slice(), [1, 2, 12, 5]);
        let last: (D<2>, D<6>) = Unflatten::<-1>::unflat((Width,), D::<2>, D::<6>);
        assert_eq!(last, Unflatten::<0>::unflat((Width,), D::<2>, D::<6>));
    }
}
