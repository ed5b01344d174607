//! Fused regions as CUDA C: the loop around a formula, and what it does with each value.
//!
//! Apart from the keys, which are all that the text depends on.

use super::arguments::Layout;
use super::formula::{NUMBERS, computed, function, may_fault, stored};
use super::region::{Along, Deposit, Purpose, RegionKey};
use std::fmt::Write;

impl RegionKey {
    /// The kernel, `region`.
    pub(in crate::device::cuda) fn source(&self) -> String {
        let layout = self.layout();
        let (index, offset) = if self.near { ("u32", "int") } else { ("u64", "i64") };
        let mut text = format!("{NUMBERS}\ntypedef {index} I;\ntypedef {offset} J;\n");
        let _ = writeln!(text, "struct Args {{ u64 w[{}]; }};", layout.words);
        text += &self.formula(&layout);
        let _ = writeln!(text, "extern \"C\" __global__ void __launch_bounds__(256) region(const Args a) {{");
        let _ = writeln!(text, "  const I len = (I)a.w[0], inner = (I)a.w[1];");
        let _ = writeln!(text, "  const I first = (I)blockIdx.x * blockDim.x + threadIdx.x;");
        let _ = writeln!(text, "  const I threads = (I)gridDim.x * blockDim.x;");
        for (i, (elem, _)) in self.operands.iter().enumerate() {
            let (kind, at) = (stored(elem), layout.operand(i).address);
            let _ = writeln!(text, "  const {kind} *__restrict__ p{i} = (const {kind} *)a.w[{at}];");
        }
        match &self.purpose {
            Purpose::Value(elem) => self.print_values(&mut text, &layout, elem),
            Purpose::Total => self.print_total(&mut text, &layout),
            Purpose::Gradients(gradients) => self.print_gradients(&mut text, &layout, gradients),
        }
        text += "}\n";
        text
    }

    /// The formula of one element, as a function of its operands.
    fn formula(&self, layout: &Layout) -> String {
        let operands = self.operands.iter().enumerate();
        let operands: Vec<(String, &str)> = operands.map(|(i, (elem, _))| (format!("s{i}"), *elem)).collect();
        let results = match &self.purpose {
            Purpose::Gradients(gradients) => gradients.iter().map(|&(_, step, _)| step).collect(),
            _ => vec![self.value],
        };
        function("formula", &operands, &self.steps, &results, layout.constants)
    }

    /// The loop over all elements, up to its body, and the place `at{i}` of each operand there.
    fn print_walk(&self, text: &mut String, layout: &Layout) {
        *text += "  for (I i = first; i < len; i += threads) {\n";
        if self.levels == 0 {
            *text += "    const I column = i;\n";
        } else {
            *text += "    const I row = i / inner, column = i - row * inner;\n";
            let mut rest = "row".to_owned();
            for level in 0..self.levels {
                let size = layout.outer + level;
                let last = level + 1 == self.levels;
                let index = if last { rest.clone() } else { format!("{rest} % (I)a.w[{size}]") };
                let _ = writeln!(text, "    const I o{level} = {index};");
                if !last {
                    let _ = writeln!(text, "    const I rest{level} = {rest} / (I)a.w[{size}];");
                    rest = format!("rest{level}");
                }
            }
        }
        for i in 0..self.operands.len() {
            let _ = writeln!(text, "    const J at{i} = {};", self.place(layout, i));
        }
    }

    /// The place of an operand, in elements.
    fn place(&self, layout: &Layout, i: usize) -> String {
        let at = layout.operand(i);
        let column = match self.operands[i].1 {
            Along::Dense => "(J)column".to_owned(),
            Along::Stretched => "(J)0".to_owned(),
            Along::Apart => format!("(J)column * (J)a.w[{}]", at.step),
        };
        let outer = (0..self.levels).map(|level| format!(" + (J)o{level} * (J)a.w[{}]", at.outer + level));
        outer.fold(column, |sum, term| sum + &term)
    }

    /// A call of the formula at the place of the loop.
    fn call(&self, results: &str) -> String {
        let values = self.operands.iter().enumerate();
        let values = values.map(|(i, (elem, _))| format!("Stored<{}>::take(p{i}[at{i}])", stored(elem)));
        let all: Vec<String> = ["a".to_owned(), "fault".to_owned()].into_iter().chain(values).collect();
        format!("formula({}{results});", all.join(", "))
    }

