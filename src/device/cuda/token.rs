//! [`Cuda`]: the device as programs name it.

use super::block::DeviceMemory;
use super::driver::{count, driver};
use super::runtime::Runtime;
use crate::error::DeviceError;

/// NVIDIA's GPU number `ORDINAL`. The value is a cheap token: holding it proves that the device is open.
///
/// ```
/// use congruent::cuda::{Cuda, DeviceError};
/// match Cuda::<0>::open() {
///     Ok(device) => println!("{}", device.name()),
///     Err(error) => println!("going on without: {error}"),
/// }
/// # Ok::<(), DeviceError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cuda<const ORDINAL: usize = 0>(());

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// Opens the device, at the first call; it stays open as long as the process lives.
    ///
    /// # Errors
    /// There is no driver, no device of this number, or no compiler of kernels; or the driver refuses.
    ///
    /// ```
    /// use congruent::cuda::{self, Cuda};
    /// assert_eq!(Cuda::<0>::open().is_ok(), cuda::is_available());
    /// ```
    pub fn open() -> Result<Self, DeviceError> {
        Runtime::open(ORDINAL).map(|_| Cuda(()))
    }

    /// What the device is called.
    ///
    /// ```
    /// use congruent::cuda::Cuda;
    /// if let Ok(device) = Cuda::<0>::open() {
    ///     assert!(!device.name().is_empty());
    /// }
    /// ```
    pub fn name(self) -> &'static str {
        &self.runtime().name
    }

    /// The memory of the device. What the program keeps for reuse counts as in use.
    ///
    /// # Errors
    /// The driver refuses, as it does once a kernel has failed.
    ///
    /// ```
    /// use congruent::cuda::Cuda;
    /// if let Ok(device) = Cuda::<0>::open() {
    ///     let memory = device.memory()?;
    ///     assert!(memory.free <= memory.total);
    /// }
    /// # Ok::<(), congruent::cuda::DeviceError>(())
    /// ```
    pub fn memory(self) -> Result<DeviceMemory, DeviceError> {
        self.runtime().memory()
    }

    /// Waits until the device has done all that it was asked for. Whatever reads a result waits by itself; this is for
    /// measuring time, and for seeing a failure where it happens.
    ///
    /// # Errors
    /// Something that was asked for has failed.
    ///
    /// ```
    /// use congruent::cuda::Cuda;
    /// if let Ok(device) = Cuda::<0>::open() {
    ///     device.synchronize()?;
    /// }
    /// # Ok::<(), congruent::cuda::DeviceError>(())
    /// ```
    pub fn synchronize(self) -> Result<(), DeviceError> {
        self.runtime().synchronize()
    }

    /// Compiles a small kernel, runs it and looks at its result: whether the device does what it is asked for.
    ///
    /// # Errors
    /// What refuses, or a wrong result.
    ///
    /// ```
    /// use congruent::cuda::Cuda;
    /// if let Ok(device) = Cuda::<0>::open() {
    ///     device.check()?;
    /// }
    /// # Ok::<(), congruent::cuda::DeviceError>(())
    /// ```
    pub fn check(self) -> Result<(), DeviceError> {
        self.runtime().check()
    }

    /// The device. `open` has put it where it is, and nobody takes it away.
    pub(in crate::device) fn runtime(self) -> &'static Runtime {
        Runtime::opened(ORDINAL).expect("a token is of an open device")
    }
}

/// Whether `Cuda::<0>::open()` finds all that it needs.
///
/// ```
/// if congruent::cuda::is_available() {
///     assert!(congruent::cuda::device_count() > 0);
/// }
/// ```
pub fn is_available() -> bool {
    Runtime::open(0).is_ok()
}

/// How many devices the driver finds; 0 where there is none.
///
/// ```
/// println!("{} devices", congruent::cuda::device_count());
/// ```
pub fn device_count() -> usize {
    driver().and_then(count).unwrap_or(0)
}
