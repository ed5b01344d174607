//! `rearrange!`, `reduce!` and `repeat!`: axes split, joined, moved, reduced and repeated by a pattern of names.
//!
//! A folder of its own with three rooms: `parse` reads the call, `check` finds what breaks a rule, `emit` prints. Apart
//! from `einsum!` because a pattern has one operand, and groups in parentheses.

mod check;
mod emit;
mod expand;
mod parse;

pub(crate) use expand::expand;
pub(crate) use parse::Kind;
