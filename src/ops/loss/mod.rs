//! Losses: one number that says how far a prediction is from its target. All are means over what they compare.
//!
//! | file | holds |
//! |---|---|
//! | `terms` | pointwise tables: the loss of each element, for another reduction than the mean |
//! | `pairs` | [`Losses`]: prediction and target of one shape |
//! | `labels` | [`LabelLosses`]: rows of logits and a label each |
//! | `distances` | [`DistanceLosses`]: vectors compared by angle or distance |
//!
//! Apart from the operations that they are written in, because which mean, which clamp and which kink is meant is a
//! convention; these are PyTorch's. The mean of nothing is NaN.

mod distances;
mod labels;
mod pairs;
mod terms;

pub use distances::DistanceLosses;
pub use labels::{CrossEntropyBack, CrossEntropyOf, Focal, FocalOf, LabelBack, LabelLosses, LabelledOf, NllOf};
pub use pairs::{LossOf, Losses, RowLossOf, TripleLossOf};
pub use terms::{LossTerms, LossTermsTable, MoreLossTerms, MoreLossTermsTable};
