//! Norms of matrices, and distances between all points of two sets.
//!
//! Apart from the reductions because they speak of matrices: the largest sum of a row is no reduction of one axis.

use super::between::{Distance, PairFormula};
use super::shape::MatrixAxes;
use crate::device::{Buf, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::{Never, Real};
use crate::error::raise;
use crate::graph::{Described, Ex, Op, Operands, SlopeRule, Unary, Work};
use crate::loops::{AlongLast, Pairing, RowInput, Rows, count_product as product};
use crate::ops::reduce::{Norm, Norms, ReducedTo, Reduction, Sum};
use crate::ops::unary::Abs;
use crate::ops::{
    Evaluate, FloatingNode, GraphOf, NodeOver, Operand, Reductions, ResultOf, RuledByBothOf, result_of, whole,
};
use crate::shape::{Axis, Mismatch, Shape};
use crate::tensor::Tensor;

type BatchOf<X> = <<X as Operand>::S as MatrixAxes>::Batch;
/// A formula of each element, before it is summed up.
type Terms<X, Op> = Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, Unary<Op, GraphOf<X>>>;
/// The graph of a sum of a formula of each element.
type Sums<X, Op1, S> =
    Op<S, <X as Operand>::E, Reduction<<X as Operand>::S, <X as Operand>::E, Unary<Op1, GraphOf<X>>, Sum>>;
type VectorsOf<X, N> = <<X as Operand>::S as MatrixAxes>::Vectors<N>;

/// What [`matrix_norm`](MatrixNorms::matrix_norm) gives.
pub type FrobeniusOf<X> = ReducedTo<X, BatchOf<X>, Norm>;

/// The largest of the sums of columns, or of rows.
pub type LargestOf<X, N> = Ex<
    BatchOf<X>,
    <X as Operand>::E,
    <X as Operand>::D,
    ResultOf<
        X,
        Op<
            BatchOf<X>,
            <X as Operand>::E,
            Reduction<VectorsOf<X, N>, <X as Operand>::E, Sums<X, Abs, VectorsOf<X, N>>, Norm>,
        >,
    >,
>;

/// Norms of matrices `[.., M, N]`, one for each index of the axes before.
///
/// The 2-norm is `x.svdvals().max_axis::<-1>()` and the nuclear norm `x.svdvals().sum_axis::<-1>()`, with the feature
/// `linalg`.
pub trait MatrixNorms: Operand + Sized {
    /// Frobenius' norm, the root of the sum of the squares, which do not overflow on the way. `dx = dy · x / y`, 0 of a
    /// matrix of zeros; 0 of an empty matrix; NaN where an element is NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([[3.0, 0.0], [0.0, 4.0]]).matrix_norm().eval().item(), 5.0);
    /// ```
    fn matrix_norm(self) -> FrobeniusOf<Self>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: MatrixAxes,
    {
        self.norm_axes::<(Axis<-2>, Axis<-1>)>(2.0)
    }

    /// The 1-norm: the largest sum of absolute values of a column. `dx = dy · sign x` in that column, shared equally
    /// among ties; 0 of an empty matrix; NaN where an element is NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([[1.0, -2.0], [3.0, 4.0]]).matrix_norm_one().eval().item(), 6.0);
    /// ```
    fn matrix_norm_one(self) -> LargestOf<Self, <Self::S as MatrixAxes>::Columns>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: MatrixAxes,
    {
        let Ex { node, shape, device, .. } =
            terms::<Self, _>(self, Abs).sum_axis::<-2>().norm_axis::<-1>(f64::INFINITY);
        Ex::new(Self::E::result(node), shape, device)
    }

    /// The infinity norm: the largest sum of absolute values of a row. `dx = dy · sign x` in that row, shared equally
    /// among ties; 0 of an empty matrix; NaN where an element is NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([[1.0, -2.0], [3.0, 4.0]]).matrix_norm_inf().eval().item(), 7.0);
    /// ```
    fn matrix_norm_inf(self) -> LargestOf<Self, <Self::S as MatrixAxes>::Rows>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: MatrixAxes,
    {
        let Ex { node, shape, device, .. } =
            terms::<Self, _>(self, Abs).sum_axis::<-1>().norm_axis::<-1>(f64::INFINITY);
        Ex::new(Self::E::result(node), shape, device)
    }
}
impl<X: Operand> MatrixNorms for X {}

fn terms<X, Op>(x: X, op: Op) -> Terms<X, Op>
where
    X: Operand<E: FloatingNode<X::N>>,
{
    let x = whole(x);
    Ex::new(Unary { op, a: x.node }, x.shape, x.device)
}

/// Two sets of points in one space: `[.., P, M]` and `[.., R, M]`, with the same axes before.
#[diagnostic::on_unimplemented(
    message = "cdist: `{Self}` and `{R}` are not points of one space",
    label = "expected `[.., P, M]` and `[.., R, M]`, found `{Self}` and `{R}`",
    note = "one row is one point; the axes before are the same on both sides"
)]
pub trait PointSets<R>: Shape {
    /// A distance for each pair of points.
    type Pairs: Shape;
    /// A distance for each pair of points.
    fn pairs(self, right: R) -> Self::Pairs;
}

