//! Square systems in stacks that broadcast: which matrix meets which right side, and how gradients come back.
//!
//! Apart from `solver`, which knows matrices and no batches: a matrix that serves several right sides is factored once.

use super::back::heard;
use super::error::MatrixError;
use super::host::{Sizes, Stack, download, flat, upload};
use super::shape::{Equations, Square};
use super::solver::{self, Lu};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::graph::{Described, Operands, SlopeRule, Work};
use crate::shape::Shape;
use faer::Mat;

/// The sizes of a system: of the matrices, of the right sides, and for each solution the numbers of both.
#[derive(Clone)]
pub(super) struct Systems {
    pub(super) left: Sizes,
    pub(super) right: Sizes,
    pairs: Vec<[usize; 2]>,
}

impl Systems {
    /// Those of matrices of shape `a` and right sides of shape `b`, and the shape of the solutions.
    pub(super) fn new<A: Square + Equations<B>, B: Shape>(a: A, b: B) -> Result<(Self, A::Solution), MatrixError> {
        let left = Sizes::square("solve", a)?;
        let solution = a.solution(b)?;
        let (matrices, sides, both) = (a.batch().dims(), b.dims(), solution.dims());
        let (sides, own) = sides.split_at(B::RANK - A::AXES);
        let count = sides.iter().product();
        let right = Sizes { count, rows: left.rows, columns: own.get(1).copied().unwrap_or(1) };
        Ok((Systems { left, right, pairs: pairs(&both[..both.len() - A::AXES], [&matrices, sides]) }, solution))
    }

    /// The solutions, one after the other.
    pub(super) fn solve(&self, matrices: &[Mat<f64>], sides: &[Mat<f64>]) -> Result<Stack, MatrixError> {
        let factors = solver::regular("solve", matrices)?;
        Ok(self.pairs.iter().map(|&[a, b]| factors[a].solve(&sides[b])).collect())
    }

    /// `dB = A⁻ᵀ · dX`, `dA = -dB · Xᵀ`, each summed over the solutions that it is part of.
    fn slopes(&self, matrices: &[Mat<f64>], solutions: &[Mat<f64>], slope: &[Mat<f64>]) -> [Stack; 2] {
        let factors: Vec<Lu> = heard(solver::regular("solve", matrices));
        let zeros = |sizes: Sizes| vec![Mat::zeros(sizes.rows, sizes.columns); sizes.count];
        let (mut left, mut right): (Stack, Stack) = (zeros(self.left), zeros(self.right));
        for (&[a, b], (y, dy)) in self.pairs.iter().zip(solutions.iter().zip(slope)) {
            let db = factors[a].solve_transposed(dy);
            left[a] -= &db * y.transpose();
            right[b] += db;
        }
        [left, right]
    }
}

/// For each index of the shape in which two batches meet, the number of the entry of each.
fn pairs(both: &[usize], batches: [&[usize]; 2]) -> Vec<[usize; 2]> {
    let place = |index: usize, batch: &[usize]| {
        let (mut rest, mut stride, mut place) = (index, 1, 0);
        for (axis, &size) in both.iter().enumerate().rev() {
            let own = (axis + batch.len()).checked_sub(both.len()).map_or(1, |axis| batch[axis]);
            place += if own == 1 { 0 } else { rest % size * stride };
            (rest, stride) = (rest / size, stride * own);
        }
        place
    };
    (0..both.iter().product()).map(|index| batches.map(|batch| place(index, batch))).collect()
}

/// The backward of [`solve`](super::Decompositions::solve).
pub struct SolveBack {
    pub(super) systems: Systems,
    pub(super) matrices: Stack,
    pub(super) solutions: Stack,
}

impl Described for SolveBack {
    const NAME: &'static str = "solve";
    const KIND: Work = Work::HostNumbers;
}

impl<E: Real, X: Operands<E, Slopes = [Option<Buf<E>>; 2]>> SlopeRule<E, X> for SolveBack {
    fn slopes<D: Device>(self, device: D, _: &X, gradient: Buf<E>, _: Buf<E>) -> X::Slopes {
        let sizes = Sizes { count: self.solutions.len(), ..self.systems.right };
        let gradient = sizes.cut(&download(device, &gradient));
        let slopes = self.systems.slopes(&self.matrices, &self.solutions, &gradient);
        slopes.map(|slope| Some(upload(device, &flat(&slope))))
    }
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn batches_meet_as_operands_do() {
        assert_eq!(pairs(&[], [&[], &[]]), [[0, 0]]);
        assert_eq!(pairs(&[2], [&[2], &[]]), [[0, 0], [1, 0]]);
        assert_eq!(pairs(&[2, 2], [&[2, 1], &[2]]), [[0, 0], [0, 1], [1, 0], [1, 1]]);
        assert!(pairs(&[0, 2], [&[0, 1], &[2]]).is_empty());
    }
}
