//! Files that lie: each is an error with the numbers, none is a panic, and nothing is allocated on a stranger's word.

use super::golden;
use super::written::{Written, array, open, text};
use congruent::io::{FileError, GgufFile};
use congruent::prelude::*;
use std::time::{Duration, Instant};

const U32: u32 = 4;
const TEXT: u32 = 8;
const ARRAY: u32 = 9;
const F32: u32 = 0;
const Q8_0: u32 = 8;

/// Some metadata and two tensors, the second of which ends with the file.
fn example() -> Written {
    let tokens = [text(b"<s>"), text("é".as_bytes())].concat();
    let nested = [array(TEXT, 1, &text(b"a")), array(U32, 2, &[0; 8])].concat();
    let blocks = [&[0, 0x3c][..], &[1; 32], &[0; 30], &[0, 0, 128, 63].repeat(8)].concat();
    Written::new()
        .pair(b"tokens", ARRAY, &array(TEXT, 2, &tokens))
        .pair(b"nested", ARRAY, &array(ARRAY, 2, &nested))
        .pair(b"scale", 6, &0.5f32.to_le_bytes())
        .tensor(b"blocks", &[32, 1], Q8_0, 0)
        .tensor(b"plain", &[4, 2], F32, 64)
        .data(&blocks)
}

/// A file with one tensor of eight numbers, in 32 bytes.
fn one(dims: &[u64], kind: u32, offset: u64) -> Written {
    Written::new().tensor(b"w", dims, kind, offset).data(&[0; 32])
}

#[test]
fn our_own_files_are_good_in_both_versions() {
    for version in [2, 3] {
        let mut file = Written { version, ..example() }.open().expect("a good file");
        assert_eq!(file.tensor::<Shape![1, 32], f32>("blocks").expect("it is there").as_slice(), [1.0; 32]);
        assert_eq!(file.tensor::<Shape![2, 4], f32>("plain").expect("it is there").as_slice(), [1.0; 8]);
        assert_eq!(file.metadata()["scale"].as_f64(), Some(0.5));
    }
    assert!(Written::new().open().expect("an empty file").entries().is_empty());
    // Dims that are none, no elements, a hole between tensors, something behind the last.
    let file = Written::new()
        .tensor(b"scalar", &[], F32, 32)
        .tensor(b"none", &[0, 7], F32, 0)
        .tensor(b"last", &[1], F32, 128)
        .data(&[1; 150]);
    let mut file = file.open().expect("a good file");
    let shapes: Vec<_> = file.entries().iter().map(|entry| entry.shape.clone()).collect();
    assert_eq!(shapes, [vec![], vec![7, 0], vec![1]]);
    assert_eq!(file.get("scalar").expect("it is there").bytes, [1; 4]);
    assert!(file.get("none").expect("it is there").bytes.is_empty());
}

#[test]
fn cut_short_anywhere_is_an_error() {
    let bytes = example().bytes();
    for length in 0..bytes.len() {
        let error = open(bytes[..length].to_vec()).map(drop).expect_err("it is cut short");
        assert!(matches!(error, FileError::Truncated { .. }), "{length} of {}: {error}", bytes.len());
    }
    // So is ggml's file, up to the last byte of its last tensor.
    let bytes = std::fs::read(golden("tiny.gguf")).expect("the file is part of the crate");
    for length in (0..3000).chain(bytes.len() - 300..bytes.len()) {
        assert!(matches!(open(bytes[..length].to_vec()), Err(FileError::Truncated { .. })), "{length}");
    }
}

#[test]
fn what_is_no_file_of_ours_is_told() {
    let begins = |start: &[u8]| {
        let mut bytes = example().bytes();
        bytes[..start.len()].copy_from_slice(start);
        open(bytes).map(drop).expect_err("it is refused").to_string()
    };
    assert_eq!(begins(b"GGJT"), "a.gguf: not a GGUF file: it begins with `GGJT`");
    assert_eq!(begins(b"GGUF\x01\0\0\0"), "a.gguf: version 1 of GGUF, only 2 and 3 are read");
    assert_eq!(begins(b"GGUF\x04\0\0\0"), "a.gguf: version 4 of GGUF, only 2 and 3 are read");
    assert_eq!(begins(b"GGUF\0\0\0\x03"), "a.gguf: its numbers are big endian, only little endian is read");
}

