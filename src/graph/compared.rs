//! Truth values that are made of numbers: a comparison, which runs in lanes of what is compared.
//!
//! Apart from the pointwise nodes, whose value is of the type of their operands.

use super::node::{Closed, Lazy};
use super::origin::Origin;
use crate::dims::Off;
use crate::dtype::{ByNumber, Elem, Integer, Numeric, Real, TruthValue, convert};
use crate::layout::Sizes;
use crate::loops::{
    At, Block, Body, Column, Faults, Frame, Registers, RowIndex, Sealed, Spacing, Survey, TracedBody, Tracing, Unbound,
    without_gradient,
};
use crate::num::{Kernel, Lane, Trace, Traced, dispatch};
use crate::shape::Shape;
use std::marker::PhantomData;

/// Where a graph over `E`, each of whose values is 1 or 0, is 1. No gradient flows through it.
///
/// A node over nodes and, once its operand is bound, a body over bodies.
pub struct Compared<E, N> {
    pub(crate) indicator: N,
    elem: PhantomData<E>,
}

impl<E, N> Compared<E, N> {
    /// Where the graph is 1.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn new(indicator: N) -> Self {
        Compared { indicator, elem: PhantomData }
    }
}

impl<E, N: Clone> Clone for Compared<E, N> {
    fn clone(&self) -> Self {
        Compared::new(self.indicator.clone())
    }
}
impl<E, N: Copy> Copy for Compared<E, N> {}

impl<E, N> Sealed for Compared<E, N> {}
#[diagnostic::do_not_recommend]
impl<E, N: Closed> Closed for Compared<E, N> {}

// `T` is `bool`: the traits speak of what floats have beside, which may not be said of `bool` itself.
impl<T: TruthValue, E: Numeric, N: Lazy<E>> Lazy<T> for Compared<E, N> {
    type Grad = Off;
    type Body = Compared<E, N::Body>;
    #[cfg_attr(optimised, inline(always))]
    fn flat<S: Shape>(&self, region: S) -> bool {
        self.indicator.flat(region)
    }
    fn survey(&self, survey: &mut Survey) {
        self.indicator.survey(survey);
    }
    #[inline]
    fn bind(&self, frame: &Frame, region: &Sizes) -> Self::Body {
        Compared::new(self.indicator.bind(frame, region))
    }
    fn cut(&self) {}
    fn origin(this: Option<&Self>) -> Origin {
        N::origin(this.map(|compared| &compared.indicator))
    }
}

impl<T: TruthValue, E: Numeric, B: Body<E>> Body<T> for Compared<E, B> {
    without_gradient!(T);
    #[cfg_attr(optimised, inline(always))]
    fn spacing(&self) -> Spacing {
        self.indicator.spacing()
    }
    #[cfg_attr(optimised, inline(always))]
    fn seek(&mut self, frame: &Frame, index: &RowIndex) {
        self.indicator.seek(frame, index);
    }
    fn value<V: Lane<T>, R: Registers<V>>(&self, _: &R, _: At) -> V
    where
        T: Real,
    {
        unreachable!("truth values have no lanes")
    }
    fn trace(&self, tracing: &mut Tracing) -> TracedBody {
        let indicator = Trace::with_elem(E::NAME, || self.indicator.trace(tracing).value);
        TracedBody::constant(Traced::call("holds", [indicator]))
    }
    fn element<const DENSE: bool>(&self, at: Column<DENSE>, faults: &mut Faults) -> T {
        let mut holds = [T::default()];
        self.block(at.alone(), &mut holds, faults);
        holds[0]
    }
    #[cfg_attr(optimised, inline(always))]
    fn block<const DENSE: bool>(&self, at: Block<DENSE>, out: &mut [T], faults: &mut Faults) {
        E::by_number(Blockwise { body: &self.indicator, at, out, faults });
    }
}

/// A block of columns where `body` is 1.
struct Blockwise<'a, T, B, const DENSE: bool> {
    body: &'a B,
    at: Block<DENSE>,
    out: &'a mut [T],
    faults: &'a mut Faults,
}

impl<T: Elem, E: Elem, B: Body<E>, const DENSE: bool> ByNumber<E> for Blockwise<'_, T, B, DENSE> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn with_floats(self)
    where
        E: Real,
    {
        dispatch(self);
    }
    #[cfg_attr(optimised, inline(always))]
    fn with_integers(self)
    where
        E: Integer,
    {
        for (place, column) in self.out.iter_mut().zip(self.at.each()) {
            *place = convert(self.body.element(column, self.faults));
        }
    }
}

impl<T: Elem, E: Real, B: Body<E>, const DENSE: bool> Kernel<E> for Blockwise<'_, T, B, DENSE> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let mut values = [E::default(); Block::<true>::WIDEST];
        let count = self.at.len();
        let mut first = 0;
        while first + V::N <= count {
            let value: V = self.body.value(&Unbound, self.at.lanes(first, V::N));
            value.put(&mut values[first..first + V::N]);
            first += V::N;
        }
        if first < count {
            let value: V = self.body.value(&Unbound, self.at.lanes(first, count - first));
            value.put(&mut values[first..count]);
        }
        // Of all values at once: a loop over as many as a register holds is not vectorised.
        for (place, value) in self.out.iter_mut().zip(&values[..count]) {
            *place = convert(*value);
        }
    }
}
