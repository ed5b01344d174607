//! The functions of the driver that the runtime calls, and its numbers.
#![allow(unsafe_code, reason = "a library of C functions")]

use super::functions::functions;
use crate::error::DeviceError;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::ptr;

/// A context, a stream, a pool, a module or a function: the driver's own, which only it follows.
pub(super) type Handle = *mut c_void;

/// The address of device memory.
pub(super) type Address = u64;

const NO_DEVICE: u32 = 100;

functions! {
    /// The driver of the devices, which comes with the system's package for the card.
    Driver, "libcuda" by cudarc::driver::sys; "install the NVIDIA driver, or a newer one (`nvidia-smi` shows it)";
    checked {
        init = "cuInit"(flags: c_uint);
        version = "cuDriverGetVersion"(version: *mut c_int);
        device_count = "cuDeviceGetCount"(count: *mut c_int);
        device = "cuDeviceGet"(device: *mut c_int, ordinal: c_int);
        device_name = "cuDeviceGetName"(name: *mut c_char, len: c_int, device: c_int);
        device_attribute = "cuDeviceGetAttribute"(value: *mut c_int, attribute: c_uint, device: c_int);
        device_pool = "cuDeviceGetDefaultMemPool"(pool: *mut Handle, device: c_int);
        retain_context = "cuDevicePrimaryCtxRetain"(context: *mut Handle, device: c_int);
        current_context = "cuCtxGetCurrent"(context: *mut Handle);
        set_current_context = "cuCtxSetCurrent"(context: Handle);
        create_stream = "cuStreamCreate"(stream: *mut Handle, flags: c_uint);
        synchronize_stream = "cuStreamSynchronize"(stream: Handle);
        memory_info = "cuMemGetInfo_v2"(free: *mut usize, total: *mut usize);
        allocate = "cuMemAlloc_v2"(address: *mut Address, bytes: usize);
        allocate_in_order = "cuMemAllocAsync"(address: *mut Address, bytes: usize, stream: Handle);
        free = "cuMemFree_v2"(address: Address);
        free_in_order = "cuMemFreeAsync"(address: Address, stream: Handle);
        set_pool_attribute = "cuMemPoolSetAttribute"(pool: Handle, attribute: c_uint, value: *mut c_void);
        trim_pool = "cuMemPoolTrimTo"(pool: Handle, kept: usize);
        copy_to_device = "cuMemcpyHtoDAsync_v2"(to: Address, from: *const c_void, bytes: usize, stream: Handle);
        copy_to_host = "cuMemcpyDtoHAsync_v2"(to: *mut c_void, from: Address, bytes: usize, stream: Handle);
        copy_on_device = "cuMemcpyDtoDAsync_v2"(to: Address, from: Address, bytes: usize, stream: Handle);
        set_bytes = "cuMemsetD8Async"(address: Address, byte: u8, bytes: usize, stream: Handle);
        load_module = "cuModuleLoadData"(module: *mut Handle, image: *const c_void);
        unload_module = "cuModuleUnload"(module: Handle);
        module_function = "cuModuleGetFunction"(function: *mut Handle, module: Handle, name: *const c_char);
        set_function_attribute = "cuFuncSetAttribute"(function: Handle, attribute: c_uint, value: c_int);
        launch = "cuLaunchKernel"(
            function: Handle,
            grid_x: c_uint, grid_y: c_uint, grid_z: c_uint,
            block_x: c_uint, block_y: c_uint, block_z: c_uint,
            shared: c_uint, stream: Handle, arguments: *mut *mut c_void, extra: *mut *mut c_void
        );
    }
    others {
        error_string = "cuGetErrorString"(c_uint, *mut *const c_char) -> c_uint;
    }
}

impl Driver {
    /// What the driver calls an error.
    fn meaning(&self, code: u32) -> String {
        let mut words = ptr::null();
        // SAFETY: any number may be asked for; the words are the driver's, for good, or null.
        let words = unsafe {
            (self.error_string)(code, &mut words);
            if words.is_null() { c"an error without a name" } else { CStr::from_ptr(words) }
        };
        words.to_string_lossy().into_owned()
    }
}

/// The driver, initialised.
pub(super) fn driver() -> Result<&'static Driver, DeviceError> {
    let driver = Driver::get().map_err(|missing| match missing.lacks {
        None => DeviceError::NoDriver { hint: missing.hint },
        Some(_) => missing.into(),
    })?;
    // SAFETY: the only flags that there are; it may be called any number of times.
    match unsafe { driver.init(0) } {
        Err(DeviceError::Driver { code: NO_DEVICE, .. }) => Err(DeviceError::NoDevice { ordinal: 0, count: 0 }),
        result => result.map(|()| driver),
    }
}

/// The number of devices.
pub(super) fn count(driver: &Driver) -> Result<usize, DeviceError> {
    let mut count = 0;
    // SAFETY: it writes one number.
    unsafe { driver.device_count(&mut count)? };
    Ok(usize::try_from(count).unwrap_or(0))
}
