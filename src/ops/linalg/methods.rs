//! Inverses, solutions and decompositions inside of a graph: differentiable, for models.
//!
//! Apart from `functions`, which return a `Result`: operations of a graph report to the nearest call that does.

use super::back::{MatrixOf, WholeOf, each, heard, result};
use super::host::{Sizes, Slope, Stack, flat, upload};
use super::shape::{Equations, MatrixAxes, RowsFor, SolutionsOf, Square};
use super::systems::{SolveBack, Systems};
use super::{exponential, pseudo, solver, spectrum};
use crate::device::SameDevice;
use crate::dtype::Real;
use crate::graph::Ex;
use crate::ops::{FloatingNode, NodeOver, Operand, RuledByBothOf, result_of, whole};
use crate::shape::{Transpose, Transposed};
use crate::tensor::Tensor;
use std::rc::Rc;

/// What [`solve`](Decompositions::solve) gives.
pub type SolutionOf<X, B> = RuledByBothOf<X, B, SolutionsOf<<X as Operand>::S, <B as Operand>::S>, SolveBack>;

/// One number for each square matrix.
type EachOf<X> = <<X as Operand>::S as Square>::Each;
/// One number for each row of each square matrix.
type DiagonalOf<X> = <<X as Operand>::S as Square>::Diagonal;
type RowsOf<X> = <<X as Operand>::S as MatrixAxes>::Rows;
type ColumnsOf<X> = <<X as Operand>::S as MatrixAxes>::Columns;
/// Vectors as long as rows are.
type ValuesOf<X> = <<X as Operand>::S as MatrixAxes>::Vectors<ColumnsOf<X>>;
/// Square matrices as wide as the operand.
type SquareOf<X> = <<X as Operand>::S as MatrixAxes>::Resized<ColumnsOf<X>, ColumnsOf<X>>;

/// Inverses, solutions and decompositions of matrices `[.., M, N]`, one for each index of the axes before.
///
/// Everything is computed in `f64` on the host and rounded to the tensor's type. NaN and infinities raise an error,
/// except in determinants, which are NaN. Errors travel to the nearest [`attempt`](crate::attempt),
/// [`value_and_grad`](crate::model::Train::value_and_grad) or [`infer`](crate::model::Train::infer); the functions of
/// [`linalg`](crate::linalg) return them as [`MatrixError`](super::MatrixError).
///
/// What gives several tensors needs an operand that can be copied: `&tensor`, a parameter, or a value inside of
/// [`with`](crate::ops::Sharing::with).
pub trait Decompositions: Operand + Sized {
    /// The determinant. `dx = dy · cof x`, the cofactors, right also where the matrix is singular. 1 of a `0 x 0`
    /// matrix;
    /// NaN where an element is NaN or infinite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]).det().eval().item(), -2.0);
    /// ```
    #[track_caller]
    fn det(self) -> MatrixOf<Self, EachOf<Self>>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Square,
    {
        let x = whole(self);
        let sizes = heard(Sizes::square("det", x.shape));
        let stack = sizes.read(x.device, &x.materialise());
        let (values, shape) = (solver::determinants(&stack), x.shape.batch());
        result::<Self, _>(x, &values, shape, Box::new(move |dy| Ok(solver::determinant_slope(&stack, &dy))))
    }

    /// Sign and logarithm of the absolute value of the determinant, which do not overflow. `dx = dy · x⁻ᵀ`, and none of
    /// the sign; (0, -inf) of a singular matrix, whose gradient is NaN; (1, 0) of a `0 x 0` one.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// let (sign, log) = x.slogdet();
    /// assert!(sign.item() == -1.0 && (log.eval().item() - 2f32.ln()).abs() < 1e-6);
    /// ```
    #[track_caller]
    fn slogdet(self) -> (Tensor<EachOf<Self>, Self::E, Self::D>, MatrixOf<Self, EachOf<Self>>)
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Square,
    {
        let x = whole(self);
        let sizes = heard(Sizes::square("slogdet", x.shape));
        let stack = sizes.read(x.device, &x.materialise());
        let ((sign, log), shape) = (solver::log_determinants(&stack), x.shape.batch());
        let sign = Tensor { buf: upload(x.device, &sign), shape, device: x.device };
        let slope: Slope = Box::new(move |dy| Ok(solver::log_determinant_slope(&stack, &dy)));
        (sign, result::<Self, _>(x, &log, shape, slope))
    }

