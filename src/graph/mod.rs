//! The statically typed graph: lazy pointwise regions that fuse by type, materialising operations, and the generic
//! backward trait. Knows no operation by name.
//!
//! | file | holds |
//! |---|---|
//! | `expr` | [`Ex`], what users hold; [`Operand`], [`Expr`], [`Kind`] |
//! | `node` | [`Lazy`], of any elements; [`Differentiable`], the backward trait; [`Node`], what users write |
//! | `memory`, `sink` | memory that a node lends; where the gradient of an operand arrives |
//! | `formula` | what pointwise operations say of their elements, over floats and over integers |
//! | `pointwise`, `constant` | one, two or three operands and a formula; numbers as operands |
//! | `leaf`, `stored`, `view` | operands that are memory: tensors and parameters, what they have in common, views |
//! | `op`, `back`, `recalled`, `three` | operations that are computed when called; their backward, a rule or a graph |
//! | `origin` | what a graph says of itself, for whoever wants to see what runs |
//! | `located`, `assembled` | elements of any type in memory; tensors put together from parts |
//! | `share`, `with`, `boxed`, `stopped` | lets in registers and in memory, loops, erasure; values without gradient |
//! | `local`, `keep` | a shared value as it is held; values of a whole call, returned beside others |
//! | `later` | backward of any depth, without recursion |
//! | `region` | the value, the total and the average of a region |
//! | `table` | values and gradients behind copyable keys |

mod assembled;
mod back;
mod boxed;
mod compared;
mod constant;
mod expr;
mod formula;
mod keep;
mod later;
mod leaf;
mod local;
mod located;
mod memory;
mod node;
mod op;
mod origin;
mod pointwise;
mod recalled;
mod region;
mod share;
mod sink;
mod stopped;
mod stored;
mod table;
mod three;
mod view;
mod with;

pub(crate) use assembled::assembled;
pub use assembled::{Assembled, AssembledBack, AssembledNode, Piece, Pieces};
pub use back::{BackOf, BackOfBoth, Backward, Both, Foreign, Given, Operands, Ruled, RuledByBoth, Seeded, SlopeRule};
pub use boxed::{Boxed, Erasure};
pub use compared::Compared;
pub use constant::Constant;
pub use expr::{Ex, Expr, Kind, Lent, Operand, Out};
pub use formula::{
    Bitwise1, Bitwise2, Exact1, Exact2, Exact3, Formula1, Formula2, Formula3, Pointwise1, Pointwise2, Pointwise3,
};
pub use keep::Keep;
pub(crate) use keep::Keeping;
pub(crate) use later::complete;
pub use leaf::Leaf;
pub use local::Local;
pub use located::Located;
pub use memory::{InOrder, Memory};
pub use node::{Closed, Differentiable, Lazy, Node, Seed};
pub(crate) use node::{reverse, reverse_dense};
pub use op::{Behind, Op, Pullback};
pub(crate) use origin::elements;
pub use origin::{Call, Called, Constants, Described, Dims, Held, Input, Origin, Reads, Whereabouts, Work};
pub use pointwise::{Binary, Ternary, Unary};
pub use recalled::Recalled;
pub(crate) use region::{average, materialise, materialise_into, total};
pub use share::{LetInRegister, Register, Share, Shared, SharedValue};
pub use sink::LeafSink;
pub use stopped::Stopped;
pub use stored::Stored;
pub(crate) use table::{Borrowed, Key};
pub use three::Three;
pub use view::{Reshaped, Viewed};
pub(crate) use with::scan;
pub use with::{Let, Scan, Scanned, Sharing};

#[cfg(all(test, not(brief)))]
mod tests;
