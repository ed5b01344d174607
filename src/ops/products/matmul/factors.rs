//! A product of numbers, and the gradient of one of floats: two more products.
//!
//! Apart from the methods because layers multiply, too.

use super::geometry::Geometry;
use super::operand::{Factor, Multiplicand};
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Numeric, Real};
use crate::graph::{
    Backward, Both, Described, Differentiable, Ex, Input, Lazy, Lent, Memory, Op, SlopeRule, Work, elements,
};
use crate::layout::{Axes, COLUMNS, ROWS, count};
use crate::loops::{Place, Product};
use crate::shape::Shape;

/// The product of two operands whose shapes were found to fit, as a tensor of shape `shape`.
#[track_caller]
pub(crate) fn multiply<SA, SB, S, E, D, A, B>(
    a: Ex<SA, E, D, A>,
    b: Ex<SB, E, D, B>,
    shape: S,
) -> Ex<S, E, D, Op<S, E, Factors<SA, SB, E, A, B>>>
where
    SA: Shape,
    SB: Shape,
    S: Shape,
    E: Numeric,
    D: Device,
    A: Lazy<E>,
    B: Lazy<E>,
{
    let device = a.device;
    let (a, b) = (Multiplicand::new(device, a.node, a.shape), Multiplicand::new(device, b.node, b.shape));
    let mut out = device.unwritten(count(shape));
    let (left, right) = (a.memory(), b.memory());
    let geometry = Geometry::new::<SA, SB>(&left.axes(a.shape), &right.axes(b.shape));
    device.multiply(&geometry.forward(left, right), &mut out);
    let factors = Backward::new(Both(Factor(a), Factor(b)), FactorsBack);
    Ex::new(Op::new(out, shape, factors), shape, device)
}

/// The product of two matrices that nothing differentiates, where it is small and the device has a shorter way: no
/// graph is made for it.
#[cfg_attr(optimised, inline(always))]
#[track_caller]
pub(super) fn multiply_few<SA, SB, S, E, D, A, B>(
    a: Lent<'_, SA, E, D>,
    b: Lent<'_, SB, E, D>,
    shape: S,
) -> Option<Ex<S, E, D, Op<S, E, Factors<SA, SB, E, A, B>>>>
where
    SA: Shape,
    SB: Shape,
    S: Shape,
    E: Numeric,
    D: Device,
    A: Lazy<E>,
    B: Lazy<E>,
{
    if A::Grad::ON || B::Grad::ON || SA::RANK != 2 || SB::RANK != 2 {
        return None;
    }
    let (left, right) = (Axes::contiguous(a.shape), Axes::contiguous(b.shape));
    let sizes = [left.size[ROWS], left.size[COLUMNS], right.size[COLUMNS]];
    let out = a.device.multiply_few(sizes, a.buf, b.buf)?;
    Some(Ex::new(Op::constant(out, shape), shape, a.device))
}

/// The backward of a product.
pub type Factors<SA, SB, E, A, B> = Backward<FactorsOf<SA, SB, E, A, B>, FactorsBack>;

/// The operands of a product.
pub type FactorsOf<SA, SB, E, A, B> = Both<Factor<SA, E, A>, Factor<SB, E, B>>;

/// The rule of a product: two more, `dA = dC · Bᵀ` and `dB = Aᵀ · dC`.
pub struct FactorsBack;

impl Described for FactorsBack {
    const NAME: &'static str = "matmul";
    const KIND: Work = Work::MatrixProduct;
    /// A product and a sum for each term.
    fn flops(_: Option<&Self>, out: &[Option<usize>], of: &[Input]) -> Option<u64> {
        let terms = (*of.first()?.dims.last()?)?;
        Some((elements(out)? as u64).saturating_mul(terms as u64).saturating_mul(2))
    }
}

