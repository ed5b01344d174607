//! What cannot be decomposed: singular, indefinite, infinite matrices, and sizes that only the run knows.

use congruent::linalg::{self, MatrixError};
use congruent::prelude::*;

dims! { M = ?, N = ?, Batch = ? }

/// The identity, a matrix with a bad second pivot, the identity.
fn with_pivot(pivot: f64) -> Tensor<Shape![3, 2, 2], f64> {
    Cpu.tensor_of::<f64, _>([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, pivot]], [[1.0, 0.0], [0.0, 1.0]]])
}

#[test]
fn singular_matrices_are_named() {
    let x = &with_pivot(0.0);
    let expected = |operation| MatrixError::Singular { operation, matrix: 1, pivot: 1 };
    assert_eq!(linalg::inv(x).unwrap_err(), expected("inv"));
    assert_eq!(linalg::solve(x, &Cpu.zeros_of::<f64, _>((D::<3>, D::<2>))).unwrap_err(), expected("solve"));
    let error = attempt(|| x.inv().eval()).unwrap_err().to_string();
    assert_eq!(error, "inv: matrix 1, whose pivot 1 is 0, is not allowed, singular matrices have no inverse");
    assert_eq!(linalg::det(x).expect("it is square").as_slice(), [1.0, 0.0, 1.0]);
    assert!(linalg::lu(x).is_ok());
}

#[test]
fn indefinite_matrices_are_named() {
    for pivot in [0.0, -1.0] {
        let expected = MatrixError::NotPositiveDefinite { operation: "cholesky", matrix: 1, pivot: 1 };
        assert_eq!(linalg::cholesky(&with_pivot(pivot)).unwrap_err(), expected);
        assert!(attempt(|| with_pivot(pivot).cholesky().eval()).is_err());
    }
}

#[test]
fn what_is_not_finite_ends_in_an_error_or_in_nan() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let x = &with_pivot(bad);
        let refused =
            |found: MatrixError| assert!(matches!(found, MatrixError::NotFinite { matrix: 1, .. }), "{found}");
        refused(linalg::inv(x).unwrap_err());
        refused(linalg::solve(x, x).unwrap_err());
        refused(linalg::cholesky(x).unwrap_err());
        refused(linalg::lu(x).err().expect("an error"));
        refused(linalg::qr(x).unwrap_err());
        refused(linalg::svd(x).err().expect("an error"));
        refused(linalg::svdvals(x).unwrap_err());
        refused(linalg::eigh(x).unwrap_err());
        refused(linalg::eig(x).err().expect("an error"));
        refused(linalg::lstsq(x, x).unwrap_err());
        refused(linalg::pinv(x).unwrap_err());
        refused(linalg::matrix_rank(x).unwrap_err());
        refused(linalg::cond(x).unwrap_err());
        refused(linalg::expm(x).unwrap_err());
        let det = linalg::det(x).expect("it is square");
        assert!(det.as_slice()[1].is_nan() && det.as_slice()[2] == 1.0);
        assert!(linalg::slogdet(x).expect("it is square").iter().all(|part| part.as_slice()[1].is_nan()));
    }
}

#[test]
fn extreme_numbers_end() {
    for scale in [1e-300, 1e300, f64::MIN_POSITIVE] {
        let x = &(&with_pivot(3.0) * scale).eval();
        assert!(linalg::svdvals(x).is_ok() && linalg::eigvalsh(x).is_ok() && linalg::eigvals(x).is_ok());
        assert!(linalg::matrix_rank(x).expect("it is finite").as_slice() == [2; 3]);
        let _ = (linalg::expm(x), linalg::inv(x), linalg::pinv(x), linalg::qr(x));
    }
}

#[test]
fn run_time_sizes_are_compared() {
    let x = &Cpu.zeros_of::<f64, _>((N(3), N(4)));
    assert!(matches!(linalg::inv(x).unwrap_err(), MatrixError::Sizes(_)));
    assert!(matches!(attempt(|| x.det().eval()), Err(Error::Sizes(_))));
    let wide = &Cpu.zeros_of::<f64, _>((M(2), D::<3>));
    assert_eq!(wide.shape().0.size(), 2);
    let wide = &Cpu.zeros_of::<f64, _>((M(2), N(3)));
    let expected = MatrixError::Wide { operation: "qr", rows: 2, columns: 3 };
    assert_eq!(linalg::qr(wide).unwrap_err(), expected);
    assert!(linalg::qr(&wide.t().eval()).is_ok());
    let (a, b) = (&Cpu.eye_of::<f64, _>(N(3)), &Cpu.zeros_of::<f64, _>((N(4),)));
    assert!(matches!(linalg::solve(a, b).unwrap_err(), MatrixError::Sizes(_)));
    assert!(matches!(linalg::lstsq(a, b).unwrap_err(), MatrixError::Sizes(_)));
    assert!(attempt(|| a.solve(b).eval()).is_err());
}

#[test]
fn errors_of_a_model_come_out_of_its_step() {
    let x: Param<Shape![3, 2, 2], Weights<f64>> = with_pivot(0.0).into();
    let error = x.value_and_grad(|x| x.inv().sum()).expect_err("it is singular");
    assert!(error.to_string().starts_with("inv: matrix 1"));
    let (_, slope) = x.value_and_grad(|x| x.slogdet().1.sum()).expect("the logarithm is -inf");
    assert!(slope.as_slice()[4].is_nan() && slope.as_slice()[0] == 1.0);
    let error = x.value_and_grad(|x| x.qr().0.sum()).expect_err("q has no gradient there");
    assert!(error.to_string().starts_with("the gradient of qr: matrix 1"));
}

#[test]
fn an_error_converts_to_that_of_the_library() {
    let error: Error = linalg::inv(&with_pivot(0.0)).unwrap_err().into();
    assert!(matches!(error, Error::Value { what: "inv", .. }));
}
