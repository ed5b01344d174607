//! Arrays that are read, whole or into memory that is there, in whichever order the file has them.
//!
//! Apart from the header because here are the bytes that it speaks of.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::header::Header;
use super::order::ToCOrder;
use crate::files::declared::{
    check_values, expect_end, expect_length, fill, read_at_once, read_exactly, reserved, within,
};
use crate::files::error::FileError;
use crate::files::raw::RawArray;
#[cfg(doc)]
use crate::files::raw::RawDtype;

/// What is read at once where elements change places; a multiple of every element.
const PORTION: usize = 1 << 16;

/// Reads an npy file.
///
/// # Errors
/// [`FileError::Truncated`] where the file is shorter than its header declares, [`FileError::Format`] where it is
/// longer, is no npy file, or holds a type that is not in [`RawDtype`]: object arrays, records, strings, complex.
///
/// ```
/// use congruent::io::{npy, raw::RawArray};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("weights.npy");
/// let weights = RawArray::from_values(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])?;
/// npy::write_npy(&path, &weights)?;
/// assert_eq!(npy::read_npy(&path)?, weights);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_npy(path: impl AsRef<Path>) -> Result<RawArray, FileError> {
    let place = path.as_ref().display().to_string();
    read_with(path.as_ref(), &place, |reader, header| read_present(reader, &place, header))
}

/// Opens a file, reads its header, and hands both to `read` for the data, which is all of the file.
///
/// A regular file has as many bytes as it says. A pipe or a device says nothing: there the data is read first, so that
/// memory grows with what arrives.
pub(crate) fn read_with<T>(
    path: &Path,
    place: &str,
    read: impl FnOnce(&mut dyn Read, &Header) -> Result<T, FileError>,
) -> Result<T, FileError> {
    let file = File::open(path).map_err(FileError::reading(place))?;
    let found = file.metadata().map_err(FileError::reading(place))?;
    let mut reader = BufReader::new(file);
    if found.is_file() {
        let header = header_of_whole(&mut reader, place, found.len())?;
        let all = read(&mut reader, &header)?;
        expect_end(&mut reader, place)?;
        return Ok(all);
    }
    let header = Header::read(&mut reader, place)?;
    let arrived = read_exactly(&mut reader, header.data_bytes, place)?;
    expect_end(&mut reader, place)?;
    read(&mut &arrived[..], &header)
}

/// Reads one array from a stream and leaves what follows it unread.
///
/// `place` is what errors call the stream. `limit` is the most bytes that the array may have.
///
/// # Errors
/// [`FileError::TooLarge`] beyond the limit, before anything is reserved; and those of [`read_npy`].
///
/// ```
/// use congruent::io::{npy, raw::RawArray};
///
/// let mut stream = Vec::new();
/// for step in [1i64, 2] {
///     npy::write_npy_to(&mut stream, "stream", &RawArray::from_values(&[], &[step])?)?;
/// }
/// let mut reader = &stream[..];
/// assert_eq!(npy::read_npy_from(&mut reader, "stream", 1000)?.values::<i64>("step")?, [1]);
/// assert_eq!(npy::read_npy_from(&mut reader, "stream", 1000)?.values::<i64>("step")?, [2]);
/// # Ok::<(), congruent::io::error::FileError>(())
/// ```
pub fn read_npy_from(mut reader: impl Read, place: &str, limit: u64) -> Result<RawArray, FileError> {
    let header = Header::read(&mut reader, place)?;
    within(header.data_bytes, limit, place)?;
    let arrived = read_exactly(&mut reader, header.data_bytes, place)?;
    if header.big_endian || header.fortran_order {
        return read_present(&mut &arrived[..], place, &header);
    }
    check_values(header.dtype, place, &arrived)?;
    Ok(RawArray { dtype: header.dtype, shape: header.shape, bytes: arrived })
}

/// Reads an array that has an archive's entry of `length` bytes to itself.
pub(crate) fn read_whole(reader: &mut impl Read, place: &str, length: u64) -> Result<RawArray, FileError> {
    let header = header_of_whole(reader, place, length)?;
    let array = read_present(reader, place, &header)?;
    expect_end(reader, place)?;
    Ok(array)
}

