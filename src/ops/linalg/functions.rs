//! Inverses, solutions and decompositions of tensors as functions that return a `Result`: `linalg::inv(&x)?`.
//!
//! Apart from `methods`, which are differentiable and report to the call that runs the graph.

use super::error::MatrixError;
use super::host::{Sizes, Stack, flat, upload};
use super::shape::{Equations, MatrixAxes, RowsFor, SolutionsOf, Square};
use super::systems::Systems;
use super::{solver, spectrum};
use crate::device::Device;
use crate::dtype::Real;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Vectors as long as rows are.
type Values<S, E, D> = Tensor<<S as MatrixAxes>::Vectors<<S as MatrixAxes>::Columns>, E, D>;
/// One number for each square matrix, and for each row of it.
type EachSquare<S, E, D> = Tensor<<S as Square>::Each, E, D>;
type Diagonal<S, E, D> = Tensor<<S as Square>::Diagonal, E, D>;
/// Square matrices as wide as `S`.
type SquareOf<S, E, D> =
    Tensor<<S as MatrixAxes>::Resized<<S as MatrixAxes>::Columns, <S as MatrixAxes>::Columns>, E, D>;

pub(super) fn read<S: Shape, E: Real, D: Device>(x: &Tensor<S, E, D>, sizes: Sizes) -> Stack {
    sizes.read(x.device, &x.buf)
}

pub(super) fn tensor<S: Shape, E: Real, D: Device>(device: D, values: &[f64], shape: S) -> Tensor<S, E, D> {
    Tensor { buf: upload(device, values), shape, device }
}

/// The determinant of each matrix. 1 of a `0 x 0` matrix; NaN where an element is NaN or infinite.
///
/// Exact where the elements of each row are small integers, or those times a power of two; neither overflows nor
/// vanishes on the way.
///
/// # Errors
/// [`MatrixError::Sizes`] when the run-time sizes of rows and columns differ.
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(linalg::det(&x)?.item(), -2.0);
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn det<S: Square, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Result<EachSquare<S, E, D>, MatrixError> {
    let values = solver::determinants(&read(x, Sizes::square("det", x.shape)?));
    Ok(tensor(x.device, &values, x.shape.batch()))
}

/// Sign and logarithm of the absolute value of each determinant, which do not overflow. (0, -inf) of a singular
/// matrix;
/// NaN where an element is NaN or infinite.
///
/// # Errors
/// [`MatrixError::Sizes`] when the run-time sizes of rows and columns differ.
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let [sign, log] = linalg::slogdet(&Cpu.tensor([[0.0, 1.0], [1.0, 0.0]]))?;
/// assert_eq!((sign.item(), log.item()), (-1.0, 0.0));
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn slogdet<S: Square, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Result<[EachSquare<S, E, D>; 2], MatrixError> {
    let (sign, log) = solver::log_determinants(&read(x, Sizes::square("slogdet", x.shape)?));
    Ok([sign, log].map(|values| tensor(x.device, &values, x.shape.batch())))
}

/// The inverse of each matrix.
///
/// # Errors
/// [`MatrixError::Singular`] with the matrix and the pivot that is 0; [`MatrixError::NotFinite`];
/// [`MatrixError::Sizes`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let x = Cpu.tensor([[2.0, 0.0], [0.0, 4.0]]);
/// assert_eq!(linalg::inv(&x)?, Cpu.tensor([[0.5, 0.0], [0.0, 0.25]]));
/// let error = linalg::inv(&Cpu.tensor([[1.0, 2.0], [2.0, 4.0]])).unwrap_err();
/// assert_eq!(error.to_string(), "inv: matrix 0 is singular, pivot 1 is 0");
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn inv<S: Square, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Result<Tensor<S, E, D>, MatrixError> {
    let y = solver::inverses(&read(x, Sizes::square("inv", x.shape)?))?;
    Ok(tensor(x.device, &flat(&y), x.shape))
}

