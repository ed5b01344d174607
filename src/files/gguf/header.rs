//! What stands before the tensors: read piece by piece, and believed in nothing.
//!
//! Apart from the file because its length is nowhere said: each count is held against the bytes that are left, with the
//! least that its items could take, before memory is asked for.

use std::collections::{BTreeMap, HashSet};
use std::io::Read;

use super::stored::Stored;
use super::value::GgufValue;
use crate::files::declared::{check_axes, check_values, fill, read_exactly, within};
use crate::files::entry::TensorEntry;
use crate::files::error::FileError;
use crate::files::raw::{RawArray, RawDtype};

/// The longest header that is read: ten times that of a model with a quarter of a million tokens.
const LONGEST_HEADER: u64 = 100_000_000;
/// The longest name, in bytes: that of metadata by the format, of which tensors have shorter ones.
const LONGEST_NAME: u64 = 65_535;
/// Arrays in arrays: the format has no limit, and no file that is known goes beyond 1.
const DEEPEST: u32 = 8;

/// The least bytes of a text, an array, one of the metadata, a tensor.
const TEXT: u64 = 8;
const ARRAY: u64 = 4 + 8;
const PAIR: u64 = TEXT + 4 + 1;
const TENSOR: u64 = TEXT + 4 + 4 + 8;

const ALIGNMENT: &str = "general.alignment";

/// What a header says.
pub(super) struct Header {
    pub(super) metadata: BTreeMap<String, GgufValue>,
    pub(super) entries: Vec<TensorEntry>,
    /// How each of the entries is stored.
    pub(super) stored: Vec<Stored>,
    /// Where the data begins.
    pub(super) data_start: u64,
}

impl Header {
    /// Reads the header of a file of so many bytes.
    pub(super) fn read(reader: &mut impl Read, file_bytes: u64, place: &str) -> Result<Self, FileError> {
        let mut source = Source { reader, at: 0, end: file_bytes };
        source.begin(place)?;
        let (tensors, pairs) = (source.u64(place)?, source.u64(place)?);
        source.expect(pairs, PAIR, place)?;
        let mut metadata = BTreeMap::new();
        for _ in 0..pairs {
            let name = source.name(place)?;
            let inside = format!("{place}, metadata `{name}`");
            let kind = source.u32(&inside)?;
            let value = source.value(kind, 0, &inside)?;
            if metadata.insert(name, value).is_some() {
                return Err(FileError::format(&inside, "it comes twice"));
            }
        }
        source.expect(tensors, TENSOR, place)?;
        let (mut rows, mut names) = (Vec::new(), HashSet::new());
        for _ in 0..tensors {
            let row = Row::read(&mut source, place)?;
            if !names.insert(row.name.clone()) {
                return Err(FileError::format(place, format!("two tensors are named `{}`", row.name)));
            }
            rows.push(row);
        }
        let alignment = alignment(&metadata, place)?;
        // Below 2²⁷ and below 2³²: far from any overflow.
        let data_start = source.at.next_multiple_of(alignment);
        let entries = entries(&rows, alignment, file_bytes.saturating_sub(data_start), place)?;
        Ok(Self { metadata, entries, stored: rows.into_iter().map(|row| row.stored).collect(), data_start })
    }
}

/// What the file has under `general.alignment`, else the format's own.
fn alignment(metadata: &BTreeMap<String, GgufValue>, place: &str) -> Result<u64, FileError> {
    let Some(value) = metadata.get(ALIGNMENT) else { return Ok(32) };
    let found = value.as_u64().filter(|bytes| bytes.is_power_of_two() && *bytes <= 1 << 31);
    let whole = || value.as_u64().map(|number| number.to_string());
    let told = || whole().or(value.as_f64().map(|number| number.to_string())).unwrap_or("no number".to_owned());
    found.ok_or_else(|| {
        FileError::format(place, format!("`{ALIGNMENT}` is {}, wanted a power of two up to 2147483648", told()))
    })
}

