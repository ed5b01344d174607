//! A device whose memory the host does not read, held against `Cpu`: it computes the same bits, trains the same
//! weights, takes no memory of others, and carries nothing that it need not.
//!
//! Apart from the tests of operations because the device is the subject here.

#[path = "../catalogue/entry.rs"]
#[allow(dead_code, reason = "the tests of the catalogue use all of it")]
mod entry;
mod explained;
mod other;
mod pointwise;
mod recurrent;
mod refusals;
mod steps;
mod vault;
mod works;