    /// The inverse. `dx = -yᵀ · dy · yᵀ`. A pivot of 0 raises an error.
    ///
    /// To multiply by an inverse, [`solve`](Decompositions::solve) is faster and more exact.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[2.0, 0.0], [0.0, 4.0]]);
    /// assert_eq!(x.inv().eval().as_slice(), [0.5, 0.0, 0.0, 0.25]);
    /// let error = attempt(|| (&x * 0.0).inv().eval()).unwrap_err();
    /// assert!(error.to_string().starts_with("inv: matrix 0, whose pivot 0 is 0"));
    /// ```
    #[track_caller]
    fn inv(self) -> MatrixOf<Self, Self::S>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Square,
    {
        let x = whole(self);
        let sizes = heard(Sizes::square("inv", x.shape));
        let y = heard(solver::inverses(&sizes.read(x.device, &x.materialise())));
        let (values, shape) = (flat(&y), x.shape);
        result::<Self, _>(x, &values, shape, Box::new(move |dy| Ok(solver::inverse_slope(&y, &sizes.cut(&dy)))))
    }

    /// The solution `y` of `x · y = rhs`, where `rhs` holds vectors, `[N]` or one axis less than `x`, or else matrices
    /// `[.., N, K]`; the axes before broadcast as in NumPy. `drhs = x⁻ᵀ · dy`, `dx = -drhs · yᵀ`. A pivot of 0 raises
    /// an error.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let a = Cpu.tensor([[2.0, 0.0], [0.0, 4.0]]);
    /// assert_eq!(a.solve(&Cpu.tensor([2.0, 2.0])).eval().as_slice(), [1.0, 0.5]);
    /// assert_eq!(a.solve(&Cpu.ones::<Shape![3, 2, 1]>()).shape(), (D::<3>, D::<2>, D::<1>));
    /// ```
    #[track_caller]
    fn solve<B: Operand>(self, rhs: B) -> SolutionOf<Self, B>
    where
        Self::E: FloatingNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: Square + Equations<B::S>,
        B::N: NodeOver<Self::E, B::E>,
    {
        let (a, b) = (whole(self), rhs.ex());
        let device = a.device;
        let b = Ex::<_, Self::E, _, _>::new(b.node.node(), b.shape, device);
        let (systems, shape) = heard(Systems::new(a.shape, b.shape));
        let matrices = systems.left.read(device, &a.materialise());
        let solutions = heard(systems.solve(&matrices, &systems.right.read(device, &b.materialise())));
        let out = upload(device, &flat(&solutions));
        result_of::<Self, _, _>(a.ruled_with(b.given(), out, shape, SolveBack { systems, matrices, solutions }))
    }

    /// The lower factor `y` of `(x + xᵀ) / 2 = y · yᵀ`. `dx = sym(y⁻ᵀ · Φ(yᵀ · dy) · y⁻¹)`, `Φ` being the lower
    /// triangle with half of the diagonal. A matrix that is not positive definite raises an error.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let y = Cpu.tensor([[4.0, 2.0], [2.0, 2.0]]).cholesky().eval();
    /// assert_eq!(y.as_slice(), [2.0, 0.0, 1.0, 1.0]);
    /// ```
    #[track_caller]
    fn cholesky(self) -> MatrixOf<Self, Self::S>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Square,
    {
        let x = whole(self);
        let sizes = heard(Sizes::square("cholesky", x.shape));
        let y = heard(solver::cholesky(&sizes.read(x.device, &x.materialise())));
        let (values, shape) = (flat(&y), x.shape);
        result::<Self, _>(x, &values, shape, Box::new(move |dy| Ok(solver::cholesky_slope(&y, &sizes.cut(&dy)))))
    }

