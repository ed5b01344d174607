//! Shapes as tuples of dims, and how two of them meet.
//!
//! Apart from the other laws because these three speak of each other: a [`Shape`] broadcasts with itself and with a
//! scalar, what comes out of [`Broadcast`] is a shape, and a [`Mismatch`] says of two shapes that they do not fit.

use super::extent::{extent, static_len};
use super::text::{axis_text, describe};
use super::value::ShapeValue;
use congruent_dims::{Dim, Flag, Off, On, One};
use generic_array::{ArrayLength, GenericArray};
use std::any::TypeId;
use std::fmt::Debug;
use typenum::{U0, U1, U2, U3, U4, U5, U6};

/// A tensor's shape: a tuple of up to six dims, `()` for a scalar.
///
/// The value carries the sizes that the type does not know. `S: Shape` alone says that `S` broadcasts with itself and
/// with a scalar, so generic code may write `x + x` and `x * c` without a bound.
///
/// ```
/// use congruent::{D, dims, shape::Shape};
/// dims! { Batch = ? }
/// let shape = (Batch(3), D::<4>);
/// assert_eq!(shape.dims().as_slice(), [3, 4]);
/// assert_eq!(shape.len(), 12);
/// assert_eq!(<(D<2>, D<4>)>::STATIC_LEN, Some(8));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tensor shape",
    label = "expected a tuple of dimensions",
    note = "shapes have up to six axes and are written `Shape![32, 784]` or `(Batch, D<784>)`; a scalar is `()`"
)]
pub trait Shape:
    Copy
    + PartialEq
    + Debug
    + Send
    + Sync
    + Sealed
    + ShapeValue<Own = Self>
    + Broadcast<Self, Out = Self>
    + Broadcast<(), Out = Self>
    + Broadcast<<Self as Shape>::Ones, Out = Self>
    + 'static
{
    /// The number of axes as a type, the length of [`dims`](Shape::dims).
    type Rank: ArrayLength;

    /// `On` when the innermost loop re-reads one element: rank 0, or a last axis that is literally `D<1>`.
    type Stretches: Flag;

    /// `On` when every axis is static.
    type Static: Flag;

    /// The shape of the same rank whose axes are all `D<1>`.
    type Ones: Shape + Broadcast<Self, Out = Self>;

    /// The number of axes.
    const RANK: usize;

    /// The element count, when every axis is static and the product fits in `usize`.
    const STATIC_LEN: Option<usize>;

    /// The sizes of the axes.
    fn dims(self) -> GenericArray<usize, Self::Rank>;

    /// The sizes that the type knows.
    fn static_dims() -> GenericArray<Option<usize>, Self::Rank>;

    /// The identities of the axes.
    fn type_ids() -> GenericArray<TypeId, Self::Rank>;

    /// The shape of the same rank whose axes are all `D<1>`.
    fn ones() -> Self::Ones;

    /// The element count; a caller that does not know that it fits in `usize` asks [`checked_len`](Shape::checked_len).
    fn len(self) -> usize;

    /// The shape of these sizes; `None` when the rank or the size of a static axis differs.
    fn from_dims(dims: &[usize]) -> Option<Self>;

    /// The shape as run-time messages name it: `(Batch = 3, D<4>)`.
    fn describe(self) -> String;

    /// The type as run-time messages name it: `(Batch, D<4>)`.
    fn describe_type() -> String;

    /// The element count; `None` when it exceeds `isize::MAX`, as no memory holds more. That is asked of the sizes that
    /// are not 0 also where another one is: what remains without that axis must be a shape, too.
    #[cfg_attr(optimised, inline(always))]
    fn checked_len(self) -> Option<usize> {
        extent(&self.dims())
    }

    /// Whether there is no element, that is, an axis has size 0.
    fn is_empty(self) -> bool {
        self.dims().contains(&0)
    }
}

/// NumPy's rule: axes are matched from the last one backwards, the literal `D<1>` stretches, missing axes are added in
/// front.
///
/// Named and run-time dims never stretch, whatever their size. `S: Shape` implies `S: Broadcast<S, Out = S>` and
/// `S: Broadcast<(), Out = S>`; the law has no `Shape` supertrait of its own, which would be a cycle.
///
/// ```
/// use congruent::{D, shape::Broadcast};
/// let out: (D<5>, D<2>, D<3>) = (D::<2>, D::<1>).join((D::<5>, D::<1>, D::<3>)).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "shapes differ: `{Self}` and `{R}`",
    label = "left is `{Self}`, right is `{R}`",
    note = "a generic shape broadcasts with itself and with `()`; for anything else add `where {Self}: Broadcast<{R}>`"
)]
pub trait Broadcast<R> {
    /// The shape of the result.
    type Out: Shape;

    /// The result's shape; fails when run-time sizes of one named dim differ.
    fn join(self, right: R) -> Result<Self::Out, Mismatch>;
}

