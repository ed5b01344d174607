//! The gradient of a recurrence: back through all times.
//!
//! Apart from the operation (`operation`), which goes forward and says the rule.

use super::counts::{AllSteps, Columns, Counts, matrix};
use super::gating::{Gating, Rows, Slopes, seen};
use super::operation::RecurrentBack;
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::graph::Ex;
use crate::ops::matmul::multiply;
use crate::ops::{Condition, Evaluate, Operand, Reductions};
use crate::tensor::Tensor;

/// What a gradient through time comes to: of the gates as the input says them, as the state says them where these are
/// others, and of the states at the start.
pub(super) struct Gradients<E, D> {
    pub(super) gates: Buf<E>,
    of_state: Option<Buf<E>>,
    pub(super) start: Vec<Rows<E, D>>,
}

impl<E: Real, D: Device> Gradients<E, D> {
    /// Those of the gates as the state says them.
    fn of_state(&self) -> &Buf<E> {
        self.of_state.as_ref().unwrap_or(&self.gates)
    }

    /// Writes those of the gates at a time.
    fn put(&mut self, device: D, counts: Counts, time: usize, slopes: &Slopes<E, D>) {
        let (offset, stride) = counts.place(time, counts.columns());
        let place = |gate| (offset + gate * counts.units, stride);
        slopes.gates.iter().enumerate().for_each(|(gate, slope)| counts.put(&mut self.gates, place(gate), slope));
        if let Some(last) = &slopes.last_of_state {
            let len = self.gates.len();
            let of_state = self.of_state.get_or_insert_with(|| device.unwritten(len));
            let others = slopes.gates[..slopes.gates.len() - 1].iter().chain([last]);
            others.enumerate().for_each(|(gate, slope)| counts.put(of_state, place(gate), slope));
        }
    }

    /// Of the weight of the state, from the states before all steps in the order of the outputs.
    pub(super) fn of_weight(&self, device: D, counts: Counts, before: &Buf<E>) -> Buf<E> {
        let (units, slopes) = (counts.rows().1, self.rows(device, counts));
        let before: Ex<_, E, D, _> = matrix(device, (units, slopes.shape.0), before, 0, [1, counts.units]);
        multiply(before, slopes.ex(), (units, slopes.shape.1)).materialise()
    }

    /// Of the bias of the state.
    pub(super) fn of_bias(&self, device: D, counts: Counts) -> Buf<E> {
        self.rows(device, counts).sum_axis::<0>().eval().buf
    }

    fn rows(&self, device: D, counts: Counts) -> Tensor<(AllSteps, Columns), E, D> {
        let shape = (AllSteps(counts.examples * counts.times), Columns(counts.columns()));
        Tensor { buf: self.of_state().clone(), shape, device }
    }
}

impl<K: Gating, E: Real> RecurrentBack<K, E> {
    /// From the last time to the first one; whether anybody asks for the gradient of the start is `of_start`.
    pub(super) fn backward<D: Device>(&self, device: D, gradient: &Buf<E>, of_start: bool) -> Gradients<E, D> {
        let counts = self.counts;
        let start = self.last(device, gradient, self.past[0].states.len());
        let mut found = Gradients { gates: device.unwritten(self.gates.len()), of_state: None, start };
        let turned = (Columns(counts.columns()), counts.rows().1);
        let turned: Ex<_, E, D, _> = matrix(device, turned, &self.weight, 0, [1, counts.columns()]);
        // Turned once: each time reads it in order.
        let weight = Tensor { buf: turned.materialise(), shape: turned.shape, device };
        for (time, steps) in self.past.windows(2).enumerate().rev() {
            let [before, after] = [&steps[0], &steps[1]].map(|past| self.tensors(device, &past.states));
            let Some(product) = &steps[0].product else { continue };
            let of_output = seen(device, counts.rows(), gradient, counts.place(time, counts.units));
            found.start[0] = match self.ends.running(time, &found.start[0]) {
                Some(running) => (&found.start[0] + running.where_(of_output, 0.0)).eval(),
                None => (&found.start[0] + of_output).eval(),
            };
            let now = self.moment(device, time, product);
            let slopes = self.ends.slopes(time, self.kind.back(&now, (&before, &after), &found.start));
            found.put(device, counts, time, &slopes);
            let mut by_gates = None;
            if time > 0 || of_start {
                let ((offset, stride), shape) = (counts.place(time, counts.columns()), counts.rows());
                let gates = matrix(device, (shape.0, weight.shape.0), found.of_state(), offset, [stride, 1]);
                let buf = multiply(gates, weight.ex(), shape).materialise();
                by_gates = Some(Tensor { buf, shape, device });
            }
            // The first state goes into the gates, and of a GRU past them, too.
            let earlier = slopes.states.into_iter().map(|direct| match (direct, by_gates.take()) {
                (Some(direct), Some(by_gates)) => (&direct + &by_gates).eval(),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => Tensor { buf: device.zeroed(counts.of_state()), shape: counts.rows(), device },
            });
            // Of a sequence that has ended the state stays, and so does its gradient.
            let earlier = earlier.zip(&found.start).map(|(earlier, after)| self.ends.kept(time, earlier, after));
            found.start = earlier.collect();
        }
        found
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

    /// The states before all steps, in the order of the outputs.
    pub(super) fn before<D: Device>(&self, device: D) -> Buf<E> {
        let (counts, mut all) = (self.counts, device.unwritten(self.counts.of_outputs()));
        for (time, past) in self.past.iter().enumerate().take(counts.times) {
            let states = self.tensors(device, &past.states[..1]);
            counts.put(&mut all, counts.place(time, counts.units), &states[0]);
        }
        all
    }
}
