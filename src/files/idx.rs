//! The IDX format: one array of big-endian numbers, as MNIST and its kin are handed out, plain or by gzip.
//!
//! Apart from npy because its header is four bytes and the sizes: nothing of the two is alike but what any header is
//! asked. <http://yann.lecun.com/exdb/mnist> describes it: two zeros, a code of the element type, the number of axes,
//! each size in four bytes, the elements in C order.
//!
//! A hostile file costs no memory: what its header declares is held against the bytes that are there, and of gzip,
//! which does not say how many there will be, memory grows with what arrives.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;

use super::atomic::write_atomically;
use super::declared::{byte_count, expect_end, expect_length, fill, read_at_once, read_exactly, within};
use super::dtype::RawDtype;
use super::error::FileError;
use super::raw::RawArray;

/// The bytes before the sizes.
const START: usize = 4;
/// How a gzip file begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// The codes of the element types.
const CODES: [(u8, RawDtype); 6] = [
    (0x08, RawDtype::U8),
    (0x09, RawDtype::I8),
    (0x0b, RawDtype::I16),
    (0x0c, RawDtype::I32),
    (0x0d, RawDtype::F32),
    (0x0e, RawDtype::F64),
];

/// What stands before the data.
pub(crate) struct Header {
    pub(crate) dtype: RawDtype,
    pub(crate) shape: Vec<usize>,
    data_bytes: u64,
}

impl Header {
    fn read(reader: &mut impl Read, place: &str) -> Result<Self, FileError> {
        let mut start = [0; START];
        fill(reader, &mut start, place)?;
        let [0, 0, code, rank] = start else {
            return Err(FileError::format(
                place,
                format!("an idx file begins with two zeros, this one with {start:?}"),
            ));
        };
        let Some((_, dtype)) = CODES.into_iter().find(|(own, _)| *own == code) else {
            let known = CODES.map(|(code, dtype)| format!("{code:#04x} ({dtype})")).join(", ");
            return Err(FileError::format(place, format!("element type {code:#04x} is none of {known}")));
        };
        let sizes = read_exactly(reader, u64::from(rank) * 4, place)?;
        let size = |bytes: &[u8; 4]| u32::from_be_bytes(*bytes) as usize;
        let shape: Vec<usize> = sizes.as_chunks().0.iter().map(size).collect();
        let data_bytes = byte_count(place, dtype, &shape)? as u64;
        Ok(Self { dtype, shape, data_bytes })
    }

    fn len(&self) -> u64 {
        (START + 4 * self.shape.len()) as u64
    }

    /// The header of an array.
    fn write(place: &str, array: &RawArray) -> Result<Vec<u8>, FileError> {
        array.check(place)?;
        let RawArray { dtype, shape, .. } = array;
        let Some((code, _)) = CODES.into_iter().find(|(_, own)| own == dtype) else {
            let known = CODES.map(|(_, dtype)| dtype.to_string()).join(", ");
            return Err(FileError::format(place, format!("an idx file holds one of {known}, not {dtype}")));
        };
        let Ok(rank) = u8::try_from(shape.len()) else {
            return Err(FileError::format(place, format!("an idx file has up to 255 axes, not {}", shape.len())));
        };
        let mut bytes = vec![0, 0, code, rank];
        for &size in shape {
            let Ok(size) = u32::try_from(size) else {
                return Err(FileError::format(place, format!("an axis of an idx file is below 2^32, not {size}")));
            };
            bytes.extend(size.to_be_bytes());
        }
        Ok(bytes)
    }
}

