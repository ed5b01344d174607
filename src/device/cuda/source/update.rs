//! Updates of weights as CUDA C.

use super::formula::{ConstantsAt, NUMBERS, computed, function, stored};
use crate::dtype::Real;
use crate::loops::Update;
use crate::num::{Trace, TraceStep, Traced};
use std::fmt::Write;

/// What of an update is compiled: all but addresses, lengths and constants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::device::cuda) struct UpdateKey {
    elem: &'static str,
    steps: Vec<TraceStep>,
    constants: [usize; 2],
    /// The new weight, and the new numbers of its state.
    results: Vec<usize>,
    /// Whether there are the weights before they were rounded.
    exact: bool,
}

/// The words before the constants but for the state: how many elements; weight, gradient, what was not rounded.
const HEAD: usize = 4;

impl UpdateKey {
    /// Of an update of weights of this type, and its constants.
    pub(in crate::device::cuda) fn of<E: Real, U: Update<N>, const N: usize>(
        update: U,
        exact: bool,
    ) -> (Self, Vec<f64>, Vec<i64>) {
        let (results, Trace { steps, numbers, whole }) = Trace::of(E::NAME, || {
            let state = std::array::from_fn(|i| Traced::input(2 + i as u32));
            let (weight, state) = update.renew(Traced::input(0), Traced::input(1), state);
            [weight].into_iter().chain(state).map(Traced::place).collect()
        });
        let constants = [numbers.len(), whole.len()];
        (UpdateKey { elem: E::NAME, steps, constants, results, exact }, numbers, whole)
    }

    /// The kernel, `update`.
    pub(in crate::device::cuda) fn source(&self) -> String {
        let (state, [numbers, whole]) = (self.results.len() - 1, self.constants);
        let first = HEAD + state;
        let (kind, wide) = (stored(self.elem), computed(self.elem));
        let mut text = format!("{NUMBERS}\ntypedef {kind} E;\ntypedef {wide} T;\n");
        let _ = writeln!(text, "struct Args {{ u64 w[{}]; }};", first + numbers + whole);
        let operands: Vec<(String, &str)> = (0..2 + state).map(|i| (format!("s{i}"), self.elem)).collect();
        let at = ConstantsAt { numbers: first, whole: first + numbers };
        text += &function("renew", &operands, &self.steps, &self.results, at);
        text += "extern \"C\" __global__ void __launch_bounds__(256) update(const Args a) {\n  u32 fault = 0;\n";
        text += "  const u64 len = a.w[0], threads = (u64)gridDim.x * blockDim.x;\n";
        text += "  E *weights = (E *)a.w[1];\n  const E *gradients = (const E *)a.w[2];\n";
        text += "  for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < len; i += threads) {\n";
        text += "    const E there = weights[i];\n    T weight = Stored<E>::take(there);\n";
        if self.exact {
            // What the weight was before it was rounded, where it still is what that was rounded to.
            text += "    T *exact = (T *)a.w[3];\n    const T rounded = Stored<E>::take(Stored<E>::give(exact[i]));\n";
            text += "    if (rounded == weight) weight = exact[i];\n";
        }
        let before: String = (0..state).map(|k| format!(", ((const T *)a.w[{}])[i]", HEAD + k)).collect();
        let after: String = (0..state).map(|k| format!(", n{k}")).collect();
        (0..state).for_each(|k| {
            let _ = writeln!(text, "    T n{k};");
        });
        let _ = writeln!(text, "    T renewed;");
        let gradient = "Stored<E>::take(gradients[i])";
        let _ = writeln!(text, "    renew(a, fault, weight, {gradient}{before}, renewed{after});");
        text += "    weights[i] = Stored<E>::give(renewed);\n";
        if self.exact {
            text += "    exact[i] = renewed;\n";
        }
        (0..state).for_each(|k| {
            let _ = writeln!(text, "    ((T *)a.w[{}])[i] = n{k};", HEAD + k);
        });
        text += "  }\n}\n";
        text
    }
}
