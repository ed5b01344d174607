//! Reductions over one axis, several axes or all of them, with and without keeping the reduced axes as `D<1>`.
//!
//! Apart from `programs`, which holds what each one computes: adding a reduction is a program there and a row here.
//! `methods` makes the five forms of a row, `exact` holds what rows of integers compute.

mod exact;
mod methods;
pub(crate) mod moments;
mod product;
mod programs;
mod reducer;

pub use exact::{ExactMax, ExactMin, ExactProduct, ExactReducer, ExactSum, Reduces};
pub(crate) use methods::reductions;
pub use product::Prod;
pub use programs::{LogSumExp, Max, Mean, Min, Std, Sum, SumOver, Var};
pub(crate) use programs::{finite_or_zero, share};
pub use reducer::Reducer;
pub(crate) use reducer::{program, reducer};

use super::{FloatingNode, GraphOf, Operand, ResultOf, whole};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::graph::{Backward, Ex, Given, Lazy, Node, Op, Seed, Seeded, SlopeRule, average, materialise, total};
use crate::layout::{Axes, MAX_AXES, Strided, count};
use crate::loops::{RowInput, Rows, count_product as product};
use crate::shape::{AxisAt, Reduce, Shape};

/// What a reduction gives: a tensor of shape `S`.
pub type ReducedTo<X, S, R> = Ex<S, <X as Operand>::E, <X as Operand>::D, ResultOf<X, ReductionNode<X, S, R>>>;

/// What a reduction that is also of integers gives.
pub type NumbersReducedTo<X, S, R> =
    <<X as Operand>::E as Reduces<R, <X as Operand>::N>>::Expr<<X as Operand>::S, S, <X as Operand>::D>;

/// The graph of a reduction.
type ReductionNode<X, S, R> = Op<S, <X as Operand>::E, Reduction<<X as Operand>::S, <X as Operand>::E, GraphOf<X>, R>>;

/// Which axes a reduction runs over, right-aligned.
pub(crate) type Mask = [bool; MAX_AXES];

/// Reductions of a tensor; each over all axes, one, or several (`Axes![0, 2]`), `-1` being the last.
///
/// Of integers there are `sum`, `prod`, `max` and `min`, exact and wrapping around. Sums and products of `i8` to `i64`
/// and of `bool` are `i64`, those of `u8` to `u64` are `u64`, as NumPy has them. Of no integers there is no largest and
/// no smallest one, which raises [`Error::Empty`](crate::Error::Empty).
///
/// ```
/// use congruent::prelude::*;
/// let bytes = Cpu.tensor_of::<u8, _>([[200, 100], [1, 2]]);
/// assert_eq!(bytes.sum().eval().item(), 303u64);
/// assert_eq!(bytes.max_axis::<0>().eval().as_slice(), [200u8, 100]);
/// ```
pub trait Reductions: Operand + Sized {
    reductions! { numbers Reductions:
        /// Sum. `y = Σ x`, `dx = dy`; 0 when empty; NaN when one is NaN. Added in blocks, the blocks in `f64`.
        sum() is Sum Sum, "sum()";
        /// Product. `y = Π x`, `dx = dy · Π of the others` (right where elements are 0); 1 when empty. Neither leaves
        /// the range of the type on its way to a result inside.
        prod() is Prod Prod, "prod()";
        /// Largest element. `dx = dy` there, shared equally among ties; -inf when empty, NaN when one is NaN.
        max() is Max Max, "max()";
        /// Smallest element. `dx = dy` there, shared equally among ties; inf when empty, NaN when one is NaN.
        min() is Min Min, "min()";
    }
    reductions! { floats Reductions:
        /// Arithmetic mean. `y = Σ x / n`, `dx = dy / n`; NaN when empty. Finite where the elements are, also where
        /// their sum is not; of equal elements along axes, or in up to 2^14 in memory, it is that element.
        mean() is Mean Mean, "mean()";
        /// Variance. `y = Σ (x - mean)² / (n - correction)`, `dx = dy · 2 (x - mean) / (n - correction)`.
        /// `correction` is 1 for the unbiased estimate (PyTorch's default), 0 for the population's (NumPy's). NaN when
        /// `n <= correction`. 0 of equal elements; squares may leave the range of the type on the way. The rounding of
        /// the mean is in no distance: of `[1e16, 1e16 + 2, 1e16]` it is 8/9, where NumPy has 4/3.
        var(correction: usize) is Var Var { correction }, "var(1)";
        /// Standard deviation, the root of the [`var`](Reductions::var)iance. `dx = dy · (x - mean) / ((n - correction)
        /// y)`,
        /// 0 where all elements are equal.
        std(correction: usize) is Std Std { correction }, "std(1)";
        /// Logarithm of the sum of exponentials, without overflow. `y = ln Σ eˣ`, `dx = dy · eˣ⁻ʸ`; -inf when empty.
        /// Where `y` is inf the elements that are share `dy`; where all are -inf the gradient is 0.
        logsumexp() is LogSumExp LogSumExp, "logsumexp()";
    }
}
impl<X: Operand> Reductions for X {}

