//! The words of an op: what its row says, and the section on formula, gradient and shapes with a running example.
//!
//! Apart from `emit` because this prints for people.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, Ident, Lit, Meta};

use super::parse::{Gradient, Range, Row};
use crate::text::tidy;

/// The text of doc comments, without the blank that follows `///`.
pub(super) fn text(docs: &[Attribute]) -> String {
    let lines = docs.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(line) => Some(line.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<_> = lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned()).collect();
    lines.join("\n")
}

/// An identifier as people say it.
pub(super) fn plain(name: &Ident) -> String {
    name.unraw().to_string()
}

/// What follows the row's own words on the method.
pub(super) fn section(row: &Row) -> String {
    let operands = row.operands.iter().map(plain).collect::<Vec<_>>();
    format!(
        "\n\n- formula: `{}({}) = {}`{}\n- gradient: {}\n- shape: {}\n\n{}",
        plain(&row.method),
        operands.join(", "),
        tidy(&row.formula),
        integers(row),
        gradient(row),
        shape(&operands),
        example(row)
    )
}

fn integers(row: &Row) -> String {
    row.integers.as_ref().map_or(String::new(), |formula| format!("\n- of integers: `{}`", tidy(formula)))
}

fn gradient(row: &Row) -> String {
    match &row.gradient {
        Gradient::DualNumbers => "dual numbers differentiate the formula".to_owned(),
        Gradient::Flat => "zero everywhere".to_owned(),
        Gradient::Explicit(derivatives) => {
            let by = row.operands.iter().zip(derivatives);
            by.map(|(operand, it)| format!("d/d{operand} = `{}`", tidy(it.to_token_stream())))
                .collect::<Vec<_>>()
                .join(", ")
        }
    }
}

fn shape(operands: &[String]) -> String {
    match operands {
        [one] => format!("that of `{one}`; an empty tensor gives an empty tensor"),
        several => format!("`{}` broadcast by NumPy's rule", several.join("`, `")),
    }
}

/// An example that runs inside congruent. Elsewhere the path of the user's trait is unknown, so there it is shown only.
fn example(row: &Row) -> String {
    let inside = std::env::var("CARGO_PKG_NAME").is_ok_and(|name| name == "congruent");
    let fence = if inside { "```" } else { "```ignore" };
    let tensors = row.ranges.iter().map(|range| {
        let [low, high] = two_values(range);
        format!("let {} = Cpu.tensor([{low:?}, {high:?}]);\n", plain(&range.operand))
    });
    let others = row.operands[1..].iter().map(|operand| format!("&{}", plain(operand)));
    let constants = row.constants.iter().map(|constant| format!("{:?}", constant.example.value));
    format!(
        "{fence}\n# use congruent::{{ops::*, prelude::*}};\n{}let out = {}.{}({}).eval();\n\
         assert_eq!(out.dims().as_slice(), [2]);\n```",
        tensors.collect::<String>(),
        plain(&row.operands[0]),
        plain(&row.method),
        others.chain(constants).collect::<Vec<_>>().join(", ")
    )
}

/// Two short numbers inside the range, at a quarter and at three quarters.
fn two_values(Range { low, high, .. }: &Range) -> [f64; 2] {
    let width = high.value - low.value;
    let digits = (2.0 - width.log10().floor()).clamp(0.0, 15.0);
    let scale = 10_f64.powf(digits);
    [0.25, 0.75].map(|share| ((low.value + share * width) * scale).round() / scale)
}

#[cfg(test)]
mod tests {
    use super::{section, text, two_values};
    use crate::elementwise::parse::Table;

    fn table(rows: &str) -> Table {
        syn::parse_str(&format!("trait Ops; {rows}")).expect("the head of the table is sound")
    }

    #[test]
    fn a_section_tells_formula_gradient_shape_and_shows_a_call() {
        let table =
            table("A { k: f64 = 0.5 }: a(x, y) = x*y *k, derivative = (y * k, x * k), for x in 0..1, y in -2.0..2.0;");
        let expected = "\n
- formula: `a(x, y) = x * y * k`
- gradient: d/dx = `y * k`, d/dy = `x * k`
- shape: `x`, `y` broadcast by NumPy's rule

```ignore
# use congruent::{ops::*, prelude::*};
let x = Cpu.tensor([0.25, 0.75]);
let y = Cpu.tensor([-1.0, 1.0]);
let out = x.a(&y, 0.5).eval();
assert_eq!(out.dims().as_slice(), [2]);
```";
        assert_eq!(section(&table.rows[0]), expected);
    }

    #[test]
    fn text_drops_the_blank_after_the_slashes() {
        let table = table("/// One.\n///\n/// `two`\nA: a(x) = x;");
        assert_eq!(text(&table.rows[0].docs), "One.\n\n`two`");
    }

    /// However narrow or wide the range, the two values are different and inside.
    #[test]
    fn two_values_lie_inside_their_range() {
        for range in ["0.0..1.0", "-4..4", "0.1..0.11", "-1e9..1e9", "1e-9..2e-9", "-0.3..-0.1"] {
            let table = table(&format!("A: a(x) = x, for x in {range};"));
            let range = &table.rows[0].ranges[0];
            let [first, second] = two_values(range);
            assert!(range.low.value < first && first < second && second < range.high.value, "{first} {second}");
        }
    }
}