/// Two shapes fit as types, but sizes that are known at run time only differ.
///
/// ```
/// use congruent::{dims, shape::Broadcast};
/// dims! { Batch = ? }
/// let error = (Batch(3),).join((Batch(5),)).unwrap_err();
/// assert_eq!(error.to_string(), "broadcast: run-time sizes differ: left is (Batch = 3,), right is (Batch = 5,)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{law}: run-time sizes differ: left is {left}, right is {right}")]
pub struct Mismatch {
    /// What was asked of the two shapes.
    pub law: &'static str,
    /// The left shape, as [`Shape::describe`] writes it.
    pub left: String,
    /// The right shape.
    pub right: String,
}

impl Mismatch {
    /// The mismatch of two shapes under the law of this name.
    #[cold]
    pub fn new(law: &'static str, left: impl Shape, right: impl Shape) -> Self {
        Self::sizes(law, left, right.describe())
    }

    /// The mismatch of a shape with something that is described already.
    #[cold]
    pub fn sizes(law: &'static str, left: impl Shape, right: String) -> Self {
        Self { law, left: left.describe(), right }
    }
}

/// A shape as a set of axes.
#[doc(hidden)]
pub trait Axed: Shape {
    /// The empty set: `Off` for each axis.
    type NoAxes;
}

/// The highest rank of a tensor. The laws are printed for shapes of so many axes.
pub const MAX_RANK: usize = 6;

congruent_macros::rank_impls! { Shape, Axed }

/// Closes [`Shape`]: its laws hold for tuples of dims and are not checked for anything else.
mod sealed {
    /// Implemented for tuples of dims alone.
    pub trait Sealed {}
}
use sealed::Sealed;

#[cfg(test)]
mod tests {
    use super::{Mismatch, Shape};
    use congruent_dims::{D, Flag, One, Shape, dims};

    dims! { Batch = ?, Features = 784 }

    /// `(rank, static length, does the innermost loop re-read one element)`
    fn facts<S: Shape>(_: S) -> (usize, Option<usize>, bool) {
        (S::RANK, S::STATIC_LEN, S::Stretches::ON)
    }

    #[test]
    fn facts_of_each_rank() {
        let (one, two, three) = (One::default(), D::<2>, D::<3>);
        assert_eq!(facts(()), (0, Some(1), true));
        assert_eq!(facts((one,)), (1, Some(1), true));
        assert_eq!(facts((one, two)), (2, Some(2), false));
        assert_eq!(facts((two, three, one)), (3, Some(6), true));
        assert_eq!(facts((two, D::<0>, three, two)), (4, Some(0), false));
        assert_eq!(facts((two, three, two, three, Batch(1))), (5, None, false));
        assert_eq!(facts((two, two, two, two, two, Features)), (6, Some(32 * 784), false));
    }

    #[test]
    fn a_static_shape_has_no_size() {
        assert_eq!(size_of::<Shape![32, 784, 3]>(), 0);
        assert_eq!(size_of::<(Batch, D<3>)>(), size_of::<usize>());
    }

    #[test]
    fn dims_and_length() {
        let shape = (Batch(5), D::<3>, Features);
        assert_eq!(shape.dims().as_slice(), [5, 3, 784]);
        assert_eq!(shape.len(), 5 * 3 * 784);
        assert_eq!(().len(), 1);
        assert!(().dims().is_empty());
        assert!((D::<3>, Batch(0)).is_empty() && !().is_empty());
    }

    #[test]
    fn a_length_that_overflows_is_none() {
        let huge = (Batch(usize::MAX), D::<2>);
        assert_eq!(huge.checked_len(), None);
        assert_eq!((Batch(7), D::<2>).checked_len(), Some(14));
        assert_eq!(<Shape![9_000_000_000, 9_000_000_000]>::STATIC_LEN, None);
    }

    #[test]
    fn from_dims_checks_rank_and_static_axes() {
        type S = (Batch, D<3>);
        assert_eq!(S::from_dims(&[7, 3]), Some((Batch(7), D::<3>)));
        assert_eq!(S::from_dims(&[7, 4]), None);
        assert_eq!(S::from_dims(&[7]), None);
        assert_eq!(S::from_dims(&[7, 3, 1]), None);
        assert_eq!(<()>::from_dims(&[]), Some(()));
    }

    #[test]
    fn descriptions_read_like_types() {
        assert_eq!((Batch(3), D::<4>, Features).describe(), "(Batch = 3, D<4>, Features = 784)");
        assert_eq!((D::<50>,).describe(), "(D<50>,)");
        assert_eq!(().describe(), "()");
        assert_eq!(<(Batch, D<4>)>::describe_type(), "(Batch, D<4>)");
    }

    #[test]
    fn a_mismatch_names_law_and_sizes() {
        let text = Mismatch::new("concat", (Batch(3), D::<4>), (Batch(5), D::<4>)).to_string();
        assert_eq!(text, "concat: run-time sizes differ: left is (Batch = 3, D<4>), right is (Batch = 5, D<4>)");
    }
}
