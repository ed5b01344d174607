//! Archives that are read: their names at once, each array when it is asked for.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use zip::ZipArchive;
use zip::read::ZipFile;

use crate::files::declared::within;
use crate::files::error::FileError;
use crate::files::npy;
use crate::files::raw::RawArray;

/// The most bytes of one array, unless [`NpzFile::with_limit`] says otherwise: 4 GiB.
pub const DEFAULT_LIMIT: u64 = 1 << 32;

/// What deflate gains at most, so an entry that claims more is a lie; RFC 1951: 258 bytes from a quarter of one.
const DEFLATE_AT_MOST: u64 = 1032;

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
    /// Where each name stands in the archive's list.
    index: HashMap<String, usize>,
    /// Where the entries begin, in ascending order, and where the last one ends at most.
    starts: Vec<u64>,
    place: String,
    limit: u64,
}

impl NpzFile {
    /// Opens a file and reads the names in it.
    ///
    /// # Errors
    /// [`FileError::Format`] where it is not a zip archive, has a name twice, or two names for one entry.
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
        let twice = |name: &str| FileError::format(place, format!("two arrays have the same name{name}"));
        if archive.has_duplicate_names() {
            return Err(twice(""));
        }
        let (mut names, mut index, mut starts) = (Vec::new(), HashMap::new(), Vec::new());
        for row in 0..archive.len() {
            let entry = archive.by_index_data(row).map_err(|error| zip_error(place, error))?;
            starts.push(entry.header_start());
            // One whose name is no text cannot be asked for, and hides no other.
            if let Some(name) = entry.name().ok().as_ref().and_then(|name| name.strip_suffix(".npy")) {
                names.push(name.to_owned());
                if index.insert(name.to_owned(), row).is_some() {
                    return Err(twice(&format!(", `{name}`")));
                }
            }
        }
        starts.sort_unstable();
        if let Some(pair) = starts.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(FileError::format(place, format!("two names for the entry at byte {}", pair[0])));
        }
        starts.push(archive.central_directory_start());
        Ok(Self { archive, names, index, starts, place: place.to_owned(), limit: DEFAULT_LIMIT })
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
        self.read(name, |entry, place, bytes| npy::read_whole(entry, place, bytes))
    }

    /// Finds an entry, holds what it declares against what is there, and reads it: `read` has the entry, what errors
    /// call it, and its bytes.
    pub(crate) fn read<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut ZipFile<'_, R>, &str, u64) -> Result<T, FileError>,
    ) -> Result<T, FileError> {
        let Some(&row) = self.index.get(name) else {
            return Err(FileError::missing(&self.place, name, &self.names));
        };
        let place = format!("{}, array `{name}`", self.place);
        let mut entry = self.archive.by_index(row).map_err(|error| zip_error(&place, error))?;
        let (bytes, packed) = (within(entry.size(), self.limit, &place)?, entry.compressed_size());
        if bytes > packed.saturating_mul(DEFLATE_AT_MOST) {
            return Err(FileError::format(&place, format!("{packed} bytes cannot unpack to the declared {bytes}")));
        }
        // Many entries over the same bytes would unpack to any multiple of the file.
        let end = entry.data_start().unwrap_or(entry.header_start()).saturating_add(packed);
        let next = self.starts.partition_point(|&start| start <= entry.header_start());
        if self.starts.get(next).is_none_or(|&next| next < end) {
            return Err(FileError::format(&place, format!("its data ends at byte {end}, inside of another entry")));
        }
        read(&mut entry, &place, bytes)
    }
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

    use super::*;
    use crate::files::npz::{Compression, write_npz};
    use crate::files::raw::{RawDtype, RawElement};
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
        assert_eq!(error.to_string(), "cannot read a.npz, array `step`: Invalid checksum");
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

    /// Moves the central record of the second entry to the first: two names, one entry.
    #[test]
    fn entries_that_overlap_are_refused() {
        let file = packed(&example()[..2], Compression::Stored);
        let records: Vec<usize> = (0..file.len()).filter(|&at| file[at..].starts_with(b"PK\x01\x02")).collect();
        let second = u32::from_le_bytes(file[records[1] + 42..][..4].try_into().expect("four bytes"));
        let with_start = |start: u32| {
            let mut file = file.clone();
            file[records[1] + 42..][..4].copy_from_slice(&start.to_le_bytes());
            read_all(&file).expect_err("one entry").to_string()
        };
        assert_eq!(with_start(0), "a.npz: two names for the entry at byte 0");
        // The first entry reaches into the second, which says that it begins earlier.
        let text = with_start(second - 8);
        assert!(text.contains("array `layers.0.weight`: its data ends at byte"), "{text}");
        // An extra field of the local record moves the data behind it.
        let mut longer = file.clone();
        longer[28] = 4;
        let text = read_all(&longer).expect_err("into the next").to_string();
        assert!(text.contains("array `layers.0.weight`: its data ends at byte"), "{text}");
    }

    #[test]
    fn many_entries_are_found_at_once() {
        let array = RawArray::from_values(&[1], &[1u8]).expect("they agree");
        let arrays: Vec<(String, &RawArray)> = (0..5000).map(|i| (format!("w{i}"), &array)).collect();
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("a.npz");
        write_npz(&path, &arrays, Compression::Stored).expect("good arrays");
        let mut file = NpzFile::open(&path).expect("our own file");
        assert!(arrays.iter().all(|(name, array)| file.get(name).expect("our own array") == **array));
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
        assert!(text.starts_with("a.npz: not an archive that can be read: "), "{text}");
    }
}
