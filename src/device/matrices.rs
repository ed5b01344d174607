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

    /// `A · B` of single matrices of `m` by `k` and `k` by `n`, each all of its memory in row-major order, where they
    /// are so small that what leads to the product would take longer than it; none where there is no such way. The
    /// same bits as [`multiply`](MatrixWork::multiply) gives.
    fn multiply_few<E: Numeric>(self, sizes: [usize; 3], a: &Buf<E>, b: &Buf<E>) -> Option<Buf<E>> {
        let _ = (sizes, a, b);
        None
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

impl MatrixWork for Cpu {
    #[cfg_attr(optimised, inline(always))]
    fn multiply_few<E: Numeric>(self, sizes: [usize; 3], a: &Buf<E>, b: &Buf<E>) -> Option<Buf<E>> {
        E::by_number(Few { sizes, factors: [a.host(), b.host()] })
    }
}

/// A small product of whole matrices.
struct Few<'f, E> {
    sizes: [usize; 3],
    factors: [&'f [E]; 2],
}

impl<E: Elem> ByNumber<E> for Few<'_, E> {
    type Out = Option<Buf<E>>;
    #[cfg_attr(optimised, inline(always))]
    fn with_floats(self) -> Option<Buf<E>>
    where
        E: Real,
    {
        product::multiply_few(self.sizes, self.factors)
    }
    fn with_integers(self) -> Option<Buf<E>>
    where
        E: Integer,
    {
        None
    }
}

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
