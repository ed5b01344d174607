//! Row programs: along contiguous rows the lanes hold one row, across them each lane has a row of its own.
//!
//! Short arrays are walked by `while` and numbers: each program is compiled for three instruction sets in the crate of
//! its user, and iterators, `map` and `from_fn` took more of that time than the arithmetic.
//!
//! | file | holds |
//! |---|---|
//! | `run` | a program over its inputs: checked, and divided among tasks |
//! | `job` | a task: where it reads and writes |
//! | `streams` | what one contiguous row reads of each input |
//! | `contiguous`, `across` | its loops, along rows and across them |
#![allow(unsafe_code, reason = "rows are read from and written to memory whose length is checked once")]

mod across;
mod contiguous;
mod job;
mod run;
mod streams;

pub(in crate::device) use run::{fold, map, map_beside, map_keeping};
