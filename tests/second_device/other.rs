//! What `works` runs on here: the vault, whose numbers are those of the processor to the bit.

use crate::vault::{VAULT, Vault};

/// The device that is held against the processor.
pub(crate) fn other_device() -> Option<Vault<0>> {
    Some(VAULT)
}

/// Holds what was found there against what was found on the processor.
#[track_caller]
pub(crate) fn alike(there: &str, here: &str) {
    assert_eq!(there.replace("Vault", "Cpu"), here);
}
