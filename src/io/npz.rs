//! The npz format: named arrays in a zip archive, as `numpy.savez` and `numpy.savez_compressed` write them.
//!
//! Apart from `npy` because of the archive: names, compression, and what a hostile one may claim. Opening reads the
//! list of names; an array is read when it is asked for, and alone.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::atomic::write_atomically;
use super::declared::within;
use super::error::FileError;
use super::npy;
use super::raw::RawArray;

/// The most bytes of one array, unless [`NpzFile::with_limit`] says otherwise: 4 GiB.
pub const DEFAULT_LIMIT: u64 = 1 << 32;

/// What deflate gains at most, so an entry that claims more is a lie; RFC 1951: 258 bytes from a quarter of one.
const DEFLATE_AT_MOST: u64 = 1032;

/// How arrays lie in an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// As they are: fast, and right for weights, which hardly shrink.
    #[default]
    Stored,
    /// Deflated: right for images, labels, masks.
    Deflated,
}

/// An open npz file: its names, and a reader for the arrays.
///
/// ```
/// use congruent::io::{npz::{Compression, NpzFile, write_npz}, raw::RawArray};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("line.npz");
/// let arrays = [
///     ("weight", RawArray::from_values(&[1, 2], &[0.5f64, -1.0])?),
///     ("bias", RawArray::from_values(&[1], &[3.0f64])?),
/// ];
/// write_npz(&path, &arrays, Compression::Deflated)?;
///
/// let mut file = NpzFile::open(&path)?;
/// assert_eq!(file.names(), ["weight", "bias"]);
/// assert_eq!(file.get("bias")?, arrays[1].1);
/// assert!(file.get("wieght").unwrap_err().to_string().ends_with("nearest name: `weight`"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct NpzFile<R = BufReader<File>> {
    archive: ZipArchive<R>,
    names: Vec<String>,
    place: String,
    limit: u64,
}

impl NpzFile {
    /// Opens a file and reads the names in it.
    ///
    /// # Errors
    /// [`FileError::Format`] where it is not a zip archive, or has a name twice.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let place = path.as_ref().display().to_string();
        let file = File::open(path).map_err(FileError::reading(&place))?;
        Self::from_reader(BufReader::new(file), &place)
    }
}

impl<R: Read + Seek> NpzFile<R> {
    /// Reads the names of an archive that is open or in memory; `place` is what errors call it.
    ///
    /// # Errors
    /// Those of [`NpzFile::open`].
    pub fn from_reader(reader: R, place: &str) -> Result<Self, FileError> {
        let archive = ZipArchive::new(reader).map_err(|error| zip_error(place, error))?;
        if archive.has_duplicate_names() {
            return Err(FileError::format(place, "two arrays have the same name"));
        }
        let mut names = Vec::new();
        for name in archive.file_names() {
            names.extend(name.map_err(|error| zip_error(place, error))?.strip_suffix(".npy").map(str::to_owned));
        }
        Ok(Self { archive, names, place: place.to_owned(), limit: DEFAULT_LIMIT })
    }

