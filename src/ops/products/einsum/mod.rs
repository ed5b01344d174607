//! What [`einsum!`](crate::einsum!), [`rearrange!`](crate::rearrange!), [`reduce!`](crate::reduce!) and
//! [`repeat!`](crate::repeat!) call: views by label, and products summed over labels.
//!
//! Apart from the macros, which read the string: here are types and memory. An output axis has the very dim of the
//! operand that it comes from, so names stay names. Everything that the macros call is hidden; [`TensorDot`] is not.
//!
//! ```
//! use congruent::prelude::*;
//! dims! { Batch = ?, Query = 2, Item = 3 }
//! let q: Tensor<(Batch, Query, D<4>)> = Cpu.full((Batch(5), Query, D), 1.0);
//! let k: Tensor<(Batch, Item, D<4>)> = Cpu.full((Batch(5), Item, D), 0.5);
//! let scores: Tensor<(Batch, Query, Item)> = einsum!("bqd, bkd -> bqk", &q, &k).eval();
//! assert_eq!(scores.as_slice(), [2.0; 30]);
//! let total: Tensor<(Item,)> = einsum!("batch query item -> item", &scores).eval();
//! assert_eq!(total.as_slice(), [20.0; 3]);
//!
//! let same: Tensor<(Batch, Query, Item)> = einsum!("...qd, ...kd -> ...qk", &q, &k).eval();
//! assert_eq!(same.as_slice(), scores.as_slice());
//!
//! let x = Cpu.tensor([[0.0, 1.0, 2.0, 3.0]]);
//! let y: Tensor<Shape![2, 1, 2]> = rearrange!(&x, "b (h w) -> w b h", h = D::<2>).eval();
//! assert_eq!(y.as_slice(), [0.0, 2.0, 1.0, 3.0]);
//! let pooled = reduce!(&x, max, "b (w p) -> b w", p = D::<2>).eval();
//! assert_eq!(pooled.as_slice(), [1.0, 3.0]);
//! let wide = repeat!(&pooled, "b w -> b (w n)", n = D::<2>).eval();
//! assert_eq!(wide.as_slice(), [1.0, 1.0, 3.0, 3.0]);
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `reader`, `axes` | operands and their axes, as the string names them |
//! | `views` | permuted, stretched, diagonal; cut and joined axes |
//! | `laws` | what the compiler says of ranks and sizes that do not fit |
//! | `unnamed` | the axes that `...` stands for |
//! | `plan` | which strided matrix product a contraction is |
//! | `contract` | the contraction of two operands, and its gradient |
//! | `tensordot` | contraction of the last axes with the first |

mod axes;
mod contract;
mod laws;
mod plan;
mod reader;
mod tensordot;
mod unnamed;
mod views;

pub use axes::{Shaped, agree, at, one, single, whole};
pub use contract::{Contracted, Contraction, ContractionBack};
pub use laws::{Labelled, SameLabel, Sliceable, Written};
pub use reader::Reader;
pub use tensordot::{JoinAxes, TensorDot, TensorDots};
pub use unnamed::{around, max, mean, merged, min, prod, sum, unnamed};
pub use views::{regrouped, view};
