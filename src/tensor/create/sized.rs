//! Dims whose size is counted before the dim is made.

use crate::dims::Dim;
use crate::error::Error;
use crate::shape::Shape;

/// The dim that a constructor gives to a size, which it must then have.
pub(super) fn sized<A: Dim>(axis: impl FnOnce(usize) -> A, size: usize) -> Result<A, Error> {
    let axis = axis(size);
    if axis.size() == size {
        return Ok(axis);
    }
    Err(Error::Shape { found: vec![size], wanted: (axis,).describe() })
}
