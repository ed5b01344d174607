//! Order among elements, and what runs along them: extremes by position, running sums, sorting, quantiles, norms,
//! distinct values, bins.
//!
//! Apart from `reduce`, because here elements are compared and found again; what is picked from floats is
//! differentiable, its gradient goes back to where it was picked.
//!
//! | file | holds |
//! |---|---|
//! | `elements` | operands whose elements are compared |
//! | `forms` | the names of summaries over axes |
//! | `extremes` | `argmax`, `argmin` |
//! | `running` | `cumsum` and its kin, `diff` |
//! | `sort`, `select` | `sort`, `argsort`; `topk`, `kthvalue` |
//! | `quantile`, `interpolation` | `median`, `quantile`, `mode` |
//! | `norm` | `norm`, `nansum`, `nanmean` |
//! | `unique`, `bins`, `search` | `unique`, `bincount`, `histogram`, `searchsorted`, `bucketize` |
//! | `count` | `count_nonzero`; `any` and `all` along an axis |
//!
//! Positions are `i64`: sorting, and what sorts on its way (`unique`, `mode`, `median`, `quantile`), as well as running
//! extremes, work in 8 bytes an element beside the result, whatever the type; in 16 where rows lie across the memory or
//! several behind one another, and where elements are of 8 bytes in 24 for the longest row. Counts, `any`, `all`, bins
//! and histograms work in the memory of their result, and a byte an element where a mask has to be made.

mod bins;
pub mod count;
mod elements;
mod extremes;
mod forms;
mod interpolation;
pub mod norm;
mod quantile;
mod running;
mod search;
mod select;
mod sort;
mod unique;

pub use bins::{BinNumber, Binning};
pub use count::Counting;
pub use elements::{Elements, IndicesOf, PickBack, PickedOf, Picks, Values};
pub use extremes::ArgExtremes;
pub use interpolation::{Interpolation, Quantile};
pub use norm::{NanMean, NanSum, Norm, NormBack, Norms, WithoutNanBack};
pub use quantile::{QuantileBack, QuantileOf, Quantiles};
pub use running::{
    DifferenceOf, ExactRunning, Running, RunningBack, RunningLogSumExpBack, RunningNumbersOf, RunningOf,
    RunningProductBack, RunningSumBack, Runs, RunsForward, Unroll,
};
pub use search::{Searching, Side};
pub use select::{HasTop, OrderStatistics};
pub use sort::Sorting;
pub use unique::{DistinctOf, DistinctValues};