#[test]
fn counts_and_lengths_are_held_against_the_file() {
    let cut = |file: &Written, expected: u64| {
        let error = file.open().map(drop).expect_err("it is refused");
        let FileError::Truncated { expected: told, found, .. } = error else { panic!("{error}") };
        assert!(told == expected && found < 1000, "{told} and {found}");
    };
    for count in [1 << 63, u64::MAX, 1 << 40] {
        cut(&Written { counts: [Some(count), None], ..example() }, count.saturating_mul(24));
        cut(&Written { counts: [None, Some(count)], ..example() }, count.saturating_mul(13));
        for (kind, least) in [(0, 1), (U32, 4), (TEXT, 8), (ARRAY, 12), (12, 8)] {
            cut(&Written::new().pair(b"a", ARRAY, &array(kind, count, &[])), count.saturating_mul(least));
        }
        cut(&Written::new().pair(b"a", TEXT, &count.to_le_bytes()), count);
        // A dim is as long.
        let text = one(&[count], F32, 0).refused();
        let large = text == format!("a.gguf, tensor `w`: shape [{count}] of F32 is larger than any memory");
        assert!(
            large || text == format!("a.gguf, tensor `w`: cut short: {} bytes are declared, 32 are there", 1u64 << 42)
        );
    }
    let name = |length: u64| {
        let mut file = Written::new();
        (file.metadata, file.pairs) = ([&length.to_le_bytes()[..], &[b'a'; 100]].concat(), 1);
        file.refused()
    };
    for length in [1 << 63, u64::MAX, 65_536] {
        assert_eq!(name(length), format!("a.gguf, a name: {length} bytes are declared, the limit is 65535"));
    }
    assert!(name(65_535).contains("65535 bytes are declared, "));
    for dims in [&[1u64 << 32, 1 << 32][..], &[1 << 32, 1 << 32, 0], &[0, 1 << 63], &[1 << 61, 2, 2]] {
        assert!(one(dims, F32, 0).refused().ends_with("of F32 is larger than any memory"), "{dims:?}");
        assert!(one(dims, Q8_0, 0).refused().contains("larger than any memory"), "{dims:?}");
        assert!(one(dims, 12, 0).refused().contains("larger than any memory"), "{dims:?}");
    }
    let axes = one(&[1; 65], F32, 0).refused();
    assert_eq!(axes, "a.gguf, tensor `w`: 65 axes, 64 at most are read");
    let mut endless = one(&[1], F32, 0);
    endless.tensors[9..13].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(endless.refused(), "a.gguf, tensor `w`: 4294967295 axes, 64 at most are read");
}

#[test]
fn names_and_values_are_what_they_should_be() {
    let byte = b"\xff\xfe";
    let cases = [
        (Written::new().pair(byte, U32, &[0; 4]), "a.gguf: the text at byte 32 is not UTF-8: invalid utf-8 sequence"),
        (Written::new().tensor(byte, &[8], F32, 0), "a.gguf: the text at byte 32 is not UTF-8"),
        (Written::new().pair(b"a", TEXT, &text(byte)), "a.gguf, metadata `a`: the text at byte 45 is not UTF-8"),
        (
            Written::new().pair(b"a", ARRAY, &array(TEXT, 2, &[text(b"b"), text(byte)].concat())),
            "a.gguf, metadata `a`: the text at byte 66 is not UTF-8",
        ),
        (Written::new().pair(b"a", 13, &[0; 9]), "a.gguf, metadata `a`: a value of type 13, the format has 0 to 12"),
        (Written::new().pair(b"a", u32::MAX, &[]), "a value of type 4294967295"),
        (Written::new().pair(b"a", ARRAY, &array(13, 0, &[])), "a value of type 13"),
        (Written::new().pair(b"a", 7, &[2]), "a.gguf, metadata `a`: element 0 is 2, a bool is 0 or 1"),
        (Written::new().pair(b"a", 7, &[1]).pair(b"a", 7, &[1]), "a.gguf, metadata `a`: it comes twice"),
        (one(&[8], F32, 0).tensor(b"w", &[8], F32, 32), "a.gguf: two tensors are named `w`"),
    ];
    for (file, reason) in cases {
        let error = file.refused();
        assert!(error.contains(reason), "{error}");
    }
    // As deep as a file may say, and as a stack may bear.
    let deep = |depth: usize| Written::new().pair(b"a", ARRAY, &array(ARRAY, 1, &[]).repeat(depth)).refused();
    assert!(deep(100_000).ends_with("metadata `a`: arrays in arrays, more than 8 deep"));
}

