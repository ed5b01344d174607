//! The table of the sizes below 10 000: each `D<n>` with its binary and its decimal digits.
//!
//! Apart from everything because it is the one part that costs time, and because its rows are data: the test
//! `write_rows` writes `table/rows.rs`. There is a table since stable Rust has no formula from a const parameter to a
//! type.
//!
//! # What it costs
//! Processor time of a cold `cargo check` of this crate without typenum, with rustc 1.95; runs differ by 15 %:
//!
//! | rows   | ordinary | incremental | incremental data |
//! |--------|----------|-------------|------------------|
//! | 2 000  | 0.3 s    | 0.6 s       | 50 MB            |
//! | 4 000  | 0.6 s    | 1.4 s       | 100 MB           |
//! | 6 000  | 1.1 s    | 2.3 s       | 180 MB           |
//! | 8 000  | 1.7 s    | 4.2 s       | 280 MB           |
//! | 10 000 | 2.6 s    | 5.8 s       | 400 MB           |
//!
//! The cost is quadratic. All impls of [`Numeral`] are for one type constructor, so rustc keeps them in one list. It
//! compares each with each for overlap, walks the list for each to prove the impl well formed, and once more to prove
//! the bounds of its associated type. Incremental compilation also records all of these steps. Cargo compiles
//! incrementally in a workspace, where a profile can say otherwise for one package, and never a crate from a registry.
//!
//! # What helps and what does not
//! One impl a row in both directions, and an alias for each number, took 3.8 s, incremental 8.6 s. Measured from there:
//! - from digits to `D<n>` by decades, 1 000 impls of ten types each in ten lists, in place of 10 000 impls; and 625
//!   aliases for shared high bits, in place of 10 000: 2.6 s.
//! - `Num` without the bound `Unsigned`: 4 % fewer instructions. `?Sized` on top of it: no difference.
//! - fewer rows, see above: but `D<8192>` would become `Dk<8, 192>`, and the readable range is worth a second in a
//!   clean build.
//!
//! Ruled out by how rustc works:
//! - a marker type a row as `Self`, so that each has a list of its own. This serves the way from digits to `D<n>` only:
//!   on the way back a const parameter is all there is, and rustc files an impl by its type constructor alone.
//! - several traits with a part of the rows each. Their lists are short, but no impl can say "one of these traits":
//!   two blanket impls over them overlap (E0119).
//!
//! | file | holds |
//! |---|---|
//! | `numeral` | what a row says, as traits |
//! | `forms` | what a row looks like, as macros; the test that writes the rows |
//! | `rows` | the rows |

mod forms;
mod numeral;
mod rows;

pub(crate) use numeral::{FirstOfTwo, FromDigits, Group, NumOf, Numeral};
