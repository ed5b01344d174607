//! Truth values: comparisons, what is made of them, and elements filled, taken and written where they hold.
//!
//! | file | holds |
//! |---|---|
//! | `compare` | `gt`, `eq`, `is_nan` and their kin: where truth values come from |
//! | `alike` | `eq` and `ne` of two masks |
//! | `by_methods` | why `x > y` does not compile |
//! | `condition` | truth values, lazy or stored: `where_`, `and`, `any`, `all`, `argwhere` |
//! | `cases` | `select`: several conditions, the first of which decides |
//! | `indicates` | truth values in loops over other elements |
//! | `places` | where they hold, as indices |
//! | `masked` | `masked_fill`, `masked_select`, `masked_scatter`, `compress` |

mod alike;
mod by_methods;
mod cases;
pub mod compare;
mod condition;
mod indicates;
mod masked;
mod places;

pub use alike::{AlikeOf, InOrderOfTruth};
pub use cases::{Case, Cases, SelectedOf, select};
pub use compare::{Comparisons, Rounded};
pub use condition::{AmongOf, Chosen, ChosenAmong, Condition, IndicatorOf, JoinedBy};
pub use indicates::{About, Among, Brings, Indicates, Itself, Numbers, Statement};
pub(in crate::ops) use masked::filled;
pub use masked::{Filled, MaskedWriting, Masking};
pub(in crate::ops) use places::{anywhere, everywhere};
