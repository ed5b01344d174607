//! Files that are read: the header at once, each tensor when it is asked for.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::header;
use crate::files::declared::{check_values, fill, read_at_once, read_exactly, read_length};
use crate::files::entry::{Format, NamedTensors, TensorEntry};
use crate::files::error::FileError;
use crate::files::raw::RawArray;
#[cfg(doc)]
use crate::files::raw::RawDtype;

/// The longest header that is read, the format's own limit.
pub(super) const LONGEST_HEADER: u64 = 100_000_000;

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
    pub(super) data_start: u64,
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
        let start = read_exactly(&mut reader, 8, place)?;
        match Format::of(&start) {
            Format::Safetensors => {}
            Format::Index => return Err(FileError::format(place, "JSON; an index is opened by `SafetensorsIndex`")),
            Format::Gguf => return Err(FileError::format(place, "a GGUF file, which is opened by `GgufFile`")),
        }
        let length = read_length(&mut &start[..], 8, LONGEST_HEADER, place)?;
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
        self.index.get(name).map(|&row| &self.entries[row]).ok_or_else(missing)
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
        self.seek_to(&entry, &place)?;
        let bytes = read_at_once(&mut self.reader, count, &place)?;
        check_values(dtype, &place, &bytes)?;
        Ok(RawArray { dtype, shape: entry.shape, bytes })
    }

    fn seek_to(&mut self, entry: &TensorEntry, place: &str) -> Result<(), FileError> {
        let start = SeekFrom::Start(self.data_start + entry.range.start);
        self.reader.seek(start).map_err(FileError::reading(place)).map(drop)
    }
}

impl<R: Read + Seek> NamedTensors for SafetensorsFile<R> {
    fn place(&self) -> &str {
        &self.place
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.entries.iter().map(|entry| entry.name.as_str()))
    }

    fn find(&mut self, name: &str) -> Result<Option<TensorEntry>, FileError> {
        Ok(self.index.get(name).map(|&row| self.entries[row].clone()))
    }

    fn read_into(&mut self, entry: &TensorEntry, bytes: &mut [u8]) -> Result<(), FileError> {
        let place = self.place_of(&entry.name);
        self.seek_to(entry, &place)?;
        fill(&mut self.reader, bytes, &place)?;
        check_values(entry.dtype.known(&place)?, &place, bytes)
    }
}