/// Reads an IDX file, plain or by gzip, whatever its name.
///
/// # Errors
/// [`FileError::Truncated`] where the file is shorter than its header declares, [`FileError::Format`] where it is
/// longer or is no IDX file; [`FileError::Io`] where the system refuses or gzip finds damage.
///
/// ```
/// use congruent::io::{idx, raw::RawArray};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("labels-idx1-ubyte");
/// let labels = RawArray::from_values(&[3], &[5u8, 0, 4])?;
/// idx::write_idx(&path, &labels)?;
/// assert_eq!(std::fs::read(&path)?, [0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]);
/// assert_eq!(idx::read_idx(&path)?, labels);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_idx(path: impl AsRef<Path>) -> Result<RawArray, FileError> {
    let place = path.as_ref().display().to_string();
    read_with(path.as_ref(), &place, |reader, header| {
        let bytes = read_at_once(&mut { reader }, header.data_bytes as usize, &place)?;
        Ok(settled(header, bytes))
    })
}

/// Reads one array from a stream, plain or by gzip. What follows a plain one is left unread.
///
/// `place` is what errors call the stream. `limit` is the most bytes that the array may have.
///
/// # Errors
/// [`FileError::TooLarge`] beyond the limit, before anything is reserved; and those of [`read_idx`].
///
/// ```
/// use congruent::io::idx::read_idx_from;
///
/// let bytes = [0, 0, 0x0b, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0, 255, 255];
/// let array = read_idx_from(&bytes[..], "stream", 1000)?;
/// assert_eq!((&array.shape[..], array.values::<i16>("stream")?), (&[1, 2][..], vec![256, -1]));
/// let error = read_idx_from(&bytes[..13], "stream", 1000).unwrap_err();
/// assert_eq!(error.to_string(), "stream: cut short: 4 bytes are declared, 1 are there");
/// # Ok::<(), congruent::io::error::FileError>(())
/// ```
pub fn read_idx_from(reader: impl BufRead, place: &str, limit: u64) -> Result<RawArray, FileError> {
    let mut reader = reader;
    if is_gzip(&mut reader, place)? {
        let mut inner = MultiGzDecoder::new(reader);
        let array = arrived(&mut inner, place, limit)?;
        expect_end(&mut inner, place)?;
        return Ok(array);
    }
    arrived(&mut reader, place, limit)
}

/// An array whose bytes nobody has counted yet.
fn arrived(reader: &mut impl Read, place: &str, limit: u64) -> Result<RawArray, FileError> {
    let header = Header::read(reader, place)?;
    within(header.data_bytes, limit, place)?;
    let bytes = read_exactly(reader, header.data_bytes, place)?;
    Ok(settled(&header, bytes))
}

fn settled(header: &Header, mut bytes: Vec<u8>) -> RawArray {
    header.dtype.swap_bytes(&mut bytes);
    RawArray { dtype: header.dtype, shape: header.shape.clone(), bytes }
}

/// Opens a file, reads its header, and hands both to `read` for the data, which is all of the file.
///
/// A regular file has as many bytes as it says. What is compressed, or is a pipe, says nothing: there the data is read
/// first, so that memory grows with what arrives.
pub(crate) fn read_with<T>(
    path: &Path,
    place: &str,
    read: impl FnOnce(&mut dyn Read, &Header) -> Result<T, FileError>,
) -> Result<T, FileError> {
    let file = File::open(path).map_err(FileError::reading(place))?;
    let found = file.metadata().map_err(FileError::reading(place))?;
    let mut reader = BufReader::new(file);
    let inner: &mut dyn Read = if is_gzip(&mut reader, place)? {
        &mut MultiGzDecoder::new(reader)
    } else if found.is_file() {
        let header = Header::read(&mut reader, place)?;
        let there = found.len().saturating_sub(header.len());
        expect_length(place, (header.dtype, &header.shape), header.data_bytes, there)?;
        let all = read(&mut reader, &header)?;
        expect_end(&mut reader, place)?;
        return Ok(all);
    } else {
        &mut { reader }
    };
    let mut inner = inner;
    let header = Header::read(&mut inner, place)?;
    let arrived = read_exactly(&mut inner, header.data_bytes, place)?;
    expect_end(&mut inner, place)?;
    read(&mut &arrived[..], &header)
}

