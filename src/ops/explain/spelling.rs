//! The names of operations as programs write them.
//!
//! Apart from the operations because a few of them stand behind another spelling: operators with a number, comparisons.

use crate::graph::Called;

/// What programs write for a row of the catalogue.
fn word(name: &'static str) -> &'static str {
    match name {
        "equal" => "eq",
        "not_equal" => "ne",
        "less" => "lt",
        "less_equal" => "le",
        "greater" => "gt",
        "greater_equal" => "ge",
        "nan_indicator" => "is_nan",
        "inf_indicator" => "is_inf",
        "finite_indicator" => "is_finite",
        "both" => "and",
        "either" => "or",
        "exactly_one" => "xor",
        "negated" => "not",
        "choose" => "where_",
        _ => name,
    }
}

/// A call as it is written, of operands in words; and its arithmetic for one element.
pub(super) fn spelled(called: &Called, of: &[String]) -> (String, Option<u64>) {
    let Called { name, constants, steps } = called;
    let number = |at: usize| constants.get(at).map_or("", |(_, value)| value.as_str());
    if let ([x], None, "affine" | "divide_by" | "inverse") = (of, steps, *name) {
        // Their numbers are gone.
        let written = match *name {
            "affine" => format!("mul_add({x}, ?, ?)"),
            "divide_by" => format!("div({x}, ?)"),
            _ => format!("div(?, {x})"),
        };
        return (written, None);
    }
    if let [x] = of {
        let written = match (*name, number(0), number(1)) {
            ("affine", "1.0", shift) => Some(match shift.strip_prefix('-') {
                Some(less) => format!("sub({x}, {less})"),
                None => format!("add({x}, {shift})"),
            }),
            ("affine", factor, "0.0") => Some(format!("mul({x}, {factor})")),
            ("affine", "-1.0", from) => Some(format!("sub({from}, {x})")),
            ("divide_by", by, _) => Some(format!("div({x}, {by})")),
            ("inverse", of, _) => Some(format!("div({of}, {x})")),
            _ => None,
        };
        if let Some(written) = written {
            return (written, Some(1));
        }
    }
    let constants = constants.iter().map(|(name, value)| format!("{name} = {value}"));
    let words: Vec<String> = of.iter().cloned().chain(constants).collect();
    (format!("{}({})", word(name), words.join(", ")), *steps)
}
