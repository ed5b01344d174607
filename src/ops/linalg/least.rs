//! Least squares, pseudo-inverses, ranks, condition numbers and exponentials, as functions that return a `Result`.
//!
//! Apart from `functions`, which give the factors that these are formulas over.

use super::back::equations;
use super::error::MatrixError;
use super::functions::{read, tensor};
use super::host::{Sizes, flat};
use super::shape::{MatrixAxes, RightSide, Square};
use super::{exponential, pseudo};
use crate::device::Device;
use crate::dtype::Real;
use crate::shape::Transposed;
use crate::tensor::Tensor;

/// One number for each matrix.
type Each<S, E, D> = Tensor<<S as MatrixAxes>::Batch, E, D>;

/// The `y` for which `a · y - b` is least in the sense of squares; the smallest where there are several. Singular
/// values up to `max(M, N) · ε` of the largest count as 0.
///
/// # Errors
/// [`MatrixError::NotFinite`]; [`MatrixError::NoConvergence`]; [`MatrixError::Sizes`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// dims! { Samples = ? }
/// let a = Cpu.from_fn((Samples(4), D::<2>), |i| if i % 2 == 0 { 1.0f64 } else { (i / 2) as f64 });
/// let line = linalg::lstsq(&a, &Cpu.from_fn((Samples(4),), |i| 1.0 + 2.0 * i as f64))?; // y = 1 + 2 i
/// assert!(line.isclose(&Cpu.tensor_of::<f64, _>([1.0, 2.0]), 1e-5, 1e-6).all());
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn lstsq<S, B, E, D>(
    a: &Tensor<S, E, D>,
    b: &Tensor<B, E, D>,
) -> Result<Tensor<B::Solution<S::Columns>, E, D>, MatrixError>
where
    S: MatrixAxes,
    B: RightSide<S>,
    E: Real,
    D: Device,
{
    let sizes = equations("lstsq", a.shape, b.shape)?;
    let right = read(b, Sizes { columns: b.shape.width(), ..sizes });
    let y = pseudo::least_squares(&read(a, sizes), &right, E::EPSILON)?;
    Ok(tensor(a.device, &flat(&y), b.shape.solution(a.shape.columns())))
}

/// The pseudo-inverse of Moore and Penrose of each matrix. Singular values up to `max(M, N) · ε` of the largest count
/// as 0.
///
/// # Errors
/// [`MatrixError::NotFinite`]; [`MatrixError::NoConvergence`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// assert_eq!(linalg::pinv(&Cpu.tensor([[2.0], [0.0]]))?, Cpu.tensor([[0.5, 0.0]]));
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn pinv<S: MatrixAxes, E: Real, D: Device>(
    x: &Tensor<S, E, D>,
) -> Result<Tensor<Transposed<S>, E, D>, MatrixError> {
    let y = pseudo::pseudo_inverses(&read(x, Sizes::of(x.shape)), E::EPSILON)?;
    Ok(tensor(x.device, &flat(&y), x.shape.transpose()))
}

/// How many singular values of each matrix are above `max(M, N) · ε` of the largest.
///
/// # Errors
/// [`MatrixError::NotFinite`]; [`MatrixError::NoConvergence`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// assert_eq!(linalg::matrix_rank(&Cpu.tensor([[1.0, 2.0], [2.0, 4.0]]))?.item(), 1);
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn matrix_rank<S: MatrixAxes, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Result<Each<S, i64, D>, MatrixError> {
    let ranks = pseudo::ranks(&read(x, Sizes::of(x.shape)), E::EPSILON)?;
    let ranks: Vec<i64> = ranks.into_iter().map(|rank| rank as i64).collect();
    Ok(Tensor { buf: x.device.upload(&ranks), shape: x.shape.batch(), device: x.device })
}

/// The condition number of each matrix, its largest singular value over its smallest: inf of a singular matrix, NaN of
/// one without elements.
///
/// # Errors
/// [`MatrixError::NotFinite`]; [`MatrixError::NoConvergence`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// assert_eq!(linalg::cond(&Cpu.tensor([[4.0, 0.0], [0.0, 2.0]]))?.item(), 2.0);
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn cond<S: MatrixAxes, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Result<Each<S, E, D>, MatrixError> {
    let values = pseudo::conditions(&read(x, Sizes::of(x.shape)))?;
    Ok(tensor(x.device, &values, x.shape.batch()))
}

/// The matrix exponential of each matrix, which is not that of each element. Inf where it is too large.
///
/// # Errors
/// [`MatrixError::NotFinite`]; [`MatrixError::Sizes`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let x = Cpu.tensor([[0.0, 1.0], [0.0, 0.0]]);
/// assert_eq!(linalg::expm(&x)?, Cpu.tensor([[1.0, 1.0], [0.0, 1.0]]));
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn expm<S: Square, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Result<Tensor<S, E, D>, MatrixError> {
    let y = exponential::exponentials(&read(x, Sizes::square("expm", x.shape)?))?;
    Ok(tensor(x.device, &flat(&y), x.shape))
}
