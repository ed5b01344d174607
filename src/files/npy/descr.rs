//! The names of element types: all that `numpy.dtype` takes for the types that tensors have.
//!
//! Apart from the dictionary because NumPy writes one name a type, `<f4`, and reads many: `f4`, `f`, `float32`.

use crate::files::raw::RawDtype;

/// The types with the other names that NumPy reads: the letter of C's type, which may follow a byte order, and words.
/// What C's `long` is depends on the system; NumPy's files come from those where it has 64 bits.
const NAMES: [(RawDtype, &[char], &[&str]); 12] = {
    use RawDtype::*;
    [
        (Bool, &['?'], &["bool", "bool_", "bool8"]),
        (I8, &['b'], &["int8", "byte"]),
        (U8, &['B'], &["uint8", "ubyte"]),
        (I16, &['h'], &["int16", "short"]),
        (U16, &['H'], &["uint16", "ushort"]),
        (I32, &['i'], &["int32", "intc"]),
        (U32, &['I'], &["uint32", "uintc"]),
        (I64, &['l', 'q', 'p', 'n'], &["int64", "int", "int_", "intp", "long", "longlong"]),
        (U64, &['L', 'Q', 'P', 'N'], &["uint64", "uint", "uintp", "ulong", "ulonglong"]),
        (F16, &['e'], &["float16", "half"]),
        (F32, &['f'], &["float32", "single"]),
        (F64, &['d'], &["float64", "double", "float", "float_"]),
    ]
};

/// Byte order and type of a name: big-endian or not, `>f4`.
pub(super) fn element_type(descr: &str) -> Result<(bool, RawDtype), String> {
    let code = descr.strip_prefix(['<', '>', '|', '=']).unwrap_or(descr);
    let big_endian = match &descr[..descr.len() - code.len()] {
        ">" => true,
        "<" => false,
        // The machine's own, as NumPy understands it.
        _ => cfg!(target_endian = "big"),
    };
    let letter = |&&(_, letters, _): &&(RawDtype, &[char], &[&str])| {
        code.chars().next().is_some_and(|first| code.len() == first.len_utf8() && letters.contains(&first))
    };
    // Words stand alone: NumPy refuses `<float32`.
    let word = |&&(_, _, words): &&(RawDtype, &[char], &[&str])| words.contains(&descr);
    let other = || NAMES.iter().find(letter).or_else(|| NAMES.iter().find(word)).map(|(dtype, ..)| *dtype);
    if let Some(dtype) = RawDtype::from_npy_code(code).or_else(other) {
        return Ok((big_endian && dtype.size() > 1, dtype));
    }
    if code.starts_with('O') || descr == "object" {
        return Err("an object array, which is a Python pickle and may run any code when read: \
                    save it with a numeric dtype, `a.astype('f4')`"
            .to_owned());
    }
    let known: Vec<&str> = RawDtype::ALL.into_iter().filter_map(RawDtype::npy_code).collect();
    Err(format!("dtype '{descr}' is not among {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_numpy_reads_is_read() {
        use RawDtype::*;
        let same = [
            ("? bool |b1 b1 =b1 >b1 <? |?", Bool),
            ("b i1 |i1 int8 byte", I8),
            ("B u1 |u1 uint8 ubyte", U8),
            ("h i2 <i2 int16 short <h", I16),
            ("H u2 uint16", U16),
            ("i i4 <i4 int32 intc <i", I32),
            ("I u4 uint32 =I", U32),
            ("l q p i8 <i8 int64 int longlong intp <l", I64),
            ("L Q P u8 uint64 uint", U64),
            ("e f2 <f2 float16 half |f2", F16),
            ("f f4 <f4 =f4 |f4 float32 single <f", F32),
            ("d f8 <f8 =f8 float64 double float <d", F64),
        ];
        for (names, dtype) in same {
            names.split(' ').for_each(|name| assert_eq!(element_type(name), Ok((false, dtype)), "{name}"));
        }
        for (name, dtype) in [(">f8", F64), (">i2", I16), (">d", F64), (">L", U64), (">e", F16)] {
            assert_eq!(element_type(name), Ok((true, dtype)), "{name}");
        }
    }

    #[test]
    fn other_names_are_refused() {
        let names =
            "  <float32 <<f4 f16 f1 g longdouble c8 F D complex64 U4 <U4 S a3 V2 M8[ns] m8 i16 float8 f4,f4 é <é";
        names.split(' ').for_each(|name| assert!(element_type(name).is_err(), "{name}"));
        for name in ["O", "|O", "|O8", "object"] {
            assert!(element_type(name).expect_err("a pickle").starts_with("an object array"), "{name}");
        }
    }
}
