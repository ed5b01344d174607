//! The compiler, which needs no device: where it alone is there, as on a machine that has only the package of it.

use super::kernels::TWO;
use crate::device::cuda::compiler::{Target, version};
use crate::error::DeviceError;

#[test]
fn kernels_are_compiled_for_each_device() {
    if version().is_err() {
        return;
    }
    for capability in [80, 90, 100] {
        let code = Target::of(capability).unwrap().compile(TWO).unwrap();
        assert!(code.starts_with(b"\x7fELF"), "{capability}");
        let error = Target::of(capability).unwrap().compile("__global__ void k() { nowhere(); }").unwrap_err();
        assert!(matches!(error, DeviceError::Compile { log, .. } if log.contains("nowhere")));
    }
}

#[test]
fn devices_that_the_compiler_does_not_know() {
    if version().is_err() {
        return;
    }
    // Newer than it is: a text, which a newer driver translates. Of long ago: it says so.
    let newer = Target::of(999).unwrap();
    assert!(newer.words().contains("compute_"), "{}", newer.words());
    assert!(!newer.compile(TWO).unwrap().is_empty());
    assert!(Target::of(10).unwrap().words().contains("sm_10"));
}