/// One tensor, before the data has a place.
struct Row {
    name: String,
    shape: Vec<usize>,
    stored: Stored,
    offset: u64,
    /// What it takes in the file; none where the type is unknown.
    bytes: Option<u64>,
}

impl Row {
    fn read<R: Read>(source: &mut Source<'_, R>, place: &str) -> Result<Self, FileError> {
        let name = source.name(place)?;
        let inside = format!("{place}, tensor `{name}`");
        let axes = source.u32(&inside)? as usize;
        check_axes(axes, &inside)?;
        let mut shape = Vec::with_capacity(axes);
        for _ in 0..axes {
            let dim = source.u64(&inside)?;
            let large = |_| FileError::format(&inside, format!("a dim of {dim} is larger than any memory"));
            shape.push(usize::try_from(dim).map_err(large)?);
        }
        // The format begins with the dim whose elements are neighbours, NumPy ends with it.
        shape.reverse();
        let stored = Stored::of(source.u32(&inside)?);
        let offset = source.u64(&inside)?;
        let bytes = stored.bytes(&inside, &shape)?;
        Ok(Self { name, shape, stored, offset, bytes })
    }
}

/// Where each tensor lies: inside of the data, aligned, no byte in two.
fn entries(rows: &[Row], alignment: u64, data_bytes: u64, place: &str) -> Result<Vec<TensorEntry>, FileError> {
    let mut sorted: Vec<usize> = (0..rows.len()).collect();
    sorted.sort_by_key(|&row| (rows[row].offset, rows[row].bytes));
    let mut ends = vec![0; rows.len()];
    let mut before = ("the header", 0);
    for (rank, &number) in sorted.iter().enumerate() {
        let Row { name, offset, bytes, .. } = &rows[number];
        let inside = || format!("{place}, tensor `{name}`");
        if !offset.is_multiple_of(alignment) {
            let what = format!("its offset, {offset}, is no multiple of the alignment, {alignment}");
            return Err(FileError::format(&inside(), what));
        }
        if *offset < before.1 {
            let what = format!("its offset, {offset}, is inside of {}, which ends at {}", before.0, before.1);
            return Err(FileError::format(&inside(), what));
        }
        // Of an unknown type we know that it ends before the next tensor begins.
        let next = || sorted.get(rank + 1).map_or(data_bytes, |&next| rows[next].offset).max(*offset);
        let end = bytes.map_or_else(next, |bytes| offset.saturating_add(bytes));
        if end > data_bytes {
            return Err(FileError::Truncated { place: inside(), expected: end, found: data_bytes });
        }
        ends[number] = end;
        before = (name, end);
    }
    let entry = |(row, end): (&Row, u64)| TensorEntry {
        name: row.name.clone(),
        dtype: row.stored.dtype(),
        shape: row.shape.clone(),
        range: row.offset..end,
    };
    Ok(rows.iter().zip(ends).map(entry).collect())
}

/// The bytes of a file, counted.
struct Source<'r, R> {
    reader: &'r mut R,
    at: u64,
    end: u64,
}

