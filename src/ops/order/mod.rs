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
