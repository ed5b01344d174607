//! Three operands of one operation, and where their gradients go.
//!
//! Apart from `back`, whose operations have one operand or two.

use super::back::Operands;
use super::op::Behind;
use super::origin::Input;
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};

/// Three operands; a gradient that is not wanted is `None`.
pub struct Three<A, B, C>(pub(crate) A, pub(crate) B, pub(crate) C);

impl<A, B, C> Three<A, B, C> {
    /// Of which of them a gradient is wanted.
    pub(crate) fn wanted<E: Elem>(&self) -> [bool; 3]
    where
        A: Behind<E>,
        B: Behind<E>,
        C: Behind<E>,
    {
        [self.0.live(), self.1.live(), self.2.live()]
    }
}

impl<E: Elem, A: Behind<E>, B: Behind<E>, C: Behind<E>> Behind<E> for Three<A, B, C> {
    type Grad = <<A::Grad as Flag>::Or<B::Grad> as Flag>::Or<C::Grad>;
    #[cfg_attr(optimised, inline(always))]
    fn live(&self) -> bool {
        self.0.live() || self.1.live() || self.2.live()
    }
    fn cut(&self) {
        self.0.cut();
        self.1.cut();
        self.2.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        A::inputs(this.map(|three| &three.0), to);
        B::inputs(this.map(|three| &three.1), to);
        C::inputs(this.map(|three| &three.2), to);
    }
}

impl<E, A, B, C> Operands<E> for Three<A, B, C>
where
    E: Real,
    A: Operands<E, Slopes = Buf<E>>,
    B: Operands<E, Slopes = Buf<E>>,
    C: Operands<E, Slopes = Buf<E>>,
{
    type Slopes = [Option<Buf<E>>; 3];
    /// The last first: what comes last in the graph is passed on first.
    #[cfg_attr(optimised, inline(always))]
    fn accept<D: Device>(self, device: D, [first, second, third]: [Option<Buf<E>>; 3]) {
        if let Some(slope) = third.filter(|_| self.2.live()) {
            self.2.accept(device, slope);
        }
        if let Some(slope) = second.filter(|_| self.1.live()) {
            self.1.accept(device, slope);
        }
        if let Some(slope) = first.filter(|_| self.0.live()) {
            self.0.accept(device, slope);
        }
    }
}
