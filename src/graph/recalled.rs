//! A value that one loop has computed together with what its graph begins with.
//!
//! Apart from `back`, whose rules say a slope: here a graph says it, as if the value had been computed by it.

use super::node::{Differentiable, Lazy};
use super::op::{Behind, Pullback};
use super::origin::{Call, Dims, Input, Origin, Reads, Work, elements};
use crate::device::{Buf, Device};
use crate::dtype::{Elem, Real};
use crate::shape::Shape;

/// The graph whose value it is, which takes the gradient; none where none will come.
pub struct Recalled<S, N> {
    pub(crate) node: Option<N>,
    pub(crate) shape: S,
}

impl<S: Shape, E: Elem, N: Lazy<E>> Behind<E> for Recalled<S, N> {
    type Grad = N::Grad;
    #[inline]
    fn live(&self) -> bool {
        self.node.as_ref().is_some_and(N::live)
    }
    fn cut(&self) {
        if let Some(node) = &self.node {
            node.cut();
        }
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        to.extend(Self::call(this, &Vec::new()).of);
    }
    fn call(this: Option<&Self>, out: &Dims) -> Call {
        let (mut steps, mut others) = (Some(0), Vec::new());
        let origin = N::origin(this.and_then(|recalled| recalled.node.as_ref()));
        let nothing = || Call { name: "operation", kind: Work::UserFunction, of: Vec::new(), flops: None };
        let mut call = first(origin, &mut steps, &mut others).map_or_else(nothing, |call| *call);
        call.of.extend(others);
        let own = steps.zip(elements(out)).map(|(steps, elements)| steps * elements as u64);
        call.flops = call.flops.zip(own).map(|(flops, own)| flops + own);
        call
    }
}

/// The operation that a graph of formulas begins with; the arithmetic of these for an element, and their other
/// operands.
fn first(origin: Origin, steps: &mut Option<u64>, others: &mut Vec<Input>) -> Option<Box<Call>> {
    match origin {
        Origin::Formula(called, of) => {
            *steps = steps.zip(called.steps).map(|(sum, steps)| sum + steps);
            let begun: Vec<Box<Call>> = of.into_iter().filter_map(|part| first(part, steps, others)).collect();
            begun.into_iter().next()
        }
        Origin::Held(mut held) => held.from.take().or_else(|| {
            let (dims, width) = (held.dims.clone(), held.width);
            others.push(Input { origin: Origin::Held(held), dims, width, reads: Reads::RowMajor });
            None
        }),
        _ => None,
    }
}

impl<S: Shape, E: Real, N: Differentiable<E>> Pullback<E> for Recalled<S, N> {
    #[inline]
    fn pull<D: Device>(self, device: D, gradient: Buf<E>, _: Buf<E>) {
        if let Some(node) = self.node {
            node.accept(device, self.shape, gradient);
        }
    }
}
