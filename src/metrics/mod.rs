//! Metrics: how good answers are, as numbers that are looked at and not trained by.
//!
//! Apart from the losses, through which gradients flow: these count in `f64` on the host, over as many batches as there
//! are.
//!
//! | file | holds |
//! |---|---|
//! | `confusion`, `scores` | [`Confusion`]: which class was taken for which; precision, recall, F1 of it |
//! | `ranking` | [`roc_auc`], [`average_precision`], [`top_k_accuracy`]: scores higher for what is true |
//! | `regression` | [`r2_score`] |
//! | `mean` | [`WeightedMean`]: the mean of what batches gave |

mod confusion;
mod mean;
mod ranking;
mod regression;
mod scores;

pub use confusion::Confusion;
pub use mean::WeightedMean;
pub use ranking::{average_precision, roc_auc, top_k_accuracy};
pub use regression::r2_score;
pub use scores::{Averaged, ClassScores};