    /// The reduced factors of a tall matrix: `x = q · r`, columns of `q` orthonormal, `r` upper triangular with a
    /// diagonal that is not negative, which makes them unique.
    /// `dx = (dq + q · copyltu(r · drᵀ - dqᵀ · q)) · r⁻ᵀ`; where `r` has a 0 on the diagonal the gradient raises an
    /// error.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[3.0], [4.0]]);
    /// let (q, r) = x.qr();
    /// assert!(r.eval().isclose(&Cpu.tensor([[5.0]]), 1e-5, 1e-6).all());
    /// assert!(q.eval().isclose(&Cpu.tensor([[0.6], [0.8]]), 1e-5, 1e-6).all());
    /// ```
    #[track_caller]
    fn qr(self) -> (MatrixOf<Self, Self::S>, MatrixOf<Self, SquareOf<Self>>)
    where
        Self: Clone,
        Self::E: FloatingNode<Self::N>,
        Self::S: MatrixAxes,
        RowsOf<Self>: RowsFor<ColumnsOf<Self>>,
    {
        let (x, again) = (whole(self.clone()), whole(self));
        let sizes = heard(Sizes::tall("qr", x.shape));
        let factors = Rc::new(heard(spectrum::qr(&sizes.read(x.device, &x.materialise()))));
        let q = flat(&factors.iter().map(|qr| qr.q.clone()).collect::<Stack>());
        let r = flat(&factors.iter().map(|qr| qr.r.clone()).collect::<Stack>());
        let (shape, square, other) = (x.shape, square_of(x.shape), factors.clone());
        let small = Sizes { rows: sizes.columns, ..sizes };
        let of_q: Slope = Box::new(move |dq| spectrum::qr_slope(&factors, Some(sizes.cut(&dq)), None));
        let of_r: Slope = Box::new(move |dr| spectrum::qr_slope(&other, None, Some(small.cut(&dr))));
        (result::<Self, _>(x, &q, shape, of_q), result::<Self, _>(again, &r, square, of_r))
    }

    /// The reduced singular value decomposition of a tall matrix: `x = u · diag(s) · vh`, the largest value first. The
    /// third factor is `vh`, whose rows are the vectors, as in NumPy and PyTorch.
    ///
    /// `dx = u · diag(ds) · vh` of the values; that of `u` and `vh` divides by the differences of the squares of
    /// values, and is infinite or NaN where two are equal. The signs of vectors are not determined: a loss must not
    /// depend on them. Townsend 2016.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[0.0, 2.0], [3.0, 0.0], [0.0, 0.0]]);
    /// let (u, s, vh) = x.svd();
    /// assert!(s.eval().isclose(&Cpu.tensor([3.0, 2.0]), 1e-5, 1e-6).all());
    /// assert_eq!((u.shape(), vh.shape()), ((D::<3>, D::<2>), (D::<2>, D::<2>)));
    /// ```
    #[track_caller]
    fn svd(self) -> (MatrixOf<Self, Self::S>, MatrixOf<Self, ValuesOf<Self>>, MatrixOf<Self, SquareOf<Self>>)
    where
        Self: Clone,
        Self::E: FloatingNode<Self::N>,
        Self::S: MatrixAxes,
        RowsOf<Self>: RowsFor<ColumnsOf<Self>>,
    {
        let (x, second, third) = (whole(self.clone()), whole(self.clone()), whole(self));
        let sizes = heard(Sizes::tall("svd", x.shape));
        let factors = Rc::new(heard(spectrum::svd("svd", &sizes.read(x.device, &x.materialise()))));
        let u = flat(&factors.iter().map(|svd| svd.u.clone()).collect::<Stack>());
        let s: Vec<f64> = factors.iter().flat_map(spectrum::Svd::values).collect();
        let vh = flat(&factors.iter().map(|svd| svd.v.transpose().to_owned()).collect::<Stack>());
        let (shape, square, small) = (x.shape, square_of(x.shape), Sizes { rows: sizes.columns, ..sizes });
        let (left, right) = (factors.clone(), factors.clone());
        let of_u = each(move |du| left.iter().zip(sizes.cut(&du)).map(|(svd, du)| svd.slope_of_left(&du)).collect());
        let of_vh = each(move |dv| right.iter().zip(small.cut(&dv)).map(|(svd, dv)| svd.slope_of_right(&dv)).collect());
        (
            result::<Self, _>(x, &u, shape, of_u),
            result::<Self, _>(second, &s, shape.vectors(shape.columns()), values_slope(factors, sizes.columns)),
            result::<Self, _>(third, &vh, square, of_vh),
        )
    }

