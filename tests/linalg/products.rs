//! Products of vectors, traces, powers, norms and distances against plain loops; gradients by finite differences.

use crate::reference::{Plain, assert_near, uniform};
use crate::support::{gradients, random};
use congruent::prelude::*;

dims! { M = ?, N = ?, P = ?, K = ?, Batch = ? }

const SIZES: [usize; 4] = [0, 1, 7, 17];

#[test]
fn vectors_multiply() {
    for k in SIZES {
        let (a, b) = (&uniform::<_, f64>((K(k),), 1), &uniform::<_, f64>((K(k),), 2));
        let sum: f64 = a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| a * b).sum();
        assert_near("dot", &[a.dot(b).eval().item()], &[sum], 1e-13, 1.0);
        assert_near("vdot", &[a.vdot(b).eval().item()], &[sum], 1e-13, 1.0);
        let outer = a.outer(b).eval();
        let expected = Plain::from_fn(&[k, k], |i| a.as_slice()[i[0]] * b.as_slice()[i[1]]);
        assert_eq!(outer.shape(), (K(k), K(k)));
        assert_near("outer", outer.as_slice(), &expected.values, 1e-15, 1.0);
    }
}

#[test]
fn inner_sums_over_the_last_axes() {
    let (a, b) = (&uniform::<_, f64>((M(3), K(5)), 1), &uniform::<_, f64>((N(7), K(5)), 2));
    let (u, v) = (&uniform::<_, f64>((K(5),), 3), &uniform::<_, f64>((K(5),), 4));
    assert_eq!(a.inner(b).eval(), a.matmul(b.t()).eval());
    assert_eq!(a.inner(v).eval(), a.matmul(v).eval());
    assert_eq!(u.inner(v).eval(), u.matmul(v).eval());
    assert_near("inner", u.inner(b).eval().as_slice(), b.matmul(u).eval().as_slice(), 1e-14, 1.0);
    // Strided operands are read in place.
    let turned = &a.t().eval();
    assert_eq!(turned.t().inner(b).eval(), a.inner(b).eval());
}

#[test]
fn kron_repeats_the_right_side() {
    let (a, b) = (&uniform::<_, f64>((D::<2>, D::<3>), 1), &uniform::<_, f64>((D::<5>, D::<1>), 2));
    let y: Tensor<Shape![10, 3], f64> = a.kron(b).eval();
    let (a, b) = (Plain::from(a), Plain::from(b));
    let expected = Plain::from_fn(&[10, 3], |i| a.at(&[i[0] / 5, i[1]]) * b.at(&[i[0] % 5, 0]));
    assert_near("kron", y.as_slice(), &expected.values, 1e-15, 1.0);
    let (u, v) = (Cpu.tensor([1.0, 2.0]), Cpu.tensor([1.0, 10.0, 100.0]));
    assert_eq!(u.kron(&v).eval().as_slice(), [1.0, 10.0, 100.0, 2.0, 20.0, 200.0]);
}

#[test]
fn cross_is_orthogonal_to_both() {
    for count in SIZES {
        let shape = (Batch(count), D::<3>);
        let (a, b) = (&uniform::<_, f64>(shape, 1), &uniform::<_, f64>(shape, 2));
        let y = a.cross(b).eval();
        for ((a, b), y) in a.as_slice().chunks(3).zip(b.as_slice().chunks(3)).zip(y.as_slice().chunks(3)) {
            let expected = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
            assert_near("cross", y, &expected, 1e-14, 1.0);
        }
    }
}

#[test]
fn traces_and_diagonals_read_the_diagonal() {
    for n in SIZES {
        let x = &uniform::<_, f64>((Batch(3), N(n), N(n)), 1);
        let plain = Plain::from(x);
        let diagonal = Plain::from_fn(&[3, n], |i| plain.at(&[i[0], i[1], i[1]]));
        assert_eq!(x.diagonal().eval().as_slice(), diagonal.values);
        let sums: Vec<f64> = (0..3).map(|i| diagonal.values[i * n..(i + 1) * n].iter().sum()).collect();
        assert_near("trace", x.trace().eval().as_slice(), &sums, 1e-14, 1.0);
        assert_near("trace of a transpose", x.t().trace().eval().as_slice(), &sums, 1e-14, 1.0);
    }
    // Stretched over a batch: all matrices are one.
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    assert_eq!(x.expand((D::<4>, D::<2>, D::<2>)).trace().eval().as_slice(), [5.0; 4]);
}

