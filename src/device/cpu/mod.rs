//! The CPU: loops over SIMD lanes chosen at run time, shared among threads where that pays.
//!
//! | file | family |
//! |---|---|
//! | `processor` | [`Cpu`] itself; its memory |
//! | `region` | fused pointwise loops |
//! | `elements`, `integers` | the same over integers and `bool`; their sums and products |
//! | `rows` | row programs |
//! | `product` | matrix products |
//! | `distances` | distances between all points of two sets |
//! | `windows` | convolutions, pooling |
//! | `attention` | attention, tile by tile |
//! | `index` | rows by index, labels |
//! | `order`, `sorted` | positions in order, and searching; elements in order |
//! | `keys`, `arrange`, `radix` | elements as integers; the ways to sort these |
//! | `scan`, `extremes` | running formulas; where the extremes of rows stand |
//! | `draw` | random elements and masks |
//! | `update` | what optimizers do to weights |
//! | `combine` | how the terms of a row become one |
//! | `copy`, `turned`, `spread` | strided copies; transposed ones; sums at strided places |
//! | `strides` | the order in which these walk |
//! | `cascade` | long sums without loss |
//! | `widen` | 16-bit floats as `f32` |
//! | `parallel` | how work is shared; never by the number of threads |

mod arrange;
pub(super) mod attention;
mod cascade;
mod combine;
pub(super) mod copy;
pub(super) mod distances;
pub(super) mod draw;
pub(super) mod elements;
pub(super) mod extremes;
pub(super) mod index;
pub(super) mod integers;
mod keys;
pub(super) mod order;
mod parallel;
mod processor;
pub(super) mod product;
mod radix;
pub(super) mod region;
pub(super) mod rows;
pub(super) mod scan;
pub(super) mod sorted;
pub(super) mod spread;
mod strides;
mod turned;
pub(super) mod update;
mod widen;
pub(super) mod windows;

pub(crate) use parallel::waiting;
pub use processor::Cpu;
pub(super) use processor::unwritten;
