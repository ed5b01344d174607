//! The header of an npy file: a Python dictionary, `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
//!
//! Apart from the data because this is the part that parses text of unknown origin. It reads that one dictionary, not
//! Python; the crates that read the format either compile a Python grammar or unpack whole archives' worth of codecs.

use std::io::Read;

use super::descr::element_type;
use super::literal::Literal;
use crate::files::declared::{byte_count, read_exactly, read_length};
use crate::files::error::FileError;
use crate::files::raw::RawDtype;

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// What version 1 can say, and more than any plain array needs: NumPy refuses headers over 10 000 bytes.
const LONGEST: u64 = 1 << 16;
/// NumPy's own limit.
const MOST_AXES: usize = 64;
/// Data begins at a multiple of this.
const ALIGNMENT: usize = 64;

/// What an npy file says before its data.
#[derive(Debug, PartialEq)]
pub(crate) struct Header {
    pub(crate) dtype: RawDtype,
    pub(crate) shape: Vec<usize>,
    pub(crate) big_endian: bool,
    pub(crate) fortran_order: bool,
    /// The bytes of data, from dtype and shape.
    pub(crate) data_bytes: u64,
    /// The bytes before the data.
    pub(crate) length: u64,
}

impl Header {
    /// Reads versions 1, 2 and 3, which differ in the width of the length and the encoding of the text.
    pub(super) fn read(reader: &mut impl Read, place: &str) -> Result<Self, FileError> {
        let start = read_exactly(reader, 8, place)?;
        if !start.starts_with(MAGIC) {
            return Err(FileError::format(place, format!("not an npy file: it begins with {}", start.escape_ascii())));
        }
        let width = match (start[6], start[7]) {
            (1, 0) => 2,
            (2 | 3, 0) => 4,
            (major, minor) => {
                let what = format!("npy version {major}.{minor} is not among 1.0, 2.0, 3.0");
                return Err(FileError::format(place, what));
            }
        };
        let length = read_length(reader, width, LONGEST, place)?;
        let text = read_exactly(reader, length, place)?;
        let text = str::from_utf8(&text).map_err(|error| FileError::format_from(place, "header is not text", error))?;
        let fields = Fields::parse(text).map_err(|what| FileError::format(place, format!("npy header: {what}")))?;
        fields.into_header(place, 8 + width + length)
    }

    /// Whether the order of the file is another than C's: one axis has no order, nor has one of length 1.
    pub(super) fn moves_elements(&self) -> bool {
        self.fortran_order && self.shape.iter().filter(|&&dim| dim != 1).count() > 1
    }

    /// The bytes of a version 1 header of little-endian data in C order.
    pub(crate) fn write(place: &str, dtype: RawDtype, shape: &[usize]) -> Result<Vec<u8>, FileError> {
        check_rank(place, shape)?;
        let Some(name) = dtype.npy_name() else {
            let what = format!("npy has no name for {dtype}: cast to F32, or write a safetensors file");
            return Err(FileError::format(place, what));
        };
        let dims: String = shape.iter().map(|dim| format!("{dim}, ")).collect();
        let dims = if shape.len() == 1 { dims.trim_end() } else { dims.trim_end_matches(", ") };
        let mut text = format!("{{'descr': '{name}', 'fortran_order': False, 'shape': ({dims}), }}");
        let before_text = MAGIC.len() + 4;
        let total = (before_text + text.len() + 1).next_multiple_of(ALIGNMENT);
        text.push_str(&" ".repeat(total - before_text - text.len() - 1));
        text.push('\n');
        let length = u16::try_from(text.len())
            .map_err(|error| FileError::format_from(place, "the shape has too many axes for an npy header", error))?;
        Ok([MAGIC, &[1, 0][..], &length.to_le_bytes(), text.as_bytes()].concat())
    }
}

/// The three values of the dictionary.
#[derive(Default)]
struct Fields {
    descr: Option<String>,
    fortran_order: Option<bool>,
    shape: Option<Vec<usize>>,
}

impl Fields {
    fn parse(text: &str) -> Result<Self, String> {
        let mut fields = Self::default();
        let mut literal = Literal { rest: text };
        literal.expect('{')?;
        while !literal.eat('}') {
            let key = literal.string()?;
            literal.expect(':')?;
            match key {
                "descr" => fields.descr = Some(literal.descr()?.to_owned()),
                "fortran_order" => fields.fortran_order = Some(literal.boolean()?),
                "shape" => fields.shape = Some(literal.shape()?),
                other => return Err(format!("unknown key '{other}'")),
            }
            if !literal.eat(',') {
                literal.expect('}')?;
                break;
            }
        }
        literal.end()?;
        Ok(fields)
    }

    fn into_header(self, place: &str, length: u64) -> Result<Header, FileError> {
        let missing = |key| FileError::format(place, format!("npy header: no '{key}'"));
        let descr = self.descr.ok_or_else(|| missing("descr"))?;
        let fortran_order = self.fortran_order.ok_or_else(|| missing("fortran_order"))?;
        let shape = self.shape.ok_or_else(|| missing("shape"))?;
        check_rank(place, &shape)?;
        let (big_endian, dtype) = element_type(&descr).map_err(|what| FileError::format(place, what))?;
        let data_bytes = byte_count(place, dtype, &shape)? as u64;
        Ok(Header { dtype, shape, big_endian, fortran_order, data_bytes, length })
    }
}