impl<SA, SB, E, A, B> SlopeRule<E, FactorsOf<SA, SB, E, A, B>> for FactorsBack
where
    SA: Shape,
    SB: Shape,
    E: Real,
    A: Differentiable<E>,
    B: Differentiable<E>,
{
    fn slopes<D: Device>(
        self,
        device: D,
        factors: &FactorsOf<SA, SB, E, A, B>,
        gradient: Buf<E>,
        out: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        drop(out);
        let [of_a, of_b] = factors.wanted();
        let (a, b, add) = (&factors.0.0, &factors.1.0, false);
        let (x, y) = (a.memory(), b.memory());
        let (to_a, to_b) = (Slope::new(x, a.shape), Slope::new(y, b.shape));
        let to_b = of_b.then(|| {
            let geometry = Geometry::new::<SA, SB>(&x.axes(a.shape), &to_b.axes);
            let Geometry { m, k, n, batch, left, right } = geometry;
            let (a, b) = (left.swapped().of(x), geometry.output().whole(&gradient));
            to_b.multiplied(device, Product { m: k, k: m, n, batch, a, b, c: right.place(), add })
        });
        let to_a = of_a.then(|| {
            let geometry = Geometry::new::<SA, SB>(&to_a.axes, &y.axes(b.shape));
            let Geometry { m, k, n, batch, left, right } = geometry;
            let (a, b) = (geometry.output().whole(&gradient), right.swapped().of(y));
            to_a.multiplied(device, Product { m, k: n, n: k, batch, a, b, c: left.place(), add })
        });
        [to_a, to_b]
    }
}

/// How the gradient of an operand lies: as the operand does; that of a slice, which has other elements around it, in
/// order.
struct Slope {
    len: usize,
    offset: usize,
    axes: Axes,
}

impl Slope {
    #[track_caller]
    fn new<E: Real, S: Shape>(operand: Memory<'_, E>, shape: S) -> Self {
        match operand {
            Memory::Strided(there) if there.buf.len() == count(shape) => {
                Slope { len: there.buf.len(), offset: there.offset, axes: there.axes }
            }
            _ => Slope { len: count(shape), offset: 0, axes: Axes::contiguous(shape) },
        }
    }

    fn multiplied<E: Real, D: Device>(&self, device: D, product: Product<'_, E>) -> Buf<E> {
        // Of no terms, however many matrices there are: places that lie on each other, as those of a vector, are not
        // even looked at.
        if product.k == 0 || product.matrices() == 0 {
            return device.zeroed(self.len);
        }
        // One matrix that several of the batch meet receives their sum.
        let summed = product.batch.iter().zip(product.c.batch).any(|(&size, stride)| size > 1 && stride == 0);
        let mut slope = if summed { device.zeroed(self.len) } else { device.unwritten(self.len) };
        let c = Place { offset: self.offset, ..product.c };
        device.multiply(&Product { c, add: summed, ..product }, &mut slope);
        slope
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    fn check<const B: usize, const M: usize, const K: usize, const N: usize>()
    where
        D<B>: Dim,
        D<M>: Dim,
        D<K>: Dim,
        D<N>: Dim,
    {
        let mix = |i: usize| (i as i64).wrapping_mul(0x1E37_79B9_7F4A_7C15) >> 7;
        let a = Cpu.from_fn((D::<B>, D::<M>, D::<K>), mix);
        let b = Cpu.from_fn((D::<K>, D::<N>), |i| mix(i + 1));
        let (x, y) = (a.to_vec(), b.to_vec());
        let mut expected = vec![0i64; B * M * N];
        for (at, sum) in expected.iter_mut().enumerate() {
            let (row, j) = (at / N, at % N);
            *sum = (0..K).fold(0, |sum, p| sum.wrapping_add(x[row * K + p].wrapping_mul(y[p * N + j])));
        }
        let turned: Tensor<(D<N>, D<K>), i64> = b.t().eval();
        assert_eq!(a.matmul(&b).eval().to_vec(), expected);
        assert_eq!(a.matmul(turned.t()).eval().to_vec(), expected);
        let small: Vec<i8> = a.convert::<i8>().matmul(&b.convert::<i8>()).eval().to_vec();
        let wrapped: Vec<i8> = expected.iter().map(|&sum| sum as i8).collect();
        assert_eq!(small, wrapped, "the low bits of a product are those of the factors");
    }

    #[test]
    fn products_are_those_of_a_plain_loop() {
        check::<1, 1, 1, 1>();
        check::<2, 3, 7, 5>();
        check::<3, 17, 9, 33>();
        check::<1, 6, 0, 4>();
        check::<2, 64, 70, 65>();
    }

    #[test]
    fn vectors_and_turned_operands() {
        let (a, v) = (Cpu.tensor([[1, 2, 3], [4, 5, 6]]), Cpu.tensor([1, 0, -1]));
        assert_eq!(a.matmul(&v).eval().as_slice(), [-2, -2]);
        assert_eq!(v.dot(&v).eval().item(), 2);
        assert_eq!(a.t().matmul(&a).eval().as_slice(), [17, 22, 27, 22, 29, 36, 27, 36, 45]);
        assert_eq!((&a * 2).matmul(&v + 1).eval().as_slice(), [8, 26]);
    }
}
