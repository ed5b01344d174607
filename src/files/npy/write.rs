//! Arrays that are written: version 1, little-endian, in C order.

use std::io::Write;
use std::path::Path;

use super::header::Header;
use crate::files::atomic::write_atomically;
use crate::files::error::FileError;
use crate::files::raw::RawArray;

/// Writes an npy file, [atomically](write_atomically).
///
/// # Errors
/// [`FileError::Format`] for `BF16`, for which NumPy has no name, and where bytes and shape do not agree;
/// [`FileError::Io`] where the system refuses.
pub fn write_npy(path: impl AsRef<Path>, array: &RawArray) -> Result<(), FileError> {
    let place = path.as_ref().display().to_string();
    let start = checked_header(&place, array)?;
    write_atomically(path, |file| {
        file.write_all(&start)?;
        file.write_all(&array.bytes)
    })
    .map_err(FileError::writing(&place))
}

/// Writes one array to a stream; `place` is what errors call the stream.
///
/// # Errors
/// Those of [`write_npy`].
pub fn write_npy_to(mut writer: impl Write, place: &str, array: &RawArray) -> Result<(), FileError> {
    let start = checked_header(place, array)?;
    writer.write_all(&start).and_then(|()| writer.write_all(&array.bytes)).map_err(FileError::writing(place))
}

/// The header of an array that is fit to be written.
pub(crate) fn checked_header(place: &str, array: &RawArray) -> Result<Vec<u8>, FileError> {
    array.check(place)?;
    Header::write(place, array.dtype, &array.shape)
}