    /// Allows arrays of up to `limit` bytes each; it is [`DEFAULT_LIMIT`] otherwise.
    #[must_use]
    pub fn with_limit(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    /// The names of the arrays, in the order of the file; entries that are no arrays are left out.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads one array.
    ///
    /// # Errors
    /// [`FileError::MissingArray`], with the names that are there and the nearest of them; [`FileError::TooLarge`]
    /// beyond the limit; [`FileError::Io`] where a checksum does not hold; those of [`npy::read_npy`].
    pub fn get(&mut self, name: &str) -> Result<RawArray, FileError> {
        if !self.names.iter().any(|present| present == name) {
            return Err(FileError::missing(&self.place, name, &self.names));
        }
        let place = format!("{}, array `{name}`", self.place);
        let mut entry = self.archive.by_name(&format!("{name}.npy")).map_err(|error| zip_error(&place, error))?;
        let (bytes, packed) = (within(entry.size(), self.limit, &place)?, entry.compressed_size());
        if bytes > packed.saturating_mul(DEFLATE_AT_MOST) {
            return Err(FileError::format(&place, format!("{packed} bytes cannot unpack to the declared {bytes}")));
        }
        npy::read_whole(&mut entry, &place, bytes)
    }
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
    let headers = checked_headers(&place, arrays)?;
    write_atomically(path, |file| {
        let mut archive = ZipWriter::new(file);
        for ((name, array), header) in arrays.iter().zip(&headers) {
            let bytes = &array.borrow().bytes;
            archive.start_file(format!("{}.npy", name.as_ref()), entry_options(compression, bytes.len()))?;
            archive.write_all(header)?;
            archive.write_all(bytes)?;
        }
        archive.finish()?;
        Ok(())
    })
    .map_err(FileError::writing(&place))
}

/// The npy headers of all arrays, so that what cannot be written is refused before a file exists.
fn checked_headers<N: AsRef<str>, A: Borrow<RawArray>>(
    place: &str,
    arrays: &[(N, A)],
) -> Result<Vec<Vec<u8>>, FileError> {
    let mut seen = BTreeSet::new();
    let header = |(name, array): &(N, A)| {
        let place = format!("{place}, array `{}`", name.as_ref());
        npy::checked_header(&place, array.borrow())
    };
    for (name, _) in arrays {
        if !seen.insert(name.as_ref()) {
            return Err(FileError::format(place, format!("two arrays are named `{}`", name.as_ref())));
        }
    }
    arrays.iter().map(header).collect()
}

fn entry_options(compression: Compression, bytes: usize) -> SimpleFileOptions {
    let method = match compression {
        Compression::Stored => CompressionMethod::Stored,
        Compression::Deflated => CompressionMethod::Deflated,
    };
    // Sizes of 32 bits, less what header and deflate may add: beyond that the entry needs the wide record of zip64.
    SimpleFileOptions::default().compression_method(method).large_file(bytes as u64 > u64::from(u32::MAX) / 2)
}

fn zip_error(place: &str, error: zip::result::ZipError) -> FileError {
    match error {
        zip::result::ZipError::Io(error) => FileError::reading(place)(error),
        other => FileError::format_from(place, "not an archive that can be read", other),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::raw::{RawDtype, RawElement};
    use super::*;
    use crate::random::Key;

    fn example() -> [(&'static str, RawArray); 3] {
        let array = |shape: &[usize], values: &[f32]| RawArray::from_values(shape, values).expect("they agree");
        [
            ("layers.0.weight", array(&[2, 3], &[0.5; 6])),
            ("layers.0.bias", array(&[2], &[1.0, 2.0])),
            ("step", array(&[], &[9.0])),
        ]
    }

    fn packed(arrays: &[(&str, RawArray)], compression: Compression) -> Vec<u8> {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("a.npz");
        write_npz(&path, arrays, compression).expect("good arrays");
        std::fs::read(path).expect("it was just written")
    }

    fn read_all(bytes: &[u8]) -> Result<Vec<RawArray>, FileError> {
        let mut file = NpzFile::from_reader(Cursor::new(bytes), "a.npz")?;
        let names = file.names().to_vec();
        names.iter().map(|name| file.get(name)).collect()
    }

    #[test]
    fn arrays_come_back_in_order() {
        for compression in [Compression::Stored, Compression::Deflated] {
            let file = packed(&example(), compression);
            assert_eq!(read_all(&file).expect("our own file"), example().map(|(_, array)| array));
            assert_eq!(file, packed(&example(), compression), "equal arrays give equal files");
        }
        assert_eq!(read_all(&packed(&[], Compression::Stored)).expect("an empty archive"), []);
    }

    #[test]
    fn a_missing_array_is_told_with_the_nearest() {
        let file = packed(&example(), Compression::Stored);
        let mut file = NpzFile::from_reader(Cursor::new(file), "a.npz").expect("our own file");
        let text = file.get("layer0.bias").expect_err("no such array").to_string();
        let names = "`layers.0.weight`, `layers.0.bias`, `step`";
        assert_eq!(text, format!("a.npz: no array `layer0.bias`, the file has {names}; nearest name: `layers.0.bias`"));
    }

    #[test]
    fn what_cannot_be_written_leaves_no_file() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("a.npz");
        let half = RawArray::new(RawDtype::BF16, vec![1], vec![0, 0]).expect("two bytes");
        let text = write_npz(&path, &[("w", &half)], Compression::Stored).expect_err("no bfloat16").to_string();
        assert!(text.contains("a.npz, array `w`: npy has no name for BF16"), "{text}");
        let [(_, array), ..] = example();
        let text =
            write_npz(&path, &[("w", &array), ("w", &array)], Compression::Stored).expect_err("twice").to_string();
        assert!(text.ends_with("a.npz: two arrays are named `w`"), "{text}");
        assert!(!path.exists());
    }

    #[test]
    fn cut_short_anywhere_is_an_error() {
        for compression in [Compression::Stored, Compression::Deflated] {
            let file = packed(&example(), compression);
            for length in 0..file.len() {
                assert!(read_all(&file[..length]).is_err(), "{length} of {}", file.len());
            }
        }
    }

    #[test]
    fn flipped_bytes_never_panic_and_never_change_an_array() {
        for compression in [Compression::Stored, Compression::Deflated] {
            let file = packed(&example(), compression);
            let key = Key::new(1);
            let mut refused = 0;
            for i in 0..10_000 {
                let mut damaged = file.clone();
                damaged[key.below(2 * i, file.len() as u64) as usize] ^= 1 << key.below(2 * i + 1, 8);
                // Names are under no checksum, so an array may vanish or be called otherwise.
                let arrays = read_all(&damaged).inspect_err(|_| refused += 1).unwrap_or_default();
                assert!(arrays.iter().all(|array| example().iter().any(|(_, original)| original == array)));
            }
            assert!(refused > 5_000, "only {refused} of 10 000 damaged files were refused");
        }
    }

    #[test]
    fn damaged_data_is_told_by_its_checksum() {
        let mut file = packed(&example(), Compression::Stored);
        let value = file.windows(4).position(|bytes| bytes == f32::encode(&[9.0])).expect("stored as it is");
        file[value] ^= 1;
        let error = read_all(&file).expect_err("a wrong checksum");
        assert_eq!(error.to_string(), "cannot read a.npz, array `step`");
    }

    /// Rewrites the sizes that an archive of one entry declares, in its local and its central record.
    fn with_declared_size(mut file: Vec<u8>, size: u32) -> Vec<u8> {
        let central = file.windows(4).position(|bytes| bytes == b"PK\x01\x02").expect("a central record");
        file[22..26].copy_from_slice(&size.to_le_bytes());
        file[central + 24..central + 28].copy_from_slice(&size.to_le_bytes());
        file
    }

    #[test]
    fn false_sizes_and_bombs_are_refused() {
        let zeros = RawArray::from_values(&[1 << 20], &vec![0u8; 1 << 20]).expect("they agree");
        let file = packed(&[("w", zeros)], Compression::Deflated);
        assert!(file.len() < 4000 && read_all(&file).is_ok());
        for (size, reason) in [
            (1 << 31, "cannot unpack to the declared 2147483648"),
            ((1 << 20) + 500, "1048948 bytes of data"),
            (1 << 19, "cut short: 1048576 bytes are declared, 524160 are there"),
        ] {
            let text = read_all(&with_declared_size(file.clone(), size)).expect_err("a lie").to_string();
            assert!(text.contains(reason), "{text}");
        }
        let small = NpzFile::from_reader(Cursor::new(&file), "a.npz").map(|file| file.with_limit(1000).get("w"));
        assert!(matches!(small, Ok(Err(FileError::TooLarge { limit: 1000, .. }))));
    }

    #[test]
    fn a_name_that_comes_twice_is_refused() {
        let [(_, array), ..] = example();
        let mut file = packed(&[("w1", array.clone()), ("w2", array)], Compression::Stored);
        let second: Vec<usize> = (0..file.len()).filter(|&at| file[at..].starts_with(b"w2.npy")).collect();
        assert_eq!(second.len(), 2, "in the local and in the central record");
        second.into_iter().for_each(|at| file[at + 1] = b'1');
        let text = read_all(&file).expect_err("twice w1").to_string();
        assert_eq!(text, "a.npz: two arrays have the same name");
    }

    #[test]
    fn other_files_are_no_npz_files() {
        let text = read_all(b"\x93NUMPY and so on").expect_err("no archive").to_string();
        assert_eq!(text, "a.npz: not an archive that can be read");
    }
}
