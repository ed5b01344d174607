//! Making tensors: methods of a device, so that what is made is where it is wanted.
//!
//! | file | holds |
//! |---|---|
//! | `values` | one value everywhere, slices, iterators, closures, literals |
//! | `index` | closures over an index array |
//! | `like` | tensors of another one's shape and element type |
//! | `range` | `arange`, `linspace`, `logspace`, `geomspace` |
//! | `matrix` | `eye`, `tri`, `tril`, `triu`, `vander` |
//! | `diagonal` | vectors as diagonals, diagonals as vectors |
//! | `grid` | `meshgrid`, `cartesian_prod` |
//! | `one_hot` | labels as rows |
//! | `sample` | uniform and normal numbers, integers, orders |
//! | `distributions` | random numbers of other distributions |
//! | `choose` | random order, choice and categories |
//! | `orthogonal` | random orthogonal matrices |
//! | `drawn` | elements drawn one by one, on all threads |
//! | `number`, `sized` | which element types count; dims of a counted size |

mod choose;
mod diagonal;
mod distributions;
mod drawn;
mod grid;
mod index;
mod like;
mod matrix;
mod number;
mod one_hot;
mod orthogonal;
mod range;
mod sample;
mod sized;
mod values;

pub use diagonal::{Diagonal, OneMatrix};
pub use distributions::Distributions;
pub use grid::{Grid, Grids};
pub use index::IndexShape;
pub use matrix::{Matrices, MatrixShape, VectorShape};
pub use number::Number;
pub use range::Ranges;
pub(crate) use range::spaced;
pub use sample::Sample;
pub use values::Create;
