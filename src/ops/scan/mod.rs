//! What runs along an axis: each element of the result follows from the elements up to it; and differences, which undo
//! sums.
//!
//! | file | holds |
//! |---|---|
//! | `running` | `cumsum`, `cumprod`, `cummax`, `logcumsumexp` and their kin, `diff` |
//! | `table` | how tests visit them |
//! | `formulas` | what each element adds to what came before it |
//! | `backward` | running a formula of floats, and its gradient |
//! | `product` | products that leave the range of `f64` on their way |
//! | `exact` | sums and products of integers |
//!
//! Apart from `reduce`, which gives one number a row.

mod backward;
mod exact;
mod formulas;
mod product;
mod running;
mod table;

pub use backward::{
    RunningBack, RunningLogSumExpBack, RunningOf, RunningProductBack, RunningSumBack, RunsForward, Unroll,
};
pub use exact::{ExactRunning, Runs};
pub use running::{DifferenceAs, DifferenceOf, Running, RunningNumbersOf, RunningTable};
