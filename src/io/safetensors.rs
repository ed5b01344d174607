//! The safetensors format: named tensors and a small map of text, as Hugging Face's files have them.
//!
//! Apart from npz because models are exchanged in it: no compression, every type including `BF16`, and a header that
//! tells where each tensor lies, so one tensor is read without the others.
//!
//! ```text
//! 8 bytes: length of the header, little endian
//! {"__metadata__":{"epoch":"3"},"bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}, ..}  then spaces
//! the bytes of all tensors, without a gap
//! ```

mod header;
mod write;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use super::declared::{fill, read_exactly, read_length, reserved};
use super::error::FileError;
use super::raw::{RawArray, RawDtype};

pub use write::write_safetensors;
pub(super) use write::{Outline, write_streamed};

/// The longest header that is read, the format's own limit.
const LONGEST_HEADER: u64 = 100_000_000;

/// The element type that a header names.
///
/// ```
/// use congruent::io::{raw::RawDtype, safetensors::EntryDtype};
///
/// assert_eq!(EntryDtype::from_name("BF16"), EntryDtype::Known(RawDtype::BF16));
/// assert_eq!(EntryDtype::from_name("F8_E4M3").to_string(), "F8_E4M3");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryDtype {
    /// One that tensors have.
    Known(RawDtype),
    /// One that they have not, such as `F8_E4M3`: the tensor is listed, and cannot be read.
    Other(String),
}

impl EntryDtype {
    /// The type of a name, `F32`.
    pub fn from_name(name: &str) -> Self {
        RawDtype::from_safetensors_name(name).map_or_else(|| Self::Other(name.to_owned()), Self::Known)
    }

    /// The type, where tensors have it; `place` is what the error calls the tensor.
    ///
    /// # Errors
    /// [`FileError::Format`] with the name and those that can be read.
    pub fn known(&self, place: &str) -> Result<RawDtype, FileError> {
        match self {
            Self::Known(dtype) => Ok(*dtype),
            Self::Other(name) => {
                let known = RawDtype::ALL.map(RawDtype::safetensors_name).join(", ");
                Err(FileError::format(place, format!("dtype {name} is not among {known}")))
            }
        }
    }
}

impl fmt::Display for EntryDtype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(dtype) => dtype.fmt(formatter),
            Self::Other(name) => formatter.pad(name),
        }
    }
}

/// What a header says of one tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorEntry {
    /// Its name.
    pub name: String,
    /// Its element type.
    pub dtype: EntryDtype,
    /// The length of each axis.
    pub shape: Vec<usize>,
    /// Where its bytes lie, counted from the end of the header.
    pub range: Range<u64>,
}

/// An open safetensors file: what it holds, and a reader for the tensors.
///
/// ```
/// use std::collections::BTreeMap;
/// use congruent::io::{raw::RawArray, safetensors::{SafetensorsFile, write_safetensors}};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("line.safetensors");
/// let tensors = [
///     ("weight", RawArray::from_values(&[1, 2], &[0.5f32, -1.0])?),
///     ("bias", RawArray::from_values(&[1], &[3.0f32])?),
/// ];
/// let metadata = BTreeMap::from([("epoch".to_owned(), "3".to_owned())]);
/// write_safetensors(&path, &tensors, &metadata)?;
///
/// let mut file = SafetensorsFile::open(&path)?;
/// assert_eq!(file.metadata()["epoch"], "3");
/// assert_eq!(file.entries()[1].shape, [1]);
/// assert_eq!(file.get("bias")?, tensors[1].1);
/// assert!(file.get("biases").unwrap_err().to_string().ends_with("nearest name: `bias`"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SafetensorsFile<R = BufReader<File>> {
    reader: R,
    place: String,
    metadata: BTreeMap<String, String>,
    entries: Vec<TensorEntry>,
    index: HashMap<String, usize>,
    data_start: u64,
}

impl SafetensorsFile {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`FileError::Truncated`] where the file is shorter than its header declares; [`FileError::Format`] where the
    /// header is not JSON of the right form or has a name twice, where the bytes of a tensor are not as many as its
    /// dtype and shape say, or where two overlap or leave a gap.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let place = path.as_ref().display().to_string();
        let file = File::open(path).map_err(FileError::reading(&place))?;
        Self::from_reader(BufReader::new(file), &place)
    }
}

