//! What is said of the elements along axes: sums and their kin, norms, counts, positions of extremes; and what is
//! computed row by row and keeps its shape.
//!
//! | file | holds |
//! |---|---|
//! | `reductions` | `sum`, `prod`, `max`, `min`, `mean`, `var`, `std`, `logsumexp`: a row each |
//! | `norm` | `norm` |
//! | `nan` | `nansum`, `nanmean`, `nanmax`, `nanmin`, `nanvar`, `nanstd` |
//! | `count` | `count_nonzero`; `any` and `all` along an axis |
//! | `positions` | `argmax`, `argmin` |
//! | `softmax` | `softmax`, `log_softmax`, `layer_norm` and their kin |
//! | `channel_norms` | `group_norm`, `instance_norm` |
//! | `programs`, `product`, `moments` | what each one computes |
//! | `reducer` | what a program is |
//! | `methods`, `forms` | the five forms of a row |
//! | `layout` | which axes are reduced, and how they lie |
//! | `run`, `exact` | running a program over floats, with its gradient; reductions of integers |
//! | `own` | sums that keep the element type |
//! | `elements` | operands whose elements are compared |
//!
//! Apart from `scan`, which gives a number for each element, and `order`, whose results are elements.

mod channel_norms;
mod count;
pub(in crate::ops) mod elements;
mod exact;
pub(in crate::ops) mod forms;
mod layout;
mod methods;
pub(crate) mod moments;
mod nan;
mod norm;
mod own;
mod positions;
mod product;
mod programs;
mod reducer;
mod reductions;
mod run;
pub mod softmax;

pub(crate) use channel_norms::grouped;
pub use channel_norms::{ChannelGroups, ChannelNormalisations, GroupNormBack, GroupNormOf};
pub use count::{Counting, HoldingOf};
pub use elements::{Elements, IndicesOf, PickBack, PickedOf, Values};
pub use exact::{ExactMax, ExactMin, ExactProduct, ExactReducer, ExactSum, Reduces};
pub(crate) use layout::{one, several};
pub(crate) use methods::{five_methods, reductions};
pub use nan::{NanMax, NanMean, NanMin, NanReductions, NanReductionsTable, NanStd, NanSum, NanVar, WithoutNanBack};
pub use norm::{Norm, NormBack, Norms, NormsTable};
pub(crate) use own::sum_own;
pub use own::{OwnSum, SummedNode};
pub use positions::ArgExtremes;
pub use product::Prod;
pub use programs::{LogSumExp, Max, Mean, Min, Std, Sum, SumOver, Var};
pub(crate) use programs::{finite_or_zero, share};
pub use reducer::Reducer;
pub(crate) use reducer::program;
pub use reductions::{NumbersReducedTo, ReducedTo, Reductions, ReductionsTable};
pub(crate) use reductions::{reduce, reduce_numbers};
pub use run::{Reduction, ReductionBack};
pub use softmax::Normalisations;
