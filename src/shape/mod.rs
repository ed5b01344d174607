//! Shapes: tuples of dims, rank 0 to 6, and one law a file that says which shapes fit and what comes out.
//!
//! Apart from the tensors because a shape is a value of its own: every size that its type does not know travels in it,
//! so it is zero-sized when all axes are static. What differs between ranks only is printed by `rank_impls!`.
//!
//! A file is named as its law. Beside them: `tuple`, what a shape is; `extent`, how many elements it has; `cuts`, what
//! slices take in numbers; `filters`, what slides over pictures; `factors`, what element counts are made of; `text`,
//! shapes in words.
//!
//! | law                                    | equation                                  |
//! |----------------------------------------|-------------------------------------------|
//! | [`Broadcast`], [`BroadcastTo`]         | `(A, 1) + (B,) = (A, B)`                  |
//! | [`MatMul`] with [`InnerDim`]           | `(A, M, K) · (K, N) = (A, M, N)`          |
//! | [`Sequence`], [`HeadsBeside`]            | `(A, N, K)`, `(A, M, K)`, `(A, M, V)` = `(A, N, V)` |
//! | [`Reduce`]                             | `Σ₀₂ (A, B, C) = (B,)`                    |
//! | [`Permute`], [`Transpose`], [`SwapAxes`] | `(A, B, C) = (C, A, B)`                 |
//! | [`Reshape`], [`Flatten`], [`Unflatten`] | `(A, B, C) = (A, B · C)`                 |
//! | [`PixelShuffle`], [`PixelUnshuffle`]   | `(C · R · R, H, W) = (C, H · R, W · R)`   |
//! | [`Pictures`], [`Filters`], [`Pools`] | `(N, I, H, W) * (O, I, 3, 3) = (N, O, H - 2, W - 2)` |
//! | [`Volume`], [`Patches`] | `(N, C, H, W) = (N, C · 3 · 3, (H - 2) · (W - 2))` |
//! | [`PlaceGrid`], [`AffineMaps`] | `(N, C, A, B)[(N, H, W, 2)] = (N, C, H, W)` |
//! | [`Concat`]                             | `(A, M) ++₁ (A, N) = (A, M + N)`          |
//! | [`Sliced`](slice::Sliced)              | `(A, M)[0, 1..] = (M - 1,)`               |
//! | [`AxisAt`], [`InsertAxis`], [`RemoveAxis`] | `(A, B) = (A, 1, B)`                  |
//! | [`LastAxis`], [`Prepend`], [`Append`]  | `(A, B) = (A,) + B`                       |
//! | [`Ellipsis`], [`Between`], [`Merge`] | `(A, ..., C)` with `... = (B,)`    |
//! | [`Indexed`]                            | `(A, B, C)[i, j] = (I, C)`                |
//! | [`IndexList`], [`AlongAxis`], [`MaskShape`] | what indices and masks look like |
//! | [`SameShape`], [`SameRows`], [`InFeatures`], [`EachSlice`], [`EachPoint`] | both sides are one type |

mod attention;
mod axis;
mod broadcast;
mod concat;
pub mod cuts;
mod ellipsis;
mod extent;
mod factors;
mod filters;
mod indexing;
mod last;
mod matmul;
mod parts;
mod patches;
mod permute;
mod pictures;
mod pixels;
mod reduce;
mod reshape;
mod same;
mod sampling;
pub mod slice;
mod text;
mod transposed;
mod tuple;
mod value;
mod windows;

pub use attention::{AttendedOf, HeadsBeside, HeadsOf, RowWidth, ScoresOf, Sequence};
pub use axis::{AxisAt, InsertAxis, RemoveAxis, Squeezed, Unsqueezed, WithAxis};
pub use broadcast::{BroadcastTo, Broadcasted, FitIn};
pub use concat::{Concat, Concatenated};
pub use ellipsis::{Between, Ellipsis, Merge, Merged, Surrounded};
pub(crate) use extent::extent;
pub use filters::{Filter, FilterSlide, Groups, Pool, PoolSlide, Same, Slide, Stepping};
pub use indexing::{AlongAxis, IndexList, Indexed, IndexedBy, Leading, LengthOf, MaskShape};
pub use last::{Append, Appended, LastAxis, Prepend, Prepended};
pub use matmul::{FitBatch, MatMul, ProductShape};
pub use parts::{InParts, InWindows, PartOf, WindowsOf};
pub use patches::{KnownVolume, OfChannels, Patches, Volume, VolumeOf};
pub use permute::{Permute, Permuted, SwapAxes, Swapped, Transpose, Transposed};
pub use pictures::{AxisSizes, ChannelAxis, Pictures, Space};
pub use pixels::{PixelShuffle, PixelUnshuffle, Shuffled, Unshuffled};
pub use reduce::{All, Axis, HasAxes, Kept, Reduce, Reduced};
pub use reshape::{Flatten, FlattenAs, Flattened, FlattenedAs, MadeOf, Reshape, Unflatten, Unflattened};
#[doc(hidden)]
pub use same::Never;
pub use same::{
    BodyShape, Coordinates, CountedClasses, EachKey, EachPair, EachPoint, EachSequence, EachSlice, EachTranscript,
    FilterSizes, FoldedPlaces, GridBatch, InChannels, InFeatures, InnerDim, KeyWidth, SameRows, SameShape,
    TransposedChannels, ValueHeads,
};
pub use sampling::{AffineMaps, GridSpace, PlaceGrid};
pub(crate) use transposed::spread;
pub use transposed::{TransposedDim, TransposedFilter, TransposedFilters, TransposedSlide};
#[doc(hidden)]
pub use tuple::Axed;
pub use tuple::{Broadcast, MAX_RANK, Mismatch, Shape};
pub use value::ShapeValue;
pub use windows::{
    Divisible, Filters, FitAlong, FitOver, GroupCount, InGroups, OfGroups, OneGroup, Pools, SlideAlong, Slides,
    SlidesOver,
};
