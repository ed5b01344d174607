//! Products of matrices: matmul, linear layers, and their gradients.

use super::cpu::{Cpu, integers, product};
use super::storage::Storage;
use crate::dtype::{Integer, Real};
use crate::loops::Product;
use crate::memory::Buf;

/// Products of matrices. By default they are computed on the host.
pub trait MatrixWork: Storage {
    /// `C = A · B` or `C += A · B` for every matrix of a batch.
    fn multiply<E: Real>(self, product: &Product<'_, E>, out: &mut Buf<E>) {
        let (a, b) = (self.read(product.a.buf), self.read(product.b.buf));
        self.change(out, |out| product::multiply(product, [&a, &b], out));
    }

    /// `C = A · B` for every matrix of a batch of integers, which wrap around; C has `len` elements in row-major order,
    /// and the columns of B are one element apart.
    fn multiply_exact<E: Integer>(self, product: &Product<'_, E>, len: usize) -> Buf<E> {
        let (a, b) = (self.read(product.a.buf), self.read(product.b.buf));
        self.adopt(integers::multiply(product, [&a, &b], len))
    }
}

impl MatrixWork for Cpu {}
