//! Time as one operation: the states at all times, and the gradients through time.
//!
//! Apart from the layers because the shapes are gone here: examples, times and features are three numbers, so that one
//! loop is compiled for each formula, element type and device, whatever the models look like.

use super::counts::{Columns, Counts};
use super::ends::Ends;
use super::gating::{Gating, Moment, Rows};
use super::start::{Start, Through};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::graph::{Backward, Behind, Described, Differentiable, Ex, Given, Op, SlopeRule, Three, Work, materialise};
use crate::ops::Operand;
use crate::ops::matmul::multiply;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// What a recurrence is computed from: the gates as the input says them, weight and bias of the state, the start.
pub(super) type Sources<SG, G, SW, W, SB, B, Z> = Through<Three<Given<SG, G>, Given<SW, W>, Given<SB, B>>, Z>;

/// The rule of a recurrence: what the gates were made of at each time.
pub struct RecurrentBack<K, E> {
    pub(super) kind: K,
    pub(super) counts: Counts,
    pub(super) gates: Buf<E>,
    pub(super) weight: Buf<E>,
    bias: Buf<E>,
    pub(super) ends: Ends,
    pub(super) past: Vec<Past<E>>,
}

/// The states before a step, and their product with the weight; behind the last step, the states alone.
pub(super) struct Past<E> {
    pub(super) states: Vec<Buf<E>>,
    pub(super) product: Option<Buf<E>>,
}

/// The states at all times, in this shape; of that of all `Elements`, the last ones behind them.
#[track_caller]
pub(super) fn recurrence<K, E, D, SO, SG, G, SW, W, SB, B, Z>(
    kind: K,
    device: D,
    sources: Sources<SG, G, SW, W, SB, B, Z>,
    (counts, ends): (Counts, Ends),
    shape: SO,
) -> Ex<SO, E, D, Op<SO, E, Backward<Sources<SG, G, SW, W, SB, B, Z>, RecurrentBack<K, E>>>>
where
    K: Gating,
    E: Real,
    D: Device,
    SO: Shape,
    SG: Shape,
    SW: Shape,
    SB: Shape,
    G: Differentiable<E>,
    W: Differentiable<E>,
    B: Differentiable<E>,
    Z: Start<E, Slopes = K::States<Option<Buf<E>>>>,
{
    let Through(Three(gates, weight, bias), start) = &sources;
    let own = |state| start.value(device, state, counts.of_state());
    let first = K::each(own).into_iter().collect();
    let [gates, weight, bias] = [
        materialise(device, &gates.node, gates.shape),
        materialise(device, &weight.node, weight.shape),
        materialise(device, &bias.node, bias.shape),
    ];
    let mut rule = RecurrentBack { kind, counts, gates, weight, bias, ends, past: Vec::new() };
    let elements = shape.dims().iter().product();
    let out = rule.forward(device, first, elements, sources.live());
    Ex::new(Op::new(out, shape, Backward::new(sources, rule)), shape, device)
}

impl<K: Gating, E: Real> RecurrentBack<K, E> {
    /// What the step at this time is told.
    pub(super) fn moment<'a, D: Device>(&'a self, device: D, time: usize, product: &'a Buf<E>) -> Moment<'a, E, D> {
        let (counts, gates) = (self.counts, self.counts.gates);
        let of_input = (&self.gates, counts.place(time, counts.columns()));
        Moment { device, shape: counts.rows(), of_input, of_state: product, bias: &self.bias, gates }
    }

    /// States in memory as tensors.
    pub(super) fn tensors<D: Device>(&self, device: D, bufs: &[Buf<E>]) -> Vec<Rows<E, D>> {
        let tensor = |buf: &Buf<E>| Tensor { buf: buf.clone(), shape: self.counts.rows(), device };
        bufs.iter().map(tensor).collect()
    }

    /// Memory of this length with the states at all times; if there is room, the last ones behind them.
    fn forward<D: Device>(&mut self, device: D, first: Vec<Buf<E>>, elements: usize, live: bool) -> Buf<E> {
        let (counts, mut out) = (self.counts, device.unwritten(elements));
        let (columns, mut states) = (Columns(counts.columns()), self.tensors(device, &first));
        let weight = Tensor { buf: self.weight.clone(), shape: (counts.rows().1, columns), device };
        for time in 0..counts.times {
            let product = multiply(states[0].ex(), weight.ex(), (counts.rows().0, columns)).materialise();
            let next = self.kind.step(&self.moment(device, time, &product), &states);
            let next: Vec<_> = next.into_iter().zip(&states).map(|(now, old)| self.ends.kept(time, now, old)).collect();
            counts.put(&mut out, counts.place(time, counts.units), &self.ends.shown(time, next[0].clone()));
            if live {
                let states = states.into_iter().map(|state| state.buf).collect();
                self.past.push(Past { states, product: Some(product) });
            }
            states = next;
        }
        if elements > counts.of_outputs() {
            for (place, state) in states.iter().enumerate() {
                counts.put(&mut out, (counts.of_all(place), counts.units), state);
            }
        }
        if live {
            let states = states.into_iter().map(|state| state.buf).collect();
            self.past.push(Past { states, product: None });
        }
        out
    }
}

impl<K: Gating, E: Real> Described for RecurrentBack<K, E> {
    const NAME: &'static str = K::NAME;
    const KIND: Work = Work::Layers;
}

impl<K, E, SG, G, SW, W, SB, B, Z> SlopeRule<E, Sources<SG, G, SW, W, SB, B, Z>> for RecurrentBack<K, E>
where
    K: Gating,
    E: Real,
    SG: Shape,
    SW: Shape,
    SB: Shape,
    G: Differentiable<E>,
    W: Differentiable<E>,
    B: Differentiable<E>,
    Z: Start<E, Slopes = K::States<Option<Buf<E>>>>,
{
    fn slopes<D: Device>(
        self,
        device: D,
        Through(same, start): &Sources<SG, G, SW, W, SB, B, Z>,
        gradient: Buf<E>,
        _: Buf<E>,
    ) -> ([Option<Buf<E>>; 3], K::States<Option<Buf<E>>>) {
        let ([_, of_weight, of_bias], counts) = (same.wanted(), self.counts);
        let found = self.backward(device, &gradient, start.live());
        let weight = of_weight.then(|| found.of_weight(device, counts, &self.before(device)));
        let bias = of_bias.then(|| found.of_bias(device, counts));
        let mut states = found.start.into_iter();
        ([Some(found.gates), weight, bias], K::each(|_| states.next().map(|state| state.buf)))
    }
}
