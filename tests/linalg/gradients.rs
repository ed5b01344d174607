//! Gradients of decompositions against central differences.

use crate::support::{gradients, random};
use congruent::prelude::*;

/// Two matrices, far from singular and from symmetric.
fn square() -> Param<Shape![2, 4, 4], Weights<f64>> {
    let noise: Param<Shape![2, 4, 4], Weights<f64>> = random((D::<2>, D::<4>, D::<4>), 1, -1.0, 1.0);
    let slope = Cpu.from_fn((D::<2>, D::<4>, D::<4>), |at| if at % 16 % 5 == 0 { 3.0 + (at % 16) as f64 } else { 0.0 });
    (&noise.tensor() + &slope).eval().into()
}

fn tall() -> Param<Shape![2, 5, 3], Weights<f64>> {
    random((D::<2>, D::<5>, D::<3>), 2, -1.0, 1.0)
}

#[test]
fn of_determinants_and_inverses() {
    let mut x = square();
    gradients!(x, |x| (x.det() * 1e-3).sin().sum());
    gradients!(x, |x| x.slogdet().1.square().sum());
    gradients!(x, |x| x.inv().sin().sum());
    gradients!(x, |x| x.t().inv().sin().sum());
    gradients!(x, |x| (x * 0.1).expm().sin().sum());
}

#[test]
fn of_singular_determinants() {
    // Of rank 2, and of rank 1, where every cofactor is 0.
    let singular: [Tensor<Shape![3, 3], f64>; 2] = [
        Cpu.tensor_of::<f64, _>([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]]),
        Cpu.tensor_of::<f64, _>([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0]]),
    ];
    for x in singular {
        let mut x: Param<Shape![3, 3], Weights<f64>> = x.into();
        gradients!(x, |x| x.det());
    }
}

#[test]
fn of_solutions() {
    let mut vectors = (square(), random((D::<2>, D::<4>), 3, -1.0, 1.0));
    gradients!(vectors, |(a, b)| a.solve(b).sin().sum());
    let mut matrices = (square(), random((D::<2>, D::<4>, D::<3>), 3, -1.0, 1.0));
    gradients!(matrices, |(a, b)| a.solve(b).sin().sum());
    let right = Cpu.ones_of::<f64, _>((D::<2>, D::<4>));
    let mut x = square();
    gradients!(x, |x| x.solve(&right).sin().sum());
    gradients!(x, |x| x.with(|x| x.solve(x.diagonal()).sin().sum()));
}

/// Matrices that serve several right sides, and right sides of several matrices.
#[test]
fn of_solutions_that_broadcast() {
    let mut sides = (square(), random((D::<3>, D::<1>, D::<4>, D::<2>), 3, -1.0, 1.0));
    gradients!(sides, |(a, b)| a.solve(b).sin().sum());
    let mut vector = (square(), random((D::<4>,), 3, -1.0, 1.0));
    gradients!(vector, |(a, b)| a.solve(b).sin().sum());
    let mut vectors = (square(), random((D::<1>, D::<4>), 3, -1.0, 1.0));
    gradients!(vectors, |(a, b)| a.solve(b).sin().sum());
}

#[test]
fn of_triangular_factors() {
    let mut x = square();
    gradients!(x, |x| (x.matmul(x.t())).cholesky().sin().sum());
    gradients!(x, |x| (x * 3.0).cholesky().sin().sum());
    gradients!(x, |x| x.qr().0.sin().sum());
    gradients!(x, |x| x.qr().1.sin().sum());
    let mut x = tall();
    gradients!(x, |x| x.qr().0.sin().sum());
    gradients!(x, |x| x.qr().1.sin().sum());
    gradients!(x, |x| {
        let (q, r) = x.qr();
        q.matmul(r).sin().sum()
    });
}

/// Without the signs, which are not determined: the squares of the elements.
#[test]
fn of_singular_values_and_vectors() {
    let mut x = tall();
    let weights = &Cpu.uniform_of::<f64, _>((D::<2>, D::<5>, D::<3>), Key::new(5), 0.5, 1.5);
    gradients!(x, |x| x.svdvals().sin().sum());
    gradients!(x, |x| x.svd().1.sin().sum());
    gradients!(x, |x| (x.svd().0.square() * weights).sum());
    gradients!(x, |x| (x.svd().2.square() * &weights.narrow::<1, _>(0, D::<3>).eval()).sum());
    gradients!(x, |x| {
        let (u, s, vh) = x.svd();
        (u * s.sin().unsqueeze::<-2>()).matmul(vh).square().sum()
    });
    let mut x = square();
    gradients!(x, |x| (x.svd().0.square()
        * &weights.narrow::<1, _>(0, D::<1>).sum_axis::<-1>().unsqueeze::<-1>().eval())
        .sin()
        .sum());
}

#[test]
fn of_eigenvalues_and_vectors() {
    let mut x = square();
    let weights = &Cpu.uniform_of::<f64, _>((D::<2>, D::<4>, D::<4>), Key::new(6), 0.5, 1.5);
    gradients!(x, |x| x.eigvalsh().sin().sum());
    gradients!(x, |x| x.eigh().0.sin().sum());
    gradients!(x, |x| (x.eigh().1.square() * weights).sum());
}

#[test]
fn of_equal_values_while_vectors_are_left_alone() {
    let mut x: Param<Shape![3, 3], Weights<f64>> = Cpu.eye_of::<f64, _>(D::<3>).into();
    gradients!(x, |x| x.eigvalsh().square().sum());
    gradients!(x, |x| x.svdvals().square().sum());
}

#[test]
fn of_pseudo_inverses() {
    let mut x = tall();
    gradients!(x, |x| x.pinv().sin().sum());
    gradients!(x, |x| x.t().pinv().sin().sum());
    let mut x = square();
    gradients!(x, |x| x.pinv().sin().sum());
}