/// The solution of `a · y = b`, where `b` holds vectors, `[N]` or one axis less than `a`, or else matrices
/// `[.., N, K]`; the axes before broadcast.
///
/// # Errors
/// [`MatrixError::Singular`] with the matrix and the pivot that is 0; [`MatrixError::NotFinite`];
/// [`MatrixError::Sizes`]. NaN in `b` is NaN in `y`.
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let a = Cpu.tensor([[2.0, 0.0], [0.0, 4.0]]);
/// assert_eq!(linalg::solve(&a, &Cpu.tensor([2.0, 2.0]))?, Cpu.tensor([1.0, 0.5]));
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn solve<S, B, E, D>(
    a: &Tensor<S, E, D>,
    b: &Tensor<B, E, D>,
) -> Result<Tensor<SolutionsOf<S, B>, E, D>, MatrixError>
where
    S: Square + Equations<B>,
    B: Shape,
    E: Real,
    D: Device,
{
    let (systems, shape) = Systems::new(a.shape, b.shape)?;
    let y = systems.solve(&read(a, systems.left), &read(b, systems.right))?;
    Ok(tensor(a.device, &flat(&y), shape))
}

/// The lower factor `L` of `(x + xᵀ) / 2 = L · Lᵀ`, for each matrix.
///
/// # Errors
/// [`MatrixError::NotPositiveDefinite`] with the matrix and the pivot; [`MatrixError::NotFinite`];
/// [`MatrixError::Sizes`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let x = Cpu.tensor([[4.0, 2.0], [2.0, 2.0]]);
/// assert_eq!(linalg::cholesky(&x)?, Cpu.tensor([[2.0, 0.0], [1.0, 1.0]]));
/// assert!(linalg::cholesky(&Cpu.tensor([[-1.0]])).is_err());
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn cholesky<S: Square, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Result<Tensor<S, E, D>, MatrixError> {
    let y = solver::cholesky(&read(x, Sizes::square("cholesky", x.shape)?))?;
    Ok(tensor(x.device, &flat(&y), x.shape))
}

/// The factors that [`lu`] finds.
pub struct LuFactors<S: Square, E, D> {
    /// For each row of `lower · upper`, the row of the matrix: `x[rows[i], :] = (lower · upper)[i, :]`.
    pub rows: Diagonal<S, i64, D>,
    /// Ones on the diagonal, zeros above.
    pub lower: Tensor<S, E, D>,
    /// Zeros below the diagonal.
    pub upper: Tensor<S, E, D>,
}

/// The triangular factors of each matrix, whose rows are exchanged so that pivots are large.
///
/// # Errors
/// [`MatrixError::NotFinite`]; [`MatrixError::Sizes`]. A singular matrix has factors.
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let lu = linalg::lu(&Cpu.tensor([[1.0, 2.0], [2.0, 2.0]]))?;
/// assert_eq!(lu.rows, Cpu.tensor([1, 0]));
/// assert_eq!(lu.lower, Cpu.tensor([[1.0, 0.0], [0.5, 1.0]]));
/// assert_eq!(lu.upper, Cpu.tensor([[2.0, 2.0], [0.0, 1.0]]));
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn lu<S: Square, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Result<LuFactors<S, E, D>, MatrixError> {
    let factors = solver::lu(&read(x, Sizes::square("lu", x.shape)?))?;
    let rows: Vec<i64> = factors.iter().flat_map(|lu| &lu.rows).map(|&row| row as i64).collect();
    let (lower, upper): (Stack, Stack) = factors.into_iter().map(|lu| (lu.lower, lu.upper)).unzip();
    let [lower, upper] = [lower, upper].map(|part| tensor(x.device, &flat(&part), x.shape));
    let shape = x.shape.diagonal();
    Ok(LuFactors { rows: Tensor { buf: x.device.upload(&rows), shape, device: x.device }, lower, upper })
}

