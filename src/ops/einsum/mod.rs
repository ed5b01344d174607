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
//! | `laws` | what the compiler says of ranks and sizes that do not fit |
//! | `unnamed` | the axes that `...` stands for |
//! | `plan` | which strided matrix product a contraction is |
//! | `contract` | the contraction of two operands, and its gradient |
//! | `tensordot` | contraction of the last axes with the first |

mod contract;
mod laws;
mod plan;
mod tensordot;
mod unnamed;

pub use contract::{Contracted, Contraction, ContractionBack};
pub use laws::{Labelled, SameLabel, Sliceable, Written};
pub use tensordot::{JoinAxes, TensorDot, TensorDots};
pub use unnamed::{around, max, mean, merged, min, prod, sum, unnamed};

use super::NodeOver;
use super::movement::{ReshapedTo, ViewOf};
use crate::device::{Device, SameDevice};
use crate::dims::{Dim, DivDim, Divided, MulDim, Multiplied, One};
use crate::dtype::{Elem, Real};
use crate::error::raise;
use crate::graph::{Ex, Node, Operand, Reshaped, Viewed};
use crate::layout::{Axes, Strided, count};
use crate::shape::{AxisAt, Broadcast, Ellipsis, Mismatch, RemoveAxis, Reshape, Shape};
use contract::contract;
use plan::{Term, aligned, is_unnamed};

/// What reads the operands of the macros.
#[doc(hidden)]
pub struct Reader;

// Methods, not functions: of a function whose result is computed by a law, rustc reports a breach twice.
impl Reader {
    /// The expression of an operand, whose rank is the number of its labels.
    #[doc(hidden)]
    pub fn labelled<const RANK: usize, X>(self, x: X) -> Ex<Written<X::S, RANK>, X::E, X::D, X::N>
    where
        X: Operand,
        X::S: Labelled<RANK>,
    {
        let Ex { node, shape, device, .. } = x.ex();
        Ex::new(node, shape.written(), device)
    }

    /// The expression of an operand, of which the string names the first `BEFORE` axes and the last `AFTER`.
    #[doc(hidden)]
    pub fn elliptic<const BEFORE: usize, const AFTER: usize, X>(
        self,
        x: X,
    ) -> Ex<<X::S as Ellipsis<BEFORE, AFTER>>::Whole, X::E, X::D, X::N>
    where
        X: Operand,
        X::S: Ellipsis<BEFORE, AFTER>,
    {
        let Ex { node, shape, device, .. } = x.ex();
        Ex::new(node, shape.whole(), device)
    }

    /// The axes that `...` stands for in a product: they broadcast.
    #[doc(hidden)]
    #[track_caller]
    pub fn met<L: Broadcast<R>, R>(self, left: L, right: R) -> L::Out {
        left.join(right).unwrap_or_else(|mismatch| raise(Mismatch { law: "einsum", ..mismatch }.into()))
    }

    /// The length of two axes made one. Of a pair, so that both are known when the law is asked.
    #[doc(hidden)]
    pub fn times<A: MulDim<B>, B>(self, _: (A, B)) -> Multiplied<A, B> {
        Default::default()
    }

    /// An axis that is cut by division.
    #[doc(hidden)]
    pub fn cut<A: Sliceable>(self, _: A) -> A::Whole {
        Default::default()
    }

    /// The length of what is left of an axis, where the product of the other parts is `B`.
    #[doc(hidden)]
    pub fn divided<A: DivDim<B>, B>(self, _: A, _: B) -> Divided<A, B> {
        Default::default()
    }
}

impl<S: Shape, E: Elem, D: Device, N> Ex<S, E, D, N> {
    /// `Σ x · y` over the labels that the last term has not. Every label occurs in two of the three terms.
    #[doc(hidden)]
    pub fn contracted<Y, To>(self, y: Y, shape: To, labels: [&str; 3]) -> Contracted<Self, Y, To>
    where
        E: Real,
        N: Node<E>,
        Y: Operand,
        D: SameDevice<Y::D>,
        Y::N: NodeOver<E, Y::E>,
        To: Shape,
    {
        contract(self, y, shape, labels)
    }
}