/// Reads the data that a header declares into memory of as many bytes, as little-endian elements.
pub(crate) fn read_into(
    mut reader: &mut dyn Read,
    place: &str,
    header: &Header,
    bytes: &mut [u8],
) -> Result<(), FileError> {
    fill(&mut reader, bytes, place)?;
    header.dtype.swap_bytes(bytes);
    Ok(())
}

fn is_gzip(reader: &mut impl BufRead, place: &str) -> Result<bool, FileError> {
    Ok(reader.fill_buf().map_err(FileError::reading(place))?.starts_with(&GZIP))
}

/// Writes an IDX file, [atomically](write_atomically); by gzip where the name ends with `.gz`.
///
/// # Errors
/// [`FileError::Format`] for an element type that IDX has no code for, such as `I64`, for an axis of 2³² and more, and
/// where bytes and shape do not agree; [`FileError::Io`] where the system refuses.
pub fn write_idx(path: impl AsRef<Path>, array: &RawArray) -> Result<(), FileError> {
    let path = path.as_ref();
    let place = path.display().to_string();
    let start = Header::write(&place, array)?;
    let mut bytes = array.bytes.clone();
    array.dtype.swap_bytes(&mut bytes);
    let compressed = path.extension().is_some_and(|extension| extension == "gz");
    write_atomically(path, |file| {
        if compressed {
            let mut file = GzEncoder::new(file, Compression::default());
            file.write_all(&start)?;
            file.write_all(&bytes)?;
            file.finish().map(drop)
        } else {
            file.write_all(&start)?;
            file.write_all(&bytes)
        }
    })
    .map_err(FileError::writing(&place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(code: u8, sizes: &[u32], data: &[u8]) -> Vec<u8> {
        let rank = sizes.len() as u8;
        let sizes = sizes.iter().flat_map(|size| size.to_be_bytes());
        [0, 0, code, rank].into_iter().chain(sizes).chain(data.iter().copied()).collect()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes it")
    }

    /// By a path and by a stream, which agree.
    fn read(bytes: &[u8]) -> Result<RawArray, String> {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("a");
        std::fs::write(&path, bytes).expect("it can be written");
        let by_path = read_idx(&path).map_err(|error| error.to_string().replace(&path.display().to_string(), "a"));
        let by_stream = read_idx_from(bytes, "a", 1 << 20);
        assert_eq!(by_path.is_ok(), by_stream.is_ok(), "{by_path:?} {by_stream:?}");
        if let (Ok(by_path), Ok(by_stream)) = (&by_path, &by_stream) {
            assert_eq!(by_path, by_stream);
        }
        by_path
    }

    #[test]
    fn every_type_is_big_endian() {
        let cases = [
            (0x08, RawArray::from_values(&[2], &[1u8, 255]), vec![1, 255]),
            (0x09, RawArray::from_values(&[2], &[1i8, -1]), vec![1, 255]),
            (0x0b, RawArray::from_values(&[2], &[258i16, -2]), vec![1, 2, 255, 254]),
            (0x0c, RawArray::from_values(&[2], &[0x0102_0304i32, -1]), vec![1, 2, 3, 4, 255, 255, 255, 255]),
            (0x0d, RawArray::from_values(&[2], &[1.0f32, -2.0]), vec![0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]),
            (0x0e, RawArray::from_values(&[1], &[1.0f64]), vec![0x3f, 0xf0, 0, 0, 0, 0, 0, 0]),
        ];
        for (code, array, data) in cases {
            let array = array.expect("a good array");
            let bytes = file(code, &[array.shape[0] as u32], &data);
            assert_eq!(read(&bytes), Ok(array.clone()), "{code}");
            assert_eq!(read(&gzip(&bytes)), Ok(array), "{code}");
        }
    }

    #[test]
    fn every_rank_comes_back() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        for shape in [&[][..], &[0], &[0, 3], &[2, 3], &[1, 2, 1, 3, 1, 1, 1, 2]] {
            for name in ["a", "a.gz"] {
                let values: Vec<f32> = (0..shape.iter().product()).map(|i| i as f32).collect();
                let array = RawArray::from_values(shape, &values).expect("as many as the shape says");
                let path = folder.path().join(name);
                write_idx(&path, &array).expect("it can be written");
                assert_eq!(std::fs::read(&path).expect("it is there").starts_with(&GZIP), name == "a.gz");
                assert_eq!(read_idx(&path).expect("our own file"), array);
            }
        }
    }

    #[test]
    fn whatever_ends_early_or_late_is_refused() {
        let whole = file(0x0b, &[2, 3], &[7; 12]);
        for bytes in [whole.clone(), gzip(&whole)] {
            assert!(read(&bytes).is_ok());
            for end in 0..bytes.len() {
                assert!(read(&bytes[..end]).is_err(), "the first {end} of {} bytes", bytes.len());
            }
        }
        assert_eq!(read(&whole[..20]), Err("a: cut short: 12 bytes are declared, 8 are there".to_owned()));
        let longer = [&whole[..], &[0]].concat();
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("a");
        std::fs::write(&path, &longer).expect("it can be written");
        let error = read_idx(&path).expect_err("a byte too many").to_string();
        assert!(error.ends_with("13 bytes of data, shape [2, 3] of I16 takes fewer"), "{error}");
        assert_eq!(read(&gzip(&longer)), Err("a: data goes on after the array".to_owned()));
    }

    #[test]
    fn headers_that_lie_cost_nothing() {
        let huge = file(0x0e, &[u32::MAX; 3], &[]);
        let error = read(&huge).expect_err("2^99 bytes");
        assert!(error.ends_with("of F64 is larger than any memory"), "{error}");
        let large = file(0x0e, &[u32::MAX, 64], &[1, 2, 3]);
        let bytes = u64::from(u32::MAX) * 64 * 8;
        let cut = format!("a: cut short: {bytes} bytes are declared, 3 are there");
        assert_eq!((read(&large), read(&gzip(&large))), (Err(cut.clone()), Err(cut)));
        let error = read_idx_from(&large[..], "a", 100).expect_err("beyond the limit").to_string();
        assert_eq!(error, format!("a: {bytes} bytes are declared, the limit is 100"));
        assert_eq!(
            read(b"PK\x03\x04"),
            Err("a: an idx file begins with two zeros, this one with [80, 75, 3, 4]".into())
        );
        let error = read(&file(0x0a, &[1], &[0])).expect_err("no such type");
        assert!(error.starts_with("a: element type 0x0a is none of 0x08 (U8), 0x09 (I8), 0x0b (I16)"), "{error}");
    }

    #[test]
    fn flipped_bytes_never_panic_and_what_is_read_fits_its_shape() {
        let whole = file(0x0b, &[2, 3], &[7; 12]);
        let mut good = 0;
        for bytes in [whole.clone(), gzip(&whole)] {
            for (at, bit) in (0..bytes.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << bit;
                if let Ok(array) = read_idx_from(&bytes[..], "a", 1 << 20) {
                    assert_eq!(array.dtype.byte_count(&array.shape), Some(array.bytes.len()), "{at} {bit}");
                    good += 1;
                }
            }
        }
        // Any bits of data are good numbers; of gzip only what no checksum covers is.
        assert!((96..200).contains(&good), "{good}");
    }

    #[test]
    fn what_idx_cannot_say_is_not_written() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("a");
        let refused = |array: &RawArray| write_idx(&path, array).expect_err("refused").to_string();
        let error = refused(&RawArray::from_values(&[1], &[1i64]).expect("good"));
        assert!(error.ends_with("an idx file holds one of U8, I8, I16, I32, F32, F64, not I64"), "{error}");
        let error = refused(&RawArray::from_values(&[0, 1 << 32], &[0u8; 0]).expect("good"));
        assert!(error.ends_with("an axis of an idx file is below 2^32, not 4294967296"), "{error}");
        let error = refused(&RawArray::from_values(&[1; 256], &[0u8]).expect("good"));
        assert!(error.ends_with("an idx file has up to 255 axes, not 256"), "{error}");
        assert!(!path.exists());
    }
}