impl<R: Read + Seek> SafetensorsFile<R> {
    /// Reads the header of a file that is open or in memory; `place` is what errors call it.
    ///
    /// # Errors
    /// Those of [`SafetensorsFile::open`].
    pub fn from_reader(mut reader: R, place: &str) -> Result<Self, FileError> {
        let file_bytes = reader.seek(SeekFrom::End(0)).map_err(FileError::reading(place))?;
        reader.rewind().map_err(FileError::reading(place))?;
        let length = read_length(&mut reader, 8, LONGEST_HEADER, place)?;
        let text = read_exactly(&mut reader, length, place)?;
        let (metadata, entries) = header::parse(&text, place)?;
        let data_start = 8 + length;
        header::check_ranges(&entries, file_bytes.saturating_sub(data_start), place)?;
        let index = entries.iter().enumerate().map(|(row, entry)| (entry.name.clone(), row)).collect();
        Ok(Self { reader, place: place.to_owned(), metadata, entries, index, data_start })
    }

    /// What the file holds, in the order of its header.
    pub fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    /// The `__metadata__` of the file; empty where it has none.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// What the header says of a tensor.
    ///
    /// # Errors
    /// [`FileError::MissingArray`], with the names that are there and the nearest of them.
    pub fn entry(&self, name: &str) -> Result<&TensorEntry, FileError> {
        let missing = || {
            let names: Vec<&str> = self.entries.iter().map(|entry| entry.name.as_str()).collect();
            FileError::missing(&self.place, name, &names)
        };
        self.find(name).ok_or_else(missing)
    }

    /// What the header says of a tensor, if the file has it.
    pub(super) fn find(&self, name: &str) -> Option<&TensorEntry> {
        self.index.get(name).map(|&row| &self.entries[row])
    }

    /// What errors call the file.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Reads one tensor.
    ///
    /// # Errors
    /// Those of [`entry`](Self::entry); [`FileError::Format`] where the dtype is none of [`RawDtype`] or a bool is
    /// neither 0 nor 1; [`FileError::Truncated`] where the file became shorter since it was opened.
    pub fn get(&mut self, name: &str) -> Result<RawArray, FileError> {
        let (place, entry) = (self.place_of(name), self.entry(name)?.clone());
        let dtype = entry.dtype.known(&place)?;
        let count = (entry.range.end - entry.range.start) as usize;
        let mut bytes = reserved(count, &place)?;
        bytes.resize(count, 0);
        self.read_into(&entry, &mut bytes)?;
        Ok(RawArray { dtype, shape: entry.shape, bytes })
    }

    /// Reads the little-endian elements of a tensor into memory of as many bytes.
    pub(super) fn read_into(&mut self, entry: &TensorEntry, bytes: &mut [u8]) -> Result<(), FileError> {
        let place = self.place_of(&entry.name);
        let start = SeekFrom::Start(self.data_start + entry.range.start);
        self.reader.seek(start).map_err(FileError::reading(&place))?;
        fill(&mut self.reader, bytes, &place)?;
        entry.dtype.known(&place)?.check_values(&place, bytes)
    }

