//! `#[derive(Model)]`: from a struct to its tree of parameters.
//!
//! A folder of its own with three rooms: `parse` reads the struct, `check` finds what breaks a rule, `emit` prints.

mod check;
mod emit;
mod expand;
mod parse;

pub(crate) use expand::expand;