#[test]
fn powers_are_repeated_products() {
    for n in SIZES {
        let x = &(&uniform::<_, f64>((Batch(2), N(n), N(n)), 1) * 0.5).eval();
        let mut expected: Tensor<_, f64> = x.matrix_power(0).eval();
        let identity = Plain::from_fn(&[2, n, n], |i| f64::from(i[1] == i[2]));
        assert_eq!(expected.as_slice(), identity.values);
        for exponent in 1..12 {
            expected = expected.matmul(x).eval();
            let found = x.matrix_power(exponent).eval();
            assert_near("power", found.as_slice(), expected.as_slice(), 1e-12, 1.0);
        }
    }
}

#[test]
fn norms_follow_their_sums() {
    for (m, n) in [(1, 1), (7, 3), (2, 17)] {
        let x = &uniform::<_, f64>((Batch(2), M(m), N(n)), 5);
        let plain = Plain::from(x);
        let of = |batch: usize| move |i: usize, j: usize| [batch, i, j];
        for batch in 0..2 {
            let at = |i, j| plain.at(&of(batch)(i, j)).abs();
            let rows = (0..m).map(|i| (0..n).map(|j| at(i, j)).sum::<f64>()).fold(0.0, f64::max);
            let columns = (0..n).map(|j| (0..m).map(|i| at(i, j)).sum::<f64>()).fold(0.0, f64::max);
            let all = (0..m).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| at(i, j).powi(2)).sum::<f64>();
            assert_near("one", &[x.matrix_norm_one().eval().as_slice()[batch]], &[columns], 1e-14, 1.0);
            assert_near("inf", &[x.matrix_norm_inf().eval().as_slice()[batch]], &[rows], 1e-14, 1.0);
            assert_near("fro", &[x.matrix_norm().eval().as_slice()[batch]], &[all.sqrt()], 1e-14, 1.0);
        }
    }
    assert_eq!(Cpu.zeros::<Shape![0, 0]>().matrix_norm().eval().item(), 0.0);
}

#[test]
fn distances_are_of_all_pairs() {
    for (p, r, k) in [(0, 3, 2), (3, 0, 2), (1, 1, 1), (7, 5, 3), (17, 2, 1), (2, 3, 0)] {
        let (a, b) = (&uniform::<_, f64>((Batch(2), P(p), K(k)), 1), &uniform::<_, f64>((Batch(2), M(r), K(k)), 2));
        let (left, right) = (Plain::from(a), Plain::from(b));
        let expected = Plain::from_fn(&[2, p, r], |i| {
            let square = |c| (left.at(&[i[0], i[1], c]) - right.at(&[i[0], i[2], c])).powi(2);
            (0..k).map(square).sum::<f64>().sqrt()
        });
        assert_near("cdist", a.cdist(b).eval().as_slice(), &expected.values, 1e-14, 1.0);
    }
    let far = Cpu.tensor_of::<f64, _>([[1e8, 1e8], [1e8 + 1.0, 1e8]]);
    assert_eq!(far.cdist(&far).eval().as_slice(), [0.0, 1.0, 1.0, 0.0]);
}

/// Generic code needs no bound for floats: neither for the numbers nor for their graph.
#[test]
fn generic_code_multiplies() {
    fn products<N: Dim, P: Forward>(a: impl Expr<(N,), P> + Copy, b: impl Expr<(N,), P> + Copy) -> Ex![P; ] {
        let (outer, sum, inner) = (a.outer(b), a.vdot(b), a.inner(b));
        outer.matrix_power(2).trace() * sum + einsum!("i, j -> ", a, b) + inner
    }
    let (a, b) = (Cpu.tensor([1.0, 2.0]), Cpu.tensor([3.0, -1.0]));
    let (x, y): (Param<_>, Param<_>) = (a.clone().into(), b.clone().into());
    let (value, (da, _)) = (x, y).value_and_grad(|(x, y)| products::<_, Traced>(x, y)).expect("one size");
    // a bᵀ a bᵀ has the trace (a · b)²; so it is (a · b)³ + Σ a Σ b + a · b, whose slope is 3 (a · b)² b + Σ b + b.
    assert_eq!((value, da.as_slice()), (1.0 + 6.0 + 1.0, &[3.0 * 3.0 + 2.0 + 3.0, -3.0 + 2.0 - 1.0][..]));
}

