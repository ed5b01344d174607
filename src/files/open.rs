//! Opening a file of tensors whatever its format.
//!
//! Apart from the formats, of which none knows another; and not by the path, which may be any name for a file.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use super::entry::{Format, NamedTensors};
use super::error::FileError;
use super::gguf::GgufFile;
use super::safetensors::{SafetensorsFile, SafetensorsIndex};

/// Opens a file that has tensors by name.
pub(crate) fn open_named(path: &Path) -> Result<Box<dyn NamedTensors>, FileError> {
    let place = path.display().to_string();
    let mut file = File::open(path).map_err(FileError::reading(&place))?;
    let mut start = Vec::new();
    (&file).take(8).read_to_end(&mut start).map_err(FileError::reading(&place))?;
    file.rewind().map_err(FileError::reading(&place))?;
    Ok(match Format::of(&start) {
        Format::Index => Box::new(SafetensorsIndex::from_file(file, path)?),
        Format::Gguf => Box::new(GgufFile::from_reader(BufReader::new(file), &place)?),
        Format::Safetensors => Box::new(SafetensorsFile::from_reader(BufReader::new(file), &place)?),
    })
}
