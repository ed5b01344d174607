//! Tensors: memory with a shape, an element type and a device, all of them types.
//!
//! | file | holds |
//! |---|---|
//! | `value` | [`Tensor`] |
//! | `create` | making tensors on a device |
//! | `literal` | nested arrays |
//! | `read` | slices, other devices |
//! | `equal` | whole tensors compared |
//! | `element` | single elements by their place |
//! | `convert` | other element types |
//! | `display` | printing |

mod convert;
mod create;
mod display;
mod element;
mod equal;
mod literal;
mod read;
mod value;

pub(crate) use create::spaced;
pub use create::{
    Create, Diagonal, Distributions, Grid, Grids, IndexShape, Matrices, MatrixShape, Number, OneMatrix, Ranges, Sample,
    VectorShape,
};
pub use display::Printed;
pub(crate) use element::at_place;
pub use element::{PlaceIn, Places};
#[doc(hidden)]
pub use equal::{EqualTo, OnTheRight, OrderedWith};
pub use literal::{Literal, Nested};
pub use value::Tensor;