pub(crate) fn one<S: AxisAt<I>, const I: isize>() -> Mask {
    let mut mask = [false; MAX_AXES];
    mask[MAX_AXES - S::RANK + S::INDEX] = true;
    mask
}

pub(crate) fn several<S: Reduce<A>, A>() -> Mask {
    let mut mask = [false; MAX_AXES];
    mask[MAX_AXES - S::RANK..].copy_from_slice(&S::mask()[..S::RANK]);
    mask
}

pub(crate) fn reduce<X, S, R>(x: X, mask: Mask, out_shape: impl FnOnce(X::S) -> S, reducer: R) -> ReducedTo<X, S, R>
where
    X: Operand<E: FloatingNode<X::N>>,
    S: Shape,
    R: Reducer,
{
    let Ex { node, shape, device, .. } = whole(x);
    let Ex { node, shape, device, .. } =
        reduce_floats(Ex::<_, X::E, _, _>::new(node, shape, device), mask, out_shape(shape), reducer);
    Ex::new(X::E::result(node), shape, device)
}

#[track_caller]
pub(crate) fn reduce_numbers<X, S, R>(
    x: X,
    mask: Mask,
    shape: impl FnOnce(X::S) -> S,
    reducer: R,
) -> NumbersReducedTo<X, S, R>
where
    X: Operand<E: Reduces<R, X::N>>,
    S: Shape,
{
    let x = x.ex();
    let shape = shape(x.shape);
    Reduces::reduce(x, mask, shape, reducer)
}

/// Elements that lie in memory and are read twice in no time, for a mean that is exact of equal ones.
const SHORT: usize = 1 << 14;

fn reduce_floats<SX, S, E, D, N, R>(
    x: Ex<SX, E, D, N>,
    mask: Mask,
    out_shape: S,
    reducer: R,
) -> Ex<S, E, D, Op<S, E, Reduction<SX, E, N, R>>>
where
    SX: Shape,
    S: Shape,
    E: Real,
    D: Device,
    N: Node<E>,
    R: Reducer,
{
    let Ex { node, shape, device, .. } = x;
    let layout = Layout::new(shape, mask);
    // Over all axes a sum is computed on the fly, without storing what is summed.
    let exact = reducer.averages() && layout.rows.len <= SHORT && node.memory().is_some();
    if let (Some(scale), true, false) = (reducer.uniform(layout.rows.len), layout.rows.count() == 1, exact) {
        let out = match reducer.averages() {
            true => average(device, &node, shape, scale, (layout.rows, reducer.forward())),
            false => total(device, &node, shape, scale),
        };
        let rule = ReductionBack { mask, values: None, reducer };
        return Ex::new(reduction(node, shape, out, out_shape, rule), out_shape, device);
    }
    let values = layout.gather(device, &node, shape);
    let out = device.fold_rows(layout.rows, reducer.forward(), &[RowInput::Elements(&values)]);
    let out = reducer.mended(device, layout.rows, &values, out);
    let values = reducer.uniform(layout.rows.len).is_none().then_some(values);
    let rule = ReductionBack { mask, values, reducer };
    Ex::new(reduction(node, shape, out, out_shape, rule), out_shape, device)
}

/// How the reduced axes lie: adjacent ones are rows of the tensor as it is, others of a permuted copy.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) rows: Rows,
    /// Sizes with 1 for each reduced axis.
    kept: [usize; MAX_AXES],
    /// The order of axes in memory, reduced ones last; `None` where the tensor is taken as it is.
    order: Option<[usize; MAX_AXES]>,
}

impl Layout {
    #[inline(always)]
    pub(crate) fn new<S: Shape>(shape: S, mask: Mask) -> Self {
        if mask.iter().all(|&reduced| reduced) {
            let rows = Rows::new(1, count(shape), 1);
            return Layout { rows, kept: [1; MAX_AXES], order: None };
        }
        Self::of(Axes::contiguous(shape).size, mask)
    }

