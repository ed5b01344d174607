//! The contraction of two operands: one strided matrix product, and its gradient, two more.
//!
//! Apart from `matmul` because any axes may be summed: which ones are rows, columns and batches is planned from the
//! labels each time, also in the backward, where an operand's gradient is the contraction of the output's with the
//! other operand.

use super::plan::{Labels, Plan, aligned, arranged};
use crate::device::{Buf, Device, SameDevice};
use crate::dtype::{Elem, Numeric, Real};
use crate::graph::{
    Backward, Both, Described, Differentiable, Ex, Input, Lazy, Located, Op, Operand, SlopeRule, Work, elements,
};
use crate::layout::{Axes, Strided, count};
use crate::loops::{Matrix, Place, Product};
use crate::ops::matmul::Multiplicand;
use crate::ops::{LocatedOver, OtherLocatedOf};
use crate::shape::Shape;

/// What [`contract`] gives.
#[doc(hidden)]
pub type Contracted<X, Y, S> = Ex<
    S,
    <X as Operand>::E,
    <X as Operand>::D,
    Op<
        S,
        <X as Operand>::E,
        Contraction<
            <X as Operand>::S,
            <Y as Operand>::S,
            S,
            <X as Operand>::E,
            <X as Operand>::N,
            OtherLocatedOf<X, Y>,
        >,
    >,
>;

/// `Σ x · y` over the labels that `out` has not. Every label occurs in two of the three terms; the axes that a point
/// stands for broadcast.
pub(super) fn contract<X, Y, S>(x: X, y: Y, shape: S, [left, right, out]: [&str; 3]) -> Contracted<X, Y, S>
where
    X: Operand<E: Numeric, N: Located<X::E>>,
    Y: Operand,
    X::D: SameDevice<Y::D>,
    Y::N: LocatedOver<X::E, Y::E>,
    S: Shape,
{
    let (x, y) = (x.ex(), y.ex());
    let labels =
        Labels { left: aligned(left, X::S::RANK), right: aligned(right, Y::S::RANK), out: aligned(out, S::RANK) };
    let axes = [Axes::contiguous(x.shape), Axes::contiguous(y.shape), Axes::contiguous(shape)];
    let labels = labels.unstretched(axes.each_ref());
    let (device, node) = (x.device, y.node.located_node());
    let (a, b) = (Multiplicand::new(device, x.node, x.shape), Multiplicand::new(device, node, y.shape));
    let out = contraction(device, &labels, [lies(&a), lies(&b)], shape);
    let back = Backward::new(Both(a, b), ContractionBack { shape, labels });
    Ex::new(Op::new(out, shape, back), shape, device)
}

/// Memory of an operand, and how its axes lie there.
#[derive(Clone)]
struct Lies<'a, E> {
    buf: &'a Buf<E>,
    offset: usize,
    axes: Axes,
}

/// Where the elements of an operand are.
fn lies<S: Shape, E: Elem, N: Lazy<E>>(operand: &Multiplicand<S, E, N>) -> Lies<'_, E> {
    let memory = operand.memory();
    Lies { buf: memory.buf(), offset: memory.offset(), axes: memory.axes(operand.shape) }
}

impl<'a, E: Elem> Lies<'a, E> {
    fn matrix(&self, place: Place) -> Matrix<'a, E> {
        let Place { row, column, batch, .. } = place;
        Matrix { buf: self.buf, offset: self.offset, row, column, batch }
    }

    /// The elements in row-major order of these axes: a copy, unless they lie so already.
    fn copied<D: Device>(&self, device: D, axes: &Axes) -> Option<Buf<E>> {
        let ordered = Axes::row_major(axes.size);
        let there = (0..axes.size.len()).all(|i| axes.size[i] == 1 || axes.stride[i] == ordered.stride[i]);
        (!there).then(|| device.copy_strided(&Strided { buf: self.buf.clone(), offset: self.offset, axes: *axes }))
    }

    /// Where they lie now: in the copy, or still here along these axes.
    fn now<'b>(self, axes: Axes, copy: &'b Option<Buf<E>>) -> Lies<'b, E>
    where
        'a: 'b,
    {
        match copy {
            Some(buf) => Lies { buf, offset: 0, axes: Axes::row_major(axes.size) },
            None => Lies { axes, ..self },
        }
    }
}

