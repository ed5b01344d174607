//! The runtime on whatever device is there: a GPU, or the stand-in of `tests/cuda/run.sh`. Without one there is nothing
//! to test, unless `CONGRUENT_REQUIRE_CUDA=1` says that there must be.

mod blas;
mod compiler;
mod kernels;
mod memory;
mod places;

use super::runtime::Runtime;
use crate::error::DeviceError;

/// The device of this number, if it is there.
fn device(ordinal: usize) -> Option<&'static Runtime> {
    match Runtime::open(ordinal) {
        Ok(runtime) => Some(runtime),
        Err(error) if ordinal == 0 && std::env::var_os("CONGRUENT_REQUIRE_CUDA").is_some() => panic!("{error}"),
        Err(_) => None,
    }
}

#[test]
fn a_device_is_opened_once() {
    let Some(device) = device(0) else { return };
    let again = std::thread::spawn(|| Runtime::open(0).map(std::ptr::from_ref).map(<*const Runtime>::addr));
    assert_eq!(again.join().unwrap(), Ok(std::ptr::from_ref(device).addr()));
    assert!(!device.name.is_empty() && device.multiprocessors() > 0);
}

#[test]
fn a_device_that_is_not_there_is_told_from_those_that_are() {
    let Some(_) = device(0) else { return };
    let count = crate::cuda::device_count();
    for ordinal in [count, 63, 64, usize::MAX] {
        let error = Runtime::open(ordinal).err();
        assert_eq!(error, Some(DeviceError::NoDevice { ordinal, count }));
    }
}

#[test]
fn a_device_is_reached_from_all_threads() {
    let Some(device) = device(0) else { return };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..20).for_each(|_| device.check().unwrap()));
        }
    });
}
