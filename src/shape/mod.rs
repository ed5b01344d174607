//! Shapes: tuples of dims, rank 0 to 6, and one law a file that says which shapes fit and what comes out.
//!
//! Apart from the tensors because a shape is a value of its own: every size that its type does not know travels in it,
//! so it is zero-sized when all axes are static. What differs between ranks only is printed by `rank_impls!`.
//!
//! | law                                    | equation                                  |
//! |----------------------------------------|-------------------------------------------|
//! | [`Broadcast`], [`BroadcastTo`]         | `(A, 1) + (B,) = (A, B)`                  |
//! | [`MatMul`] with [`InnerDim`]           | `(A, M, K) · (K, N) = (A, M, N)`          |
//! | [`Reduce`]                             | `Σ₀₂ (A, B, C) = (B,)`                    |
//! | [`Permute`], [`Transpose`], [`SwapAxes`] | `(A, B, C) = (C, A, B)`                 |
//! | [`Reshape`], [`Flatten`], [`Unflatten`] | `(A, B, C) = (A, B · C)`                 |
//! | [`PixelShuffle`], [`PixelUnshuffle`]   | `(C · R · R, H, W) = (C, H · R, W · R)`   |
//! | [`Concat`]                             | `(A, M) ++₁ (A, N) = (A, M + N)`          |
//! | [`Sliced`](slice::Sliced)              | `(A, M)[0, 1..] = (M - 1,)`               |
//! | [`AxisAt`], [`InsertAxis`], [`RemoveAxis`] | `(A, B) = (A, 1, B)`                  |
//! | [`LastAxis`], [`Prepend`], [`Append`]  | `(A, B) = (A,) + B`                       |
//! | [`Ellipsis`], [`Between`], [`Merge`] | `(A, ..., C)` with `... = (B,)`    |
//! | [`Indexed`]                            | `(A, B, C)[i, j] = (I, C)`                |
//! | [`IndexList`], [`AlongAxis`], [`MaskShape`] | what indices and masks look like |
//! | [`SameShape`], [`SameRows`], [`InFeatures`] | both sides are one type              |

mod axis;
mod broadcast;
mod concat;
mod ellipsis;
mod indexing;
mod last;
mod matmul;
mod mismatch;
mod parts;
mod permute;
mod pixels;
mod reduce;
mod reshape;
mod same;
pub mod slice;

pub use axis::{AxisAt, InsertAxis, RemoveAxis, Squeezed, Unsqueezed, WithAxis};
pub use broadcast::{Broadcast, BroadcastTo, Broadcasted, FitIn};
pub use concat::{Concat, Concatenated};
pub use ellipsis::{Between, Ellipsis, Merge, Merged, Surrounded};
pub use indexing::{AlongAxis, IndexList, Indexed, IndexedBy, Leading, LengthOf, MaskShape};
pub use last::{Append, Appended, LastAxis, Prepend, Prepended};
pub use matmul::{FitBatch, MatMul, ProductShape};
pub use mismatch::Mismatch;
pub use parts::{InParts, InWindows, PartOf, WindowsOf};
pub use permute::{Permute, Permuted, SwapAxes, Swapped, Transpose, Transposed};
pub use pixels::{PixelShuffle, PixelUnshuffle, Shuffled, Unshuffled};
pub use reduce::{All, Axis, Kept, Reduce, Reduced};
pub use reshape::{Flatten, Flattened, Reshape, Unflatten, Unflattened};
#[doc(hidden)]
pub use same::Never;
pub use same::{BodyShape, InFeatures, InnerDim, SameRows, SameShape};

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
    #[inline(always)]
    fn checked_len(self) -> Option<usize> {
        extent(&self.dims())
    }

    /// Whether there is no element, that is, an axis has size 0.
    fn is_empty(self) -> bool {
        self.dims().contains(&0)
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

/// The product of sizes; `None` where those that are not 0 exceed `isize::MAX`.
#[inline]
pub(crate) const fn extent(sizes: &[usize]) -> Option<usize> {
    let (mut product, mut empty, mut i) = (1usize, false, 0);
    while i < sizes.len() {
        empty |= sizes[i] == 0;
        product = match product.checked_mul(if sizes[i] == 0 { 1 } else { sizes[i] }) {
            Some(product) if product <= isize::MAX as usize => product,
            _ => return None,
        };
        i += 1;
    }
    Some(if empty { 0 } else { product })
}

/// The element count, when all sizes are known and it fits.
const fn static_len<const RANK: usize>(sizes: [Option<usize>; RANK]) -> Option<usize> {
    let (mut known, mut i) = ([1; RANK], 0);
    while i < RANK {
        known[i] = match sizes[i] {
            Some(size) => size,
            None => return None,
        };
        i += 1;
    }
    extent(&known)
}

/// `Batch = 3`, or `D<4>` when the name says the size.
fn axis_text<A: Dim>(axis: A) -> String {
    let name = A::name();
    if name.contains('<') { name } else { format!("{name} = {}", axis.size()) }
}

/// Axes as Rust writes a tuple.
fn describe(axes: &[String]) -> String {
    match axes {
        [axis] => format!("({axis},)"),
        axes => format!("({})", axes.join(", ")),
    }
}

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