/// Axis `I`.
#[doc(hidden)]
pub fn at<const I: isize, X>(x: &X) -> <X::S as AxisAt<I>>::At
where
    X: Shaped,
    X::S: AxisAt<I>,
{
    x.own_shape().at()
}

/// An operand whose shape can be read.
#[doc(hidden)]
pub trait Shaped: Operand {
    /// The shape.
    fn own_shape(&self) -> Self::S;
}
impl<S: Shape, E: Elem, D: Device, N> Shaped for Ex<S, E, D, N> {
    fn own_shape(&self) -> S {
        self.shape
    }
}

/// That axis `I` of one operand and axis `J` of another one are the same: one dim by type, one size at run time.
#[doc(hidden)]
#[track_caller]
pub fn agree<Label, const I: isize, const J: isize, X: Shaped, Y: Shaped>(x: &X, y: &Y)
where
    X::S: AxisAt<I>,
    Y::S: AxisAt<J>,
    <X::S as AxisAt<I>>::At: SameLabel<Label, <Y::S as AxisAt<J>>::At>,
{
    if at::<I, X>(x).size() != at::<J, Y>(y).size() {
        raise(Mismatch::new("einsum", x.own_shape(), y.own_shape()).into());
    }
}

/// The memory of an operand under other labels: permuted, stretched along new ones, or the diagonal of repeated ones.
/// A point stands for the axes that have none, which stretch where they are one element long.
/// `dx` is `dy` seen the same way, summed where it was stretched.
#[doc(hidden)]
pub fn view<X, S>(x: X, shape: S, from: &str, to: &str) -> ViewOf<X, S>
where
    X: Operand<E: Real, N: Node<X::E>>,
    S: Shape,
{
    let (from, to) = (aligned(from, X::S::RANK), aligned(to, S::RANK));
    let Ex { node, shape: own, device, .. } = x.ex();
    let mut axes = Axes::single(&Axes::contiguous(shape).size);
    let arrange = |memory: Strided<X::E>| {
        for (place, axis) in pairs(&to, &from) {
            let (size, own) = (axes.size[place], memory.axes.size[axis]);
            if size != own {
                assert!(own == 1 && is_unnamed(to[place]), "one label, two sizes");
                continue;
            }
            axes.stride[place] += memory.axes.stride[axis];
        }
        Strided { axes, ..memory }
    };
    Ex::new(Viewed::new(device, node, own, arrange), shape, device)
}

/// Each place in `to` and in `from` that bear the same label.
fn pairs(to: &Term, from: &Term) -> impl Iterator<Item = (usize, usize)> {
    let places = move |label: u8| (0..from.len()).filter(move |&axis| label != 0 && from[axis] == label);
    (0..to.len()).flat_map(move |place| places(to[place]).map(move |axis| (place, axis)))
}

/// The same elements in order, under axes that were cut or joined.
#[doc(hidden)]
#[track_caller]
pub fn regrouped<X, S>(x: X, shape: S) -> ReshapedTo<X, S>
where
    X: Operand<E: Real, N: Node<X::E>>,
    S: Shape,
{
    let Ex { node, shape: from, device, .. } = x.ex();
    if count(from) != count(shape) {
        raise(Mismatch::new("rearrange", from, shape).into());
    }
    Ex::new(Reshaped::new(device, node, from, shape), shape, device)
}

/// That the shapes have as many elements: parts that are all given make up the axis.
#[doc(hidden)]
#[track_caller]
pub fn whole<S: Reshape<To>, To: Shape>(from: S, to: To) {
    if let Err(Mismatch { left, right, .. }) = from.reshape(to) {
        raise(Mismatch { law: "rearrange", left, right }.into());
    }
}

/// That axis `I`, which the pattern writes `1`, is `D<1>`.
#[doc(hidden)]
pub fn single<const I: isize, X: Operand>(_: &X)
where
    X::S: RemoveAxis<I>,
{
}

/// The dim of an axis that the pattern writes `1`.
#[doc(hidden)]
pub fn one() -> One {
    One::default()
}
