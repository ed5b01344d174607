//! Time as one operation: the states at all times, and the gradients through time.
//!
//! Apart from the layers because the shapes are gone here: examples, times and features are three numbers, so that one
//! loop is compiled for each formula, element type and device, whatever the models look like.

use super::gating::{Examples, Gating, Moment, Rows, Slopes, Units, seen};
use super::start::{Start, Through};
use crate::device::{Buf, Device};
use crate::dims::{Dim, dims};
use crate::dtype::Real;
use crate::graph::{
    Backward, Behind, Constant, Described, Differentiable, Ex, Given, Op, SlopeRule, Three, Viewed, Work, materialise,
};
use crate::layout::{Axes, Strided};
use crate::ops::matmul::multiply;
use crate::ops::{Evaluate, Operand, Reductions};
use crate::shape::Shape;
use crate::tensor::Tensor;

dims! {
    /// The features of all gates.
    Columns = ?,
    /// All steps of all examples.
    AllSteps = ?,
    /// Elements of outputs and of last states.
    pub Elements = ?
}

/// What a recurrence is computed from: the gates as the input says them, weight and bias of the state, the start.
pub(super) type Sources<SG, G, SW, W, SB, B, Z> = Through<Three<Given<SG, G>, Given<SW, W>, Given<SB, B>>, Z>;

/// How many examples, times, features of a state, and gates.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    pub(super) examples: usize,
    pub(super) times: usize,
    pub(super) units: usize,
    pub(super) gates: usize,
}

impl Counts {
    fn rows(self) -> (Examples, Units) {
        (Examples(self.examples), Units(self.units))
    }
    /// The elements of a state.
    fn of_state(self) -> usize {
        self.examples * self.units
    }
    /// The elements of the outputs.
    pub(super) fn of_outputs(self) -> usize {
        self.of_state() * self.times
    }
    /// The elements of outputs and last states.
    pub(super) fn of_all(self, states: usize) -> usize {
        self.of_outputs() + states * self.of_state()
    }
    /// The features of all gates.
    fn columns(self) -> usize {
        self.gates * self.units
    }
    /// Where the features of a time begin among `width` for each, and from example to example.
    fn place(self, time: usize, width: usize) -> (usize, usize) {
        (time * width, self.times * width)
    }
    /// Writes a number for each feature of each example, features that begin at a place.
    fn put<E: Real, D: Device>(self, to: &mut Buf<E>, (offset, stride): (usize, usize), rows: &Rows<E, D>) {
        if self.of_state() > 0 {
            let axes = Axes::last([self.examples, self.units], [stride as isize, 1]);
            rows.device.put_strided(to, offset, &axes, &rows.buf);
        }
    }
}

/// The rule of a recurrence: what the gates were made of at each time.
pub struct RecurrentBack<K, E> {
    kind: K,
    counts: Counts,
    gates: Buf<E>,
    weight: Buf<E>,
    bias: Buf<E>,
    past: Vec<Past<E>>,
}

/// The states before a step, and their product with the weight; behind the last step, the states alone.
struct Past<E> {
    states: Vec<Buf<E>>,
    product: Option<Buf<E>>,
}

/// The states at all times, in this shape; of that of all `Elements`, the last ones behind them.
#[track_caller]
pub(super) fn recurrence<K, E, D, SO, SG, G, SW, W, SB, B, Z>(
    kind: K,
    device: D,
    sources: Sources<SG, G, SW, W, SB, B, Z>,
    counts: Counts,
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
    let mut rule = RecurrentBack { kind, counts, gates, weight, bias, past: Vec::new() };
    let elements = shape.dims().iter().product();
    let out = rule.forward(device, first, elements, sources.live());
    Ex::new(Op::new(out, shape, Backward::new(sources, rule)), shape, device)
}

impl<K: Gating, E: Real> RecurrentBack<K, E> {
    /// What the step at this time is told.
    fn moment<'a, D: Device>(&'a self, device: D, time: usize, product: &'a Buf<E>) -> Moment<'a, E, D> {
        let (counts, gates) = (self.counts, self.counts.gates);
        let of_input = (&self.gates, counts.place(time, counts.columns()));
        Moment { device, shape: counts.rows(), of_input, of_state: product, bias: &self.bias, gates }
    }