#[test]
fn run_time_sizes_that_differ_are_errors() {
    let (a, b) = (&Cpu.zeros_of::<f64, _>((K(3),)), &Cpu.zeros_of::<f64, _>((K(4),)));
    assert!(attempt(|| a.dot(b).eval()).is_err() && attempt(|| a.vdot(b).eval()).is_err());
    assert!(attempt(|| a.inner(b).eval()).is_err());
    let x = &Cpu.zeros_of::<f64, _>((N(3), N(4)));
    let error = attempt(|| x.trace().eval()).unwrap_err().to_string();
    assert_eq!(error, "trace: run-time sizes differ: left is (N = 3, N = 4), right is (N = 4, N = 3)");
    assert!(attempt(|| x.matrix_power(2).eval()).is_err() && attempt(|| x.cdist(&x.t().eval()).eval()).is_err());
}

#[test]
fn products_have_the_gradients_of_differences() {
    let mut vectors = (random((D::<5>,), 1, -1.0, 1.0), random((D::<5>,), 2, -1.0, 1.0));
    gradients!(vectors, |(a, b)| a.dot(b));
    gradients!(vectors, |(a, b)| (a * 2.0).vdot(b));
    gradients!(vectors, |(a, b)| a.inner(b).square());
    gradients!(vectors, |(a, b)| a.outer(b).square().sum());
    gradients!(vectors, |(a, b)| a.kron(b).square().sum());
    let mut matrices = (random((D::<3>, D::<4>), 1, -1.0, 1.0), random((D::<2>, D::<4>), 2, -1.0, 1.0));
    gradients!(matrices, |(a, b)| a.inner(b).square().sum());
    gradients!(matrices, |(a, b)| a.kron(b).square().sum());
    gradients!(matrices, |(a, b)| a.cdist(b).square().sum());
    gradients!(matrices, |(a, b)| a.cdist(b).sin().sum());
    let mut space = (random((D::<2>, D::<3>), 1, -1.0, 1.0), random((D::<2>, D::<3>), 2, -1.0, 1.0));
    gradients!(space, |(a, b)| a.cross(b).sin().sum());
}

#[test]
fn squares_and_norms_have_the_gradients_of_differences() {
    let mut x = random((D::<2>, D::<3>, D::<3>), 1, -1.0, 1.0);
    gradients!(x, |x| x.trace().square().sum());
    gradients!(x, |x| x.t().diagonal().sin().sum());
    gradients!(x, |x| x.matrix_norm().sin().sum());
    gradients!(x, |x| x.matrix_norm_one().sin().sum());
    gradients!(x, |x| x.matrix_norm_inf().sin().sum());
    gradients!(x, |x| x.matrix_power(0).sin().sum());
    gradients!(x, |x| x.matrix_power(1).sin().sum());
    gradients!(x, |x| x.matrix_power(6).sin().sum());
    gradients!(x, |x| x.matrix_power(7).sin().sum());
}

#[test]
fn equal_points_and_zeros_have_no_gradient() {
    let x: Param<Shape![2, 2], Weights<f64>> = Cpu.zeros_of::<f64, _>((D::<2>, D::<2>)).into();
    let (_, grad) = x.value_and_grad(|x| x.matrix_norm()).expect("it fits");
    assert_eq!(grad.as_slice(), [0.0; 4]);
    let (_, grad) = x.value_and_grad(|x| x.cdist(x).sum()).expect("it fits");
    assert_eq!(grad.as_slice(), [0.0; 4]);
}
