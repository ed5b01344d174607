//! What a row of `elementwise!` must hold, one function a rule.
//!
//! Each rule also mends or removes what it reports, so that the rest of the table is printed and one mistake does not
//! take every method away from its users.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Ident, parse_quote};

use super::parse::{Gradient, Number, Range, Row, Table};
use crate::mistakes::Mistakes;
use crate::text::idents;

/// The sound part of the table, and what was wrong with the rest.
pub(super) fn check(table: Table) -> (Table, Mistakes) {
    let Table { mut rows, mut mistakes, attributes, visibility, name } = table;
    no_name_twice(&mut rows, &mut mistakes);
    rows.retain(|row| one_to_three_operands(row, &mut mistakes) && no_operand_twice(row, &mut mistakes));
    for row in &mut rows {
        no_constant_twice(row, &mut mistakes);
        every_local_is_used(row, &mut mistakes);
        one_derivative_an_operand(row, &mut mistakes);
        one_range_an_operand(row, &mut mistakes);
        mistakes.extend(std::mem::take(&mut row.unknown));
    }
    (Table { rows, mistakes: Mistakes::default(), attributes, visibility, name }, mistakes)
}

/// Types and methods share no name space, but each alone must be without repetition.
fn no_name_twice(rows: &mut Vec<Row>, mistakes: &mut Mistakes) {
    let (mut ops, mut methods) = (HashSet::new(), HashSet::new());
    rows.retain(|row| {
        let (new_op, new_method) = (ops.insert(row.op.to_string()), methods.insert(row.method.to_string()));
        if !new_op {
            mistakes.push(&row.op, format!("an op named `{}` stands in an earlier row", row.op));
        } else if !new_method {
            mistakes.push(&row.method, format!("a method named `{}` stands in an earlier row", row.method));
        }
        new_op && new_method
    });
}

fn one_to_three_operands(row: &Row, mistakes: &mut Mistakes) -> bool {
    let (method, count) = (&row.method, row.operands.len());
    match row.operands.get(3) {
        Some(fourth) => mistakes.push(
            fourth,
            format!(
                "`{method}` has {count} operands, an op takes at most 3\nmake the others constants, or split the op"
            ),
        ),
        None if count == 0 => {
            mistakes.push(method, format!("`{method}` has no operand, an op takes 1 to 3: `{method}(x)`"));
        }
        None => {}
    }
    (1..=3).contains(&count)
}

fn no_operand_twice(row: &Row, mistakes: &mut Mistakes) -> bool {
    let mut seen = HashSet::new();
    let twice = row.operands.iter().find(|operand| !seen.insert(operand.to_string()));
    if let Some(operand) = twice {
        mistakes.push(operand, format!("two operands of `{}` are named `{operand}`", row.method));
    }
    twice.is_none()
}

fn no_constant_twice(row: &mut Row, mistakes: &mut Mistakes) {
    let mut seen: HashSet<String> = row.operands.iter().map(Ident::to_string).collect();
    row.constants.retain(|constant| {
        let new = seen.insert(constant.name.to_string());
        if !new {
            let name = &constant.name;
            mistakes.push(name, format!("the name `{name}` is taken by an operand or an earlier constant"));
        }
        new
    });
}

/// A constant that no formula mentions is an argument without effect; an operand likewise.
fn every_local_is_used(row: &Row, mistakes: &mut Mistakes) {
    let formula = idents(&row.formula);
    for operand in row.operands.iter().filter(|operand| !formula.contains(operand)) {
        mistakes.push(operand, format!("the formula of `{}` does not mention its operand `{operand}`", row.method));
    }
    for constant in row.constants.iter().filter(|constant| !formula.contains(&constant.name)) {
        let name = &constant.name;
        mistakes.push(name, format!("the formula of `{}` does not mention its constant `{name}`", row.method));
    }
}