    fn tensors<D: Device>(&self, device: D, bufs: &[Buf<E>]) -> Vec<Rows<E, D>> {
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
            counts.put(&mut out, counts.place(time, counts.units), &next[0]);
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

    /// The gradients of the states at the end: those that come from the last ones, behind those of the outputs.
    fn last<D: Device>(&self, device: D, gradient: &Buf<E>, states: usize) -> Vec<Rows<E, D>> {
        let (counts, shape) = (self.counts, self.counts.rows());
        let row = |state| match gradient.len() > counts.of_outputs() {
            true => seen(device, shape, gradient, (counts.of_all(state), counts.units)).materialise(),
            false => device.zeroed(counts.of_state()),
        };
        (0..states).map(|state| Tensor { buf: row(state), shape, device }).collect()
    }

    /// Gradients of the gates as the input says them, as the state says them where these are others, and of the states
    /// at the start.
    fn backward<D: Device>(&self, device: D, gradient: &Buf<E>, of_start: bool) -> Gradients<E, D> {
        let (counts, columns) = (self.counts, self.counts.columns());
        let mut gates = device.unwritten(self.gates.len());
        let (mut of_state, mut ahead) = (None, self.last(device, gradient, self.past[0].states.len()));
        let turned = matrix(device, (Columns(columns), counts.rows().1), &self.weight, 0, [1, columns]);
        let turned = Tensor { buf: turned.materialise(), shape: turned.shape, device };
        for (time, steps) in self.past.windows(2).enumerate().rev() {
            let [before, after] = [&steps[0], &steps[1]].map(|past| self.tensors(device, &past.states));
            let Some(product) = &steps[0].product else { continue };
            let of_output = seen(device, counts.rows(), gradient, counts.place(time, counts.units));
            ahead[0] = (&ahead[0] + of_output).eval();
            let now = self.moment(device, time, product);
            let Slopes { gates: slopes, last_of_state, states } = self.kind.back(&now, (&before, &after), &ahead);
            let (offset, stride) = counts.place(time, columns);
            let place = |gate| (offset + gate * counts.units, stride);
            slopes.iter().enumerate().for_each(|(gate, slope)| counts.put(&mut gates, place(gate), slope));
            if let Some(last) = last_of_state {
                let of_state = of_state.get_or_insert_with(|| device.unwritten(self.gates.len()));
                let others = slopes[..slopes.len() - 1].iter().chain([&last]);
                others.enumerate().for_each(|(gate, slope)| counts.put(of_state, place(gate), slope));
            }
            let mut by_gates = None;
            if time > 0 || of_start {
                let of_state = of_state.as_ref().unwrap_or(&gates);
                let slopes = matrix(device, (counts.rows().0, Columns(columns)), of_state, offset, [stride, 1]);
                let buf = multiply(slopes, turned.ex(), counts.rows()).materialise();
                by_gates = Some(Tensor { buf, shape: counts.rows(), device });
            }
            let direct = states.into_iter().enumerate().map(|(place, direct)| match (direct, by_gates.take()) {
                (Some(direct), Some(by_gates)) if place == 0 => (&direct + &by_gates).eval(),
                (Some(direct), _) => direct,
                (None, Some(by_gates)) => by_gates,
                (None, None) => Tensor { buf: device.zeroed(counts.of_state()), shape: counts.rows(), device },
            });
            ahead = direct.collect();
        }
        Gradients { gates, of_state, start: ahead }
    }

    /// The states before all steps, in the order of the outputs.
    fn before<D: Device>(&self, device: D) -> Buf<E> {
        let (counts, mut all) = (self.counts, device.unwritten(self.counts.of_outputs()));
        for (time, past) in self.past.iter().enumerate().take(counts.times) {
            let states = self.tensors(device, &past.states[..1]);
            counts.put(&mut all, counts.place(time, counts.units), &states[0]);
        }
        all
    }
}

/// Memory seen as a matrix.
fn matrix<E: Real, D: Device, R: Dim, C: Dim>(
    device: D,
    shape: (R, C),
    buf: &Buf<E>,
    offset: usize,
    strides: [usize; 2],
) -> Ex<(R, C), E, D, Viewed<Constant<E>, (), E>> {
    let axes = Axes::last([shape.0.size(), shape.1.size()], strides.map(|stride| stride as isize));
    Ex::new(Viewed::of_memory(Strided { buf: buf.clone(), offset, axes }), shape, device)
}

/// What a gradient through time comes to.
struct Gradients<E, D> {
    gates: Buf<E>,
    of_state: Option<Buf<E>>,
    start: Vec<Rows<E, D>>,
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
        let Gradients { gates, of_state, start: states } = self.backward(device, &gradient, start.live());
        let steps = AllSteps(counts.examples * counts.times);
        let shape = (steps, Columns(counts.columns()));
        let slopes = Tensor { buf: of_state.unwrap_or_else(|| gates.clone()), shape, device };
        let weight = of_weight.then(|| {
            let before = self.before(device);
            let before: Ex<_, E, D, _> = matrix(device, (counts.rows().1, steps), &before, 0, [1, counts.units]);
            multiply(before, slopes.ex(), (counts.rows().1, shape.1)).materialise()
        });
        let bias = of_bias.then(|| slopes.sum_axis::<0>().eval().buf);
        let mut states = states.into_iter();
        ([Some(gates), weight, bias], K::each(|_| states.next().map(|state| state.buf)))
    }
}
