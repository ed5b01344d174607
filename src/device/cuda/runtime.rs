//! One device of the process: its context, its stream and its pool, opened once and kept as long as the process lives.
//!
//! Apart from what it does (`block`, `transfer`, `launch`) because all of it begins here. There is one stream, so that
//! whatever is asked for on any thread happens in the order of the asking, and memory that one call gives back is used
//! by the next without a wait.
#![allow(unsafe_code, reason = "handles of the driver are pointers")]

use super::compiler::Target;
use super::driver::{Driver, Handle, count, driver};
use super::module::{BlasHandle, Modules};
use crate::error::DeviceError;
use cudarc::driver::sys::CUdevice_attribute_enum as Attribute;
use cudarc::driver::sys::CUmemPool_attribute_enum::CU_MEMPOOL_ATTR_RELEASE_THRESHOLD;
use cudarc::driver::sys::CUstream_flags_enum::CU_STREAM_NON_BLOCKING;
use std::ffi::{CStr, c_char, c_int};
use std::ptr;
use std::sync::{Mutex, OnceLock, PoisonError};

/// As many devices as a process can open.
const MOST: usize = 64;

static RUNTIMES: [OnceLock<Runtime>; MOST] = [const { OnceLock::new() }; MOST];

/// An open device.
pub(in crate::device) struct Runtime {
    pub(super) driver: &'static Driver,
    pub(super) ordinal: usize,
    /// The name of the device, as its maker sells it.
    pub(super) name: String,
    context: Handle,
    pub(super) stream: Handle,
    /// Where memory comes from, if the device has pools.
    pub(super) pool: Option<Handle>,
    /// What its code is compiled for.
    pub(super) target: Target,
    pub(super) modules: Mutex<Modules>,
    /// The handle of the library of products, from the first of them on.
    pub(super) blas: Mutex<Option<BlasHandle>>,
    /// Kernels are cut by them.
    multiprocessors: usize,
}

// SAFETY: the driver's handles are of the process; it may be called on any thread, once the context is made current
// there, which `driver()` does.
unsafe impl Send for Runtime {}
// SAFETY: as above; the driver has locks of its own.
unsafe impl Sync for Runtime {}

impl Runtime {
    /// The device of this number, opened at the first call.
    pub(in crate::device) fn open(ordinal: usize) -> Result<&'static Self, DeviceError> {
        static OPENING: Mutex<()> = Mutex::new(());
        if let Some(runtime) = Self::opened(ordinal) {
            return Ok(runtime);
        }
        let _one_at_a_time = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
        match (Self::opened(ordinal), RUNTIMES.get(ordinal)) {
            (Some(runtime), _) => Ok(runtime),
            (None, Some(place)) => {
                let runtime = Self::new(ordinal)?;
                Ok(place.get_or_init(|| runtime))
            }
            (None, None) => {
                let count = driver().and_then(count).map_err(|error| numbered(error, ordinal))?;
                Err(DeviceError::NoDevice { ordinal, count })
            }
        }
    }

    /// The device of this number, if it is open.
    pub(in crate::device) fn opened(ordinal: usize) -> Option<&'static Self> {
        RUNTIMES.get(ordinal)?.get()
    }

    fn new(ordinal: usize) -> Result<Self, DeviceError> {
        let driver = driver().map_err(|error| numbered(error, ordinal))?;
        let count = count(driver)?;
        let number = c_int::try_from(ordinal).ok().filter(|_| ordinal < count);
        let number = number.ok_or(DeviceError::NoDevice { ordinal, count })?;
        let (mut device, mut context, mut stream) = (0, ptr::null_mut(), ptr::null_mut());
        // SAFETY: each writes its handle. The context is kept for good; it is current where the stream is made.
        unsafe {
            driver.device(&mut device, number)?;
            driver.retain_context(&mut context, device)?;
            driver.set_current_context(context)?;
            driver.create_stream(&mut stream, CU_STREAM_NON_BLOCKING as u32)?;
        }
        let major = attribute(driver, device, Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?;
        let minor = attribute(driver, device, Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?;
        let multiprocessors = Attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;
        Ok(Runtime {
            driver,
            ordinal,
            name: name(driver, device)?,
            context,
            stream,
            pool: pool(driver, device)?,
            target: Target::of(10 * major + minor)?,
            modules: Mutex::default(),
            blas: Mutex::default(),
            multiprocessors: usize::try_from(attribute(driver, device, multiprocessors)?).unwrap_or(0),
        })
    }

    /// The driver, with the device's context current on this thread.
    ///
    /// It is asked for each time, as other libraries set it as well; the driver knows it by the thread, without a lock.
    pub(super) fn driver(&self) -> Result<&'static Driver, DeviceError> {
        let mut current = ptr::null_mut();
        // SAFETY: it writes a handle; our context lives as long as the process.
        unsafe {
            self.driver.current_context(&mut current)?;
            if current != self.context {
                self.driver.set_current_context(self.context)?;
            }
        }
        Ok(self.driver)
    }

    /// How many blocks run at once, at least.
    pub(in crate::device) fn multiprocessors(&self) -> usize {
        self.multiprocessors
    }
}

/// Where the driver finds no device, whoever asked for one wants to read its number.
fn numbered(error: DeviceError, ordinal: usize) -> DeviceError {
    match error {
        DeviceError::NoDevice { count, .. } => DeviceError::NoDevice { ordinal, count },
        other => other,
    }
}

fn attribute(driver: &Driver, device: c_int, attribute: Attribute) -> Result<c_int, DeviceError> {
    let mut value = 0;
    // SAFETY: it writes one number.
    unsafe { driver.device_attribute(&mut value, attribute as u32, device)? };
    Ok(value)
}

fn name(driver: &Driver, device: c_int) -> Result<String, DeviceError> {
    let mut name: [c_char; 256] = [0; 256];
    // SAFETY: it writes at most 255 bytes and a 0.
    unsafe { driver.device_name(name.as_mut_ptr(), 255, device)? };
    // SAFETY: the last byte is 0 in any case.
    let name = unsafe { CStr::from_ptr(name.as_ptr()) };
    Ok(name.to_string_lossy().into_owned())
}

/// The device's pool, which keeps what is given back to it until the process ends or asks otherwise.
fn pool(driver: &Driver, device: c_int) -> Result<Option<Handle>, DeviceError> {
    if attribute(driver, device, Attribute::CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED)? == 0 {
        return Ok(None);
    }
    let (mut pool, mut most) = (ptr::null_mut(), u64::MAX);
    // SAFETY: the first writes a handle, the second reads the 64 bits that this attribute has.
    unsafe {
        driver.device_pool(&mut pool, device)?;
        driver.set_pool_attribute(pool, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD as u32, ptr::from_mut(&mut most).cast())?;
    }
    Ok(Some(pool))
}
