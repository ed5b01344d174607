//! Decompositions against the identities that define them, in `f64`, for sizes of nothing to 64, in batches.

use crate::reference::{assert_near, uniform};
use congruent::linalg;
use congruent::prelude::*;

dims! { M = ?, N = ?, Batch = ? }

const SIZES: [usize; 6] = [0, 1, 2, 7, 17, 64];

type Stack = Tensor<(Batch, N, N), f64>;

/// Two random matrices, far from singular.
fn regular(n: usize, seed: u64) -> Stack {
    (&uniform::<_, f64>((Batch(2), N(n), N(n)), seed) + &identity(n) * 2.0).eval()
}

fn identity(n: usize) -> Stack {
    Cpu.from_fn((Batch(2), N(n), N(n)), |at| f64::from((at % (n * n)).is_multiple_of(n + 1)))
}

fn positive(n: usize, seed: u64) -> Stack {
    let x = &uniform::<_, f64>((Batch(2), N(n), N(n)), seed);
    (x.matmul(x.t()) + &identity(n)).eval()
}

#[track_caller]
fn equal<S: Shape>(what: &str, found: &Tensor<S, f64>, expected: &Tensor<S, f64>, n: usize) {
    assert_near(what, found.as_slice(), expected.as_slice(), 1e-12 * n.max(1) as f64, 1.0);
}

#[test]
fn inverses_and_solutions_multiply_back() {
    for n in SIZES {
        let x = &regular(n, 1);
        let inverse = &linalg::inv(x).expect("it is regular");
        equal("inv", &x.matmul(inverse).eval(), &identity(n), n);
        equal("the method", &x.inv().eval(), inverse, n);
        equal("of a transpose", &x.t().inv().eval(), &inverse.t().eval(), n);
        let (vectors, matrices) =
            (&uniform::<_, f64>((Batch(2), N(n)), 2), &uniform::<_, f64>((Batch(2), N(n), M(3)), 3));
        let y = linalg::solve(x, vectors).expect("it is regular");
        equal("vectors", &x.matmul(y.unsqueeze::<-1>()).eval(), &vectors.unsqueeze::<-1>().eval(), n);
        let y = linalg::solve(x, matrices).expect("it is regular");
        equal("matrices", &x.matmul(&y).eval(), matrices, n);
        equal("the method", &x.solve(matrices).eval(), &y, n);
    }
}

/// As `np.linalg.solve`: the axes before the matrices meet as those of operands do.
#[test]
fn matrices_and_right_sides_broadcast() {
    let x = &regular(7, 1);
    let one = &(&uniform::<_, f64>((N(7), N(7)), 5) + &Cpu.eye_of::<f64, _>(N(7)) * 2.0).eval();
    let vector = &uniform::<_, f64>((N(7),), 2);
    let y: Tensor<(Batch, N), f64> = linalg::solve(x, vector).expect("it is regular");
    equal("one vector", &x.matmul(&vector_of(&y)).eval(), &vector.expand((Batch(2), N(7))).unsqueeze::<-1>().eval(), 7);
    let sides = &uniform::<_, f64>((D::<3>, D::<1>, N(7), M(2)), 3);
    let y: Tensor<(D<3>, Batch, N, M), f64> = linalg::solve(x, sides).expect("it is regular");
    equal("stretched", &x.matmul(&y).eval(), &sides.expand((D, Batch(2), N(7), M(2))).eval(), 7);
    assert_eq!(x.solve(sides).eval(), y);
    let y: Tensor<(D<3>, D<1>, N, M), f64> = linalg::solve(one, sides).expect("it is regular");
    equal("one matrix", &one.matmul(&y).eval(), sides, 7);
    let vectors = &uniform::<_, f64>((D::<1>, N(7)), 4);
    let y: Tensor<(Batch, N), f64> = linalg::solve(x, vectors).expect("it is regular");
    equal("vectors", &x.matmul(&vector_of(&y)).eval(), &vectors.expand((Batch(2), N(7))).unsqueeze::<-1>().eval(), 7);
    let other = uniform::<_, f64>((Batch(3), N(7), M(2)), 3);
    assert!(linalg::solve(x, &other).unwrap_err().to_string().contains("Batch = 3"));
    let empty = linalg::solve(x, &uniform::<_, f64>((D::<0>, D::<1>, N(7), M(2)), 3)).expect("it is regular");
    assert_eq!(empty.shape(), (D::<0>, Batch(2), N(7), M(2)));
}

