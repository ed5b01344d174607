//! Reading what a header declares, without believing it.
//!
//! Apart from the formats because each of them begins with a length that a stranger wrote, and the same three
//! questions answer it: could any memory hold this, does the caller allow it, is it there.

use std::io::{self, Read};

use super::dtype::RawDtype;
use super::error::FileError;

/// What is reserved before the first byte has arrived; from there memory grows with the data.
const FIRST_RESERVE: u64 = 1 << 20;
/// As many axes as NumPy has.
const MOST_AXES: usize = 64;

/// The bytes of an array, refused where no memory could hold it.
pub(super) fn byte_count(place: &str, dtype: RawDtype, shape: &[usize]) -> Result<usize, FileError> {
    dtype
        .byte_count(shape)
        .ok_or_else(|| FileError::format(place, format!("shape {shape:?} of {dtype} is larger than any memory")))
}

/// A length as `bytes` little-endian bytes, refused above `limit`.
pub(super) fn read_length(reader: &mut impl Read, bytes: u64, limit: u64, place: &str) -> Result<u64, FileError> {
    let digits = read_exactly(reader, bytes, place)?;
    within(digits.iter().rev().fold(0, |sum, &digit| sum << 8 | u64::from(digit)), limit, place)
}

/// The number of bytes, refused above `limit`.
pub(crate) fn within(bytes: u64, limit: u64, place: &str) -> Result<u64, FileError> {
    if bytes > limit { Err(FileError::TooLarge { place: place.to_owned(), bytes, limit }) } else { Ok(bytes) }
}

/// Refuses more axes than NumPy has.
pub(super) fn check_axes(axes: usize, place: &str) -> Result<(), FileError> {
    if axes > MOST_AXES {
        return Err(FileError::format(place, format!("{axes} axes, {MOST_AXES} at most are read")));
    }
    Ok(())
}

/// Reads bytes until the memory is full.
pub(super) fn fill(reader: &mut impl Read, mut memory: &mut [u8], place: &str) -> Result<(), FileError> {
    let expected = memory.len() as u64;
    while !memory.is_empty() {
        match reader.read(memory) {
            Ok(0) => break,
            Ok(count) => memory = &mut memory[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Decompressors report their own end as an error; below it is told with the numbers.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(FileError::reading(place)(error)),
        }
    }
    match memory.len() as u64 {
        0 => Ok(()),
        left => Err(FileError::Truncated { place: place.to_owned(), expected, found: expected - left }),
    }
}

/// As many bytes are there as a header declares for its array, and no more.
pub(super) fn expect_length(
    place: &str,
    (dtype, shape): (RawDtype, &[usize]),
    expected: u64,
    found: u64,
) -> Result<(), FileError> {
    if found < expected {
        return Err(FileError::Truncated { place: place.to_owned(), expected, found });
    }
    if found > expected {
        let what = format!("{found} bytes of data, shape {shape:?} of {dtype} takes fewer");
        return Err(FileError::format(place, what));
    }
    Ok(())
}

/// Nothing follows what was read. Archives check their checksum only where a read meets the end.
pub(crate) fn expect_end(reader: &mut impl Read, place: &str) -> Result<(), FileError> {
    match reader.read(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) => Err(FileError::format(place, "data goes on after the array")),
        Err(error) => Err(FileError::reading(place)(error)),
    }
}

/// Memory for bytes that are there, refused where the system has none.
pub(super) fn reserved(bytes: usize, place: &str) -> Result<Vec<u8>, FileError> {
    let mut memory = Vec::new();
    let refused = |error| FileError::format_from(place, &format!("{bytes} bytes of memory are not to be had"), error);
    memory.try_reserve_exact(bytes).map_err(refused)?;
    Ok(memory)
}

/// Reads a declared number of bytes; memory grows as they arrive, so a false declaration costs nothing.
pub(super) fn read_exactly(reader: &mut impl Read, count: u64, place: &str) -> Result<Vec<u8>, FileError> {
    read_onto(Vec::with_capacity(count.min(FIRST_RESERVE) as usize), reader, count, place)
}

/// Reads a number of bytes that was held against the file, into memory of just that size.
pub(super) fn read_at_once(reader: &mut impl Read, count: usize, place: &str) -> Result<Vec<u8>, FileError> {
    read_onto(reserved(count, place)?, reader, count as u64, place)
}

fn read_onto(mut bytes: Vec<u8>, reader: &mut impl Read, count: u64, place: &str) -> Result<Vec<u8>, FileError> {
    match reader.take(count).read_to_end(&mut bytes) {
        // Decompressors report their own end as an error; below it is told with the numbers.
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(FileError::reading(place)(error)),
        _ => {}
    }
    let found = bytes.len() as u64;
    if found < count {
        return Err(FileError::Truncated { place: place.to_owned(), expected: count, found });
    }
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// Refuses bytes that are no value of the type: any bits are a number, and a bool is 0 or 1.
pub(super) fn check_values(dtype: RawDtype, place: &str, bytes: &[u8]) -> Result<(), FileError> {
    let misfit = if dtype == RawDtype::Bool { bytes.iter().position(|&byte| byte > 1) } else { None };
    match misfit {
        Some(index) => Err(FileError::format(place, format!("element {index} is {}, a bool is 0 or 1", bytes[index]))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_follows_the_data_and_not_the_declaration() {
        let error = read_exactly(&mut &[1u8; 10][..], u64::MAX, "a").expect_err("ten bytes");
        assert!(matches!(error, FileError::Truncated { expected: u64::MAX, found: 10, .. }));
        let bytes = read_exactly(&mut io::repeat(7), 3 << 20, "a").expect("an endless stream");
        assert!(bytes.len() == 3 << 20 && bytes.capacity() == bytes.len());
    }

    #[test]
    fn lengths_are_little_endian_and_limited() {
        assert_eq!(read_length(&mut &[2, 1, 9][..], 2, 300, "a").expect("258"), 258);
        let error = read_length(&mut &[255; 8][..], 8, 300, "a").expect_err("too large");
        assert_eq!(error.to_string(), format!("a: {} bytes are declared, the limit is 300", u64::MAX));
    }

    #[test]
    fn other_failures_keep_their_source() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        assert!(matches!(read_exactly(&mut Broken, 4, "a"), Err(FileError::Io { doing: "read", .. })));
    }
}
