//! Matrix products: vectors, matrices, batches, transposed operands without a copy.
//!
//! Apart from the law (`shape::MatMul`), which says what multiplies, and from the device, which knows only strides.

mod exact;
mod operand;

pub use operand::{Factor, Multiplicand};

use super::Operand;
use super::movement::TransposedOf;
use crate::device::{Buf, Device, SameDevice};
use crate::dtype::{Elem, Real};
use crate::error::differ;
use crate::graph::{Backward, Both, Ex, Lazy, Located, Memory, Node, Op, SlopeRule};
use crate::layout::{Axes, COLUMNS, ROWS, count};
use crate::loops::{BATCH, Matrix, Place, Product};
use crate::shape::{InnerDim, MatMul, Shape, Transpose, Transposed};

/// What [`matmul`](Products::matmul) gives.
pub type ProductOf<A, B> = Ex<
    <<A as Operand>::S as MatMul<<B as Operand>::S>>::Out,
    <A as Operand>::E,
    <A as Operand>::D,
    <<B as Operand>::N as RightFactor<<A as Operand>::E, <A as Operand>::N, <B as Operand>::E>>::Product<
        <A as Operand>::S,
        <B as Operand>::S,
        <<A as Operand>::S as MatMul<<B as Operand>::S>>::Out,
    >,
>;

/// The graph of the right factor of a product, over elements `Own`, where `A` over `E` is that of the left one.
///
/// One question for both factors, so that a mistake is one error; and a question about the right one, because the left
/// one is known before the compiler has come to the argument.
#[diagnostic::on_unimplemented(
    message = "a product needs numbers of one element type, found `{E}` and `{Own}`",
    label = "the left factor holds `{E}`, the right one `{Own}`",
    note = "convert a factor: `x.cast::<f32>()` (differentiable), and integers by `x.convert::<f32>()`"
)]
pub trait RightFactor<E: Elem, A, Own, Float = <E as Elem>::Float>: Sized {
    /// The graph of the product.
    type Product<SA: Shape, SB: Shape, S: Shape>;
    /// The product of two operands whose shapes were found to fit, as a tensor of shape `shape`.
    fn product<SA: Shape, SB: Shape, S: Shape, D: Device>(
        a: Ex<SA, E, D, A>,
        b: Ex<SB, E, D, Self>,
        shape: S,
    ) -> Ex<S, E, D, Self::Product<SA, SB, S>>;
}
// Without `do_not_recommend`: what is wrong with a graph is said by `Node`.
impl<E: Real, A: Node<E>, B: Node<E>> RightFactor<E, A, E, E> for B {
    type Product<SA: Shape, SB: Shape, S: Shape> = Op<S, E, Factors<SA, SB, E, A, B>>;
    #[inline(always)]
    #[track_caller]
    fn product<SA: Shape, SB: Shape, S: Shape, D: Device>(
        a: Ex<SA, E, D, A>,
        b: Ex<SB, E, D, B>,
        shape: S,
    ) -> Ex<S, E, D, Self::Product<SA, SB, S>> {
        multiply(a, b, shape)
    }
}

/// The method [`matmul`](Products::matmul).
pub trait Products: Operand + Sized {
    /// The matrix product, NumPy's `@`.
    ///
    /// `C[.., i, j] = Σₖ A[.., i, k] · B[.., k, j]`, `dA = dC · Bᵀ`, `dB = Aᵀ · dC`. Shapes: `(M, K) · (K, N) = (M,
    /// N)`; a vector stands for one row on the left and one column on the right; leading axes are batches and
    /// broadcast. Transposed operands ([`t`](super::Movement::t)) and slices are read in place. Integers wrap around.
    /// Over no terms (`K = 0`) the product is 0. Run-time sizes that differ raise
    /// [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let a = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// let b = Cpu.tensor([[1.0], [10.0]]);
    /// assert_eq!(a.matmul(&b).eval().as_slice(), [21.0, 43.0]);
    /// assert_eq!(b.t().matmul(a.t()).eval().as_slice(), [21.0, 43.0]);
    /// ```
    #[track_caller]
    fn matmul<B: Operand>(self, rhs: B) -> ProductOf<Self, B>
    where
        Self::D: SameDevice<B::D>,
        Self::S: MatMul<B::S>,
        <Self::S as MatMul<B::S>>::K: InnerDim<<Self::S as MatMul<B::S>>::Rows>,
        B::N: RightFactor<Self::E, Self::N, B::E>,
    {
        let (a, b) = (self.ex(), rhs.ex());
        let shape = match a.shape.out(b.shape) {
            Ok(shape) => shape,
            Err(mismatch) => differ(mismatch),
        };
        let b = Ex::new(b.node, b.shape, a.device);
        RightFactor::product(a, b, shape)
    }