#[test]
fn offsets_are_inside_aligned_and_of_one_tensor_each() {
    assert!(one(&[8], F32, 0).open().is_ok());
    let cases = [
        (one(&[8], F32, 32), "tensor `w`: cut short: 64 bytes are declared, 32 are there"),
        (one(&[8], F32, 16), "tensor `w`: its offset, 16, is no multiple of the alignment, 32"),
        (one(&[8], F32, u64::MAX), "its offset, 18446744073709551615, is no multiple of the alignment, 32"),
        (one(&[8], F32, u64::MAX - 31), "cut short: 18446744073709551615 bytes are declared, 32 are there"),
        (one(&[8], F32, 1 << 63), "cut short: 9223372036854775840 bytes are declared, 32 are there"),
        (one(&[9], F32, 0), "cut short: 36 bytes are declared, 32 are there"),
        (
            one(&[8], F32, 0).tensor(b"v", &[8], F32, 0),
            "a.gguf, tensor `v`: its offset, 0, is inside of w, which ends at 32",
        ),
        (
            Written::new().tensor(b"w", &[9], F32, 0).tensor(b"v", &[1], F32, 32).data(&[0; 64]),
            "a.gguf, tensor `v`: its offset, 32, is inside of w, which ends at 36",
        ),
        (one(&[31], Q8_0, 0), "a.gguf, tensor `w`: shape [31] of Q8_0: 31 is no multiple of 32, its block"),
        (one(&[4, 32], 12, 0), "shape [32, 4] of Q4_K: 4 is no multiple of 256, its block"),
        (one(&[], 2, 0), "shape [] of Q4_0: 1 is no multiple of 32, its block"),
        (one(&[32], Q8_0, 0), "cut short: 34 bytes are declared, 32 are there"),
    ];
    for (file, reason) in cases {
        let error = file.refused();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn alignments_are_powers_of_two() {
    let name = b"general.alignment";
    let with = |kind, value: &[u8]| one(&[8], F32, 0).pair(name, kind, value);
    for (bytes, told) in [(0u32, "0"), (24, "24"), (31, "31"), (u32::MAX, "4294967295"), (3 << 30, "3221225472")] {
        let error = with(U32, &bytes.to_le_bytes()).refused();
        let text = format!("a.gguf: `general.alignment` is {told}, wanted a power of two up to 2147483648");
        assert_eq!(error, text);
    }
    let error = with(10, &(1u64 << 63).to_le_bytes()).refused();
    assert!(error.contains("is 9223372036854775808, wanted"), "{error}");
    assert!(with(5, &(-32i32).to_le_bytes()).refused().contains("is -32, wanted"));
    assert!(with(6, &32f32.to_le_bytes()).refused().contains("is 32, wanted"));
    assert!(with(TEXT, &text(b"32")).refused().contains("is no number, wanted"));
    for alignment in [1usize, 8, 64, 4096] {
        let file = with(U32, &(alignment as u32).to_le_bytes()).tensor(b"v", &[2], F32, 4096);
        let data = [[7; 32].as_slice(), &[0; 4064], &[9; 8]].concat();
        let mut file = Written { alignment, ..file.data(&data) }.open().expect("a good file");
        assert_eq!((file.get("w").expect("it").bytes, file.get("v").expect("it").bytes), (vec![7; 32], vec![9; 8]));
    }
    // The data would begin behind the end.
    assert!(with(U32, &(1u32 << 31).to_le_bytes()).refused().contains("cut short: 32 bytes are declared, 0 are there"));
}

#[test]
fn types_without_a_name_hide_no_others() {
    let file = Written::new().tensor(b"new", &[3], 99, 0).tensor(b"w", &[8], F32, 32).tensor(b"more", &[1], 4, 64);
    let mut file = file.data(&[1; 80]).open().expect("a good file");
    assert_eq!(file.get("w").expect("a type that is known").bytes, [1; 32]);
    let entry = file.entry("new").expect("it is listed");
    assert_eq!((entry.dtype.to_string(), entry.range.clone()), ("number 99".to_owned(), 0..32));
    assert_eq!(file.entry("more").expect("it is listed").range, 64..80);
    let error = file.get("new").expect_err("it cannot be read").to_string();
    assert!(error.starts_with("a.gguf, tensor `new`: ggml's type number 99 cannot be read, only F32, "), "{error}");
    assert!(file.tensor::<Shape![3], f32>("new").is_err());
}

/// A terabyte of nothing on the disk, and no byte of it in memory.
#[test]
fn long_headers_are_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("a.gguf");
    for (kind, value) in [(TEXT, (1u64 << 39).to_le_bytes().to_vec()), (ARRAY, array(0, 1 << 39, &[]))] {
        std::fs::write(&path, Written::new().pair(b"a", kind, &value).bytes()).expect("a writable folder");
        let sparse = std::fs::File::options().write(true).open(&path).and_then(|file| file.set_len(1 << 40));
        sparse.expect("a sparse file");
        let start = Instant::now();
        let error = GgufFile::open(&path).expect_err("half a terabyte");
        assert!(matches!(error, FileError::TooLarge { limit: 100_000_000, .. }), "{error}");
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn damage_never_panics_and_is_read_alike_by_both_readers() {
    let (bytes, key) = (example().bytes(), Key::new(1));
    let (mut refused, mut read) = (0, 0);
    for i in 0..20_000 {
        let mut damaged = bytes.clone();
        for flip in 0..1 + i % 3 {
            damaged[key.below(8 * i + flip, bytes.len() as u64) as usize] ^= 1 << key.below(8 * i + 4 + flip, 8);
        }
        let Ok(mut file) = open(damaged) else {
            refused += 1;
            continue;
        };
        for entry in file.entries().to_vec() {
            match (file.tensor::<Shape![2, 4], f32>(&entry.name), file.get(&entry.name)) {
                (Ok(x), array) => assert_eq!(x.to_raw(), array.expect("as the tensor")),
                (Err(_), array) => assert!(array.is_err() || entry.shape != [2, 4] || entry.dtype.to_string() != "F32"),
            }
            read += 1;
        }
    }
    assert!(refused > 5_000 && read > 5_000, "{refused} refused, {read} read");
}
