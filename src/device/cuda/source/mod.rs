//! What is compiled for the device, as text: printed from what is traced, put before what is written by hand.
//!
//! Apart from the runtime, which compiles any text, and from the launches, which know addresses: here is neither.
//!
//! | file | holds |
//! |---|---|
//! | `formula` | traced formulas, line by line |
//! | `formulas` | several of them, whose constants are one list |
//! | `region`, `loops`, `arguments` | fused loops around them: what is compiled, its text, where its arguments stand |
//! | `rows`, `scan` | row programs, running formulas |
//! | `update` | what optimizers do |

mod arguments;
mod formula;
mod formulas;
mod loops;
mod region;
mod rows;
mod scan;
mod update;

pub(super) use formula::{NUMBERS, ROUNDING, computed, stored};
pub(super) use region::{Deposit, Purpose, RegionKey};
pub(super) use rows::{Gives, InputKind, RowsKey};
pub(super) use scan::ScanKey;
pub(super) use update::UpdateKey;
