//! Files that are read: the header at once, each tensor when it is asked for.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::header::Header;
use super::stored::Stored;
use super::value::GgufValue;
use crate::files::declared::{byte_count, reserved};
use crate::files::entry::{NamedTensors, TensorEntry};
use crate::files::error::FileError;
use crate::files::raw::{RawArray, RawDtype};

/// An open GGUF file: its metadata, what tensors it holds, and a reader for them.
///
/// Shapes are as NumPy and PyTorch have them: GGUF writes the dims the other way round, `[in, out]` for a weight that
/// PyTorch has as `(out, in)`, and here it is `[out, in]` again. So [`Import::pytorch`](crate::io::Import::pytorch)
/// turns weights of [`Linear`](crate::nn::Linear), and its `rename` gives the names of ggml, `blk.0.ffn_up.weight`,
/// those of the model.
///
/// `F32`, `F16`, `BF16`, `F64` and `I8` to `I64` are read as they are; `Q8_0` and `Q4_0` are widened to `f32`, portion
/// by portion, as ggml does it: `scale · q` and `scale · (q - 8)`. Tensors of other types are listed, and reading one
/// is an error that names its type. What lies between tensors or behind the last one is passed over. A model that was
/// split over several GGUF files is several files here, too: each has a part of its tensors.
///
/// ```
/// use congruent::{io::{GgufFile, Import}, prelude::*};
///
/// let mut file = GgufFile::open("tests/golden/tiny.gguf")?;
/// assert_eq!(file.metadata()["general.architecture"].as_text(), Some("tiny"));
/// assert_eq!(file.metadata()["tiny.block_count"].as_u64(), Some(1));
/// assert_eq!(file.stored_as("blk.0.ffn_up.weight")?, "Q8_0");
/// assert_eq!(file.entry("blk.0.ffn_up.weight")?.shape, [6, 64]);
/// let weight = file.tensor::<Shape![6, 64], f32>("blk.0.ffn_up.weight")?;
///
/// let mut model = Linear::<D<64>, D<6>>::new(Key::new(0));
/// let import = Import::pytorch().rename(|name| name.replace("blk.0.ffn_up.", ""));
/// model.load_with("tests/golden/tiny.gguf", &import.partial())?;
/// assert_eq!(model.weight.tensor(), weight.t().eval());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct GgufFile<R = BufReader<File>> {
    reader: R,
    place: String,
    metadata: BTreeMap<String, GgufValue>,
    entries: Vec<TensorEntry>,
    stored: Vec<Stored>,
    index: HashMap<String, usize>,
    data_start: u64,
}

impl GgufFile {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`FileError::Truncated`] where the file is shorter than its header declares, or a count in it needs more than
    /// the file; [`FileError::TooLarge`] where a header has more than 100 MB, or a name more than 65535 bytes;
    /// [`FileError::Format`] where it is no GGUF file of version 2 or 3 in little endian, a text is not UTF-8, a name
    /// comes twice, a tensor is not aligned, lies in another, or has rows of no whole blocks.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let place = path.as_ref().display().to_string();
        let file = File::open(path).map_err(FileError::reading(&place))?;
        Self::from_reader(BufReader::new(file), &place)
    }
}

impl<R: Read + Seek> GgufFile<R> {
    /// Reads the header of a file that is open or in memory; `place` is what errors call it.
    ///
    /// # Errors
    /// Those of [`GgufFile::open`].
    pub fn from_reader(mut reader: R, place: &str) -> Result<Self, FileError> {
        let file_bytes = reader.seek(SeekFrom::End(0)).map_err(FileError::reading(place))?;
        reader.rewind().map_err(FileError::reading(place))?;
        let Header { metadata, entries, stored, data_start } = Header::read(&mut reader, file_bytes, place)?;
        let index = entries.iter().enumerate().map(|(row, entry)| (entry.name.clone(), row)).collect();
        Ok(Self { reader, place: place.to_owned(), metadata, entries, stored, index, data_start })
    }

    /// What the file holds, in its own order, each with the dtype that is read of it.
    pub fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    /// The metadata; `general.architecture` says whose names the tensors have.
    pub fn metadata(&self) -> &BTreeMap<String, GgufValue> {
        &self.metadata
    }

    /// What the header says of a tensor.
    ///
    /// # Errors
    /// [`FileError::MissingArray`], with the names that are there and the nearest of them.
    pub fn entry(&self, name: &str) -> Result<&TensorEntry, FileError> {
        self.row(name).map(|row| &self.entries[row])
    }

    /// The name that ggml has for how a tensor is stored: `Q8_0`; that of a number without a name, `number 99`.
    ///
    /// # Errors
    /// Those of [`entry`](Self::entry).
    pub fn stored_as(&self, name: &str) -> Result<String, FileError> {
        self.row(name).map(|row| self.stored[row].name().into_owned())
    }

    fn row(&self, name: &str) -> Result<usize, FileError> {
        let missing = || FileError::missing(&self.place, name, &self.names().collect::<Vec<_>>());
        self.index.get(name).copied().ok_or_else(missing)
    }

    /// Reads one tensor, blocks as `f32`.
    ///
    /// # Errors
    /// Those of [`entry`](Self::entry); [`FileError::Format`] where the type is none that is read;
    /// [`FileError::Truncated`] where the file became shorter since it was opened.
    pub fn get(&mut self, name: &str) -> Result<RawArray, FileError> {
        let (place, entry) = (self.place_of(name), self.entry(name)?.clone());
        let dtype = self.dtype_of(&entry, &place)?;
        let count = byte_count(&place, dtype, &entry.shape)?;
        let mut bytes = reserved(count, &place)?;
        bytes.resize(count, 0);
        self.read_into(&entry, &mut bytes)?;
        Ok(RawArray { dtype, shape: entry.shape, bytes })
    }
}

impl<R: Read + Seek> NamedTensors for GgufFile<R> {
    fn place(&self) -> &str {
        &self.place
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.entries.iter().map(|entry| entry.name.as_str()))
    }

    fn find(&mut self, name: &str) -> Result<Option<TensorEntry>, FileError> {
        Ok(self.index.get(name).map(|&row| self.entries[row].clone()))
    }

    fn dtype_of(&self, entry: &TensorEntry, place: &str) -> Result<RawDtype, FileError> {
        let row = self.row(&entry.name)?;
        entry.dtype.known(place).map_err(|_| self.stored[row].unread(place))
    }

    fn read_into(&mut self, entry: &TensorEntry, bytes: &mut [u8]) -> Result<(), FileError> {
        let (place, row) = (self.place_of(&entry.name), self.row(&entry.name)?);
        let start = SeekFrom::Start(self.data_start + entry.range.start);
        self.reader.seek(start).map_err(FileError::reading(&place))?;
        self.stored[row].read(&mut self.reader, bytes, &place)
    }
}