    fn of(size: [usize; MAX_AXES], mask: Mask) -> Self {
        let mut kept = size;
        (0..MAX_AXES).filter(|&i| mask[i]).for_each(|i| kept[i] = 1);
        let reduced = || (0..MAX_AXES).filter(|&i| mask[i] && size[i] != 1);
        let (first, last) = (reduced().next(), reduced().next_back());
        let (Some(first), Some(last)) = (first, last) else {
            return Layout { rows: Rows::new(product(&size), 1, 1), kept, order: None };
        };
        if (first..=last).all(|i| mask[i] || size[i] == 1) {
            return Layout { rows: Rows::along(&size, first, last), kept, order: None };
        }
        let mut order = [0; MAX_AXES];
        let sorted = (0..MAX_AXES).filter(|&i| !mask[i]).chain((0..MAX_AXES).filter(|&i| mask[i]));
        order.iter_mut().zip(sorted).for_each(|(place, axis)| *place = axis);
        let (len, outer) = (reduced().map(|i| size[i]).product(), product(&kept));
        Layout { rows: Rows::new(outer, len, 1), kept, order: Some(order) }
    }

    /// The elements, row after row.
    fn gather<E: Real, D: Device, N: Node<E>, S: Shape>(&self, device: D, node: &N, shape: S) -> Buf<E> {
        let values = materialise(device, node, shape);
        match self.permuted(shape) {
            None => values,
            Some(axes) => device.copy_strided(&Strided { buf: values, offset: 0, axes }),
        }
    }

    /// The axes with the reduced ones last, where they do not lie so.
    pub(crate) fn permuted<S: Shape>(&self, shape: S) -> Option<Axes> {
        let (order, own) = (self.order?, Axes::contiguous(shape));
        Some(Axes { size: order.map(|i| own.size[i]), stride: order.map(|i| own.stride[i]) })
    }

    /// Where the element of each index lies among the gathered ones.
    fn axes(&self, own: &Axes) -> Axes {
        let Some(order) = self.order else { return *own };
        let (mut axes, mut stride) = (*own, 1);
        for &i in order.iter().rev() {
            axes.stride[i] = stride as isize;
            stride *= own.size[i];
        }
        axes
    }
}

/// The backward of a reduction of an operand of shape `S` and graph `X`.
pub type Reduction<S, E, X, R> = Backward<Seeded<S, X>, ReductionBack<E, R>>;

#[inline]
fn reduction<SX: Shape, S: Shape, E: Real, N: Lazy<E>, R: Reducer>(
    node: N,
    shape: SX,
    out: Buf<E>,
    out_shape: S,
    rule: ReductionBack<E, R>,
) -> Op<S, E, Reduction<SX, E, N, R>> {
    Op::new(out, out_shape, Backward::new(Seeded(Given { node, shape }), rule))
}

/// The rule of a reduction.
pub struct ReductionBack<E, R> {
    // The layout follows from it: a graph is moved around, so its nodes are small.
    mask: Mask,
    values: Option<Buf<E>>,
    reducer: R,
}

impl<S: Shape, E: Real, N: Lazy<E>, R: Reducer> SlopeRule<E, Seeded<S, N>> for ReductionBack<E, R> {
    fn slopes<D: Device>(self, device: D, x: &Seeded<S, N>, gradient: Buf<E>, out: Buf<E>) -> Seed<E> {
        let shape = x.0.shape;
        let layout = Layout::new(shape, self.mask);
        let Layout { rows, kept, order } = layout;
        let Some(values) = self.values else {
            let scale = self.reducer.uniform(rows.len).unwrap_or(1.0);
            let gradient = if scale == 1.0 { gradient } else { device.scaled(&gradient, scale) };
            return match kept.iter().all(|&size| size == 1) {
                true => Seed::scalar(gradient),
                false => Seed::stretched(gradient, &kept, shape),
            };
        };
        let inputs = [RowInput::Elements(&values), RowInput::PerRow(&gradient), RowInput::PerRow(&out)];
        let slope = device.map_rows(rows, self.reducer.backward(rows.len), &inputs);
        let slope = self.reducer.mended_gradient(device, rows, [&values, &gradient, &out], slope);
        match order {
            None => Seed::dense(slope, shape),
            Some(_) => {
                let axes = layout.axes(&Axes::contiguous(shape));
                Seed::strided(Strided { buf: slope, offset: 0, axes })
            }
        }
    }
}
