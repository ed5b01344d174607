//! The JSON header of a safetensors file: read, checked, printed.
//!
//! Apart from the file because every promise about ranges is made here, over plain values. The reference crate checks
//! the same, but its errors have neither names nor numbers.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::TensorEntry;
use crate::io::declared::byte_count;
use crate::io::error::FileError;
use crate::io::raw::{RawArray, RawDtype};

const METADATA: &str = "__metadata__";

/// Data begins at a multiple of this, the largest element.
const ALIGNMENT: usize = 8;

type Metadata = BTreeMap<String, String>;

/// One tensor, spelled as in the file.
#[derive(Serialize, Deserialize)]
struct Row<'a> {
    dtype: Cow<'a, str>,
    shape: Cow<'a, [usize]>,
    data_offsets: [u64; 2],
}

/// The whole header, in its own order: a map type would lose it, and with it what comes twice.
#[derive(Default)]
struct Header<'a> {
    metadata: Cow<'a, Metadata>,
    rows: Vec<(Cow<'a, str>, Row<'a>)>,
}

impl<'de> Deserialize<'de> for Header<'static> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(HeaderVisitor)
    }
}

struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = Header<'static>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map from tensor names to dtype, shape and data_offsets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut header = Header::default();
        while let Some(name) = map.next_key::<String>()? {
            if name == METADATA {
                header.metadata = Cow::Owned(map.next_value()?);
            } else {
                header.rows.push((Cow::Owned(name), map.next_value()?));
            }
        }
        Ok(header)
    }
}

impl Serialize for Header<'_> {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        let mut map = sink.serialize_map(None)?;
        if !self.metadata.is_empty() {
            map.serialize_entry(METADATA, &self.metadata)?;
        }
        for (name, row) in &self.rows {
            map.serialize_entry(name, row)?;
        }
        map.end()
    }
}

/// The metadata and the tensors of a header's text, in its order.
pub(super) fn parse(text: &[u8], place: &str) -> Result<(Metadata, Vec<TensorEntry>), FileError> {
    let header: Header<'_> = serde_json::from_slice(text)
        .map_err(|error| FileError::format_from(place, "not a safetensors header", error))?;
    refuse_twice(header.rows.iter().map(|(name, _)| name.as_ref()), place)?;
    let entries = header.rows.into_iter().map(|(name, row)| entry(name.into_owned(), row, place));
    Ok((header.metadata.into_owned(), entries.collect::<Result<_, _>>()?))
}

fn entry(name: String, row: Row<'_>, place: &str) -> Result<TensorEntry, FileError> {
    let place = format!("{place}, tensor `{name}`");
    let dtype = RawDtype::from_safetensors_name(&row.dtype).ok_or_else(|| {
        let known: Vec<&str> = RawDtype::ALL.into_iter().map(RawDtype::safetensors_name).collect();
        FileError::format(&place, format!("dtype {} is not among {}", row.dtype, known.join(", ")))
    })?;
    let [start, end] = row.data_offsets;
    let bytes = byte_count(&place, dtype, &row.shape)? as u64;
    if end.checked_sub(start) != Some(bytes) {
        let what = format!("shape {:?} of {dtype} takes {bytes} bytes, its range is {start}..{end}", row.shape);
        return Err(FileError::format(&place, what));
    }
    Ok(TensorEntry { name, dtype, shape: row.shape.into_owned(), range: start..end })
}

/// Every byte of the data belongs to one tensor: none to two, none to nobody.
pub(super) fn check_ranges(entries: &[TensorEntry], data_bytes: u64, place: &str) -> Result<(), FileError> {
    let mut sorted: Vec<&TensorEntry> = entries.iter().collect();
    sorted.sort_by_key(|entry| (entry.range.start, entry.range.end));
    let mut before = ("the header", 0);
    for TensorEntry { name, range, .. } in sorted {
        if range.start != before.1 {
            let what = if range.start < before.1 { "overlaps" } else { "leaves a gap after" };
            let what = format!("tensor `{name}` at {range:?} {what} {}, which ends at {}", before.0, before.1);
            return Err(FileError::format(place, what));
        }
        before = (name, range.end);
    }
    match before.1 {
        end if end > data_bytes => {
            Err(FileError::Truncated { place: place.to_owned(), expected: end, found: data_bytes })
        }
        end if end < data_bytes => {
            Err(FileError::format(place, format!("{} bytes after the last tensor", data_bytes - end)))
        }
        _ => Ok(()),
    }
}

/// The length and text of the header of tensors that lie in the order of `layout`.
pub(super) fn print(
    tensors: &[(&str, &RawArray)],
    layout: &[usize],
    metadata: &Metadata,
    place: &str,
) -> Result<Vec<u8>, FileError> {
    refuse_twice(tensors.iter().map(|(name, _)| *name), place)?;
    if tensors.iter().any(|(name, _)| *name == METADATA) {
        return Err(FileError::format(place, format!("the name `{METADATA}` is reserved")));
    }
    let mut offsets = vec![[0; 2]; tensors.len()];
    let mut end = 0;
    for &row in layout {
        let start = end;
        end += tensors[row].1.bytes.len() as u64;
        offsets[row] = [start, end];
    }
    let rows = tensors.iter().zip(offsets).map(|(&(name, array), data_offsets)| {
        let row =
            Row { dtype: array.dtype.safetensors_name().into(), shape: Cow::Borrowed(&array.shape), data_offsets };
        (Cow::Borrowed(name), row)
    });
    let header = Header { metadata: Cow::Borrowed(metadata), rows: rows.collect() };
    let mut text = serde_json::to_vec(&header)
        .map_err(|error| FileError::format_from(place, "the header cannot be written", error))?;
    text.resize(text.len().next_multiple_of(ALIGNMENT), b' ');
    Ok([&(text.len() as u64).to_le_bytes(), &text[..]].concat())
}

fn refuse_twice<'a>(names: impl Iterator<Item = &'a str>, place: &str) -> Result<(), FileError> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(FileError::format(place, format!("two tensors are named `{name}`")));
        }
    }
    Ok(())
}