fn check_rank(place: &str, shape: &[usize]) -> Result<(), FileError> {
    match shape.len() {
        rank if rank > MOST_AXES => {
            Err(FileError::format(place, format!("{rank} axes, NumPy has {MOST_AXES} at most")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_text(version: u8, text: &str) -> Vec<u8> {
        let length = (text.len() as u32).to_le_bytes();
        let width = if version == 1 { 2 } else { 4 };
        [MAGIC, &[version, 0][..], &length[..width], text.as_bytes()].concat()
    }

    fn parsed(text: &str) -> Result<Header, String> {
        Header::read(&mut &with_text(1, text)[..], "a.npy").map_err(|error| error.to_string())
    }

    #[test]
    fn all_versions_and_spellings_are_read() {
        let text = "{\"shape\" :( 3L,4 ),'fortran_order':True ,  'descr':'>i2'}   \n";
        for version in [1, 2, 3] {
            let header = Header::read(&mut &with_text(version, text)[..], "a.npy").expect("a good header");
            assert_eq!((header.dtype, &header.shape[..]), (RawDtype::I16, &[3, 4][..]));
            assert!(header.big_endian && header.fortran_order);
            assert_eq!(header.data_bytes, 24);
            assert_eq!(header.length, with_text(version, text).len() as u64);
        }
    }

    #[test]
    fn what_is_written_is_numpys_own_text_and_aligned() {
        let cases: [(&[usize], &str); 4] =
            [(&[], "()"), (&[3], "(3,)"), (&[0, 4], "(0, 4)"), (&[1, 2, 3], "(1, 2, 3)")];
        for (shape, text) in cases {
            let bytes = Header::write("a.npy", RawDtype::F32, shape).expect("npy has F32");
            let wanted = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {text}, }}");
            assert!(bytes[10..].starts_with(wanted.as_bytes()), "{}", bytes.escape_ascii());
            assert!(bytes.len().is_multiple_of(64) && bytes.ends_with(b" \n"));
            assert_eq!(Header::read(&mut &bytes[..], "a.npy").expect("our own").shape, shape);
        }
    }

    #[test]
    fn refusals_name_the_reason() {
        let cases = [
            ("'descr': '|O', 'fortran_order': False, 'shape': (3,), ", "an object array, which is a Python pickle"),
            ("'descr': '<c8', 'fortran_order': False, 'shape': (3,), ", "dtype '<c8' is not among b1, u1, i1"),
            ("'descr': '<<f4', 'fortran_order': False, 'shape': (3,), ", "dtype '<<f4' is not among"),
            ("'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), ", "npy header: a structured array"),
            ("'descr': '<f4', 'shape': (3,), ", "npy header: no 'fortran_order'"),
            ("'descr': '<f4', 'fortran_order': 0, 'shape': (3,), ", "expected True or False before `0, 'shape': `"),
            ("'descr': '<f4', 'fortran_order': False, 'shape': (-3,), ", "expected an axis length before `-3,), }`"),
            ("'descr': '<f4', 'fortran_order': False, 'shape': (3 4), ", "expected `,` before `4), }`"),
            ("'descr': '<f4', 'fortran_order': False, 'shape': (3), ", "expected `,` before `), }`"),
            ("'descr': '<f4', 'secret': 1", "unknown key 'secret'"),
            ("'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), ", "expected an axis length"),
            ("'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999), ", "larger than any memory"),
        ];
        for (inside, reason) in cases {
            let text = parsed(&format!("{{{inside}}}")).expect_err(inside);
            assert!(text.starts_with("a.npy: ") && text.contains(reason), "{text}");
        }
        assert!(parsed("{'descr': '<f4'").expect_err("unfinished").ends_with("expected `}` but the header ends"));
        assert!(parsed("{} {}").expect_err("two").contains("expected the end before `{}`"));
    }

    #[test]
    fn a_header_of_four_gigabytes_is_not_allocated() {
        let bytes = [MAGIC, &[2, 0][..], &[255; 4]].concat();
        let error = Header::read(&mut &bytes[..], "a.npy").expect_err("no such header");
        assert_eq!(error.to_string(), "a.npy: 4294967295 bytes are declared, the limit is 65536");
    }

    #[test]
    fn as_many_axes_as_numpy_has() {
        let with_axes =
            |rank| parsed(&format!("{{'descr': 'f4', 'fortran_order': True, 'shape': ({}), }}", "1, ".repeat(rank)));
        assert_eq!(with_axes(64).expect("64 axes").shape, [1; 64]);
        assert_eq!(with_axes(65).expect_err("65 axes"), "a.npy: 65 axes, NumPy has 64 at most");
        assert!(Header::write("a.npy", RawDtype::F32, &[1; 64]).is_ok());
        assert!(Header::write("a.npy", RawDtype::F32, &[1; 65]).is_err());
    }

    #[test]
    fn versions_are_told_whole() {
        let mut bytes = with_text(1, "{}");
        bytes[7] = 1;
        let error = Header::read(&mut &bytes[..], "a.npy").expect_err("no such version").to_string();
        assert_eq!(error, "a.npy: npy version 1.1 is not among 1.0, 2.0, 3.0");
    }

    #[test]
    fn npy_has_no_bfloat16() {
        let error = Header::write("a.npy", RawDtype::BF16, &[1]).expect_err("no name");
        assert!(error.to_string().contains("npy has no name for BF16: cast to F32"), "{error}");
    }
}