/// `left, right -> out`, row-major of shape `shape`.
#[track_caller]
fn contraction<E: Numeric, D: Device, S: Shape>(
    device: D,
    labels: &Labels,
    [left, right]: [Lies<'_, E>; 2],
    shape: S,
) -> Buf<E> {
    let (len, out) = (count(shape), Axes::contiguous(shape));
    // Nothing to write, or sums over no terms.
    if len == 0 || left.axes.size.contains(&0) || right.axes.size.contains(&0) {
        return device.zeroed(len);
    }
    match Plan::new(labels, [&left.axes, &right.axes, &out]) {
        Some(plan) => multiplied(device, &plan, &left, &right, len),
        None => in_order(device, labels, [left, right], &out, len),
    }
}

fn multiplied<E: Numeric, D: Device>(device: D, plan: &Plan, a: &Lies<'_, E>, b: &Lies<'_, E>, len: usize) -> Buf<E> {
    let Plan { m, k, n, batch, left, right, out } = *plan;
    let mut product = device.unwritten(len);
    let (a, b) = (a.matrix(left), b.matrix(right));
    device.multiply(&Product { m, k, n, batch, a, b, c: out, add: false }, &mut product);
    product
}

/// The same by copies of the operands whose axes are in the order of a matrix product, if need be of the output, too.
fn in_order<E: Numeric, D: Device>(
    device: D,
    labels: &Labels,
    [left, right]: [Lies<'_, E>; 2],
    out: &Axes,
    len: usize,
) -> Buf<E> {
    let order = labels.canonical();
    let axes = [arranged(&left.axes, &labels.left, &order.left), arranged(&right.axes, &labels.right, &order.right)];
    let copies = [left.copied(device, &axes[0]), right.copied(device, &axes[1])];
    let (left, right) = (left.now(axes[0], &copies[0]), right.now(axes[1], &copies[1]));
    let direct = Labels { out: labels.out, ..order };
    if let Some(plan) = Plan::new(&direct, [&left.axes, &right.axes, out]) {
        return multiplied(device, &plan, &left, &right, len);
    }
    let ordered = Axes::row_major(arranged(out, &labels.out, &order.out).size);
    let plan = Plan::new(&order, [&left.axes, &right.axes, &ordered]);
    let plan = plan.expect("in this order all axes of a kind are crossed in one stride");
    let buf = multiplied(device, &plan, &left, &right, len);
    device.copy_strided(&Strided { buf, offset: 0, axes: arranged(&ordered, &order.out, &labels.out) })
}

/// The backward of a contraction.
#[doc(hidden)]
pub type Contraction<SA, SB, S, E, A, B> =
    Backward<Both<Multiplicand<SA, E, A>, Multiplicand<SB, E, B>>, ContractionBack<S>>;

/// The rule of a contraction: two more, of the gradient with the other operand.
#[doc(hidden)]
pub struct ContractionBack<S> {
    shape: S,
    labels: Labels,
}

impl<S: 'static> Described for ContractionBack<S> {
    const NAME: &'static str = "einsum";
    const KIND: Work = Work::MatrixProduct;
    /// A product and a sum for each term, which only the labels tell.
    fn flops(this: Option<&Self>, out: &[Option<usize>], of: &[Input]) -> Option<u64> {
        let (Labels { left, out: kept, .. }, sizes) = (this?.labels, &of.first()?.dims);
        let labels = &left[left.len() - sizes.len()..];
        let summed = labels.iter().zip(sizes).filter(|(label, _)| **label != 0 && !kept.contains(label));
        let terms = summed.map(|(_, size)| *size).product::<Option<usize>>()?;
        Some((elements(out)? as u64).saturating_mul(terms as u64).saturating_mul(2))
    }
}

impl<SA, SB, S, E, A, B> SlopeRule<E, Both<Multiplicand<SA, E, A>, Multiplicand<SB, E, B>>> for ContractionBack<S>
where
    SA: Shape,
    SB: Shape,
    S: Shape,
    E: Real,
    A: Differentiable<E>,
    B: Differentiable<E>,
{
    fn slopes<D: Device>(
        self,
        device: D,
        operands: &Both<Multiplicand<SA, E, A>, Multiplicand<SB, E, B>>,
        gradient: Buf<E>,
        out: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        drop(out);
        let Both(a, b) = operands;
        let ([of_a, of_b], x, y) = (operands.wanted(), lies(a), lies(b));
        let slope = Lies { buf: &gradient, offset: 0, axes: Axes::contiguous(self.shape) };
        let Labels { left, right, out } = self.labels;
        let by_y = Labels { left: out, right, out: left };
        let by_x = Labels { left, right: out, out: right };
        let to_a = of_a.then(|| contraction(device, &by_y, [slope.clone(), y], a.shape));
        let to_b = of_b.then(|| contraction(device, &by_x, [x, slope], b.shape));
        [to_a, to_b]
    }
}