impl<R: Read> Source<'_, R> {
    fn begin(&mut self, place: &str) -> Result<(), FileError> {
        let magic: [u8; 4] = self.array(place)?;
        if magic != *b"GGUF" {
            return Err(FileError::format(
                place,
                format!("not a GGUF file: it begins with `{}`", magic.escape_ascii()),
            ));
        }
        match self.u32(place)? {
            2 | 3 => Ok(()),
            version if matches!(version.swap_bytes(), 1..=3) => {
                Err(FileError::format(place, "its numbers are big endian, only little endian is read"))
            }
            version => Err(FileError::format(place, format!("version {version} of GGUF, only 2 and 3 are read"))),
        }
    }

    /// Goes on by as many bytes, if they are there and the header is not too long.
    fn advance(&mut self, count: u64, place: &str) -> Result<(), FileError> {
        self.expect(count, 1, place)?;
        self.at = within(self.at + count, LONGEST_HEADER, place)?;
        Ok(())
    }

    /// So many items can be there, of which each takes so many bytes at least.
    fn expect(&self, count: u64, least: u64, place: &str) -> Result<(), FileError> {
        let (expected, found) = (count.saturating_mul(least), self.end.saturating_sub(self.at));
        if expected > found {
            return Err(FileError::Truncated { place: place.to_owned(), expected, found });
        }
        Ok(())
    }

    fn array<const N: usize>(&mut self, place: &str) -> Result<[u8; N], FileError> {
        self.advance(N as u64, place)?;
        let mut bytes = [0; N];
        fill(self.reader, &mut bytes, place)?;
        Ok(bytes)
    }

    fn bytes(&mut self, count: u64, place: &str) -> Result<Vec<u8>, FileError> {
        self.advance(count, place)?;
        read_exactly(self.reader, count, place)
    }

    fn u32(&mut self, place: &str) -> Result<u32, FileError> {
        self.array(place).map(u32::from_le_bytes)
    }

    fn u64(&mut self, place: &str) -> Result<u64, FileError> {
        self.array(place).map(u64::from_le_bytes)
    }

    fn name(&mut self, place: &str) -> Result<String, FileError> {
        let length = within(self.u64(place)?, LONGEST_NAME, &format!("{place}, a name"))?;
        self.text_of(length, place)
    }

    fn text(&mut self, place: &str) -> Result<String, FileError> {
        let length = self.u64(place)?;
        self.text_of(length, place)
    }

    fn text_of(&mut self, length: u64, place: &str) -> Result<String, FileError> {
        let at = self.at;
        let bytes = self.bytes(length, place)?;
        let what = || format!("the text at byte {at} is not UTF-8");
        String::from_utf8(bytes).map_err(|error| FileError::format_from(place, &what(), error.utf8_error()))
    }

    /// A value of a type, in as many arrays.
    fn value(&mut self, kind: u32, depth: u32, place: &str) -> Result<GgufValue, FileError> {
        match kind {
            8 => self.text(place).map(GgufValue::Text),
            9 => self.values(depth, place),
            _ => self.numbers(dtype(kind, place)?, None, place),
        }
    }

    /// An array: the type of its items, their number, the items.
    fn values(&mut self, depth: u32, place: &str) -> Result<GgufValue, FileError> {
        let (kind, count) = (self.u32(place)?, self.u64(place)?);
        match kind {
            8 => {
                self.expect(count, TEXT, place)?;
                (0..count).map(|_| self.text(place)).collect::<Result<_, _>>().map(GgufValue::Texts)
            }
            9 if depth + 1 >= DEEPEST => {
                Err(FileError::format(place, format!("arrays in arrays, more than {DEEPEST} deep")))
            }
            9 => {
                self.expect(count, ARRAY, place)?;
                (0..count).map(|_| self.values(depth + 1, place)).collect::<Result<_, _>>().map(GgufValue::Arrays)
            }
            _ => self.numbers(dtype(kind, place)?, Some(count), place),
        }
    }

    /// One number, or so many.
    fn numbers(&mut self, dtype: RawDtype, count: Option<u64>, place: &str) -> Result<GgufValue, FileError> {
        let size = dtype.size() as u64;
        self.expect(count.unwrap_or(1), size, place)?;
        let bytes = self.bytes(count.unwrap_or(1) * size, place)?;
        check_values(dtype, place, &bytes)?;
        let shape = count.map(|_| bytes.len() / dtype.size()).into_iter().collect();
        Ok(GgufValue::Raw(RawArray { dtype, shape, bytes }))
    }
}

/// The types of numbers among the metadata, as the format numbers them.
fn dtype(kind: u32, place: &str) -> Result<RawDtype, FileError> {
    Ok(match kind {
        0 => RawDtype::U8,
        1 => RawDtype::I8,
        2 => RawDtype::U16,
        3 => RawDtype::I16,
        4 => RawDtype::U32,
        5 => RawDtype::I32,
        6 => RawDtype::F32,
        7 => RawDtype::Bool,
        10 => RawDtype::U64,
        11 => RawDtype::I64,
        12 => RawDtype::F64,
        _ => return Err(FileError::format(place, format!("a value of type {kind}, the format has 0 to 12"))),
    })
}