/// The reduced factors of tall matrices: `x = q · r`, columns of `q` orthonormal, `r` upper triangular with a diagonal
/// that is not negative.
///
/// # Errors
/// [`MatrixError::NotFinite`]; [`MatrixError::Wide`] when the run finds fewer rows than columns.
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let (q, r) = linalg::qr(&Cpu.tensor([[0.0, 2.0], [1.0, 3.0]]))?;
/// assert_eq!(r, Cpu.tensor([[1.0, 3.0], [0.0, 2.0]]));
/// assert_eq!(q, Cpu.tensor([[0.0, 1.0], [1.0, 0.0]]));
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn qr<S, E, D>(x: &Tensor<S, E, D>) -> Result<(Tensor<S, E, D>, SquareOf<S, E, D>), MatrixError>
where
    S: MatrixAxes<Rows: RowsFor<S::Columns>>,
    E: Real,
    D: Device,
{
    let factors = spectrum::qr(&read(x, Sizes::tall("qr", x.shape)?))?;
    let (q, r): (Stack, Stack) = factors.into_iter().map(|qr| (qr.q, qr.r)).unzip();
    let square = x.shape.resized(x.shape.columns(), x.shape.columns());
    Ok((tensor(x.device, &flat(&q), x.shape), tensor(x.device, &flat(&r), square)))
}

/// The factors that [`svd`] finds: `x = u · diag(s) · vh`.
pub struct SvdFactors<S: MatrixAxes, E, D> {
    /// Orthonormal columns.
    pub u: Tensor<S, E, D>,
    /// The singular values, the largest first.
    pub s: Values<S, E, D>,
    /// Orthonormal rows.
    pub vh: SquareOf<S, E, D>,
}

/// The reduced singular value decomposition of tall matrices, with `vh`, whose rows are the vectors, as in NumPy. Of
/// wide ones: `linalg::svd(&x.t().eval())`.
///
/// # Errors
/// [`MatrixError::NotFinite`]; [`MatrixError::NoConvergence`]; [`MatrixError::Wide`] when the run finds fewer rows
/// than columns.
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let x = Cpu.tensor([[0.0, 2.0], [3.0, 0.0], [0.0, 0.0]]);
/// let found = linalg::svd(&x)?;
/// let again = (&found.u * &found.s).matmul(&found.vh).eval();
/// assert!(again.isclose(&x, 1e-5, 1e-6).all());
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn svd<S, E, D>(x: &Tensor<S, E, D>) -> Result<SvdFactors<S, E, D>, MatrixError>
where
    S: MatrixAxes<Rows: RowsFor<S::Columns>>,
    E: Real,
    D: Device,
{
    let factors = spectrum::svd("svd", &read(x, Sizes::tall("svd", x.shape)?))?;
    let columns = x.shape.columns();
    let s: Vec<f64> = factors.iter().flat_map(spectrum::Svd::values).collect();
    let (u, vh): (Stack, Stack) = factors.into_iter().map(|svd| (svd.u, svd.v.transpose().to_owned())).unzip();
    Ok(SvdFactors {
        u: tensor(x.device, &flat(&u), x.shape),
        s: tensor(x.device, &s, x.shape.vectors(columns)),
        vh: tensor(x.device, &flat(&vh), x.shape.resized(columns, columns)),
    })
}

/// The singular values of tall matrices, the largest first.
///
/// # Errors
/// Those of [`svd`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// assert_eq!(linalg::svdvals(&Cpu.tensor([[0.0, 2.0], [3.0, 0.0]]))?, Cpu.tensor([3.0, 2.0]));
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn svdvals<S, E, D>(x: &Tensor<S, E, D>) -> Result<Values<S, E, D>, MatrixError>
where
    S: MatrixAxes<Rows: RowsFor<S::Columns>>,
    E: Real,
    D: Device,
{
    let values = spectrum::singular_values("svdvals", &read(x, Sizes::tall("svdvals", x.shape)?))?;
    Ok(tensor(x.device, &values.concat(), x.shape.vectors(x.shape.columns())))
}