/// The header of an array that has `length` bytes to itself, and takes just these.
pub(crate) fn header_of_whole(reader: &mut impl Read, place: &str, length: u64) -> Result<Header, FileError> {
    let header = Header::read(reader, place)?;
    let found = length.saturating_sub(header.length);
    expect_length(place, (header.dtype, &header.shape), header.data_bytes, found)?;
    Ok(header)
}

/// Reads data that is there: its length was held against the file.
fn read_present(mut reader: &mut (impl Read + ?Sized), place: &str, header: &Header) -> Result<RawArray, FileError> {
    let length = header.data_bytes as usize;
    let bytes = if header.moves_elements() {
        let mut bytes = reserved(length, place)?;
        bytes.resize(length, 0);
        read_into(&mut reader, place, header, &mut bytes)?;
        bytes
    } else {
        let mut bytes = read_at_once(&mut reader, length, place)?;
        settle(place, header, &mut bytes)?;
        bytes
    };
    Ok(RawArray { dtype: header.dtype, shape: header.shape.clone(), bytes })
}

/// Reads the data that a header declares into memory of as many bytes, as little-endian elements in C order.
pub(crate) fn read_into(
    mut reader: &mut (impl Read + ?Sized),
    place: &str,
    header: &Header,
    bytes: &mut [u8],
) -> Result<(), FileError> {
    if header.moves_elements() {
        let mut order = ToCOrder::new(header.dtype.size(), &header.shape);
        let mut portion = vec![0; PORTION.min(bytes.len())];
        let mut left = bytes.len();
        while left > 0 {
            let portion = &mut portion[..PORTION.min(left)];
            fill(&mut reader, portion, place)?;
            order.put(portion, bytes);
            left -= portion.len();
        }
    } else {
        fill(&mut reader, bytes, place)?;
    }
    settle(place, header, bytes)
}

