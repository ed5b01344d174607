//! L-BFGS: steps along the slope as the last gradients curve it.
//!
//! Apart from the rules, which see one parameter and one gradient: a step here asks for the loss several times, and its
//! numbers are of the whole model.
//!
//! | file | holds |
//! |---|---|
//! | `value` | [`Lbfgs`], its settings and what it remembers |
//! | `step` | its step |
//! | `search` | the search along a line by the strong Wolfe conditions |
//! | `memory` | what it has seen, and the direction that follows |
//! | `long` | all parameters as one vector, where they are |
//! | `walk` | between a model, its gradients and such vectors |

mod long;
mod memory;
mod search;
mod step;
mod value;
mod walk;

pub use value::{Lbfgs, LbfgsRule};
