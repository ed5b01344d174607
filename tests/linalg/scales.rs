//! Matrices that are singular, and matrices of very large and very small numbers.

use congruent::linalg::{self, MatrixError};
use congruent::prelude::*;

macro_rules! double {
    ($x:expr) => {
        Cpu.tensor_of::<f64, _>($x)
    };
}

fn wide(x: &[f64]) -> Vec<f64> {
    x.to_vec()
}

#[track_caller]
fn near(found: &[f64], wanted: &[f64], relative: f64) {
    let alike = |(f, w): (&f64, &f64)| f == w || (f - w).abs() <= relative * w.abs();
    assert!(found.len() == wanted.len() && found.iter().zip(wanted).all(alike), "found {found:?}, wanted {wanted:?}");
}

/// 5 and 2 as singular values, columns that are not orthogonal.
const MATRIX: [f64; 4] = [3.0, 4.0, 0.0, 1.0];
const SCALES: [f64; 8] = [1e-300, 1e-200, 1e-160, 1e-100, 1e100, 1e160, 1e200, 1e300];

fn at(scale: f64) -> Tensor<Shape![2, 2], f64> {
    Cpu.from_fn((D::<2>, D::<2>), |i| MATRIX[i] * scale)
}

#[test]
fn determinants_of_singular_matrices_are_zero() -> Result<(), MatrixError> {
    assert_eq!(Cpu.zeros::<Shape![2, 2]>().det().eval().item(), 0.0);
    assert_eq!(Cpu.full((D::<3>, D::<3>), 1.0f64).det().eval().item(), 0.0);
    assert_eq!(Cpu.full((D::<20>, D::<20>), 0.1f64).det().eval().item(), 0.0);
    let counted = double!([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]);
    assert_eq!(linalg::det(&counted)?.item(), 0.0);
    let [sign, log] = linalg::slogdet(&counted)?;
    assert_eq!((sign.item(), log.item()), (0.0, f64::NEG_INFINITY));
    assert!(matches!(linalg::inv(&counted), Err(MatrixError::Singular { .. })));
    assert!(matches!(linalg::solve(&counted, &double!([1.0, 1.0, 1.0])), Err(MatrixError::Singular { .. })));
    assert_eq!(linalg::cond(&counted)?.item(), f64::INFINITY);
    assert_eq!(linalg::matrix_rank(&counted)?.item(), 2);
    let batch = double!([[[1.0, 2.0], [2.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]]]);
    assert_eq!(linalg::det(&batch)?.as_slice(), [0.0, 0.0, -1.0]);
    let [sign, log] = linalg::slogdet(&batch)?;
    assert_eq!(
        (sign.as_slice(), log.as_slice()),
        ([0.0, 0.0, -1.0].as_slice(), [-f64::INFINITY, -f64::INFINITY, 0.0].as_slice())
    );
    Ok(())
}

#[test]
fn gradients_of_determinants_are_cofactors() -> Result<(), congruent::Error> {
    let slope = |x: Tensor<Shape![2, 2], f64>| -> Result<Vec<f64>, congruent::Error> {
        let w: Param<_, Weights<f64>> = x.into();
        Ok(wide(w.value_and_grad(|w| w.det())?.1.as_slice()))
    };
    assert_eq!(slope(double!([[1.0, 2.0], [2.0, 4.0]]))?, [4.0, -2.0, -2.0, 1.0]);
    assert_eq!(slope(double!([[0.0, 0.0], [0.0, 0.0]]))?, [0.0; 4]);
    near(&slope(double!([[1e-200, 0.0], [0.0, 3e-200]]))?, &[3e-200, 0.0, 0.0, 1e-200], 1e-12);
    near(&slope(double!([[1e200, 1e-200], [3e-200, 3e200]]))?, &[3e200, -3e-200, -1e-200, 1e200], 1e-12);
    let w: Param<_, Weights<f64>> = Cpu.full((D::<3>, D::<3>), 1.0f64).into();
    assert_eq!(wide(w.value_and_grad(|w| w.det())?.1.as_slice()), [0.0; 9]);
    Ok(())
}