    /// The singular values of a tall matrix, the largest first. `dx = u · diag(dy) · vh`, also where values are
    /// equal.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[0.0, 2.0], [3.0, 0.0]]);
    /// let nuclear_norm = x.svdvals().sum_axis::<-1>().eval().item();
    /// assert!((nuclear_norm - 5.0).abs() < 1e-6);
    /// ```
    #[track_caller]
    fn svdvals(self) -> MatrixOf<Self, ValuesOf<Self>>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: MatrixAxes,
        RowsOf<Self>: RowsFor<ColumnsOf<Self>>,
    {
        let x = whole(self);
        let sizes = heard(Sizes::tall("svdvals", x.shape));
        let factors = Rc::new(heard(spectrum::svd("svdvals", &sizes.read(x.device, &x.materialise()))));
        let s: Vec<f64> = factors.iter().flat_map(spectrum::Svd::values).collect();
        let shape = x.shape.vectors(x.shape.columns());
        result::<Self, _>(x, &s, shape, values_slope(factors, sizes.columns))
    }

    /// Eigenvalues, the smallest first, and eigenvectors, one a column, of `(x + xᵀ) / 2 = v · diag(l) · vᵀ`.
    ///
    /// `dx = v · diag(dl) · vᵀ` of the values; that of `v` divides by the differences of values, and is infinite or NaN
    /// where two are equal. The signs of vectors are not determined: a loss must not depend on them. Giles 2008.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[2.0, 1.0], [1.0, 2.0]]);
    /// let (values, _vectors) = x.eigh();
    /// assert!(values.eval().isclose(&Cpu.tensor([1.0, 3.0]), 1e-5, 1e-6).all());
    /// ```
    #[track_caller]
    fn eigh(self) -> (MatrixOf<Self, DiagonalOf<Self>>, MatrixOf<Self, Self::S>)
    where
        Self: Clone,
        Self::E: FloatingNode<Self::N>,
        Self::S: Square,
    {
        let (x, again) = (whole(self.clone()), whole(self));
        let sizes = heard(Sizes::square("eigh", x.shape));
        let factors = Rc::new(heard(spectrum::eigh("eigh", &sizes.read(x.device, &x.materialise()))));
        let vectors = flat(&factors.iter().map(|eigh| eigh.vectors.clone()).collect::<Stack>());
        let (shape, other) = (x.shape, factors.clone());
        let slope =
            each(move |dv| other.iter().zip(sizes.cut(&dv)).map(|(eigh, dv)| eigh.slope_of_vectors(&dv)).collect());
        (eigenvalues::<Self>(x, factors), result::<Self, _>(again, &vectors, shape, slope))
    }

