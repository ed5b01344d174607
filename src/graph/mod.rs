//! The statically typed graph: lazy pointwise regions that fuse by type, materialising operations, and the generic
//! backward trait. Knows no operation by name.
//!
//! | file | holds |
//! |---|---|
//! | `expr` | [`Ex`], what users hold; [`Operand`], [`Expr`], [`Kind`] |
//! | `node` | [`Lazy`], the backward trait; [`Node`], what users write |
//! | `pointwise` | one, two or three operands and a formula |
//! | `leaf`, `stored`, `view` | operands that are memory: tensors, parameters, results, views |
//! | `exact` | the same for integers and `bool`: values alone |
//! | `located`, `assembled` | elements of any type in memory; tensors put together from parts |
//! | `share`, `with`, `boxed` | lets in registers and in memory, loops, erasure |
//! | `later` | backward of any depth, without recursion |
//! | `frame`, `body`, `region` | how a fused region is walked, bound and run |
//! | `table` | values and gradients behind copyable keys |

mod assembled;
mod body;
mod boxed;
mod exact;
mod expr;
mod frame;
mod later;
mod leaf;
mod located;
mod node;
mod pointwise;
mod region;
mod share;
mod stored;
mod table;
mod view;
mod with;

pub use assembled::{Assembled, AssembledNode, LazyParts, Part, Parts};
pub use body::{At, Body, Slot};
pub use boxed::{Boxed, Erasure};
pub(crate) use exact::exact;
pub use exact::{Constant, Exact, Exact1, Exact2, Exact3, ExactBody, ExactSlot, Faults, Outcome};
pub use expr::{Ex, Expr, Kind, Operand, Out};
pub use frame::{Axes, Frame, MAX_RANK, Survey};
pub(crate) use later::complete;
pub use leaf::{Leaf, Stored};
pub use located::{Held, InOrder, Located};
pub(crate) use node::Sealed;
pub use node::{Closed, Lazy, LeafSink, Memory, Node, Strided};
pub use pointwise::{Binary, Pointwise1, Pointwise2, Pointwise3, Ternary, Unary};
pub(crate) use region::{Seed, count, materialise, materialise_into, reverse, total};
pub use share::{Let as LetInRegister, Register, Registers, Share, Shared, SharedValue, Unbound};
pub use stored::{Op, Pullback};
pub(crate) use table::{Borrowed, Key};
pub use view::{Reshaped, View};
pub(crate) use with::scan;
pub use with::{Let, Local, Scan, Scanned, Sharing, Stopped};
