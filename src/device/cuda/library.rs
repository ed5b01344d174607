//! Which libraries of CUDA this machine has: for whoever wonders why a device does not open.

use super::driver::driver;
use super::{blas, compiler};
use crate::error::DeviceError;

/// A library that devices need.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CudaLibrary {
    /// Its name, and what it is for.
    pub name: &'static str,
    /// Its version; else what is missing, and how to get it.
    pub version: Result<String, DeviceError>,
}

/// The libraries that devices need: the driver and the compiler to open one, cuBLAS to multiply matrices.
///
/// ```
/// for library in congruent::cuda::libraries() {
///     match library.version {
///         Ok(version) => println!("{}: {version}", library.name),
///         Err(error) => println!("{error}"),
///     }
/// }
/// ```
pub fn libraries() -> [CudaLibrary; 3] {
    let driver = driver_version().map(|version| format!("{}.{}", version / 1000, version % 1000 / 10));
    let compiler = compiler::version().map(|(major, minor)| format!("{major}.{minor}"));
    let blas = blas::version().map(|version| format!("{}.{}", version / 10_000, version % 10_000 / 100));
    [
        CudaLibrary { name: "libcuda, the driver", version: driver },
        CudaLibrary { name: "libnvrtc, the compiler of kernels", version: compiler },
        CudaLibrary { name: "libcublas, products of matrices", version: blas },
    ]
}

/// The version of CUDA that the driver is made for.
#[allow(unsafe_code, reason = "a library of C functions")]
fn driver_version() -> Result<i32, DeviceError> {
    let mut version = 0;
    // SAFETY: it writes one number.
    unsafe { driver()?.version(&mut version)? };
    Ok(version)
}
