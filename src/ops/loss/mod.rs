//! Losses: one number that says how far a prediction is from its target. All are means over what they compare.
//!
//! | file | holds |
//! |---|---|
//! | `terms` | pointwise tables: the loss of each element, for another reduction than the mean |
//! | `pairs` | [`Losses`]: prediction and target of one shape |
//! | `labels` | [`LabelLosses`]: rows of logits and a label each |
//! | `entropy` | the cross entropies of these, all labels counting alike |
//! | `pick` | the element of each row that its label names |
//! | `label_rule`, `counted` | [`LabelRule`]: labels that are ignored, weighted, smoothed |
//! | `distances` | [`DistanceLosses`]: vectors compared by angle or distance |
//! | `alignments` | [`AlignmentLosses`]: sequences and shorter transcripts |
//! | `ctc`, `rnnt`, `transcripts` | the sums over all ways to say one, as numbers; what is said, checked |
//!
//! Apart from the operations that they are written in, because which mean, which clamp and which kink is meant is a
//! convention; these are PyTorch's. The mean of nothing is NaN.

mod alignments;
mod counted;
mod ctc;
mod distances;
mod entropy;
mod label_rule;
mod labels;
mod pairs;
mod pick;
mod rnnt;
mod terms;
mod transcripts;

pub use alignments::{AlignmentLosses, Ctc, Transducers, Utterances};
pub use counted::{
    CountedEntropyBack, CountedEntropyOf, CountedNll, CountedNllBack, EntropyTermsOf, NllOfCounted, NllTermsOf,
};
pub use distances::DistanceLosses;
pub use entropy::{CrossEntropyBack, CrossEntropyOf};
pub use label_rule::{ClassWeights, LabelRule};
pub use labels::{Focal, FocalOf, LabelLosses, NllOf};
pub use pairs::{LossOf, Losses, RowLossOf, TripleLossOf};
pub use pick::{LabelBack, LabelledOf};
pub use terms::{LossTerms, LossTermsTable, MoreLossTerms, MoreLossTermsTable};
