//! Where a state begins: at zero, or at what an expression says; and the operands of the operation.
//!
//! Apart from the operation because a state is one tensor or two.

use crate::device::{Buf, Device};
use crate::dims::{Flag, Off};
use crate::dtype::{Elem, Real};
use crate::graph::{Behind, Both, Differentiable, Given, Input, Lazy, Operands, materialise};
use crate::shape::Shape;

/// The first states of a recurrence.
pub trait Start<E: Real>: Operands<E> {
    /// The values of one of them, of so many elements.
    fn value<D: Device>(&self, device: D, state: usize, len: usize) -> Buf<E>;
}

/// States that begin as zeros.
#[derive(Default)]
pub struct AtZero<const STATES: usize>;

impl<E: Elem, const STATES: usize> Behind<E> for AtZero<STATES> {
    type Grad = Off;
    fn cut(&self) {}
    fn inputs(_: Option<&Self>, _: &mut Vec<Input>) {}
}

impl<E: Real, const STATES: usize> Operands<E> for AtZero<STATES> {
    type Slopes = [Option<Buf<E>>; STATES];
    fn accept<D: Device>(self, _: D, _: Self::Slopes) {}
}

impl<E: Real, const STATES: usize> Start<E> for AtZero<STATES> {
    fn value<D: Device>(&self, device: D, _: usize, len: usize) -> Buf<E> {
        device.zeroed(len)
    }
}

/// One state that begins somewhere.
pub struct OneState<S, N>(pub(super) Given<S, N>);

impl<S: Shape, E: Elem, N: Lazy<E>> Behind<E> for OneState<S, N> {
    type Grad = N::Grad;
    fn live(&self) -> bool {
        self.0.live()
    }
    fn cut(&self) {
        self.0.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        <Given<S, N> as Behind<E>>::inputs(this.map(|state| &state.0), to);
    }
}

impl<S: Shape, E: Real, N: Differentiable<E>> Operands<E> for OneState<S, N> {
    type Slopes = [Option<Buf<E>>; 1];
    fn accept<D: Device>(self, device: D, [slope]: Self::Slopes) {
        if let Some(slope) = slope.filter(|_| self.0.live()) {
            self.0.accept(device, slope);
        }
    }
}

impl<S: Shape, E: Real, N: Differentiable<E>> Start<E> for OneState<S, N> {
    fn value<D: Device>(&self, device: D, _: usize, _: usize) -> Buf<E> {
        materialise(device, &self.0.node, self.0.shape)
    }
}

impl<E, SA, A, SB, B> Start<E> for Both<Given<SA, A>, Given<SB, B>>
where
    E: Real,
    SA: Shape,
    A: Differentiable<E>,
    SB: Shape,
    B: Differentiable<E>,
{
    fn value<D: Device>(&self, device: D, state: usize, _: usize) -> Buf<E> {
        match state {
            0 => materialise(device, &self.0.node, self.0.shape),
            _ => materialise(device, &self.1.node, self.1.shape),
        }
    }
}

/// What a recurrence is computed from: `A`, the same at all times, and where it starts.
pub struct Through<A, Z>(pub(super) A, pub(super) Z);

impl<E: Elem, A: Behind<E>, Z: Behind<E>> Behind<E> for Through<A, Z> {
    type Grad = <A::Grad as Flag>::Or<Z::Grad>;
    fn live(&self) -> bool {
        self.0.live() || self.1.live()
    }
    fn cut(&self) {
        self.0.cut();
        self.1.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        A::inputs(this.map(|through| &through.0), to);
        Z::inputs(this.map(|through| &through.1), to);
    }
}

impl<E: Real, A: Operands<E>, Z: Operands<E>> Operands<E> for Through<A, Z> {
    type Slopes = (A::Slopes, Z::Slopes);
    fn accept<D: Device>(self, device: D, (through, start): Self::Slopes) {
        self.1.accept(device, start);
        self.0.accept(device, through);
    }
}
