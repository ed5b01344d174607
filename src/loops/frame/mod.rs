//! How a fused region is walked: as few loops as its operands allow, the innermost one contiguous.
//!
//! Apart from the nodes because a device receives only this: every operand first says how it lies along the region's
//! axes (the survey), then axes that all operands can cross in one stride are merged (the frame).
//!
//! | file | holds |
//! |---|---|
//! | `survey` | [`Survey`]: how the operands lie |
//! | `walk` | [`Frame`]: the loops, and how they are divided |

mod survey;
#[cfg(test)]
mod tests;
mod walk;

pub use survey::Survey;
pub use walk::{Frame, OUTER, RowIndex};