fn vector_of(y: &Tensor<(Batch, N), f64>) -> Tensor<(Batch, N, D<1>), f64> {
    y.unsqueeze::<-1>().eval()
}

/// By the first row's cofactors.
fn laplace(x: &[Vec<f64>]) -> f64 {
    if x.is_empty() {
        return 1.0;
    }
    let minor = |column: usize| -> Vec<Vec<f64>> {
        x[1..].iter().map(|row| [&row[..column], &row[column + 1..]].concat()).collect()
    };
    (0..x.len()).map(|j| if j % 2 == 0 { 1.0 } else { -1.0 } * x[0][j] * laplace(&minor(j))).sum()
}

#[test]
fn determinants_are_those_of_laplace() {
    for n in [0, 1, 2, 3, 5, 7] {
        let x = &uniform::<_, f64>((Batch(2), N(n), N(n)), 4);
        let rows: Vec<Vec<f64>> = x.as_slice().chunks(n.max(1)).map(<[f64]>::to_vec).collect();
        let expected = [laplace(&rows[..n]), laplace(&rows[n..])];
        let det = linalg::det(x).expect("it is square");
        assert_near("det", det.as_slice(), &expected, 1e-12, 1.0);
        let [sign, log] = linalg::slogdet(x).expect("it is square");
        assert_eq!(sign.as_slice(), expected.map(f64::signum));
        assert_near("slogdet", log.as_slice(), &expected.map(|det| det.abs().ln()), 1e-11, 1.0);
    }
    let singular = Cpu.tensor([[1.0, 2.0], [2.0, 4.0]]);
    assert_eq!(linalg::det(&singular).expect("it is square").item(), 0.0);
    let [sign, log] = linalg::slogdet(&singular).expect("it is square");
    assert_eq!((sign.item(), log.item()), (0.0, f32::NEG_INFINITY));
    assert_eq!(linalg::det(&Cpu.zeros::<Shape![0, 0]>()).expect("it is square").item(), 1.0);
}

#[test]
fn triangular_factors_multiply_back() {
    for n in SIZES {
        let x = &uniform::<_, f64>((Batch(2), N(n), N(n)), 5);
        let found = linalg::lu(x).expect("it is finite");
        let product = found.lower.matmul(&found.upper).eval();
        for (row, &from) in found.rows.as_slice().iter().enumerate() {
            let batch = row / n;
            let own = &product.as_slice()[row * n..(row + 1) * n];
            assert_near("lu", own, &x.as_slice()[(batch * n + from as usize) * n..][..n], 1e-12, 1.0);
        }
        let x = &positive(n, 6);
        let lower = &linalg::cholesky(x).expect("it is positive definite");
        equal("cholesky", &lower.matmul(lower.t()).eval(), x, 10 * n);
        equal("the method", &x.cholesky().eval(), lower, n);
        let above = lower.as_slice().iter().enumerate().filter(|(at, _)| at % (n * n) % n > at % (n * n) / n);
        assert!(above.into_iter().all(|(_, &value)| value == 0.0));
    }
}

#[test]
fn orthogonal_factors_multiply_back() {
    for (m, n) in [(0, 0), (3, 0), (1, 1), (2, 2), (7, 2), (17, 17), (64, 17)] {
        let x = &uniform::<_, f64>((Batch(2), M(m), N(n)), 7);
        let (q, r) = &linalg::qr(x).expect("it is tall");
        equal("qr", &q.matmul(r).eval(), x, m);
        equal("q", &q.t().matmul(q).eval(), &identity(n), m);
        assert!(r.diagonal().eval().as_slice().iter().all(|&value| value >= 0.0));
        let found = &linalg::svd(x).expect("it is tall");
        let scaled = &(&found.u * found.s.unsqueeze::<-2>()).eval();
        equal("svd", &scaled.matmul(&found.vh).eval(), x, m);
        equal("u", &found.u.t().matmul(&found.u).eval(), &identity(n), m);
        equal("vh", &found.vh.matmul(found.vh.t()).eval(), &identity(n), m);
        equal("svdvals", &linalg::svdvals(x).expect("it is tall"), &found.s, m);
        equal("the method", &x.svdvals().eval(), &found.s, m);
        for values in found.s.as_slice().chunks(n.max(1)) {
            assert!(values.is_sorted_by(|a, b| a >= b) && values.iter().all(|&value| value >= 0.0));
        }
    }
}

