//! Any bytes as a safetensors file: its tensors lie side by side, fit their shapes and can be read, or it is an error.
#![no_main]

use congruent::io::SafetensorsFile;
use congruent::prelude::*;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

dims! { A = ? }

fuzz_target!(|data: &[u8]| {
    let Ok(mut file) = SafetensorsFile::from_reader(Cursor::new(data), "fuzz") else { return };
    for entry in file.entries().to_vec() {
        let Ok(dtype) = entry.dtype.known("fuzz") else {
            assert!(file.get(&entry.name).is_err());
            continue;
        };
        let bytes = dtype.byte_count(&entry.shape).expect("checked when it was opened");
        assert_eq!(entry.range.end - entry.range.start, bytes as u64);
        match file.get(&entry.name) {
            Ok(array) => {
                assert_eq!(array.bytes.len(), bytes);
                // Read into a tensor's own memory, it is the same.
                match (file.tensor::<(A,), bool>(&entry.name), array.tensor::<(A,), bool>(&entry.name)) {
                    (Ok(x), Ok(y)) => assert_eq!(x.to_raw(), y.to_raw()),
                    (x, y) => assert!(x.is_err() && y.is_err()),
                }
            }
            Err(error) => assert!(error.to_string().contains("a bool is 0 or 1"), "{error}"),
        }
    }
});