/// The same as `X`, with a second candidate for which there is no type.
macro_rules! point_sets {
    ($([$($axis:ident $place:tt)*] $row:tt;)*) => {$(
        /// `(.., P, M) (.., R, M) = (.., P, R)`
        #[diagnostic::do_not_recommend]
        impl<$($axis: Dim,)* P: Dim, R: Dim, M: Dim> PointSets<($($axis,)* R, M)> for ($($axis,)* P, M) {
            type Pairs = ($($axis,)* P, R);
            fn pairs(self, right: ($($axis,)* R, M)) -> Self::Pairs {
                ($(self.$place,)* self.$row, right.$row)
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($axis: Dim,)* P: Dim, M: Dim> PointSets<Never> for ($($axis,)* P, M) {
            type Pairs = ($($axis,)* P, M);
            fn pairs(self, _: Never) -> Self::Pairs {
                self
            }
        }
    )*};
}
point_sets! {
    [] 0;
    [A 0] 1;
    [A 0 B 1] 2;
    [A 0 B 1 C 2] 3;
    [A 0 B 1 C 2 F 3] 4;
}

type PairsOf<X, Y> = <<X as Operand>::S as PointSets<<Y as Operand>::S>>::Pairs;

/// What [`cdist`](Distances::cdist) gives.
pub type CdistOf<X, Y> = RuledByBothOf<X, Y, PairsOf<X, Y>, CdistBack<<X as Operand>::E>>;

/// The method [`cdist`](Distances::cdist).
pub trait Distances: Operand + Sized {
    /// Euclid's distance between each row of one matrix and each row of another:
    /// `y[i, j] = √Σₖ (a[i, k] - b[j, k])²`, `da[i] = Σⱼ dy[i, j] · (a[i] - b[j]) / y[i, j]`, 0 where points are
    /// equal.
    ///
    /// Differences are formed before they are squared: near points have exact distances, and far ones no overflow.
    /// Run-time sizes that differ raise
    /// [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let (a, b) = (Cpu.tensor([[0.0, 0.0], [3.0, 0.0]]), Cpu.tensor([[3.0, 4.0]]));
    /// assert_eq!(a.cdist(&b).eval(), Cpu.tensor([[5.0], [4.0]]));
    /// ```
    #[track_caller]
    fn cdist<B: Operand>(self, rhs: B) -> CdistOf<Self, B>
    where
        Self::E: FloatingNode<Self::N>,
        Self::D: SameDevice<B::D>,
        Self::S: PointSets<B::S>,
        B::N: NodeOver<Self::E, B::E>,
    {
        let (a, b) = (whole(self), rhs.ex());
        let (left, right) = (a.shape.dims(), b.shape.dims());
        let rows = left.len() - 2;
        if left[..rows] != right[..rows] || left.last() != right.last() {
            raise(Mismatch::new("cdist", a.shape, b.shape).into());
        }
        let b = Ex::<_, Self::E, _, _>::new(b.node.node(), b.shape, a.device);
        let sizes = [left[..rows].iter().product(), left[rows], right[rows], left[rows + 1]];
        let (shape, device, values) = (a.shape.pairs(b.shape), a.device, [a.materialise(), b.materialise()]);
        let out = Points { sizes, device, values: &values }.distances();
        result_of::<Self, _, _>(a.ruled_with(b.given(), out, shape, CdistBack { sizes, values }))
    }
}
impl<X: Operand> Distances for X {}

pub(super) mod points {
    crate::dims! {
        /// How many pairs of sets.
        pub Batch = ?,
        /// Points of the left set.
        pub Left = ?,
        /// Points of the right set.
        pub Right = ?,
        /// Coordinates of a point.
        pub Space = ?,
    }
}
use points::{Batch, Left, Right, Space};

/// Two sets of points for each batch: `[batch, left, space]` and `[batch, right, space]`.
struct Points<'a, E, D> {
    sizes: [usize; 4],
    device: D,
    values: &'a [Buf<E>; 2],
}

impl<E: Real, D: Device> Points<'_, E, D> {
    /// The pairs as rows, and both sets as inputs of them.
    fn pairs(&self) -> (Rows, [RowInput<'_, E>; 2]) {
        let [batch, left, right, space] = self.sizes;
        let sets = product(&[left, right]);
        let [a, b] = self.values;
        let inputs = [
            RowInput::Paired(a, Pairing { outer: sets, span: left, each: right }),
            RowInput::Paired(b, Pairing { outer: sets, span: right, each: 1 }),
        ];
        (Rows::new(product(&[batch, sets]), space, 1), inputs)
    }

    fn distances(&self) -> Buf<E> {
        self.device.distances(self.sizes, self.values.each_ref()).unwrap_or_else(|| {
            let (rows, inputs) = self.pairs();
            self.device.fold_rows(rows, AlongLast(Distance { eps: 0.0 }.row()), &inputs)
        })
    }

    /// `dy · (a - b) / y` for each pair, summed over the other set.
    fn slopes(&self, gradient: &Buf<E>) -> [Buf<E>; 2] {
        let (rows, [a, b]) = self.pairs();
        let program = AlongLast(Distance { eps: 0.0 }.back(false));
        let buf = self.device.map_rows(rows, program, &[a, b, RowInput::PerRow(gradient)]);
        let [batch, left, right, space] = self.sizes;
        let shape = (Batch(batch), Left(left), Right(right), Space(space));
        let each = Tensor { buf, shape, device: self.device };
        [each.sum_axis::<2>().eval().buf, (each.sum_axis::<1>() * -1.0).eval().buf]
    }
}

/// The backward of [`cdist`](Distances::cdist).
pub struct CdistBack<E> {
    sizes: [usize; 4],
    values: [Buf<E>; 2],
}

impl<E: 'static> Described for CdistBack<E> {
    const NAME: &'static str = "cdist";
    const KIND: Work = Work::RowFormula;
}

impl<E: Real, X: Operands<E, Slopes = [Option<Buf<E>>; 2]>> SlopeRule<E, X> for CdistBack<E> {
    fn slopes<D: Device>(self, device: D, _: &X, gradient: Buf<E>, _: Buf<E>) -> X::Slopes {
        Points { sizes: self.sizes, device, values: &self.values }.slopes(&gradient).map(Some)
    }
}
