//! Archives that are written: the same bytes for the same arrays, and every failure told by us.
//!
//! Apart from the reading, with which it shares the names alone.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::files::atomic::write_atomically;
use crate::files::error::FileError;
use crate::files::npy;
use crate::files::raw::RawArray;

/// How arrays lie in an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// As they are: fast, and right for weights, which hardly shrink.
    #[default]
    Stored,
    /// Deflated: right for images, labels, masks.
    Deflated,
}

/// Writes named arrays, [atomically](write_atomically), in the given order; equal arrays give equal files.
///
/// # Errors
/// [`FileError::Format`] where a name comes twice; those of [`npy::write_npy`].
pub fn write_npz<N: AsRef<str>, A: Borrow<RawArray>>(
    path: impl AsRef<Path>,
    arrays: &[(N, A)],
    compression: Compression,
) -> Result<(), FileError> {
    let place = path.as_ref().display().to_string();
    let entries = entries(&place, arrays)?;
    write_atomically(path, |file| {
        let mut latch = Latch { inner: file, position: 0, error: None };
        // Sizes are written in front of the data afterwards, which a pipe does not take back: there they follow it.
        let packed = match latch.inner.get_ref().metadata()?.is_file() {
            true => pack(ZipWriter::new(&mut latch), &entries, compression),
            false => pack(ZipWriter::new_stream(&mut latch), &entries, compression),
        };
        latch.error.map_or(Ok(()), Err)?;
        Ok(packed?)
    })
    .map_err(FileError::writing(&place))
}

/// An array with its name in the archive and the header in front of its bytes.
struct Entry<'a> {
    name: String,
    header: Vec<u8>,
    bytes: &'a [u8],
}

/// The entries of all arrays, so that what cannot be written is refused before a file exists.
fn entries<'a, N: AsRef<str>, A: Borrow<RawArray>>(
    place: &str,
    arrays: &'a [(N, A)],
) -> Result<Vec<Entry<'a>>, FileError> {
    let mut seen = BTreeSet::new();
    let entry = |(name, array): &'a (N, A)| {
        let (name, array) = (name.as_ref(), array.borrow());
        if !seen.insert(name) {
            return Err(FileError::format(place, format!("two arrays are named `{name}`")));
        }
        let header = npy::checked_header(&format!("{place}, array `{name}`"), array)?;
        Ok(Entry { name: format!("{name}.npy"), header, bytes: &array.bytes })
    };
    arrays.iter().map(entry).collect()
}

fn pack<W: Write + Seek>(mut archive: ZipWriter<W>, entries: &[Entry<'_>], compression: Compression) -> ZipResult<()> {
    for Entry { name, header, bytes } in entries {
        archive.start_file(name.as_str(), entry_options(compression, bytes.len()))?;
        archive.write_all(header)?;
        archive.write_all(bytes)?;
    }
    archive.finish()?;
    Ok(())
}

/// A file that fails once and then takes everything: an archive that is dropped writes its end, and prints what fails
/// there to the terminal.
struct Latch<'a, W> {
    inner: &'a mut W,
    position: u64,
    error: Option<io::Error>,
}

impl<W> Latch<'_, W> {
    /// Keeps the first failure and tells of it; from then on nothing happens, which is told as a success.
    fn attempt<T>(&mut self, pretended: T, act: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.error.is_some() {
            return Ok(pretended);
        }
        act(self.inner).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.error = Some(error);
            }
            kind.into()
        })
    }
}

impl<W: Write> Write for Latch<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.attempt(bytes.len(), |inner| inner.write(bytes))?;
        self.position += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), W::flush)
    }
}

impl<W: Seek> Seek for Latch<'_, W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let pretended = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::Current(distance) => self.position.saturating_add_signed(distance),
            SeekFrom::End(_) => self.position,
        };
        self.position = self.attempt(pretended, |inner| inner.seek(to))?;
        Ok(self.position)
    }
}

fn entry_options(compression: Compression, bytes: usize) -> SimpleFileOptions {
    let method = match compression {
        Compression::Stored => CompressionMethod::Stored,
        Compression::Deflated => CompressionMethod::Deflated,
    };
    // Sizes of 32 bits, less what header and deflate may add: beyond that the entry needs the wide record of zip64.
    SimpleFileOptions::default().compression_method(method).large_file(bytes as u64 > u64::from(u32::MAX) / 2)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Takes some bytes, and then has no room.
    struct Full {
        inner: Cursor<Vec<u8>>,
        room: u64,
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.inner.position() + bytes.len() as u64 > self.room {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.inner.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Full {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.inner.seek(to)
        }
    }

    #[test]
    fn a_full_disk_anywhere_is_told_once_and_by_us() {
        let noise: Vec<u8> = (0..5000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let array = RawArray::from_values(&[5000], &noise).expect("they agree");
        let arrays = [("w", &array), ("b", &array)];
        let entries = entries("a.npz", &arrays).expect("good arrays");
        for compression in [Compression::Stored, Compression::Deflated] {
            for room in (0..10_600).step_by(97) {
                let mut full = Full { inner: Cursor::new(Vec::new()), room };
                let mut latch = Latch { inner: &mut full, position: 0, error: None };
                let packed = pack(ZipWriter::new(&mut latch), &entries, compression);
                let kind = latch.error.map(|error| error.kind());
                assert!(packed.is_ok() || kind == Some(io::ErrorKind::StorageFull), "{room}: {packed:?}");
                assert_eq!(packed.is_ok(), kind.is_none(), "{room}");
            }
        }
    }
}
