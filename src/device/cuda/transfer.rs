//! Bytes to the device, back, and from place to place on it.
#![allow(unsafe_code, reason = "device memory is reached by address")]

use super::block::Block;
use super::driver::Address;
use super::runtime::Runtime;
use crate::error::DeviceError;

impl Runtime {
    /// Copies bytes of the host to the device.
    ///
    /// # Safety
    /// As many bytes at the address are memory of this device.
    pub(in crate::device) unsafe fn write(&self, to: Address, from: &[u8]) -> Result<(), DeviceError> {
        if from.is_empty() {
            return Ok(());
        }
        let driver = self.driver()?;
        // SAFETY: the caller's contract for the device. The host's bytes may be read after the call has returned: where
        // somebody has pinned them, or where the device reads the host's pages itself. So we wait until they have been
        // read before the slice ends, as it does when this returns, also with an error: a stream that cannot be waited
        // for has failed, and runs nothing any more.
        let copied = unsafe { driver.copy_to_device(to, from.as_ptr().cast(), from.len(), self.stream) };
        copied.and(self.synchronize())
    }

    /// Copies bytes of the device to the host. Waits for all that was asked for before.
    ///
    /// # Safety
    /// As many bytes at the address are memory of this device.
    pub(in crate::device) unsafe fn read(&self, from: Address, to: &mut [u8]) -> Result<(), DeviceError> {
        if to.is_empty() {
            return Ok(());
        }
        let driver = self.driver()?;
        // SAFETY: the caller's contract for the device. The host's bytes are borrowed until the stream has been waited
        // for; one that cannot be waited for has failed, and writes nothing any more.
        let copied = unsafe { driver.copy_to_host(to.as_mut_ptr().cast(), from, to.len(), self.stream) };
        copied.and(self.synchronize())
    }

    /// Copies bytes from one place of the device to another one. They do not overlap.
    ///
    /// # Safety
    /// As many bytes at both addresses are memory of this device.
    pub(in crate::device) unsafe fn copy(&self, from: Address, to: Address, bytes: usize) -> Result<(), DeviceError> {
        if bytes == 0 {
            return Ok(());
        }
        // SAFETY: the caller's contract.
        unsafe { self.driver()?.copy_on_device(to, from, bytes, self.stream) }
    }

    /// Writes zeros.
    ///
    /// # Safety
    /// As many bytes at the address are memory of this device.
    pub(in crate::device) unsafe fn fill_zero(&self, to: Address, bytes: usize) -> Result<(), DeviceError> {
        if bytes == 0 {
            return Ok(());
        }
        // SAFETY: the caller's contract.
        unsafe { self.driver()?.set_bytes(to, 0, bytes, self.stream) }
    }
}

/// The same for whole blocks, whose length is known: no contract is left.
impl Block {
    /// Copies bytes of the host to the start of the block.
    pub(in crate::device) fn write(&self, from: &[u8]) -> Result<(), DeviceError> {
        assert!(from.len() <= self.bytes(), "{} bytes for a block of {}", from.len(), self.bytes());
        // SAFETY: the block is so long.
        unsafe { self.runtime().write(self.address(), from) }
    }

    /// Copies the start of the block to the host.
    pub(in crate::device) fn read(&self, to: &mut [u8]) -> Result<(), DeviceError> {
        assert!(to.len() <= self.bytes(), "{} bytes of a block of {}", to.len(), self.bytes());
        // SAFETY: the block is so long.
        unsafe { self.runtime().read(self.address(), to) }
    }

    /// A copy of the block.
    pub(in crate::device) fn duplicate(&self) -> Result<Block, DeviceError> {
        let copy = self.runtime().allocate(self.bytes())?;
        // SAFETY: both are so long, and of one device.
        unsafe { self.runtime().copy(self.address(), copy.address(), self.bytes())? };
        Ok(copy)
    }

    /// Writes zeros to the whole block.
    pub(in crate::device) fn fill_zero(&self) -> Result<(), DeviceError> {
        // SAFETY: the block is so long.
        unsafe { self.runtime().fill_zero(self.address(), self.bytes()) }
    }
}
