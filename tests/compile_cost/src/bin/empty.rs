//! A program that depends on the library and does nothing: what every other one is held against.

use congruent as _;

fn main() {}
