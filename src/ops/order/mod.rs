//! Order among elements: sorting, the largest few, quantiles, distinct values, bins, searching.
//!
//! Apart from `reduce` and `scan`, which have the extremes, because here elements are put in their places; what is
//! picked from floats is differentiable, its gradient goes back to where it was picked.
//!
//! | file | holds |
//! |---|---|
//! | `sort`, `select` | `sort`, `argsort`; `topk`, `kthvalue` |
//! | `quantile`, `quantiles`, `interpolation` | `median`, `quantile`, `mode`; several quantiles at once |
//! | `unique`, `bins`, `search` | `unique`, `bincount`, `histogram`, `searchsorted`, `bucketize` |
//! | `sets` | `isin`, `intersect1d`, `union1d`, `setdiff1d`, `setxor1d` |
//! | `slices` | `unique_axis`, `lexsort` |
//!
//! Positions are `i64`: sorting, and what sorts on its way (`unique`, `mode`, `median`, `quantile`), as well as running
//! extremes, work in 8 bytes an element beside the result, whatever the type; in 16 where rows lie across the memory or
//! several behind one another, and where elements are of 8 bytes in 24 for the longest row. Counts, `any`, `all`, bins
//! and histograms work in the memory of their result, and a byte an element where a mask has to be made.

mod bins;
mod interpolation;
mod quantile;
mod quantiles;
mod search;
mod select;
mod sets;
mod slices;
mod sort;
mod unique;

pub use bins::{BinNumber, Binning, WeightedOf};
pub use interpolation::{Interpolation, Quantile};
pub use quantile::{QuantileBack, QuantileOf, Quantiles};
pub use quantiles::{QuantileList, SeveralQuantiles};
pub use search::{Searching, Side};
pub use select::{HasTop, OrderStatistics};
pub use sets::SetOperations;
pub use slices::{DistinctSlicesOf, SliceOrder};
pub use sort::Sorting;
pub use unique::{DistinctOf, DistinctValues};
