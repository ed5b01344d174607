//! Products of integer matrices: exact, wrapping around, without a gradient.
//!
//! Apart from the products of floats because there is nothing to keep for a backward pass: the result is memory.

use super::geometry::{Geometry, Layout};
use super::methods::RightFactor;
use crate::device::Device;
use crate::dims::Off;
use crate::dtype::{Integer, NoFloat};
use crate::graph::{Ex, Leaf, Located};
use crate::layout::{Strided, count};
use crate::loops::{Matrix, Product};
use crate::shape::Shape;

// Without `do_not_recommend`: what is wrong with a graph is said by `Located`.
impl<E: Integer, A: Located<E>, B: Located<E>> RightFactor<E, A, E, NoFloat> for B {
    type Product<SA: Shape, SB: Shape, S: Shape> = Leaf<S, E, Off>;
    #[track_caller]
    fn product<SA: Shape, SB: Shape, S: Shape, D: Device>(
        a: Ex<SA, E, D, A>,
        b: Ex<SB, E, D, B>,
        shape: S,
    ) -> Ex<S, E, D, Self::Product<SA, SB, S>> {
        let (device, len) = (a.device, count(shape));
        let left = a.node.located(device, a.shape);
        // Rows of the right matrix are read as they lie, so that they must lie one element after the other.
        let right = Strided::whole(b.node.in_order(device, b.shape), b.shape);
        let geometry = Geometry::new::<SA, SB>(&left.axes, &right.axes);
        let Geometry { m, k, n, batch, .. } = geometry;
        let (x, y) = (matrix(geometry.left, &left), matrix(geometry.right, &right));
        let c = geometry.output().place();
        let out = device.multiply_exact(&Product { m, k, n, batch, a: x, b: y, c, add: false }, len);
        Ex::new(Leaf::constant(out, shape), shape, device)
    }
}

fn matrix<E>(layout: Layout, memory: &Strided<E>) -> Matrix<'_, E> {
    let Layout { row, column, batch } = layout;
    Matrix { buf: &memory.buf, offset: memory.offset, row, column, batch }
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
