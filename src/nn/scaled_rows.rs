//! Rows that are normalised and scaled by vectors of a layer, in one loop: the rows are read and written once.
//!
//! Apart from the layers, each of which is two row programs and its parameters.

use super::Bias;
use super::bias::{ScaledNode, scaled};
use super::features::across;
use crate::device::{Buf, RowWork};
use crate::dims::{Dim, Flag};
use crate::graph::{BackOf, Ex, Kind, Lazy, Node, Op, Recalled};
use crate::layout::count;
use crate::loops::{AlongLast, RowInput, RowProgram, Rows, ScaledRow};
use crate::model::{Forward, Param};
use crate::ops::softmax::RowsBack;
use crate::shape::LastAxis;

/// The graph of normalised rows, scaled by the vectors of a layer.
pub(super) type ScaledRowsNode<S, C, P, N, K, B> = Op<S, <P as Kind>::Elem, Recalled<S, GraphOf<S, C, P, N, K, B>>>;

/// What a gradient goes back through: the product, the sum, and the normalisation with the backward program `K`.
type GraphOf<S, C, P, N, K, B> = ScaledNode<C, P, NormalNode<S, <P as Kind>::Elem, N, K>, B>;

/// The graph of normalised rows, of which each was scaled by one number.
type NormalNode<S, E, N, K> = Op<S, E, BackOf<S, N, RowsBack<E, AlongLast<K>>>>;

/// `program(x) · weight + bias`, row by row; `back` is the program of the normalisation's gradient.
///
/// What the rows were before they were scaled is written beside the result where a gradient may want it.
#[track_caller]
pub(super) fn scaled_rows<S, C, P, N, R, K, B>(
    law: &'static str,
    x: Ex<S, P::Elem, P::Dev, N>,
    (program, back): (R, K),
    weight: Param<(C,), P>,
    bias: B,
) -> Ex<S, P::Elem, P::Dev, ScaledRowsNode<S, C, P, N, K, B>>
where
    S: LastAxis,
    C: Dim,
    P: Forward,
    N: Node<P::Elem>,
    R: RowProgram,
    K: RowProgram,
    B: Bias<C, P>,
{
    let (shape, device) = (x.shape, x.device);
    let rows = Rows::new(count(shape.init()), shape.last().size(), 1);
    let (values, gain, offset) = (x.materialise(), across(law, shape, weight).materialise(), bias.row(law, shape));
    let program = AlongLast(ScaledRow { program, shifted: offset.is_some() });
    let [x_input, gain_input] = [RowInput::Elements(&values), RowInput::for_all(&gain, rows)];
    let run = |inputs: &[RowInput<'_, P::Elem>]| -> (Buf<P::Elem>, Option<[Buf<P::Elem>; 2]>) {
        if !<GraphOf<S, C, P, N, K, B> as Lazy<P::Elem>>::Grad::ON {
            return (device.map_rows(rows, program, inputs), None);
        }
        let [out, normal, factors] = device.map_rows_beside(rows, program, inputs);
        (out, Some([normal, factors]))
    };
    let (out, kept) = match &offset {
        Some(offset) => run(&[x_input, gain_input, RowInput::for_all(offset, rows)]),
        None => run(&[x_input, gain_input]),
    };
    let node = kept.map(|[normal, factors]| {
        let rule = RowsBack { rows, per_row: Some(factors), program: AlongLast(back) };
        scaled(law, x.ruled(normal, shape, rule), weight, bias).node
    });
    Ex::new(Op::new(out, shape, Recalled { node, shape }), shape, device)
}
