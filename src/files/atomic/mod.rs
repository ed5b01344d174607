//! Files that are either the old one or the new one, whole, whenever the machine stops.
//!
//! Apart from the formats because each of them needs it: a checkpoint is overwritten while it is the only good copy.

mod aside;
mod target;
#[cfg(test)]
mod tests;
mod write;

pub use write::write_atomically;
