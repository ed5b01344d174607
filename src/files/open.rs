//! Opening a file of tensors whatever its format, which its first bytes say.
//!
//! Apart from the formats, of which none knows another; and not by the path, which may be any name for a file.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use super::entry::NamedTensors;
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
    if is_json(&start) {
        return Ok(Box::new(SafetensorsIndex::from_file(file, path)?));
    }
    if start.starts_with(b"GGUF") {
        return Ok(Box::new(GgufFile::from_reader(BufReader::new(file), &place)?));
    }
    Ok(Box::new(SafetensorsFile::from_reader(BufReader::new(file), &place)?))
}

/// Whether these are eight bytes of a JSON object. Safetensors begin with the length of their header, which would then
/// be above 10¹⁷, as text has no byte of zeros; the letters of GGUF would be a header of a gigabyte.
fn is_json(start: &[u8]) -> bool {
    start.len() == 8 && !start.contains(&0) && start.trim_ascii_start().starts_with(b"{")
}
