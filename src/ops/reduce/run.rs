//! A reduction of floats, run row by row, and its gradient.
//!
//! Apart from the methods because layers, losses and linear algebra reduce, too, and `exact` because of the gradient.

use super::layout::{Layout, Mask};
use super::reducer::Reducer;
use crate::device::{Buf, Device};
use crate::dtype::{Elem, Real};
use crate::graph::{
    Backward, Described, Differentiable, Ex, Given, Input, Lazy, Located, Op, Reads, Seed, Seeded, SlopeRule, Work,
    average, elements, total,
};
use crate::layout::{Axes, Strided};
use crate::loops::RowInput;
use crate::shape::Shape;

/// Elements that lie in memory and are read twice in no time, for a mean that is exact of equal ones.
const SHORT: usize = 1 << 14;

#[track_caller]
pub(super) fn reduce_floats<SX, S, E, D, N, R>(
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
    N: Located<E>,
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

/// The backward of a reduction of an operand of shape `S` and graph `X`.
pub type Reduction<S, E, X, R> = Backward<Seeded<S, X>, ReductionBack<E, R>>;

#[inline]
pub(super) fn reduction<SX: Shape, S: Shape, E: Elem, N: Lazy<E>, R: Reducer>(
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
    pub(super) mask: Mask,
    pub(super) values: Option<Buf<E>>,
    pub(super) reducer: R,
}

impl<E: 'static, R: Reducer> Described for ReductionBack<E, R> {
    const NAME: &'static str = R::NAME;
    const KIND: Work = Work::RowReduction;
    /// A sum of all elements is added up inside of the loop that computes them. A mean reads few elements twice.
    fn reads(out: &[Option<usize>], of: &Input) -> Reads {
        let twice = R::AVERAGES && of.elements().is_some_and(|len| len <= SHORT) && of.origin.is_held();
        if R::UNIFORM && elements(out) == Some(1) && !twice { Reads::Fused } else { Reads::RowMajor }
    }
    /// One for each element that is read.
    fn flops(_: Option<&Self>, _: &[Option<usize>], of: &[Input]) -> Option<u64> {
        of.first()?.elements().map(|len| len as u64)
    }
}

impl<S: Shape, E: Real, N: Differentiable<E>, R: Reducer> SlopeRule<E, Seeded<S, N>> for ReductionBack<E, R> {
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
