//! Losses that compare vectors along the last axis by angle or distance.
//!
//! Apart from `pairs` because each row gives one term, not each element.

use super::pairs::check;
use crate::device::SameDevice;
use crate::dtype::Real;
use crate::graph::{Boxed, Ex, Node, Operand, Pointwise2, Sharing};
use crate::num::Num;
use crate::ops::arithmetic::Sub;
use crate::ops::linalg::{Cosine, Distance, between};
use crate::ops::{Activations, NodeOver, Reductions, binary};
use crate::shape::{LastAxis, SameRows, SameShape, Shape};

/// What keeps the cosine of a vector of zeros finite: added to both squares, as in PyTorch.
const COSINE_EPS: f64 = 1e-12;
/// What keeps the distance of equal vectors differentiable: added to each difference, as in PyTorch.
const DISTANCE_EPS: f64 = 1e-6;

/// Losses of vectors along the last axis, the mean over all leading axes.
///
/// Run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes); without rows the loss is NaN.
pub trait DistanceLosses: Operand + Sized {
    /// Vectors that should point the same way where the sign is 1, and not where it is -1: mean of `1 - cos`, or of
    /// `max(0, cos - margin)`. Shapes: `(.., C)`, `(.., C)`, signs `(..)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, y) = (Cpu.tensor([[1.0, 0.0], [1.0, 0.0]]), Cpu.tensor([[0.0, 2.0], [3.0, 0.0]]));
    /// let loss = x.cosine_embedding(&y, &Cpu.tensor([1.0, -1.0]), 0.5).eval().item();
    /// assert!((loss - 0.75).abs() < 1e-6);
    /// ```
    #[track_caller]
    fn cosine_embedding<Y, T>(self, other: Y, sign: T, margin: f64) -> Boxed<(), Self::E, Self::D>
    where
        Self: Operand<E: Real, S: LastAxis + SameShape<Y::S>, N: Node<Self::E>>,
        Self::D: SameDevice<Y::D> + SameDevice<T::D>,
        <Self::S as LastAxis>::Init: SameRows<T::S>,
        Y: Operand<N: NodeOver<Self::E, Y::E>>,
        T: Operand<N: NodeOver<Self::E, T::E>>,
    {
        let x = self.ex();
        let other = alike::<_, Self, _>("cosine_embedding", x.shape, x.device, other);
        let sign = alike::<_, Self, _>("cosine_embedding", x.shape.init(), x.device, sign);
        let cosine = between(Cosine { eps: COSINE_EPS }, x, other);
        binary(CosineTerm { margin }, cosine, sign).mean().boxed()
    }

    /// An anchor that should be nearer to one vector than to another: mean of
    /// `max(0, |x - near| - |x - far| + margin)`, with Euclidean distances. All shapes `(.., C)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, near, far) = (Cpu.tensor([[0.0, 0.0]]), Cpu.tensor([[3.0, 4.0]]), Cpu.tensor([[0.0, 5.5]]));
    /// assert!((x.triplet_margin(&near, &far, 1.0).eval().item() - 0.5).abs() < 1e-5);
    /// ```
    #[track_caller]
    fn triplet_margin<Y, Z>(self, near: Y, far: Z, margin: f64) -> Boxed<(), Self::E, Self::D>
    where
        Self: Operand<E: Real, S: LastAxis + SameShape<Y::S> + SameShape<Z::S>, N: Node<Self::E>>,
        Self::D: SameDevice<Y::D> + SameDevice<Z::D>,
        Y: Operand<N: NodeOver<Self::E, Y::E>>,
        Z: Operand<N: NodeOver<Self::E, Z::E>>,
    {
        let x = self.ex();
        let near = alike::<_, Self, _>("triplet_margin", x.shape, x.device, near);
        let far = alike::<_, Self, _>("triplet_margin", x.shape, x.device, far);
        let distance = Distance { eps: DISTANCE_EPS };
        let excess = x.with(|x| {
            let (near, far) = (between(distance, x.ex(), near), between(distance, x.ex(), far));
            binary(Sub, near, far)
        });
        (excess + margin).relu().mean().boxed()
    }
}
impl<X: Operand> DistanceLosses for X {}

/// An operand of the prediction's kind.
type Alike<S, X, Y> = Ex<
    S,
    <X as Operand>::E,
    <X as Operand>::D,
    <<Y as Operand>::N as NodeOver<<X as Operand>::E, <Y as Operand>::E>>::Node,
>;

/// Another operand under the shape that it was found to have.
#[track_caller]
fn alike<S, X, Y>(law: &'static str, shape: S, device: X::D, y: Y) -> Alike<S, X, Y>
where
    S: Shape,
    X: Operand<E: Real>,
    Y: Operand<N: NodeOver<X::E, Y::E>>,
{
    let y = y.ex();
    check(law, shape, y.shape);
    Ex::new(y.node.node(), shape, device)
}

/// `1 - cos` where the sign is positive, `max(0, cos - margin)` elsewhere.
#[derive(Clone, Copy)]
struct CosineTerm {
    margin: f64,
}

impl Pointwise2 for CosineTerm {
    const NAME: &'static str = "cosine_term";
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, cosine: V, sign: V) -> V {
        let apart = cosine - self.margin;
        let apart = V::select_gt(V::c(0.0), apart, V::c(0.0), apart);
        V::select_gt(sign, V::c(0.0), V::c(1.0) - cosine, apart)
    }
}
