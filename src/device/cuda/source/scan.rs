//! Running formulas as CUDA C: one thread for each row, its state in `double`.

use super::formula::{NUMBERS, ROUNDING, stored};
use super::formulas::{Formula, Formulas};
use crate::dtype::Real;
use crate::loops::{MAX_INPUTS, Recurrence};
use crate::num::Traced;
use std::fmt::Write;

/// What of a running formula is compiled: all but addresses, sizes and constants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::device::cuda) struct ScanKey {
    elem: &'static str,
    inputs: usize,
    reverse: bool,
    start: Formula,
    step: Formula,
}

/// The words before the constants: rows, their length, how far apart elements are; the result, the inputs.
const INPUTS: usize = 4;
const WORDS_BEFORE_CONSTANTS: usize = INPUTS + MAX_INPUTS;

/// The numbers of a state.
const STATE: usize = 2;

impl ScanKey {
    /// Of a formula over elements of this type, and its constants.
    pub(in crate::device::cuda) fn of<E: Real, P: Recurrence>(formula: P, inputs: usize) -> (Self, Vec<f64>, Vec<i64>) {
        let mut all = Formulas::default();
        let start = all.trace("f64", || formula.start::<Traced>().to_vec());
        let step = all.trace("f64", || {
            let state = std::array::from_fn(|i| Traced::input(i as u32));
            let x = std::array::from_fn(|i| Traced::input((STATE + i) as u32));
            let (state, y) = formula.step(state, x);
            state.into_iter().chain([y]).collect()
        });
        let key = ScanKey { elem: E::NAME, inputs, reverse: P::REVERSE, start, step };
        (key, all.numbers, all.whole)
    }

    /// The kernel, `scan`, for arguments with so many constants of each kind.
    pub(in crate::device::cuda) fn source(&self, [numbers, whole]: [usize; 2]) -> String {
        let first = WORDS_BEFORE_CONSTANTS;
        let mut text = format!("{NUMBERS}{ROUNDING}typedef {} E;\n", stored(self.elem));
        let _ = writeln!(text, "struct Args {{ u64 w[{}]; }};", first + numbers + whole);
        text += &self.start.text("start", (0, "f64"), first, numbers);
        text += &self.step.text("step", (STATE + MAX_INPUTS, "f64"), first, numbers);
        let from = if self.reverse { "len - 1 - i" } else { "i" };
        let input = |i: usize| match i < self.inputs {
            true => format!("(double)Stored<E>::take(((const E *)a.w[{}])[place])", INPUTS + i),
            false => "0.0".to_owned(),
        };
        let inputs: Vec<String> = (0..MAX_INPUTS).map(input).collect();
        let _ = write!(
            text,
            r#"extern "C" __global__ void __launch_bounds__(256) scan(const Args a) {{
  u32 fault = 0;
  const u64 count = a.w[0], len = a.w[1], inner = a.w[2], threads = (u64)gridDim.x * blockDim.x;
  for (u64 row = (u64)blockIdx.x * blockDim.x + threadIdx.x; row < count; row += threads) {{
    const u64 begin = row / inner * len * inner + row % inner;
    double q0, q1;
    start(a, fault, q0, q1);
    for (u64 i = 0; i < len; i++) {{
      const u64 place = begin + ({from}) * inner;
      double n0, n1, y;
      step(a, fault, q0, q1, {}, n0, n1, y);
      q0 = n0;
      q1 = n1;
      ((E *)a.w[3])[place] = rounded<E>(y);
    }}
  }}
}}
"#,
            inputs.join(", ")
        );
        text
    }
}