/// Eigenvalues, the smallest first, and eigenvectors, one a column, of `(x + xᵀ) / 2`.
///
/// # Errors
/// [`MatrixError::NotFinite`]; [`MatrixError::NoConvergence`]; [`MatrixError::Sizes`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let (values, _vectors) = linalg::eigh(&Cpu.tensor([[2.0, 1.0], [1.0, 2.0]]))?;
/// assert!(values.isclose(&Cpu.tensor([1.0, 3.0]), 1e-5, 1e-6).all());
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn eigh<S: Square, E: Real, D: Device>(
    x: &Tensor<S, E, D>,
) -> Result<(Diagonal<S, E, D>, Tensor<S, E, D>), MatrixError> {
    let factors = spectrum::eigh("eigh", &read(x, Sizes::square("eigh", x.shape)?))?;
    let (values, vectors): (Vec<_>, Stack) = factors.into_iter().map(|eigh| (eigh.values, eigh.vectors)).unzip();
    let shape = x.shape.diagonal();
    Ok((tensor(x.device, &values.concat(), shape), tensor(x.device, &flat(&vectors), x.shape)))
}

/// The eigenvalues of `(x + xᵀ) / 2`, the smallest first.
///
/// # Errors
/// Those of [`eigh`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// assert_eq!(linalg::eigvalsh(&Cpu.tensor([[3.0, 0.0], [0.0, 2.0]]))?, Cpu.tensor([2.0, 3.0]));
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn eigvalsh<S: Square, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Result<Diagonal<S, E, D>, MatrixError> {
    Ok(eigh(x)?.0)
}

/// What [`eig`] finds. There are no complex tensors: real and imaginary parts are two.
pub struct EigenFactors<S: Square, E, D> {
    /// Real and imaginary parts of the eigenvalues, in no order.
    pub values: [Diagonal<S, E, D>; 2],
    /// Real and imaginary parts of the eigenvectors, one a column, each of length 1.
    pub vectors: [Tensor<S, E, D>; 2],
}

/// Eigenvalues and eigenvectors of any square matrices.
///
/// # Errors
/// [`MatrixError::NotFinite`]; [`MatrixError::NoConvergence`]; [`MatrixError::Sizes`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let [_re, im] = linalg::eig(&Cpu.tensor([[0.0, -1.0], [1.0, 0.0]]))?.values; // a quarter turn: i and -i
/// assert!(im.abs().isclose(&Cpu.tensor([1.0, 1.0]), 1e-5, 1e-6).all());
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn eig<S: Square, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Result<EigenFactors<S, E, D>, MatrixError> {
    let factors = spectrum::eig(&read(x, Sizes::square("eig", x.shape)?))?;
    let shape = x.shape.diagonal();
    let values = |part: usize| -> Vec<f64> { factors.iter().flat_map(|eigen| eigen.values[part].clone()).collect() };
    let vectors = |part: usize| factors.iter().map(|eigen| eigen.vectors[part].clone()).collect::<Stack>();
    Ok(EigenFactors {
        values: [0, 1].map(|part| tensor(x.device, &values(part), shape)),
        vectors: [0, 1].map(|part| tensor(x.device, &flat(&vectors(part)), x.shape)),
    })
}

/// Real and imaginary parts of the eigenvalues of any square matrices, in no order.
///
/// # Errors
/// Those of [`eig`].
///
/// ```
/// # use congruent::{linalg, prelude::*};
/// let [re, im] = linalg::eigvals(&Cpu.tensor([[2.0, 1.0], [0.0, 2.0]]))?;
/// assert_eq!((re, im), (Cpu.tensor([2.0, 2.0]), Cpu.tensor([0.0, 0.0])));
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn eigvals<S: Square, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Result<[Diagonal<S, E, D>; 2], MatrixError> {
    Ok(eig(x)?.values)
}
