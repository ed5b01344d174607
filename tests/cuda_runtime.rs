//! A CUDA device as a program sees it: opened, or told what is missing.
//!
//! `tests/cuda/run.sh` runs it on the stand-in, and once without any library. On a machine without a GPU it asks
//! nothing of devices, unless `CONGRUENT_REQUIRE_CUDA=1` says that there must be one.

use congruent::cuda::{self, Cuda, DeviceError};
use congruent::prelude::*;

/// Whether this machine has no library of CUDA, as `tests/cuda/run.sh` says.
fn nothing_is_there() -> bool {
    std::env::var_os("CONGRUENT_WITHOUT_CUDA").is_some()
}

fn device() -> Option<Cuda> {
    match Cuda::open() {
        Ok(device) => Some(device),
        Err(error) if std::env::var_os("CONGRUENT_REQUIRE_CUDA").is_some() => panic!("{error}"),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

#[test]
fn a_device_works_or_says_what_is_missing() {
    let Some(device) = device() else { return };
    assert!(cuda::is_available() && cuda::device_count() >= 1);
    assert_eq!(Cuda::<0>::open(), Ok(device));
    assert!(!device.name().is_empty());
    device.check().unwrap();
    device.synchronize().unwrap();
    let memory = device.memory().unwrap();
    assert!(memory.free > 0 && memory.free <= memory.total);
}

#[test]
fn a_second_device_is_another_one() {
    let Some(_) = device() else { return };
    match Cuda::<1>::open() {
        Ok(second) => second.check().unwrap(),
        Err(DeviceError::NoDevice { ordinal: 1, count: 1 }) => {}
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_number_without_a_device_is_told() {
    if device().is_none() {
        return;
    }
    let count = cuda::device_count();
    assert_eq!(Cuda::<1000>::open(), Err(DeviceError::NoDevice { ordinal: 1000, count }));
    assert_eq!(Cuda::<63>::open(), Err(DeviceError::NoDevice { ordinal: 63, count }));
}

#[test]
fn errors_of_devices_are_errors_of_the_crate() {
    fn program() -> Result<Cuda<1000>, Error> {
        Ok(Cuda::<1000>::open()?)
    }
    let error = program().unwrap_err();
    assert!(matches!(error, Error::Device(_)), "{error:?}");
}

#[test]
fn without_any_library_nothing_panics() {
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| (Cuda::<0>::open(), cuda::is_available()))).collect();
    for thread in threads {
        let (opened, available) = thread.join().unwrap();
        assert_eq!(opened.is_ok(), available);
    }
    if !nothing_is_there() {
        return;
    }
    let error = Cuda::<0>::open().unwrap_err();
    assert!(matches!(error, DeviceError::NoDriver { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "there is no driver for CUDA devices: install the NVIDIA driver, or a newer one (`nvidia-smi` shows it)"
    );
    assert!(!cuda::is_available());
    assert_eq!(cuda::device_count(), 0);
    let [driver, compiler, blas] = cuda::libraries();
    assert!(matches!(driver.version, Err(DeviceError::NoDriver { .. })));
    for library in [compiler, blas] {
        assert!(matches!(library.version, Err(DeviceError::MissingLibrary { lacks: None, .. })), "{library:?}");
    }
}