    /// `self · rhsᵀ`, the same as `self.matmul(rhs.t())`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let a = Cpu.tensor([[1.0, 2.0]]);
    /// assert_eq!(a.matmul_t(&a).eval().as_slice(), [5.0]);
    /// ```
    #[track_caller]
    fn matmul_t<B: Operand>(self, rhs: B) -> ProductOf<Self, TransposedOf<B>>
    where
        Self::D: SameDevice<B::D>,
        B::S: Transpose,
        Self::S: MatMul<Transposed<B::S>>,
        <Self::S as MatMul<Transposed<B::S>>>::K: InnerDim<<Self::S as MatMul<Transposed<B::S>>>::Rows>,
        B::N: Located<B::E>,
        <TransposedOf<B> as Operand>::N: RightFactor<Self::E, Self::N, B::E>,
    {
        self.matmul(super::Movement::t(rhs))
    }
}
impl<X: Operand> Products for X {}

/// The product of two operands whose shapes were found to fit, as a tensor of shape `shape`.
pub(crate) fn multiply<SA, SB, S, E, D, A, B>(
    a: Ex<SA, E, D, A>,
    b: Ex<SB, E, D, B>,
    shape: S,
) -> Ex<S, E, D, Op<S, E, Factors<SA, SB, E, A, B>>>
where
    SA: Shape,
    SB: Shape,
    S: Shape,
    E: Real,
    D: Device,
    A: Node<E>,
    B: Node<E>,
{
    let device = a.device;
    let (a, b) = (Multiplicand::new(device, a.node, a.shape), Multiplicand::new(device, b.node, b.shape));
    let mut out = device.unwritten(count(shape));
    let (left, right) = (a.memory(), b.memory());
    let geometry = Geometry::new::<SA, SB>(&left.axes(a.shape), &right.axes(b.shape));
    device.multiply(&geometry.forward(left, right), &mut out);
    let factors = Backward::new(Both(Factor(a), Factor(b)), FactorsBack);
    Ex::new(Op::new(out, shape, factors), shape, device)
}

/// Sizes and batch layout of a product, the same forward and backward.
#[derive(Clone, Copy)]
pub struct Geometry {
    m: usize,
    k: usize,
    n: usize,
    batch: [usize; BATCH],
    left: Layout,
    right: Layout,
}

/// One operand: strides of rows, columns, batch axes.
#[derive(Clone, Copy)]
struct Layout {
    row: isize,
    column: isize,
    batch: [isize; BATCH],
}

impl Layout {
    fn swapped(self) -> Self {
        Layout { row: self.column, column: self.row, ..self }
    }

    fn of<E: Real>(self, memory: Memory<'_, E>) -> Matrix<'_, E> {
        let Layout { row, column, batch } = self;
        Matrix { buf: memory.buf(), offset: memory.offset(), row, column, batch }
    }

    fn whole<'a, E>(self, buf: &'a Buf<E>) -> Matrix<'a, E> {
        let Layout { row, column, batch } = self;
        Matrix { buf, offset: 0, row, column, batch }
    }

    fn place(self) -> Place {
        Place { offset: 0, row: self.row, column: self.column, batch: self.batch }
    }
}

impl Geometry {
    #[inline]
    fn new<A: Shape, B: Shape>(a: &Axes, b: &Axes) -> Self {
        if A::RANK <= 2 && B::RANK <= 2 {
            let left = Layout { row: a.stride[ROWS], column: a.stride[COLUMNS], batch: [0; BATCH] };
            let right = Layout { row: b.stride[ROWS], column: b.stride[COLUMNS], batch: [0; BATCH] };
            return Geometry::of(a, b, [1; BATCH], left, right, [A::RANK, B::RANK]);
        }
        Self::batched(a, b, [A::RANK, B::RANK])
    }

    /// Compiled once, in this crate.
    #[inline(never)]
    fn batched(a: &Axes, b: &Axes, ranks: [usize; 2]) -> Self {
        let mut batch = [1; BATCH];
        for i in 0..BATCH {
            let (a, b) = (a.size[ROWS - BATCH + i], b.size[ROWS - BATCH + i]);
            batch[i] = if a == 1 { b } else { a };
        }
        Self::of(a, b, batch, Self::layout(a, &batch), Self::layout(b, &batch), ranks).folded()
    }

    /// A vector is one row on the left and one column on the right.
    #[inline(always)]
    fn of(a: &Axes, b: &Axes, batch: [usize; BATCH], mut left: Layout, mut right: Layout, ranks: [usize; 2]) -> Self {
        let (mut m, mut n) = (a.size[ROWS], b.size[COLUMNS]);
        if ranks[0] == 1 {
            (m, left.row) = (1, 0);
        }
        if ranks[1] == 1 {
            (n, right.row, right.column) = (1, right.column, 1);
        }
        Geometry { m, k: a.size[COLUMNS], n, batch, left, right }
    }

