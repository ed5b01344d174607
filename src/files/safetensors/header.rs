//! The JSON header of a safetensors file: read, checked, printed.
//!
//! Apart from the file because every promise about ranges is made here, over plain values. The reference crate checks
//! the same, but its errors have neither names nor numbers.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde_core::de::{self, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_core::ser::{SerializeMap, SerializeStruct};
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use crate::files::declared::{byte_count, check_axes};
use crate::files::entry::{EntryDtype, TensorEntry};
use crate::files::error::FileError;
use crate::files::raw::RawDtype;

/// A tensor as the header describes it, before its bytes are written.
#[derive(Clone, Copy)]
pub(crate) struct Outline<'a> {
    pub(crate) name: &'a str,
    pub(crate) dtype: RawDtype,
    pub(crate) shape: &'a [usize],
}

const METADATA: &str = "__metadata__";

/// Data begins at a multiple of this, the largest element.
const ALIGNMENT: usize = 8;

type Metadata = BTreeMap<String, String>;

/// One tensor, spelled as in the file. Read and written by hand: what derives it takes longer to compile than the
/// format.
struct Row<'a> {
    dtype: Cow<'a, str>,
    shape: Cow<'a, [usize]>,
    data_offsets: [u64; 2],
}

/// The whole header, in its own order: a map type would lose it, and with it what comes twice.
#[derive(Default)]
struct Header<'a> {
    metadata: Option<Cow<'a, Metadata>>,
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
                let Texts(texts) = map.next_value()?;
                if header.metadata.replace(Cow::Owned(texts)).is_some() {
                    return Err(A::Error::custom(format!("`{METADATA}` comes twice")));
                }
            } else {
                header.rows.push((Cow::Owned(name), map.next_value()?));
            }
        }
        Ok(header)
    }
}

impl<'de> Deserialize<'de> for Row<'static> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(RowVisitor)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row<'static>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map of dtype, shape and data_offsets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut dtype, mut shape, mut data_offsets) = (None, None, None);
        while let Some(field) = map.next_key::<String>()? {
            match field.as_str() {
                "dtype" => once(&mut dtype, "dtype", map.next_value::<String>()?)?,
                "shape" => once(&mut shape, "shape", map.next_value::<Vec<usize>>()?)?,
                "data_offsets" => once(&mut data_offsets, "data_offsets", map.next_value()?)?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let missing = A::Error::missing_field;
        Ok(Row {
            dtype: dtype.ok_or_else(|| missing("dtype"))?.into(),
            shape: shape.ok_or_else(|| missing("shape"))?.into(),
            data_offsets: data_offsets.ok_or_else(|| missing("data_offsets"))?,
        })
    }
}

/// Keeps the value of a field, which comes once.
pub(super) fn once<T, E: de::Error>(field: &mut Option<T>, name: &'static str, value: T) -> Result<(), E> {
    match field.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::duplicate_field(name)),
    }
}

/// The texts of the metadata; none where it says `null`.
struct Texts(Metadata);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(TextsVisitor)
    }
}

struct TextsVisitor;

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Texts;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map from names to text")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Texts, E> {
        Ok(Texts(Metadata::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
        let mut texts = Metadata::new();
        while let Some((name, text)) = map.next_entry::<String, String>()? {
            if texts.contains_key(&name) {
                return Err(A::Error::custom(format!("`{name}` comes twice in the metadata")));
            }
            texts.insert(name, text);
        }
        Ok(Texts(texts))
    }
}

impl Serialize for Header<'_> {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        let mut map = sink.serialize_map(None)?;
        if let Some(metadata) = self.metadata.as_ref().filter(|metadata| !metadata.is_empty()) {
            map.serialize_entry(METADATA, metadata)?;
        }
        for (name, row) in &self.rows {
            map.serialize_entry(name, row)?;
        }
        map.end()
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        let mut row = sink.serialize_struct("Row", 3)?;
        row.serialize_field("dtype", &self.dtype)?;
        row.serialize_field("shape", &self.shape)?;
        row.serialize_field("data_offsets", &self.data_offsets)?;
        row.end()
    }
}

/// The metadata and the tensors of a header's text, in its order.
pub(super) fn parse(text: &[u8], place: &str) -> Result<(Metadata, Vec<TensorEntry>), FileError> {
    if text.first() != Some(&b'{') {
        let start = text[..text.len().min(8)].escape_ascii();
        return Err(FileError::format(place, format!("not a safetensors header: it begins with `{start}`")));
    }
    let header: Header<'_> = serde_json::from_slice(text)
        .map_err(|error| FileError::format_from(place, "not a safetensors header", error))?;
    refuse_twice(header.rows.iter().map(|(name, _)| name.as_ref()), place)?;
    let entries = header.rows.into_iter().map(|(name, row)| entry(name.into_owned(), row, place));
    Ok((header.metadata.unwrap_or_default().into_owned(), entries.collect::<Result<_, _>>()?))
}

fn entry(name: String, row: Row<'_>, place: &str) -> Result<TensorEntry, FileError> {
    let place = format!("{place}, tensor `{name}`");
    let dtype = EntryDtype::from_name(&row.dtype);
    let [start, end] = row.data_offsets;
    check_axes(row.shape.len(), &place)?;
    let expected = match dtype {
        EntryDtype::Known(dtype) => Some(byte_count(&place, dtype, &row.shape)? as u64),
        // Its elements have some size that we do not know.
        EntryDtype::Other(_) => end.checked_sub(start),
    };
    if expected.is_none() || end.checked_sub(start) != expected {
        let bytes = expected.unwrap_or(0);
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
    tensors: &[Outline<'_>],
    layout: &[usize],
    metadata: &Metadata,
    place: &str,
) -> Result<Vec<u8>, FileError> {
    refuse_twice(tensors.iter().map(|tensor| tensor.name), place)?;
    if tensors.iter().any(|tensor| tensor.name == METADATA) {
        return Err(FileError::format(place, format!("the name `{METADATA}` is reserved")));
    }
    let mut offsets = vec![[0; 2]; tensors.len()];
    let mut end = 0;
    for &row in layout {
        let Outline { name, dtype, shape } = tensors[row];
        let start = end;
        end += byte_count(&format!("{place}, tensor `{name}`"), dtype, shape)? as u64;
        offsets[row] = [start, end];
    }
    let rows = tensors.iter().zip(offsets).map(|(&Outline { name, dtype, shape }, data_offsets)| {
        let row = Row { dtype: dtype.safetensors_name().into(), shape: Cow::Borrowed(shape), data_offsets };
        (Cow::Borrowed(name), row)
    });
    let header = Header { metadata: Some(Cow::Borrowed(metadata)), rows: rows.collect() };
    let mut text = serde_json::to_vec(&header)
        .map_err(|error| FileError::format_from(place, "the header cannot be written", error))?;
    text.resize(text.len().next_multiple_of(ALIGNMENT), b' ');
    Ok([&(text.len() as u64).to_le_bytes(), &text[..]].concat())
}

pub(super) fn refuse_twice<'a>(names: impl Iterator<Item = &'a str>, place: &str) -> Result<(), FileError> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(FileError::format(place, format!("two tensors are named `{name}`")));
        }
    }
    Ok(())
}