#[test]
fn eigenvectors_are_stretched() {
    for n in SIZES {
        let x = &positive(n, 8);
        let (values, vectors) = &linalg::eigh(x).expect("it is finite");
        equal("eigh", &x.matmul(vectors).eval(), &(vectors * values.unsqueeze::<-2>()).eval(), 100 * n);
        equal("orthonormal", &vectors.t().matmul(vectors).eval(), &identity(n), n);
        assert!(values.as_slice().chunks(n.max(1)).all(|values| values.is_sorted()));
        equal("eigvalsh", &x.eigvalsh().eval(), values, 100 * n);

        let x = &uniform::<_, f64>((Batch(2), N(n), N(n)), 9);
        let found = linalg::eig(x).expect("it is finite");
        let ([re, im], [left, right]) = (found.values.map(|part| part.unsqueeze::<-2>().eval()), &found.vectors);
        equal("re", &x.matmul(left).eval(), &(left * &re - right * &im).eval(), 10 * n);
        equal("im", &x.matmul(right).eval(), &(left * &im + right * &re).eval(), 10 * n);
        let lengths = (left * left + right * right).sum_axis::<-2>().eval();
        assert_near("lengths", lengths.as_slice(), &vec![1.0; 2 * n], 1e-12, 1.0);
    }
}

#[test]
fn pseudo_inverses_follow_penrose() {
    for (m, n) in [(0, 0), (1, 1), (7, 3), (3, 7), (17, 17)] {
        let x = &uniform::<_, f64>((Batch(2), M(m), N(n)), 10);
        let y = &linalg::pinv(x).expect("it is finite");
        equal("x y x", &x.matmul(y).matmul(x).eval(), x, 10 * m);
        equal("y x y", &y.matmul(x).matmul(y).eval(), y, 100 * m);
        let b = &uniform::<_, f64>((Batch(2), M(m)), 11);
        let least = linalg::lstsq(x, b).expect("it is finite");
        equal("lstsq", &least, &y.matmul(b.unsqueeze::<-1>()).squeeze::<-1>().eval(), 100 * m);
        assert_eq!(linalg::matrix_rank(x).expect("it is finite").as_slice(), [m.min(n) as i64; 2]);
    }
    // Of rank 1: x y and y x are symmetric.
    let x = &Cpu.tensor_of::<f64, _>([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]);
    let y = &linalg::pinv(x).expect("it is finite");
    equal("x y", &x.matmul(y).eval(), &x.matmul(y).eval().t().eval(), 1);
    equal("y x", &y.matmul(x).eval(), &y.matmul(x).eval().t().eval(), 1);
    assert_eq!(linalg::matrix_rank(x).expect("it is finite").item(), 1);
    assert!(linalg::cond(x).expect("it is finite").item() > 1e15);
}

#[test]
fn exponentials_follow_their_series() {
    for (n, scale) in [(0, 1.0), (1, 1.0), (2, 0.1), (7, 1.0), (7, 30.0)] {
        let x = &(&uniform::<_, f64>((Batch(2), N(n), N(n)), 12) * (scale / n.max(1) as f64)).eval();
        // The series of a sixty-fourth of it, squared six times.
        let small = &(x * 64f64.recip()).eval();
        let (mut term, mut sum) = (identity(n), identity(n));
        for order in 1..30 {
            term = (term.matmul(small) * f64::from(order).recip()).eval();
            sum = (&sum + &term).eval();
        }
        let expected = sum.matrix_power(64).eval();
        let largest = expected.as_slice().iter().fold(1.0, |largest: f64, value| largest.max(value.abs()));
        let found = linalg::expm(x).expect("it is finite");
        assert_near("expm", found.as_slice(), expected.as_slice(), 1e-12 * largest, 1.0);
    }
}

#[test]
fn single_precision_is_rounded_once() {
    let x = &regular(7, 13);
    let single: Tensor<_, f32> = x.convert();
    let [exact, rounded] = [linalg::inv(&single.convert::<f64>()), linalg::inv(&single).map(|y| y.convert())];
    let (exact, rounded) = (exact.expect("it is regular"), rounded.expect("it is regular"));
    assert_near("f32", rounded.as_slice(), exact.as_slice(), 6e-8, 1e-30);
}
