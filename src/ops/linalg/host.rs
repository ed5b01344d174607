//! Stacks of matrices in host memory, in `f64`: what decompositions compute on, and how their gradients return.
//!
//! Apart from the decompositions because none of them knows shapes, element types or devices. `f32` is computed in
//! `f64`, too: it is rounded once, at the end, and the solver is compiled once, with this crate.

use super::error::MatrixError;
use super::shape::MatrixAxes;
use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::{OrRaise, collected};
use crate::graph::{Described, Differentiable, Given, SlopeRule, Work};
use crate::shape::{Mismatch, Shape};
use faer::Mat;

/// One matrix after the other.
pub(super) type Stack = Vec<Mat<f64>>;

/// How many matrices there are, with their rows and columns.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) count: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl Sizes {
    #[track_caller]
    pub(super) fn of<S: MatrixAxes>(shape: S) -> Self {
        Sizes { count: shape.batch().len(), rows: shape.rows().size(), columns: shape.columns().size() }
    }

    /// Those of a shape whose rows and columns are one dim; two run-time sizes of one name may differ.
    pub(super) fn square<S: MatrixAxes>(operation: &'static str, shape: S) -> Result<Self, MatrixError> {
        let sizes = Self::of(shape);
        match sizes.rows == sizes.columns {
            true => Ok(sizes),
            false => Err(Mismatch::new(operation, shape, shape.transpose()).into()),
        }
    }

    /// Those of a shape that has no fewer rows than columns.
    pub(super) fn tall<S: MatrixAxes>(operation: &'static str, shape: S) -> Result<Self, MatrixError> {
        let Sizes { rows, columns, .. } = Self::of(shape);
        if rows < columns { Err(MatrixError::Wide { operation, rows, columns }) } else { Ok(Self::of(shape)) }
    }

    /// The matrices of a buffer.
    pub(super) fn read<E: Real, D: Device>(self, device: D, values: &Buf<E>) -> Stack {
        self.cut(&download(device, values))
    }

    /// The matrices of row-major values.
    #[track_caller]
    pub(super) fn cut(self, values: &[f64]) -> Stack {
        let Sizes { count, rows, columns } = self;
        let matrix = |at: usize| Mat::from_fn(rows, columns, |i, j| values[(at * rows + i) * columns + j]);
        collected(count, (0..count).map(matrix))
    }
}

/// The values of a buffer.
pub(super) fn download<E: Real, D: Device>(device: D, values: &Buf<E>) -> Vec<f64> {
    device.download(values).into_iter().map(|value| value.as_f64()).collect()
}

/// A buffer of these values, rounded to its element type.
pub(super) fn upload<E: Real, D: Device>(device: D, values: &[f64]) -> Buf<E> {
    device.adopt(Buf::from_fn(values.len(), |i| E::of_f64(values[i])))
}

/// The elements of all matrices, row after row.
pub(super) fn flat(stack: &[Mat<f64>]) -> Vec<f64> {
    stack.iter().flat_map(|x| (0..x.nrows()).flat_map(move |i| (0..x.ncols()).map(move |j| x[(i, j)]))).collect()
}

/// Whether every element is a finite number.
pub(super) fn is_finite(x: &Mat<f64>) -> bool {
    (0..x.ncols()).all(|j| (0..x.nrows()).all(|i| x[(i, j)].is_finite()))
}

/// Refuses a stack that holds NaN or infinities: iterations on them may not end.
pub(super) fn finite(operation: &'static str, stack: &[Mat<f64>]) -> Result<(), MatrixError> {
    match stack.iter().position(|x| !is_finite(x)) {
        Some(matrix) => Err(MatrixError::NotFinite { operation, matrix }),
        None => Ok(()),
    }
}

/// `(X + Xᵀ) / 2`
pub(super) fn symmetric(x: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(x.nrows(), x.ncols(), |i, j| 0.5 * (x[(i, j)] + x[(j, i)]))
}

/// The gradient of a stack from the gradient of what was computed from it, both row-major.
pub(super) type Slope = Box<dyn FnOnce(Vec<f64>) -> Result<Stack, MatrixError>>;

/// The backward of an operation on matrices.
pub struct MatrixBack(pub(super) Slope);

impl Described for MatrixBack {
    const NAME: &'static str = "linear_algebra";
    const KIND: Work = Work::HostNumbers;
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for MatrixBack {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        let slope = (self.0)(download(device, &gradient)).or_raise();
        upload(device, &flat(&slope))
    }
}