    /// What errors call a tensor.
    pub(super) fn place_of(&self, name: &str) -> String {
        format!("{}, tensor `{name}`", self.place)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::random::Key;

    fn example() -> [(&'static str, RawArray); 4] {
        let array = |dtype, shape: &[usize], bytes: &[u8]| RawArray::new(dtype, shape.to_vec(), bytes.to_vec());
        [
            ("mask", array(RawDtype::Bool, &[3], &[1, 0, 1])),
            ("weight \"a\"", array(RawDtype::BF16, &[2, 1], &[1, 2, 3, 4])),
            ("step", array(RawDtype::I64, &[], &[9, 0, 0, 0, 0, 0, 0, 0])),
            ("none", array(RawDtype::F32, &[0, 7], &[])),
        ]
        .map(|(name, array)| (name, array.expect("bytes and shape agree")))
    }

    fn metadata() -> BTreeMap<String, String> {
        BTreeMap::from([("epoch".to_owned(), "3".to_owned()), ("by".to_owned(), "Φ\n".to_owned())])
    }

    fn written(tensors: &[(&str, RawArray)], metadata: &BTreeMap<String, String>) -> Vec<u8> {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("a.safetensors");
        write_safetensors(&path, tensors, metadata).expect("good tensors");
        std::fs::read(path).expect("it was just written")
    }

    /// A file with this header and as many bytes of data.
    fn file(header: &str, data_bytes: usize) -> Vec<u8> {
        [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &vec![0; data_bytes]].concat()
    }

    fn read_all(bytes: &[u8]) -> Result<Vec<(String, RawArray)>, FileError> {
        let mut file = SafetensorsFile::from_reader(Cursor::new(bytes), "a.safetensors")?;
        let names: Vec<String> = file.entries().iter().map(|entry| entry.name.clone()).collect();
        names.into_iter().map(|name| file.get(&name).map(|array| (name, array))).collect()
    }

    #[test]
    fn tensors_and_metadata_come_back_in_order() {
        let bytes = written(&example(), &metadata());
        let read = read_all(&bytes).expect("our own file");
        assert_eq!(read, example().map(|(name, array)| (name.to_owned(), array)));
        let file = SafetensorsFile::from_reader(Cursor::new(&bytes), "a").expect("our own file");
        assert_eq!(file.metadata(), &metadata());
        assert_eq!(bytes, written(&example(), &metadata()), "equal tensors give equal files");
        assert!(read_all(&written(&[], &BTreeMap::new())).expect("an empty file").is_empty());
    }

    #[test]
    fn every_tensor_is_aligned_for_its_type() {
        let bytes = written(&example(), &metadata());
        let file = SafetensorsFile::from_reader(Cursor::new(&bytes), "a").expect("our own file");
        for entry in file.entries() {
            let size = entry.dtype.known("a").expect("our own file").size() as u64;
            assert_eq!((file.data_start + entry.range.start) % size, 0, "{entry:?}");
        }
    }

    #[test]
    fn the_text_is_the_formats_own() {
        let tensors = [("b", RawArray::from_values(&[2], &[1u8, 2]).expect("they agree"))];
        let bytes = written(&tensors, &BTreeMap::new());
        let text = br#"{"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}   "#;
        assert_eq!(bytes, [&[56, 0, 0, 0, 0, 0, 0, 0], &text[..], &[1, 2]].concat());
    }

    #[test]
    fn names_that_clash_are_not_written() {
        let array = RawArray::from_values(&[1], &[1u8]).expect("they agree");
        for (names, reason) in [(["w", "w"], "two tensors are named `w`"), (["w", "__metadata__"], "is reserved")] {
            let path = "no/such/folder/a.safetensors";
            let error = write_safetensors(path, &names.map(|name| (name, &array)), &BTreeMap::new());
            let text = error.expect_err(reason).to_string();
            assert!(text.contains(reason), "{text}");
        }
    }

    #[test]
    fn cut_short_anywhere_or_longer_is_an_error() {
        let mut bytes = written(&example(), &metadata());
        for length in 0..bytes.len() {
            let error = read_all(&bytes[..length]);
            assert!(matches!(error, Err(FileError::Truncated { .. })), "{length} of {}", bytes.len());
        }
        bytes.extend([0, 0]);
        let text = read_all(&bytes).expect_err("two more").to_string();
        assert_eq!(text, "a.safetensors: 2 bytes after the last tensor");
    }

    #[test]
    fn hostile_headers_are_refused_with_the_numbers() {
        let row = |name: &str, shape: &str, range: &str| {
            format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":{range}}}"#)
        };
        let (first, second) = (row("a", "[2]", "[0,8]"), row("b", "[1]", "[8,12]"));
        assert!(read_all(&file(&format!("{{{second},{first}}}"), 12)).is_ok());
        let cases = [
            (row("a", "[3]", "[0,8]"), "tensor `a`: shape [3] of F32 takes 12 bytes, its range is 0..8"),
            (row("a", "[2]", "[8,0]"), "takes 8 bytes, its range is 8..0"),
            (row("a", "[2]", "[-8,0]"), "not a safetensors header"),
            (row("a", "[4294967296,4294967296]", "[0,8]"), "is larger than any memory"),
            (row("a", "[4294967296,4294967296,0]", "[0,0]"), "is larger than any memory"),
            (
                row("a", "[250000000000000000]", "[0,1000000000000000000]"),
                "1000000000000000000 bytes are declared, 12 are",
            ),
            (format!("{first},{}", row("b", "[2]", "[4,12]")), "`b` at 4..12 overlaps a, which ends at 8"),
            (format!("{first},{}", row("b", "[0]", "[4,4]")), "`b` at 4..4 overlaps a, which ends at 8"),
            (format!("{first},{}", row("b", "[0]", "[12,12]")), "`b` at 12..12 leaves a gap after a, which ends at 8"),
            (row("a", "[1]", "[8,12]"), "`a` at 8..12 leaves a gap after the header, which ends at 0"),
            (format!("{first},{first},{second}"), "two tensors are named `a`"),
            (
                first.replace("F32", "F8_E5M2").replace("[0,8]", "[8,0]"),
                "shape [2] of F8_E5M2 takes 0 bytes, its range is 8..0",
            ),
            (first.replace("F32", "F8_E5M2"), "4 bytes after the last tensor"),
            (r#""__metadata__":{},"__metadata__":{}"#.to_owned(), "`__metadata__` comes twice"),
            (r#""__metadata__":{"a":"","a":"b"}"#.to_owned(), "`a` comes twice in the metadata"),
            (row("a", "[2]", "[0,18446744073709551616]"), "not a safetensors header"),
            (row("a", "[2]", "[18446744073709551608,18446744073709551615]"), "its range is 18446744073709551608..1"),
            (row("a", "[0]", "[18446744073709551615,18446744073709551615]"), "leaves a gap after the header"),
            (r#""__metadata__":{"epoch":3}"#.to_owned(), "not a safetensors header"),
            (format!(r#""a":{}"#, "[".repeat(100_000)), "not a safetensors header"),
            (first.clone(), "4 bytes after the last tensor"),
        ];
        for (inside, reason) in cases {
            let text = read_all(&file(&format!("{{{inside}}}"), 12)).expect_err(reason).to_string();
            assert!(text.contains(reason), "{text}");
        }
        let text = read_all(&[255; 8]).expect_err("a header of exabytes").to_string();
        assert_eq!(text, format!("a.safetensors: {} bytes are declared, the limit is 100000000", u64::MAX));
    }

    #[test]
    fn missing_data_is_told_when_the_file_is_opened() {
        let bytes = file(r#"{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}"#, 8);
        let opened = SafetensorsFile::from_reader(Cursor::new(bytes), "a");
        assert!(matches!(opened, Err(FileError::Truncated { expected: 9, found: 8, .. })), "{opened:?}");
    }

    #[test]
    fn one_unknown_dtype_hides_no_other() {
        let row = |name: &str, dtype: &str, range: &str| {
            format!(r#""{name}":{{"dtype":"{dtype}","shape":[1],"data_offsets":{range}}}"#)
        };
        let rows = [row("scale", "F8_E4M3", "[0,1]"), row("z", "C64", "[1,9]"), row("w", "F32", "[9,13]")];
        let bytes = file(&format!("{{{}}}", rows.join(",")), 13);
        let mut file = SafetensorsFile::from_reader(Cursor::new(bytes), "a").expect("a good file");
        let listed: Vec<String> =
            file.entries().iter().map(|entry| format!("{} {}", entry.name, entry.dtype)).collect();
        assert_eq!(listed, ["scale F8_E4M3", "z C64", "w F32"]);
        assert_eq!(file.get("w").expect("a known dtype").bytes, [0; 4]);
        let text = file.get("scale").expect_err("unknown").to_string();
        assert!(text.starts_with("a, tensor `scale`: dtype F8_E4M3 is not among BOOL, U8, "), "{text}");
    }

    #[test]
    fn a_header_begins_with_a_brace_and_may_have_no_metadata() {
        assert!(read_all(&file(r#"{"__metadata__":null}"#, 0)).expect("none").is_empty());
        let text = read_all(&file("  {}", 0)).expect_err("spaces first").to_string();
        assert_eq!(text, "a.safetensors: not a safetensors header: it begins with `  {}`");
        assert!(read_all(&file("", 0)).is_err());
    }

    #[test]
    fn a_bool_that_is_none_is_refused() {
        let mut bytes = written(&example(), &metadata());
        *bytes.last_mut().expect("it is not empty") = 2;
        let text = read_all(&bytes).expect_err("no bool").to_string();
        assert_eq!(text, "a.safetensors, tensor `mask`: element 2 is 2, a bool is 0 or 1");
    }

    #[test]
    fn flipped_bytes_never_panic() {
        let bytes = written(&example(), &metadata());
        let key = Key::new(1);
        let mut refused = 0;
        for i in 0..10_000 {
            let mut damaged = bytes.clone();
            damaged[key.below(2 * i, bytes.len() as u64) as usize] ^= 1 << key.below(2 * i + 1, 8);
            refused += u32::from(read_all(&damaged).is_err());
        }
        // There is no checksum: names, metadata and numbers may change, what is read still fits its own header.
        assert!(refused > 5_000, "only {refused} of 10 000 damaged files were refused");
    }
}
