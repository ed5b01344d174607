//! Products of matrices: matmul, linear layers, and their gradients.

use super::cpu::{Cpu, distances, integers, product};
use super::storage::Storage;
use crate::dtype::{ByNumber, Elem, Integer, Numeric, Real};
use crate::loops::Product;
use crate::memory::Buf;

/// Products of matrices. By default they are computed on the host.
pub trait MatrixWork: Storage {
    /// `C = A · B` or `C += A · B` for every matrix of a batch. Integers wrap around.
    fn multiply<E: Numeric>(self, product: &Product<'_, E>, out: &mut Buf<E>) {
        let (a, b) = (self.read(product.a.buf), self.read(product.b.buf));
        self.change(out, |out| E::by_number(Multiplication { product, factors: [&a, &b], out }));
    }

    /// Euclid's distances `[batch, left, right]` of all points `[batch, left, space]` and `[batch, right, space]`, by
    /// their sizes; none where row programs over pairs of points are the better way.
    ///
    /// # Panics
    /// When a buffer has another length than the sizes say.
    fn distances<E: Real>(self, sizes: [usize; 4], [a, b]: [&Buf<E>; 2]) -> Option<Buf<E>> {
        let found = distances::distances(sizes, [&self.read(a), &self.read(b)]);
        found.map(|found| self.adopt(found))
    }
}

impl MatrixWork for Cpu {}

/// A product on the host.
struct Multiplication<'p, E> {
    product: &'p Product<'p, E>,
    factors: [&'p [E]; 2],
    out: &'p mut [E],
}

impl<E: Elem> ByNumber<E> for Multiplication<'_, E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn with_floats(self)
    where
        E: Real,
    {
        product::multiply(self.product, self.factors, self.out);
    }
    fn with_integers(self)
    where
        E: Integer,
    {
        integers::multiply(self.product, self.factors, self.out);
    }
}