    /// The eigenvalues of `(x + xᵀ) / 2`, the smallest first. `dx = v · diag(dl) · vᵀ`, also where values are equal.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let values = Cpu.tensor([[2.0, 1.0], [1.0, 2.0]]).eigvalsh().eval();
    /// assert!(values.isclose(&Cpu.tensor([1.0, 3.0]), 1e-5, 1e-6).all());
    /// ```
    #[track_caller]
    fn eigvalsh(self) -> MatrixOf<Self, DiagonalOf<Self>>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Square,
    {
        let x = whole(self);
        let sizes = heard(Sizes::square("eigvalsh", x.shape));
        let factors = Rc::new(heard(spectrum::eigh("eigvalsh", &sizes.read(x.device, &x.materialise()))));
        eigenvalues::<Self>(x, factors)
    }

    /// The pseudo-inverse of Moore and Penrose, `[.., N, M]`. Singular values up to `max(M, N) · ε` of the largest
    /// count as 0. The gradient (Golub and Pereyra 1973) holds while the rank stays what it is.
    ///
    /// `a.pinv().matmul(b)` is the differentiable solution of least squares.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let y = Cpu.tensor([[2.0], [0.0]]).pinv().eval();
    /// assert_eq!(y.as_slice(), [0.5, 0.0]);
    /// ```
    #[track_caller]
    fn pinv(self) -> MatrixOf<Self, Transposed<Self::S>>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: MatrixAxes,
    {
        let x = whole(self);
        let sizes = Sizes::of(x.shape);
        let stack = sizes.read(x.device, &x.materialise());
        let y = heard(pseudo::pseudo_inverses(&stack, <Self::E as Real>::EPSILON));
        let (values, shape) = (flat(&y), x.shape.transpose());
        let turned = Sizes { rows: sizes.columns, columns: sizes.rows, ..sizes };
        let slope = each(move |dy| pseudo::pseudo_inverse_slope(&stack, &y, &turned.cut(&dy)));
        result::<Self, _>(x, &values, shape, slope)
    }

    /// The matrix exponential `Σ xᵏ / k!`, which is not that of each element. `dx` is the derivative of the exponential
    /// of `xᵀ` along `dy`. Inf where it is too large.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let y = Cpu.tensor([[0.0, 1.0], [0.0, 0.0]]).expm().eval();
    /// assert_eq!(y.as_slice(), [1.0, 1.0, 0.0, 1.0]);
    /// ```
    #[doc(alias = "matrix_exp")]
    #[track_caller]
    fn expm(self) -> MatrixOf<Self, Self::S>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Square,
    {
        let x = whole(self);
        let sizes = heard(Sizes::square("expm", x.shape));
        let stack = sizes.read(x.device, &x.materialise());
        let (values, shape) = (flat(&heard(exponential::exponentials(&stack))), x.shape);
        let slope = each(move |dy| exponential::exponential_slope(&stack, &sizes.cut(&dy)));
        result::<Self, _>(x, &values, shape, slope)
    }
}
impl<X: Operand> Decompositions for X {}

fn square_of<S: MatrixAxes>(shape: S) -> S::Resized<S::Columns, S::Columns> {
    shape.resized(shape.columns(), shape.columns())
}

fn values_slope(factors: Rc<Vec<spectrum::Svd>>, length: usize) -> Slope {
    // Of no values there are no gradients, but a matrix of no columns each.
    each(move |ds| {
        (0..).zip(factors.iter()).map(|(i, svd)| svd.slope_of_values(&ds[i * length..(i + 1) * length])).collect()
    })
}

fn eigenvalues<X>(x: WholeOf<X>, factors: Rc<Vec<spectrum::Eigh>>) -> MatrixOf<X, DiagonalOf<X>>
where
    X: Operand<E: FloatingNode<X::N>, S: Square>,
{
    let values: Vec<f64> = factors.iter().flat_map(|eigh| eigh.values.clone()).collect();
    let (shape, length) = (x.shape.diagonal(), Sizes::of(x.shape).columns);
    let slope = each(move |dl| {
        (0..).zip(factors.iter()).map(|(i, eigh)| eigh.slope_of_values(&dl[i * length..(i + 1) * length])).collect()
    });
    result::<X, _>(x, &values, shape, slope)
}
