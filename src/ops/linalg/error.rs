//! Why a matrix has no inverse, no factors, or no eigenvalues.
//!
//! Apart from [`Error`] because which matrix of a batch it is, and where, is for programs to act upon.

use crate::error::Error;
use crate::shape::Mismatch;

/// What keeps a matrix from being decomposed. Matrices of a batch are counted from 0, in row-major order.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MatrixError {
    /// A pivot is zero: the matrix has no inverse.
    #[error("{operation}: matrix {matrix} is singular, pivot {pivot} is 0")]
    Singular {
        /// The operation.
        operation: &'static str,
        /// Which matrix of the batch.
        matrix: usize,
        /// The row of the triangular factor whose diagonal is 0.
        pivot: usize,
    },
    /// A leading minor is not positive.
    #[error("{operation}: matrix {matrix} is not positive definite, pivot {pivot} is not positive")]
    NotPositiveDefinite {
        /// The operation.
        operation: &'static str,
        /// Which matrix of the batch.
        matrix: usize,
        /// The first row whose pivot is not positive.
        pivot: usize,
    },
    /// An element is NaN or infinite.
    #[error("{operation}: matrix {matrix} holds NaN or infinities")]
    NotFinite {
        /// The operation.
        operation: &'static str,
        /// Which matrix of the batch.
        matrix: usize,
    },
    /// The iteration did not come to an end.
    #[error("{operation}: the iteration on matrix {matrix} did not converge")]
    NoConvergence {
        /// The operation.
        operation: &'static str,
        /// Which matrix of the batch.
        matrix: usize,
    },
    /// Fewer rows than columns, found at run time.
    #[error("{operation}: {rows} rows are fewer than {columns} columns, decompose the transpose")]
    Wide {
        /// The operation.
        operation: &'static str,
        /// The number of rows.
        rows: usize,
        /// The number of columns.
        columns: usize,
    },
    /// Run-time sizes that had to be equal differ.
    #[error(transparent)]
    Sizes(#[from] Mismatch),
}

impl From<MatrixError> for Error {
    fn from(error: MatrixError) -> Self {
        let (what, found, rule) = match error {
            MatrixError::Sizes(mismatch) => return mismatch.into(),
            MatrixError::Singular { operation, matrix, pivot } => {
                (operation, format!("matrix {matrix}, whose pivot {pivot} is 0,"), "singular matrices have no inverse")
            }
            MatrixError::NotPositiveDefinite { operation, matrix, pivot } => {
                let found = format!("matrix {matrix}, whose pivot {pivot} is not positive,");
                (operation, found, "positive definite matrices are needed")
            }
            MatrixError::NotFinite { operation, matrix } => {
                (operation, format!("matrix {matrix}, which holds NaN or infinities,"), "finite numbers are needed")
            }
            MatrixError::NoConvergence { operation, matrix } => {
                (operation, format!("matrix {matrix}, on which the iteration did not converge,"), "scale it")
            }
            MatrixError::Wide { operation, rows, columns } => {
                let found = format!("a matrix of {rows} rows and {columns} columns");
                (operation, found, "decompose the transpose of a wide matrix")
            }
        };
        Error::Value { what, found, rule }
    }
}
