//! What is read and written, and every way in which a header lies.

use std::collections::BTreeMap;
use std::io::Cursor;

use super::*;
use crate::files::error::FileError;
use crate::files::raw::{RawArray, RawDtype};
use crate::random::Key;

fn example() -> [(&'static str, RawArray); 4] {
    let array = |dtype, shape: &[usize], bytes: &[u8]| RawArray::new(dtype, shape.to_vec(), bytes.to_vec());
    [
        ("mask", array(RawDtype::Bool, &[3], &[1, 0, 1])),
        ("weight \"a\"", array(RawDtype::BF16, &[2, 1], &[1, 2, 3, 4])),
        ("step", array(RawDtype::I64, &[], &[9, 0, 0, 0, 0, 0, 0, 0])),
        ("none", array(RawDtype::F32, &[0, 7], &[])),
    ]
    .map(|(name, array)| (name, array.expect("bytes and shape agree")))
}

fn metadata() -> BTreeMap<String, String> {
    BTreeMap::from([("epoch".to_owned(), "3".to_owned()), ("by".to_owned(), "Φ\n".to_owned())])
}

fn written(tensors: &[(&str, RawArray)], metadata: &BTreeMap<String, String>) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("a.safetensors");
    write_safetensors(&path, tensors, metadata).expect("good tensors");
    std::fs::read(path).expect("it was just written")
}

/// A file with this header and as many bytes of data.
fn file(header: &str, data_bytes: usize) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &vec![0; data_bytes]].concat()
}

fn read_all(bytes: &[u8]) -> Result<Vec<(String, RawArray)>, FileError> {
    let mut file = SafetensorsFile::from_reader(Cursor::new(bytes), "a.safetensors")?;
    let names: Vec<String> = file.entries().iter().map(|entry| entry.name.clone()).collect();
    names.into_iter().map(|name| file.get(&name).map(|array| (name, array))).collect()
}

#[test]
fn tensors_and_metadata_come_back_in_order() {
    let bytes = written(&example(), &metadata());
    let read = read_all(&bytes).expect("our own file");
    assert_eq!(read, example().map(|(name, array)| (name.to_owned(), array)));
    let file = SafetensorsFile::from_reader(Cursor::new(&bytes), "a").expect("our own file");
    assert_eq!(file.metadata(), &metadata());
    assert_eq!(bytes, written(&example(), &metadata()), "equal tensors give equal files");
    assert!(read_all(&written(&[], &BTreeMap::new())).expect("an empty file").is_empty());
}

#[test]
fn every_tensor_is_aligned_for_its_type() {
    let bytes = written(&example(), &metadata());
    let file = SafetensorsFile::from_reader(Cursor::new(&bytes), "a").expect("our own file");
    for entry in file.entries() {
        let size = entry.dtype.known("a").expect("our own file").size() as u64;
        assert_eq!((file.data_start + entry.range.start) % size, 0, "{entry:?}");
    }
}

#[test]
fn the_text_is_the_formats_own() {
    let tensors = [("b", RawArray::from_values(&[2], &[1u8, 2]).expect("they agree"))];
    let bytes = written(&tensors, &BTreeMap::new());
    let text = br#"{"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}   "#;
    assert_eq!(bytes, [&[56, 0, 0, 0, 0, 0, 0, 0], &text[..], &[1, 2]].concat());
}

#[test]
fn names_that_clash_are_not_written() {
    let array = RawArray::from_values(&[1], &[1u8]).expect("they agree");
    for (names, reason) in [(["w", "w"], "two tensors are named `w`"), (["w", "__metadata__"], "is reserved")] {
        let path = "no/such/folder/a.safetensors";
        let error = write_safetensors(path, &names.map(|name| (name, &array)), &BTreeMap::new());
        let text = error.expect_err(reason).to_string();
        assert!(text.contains(reason), "{text}");
    }
}

#[test]
fn cut_short_anywhere_or_longer_is_an_error() {
    let mut bytes = written(&example(), &metadata());
    for length in 0..bytes.len() {
        let error = read_all(&bytes[..length]);
        assert!(matches!(error, Err(FileError::Truncated { .. })), "{length} of {}", bytes.len());
    }
    bytes.extend([0, 0]);
    let text = read_all(&bytes).expect_err("two more").to_string();
    assert_eq!(text, "a.safetensors: 2 bytes after the last tensor");
}

