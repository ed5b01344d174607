//! Examples, times and features as numbers, and where things of a time lie.
//!
//! Apart from the operation because both of its directions count.

use super::gating::{Examples, Rows, Units};
use crate::device::{Buf, Device};
use crate::dims::{Dim, dims};
use crate::dtype::Real;
use crate::graph::{Constant, Ex, Viewed};
use crate::layout::{Axes, Strided};

dims! {
    /// The features of all gates.
    pub Columns = ?,
    /// All steps of all examples.
    pub AllSteps = ?,
    /// Elements of outputs and of last states.
    pub Elements = ?
}

/// How many examples, times, features of a state, and gates.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    pub(super) examples: usize,
    pub(super) times: usize,
    pub(super) units: usize,
    pub(super) gates: usize,
}

impl Counts {
    /// The shape of a state.
    pub(super) fn rows(self) -> (Examples, Units) {
        (Examples(self.examples), Units(self.units))
    }
    /// The elements of a state.
    pub(super) fn of_state(self) -> usize {
        self.examples * self.units
    }
    /// The elements of the outputs.
    pub(super) fn of_outputs(self) -> usize {
        self.of_state() * self.times
    }
    /// The elements of outputs and last states.
    pub(super) fn of_all(self, states: usize) -> usize {
        self.of_outputs() + states * self.of_state()
    }
    /// The features of all gates.
    pub(super) fn columns(self) -> usize {
        self.gates * self.units
    }
    /// Where the features of a time begin among `width` for each, and from example to example.
    pub(super) fn place(self, time: usize, width: usize) -> (usize, usize) {
        (time * width, self.times * width)
    }
    /// Writes a number for each feature of each example, features that begin at a place.
    pub(super) fn put<E: Real, D: Device>(self, to: &mut Buf<E>, (offset, stride): (usize, usize), rows: &Rows<E, D>) {
        if self.of_state() > 0 {
            let axes = Axes::last([self.examples, self.units], [stride as isize, 1]);
            rows.device.put_strided(to, offset, &axes, &rows.buf);
        }
    }
}

/// Memory seen as a matrix.
pub(super) fn matrix<E: Real, D: Device, R: Dim, C: Dim>(
    device: D,
    shape: (R, C),
    buf: &Buf<E>,
    offset: usize,
    strides: [usize; 2],
) -> Ex<(R, C), E, D, Viewed<Constant<E>, (), E>> {
    let axes = Axes::last([shape.0.size(), shape.1.size()], strides.map(|stride| stride as isize));
    Ex::new(Viewed::of_memory(Strided { buf: buf.clone(), offset, axes }), shape, device)
}
