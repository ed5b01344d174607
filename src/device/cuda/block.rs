//! Memory of a device: asked for, and given back in the order of the stream.
#![allow(unsafe_code, reason = "device memory is handed out by address")]

use super::driver::Address;
use super::runtime::Runtime;
use crate::error::DeviceError;

const OUT_OF_MEMORY: u32 = 2;

/// The address of no memory: not 0, and aligned as all addresses of blocks are.
const NOWHERE: Address = 256;

/// Device memory that belongs to whoever has this. It is given back when the work that was asked for before is done.
pub(in crate::device) struct Block {
    runtime: &'static Runtime,
    address: Address,
    bytes: usize,
}

impl Block {
    /// The device.
    pub(in crate::device) fn runtime(&self) -> &'static Runtime {
        self.runtime
    }

    /// Where it begins: a multiple of 256, never 0.
    pub(in crate::device) fn address(&self) -> Address {
        self.address
    }

    /// How long it is.
    pub(in crate::device) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if self.bytes == 0 {
            return;
        }
        // What an earlier call did wrong is told by the next one that returns a `Result`; at the end of the process the
        // driver may be gone.
        let Ok(driver) = self.runtime.driver() else { return };
        // SAFETY: the memory was allocated so and is ours alone. In the order of the stream it goes after all that uses
        // it; without a pool the driver waits for that.
        let _ = unsafe {
            match self.runtime.pool {
                Some(_) => driver.free_in_order(self.address, self.runtime.stream),
                None => driver.free(self.address),
            }
        };
    }
}

/// Bytes of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceMemory {
    /// Bytes that any program may ask for. What this one keeps for reuse is not among them.
    pub free: usize,
    /// All bytes.
    pub total: usize,
}

impl Runtime {
    /// Memory whose contents are left over from earlier use.
    pub(in crate::device) fn allocate(&'static self, bytes: usize) -> Result<Block, DeviceError> {
        if bytes == 0 {
            return Ok(Block { runtime: self, address: NOWHERE, bytes });
        }
        let is_full = |error: &DeviceError| matches!(error, DeviceError::Driver { code: OUT_OF_MEMORY, .. });
        match self.reserve(bytes) {
            Err(error) if is_full(&error) => {
                self.release_unused()?;
                self.reserve(bytes).map_err(|error| if is_full(&error) { self.full(bytes) } else { error })
            }
            result => result,
        }
    }

    fn reserve(&'static self, bytes: usize) -> Result<Block, DeviceError> {
        let (driver, mut address) = (self.driver()?, 0);
        // SAFETY: both write an address.
        unsafe {
            match self.pool {
                Some(_) => driver.allocate_in_order(&mut address, bytes, self.stream)?,
                None => driver.allocate(&mut address, bytes)?,
            }
        }
        Ok(Block { runtime: self, address, bytes })
    }

    #[cold]
    fn full(&self, requested: usize) -> DeviceError {
        let free = self.memory().map_or(0, |memory| memory.free);
        DeviceError::OutOfMemory { requested, free }
    }

    /// Gives back to the system what is kept for reuse. Waits for the device.
    pub(in crate::device) fn release_unused(&self) -> Result<(), DeviceError> {
        self.synchronize()?;
        match self.pool {
            // SAFETY: the pool is the device's own; what is in use stays.
            Some(pool) => unsafe { self.driver()?.trim_pool(pool, 0) },
            None => Ok(()),
        }
    }

    /// Bytes of the device.
    pub(in crate::device) fn memory(&self) -> Result<DeviceMemory, DeviceError> {
        let (mut free, mut total) = (0, 0);
        // SAFETY: it writes two numbers.
        unsafe { self.driver()?.memory_info(&mut free, &mut total)? };
        Ok(DeviceMemory { free, total })
    }

    /// Waits until all that was asked for is done, and says what of it failed.
    pub(in crate::device) fn synchronize(&self) -> Result<(), DeviceError> {
        // SAFETY: the stream lives as long as the process.
        unsafe { self.driver()?.synchronize_stream(self.stream) }
    }
}
