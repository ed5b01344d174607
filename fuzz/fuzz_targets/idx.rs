//! Any bytes as an IDX file, plain or by gzip: an array that fits its shape, or an error.
#![no_main]

use congruent::io::idx::read_idx_from;
use congruent::prelude::*;
use libfuzzer_sys::fuzz_target;

dims! { A = ?, B = ? }

fuzz_target!(|data: &[u8]| {
    let Ok(array) = read_idx_from(data, "fuzz", 1 << 20) else { return };
    assert_eq!(array.dtype.byte_count(&array.shape), Some(array.bytes.len()));
    let _ = array.tensor::<(A, B), f32>("fuzz").map(|x| assert_eq!(x.to_raw(), array));
    let _ = array.tensor::<(A,), u8>("fuzz").map(|x| assert_eq!(x.to_raw(), array));
});