    fn layout(axes: &Axes, batch: &[usize; BATCH]) -> Layout {
        let mut strides = [0; BATCH];
        for i in 0..BATCH {
            let axis = ROWS - BATCH + i;
            strides[i] = if axes.size[axis] == batch[i] && batch[i] != 1 { axes.stride[axis] } else { 0 };
        }
        Layout { row: axes.stride[ROWS], column: axes.stride[COLUMNS], batch: strides }
    }

    /// Batch axes of the left that meet one and the same right matrix are rows of a taller left matrix.
    fn folded(mut self) -> Self {
        for i in (0..BATCH).rev() {
            if self.batch[i] == 1 {
                continue;
            }
            let tall = self.right.batch[i] == 0 && self.left.batch[i] == self.left.row * self.m as isize;
            if !tall {
                break;
            }
            self.m *= self.batch[i];
            (self.batch[i], self.left.batch[i]) = (1, 0);
        }
        self
    }

    /// The output's own layout: row-major.
    fn output(&self) -> Layout {
        let mut batch = [0; BATCH];
        // Wraps where there is no element; where there are, they were counted.
        let mut stride = self.m.wrapping_mul(self.n) as isize;
        for i in (0..BATCH).rev() {
            batch[i] = if self.batch[i] == 1 { 0 } else { stride };
            stride = stride.wrapping_mul(self.batch[i] as isize);
        }
        Layout { row: self.n as isize, column: 1, batch }
    }

    fn forward<'a, E: Real>(&self, left: Memory<'a, E>, right: Memory<'a, E>) -> Product<'a, E> {
        let Geometry { m, k, n, batch, .. } = *self;
        let (a, b) = (self.left.of(left), self.right.of(right));
        Product { m, k, n, batch, a, b, c: self.output().place(), add: false }
    }
}

/// The backward of a product.
pub type Factors<SA, SB, E, A, B> = Backward<FactorsOf<SA, SB, E, A, B>, FactorsBack>;

/// The operands of a product.
pub type FactorsOf<SA, SB, E, A, B> = Both<Factor<SA, E, A>, Factor<SB, E, B>>;

/// The rule of a product: two more, `dA = dC · Bᵀ` and `dB = Aᵀ · dC`.
pub struct FactorsBack;

impl<SA, SB, E, A, B> SlopeRule<E, FactorsOf<SA, SB, E, A, B>> for FactorsBack
where
    SA: Shape,
    SB: Shape,
    E: Real,
    A: Lazy<E>,
    B: Lazy<E>,
{
    fn slopes<D: Device>(
        self,
        device: D,
        factors: &FactorsOf<SA, SB, E, A, B>,
        gradient: Buf<E>,
        out: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        drop(out);
        let [of_a, of_b] = factors.wanted();
        let (a, b, add) = (&factors.0.0, &factors.1.0, false);
        let (x, y) = (a.memory(), b.memory());
        let (to_a, to_b) = (Slope::new(x, a.shape), Slope::new(y, b.shape));
        let to_b = of_b.then(|| {
            let geometry = Geometry::new::<SA, SB>(&x.axes(a.shape), &to_b.axes);
            let Geometry { m, k, n, batch, left, right } = geometry;
            let (a, b) = (left.swapped().of(x), geometry.output().whole(&gradient));
            to_b.multiplied(device, Product { m: k, k: m, n, batch, a, b, c: right.place(), add })
        });
        let to_a = of_a.then(|| {
            let geometry = Geometry::new::<SA, SB>(&to_a.axes, &y.axes(b.shape));
            let Geometry { m, k, n, batch, left, right } = geometry;
            let (a, b) = (geometry.output().whole(&gradient), right.swapped().of(y));
            to_a.multiplied(device, Product { m, k: n, n: k, batch, a, b, c: left.place(), add })
        });
        [to_a, to_b]
    }
}

/// How the gradient of an operand lies: as the operand does; that of a slice, which has other elements around it, in
/// order.
struct Slope {
    len: usize,
    offset: usize,
    axes: Axes,
}

impl Slope {
    fn new<E: Real, S: Shape>(operand: Memory<'_, E>, shape: S) -> Self {
        match operand {
            Memory::Strided(there) if there.buf.len() == count(shape) => {
                Slope { len: there.buf.len(), offset: there.offset, axes: there.axes }
            }
            _ => Slope { len: count(shape), offset: 0, axes: Axes::contiguous(shape) },
        }
    }

    fn multiplied<E: Real, D: Device>(&self, device: D, product: Product<'_, E>) -> Buf<E> {
        // Of no terms, however many matrices there are: places that lie on each other, as those of a vector, are not
        // even looked at.
        if product.k == 0 || product.matrices() == 0 {
            return device.zeroed(self.len);
        }
        // One matrix that several of the batch meet receives their sum.
        let summed = product.batch.iter().zip(product.c.batch).any(|(&size, stride)| size > 1 && stride == 0);
        let mut slope = if summed { device.zeroed(self.len) } else { device.unwritten(self.len) };
        let c = Place { offset: self.offset, ..product.c };
        device.multiply(&Product { c, add: summed, ..product }, &mut slope);
        slope
    }
}
