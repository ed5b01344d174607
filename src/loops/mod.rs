//! What a device is asked to run: fused loops over operands, row programs, running formulas, updates, products.
//!
//! Apart from the devices, which run any of it, and from the graph, which binds its nodes to it: here nothing is
//! computed, and no device is known.
//!
//! | file | holds |
//! |---|---|
//! | `frame` | [`Frame`]: how a fused region is walked |
//! | `body`, `registers` | [`Body`]: a formula over bound operands; the values that it shares |
//! | `slot` | [`Slot`]: an operand in memory, and its gradient |
//! | `faults` | elements without a value, of which integers have some |
//! | `int` | the numbers of formulas over integers |
//! | `traced`, `region` | what bodies note down of themselves; fused loops for devices that compile their own |
//! | `rows`, `wrapped` | programs over rows; those made of others |
//! | `scan`, `update` | running formulas, what optimizers do |
//! | `fold` | either of them for any element type |
//! | `product`, `convolution` | batches of matrix products; windows that slide over pictures |
//! | `attention` | queries that look at keys, head by head |
//! | `parts` | parts of pictures; pictures sampled anew |
//! | `places` | pictures sampled at places of a grid; maps that make these; elements put where they came from |
//! | `sealed` | that nodes and bodies are those of this crate |

mod attention;
mod body;
mod convolution;
mod faults;
mod fold;
mod frame;
mod int;
mod parts;
mod places;
mod product;
mod region;
mod registers;
mod rows;
mod scan;
mod sealed;
mod slot;
mod traced;
mod update;
mod wrapped;

pub use attention::{Attention, AttentionSizes, HeadPlace, Heads, Sight};
pub(crate) use body::without_gradient;
pub use body::{At, Block, Body, Column, Spacing};
pub use convolution::{Convolution, PoolingWalk, Walk};
pub use faults::{Faults, Outcome};
pub use fold::{RowFold, RowLoops, RowScan, ScanLoops};
pub use frame::{Frame, OUTER, RowIndex, Survey};
pub use int::{Bits, Int};
pub(crate) use parts::Taps;
pub use parts::{PartWalk, Resample, SampleWalk};
pub(crate) use places::AxisTaps;
pub use places::{AffineWalk, GridMode, GridPadding, GridSample, GridWalk, UnpoolWalk};
pub(crate) use product::{BATCH, at};
pub use product::{Matrix, Place, Product};
pub use region::TracedRegion;
pub(crate) use registers::Reading;
pub(crate) use registers::unbound;
pub use registers::{Registers, Unbound};
pub(crate) use rows::product as count_product;
pub use rows::{Combine, ExactFold, MAX_INPUTS, MAX_STATS, Pairing, Reach, RowInput, RowProgram, Rows};
pub use scan::Recurrence;
pub(crate) use sealed::Sealed;
pub(crate) use slot::GradTarget;
pub use slot::Slot;
pub(crate) use traced::Back;
pub use traced::{Access, GradientPlace, TracedBody, Tracing};
pub use update::Update;
pub use wrapped::{AlongLast, ScaledRow};