fn one_derivative_an_operand(row: &mut Row, mistakes: &mut Mistakes) {
    let Gradient::Explicit(derivatives) = &row.gradient else { return };
    let (found, operands) = (derivatives.len(), &row.operands);
    if found == operands.len() {
        return;
    }
    let names = operands.iter().map(|operand| format!("d{operand}")).collect::<Vec<_>>().join(", ");
    let wanted = if operands.len() == 1 { names } else { format!("({names})") };
    let plural = if operands.len() == 1 { "" } else { "s" };
    let message = format!(
        "`{}` has {} operand{plural} and {found} derivative{}: write `derivative = {wanted}`",
        row.method,
        operands.len(),
        if found == 1 { "" } else { "s" },
    );
    let written = derivatives.iter().map(ToTokens::to_token_stream);
    let written: TokenStream = written.collect();
    if written.is_empty() {
        mistakes.push(&row.method, message)
    } else {
        mistakes.push(written, message)
    }
    row.gradient = Gradient::DualNumbers;
}

/// Leaves one range an operand, in the order of the operands.
fn one_range_an_operand(row: &mut Row, mistakes: &mut Mistakes) {
    let written = row.ranges.len();
    known_ranges(row, mistakes);
    let misnamed = row.ranges.len() < written || !row.unknown.is_empty();
    let mut ranges = std::mem::take(&mut row.ranges);
    for operand in &row.operands {
        if let Some(position) = ranges.iter().position(|range| range.operand == *operand) {
            row.ranges.push(ranges.swap_remove(position));
            continue;
        }
        // A range with a wrong name, or a clause that may have been one, has been reported; that this operand then
        // lacks one is no second mistake.
        if !misnamed {
            mistakes.push(operand, no_range(operand, &row.method));
        }
        row.ranges.push(unit_range(operand));
    }
}

/// Removes ranges of unknown operands and second ranges.
fn known_ranges(row: &mut Row, mistakes: &mut Mistakes) {
    let mut seen = HashSet::new();
    let (operands, method) = (&row.operands, &row.method);
    row.ranges.retain(|Range { operand, low, high }| {
        let known = operands.contains(operand);
        let new = seen.insert(operand.to_string());
        if !known {
            let names = operands.iter().map(|operand| format!("`{operand}`")).collect::<Vec<_>>().join(", ");
            mistakes.push(operand, format!("`{method}` has no operand `{operand}`, only {names}"));
        } else if !new {
            mistakes.push(operand, format!("`{operand}` has a sample range already"));
        } else if low.value >= high.value {
            mistakes.push(low, format!("the sample range of `{operand}` is empty: {:?}..{:?}", low.value, high.value));
        }
        known && new
    });
}

fn no_range(operand: &Ident, method: &Ident) -> String {
    format!(
        "`{operand}` has no sample range, from which docs and gradient tests draw\n\
         add `for {operand} in 0.5..2.0` with the values that `{method}` is meant for"
    )
}

/// Stands in for a missing range.
fn unit_range(operand: &Ident) -> Range {
    let number = |value, written| Number { value, written };
    Range { operand: operand.clone(), low: number(0.0, parse_quote!(0.0)), high: number(1.0, parse_quote!(1.0)) }
}

#[cfg(test)]
mod tests {
    use super::{Table, check};

    /// What the rules say of a table with these rows.
    fn mistakes(rows: &str) -> Vec<String> {
        let table = syn::parse_str::<Table>(&format!("pub trait Ops; {rows}")).expect("the head of the table is sound");
        check(table).1.messages()
    }

    /// Asserts that these rows hold exactly one mistake, whose message starts so.
    #[track_caller]
    fn one(rows: &str, message: &str) {
        let found = mistakes(rows);
        assert!(found.len() == 1 && found[0].starts_with(message), "{rows} gives {found:#?}");
    }

    #[test]
    fn sound_rows_pass() {
        let rows = "
            /// Doc.
            Exp: exp(x) = x.exp(), for x in -4.0..4.0;
            Leaky { slope: f64 = 0.01 }: leaky(x) = V::select_gt(x, V::c(0.0), x, x * slope),
                except_at = [0.0], for x in -3..3;
            Hypot: hypot(x, y) = x.hypot(y), derivative = (x, y), for y in 0.5..2.0, x in 0.5..2.0,;
            Sign: sign(x) = x.sign(), flat, for x in -1e3..1e3;";
        assert_eq!(mistakes(rows), [""; 0]);
    }

