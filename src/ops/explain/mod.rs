//! What computing an expression runs, said before it runs: which formulas fuse, and what is stored.
//!
//! Apart from the other rooms because here graphs are read, and none is built.
//!
//! | file | holds |
//! |---|---|
//! | `method` | [`Explain`], the method |
//! | `reader` | a graph read into steps |
//! | `spelling` | the names of operations as programs write them |
//! | `explanation` | [`Explanation`] and [`ExplainedStep`], what is asked of them |
//! | `shown` | both as text |

mod explanation;
mod method;
mod reader;
mod shown;
mod spelling;

pub use explanation::{Arrangement, ExplainedStep, Explanation, Reading};
pub use method::Explain;
