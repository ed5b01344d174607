//! One field: from text to a number.
//!
//! Apart from the walk over lines, which knows where it stands.

use crate::dtype::Elem;

/// What a field without a value becomes: an empty one, or one that says `NA`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// An error with the field's line and column.
    #[default]
    Error,
    /// NaN. Element types that have none keep the error.
    Nan,
}

/// The number of a field; `None` when it is none of its type.
pub(super) fn parse<E: Elem>(field: &[u8], missing: Missing) -> Option<E> {
    let text = str::from_utf8(field).ok()?;
    if missing == Missing::Nan && !E::INTEGER && (text.is_empty() || text == "NA") {
        return Some(E::of_f64(f64::NAN));
    }
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
    value.ok().map(E::of_f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_whole_and_in_range() {
        assert_eq!(parse::<u8>(b"255", Missing::Error), Some(255));
        assert_eq!(["256", "-1", "1.0", "", "0x1"].map(|text| parse::<u8>(text.as_bytes(), Missing::Nan)), [None; 5]);
        assert_eq!(parse::<i64>(b"-9223372036854775808", Missing::Error), Some(i64::MIN));
        assert_eq!(parse::<i32>(b"2147483648", Missing::Error), None);
        assert_eq!(parse::<u64>(b"18446744073709551615", Missing::Error), Some(u64::MAX));
        assert_eq!(["18446744073709551616", "-1"].map(|text| parse::<u64>(text.as_bytes(), Missing::Error)), [None; 2]);
    }

    #[test]
    fn truth_has_two_spellings() {
        let read = |text: &str| parse::<bool>(text.as_bytes(), Missing::Error);
        assert_eq!(["1", "True", "TRUE"].map(read), [Some(true); 3]);
        assert_eq!(["0", "false"].map(read), [Some(false); 2]);
        assert_eq!(["2", "yes", ""].map(read), [None; 3]);
        assert_eq!(parse::<i32>(b"true", Missing::Error), None);
    }

    #[test]
    fn floats_are_rounded_once() {
        // Lies just above the middle of two `f32`, by less than `f64` can tell.
        let text = b"1.00000005960464477540";
        assert_eq!(parse::<f32>(text, Missing::Error), Some(1.0 + f32::EPSILON));
        assert_eq!(parse::<f32>(b"-1e999", Missing::Error), Some(f32::NEG_INFINITY));
        assert_eq!(parse::<f64>(b"\xff", Missing::Nan), None);
    }
}
