//! `elementwise!`: from a table of formulas to types, methods, docs and catalogue rows.
//!
//! A folder of its own with three rooms: `parse` reads the table, `check` finds what breaks a rule, `emit` prints.

mod check;
mod docs;
mod emit;
mod expand;
mod parse;

pub(crate) use expand::expand;
