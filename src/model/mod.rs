//! Models: one struct whose parameter `P` says what its tensors are: weights, variables of a training step, gradients,
//! an optimizer's state.
//!
//! | file | holds |
//! |---|---|
//! | `part` | [`Part`], [`Forward`], the forms a model takes |
//! | `param`, `shown` | [`Param`] and [`Buffer`], the fields; printed, and read by place |
//! | `tree` | [`Tree`], what `derive(Model)` writes; lists, options, tuples |
//! | `gradient` | [`Gradient`], or the fact that none reached a parameter |
//! | `grad_math`, `norm` | [`GradMath`]: adding up, scaling, choosing, looking; norms of any size |
//! | `average` | [`Averaging`]: models that move towards others |
//! | `pairs` | two forms side by side, if they have the same parameters |
//! | `path` | names of parameters |
//! | `train`, `mixed` | `value_and_grad`, `infer`; steps that are computed in another element type |
//! | `inspect` | `visit`, `count`, `summary`, `to`, `cast` |
//! | `static_count` | [`StaticCount`]: how many parameters a type of models has |
//! | `summary` | [`Summary`]: the parameters of a model as a table |
//! | `context` | the random key of a step |

mod average;
mod containers;
mod context;
mod grad_math;
mod gradient;
mod inspect;
mod mixed;
mod norm;
mod outside;
mod pairs;
mod param;
mod part;
mod path;
mod shown;
mod static_count;
mod summary;
mod train;
mod tree;

pub use average::Averaging;
pub use congruent_macros::Model;
pub use context::{next_key, with_dropout, with_key};
pub use grad_math::GradMath;
pub(crate) use grad_math::accumulate;
pub(crate) use gradient::Elements;
pub use gradient::Gradient;
pub use inspect::Inspect;
pub use mixed::TrainIn;
pub(crate) use norm::LongNorm;
#[doc(hidden)]
pub use outside::{RanInside, RunsInside, StandsOutside};
pub use param::{Buffer, HeldBy, Param};
pub(crate) use param::{of_precise, precise};
pub use part::{Each, Forward, Frozen, Grads, Handle, Part, Traced, Weights};
pub use path::Path;
pub use static_count::StaticCount;
pub use summary::{Summary, SummaryRow};
pub use train::{FrozenForm, ScalarShape, TracedForm, Train, Trainable};
pub use tree::{EachMut, Map, Tree, Zip};
