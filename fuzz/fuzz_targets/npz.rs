//! Any bytes as an npz archive: each of its arrays fits its shape, or is an error.
#![no_main]

use congruent::io::NpzFile;
use congruent::prelude::*;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

dims! { A = ?, B = ? }

fuzz_target!(|data: &[u8]| {
    let Ok(file) = NpzFile::from_reader(Cursor::new(data), "fuzz") else { return };
    let mut file = file.with_limit(1 << 20);
    for name in file.names().to_vec() {
        let Ok(array) = file.get(&name) else { continue };
        assert_eq!(array.dtype.byte_count(&array.shape), Some(array.bytes.len()));
        assert!(array.bytes.len() <= 1 << 20);
        // Read into a tensor's own memory, it is the same.
        match (file.tensor::<(A, B), f32>(&name), array.tensor::<(A, B), f32>(&name)) {
            (Ok(x), Ok(y)) => assert_eq!(x.to_raw(), y.to_raw()),
            (x, y) => assert!(x.is_err() && y.is_err()),
        }
    }
    assert!(file.get("no such name \0").is_err());
});