#[test]
fn determinants_neither_overflow_nor_vanish_on_the_way() -> Result<(), MatrixError> {
    for diagonal in [[1e200, 1e200, 1e-200, 1e-200], [1e-200, 1e-200, 1e200, 1e200], [1e-310, 1e300, 1e300, 1e-290]] {
        near(&[double!(diagonal).diag().det().eval().item()], &[1.0], 1e-9);
        let [sign, log] = linalg::slogdet(&double!(diagonal).diag().eval())?;
        assert!(sign.item() == 1.0 && log.item().abs() < 1e-9, "{diagonal:?}: {}", log.item());
    }
    near(&[linalg::det(&at(1e-100))?.item()], &[3e-200], 1e-12);
    let [sign, log] = linalg::slogdet(&at(-1e-300))?;
    near(&[sign.item(), log.item()], &[1.0, 3f64.ln() - 600.0 * 10f64.ln()], 1e-12);
    Ok(())
}

#[test]
fn factors_of_any_scale() -> Result<(), MatrixError> {
    for scale in SCALES {
        let x = at(scale);
        let values = [5.06449510224598, 0.5923591472464006];
        near(&wide(linalg::svdvals(&x)?.as_slice()), &values.map(|s| s * scale), 1e-12);
        let svd = linalg::svd(&x)?;
        near(&wide(svd.s.as_slice()), &values.map(|s| s * scale), 1e-12);
        near(&[linalg::cond(&x)?.item()], &[values[0] / values[1]], 1e-12);
        assert_eq!(linalg::matrix_rank(&x)?.item(), 2);
        near(&wide(linalg::inv(&x)?.as_slice()), &[1.0 / 3.0 / scale, -4.0 / 3.0 / scale, 0.0, 1.0 / scale], 1e-12);
        near(&wide(linalg::pinv(&x)?.as_slice())[..2], &[1.0 / 3.0 / scale, -4.0 / 3.0 / scale], 1e-9);
        let right = double!([7.0 * scale, scale]);
        near(&wide(linalg::solve(&x, &right)?.as_slice()), &[1.0, 1.0], 1e-12);
        near(&wide(linalg::lstsq(&x, &right)?.as_slice()), &[1.0, 1.0], 1e-9);
        let lu = linalg::lu(&x)?;
        near(&wide(lu.upper.as_slice()), &wide(x.as_slice()), 1e-12);
        let tilted = double!([[3.0 * scale, scale], [4.0 * scale, 2.0 * scale]]);
        let (q, r) = linalg::qr(&tilted)?;
        near(&wide(q.as_slice()), &[0.6, -0.8, 0.8, 0.6], 1e-12);
        near(&wide(r.as_slice()), &[5.0 * scale, 2.2 * scale, 0.0, 0.4 * scale], 1e-12);
        let symmetric = double!([[2.0 * scale, scale], [scale, 2.0 * scale]]);
        near(&wide(linalg::eigvalsh(&symmetric)?.as_slice()), &[scale, 3.0 * scale], 1e-12);
        let root = scale.sqrt();
        let found = linalg::cholesky(&symmetric)?;
        near(&wide(found.as_slice()), &[2f64.sqrt() * root, 0.0, root / 2f64.sqrt(), 1.5f64.sqrt() * root], 1e-12);
        let [re, im] = linalg::eigvals(&double!([[0.0, -scale], [scale, 0.0]]))?;
        near(&im.abs().eval().to_vec(), &[scale, scale], 1e-12);
        assert!(re.as_slice().iter().all(|re| re.abs() <= 1e-12 * scale));
        near(&[x.matrix_norm().eval().item()], &[26f64.sqrt() * scale], 1e-12);
    }
    near(
        &wide(linalg::svdvals(&double!([[3e-200, 4e-200], [0.0, 1e-200]]))?.as_slice()),
        &[5.06449510224598e-200, 5.923591472464006e-201],
        1e-12,
    );
    let x = double!([[3e-200, 4e-200], [0.0, 1e-200]]);
    near(&wide(linalg::lstsq(&x, &double!([1.0, 1.0]))?.as_slice()), &[-1e200, 1e200], 1e-9);
    // Rows and columns apart: each unknown on a scale of its own.
    let x = double!([[1e200, 1e-100], [1e100, 2e-200]]);
    near(&wide(linalg::solve(&x, &double!([2e200, 3e100]))?.as_slice()), &[1.0, 1e300], 1e-12);
    let single = Cpu.tensor([[3e-30, 4e-30], [0.0, 1e-30]]);
    let found: Vec<f64> = linalg::svdvals(&single)?.as_slice().iter().map(|&s| f64::from(s) * 1e30).collect();
    near(&found, &[5.06449510224598, 0.5923591472464006], 1e-6);
    Ok(())
}

