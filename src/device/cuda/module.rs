//! What a device keeps once it was asked for: kernels, by their text and their name in it; the handle of cuBLAS.
#![allow(unsafe_code, reason = "handles of the driver are pointers")]

use super::driver::Handle;
use std::collections::HashMap;

/// A function of a device, for as long as the process lives. Found by its text, it is worth keeping: a search hashes
/// all of it.
#[derive(Clone, Copy, Debug)]
pub(in crate::device) struct Kernel(pub(super) Handle);

// SAFETY: the handle is the driver's, which may be called on any thread; it is never taken back.
unsafe impl Send for Kernel {}
// SAFETY: as above.
unsafe impl Sync for Kernel {}

/// The code of one text on one device.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) handle: Handle,
    pub(super) kernels: HashMap<String, Kernel>,
}

// SAFETY: as for kernels.
unsafe impl Send for Module {}

/// The code of a device, by its text.
pub(super) type Modules = HashMap<String, Module>;

/// The handle of cuBLAS for one device.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlasHandle(pub(super) Handle);

// SAFETY: the library may be called on any thread; the runtime lets one at a time.
unsafe impl Send for BlasHandle {}
