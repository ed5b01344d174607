//! Any bytes as a GGUF file: its tensors lie in the file, fit their shapes and can be read, or it is an error.
#![no_main]

use congruent::io::GgufFile;
use congruent::prelude::*;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

dims! { A = ? }

fuzz_target!(|data: &[u8]| {
    let Ok(mut file) = GgufFile::from_reader(Cursor::new(data), "fuzz") else { return };
    for value in file.metadata().values() {
        let _ = (value.as_u64(), value.as_i64(), value.as_f64(), value.as_bool(), value.as_text(), value.as_texts());
    }
    for entry in file.entries().to_vec() {
        assert!(entry.range.start <= entry.range.end && entry.range.end <= data.len() as u64);
        let Ok(dtype) = entry.dtype.known("fuzz") else {
            assert!(file.get(&entry.name).is_err());
            continue;
        };
        let array = file.get(&entry.name).expect("checked when it was opened");
        assert_eq!(dtype.byte_count(&entry.shape), Some(array.bytes.len()));
        // Read into a tensor's own memory, it is the same.
        match (file.tensor::<(A,), f32>(&entry.name), array.tensor::<(A,), f32>(&entry.name)) {
            (Ok(x), Ok(y)) => assert_eq!(x.to_raw(), y.to_raw()),
            (x, y) => assert!(x.is_err() && y.is_err()),
        }
    }
});
