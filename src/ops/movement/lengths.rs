//! Dims of sizes that were computed: by a law, or by the run, which leaves their name to the program.
//!
//! Apart from the operations because slices, joins and reshapes all need them.

use crate::dims::Dim;
use crate::error::{Error, raise};
use crate::shape::Shape;

/// The dim that a name, which is a constructor, makes of a size that the run has found.
#[track_caller]
pub(crate) fn counted<L: Dim>(size: usize, name: impl FnOnce(usize) -> L) -> L {
    let dim = name(size);
    if dim.size() != size {
        raise(Error::Shape { found: vec![size], wanted: (dim,).describe() });
    }
    dim
}

/// A dim of this size, which the law has computed.
#[track_caller]
pub(in crate::ops) fn dim<A: Dim>(size: usize) -> A {
    match A::from_size(size) {
        Some(dim) => dim,
        None => panic!("{} has not the size {size}", A::name()),
    }
}
