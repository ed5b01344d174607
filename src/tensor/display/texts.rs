//! Elements as texts: one width for all, and for floats one notation.
//!
//! Apart from the layout because the rules are NumPy's `FloatingFormat`, line for line: the notation from the smallest
//! and the largest magnitude, the fewest digits that name a number, points in one column.

use crate::dtype::Elem;

/// From here on, floats are written with an exponent.
const LARGE: f64 = 1e8;
/// Below this, too.
const SMALL: f64 = 1e-4;
/// And where the largest is this many times the smallest.
const RATIO: f64 = 1e3;

/// The texts of all elements, of equal width; a scalar is not widened.
pub(super) fn texts<E: Elem>(values: &[E], precision: usize, scalar: bool) -> Vec<String> {
    if E::INTEGER {
        return whole(values, scalar);
    }
    let notation = if scientific(values) { Notation::Scientific } else { Notation::Positional };
    aligned(values, values.iter().map(|&x| parts(x, precision, notation)).collect(), notation)
}

/// Integers and truth values, to the right; NumPy leaves room for `false` beside every `true`.
fn whole<E: Elem>(values: &[E], scalar: bool) -> Vec<String> {
    let plain: Vec<String> = values.iter().map(|x| x.to_string()).collect();
    let least = if E::NAME == "bool" && !scalar { "false".len() } else { 0 };
    let width = plain.iter().map(String::len).max().unwrap_or(0).max(least);
    plain.into_iter().map(|text| format!("{text:>width$}")).collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Notation {
    Positional,
    Scientific,
}

/// NumPy's choice; zeros, NaN and infinities have no say.
fn scientific<E: Elem>(values: &[E]) -> bool {
    let sizes = values.iter().map(|x| x.as_f64().abs()).filter(|x| *x > 0.0 && x.is_finite());
    let (small, large) = sizes.fold((f64::INFINITY, 0.0), |(low, high), x| (x.min(low), x.max(high)));
    // Limit and quotient are rounded as NumPy rounds them, to the element type.
    let rounded = |x: f64| E::of_f64(x).as_f64();
    large > 0.0 && (large >= LARGE || small < rounded(SMALL) || rounded(large / small) > RATIO)
}

/// A finite number: what stands before the point, after it, and the exponent.
struct Parts {
    integer: String,
    fraction: String,
    exponent: Option<i32>,
}

/// The parts of a finite number, with no more zeros at the end than needed; none of NaN and infinities.
fn parts<E: Elem>(value: E, precision: usize, notation: Notation) -> Option<Parts> {
    let number = value.as_f64();
    match notation {
        _ if !number.is_finite() => None,
        Notation::Positional => Some(positional(&value.shortest(), number, precision)),
        Notation::Scientific => Some(with_exponent(&value.shortest(), number, precision)),
    }
}

/// `shortest` are the fewest digits that name the number in its own type: they are shown, and where they are more than
/// `precision`, the number itself is rounded.
fn positional(shortest: &str, number: f64, precision: usize) -> Parts {
    let (integer, fraction) = shortest.split_once('.').unwrap_or((shortest, ""));
    if fraction.len() <= precision {
        return Parts { integer: integer.into(), fraction: fraction.into(), exponent: None };
    }
    let rounded = format!("{number:.precision$}");
    let (integer, fraction) = rounded.split_once('.').unwrap_or((&rounded, ""));
    Parts { integer: integer.into(), fraction: fraction.trim_end_matches('0').into(), exponent: None }
}

fn with_exponent(shortest: &str, number: f64, precision: usize) -> Parts {
    let (sign, digits) = shortest.strip_prefix('-').map_or(("", shortest), |digits| ("-", digits));
    let point = digits.find('.').unwrap_or(digits.len());
    let bare: String = digits.chars().filter(|letter| *letter != '.').collect();
    let leading = bare.len() - bare.trim_start_matches('0').len();
    let significant = bare.trim_matches('0');
    let (mantissa, exponent) = match significant.len() {
        0 => ("0".to_owned(), 0),
        length if length - 1 <= precision => (significant.to_owned(), point as i32 - leading as i32 - 1),
        _ => rounded_mantissa(number, precision),
    };
    let (first, rest) = mantissa.split_at(1);
    Parts { integer: format!("{sign}{first}"), fraction: rest.into(), exponent: Some(exponent) }
}

/// The digits of a number rounded to `precision` after the first, and its exponent.
fn rounded_mantissa(number: f64, precision: usize) -> (String, i32) {
    let text = format!("{:.precision$e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.chars().filter(|letter| *letter != '.').collect();
    let (first, rest) = digits.split_at(1);
    (format!("{first}{}", rest.trim_end_matches('0')), exponent.parse().unwrap_or(0))
}

/// All numbers with the point in one column, NaN and infinities to the right.
fn aligned<E: Elem>(values: &[E], parts: Vec<Option<Parts>>, notation: Notation) -> Vec<String> {
    let longest = |length: fn(&Parts) -> usize| parts.iter().flatten().map(length).max().unwrap_or(0);
    let (mut left, right) = (longest(|part| part.integer.len()), longest(|part| part.fraction.len()));
    let power = longest(|part| part.exponent.map_or(0, |e| e.unsigned_abs().to_string().len().max(2)));
    let tail = if notation == Notation::Scientific { right + 2 + power } else { right };
    for (&value, _) in values.iter().zip(&parts).filter(|(_, part)| part.is_none()) {
        left = left.max(special(value).len().saturating_sub(tail + 1));
    }
    let text = |(&value, part): (&E, &Option<Parts>)| match part {
        None => format!("{:>1$}", special(value), left + 1 + tail),
        Some(Parts { integer, fraction, exponent: None }) => format!("{integer:>left$}.{fraction:<right$}"),
        Some(_) => full(value.as_f64(), left, right, power),
    };
    values.iter().zip(&parts).map(text).collect()
}

/// A number with all digits after the point: those beyond the shortest name are the number's own, not zeros.
fn full(number: f64, left: usize, right: usize, power: usize) -> String {
    let text = format!("{number:.right$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |size| ('-', size));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    format!("{integer:>left$}.{fraction}e{sign}{exponent:0>power$}")
}

fn special<E: Elem>(value: E) -> &'static str {
    match value.as_f64() {
        x if x.is_nan() => "nan",
        x if x < 0.0 => "-inf",
        _ => "inf",
    }
}