#[test]
fn rows_and_columns_of_different_scales() -> Result<(), MatrixError> {
    let apart = double!([[1e200, 0.0], [0.0, 1e-200]]);
    near(&wide(linalg::cholesky(&apart)?.as_slice()), &[1e100, 0.0, 0.0, 1e-100], 1e-12);
    near(&wide(linalg::inv(&apart)?.as_slice()), &[1e-200, 0.0, 0.0, 1e200], 1e-12);
    for far in [1e10, 1e100, 1e200] {
        let found = linalg::eig(&double!([[2.0, far], [1.0 / far, 2.0]]))?;
        let mut values = wide(found.values[0].as_slice());
        values.sort_by(f64::total_cmp);
        near(&values, &[1.0, 3.0], 1e-12);
        near(&wide(found.vectors[0].abs().eval().as_slice()), &[1.0, 1.0, 1.0 / far, 1.0 / far], 1e-12);
        let (q, r) = linalg::qr(&double!([[3.0, 2.0 / far], [4.0, 1.0 / far]]))?;
        near(&wide(q.as_slice()), &[0.6, 0.8, 0.8, -0.6], 1e-12);
        near(&wide(r.as_slice()), &[5.0, 2.0 / far, 0.0, 1.0 / far], 1e-12);
    }
    Ok(())
}

#[test]
fn gradients_of_factors_of_any_scale() -> Result<(), congruent::Error> {
    for scale in [1e-200, 1e200] {
        let w: Param<_, Weights<f64>> = at(scale).into();
        let ordinary: Param<_, Weights<f64>> = at(1.0).into();
        let norm = |w: &Param<Shape![2, 2], Weights<f64>>| w.value_and_grad(|w| w.svdvals().sum());
        near(&wide(norm(&w)?.1.as_slice()), &wide(norm(&ordinary)?.1.as_slice()), 1e-12);
        let left = |w: &Param<Shape![2, 2], Weights<f64>>| {
            w.value_and_grad(|w| w.svd().0.square().sum_axis::<0>().narrow::<0, D<1>>(0, D).sum())
        };
        assert!(wide(left(&w)?.1.as_slice()).iter().all(|g| g.is_finite()));
        let inverse = |w: &Param<Shape![2, 2], Weights<f64>>, by: f64| w.value_and_grad(|w| (w.pinv() * by).sum());
        let (found, wanted) = (inverse(&w, scale)?.1, inverse(&ordinary, 1.0)?.1);
        near(&wide(found.as_slice()).iter().map(|g| g * scale).collect::<Vec<_>>(), &wide(wanted.as_slice()), 1e-9);
    }
    Ok(())
}

#[test]
fn singular_matrices_have_triangular_factors() -> Result<(), MatrixError> {
    for x in [
        double!([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]),
        double!([[0.0, 1.0, 2.0], [0.0, 3.0, 4.0], [0.0, 5.0, 7.0]]),
        double!([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]),
        double!([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.0, 0.0, 5.0]]),
        double!([[1e-310, 2e-310, 0.0], [3e-310, 1e-310, 0.0], [0.0, 0.0, 1.0]]),
    ] {
        let lu = linalg::lu(&x)?;
        let product = lu.lower.matmul(&lu.upper).eval();
        let rows = x.index_select::<0>(&lu.rows).eval();
        assert!(product.isclose(&rows, 1e-12, 0.0).all(), "{x:?}: {product:?}");
        assert!(lu.lower.as_slice().iter().all(|l| l.abs() <= 1.0));
    }
    Ok(())
}

