//! `einsum!`: from a string of labels to sums, views and products; `rearrange!`, `reduce!` and `repeat!` in `pattern`.
//!
//! A folder of its own with four rooms: `parse` reads the string, `check` finds what breaks a rule, `lower` chooses the
//! operations, `emit` prints them.

mod check;
mod emit;
mod expand;
mod lower;
mod parse;
pub(crate) mod pattern;

pub(crate) use expand::expand;
