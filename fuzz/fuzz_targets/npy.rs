//! Any bytes as an npy file: an array that fits its shape and comes back from a file of our own, or an error.
#![no_main]

use congruent::io::npy::{read_npy_from, write_npy_to};
use congruent::prelude::*;
use libfuzzer_sys::fuzz_target;

dims! { A = ?, B = ? }

fuzz_target!(|data: &[u8]| {
    let mut rest = data;
    let Ok(array) = read_npy_from(&mut rest, "fuzz", 1 << 20) else { return };
    assert_eq!(array.dtype.byte_count(&array.shape), Some(array.bytes.len()));
    let mut file = Vec::new();
    write_npy_to(&mut file, "fuzz", &array).expect("what was read can be written");
    assert_eq!(read_npy_from(&file[..], "fuzz", 1 << 20).expect("our own file"), array);
    let _ = array.tensor::<(A, B), f32>("fuzz").map(|x| assert_eq!(x.to_raw(), array));
    let _ = array.tensor::<(A,), bool>("fuzz").map(|x| assert_eq!(x.to_raw(), array));
});