#[test]
fn exponentials_of_far_matrices() -> Result<(), MatrixError> {
    let exp = |x: Tensor<Shape![2, 2], f64>| linalg::expm(&x).map(|y| wide(y.as_slice()));
    for far in [1e17, 1e150, 1e300, 1e-300] {
        near(&exp(double!([[0.0, far], [0.0, 0.0]]))?, &[1.0, far, 0.0, 1.0], 1e-12);
        near(&exp(double!([[0.0, 0.0], [-far, 0.0]]))?, &[1.0, 0.0, -far, 1.0], 1e-12);
    }
    let e = std::f64::consts::E;
    near(&exp(double!([[1.0, 1e10], [0.0, 2.0]]))?, &[e, 1e10 * (e * e - e), 0.0, e * e], 1e-12);
    near(&exp(double!([[-1e10, 0.0], [0.0, 1.0]]))?, &[0.0, 0.0, 0.0, e], 1e-14);
    near(&exp(double!([[1000.0, 0.0], [0.0, 1.0]]))?, &[f64::INFINITY, 0.0, 0.0, e], 1e-14);
    near(&exp(double!([[-1000.0, 1.0], [0.0, 0.0]]))?, &[0.0, 1e-3, 0.0, 1.0], 1e-12);
    near(
        &exp(double!([[-700.0, 1.0], [1.0, -700.0]]))?,
        &[
            (-700f64).exp() * 1f64.cosh(),
            (-700f64).exp() * 1f64.sinh(),
            (-700f64).exp() * 1f64.sinh(),
            (-700f64).exp() * 1f64.cosh(),
        ],
        1e-12,
    );
    near(&exp(double!([[-50.0, 50.0], [50.0, -50.0]]))?, &[0.5; 4], 1e-12);
    let (sin, cos) = 100f64.sin_cos();
    near(&exp(double!([[0.0, -100.0], [100.0, 0.0]]))?, &[cos, -sin, sin, cos], 1e-11);
    // Nilpotent, though no element is 0: I + x.
    near(&exp(double!([[1e5, -1e5], [1e5, -1e5]]))?, &[1e5 + 1.0, -1e5, 1e5, 1.0 - 1e5], 1e-8);
    Ok(())
}

#[test]
fn gradients_of_exponentials() -> Result<(), congruent::Error> {
    let slope = |x: Tensor<Shape![2, 2], f64>| -> Result<Vec<f64>, congruent::Error> {
        let w: Param<_, Weights<f64>> = x.into();
        Ok(wide(w.value_and_grad(|w| w.expm().narrow::<0, D<1>>(0, D).sum())?.1.as_slice()))
    };
    // The first row is [1, t] for [[0, t], [s, 0]] near s = 0: 1 + ts/2, t + t² s / 6.
    near(&slope(double!([[0.0, 1e5], [0.0, 0.0]]))?, &[1.0 + 5e4, 1.0, 5e4 + 1e10 / 6.0, 5e4], 1e-9);
    near(&slope(double!([[-1e10, 0.0], [0.0, 0.0]]))?, &[0.0, 1e-10, 0.0, 0.0], 1e-9);
    Ok(())
}

#[test]
fn what_is_empty_or_one_number() -> Result<(), MatrixError> {
    let none = Cpu.zeros_of::<f64, _>((D::<0>, D::<0>));
    assert_eq!(linalg::det(&none)?.item(), 1.0);
    assert_eq!(linalg::slogdet(&none)?.map(|x| x.item()), [1.0, 0.0]);
    assert!(linalg::inv(&none)?.as_slice().is_empty() && linalg::expm(&none)?.as_slice().is_empty());
    assert!(linalg::svdvals(&Cpu.zeros_of::<f64, _>((D::<3>, D::<0>)))?.as_slice().is_empty());
    assert_eq!(linalg::pinv(&Cpu.zeros_of::<f64, _>((D::<3>, D::<0>)))?.as_slice(), [0.0; 0]);
    assert_eq!(linalg::matrix_rank(&Cpu.zeros_of::<f64, _>((D::<0>, D::<3>)))?.item(), 0);
    for x in [0.0, 3.0, -1e-200, 1e300] {
        assert_eq!(linalg::det(&double!([[x]]))?.item(), x);
        assert_eq!(linalg::svdvals(&double!([[x]]))?.as_slice(), [x.abs()]);
        near(&[linalg::expm(&double!([[x]]))?.as_slice()[0]], &[x.exp()], 1e-15);
    }
    Ok(())
}
