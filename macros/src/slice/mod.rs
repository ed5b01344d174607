//! `s![..]`: a slice in NumPy's grammar, as types for the shape law and as values for the run.
//!
//! Apart from the law (`congruent::shape::slice`) because what a literal means, and which lengths follow from literals
//! alone, is known here; what an axis says to that is known there.

mod expand;
mod item;
mod parse;

pub(crate) use expand::expand;
