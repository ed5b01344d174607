//! Files that are written: the header first, then each tensor from where it is.
//!
//! Apart from the reading, with which it shares the header; nothing is put together in memory.

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::header::{self, Outline};
use crate::files::atomic::write_atomically;
use crate::files::error::FileError;
use crate::files::raw::RawArray;

/// Writes named tensors, [atomically](write_atomically); the header lists them in the given order.
///
/// The bytes lie by size of the element, the largest first, so each tensor is aligned for its type wherever the file
/// is mapped. Equal tensors and metadata give equal files.
///
/// # Errors
/// [`FileError::Format`] where a name comes twice or is `__metadata__`, or where bytes and shape do not agree;
/// [`FileError::Io`] where the system refuses.
pub fn write_safetensors<N: AsRef<str>, A: Borrow<RawArray>>(
    path: impl AsRef<Path>,
    tensors: &[(N, A)],
    metadata: &BTreeMap<String, String>,
) -> Result<(), FileError> {
    let place = path.as_ref().display().to_string();
    let outline = |(name, array): &'_ (N, A)| array.borrow().check(&format!("{place}, tensor `{}`", name.as_ref()));
    tensors.iter().try_for_each(outline)?;
    let outlines: Vec<Outline<'_>> = tensors
        .iter()
        .map(|(name, array)| {
            let RawArray { dtype, shape, .. } = array.borrow();
            Outline { name: name.as_ref(), dtype: *dtype, shape }
        })
        .collect();
    write_streamed(path.as_ref(), &outlines, metadata, |row, file| file.write_all(&tensors[row].1.borrow().bytes))
}

/// As [`write_safetensors`]; `write` is asked for the bytes of one tensor after the other, by its number, and gives as
/// many as its outline says.
pub(crate) fn write_streamed(
    path: &Path,
    tensors: &[Outline<'_>],
    metadata: &BTreeMap<String, String>,
    mut write: impl FnMut(usize, &mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), FileError> {
    let place = path.display().to_string();
    let mut layout: Vec<usize> = (0..tensors.len()).collect();
    layout.sort_by_key(|&row| Reverse(tensors[row].dtype.size()));
    let start = header::print(tensors, &layout, metadata, &place)?;
    write_atomically(path, |file| {
        file.write_all(&start)?;
        layout.iter().try_for_each(|&row| write(row, file))
    })
    .map_err(FileError::writing(&place))
}
