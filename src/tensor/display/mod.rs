//! Printing: `{}` as NumPy prints, `{:?}` with shape, dtype and device in front.
//!
//! | file | holds |
//! |---|---|
//! | `printed` | the options, and the two traits of `std` |
//! | `edges` | which elements are read |
//! | `texts` | elements as texts of one width and one notation |
//! | `layout` | brackets, line breaks, dots |

mod edges;
mod layout;
mod printed;
mod texts;

pub use printed::Printed;
