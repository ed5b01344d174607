//! Masks: comparisons, what is made of them, and elements filled, taken and written where they hold.
//!
//! | file | holds |
//! |---|---|
//! | `compare` | `gt`, `eq`, `is_nan` and their kin: what makes a mask |
//! | `logic` | masks themselves: `&`, `|`, `^`, `!`, `where_`, `any`, `all` |
//! | `indicators` | the formulas of both: 1 and 0 |
//! | `condition` | masks, lazy or stored; `argwhere`, `flatnonzero` |
//! | `masked` | `masked_fill`, `masked_select`, `masked_scatter`, `compress` |

pub mod compare;
mod condition;
pub mod indicators;
mod logic;
mod masked;

pub use compare::Comparisons;
pub use condition::{Condition, Indicates, WholeMask};
pub use indicators::{Indicators, IndicatorsTable};
pub use logic::{Chosen, Mask};
pub use masked::{Fillable, Filled, MaskedWriting, Masking};
