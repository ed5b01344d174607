//! One field: from text to a number.
//!
//! Apart from the walk over lines, which knows where it stands.

use crate::dtype::Elem;

/// What a field without a value becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// An error with the field's line and column.
    #[default]
    Error,
    /// NaN. Element types that have none keep the error.
    Nan,
}

impl Missing {
    /// What stands for a field without a value; `None` where that is an error.
    pub(super) fn value<E: Elem>(self) -> Option<E> {
        (self == Missing::Nan && !E::INTEGER).then(|| E::of_f64(f64::NAN))
    }
}

/// The number of a field; `None` when it is none of its type.
pub(super) fn parse<E: Elem>(field: &[u8]) -> Option<E> {
    let text = str::from_utf8(field).ok()?;
    if E::INTEGER { whole(text) } else { real(text) }
}

fn whole<E: Elem>(text: &str) -> Option<E> {
    let words = [("false", 0), ("true", 1)];
    let word = words.into_iter().find(|(word, _)| E::NAME == "bool" && text.eq_ignore_ascii_case(word));
    let value: i128 = word.map_or_else(|| text.parse(), |(_, value)| Ok(value)).ok()?;
    // What does not fit wraps, and so comes back as another number.
    Some(E::of_i64(value as i64)).filter(|own| own.as_i128() == value)
}

fn real<E: Elem>(text: &str) -> Option<E> {
    // By way of `f64`, some decimals would be rounded twice.
    let value = if size_of::<E>() == size_of::<f32>() { text.parse::<f32>().map(f64::from) } else { text.parse() };
    let value: f64 = value.ok()?;
    let between = size_of::<E>() == size_of::<u16>() && E::of_f64(value.next_down()) != E::of_f64(value.next_up());
    Some(E::of_f64(if between { beside(text, value) } else { value }))
}

/// The `f64` that stands for a decimal which lies near the middle of two numbers of two bytes: that middle, or the next
/// one on the side on which the decimal lies.
fn beside(text: &str, middle: f64) -> f64 {
    // More digits than any middle has.
    let (decimal, exact) = (Digits::of(text), Digits::of(&format!("{middle:.200e}")));
    let outwards = decimal > exact;
    match (decimal == exact, outwards == (middle > 0.0)) {
        (true, _) => middle,
        (_, true) => middle.next_up(),
        (_, false) => middle.next_down(),
    }
}

/// The size of a decimal other than 0: its order, then its digits from the first one that is not 0.
#[derive(PartialEq, PartialOrd)]
struct Digits {
    order: i64,
    digits: Vec<u8>,
}

impl Digits {
    fn of(text: &str) -> Self {
        let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let number = number.trim_start_matches(['+', '-']);
        let point = number.find('.').unwrap_or(number.len());
        let digits: Vec<u8> = number.bytes().filter(u8::is_ascii_digit).collect();
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let last = digits.iter().rposition(|digit| *digit != b'0').map_or(zeros, |last| last + 1);
        let exponent: i64 = exponent.parse().unwrap_or(0);
        Digits { order: exponent.saturating_add(point as i64 - zeros as i64), digits: digits[zeros..last].to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_whole_and_in_range() {
        assert_eq!(parse::<u8>(b"255"), Some(255));
        assert_eq!(["256", "-1", "1.0", "", "0x1"].map(|text| parse::<u8>(text.as_bytes())), [None; 5]);
        assert_eq!(parse::<i64>(b"-9223372036854775808"), Some(i64::MIN));
        assert_eq!(parse::<i32>(b"2147483648"), None);
        assert_eq!(parse::<u64>(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(["18446744073709551616", "-1"].map(|text| parse::<u64>(text.as_bytes())), [None; 2]);
    }

    #[test]
    fn truth_has_two_spellings() {
        let read = |text: &str| parse::<bool>(text.as_bytes());
        assert_eq!(["1", "True", "TRUE"].map(read), [Some(true); 3]);
        assert_eq!(["0", "false"].map(read), [Some(false); 2]);
        assert_eq!(["2", "yes", ""].map(read), [None; 3]);
        assert_eq!(parse::<i32>(b"true"), None);
    }

    #[test]
    fn floats_are_rounded_once() {
        // Lies just above the middle of two `f32`, by less than `f64` can tell.
        let text = b"1.00000005960464477540";
        assert_eq!(parse::<f32>(text), Some(1.0 + f32::EPSILON));
        assert_eq!(parse::<f32>(b"-1e999"), Some(f32::NEG_INFINITY));
        assert_eq!(parse::<f64>(b"\xff"), None);
    }

    #[test]
    fn halves_are_rounded_once() {
        use crate::{bf16, f16};
        let read = |text: &str| parse::<f16>(text.as_bytes()).map(f64::from);
        let step = 1.0 / 1024.0;
        for (text, steps) in [
            ("1.00048828125", 0.0),
            ("1.00048828125000000000001", 1.0),
            ("1.00048828124999999999999", 0.0),
            ("+100048828125000000000001e-23", 1.0),
            ("0.000100048828125000000000001E4", 1.0),
            ("1.00146484375", 2.0),
            ("1.00146484374999999999999", 1.0),
            ("1.001464843750000000000000000", 2.0),
        ] {
            assert_eq!(read(text), Some(1.0 + steps * step), "{text}");
            assert_eq!(read(&format!("-{}", text.trim_start_matches('+'))), Some(-1.0 - steps * step), "-{text}");
        }
        assert_eq!(
            ["65519.99999999999999999999", "65520", "1e999"].map(read),
            [65504.0, f64::INFINITY, f64::INFINITY].map(Some)
        );
        let least = 2f64.powi(-24);
        let half = format!("{:.60}", least / 2.0);
        assert_eq!(read(&half), Some(0.0));
        assert_eq!(read(&format!("{half}1")), Some(least));
        assert_eq!(["0", "-0.0", "1e-999"].map(read), [0.0; 3].map(Some));
        let read = |text: &str| parse::<bf16>(text.as_bytes()).map(f64::from);
        assert_eq!(["1.00390625", "1.00390625000000000000001"].map(read), [1.0, 1.0078125].map(Some));
        let half = format!("{:.140}", 2f64.powi(-134));
        assert_eq!([half.clone(), half + "1"].map(|text| read(&text)), [0.0, 2f64.powi(-133)].map(Some));
    }
}