    #[test]
    fn ranges_match_operands() {
        one("A: a(x) = x;", "`x` has no sample range");
        one("A: a(x, y) = x + y, for x in 0.0..1.0;", "`y` has no sample range");
        one("A: a(x) = x, for y in 0.0..1.0;", "`a` has no operand `y`, only `x`");
        one("A: a(x) = x, for x in 0.0..1.0, x in 2.0..3.0;", "`x` has a sample range already");
        one("A: a(x) = x, for x in 1.0..-1.0;", "the sample range of `x` is empty: 1.0..-1.0");
        one("A: a(x) = x, for x in PI..4.0;", "a sample range is two literal numbers");
        one("A: a(x) = x, for x in 0.0..=4.0;", "a sample range is two literal numbers");
    }

    #[test]
    fn an_op_has_one_to_three_operands_and_uses_them() {
        one("A: a() = V::c(1.0);", "`a` has no operand");
        one("A: a(x, y, z, w) = x;", "`a` has 4 operands, an op takes at most 3");
        one("A: a(x, x) = x;", "two operands of `a` are named `x`");
        one("A: a(x) = V::c(1.0), for x in 0.0..1.0;", "the formula of `a` does not mention its operand `x`");
    }

    #[test]
    fn constants_are_used_f64_with_an_example() {
        let row = |constants: &str| format!("A {{ {constants} }}: a(x) = x * k, for x in 0.0..1.0;");
        one(&row("k: f32 = 1.0"), "constants are `f64`");
        one(&row("k: f64"), "`k` needs a value for examples and tests");
        one(&row("k: f64 = 1.0, k: f64 = 2.0"), "the name `k` is taken");
        one(&row("k: f64 = 1.0, x: f64 = 2.0"), "the name `x` is taken");
        one(&row("k: f64 = 1.0, l: f64 = 2.0"), "the formula of `a` does not mention its constant `l`");
    }

    #[test]
    fn derivatives_are_as_many_as_operands() {
        let one_operand = "A: a(x) = x, derivative = (x, x), for x in 0.0..1.0;";
        one(one_operand, "`a` has 1 operand and 2 derivatives: write `derivative = dx`");
        let two_operands = "A: a(x, y) = x + y, derivative = x, for x in 0.0..1.0, y in 0.0..1.0;";
        one(two_operands, "`a` has 2 operands and 1 derivative: write `derivative = (dx, dy)`");
        one("A: a(x) = x, flat, derivative = x, for x in 0.0..1.0;", "a row has one source of its gradient");
    }

    #[test]
    fn names_are_unique() {
        let first = "A: a(x) = x, for x in 0.0..1.0;";
        one(&format!("{first} A: b(x) = x, for x in 0.0..1.0;"), "an op named `A` stands in an earlier row");
        one(&format!("{first} B: a(x) = x, for x in 0.0..1.0;"), "a method named `a` stands in an earlier row");
    }

    /// Broken rows end at their semicolon: each is reported once, and the sound row between them is read, as is one
    /// that is sound without its unknown clause.
    #[test]
    fn broken_rows_do_not_hide_others() {
        let rows = "
            A: a(x) = x, slope = 1.0;
            B: b(x) = x, for x in 0.0..1.0;
            C: c(x) = x for x in 0.0..1.0;
            #[inline] D: d(x) = x;";
        let table = syn::parse_str::<Table>(&format!("trait Ops; {rows}")).expect("the head of the table is sound");
        let (table, mistakes) = check(table);
        let heads: Vec<_> = mistakes.messages().iter().map(|text| text.lines().next().map(str::to_owned)).collect();
        let expected = [
            "a row ends in `;`, and commas stand between its clauses",
            "only doc comments may stand here",
            "`slope` is no clause of a row",
        ];
        assert_eq!(heads, expected.map(|text| Some(text.to_owned())));
        let read: Vec<_> = table.rows.iter().map(|row| row.op.to_string()).collect();
        assert_eq!(read, ["A", "B"]);
    }
}