    fn print_values(&self, text: &mut String, layout: &Layout, elem: &str) {
        let (kind, wide, out) = (stored(elem), computed(elem), layout.out);
        let _ = writeln!(text, "  {kind} *out = ({kind} *)a.w[{out}];\n  u32 fault = 0;");
        if self.side > 1 {
            self.print_side(text, kind, wide);
        } else {
            self.print_walk(text, layout);
            let _ = writeln!(text, "    {wide} value;\n    fault = 0;\n    {}", self.call(", value"));
            let _ = writeln!(text, "    out[i] = Stored<{kind}>::give(value);");
            if may_fault(&self.steps) {
                let reason = "((u64)i << 2) | (fault & BY_ZERO ? 1 : 2)";
                let _ = writeln!(text, "    if (fault) atomicMin((u64 *)a.w[{}], {reason});", layout.fault);
            }
            *text += "  }\n";
        }
    }

    /// The loop over a few elements at a time, and over those that are left.
    fn print_side(&self, text: &mut String, kind: &str, wide: &str) {
        let side = self.side;
        let _ = writeln!(text, "  const I groups = len / {side};\n  for (I g = first; g < groups; g += threads) {{");
        for (i, (elem, along)) in self.operands.iter().enumerate() {
            let kind = stored(elem);
            if *along == Along::Dense {
                let _ =
                    writeln!(text, "    const Side<{kind}, {side}> q{i} = ((const Side<{kind}, {side}> *)p{i})[g];");
            }
        }
        let value = |i: usize, elem: &'static str, along: Along, dense: String| {
            let place = if along == Along::Dense { dense } else { format!("p{i}[0]") };
            format!("Stored<{}>::take({place})", stored(elem))
        };
        let call = |dense: &dyn Fn(usize) -> String| {
            let values = self.operands.iter().enumerate();
            let values = values.map(|(i, (elem, along))| value(i, elem, *along, dense(i)));
            let all: Vec<String> = ["a".to_owned(), "fault".to_owned()].into_iter().chain(values).collect();
            format!("{wide} value; formula({}, value);", all.join(", "))
        };
        let _ = writeln!(text, "    Side<{kind}, {side}> results;");
        let _ = writeln!(text, "    for (int k = 0; k < {side}; k++) {{");
        let _ = writeln!(text, "      {}", call(&|i| format!("q{i}.at[k]")));
        let _ = writeln!(text, "      results.at[k] = Stored<{kind}>::give(value);\n    }}");
        let _ = writeln!(text, "    ((Side<{kind}, {side}> *)out)[g] = results;\n  }}");
        let _ = writeln!(text, "  for (I i = groups * {side} + first; i < len; i += threads) {{");
        let _ = writeln!(text, "    {}", call(&|i| format!("p{i}[i]")));
        let _ = writeln!(text, "    out[i] = Stored<{kind}>::give(value);\n  }}");
    }

    fn print_total(&self, text: &mut String, layout: &Layout) {
        let kind = computed(self.steps[self.value].elem);
        *text += "  double sum = 0.0;\n  u32 fault = 0;\n";
        self.print_walk(text, layout);
        let _ = writeln!(text, "    {kind} value;\n    {}\n    sum += value;\n  }}", self.call(", value"));
        let _ = writeln!(text, "  __shared__ double sums[256];\n  sums[threadIdx.x] = sum;\n  __syncthreads();");
        *text += "  for (u32 half = 128; half > 0; half /= 2) {\n";
        *text +=
            "    if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];\n    __syncthreads();\n  }\n";
        let _ = writeln!(text, "  if (threadIdx.x == 0) ((double *)a.w[{}])[blockIdx.x] = sums[0];", layout.out);
    }

    fn print_gradients(&self, text: &mut String, layout: &Layout, gradients: &[(usize, usize, Deposit)]) {
        *text += "  u32 fault = 0;\n";
        self.print_walk(text, layout);
        for (i, &(_, step, _)) in gradients.iter().enumerate() {
            let _ = writeln!(text, "    {} g{i};", computed(self.steps[step].elem));
        }
        let results: String = (0..gradients.len()).map(|i| format!(", g{i}")).collect();
        let _ = writeln!(text, "    {}", self.call(&results));
        for (i, &(operand, step, deposit)) in gradients.iter().enumerate() {
            let (elem, target) = (self.operands[operand].0, layout.gradients + i);
            let (kind, wide) = (stored(elem), computed(self.steps[step].elem));
            let place = format!("(({kind} *)a.w[{target}])[at{operand}]");
            let _ = match deposit {
                Deposit::Written => writeln!(text, "    {place} = Stored<{kind}>::give(g{i});"),
                Deposit::Added => {
                    writeln!(text, "    {place} = Stored<{kind}>::give(Stored<{kind}>::take({place}) + g{i});")
                }
                Deposit::Kept => writeln!(text, "    (({wide} *)a.w[{target}])[i] = g{i};"),
            };
        }
        *text += "  }\n";
    }
}
