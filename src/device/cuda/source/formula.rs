//! Traced formulas as CUDA C.
//!
//! Apart from the loops around them, which are printed beside: here a list of steps becomes a list of lines.

use crate::num::{TraceStep, What};
use std::fmt::Write;

/// What stands before every printed loop.
pub(in crate::device::cuda) const NUMBERS: &str = include_str!("../../../../kernels/numbers.cu");

/// What stands behind it where sums in `f64` are rounded to elements.
pub(in crate::device::cuda) const ROUNDING: &str = include_str!("../../../../kernels/rounding.cu");

/// The type of an element in memory, by its name in Rust.
pub(in crate::device::cuda) fn stored(elem: &str) -> &str {
    match elem {
        "f32" => "float",
        "f64" => "double",
        "i16" => "short",
        "i32" => "int",
        // The other ones bear their own names.
        own => own,
    }
}

/// The type that such an element is computed in.
pub(in crate::device::cuda) fn computed(elem: &str) -> &str {
    match elem {
        "f16" | "bf16" => "float",
        other => stored(other),
    }
}

/// Functions that may leave an element without a value.
const PARTIAL: [&str; 5] = ["quotient", "floor_quotient", "rest", "floor_rest", "power_of_own"];

/// Whether an element may have no value.
pub(in crate::device::cuda) fn may_fault(steps: &[TraceStep]) -> bool {
    steps.iter().any(|step| matches!(step.what, What::Call { name, .. } if PARTIAL.contains(&name)))
}

/// Bytes of an element in memory.
pub(in crate::device::cuda) fn size_of_elem(elem: &str) -> usize {
    match elem {
        "f64" | "i64" | "u64" => 8,
        "f32" | "i32" | "u32" => 4,
        "f16" | "bf16" | "i16" | "u16" => 2,
        _ => 1,
    }
}

/// Where the constants of a trace stand among the words of the arguments.
#[derive(Clone, Copy, Debug)]
pub(in crate::device::cuda) struct ConstantsAt {
    pub(in crate::device::cuda) numbers: usize,
    pub(in crate::device::cuda) whole: usize,
}

/// One line for each step: `const float v3 = n_add(v1, v2);`. Operands are called `s0`, `s1`, ..; arguments are `a`.
pub(in crate::device::cuda) fn lines(steps: &[TraceStep], at: ConstantsAt) -> String {
    let mut lines = String::new();
    for (place, TraceStep { elem, what }) in steps.iter().enumerate() {
        let kind = computed(elem);
        let value = match *what {
            What::Input(number) => format!("s{number}"),
            What::Common(bits) => format!("({kind}){:?}", f64::from_bits(bits)),
            What::Float(number) => format!("({kind})double_of(a.w[{}])", at.numbers + number as usize),
            What::Whole(number) => format!("({kind})a.w[{}]", at.whole + number as usize),
            What::Call { name, .. } => {
                let mut of: Vec<String> = what.read().iter().map(|place| format!("v{place}")).collect();
                of.extend(PARTIAL.contains(&name).then(|| "fault".to_owned()));
                format!("n_{name}({})", of.join(", "))
            }
        };
        let _ = writeln!(lines, "  const {kind} v{place} = {value};");
    }
    lines
}

/// A function of operands `s0`, `s1`, .., each of a type, which gives the values of some steps as `r0`, `r1`, ..
pub(in crate::device::cuda) fn function(
    name: &str,
    operands: &[(String, &str)],
    steps: &[TraceStep],
    results: &[usize],
    at: ConstantsAt,
) -> String {
    let mut parameters = vec!["const Args &a".to_owned(), "u32 &fault".to_owned()];
    parameters.extend(operands.iter().map(|(name, elem)| format!("const {} {name}", computed(elem))));
    let result = |(i, &step): (usize, &usize)| format!("{} &r{i}", computed(steps[step].elem));
    parameters.extend(results.iter().enumerate().map(result));
    let given: String = results.iter().enumerate().map(|(i, step)| format!("  r{i} = v{step};\n")).collect();
    format!("HERE void {name}({}) {{\n{}{given}}}\n", parameters.join(", "), lines(steps, at))
}
