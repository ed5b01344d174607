//! Memory of a device that the host does not read, handed to everything that reads, with the device of
//! `tests/second_device`, whose file alone is unsafe here.
#![deny(unsafe_code)]

#[path = "../../second_device/refusals.rs"]
mod refusals;
#[path = "../../second_device/vault.rs"]
mod vault;