/// Puts elements in their places into little-endian order, and refuses what is none.
fn settle(place: &str, header: &Header, bytes: &mut [u8]) -> Result<(), FileError> {
    if header.big_endian {
        header.dtype.swap_bytes(bytes);
    }
    check_values(header.dtype, place, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::npy::write_npy_to;
    use crate::files::raw::RawDtype;
    use crate::random::Key;

    /// An npy file, spelled out.
    fn npy(descr: &str, fortran_order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let text = format!("{{'descr': '{descr}', 'fortran_order': {fortran_order}, 'shape': {shape}, }}\n");
        [b"\x93NUMPY\x01\x00", &(text.len() as u16).to_le_bytes()[..], text.as_bytes(), data].concat()
    }

    fn read(bytes: &[u8]) -> Result<RawArray, FileError> {
        read_whole(&mut &bytes[..], "a.npy", bytes.len() as u64)
    }

    #[test]
    fn every_type_comes_back() {
        for dtype in RawDtype::ALL.into_iter().filter(|dtype| dtype.npy_code().is_some()) {
            for shape in [vec![], vec![0, 3], vec![2, 3]] {
                let count = dtype.byte_count(&shape).expect("small");
                let bytes = (0..count).map(|i| if dtype == RawDtype::Bool { i as u8 % 2 } else { i as u8 }).collect();
                let array = RawArray::new(dtype, shape, bytes).expect("bytes and shape agree");
                let mut file = Vec::new();
                write_npy_to(&mut file, "a.npy", &array).expect("memory takes it");
                assert_eq!(read(&file).expect("our own file"), array);
            }
        }
    }

    #[test]
    fn any_order_takes_time_in_proportion() {
        let ones = "1, ".repeat(62);
        let file = npy("|u1", "True", &format!("({ones}2048, 1024)"), &vec![1; 2 << 20]);
        let start = std::time::Instant::now();
        assert_eq!(read(&file).expect("a good file").bytes.len(), 2 << 20);
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }

    #[test]
    fn big_endian_becomes_little() {
        let array = read(&npy(">i4", "False", "(2,)", &[0, 0, 0, 1, 255, 255, 255, 254])).expect("a good file");
        assert_eq!(array.values::<i32>("a").expect("I32"), [1, -2]);
        let array = read(&npy(">f2", "False", "(1,)", &[0x3c, 0x00])).expect("a good file");
        assert_eq!((array.dtype, &array.bytes[..]), (RawDtype::F16, &[0x00, 0x3c][..]));
    }

    #[test]
    fn fortran_order_becomes_c_order() {
        // a[i, j, k] = 100 i + 10 j + k of shape (2, 3, 2), the first axis fastest.
        let fortran: Vec<u16> =
            (0..2).flat_map(|k| (0..3).flat_map(move |j| (0..2).map(move |i| 100 * i + 10 * j + k))).collect();
        let bytes: Vec<u8> = fortran.iter().flat_map(|value| value.to_be_bytes()).collect();
        let array = read(&npy(">u2", "True", "(2, 3, 2)", &bytes)).expect("a good file");
        assert_eq!(array.values::<u16>("a").expect("U16"), [0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121]);
        assert_eq!(read(&npy("<u2", "True", "(2, 0)", &[])).expect("empty").shape, [2, 0]);
    }

    #[test]
    fn cut_short_anywhere_is_an_error() {
        let file = npy("<f4", "False", "(3,)", &[7; 12]);
        assert!(read(&file).is_ok());
        for length in 0..file.len() {
            let cut = &file[..length];
            assert!(matches!(read(cut), Err(FileError::Truncated { .. })), "{length} as a file");
            let stream = read_npy_from(cut, "a.npy", 100);
            assert!(matches!(stream, Err(FileError::Truncated { .. })), "{length} as a stream");
        }
        let error = read(&file[..file.len() - 5]).expect_err("cut");
        assert_eq!(error.to_string(), "a.npy: cut short: 12 bytes are declared, 7 are there");
    }

    #[test]
    fn flipped_bytes_never_panic_and_what_is_read_fits_its_shape() {
        let file = npy(">f4", "True", "(3, 2)", &[7; 24]);
        let key = Key::new(1);
        let mut refused = 0;
        for i in 0..10_000 {
            let mut damaged = file.clone();
            damaged[key.below(2 * i, file.len() as u64) as usize] ^= 1 << key.below(2 * i + 1, 8);
            match read(&damaged) {
                Ok(array) => array.check("a.npy").expect("bytes and shape agree"),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 5_000, "only {refused} of 10 000 damaged files were refused");
    }

    #[test]
    fn declared_sizes_are_held_against_the_bytes() {
        let huge = npy("<f8", "False", "(1000000000, 100000000)", &[0; 16]);
        let text = read(&huge).expect_err("eight hundred petabytes").to_string();
        assert_eq!(text, "a.npy: cut short: 800000000000000000 bytes are declared, 16 are there");
        let text = read_npy_from(&huge[..], "a.npy", 1 << 30).expect_err("over the limit").to_string();
        assert_eq!(text, "a.npy: 800000000000000000 bytes are declared, the limit is 1073741824");
        assert!(matches!(read_npy_from(&huge[..], "a.npy", u64::MAX), Err(FileError::Truncated { found: 16, .. })));
        let text = read(&npy("<f8", "False", "(1,)", &[0; 16])).expect_err("too long").to_string();
        assert_eq!(text, "a.npy: 16 bytes of data, shape [1] of F64 takes fewer");
    }

    #[test]
    fn other_files_are_no_npy_files() {
        let text = read(b"PK\x03\x04 and so on").expect_err("a zip archive").to_string();
        assert_eq!(text, r"a.npy: not an npy file: it begins with PK\x03\x04 and");
        let text = read(&npy("|b1", "False", "(2,)", &[1, 2])).expect_err("no bool").to_string();
        assert_eq!(text, "a.npy: element 1 is 2, a bool is 0 or 1");
    }
}