#[test]
fn hostile_headers_are_refused_with_the_numbers() {
    let row = |name: &str, shape: &str, range: &str| {
        format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":{range}}}"#)
    };
    let (first, second) = (row("a", "[2]", "[0,8]"), row("b", "[1]", "[8,12]"));
    assert!(read_all(&file(&format!("{{{second},{first}}}"), 12)).is_ok());
    let cases = [
        (row("a", "[3]", "[0,8]"), "tensor `a`: shape [3] of F32 takes 12 bytes, its range is 0..8"),
        (row("a", "[2]", "[8,0]"), "takes 8 bytes, its range is 8..0"),
        (row("a", "[2]", "[-8,0]"), "not a safetensors header"),
        (row("a", "[4294967296,4294967296]", "[0,8]"), "is larger than any memory"),
        (row("a", "[4294967296,4294967296,0]", "[0,0]"), "is larger than any memory"),
        (row("a", "[250000000000000000]", "[0,1000000000000000000]"), "1000000000000000000 bytes are declared, 12 are"),
        (format!("{first},{}", row("b", "[2]", "[4,12]")), "`b` at 4..12 overlaps a, which ends at 8"),
        (format!("{first},{}", row("b", "[0]", "[4,4]")), "`b` at 4..4 overlaps a, which ends at 8"),
        (format!("{first},{}", row("b", "[0]", "[12,12]")), "`b` at 12..12 leaves a gap after a, which ends at 8"),
        (row("a", "[1]", "[8,12]"), "`a` at 8..12 leaves a gap after the header, which ends at 0"),
        (format!("{first},{first},{second}"), "two tensors are named `a`"),
        (
            first.replace("F32", "F8_E5M2").replace("[0,8]", "[8,0]"),
            "shape [2] of F8_E5M2 takes 0 bytes, its range is 8..0",
        ),
        (first.replace("F32", "F8_E5M2"), "4 bytes after the last tensor"),
        (r#""__metadata__":{},"__metadata__":{}"#.to_owned(), "`__metadata__` comes twice"),
        (r#""__metadata__":{"a":"","a":"b"}"#.to_owned(), "`a` comes twice in the metadata"),
        (row("a", "[2]", "[0,18446744073709551616]"), "not a safetensors header"),
        (row("a", "[2]", "[18446744073709551608,18446744073709551615]"), "its range is 18446744073709551608..1"),
        (row("a", "[0]", "[18446744073709551615,18446744073709551615]"), "leaves a gap after the header"),
        (r#""__metadata__":{"epoch":3}"#.to_owned(), "not a safetensors header"),
        (format!(r#""a":{}"#, "[".repeat(100_000)), "not a safetensors header"),
        (first.replacen('{', r#"{"dtype":"F32","#, 1), "duplicate field `dtype`"),
        (first.replacen('{', r#"{"shape":[2],"#, 1), "duplicate field `shape`"),
        (first.replacen('{', r#"{"data_offsets":[0,8],"#, 1), "duplicate field `data_offsets`"),
        (r#""a":{"shape":[2],"data_offsets":[0,8]}"#.to_owned(), "missing field `dtype`"),
        (r#""a":{"dtype":"F32","data_offsets":[0,8]}"#.to_owned(), "missing field `shape`"),
        (r#""a":{"dtype":"F32","shape":[2]}"#.to_owned(), "missing field `data_offsets`"),
        (r#""a":["F32",[2],[0,8]]"#.to_owned(), "expected a map of dtype, shape and data_offsets"),
        (first.replace("[0,8]", "[0,8,8]"), "not a safetensors header"),
        (first.clone(), "4 bytes after the last tensor"),
    ];
    // Fields that others have added are passed over.
    let more = first.replacen('{', r#"{"since":[{"v":2}],"#, 1);
    assert!(read_all(&file(&format!("{{{more},{second}}}"), 12)).is_ok());
    for (inside, reason) in cases {
        let text = read_all(&file(&format!("{{{inside}}}"), 12)).expect_err(reason).to_string();
        assert!(text.contains(reason), "{text}");
    }
    let text = read_all(&[255; 8]).expect_err("a header of exabytes").to_string();
    assert_eq!(text, format!("a.safetensors: {} bytes are declared, the limit is 100000000", u64::MAX));
}

#[test]
fn missing_data_is_told_when_the_file_is_opened() {
    let bytes = file(r#"{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}"#, 8);
    let opened = SafetensorsFile::from_reader(Cursor::new(bytes), "a");
    assert!(matches!(opened, Err(FileError::Truncated { expected: 9, found: 8, .. })), "{opened:?}");
}

#[test]
fn one_unknown_dtype_hides_no_other() {
    let row = |name: &str, dtype: &str, range: &str| {
        format!(r#""{name}":{{"dtype":"{dtype}","shape":[1],"data_offsets":{range}}}"#)
    };
    let rows = [row("scale", "F8_E4M3", "[0,1]"), row("z", "C64", "[1,9]"), row("w", "F32", "[9,13]")];
    let bytes = file(&format!("{{{}}}", rows.join(",")), 13);
    let mut file = SafetensorsFile::from_reader(Cursor::new(bytes), "a").expect("a good file");
    let listed: Vec<String> = file.entries().iter().map(|entry| format!("{} {}", entry.name, entry.dtype)).collect();
    assert_eq!(listed, ["scale F8_E4M3", "z C64", "w F32"]);
    assert_eq!(file.get("w").expect("a known dtype").bytes, [0; 4]);
    let text = file.get("scale").expect_err("unknown").to_string();
    assert!(text.starts_with("a, tensor `scale`: dtype F8_E4M3 is not among BOOL, U8, "), "{text}");
}

#[test]
fn a_header_begins_with_a_brace_and_may_have_no_metadata() {
    assert!(read_all(&file(r#"{"__metadata__":null}"#, 0)).expect("none").is_empty());
    let text = read_all(&file("  {}", 0)).expect_err("spaces first").to_string();
    assert_eq!(text, "a.safetensors: not a safetensors header: it begins with `  {}`");
    assert!(read_all(&file("", 0)).is_err());
}

#[test]
fn a_bool_that_is_none_is_refused() {
    let mut bytes = written(&example(), &metadata());
    *bytes.last_mut().expect("it is not empty") = 2;
    let text = read_all(&bytes).expect_err("no bool").to_string();
    assert_eq!(text, "a.safetensors, tensor `mask`: element 2 is 2, a bool is 0 or 1");
}

#[test]
fn flipped_bytes_never_panic() {
    let bytes = written(&example(), &metadata());
    let key = Key::new(1);
    let mut refused = 0;
    for i in 0..10_000 {
        let mut damaged = bytes.clone();
        damaged[key.below(2 * i, bytes.len() as u64) as usize] ^= 1 << key.below(2 * i + 1, 8);
        refused += u32::from(read_all(&damaged).is_err());
    }
    // There is no checksum: names, metadata and numbers may change, what is read still fits its own header.
    assert!(refused > 5_000, "only {refused} of 10 000 damaged files were refused");
}
