//! Attention as one operation: what it gives, and the gradients of queries, keys and values.
//!
//! Apart from the methods because the device is asked here, and sizes are compared that only the run knows.

use super::sight::Restriction;
use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::differ;
use crate::graph::{
    Backward, Described, Differentiable, Ex, Input, Memory, Node, Op, SlopeRule, Three, Work, elements,
};
use crate::layout::{Axes, COLUMNS, ROWS, count};
use crate::loops::{Attention, AttentionSizes, HeadPlace, Heads};
use crate::ops::matmul::{Factor, Multiplicand};
use crate::shape::{AttendedOf, HeadsBeside, HeadsOf, Mismatch, Sequence, Shape};

/// The node of an attention.
pub type AttentionNode<SQ, SK, SV, E, Q, K, V> =
    Op<AttendedOf<SQ, SV>, E, Backward<OperandsOf<SQ, SK, SV, E, Q, K, V>, AttentionBack<E>>>;

/// Queries, keys and values.
type OperandsOf<SQ, SK, SV, E, Q, K, V> = Three<Factor<SQ, E, Q>, Factor<SK, E, K>, Factor<SV, E, V>>;

/// How queries look at keys.
pub(super) struct How<E> {
    pub(super) causal: bool,
    pub(super) scale: Option<f64>,
    pub(super) restriction: Restriction<E>,
}

/// The attention of operands whose shapes were found to fit.
#[track_caller]
pub(super) fn attend<SQ, SK, SV, E, D, Q, K, V>(
    q: Ex<SQ, E, D, Q>,
    k: Ex<SK, E, D, K>,
    v: Ex<SV, E, D, V>,
    How { causal, scale, restriction }: How<E>,
) -> Ex<AttendedOf<SQ, SV>, E, D, AttentionNode<SQ, SK, SV, E, Q, K, V>>
where
    SQ: Sequence<Heads: HeadsBeside<HeadsOf<SK>>>,
    SK: Sequence,
    SV: Sequence,
    E: Real,
    D: Device,
    Q: Node<E>,
    K: Node<E>,
    V: Node<E>,
{
    let (device, shape) = (q.device, q.shape.with_last(v.shape.last()));
    count(shape);
    let q = Factor(Multiplicand::new(device, q.node, q.shape));
    let k = Factor(Multiplicand::new(device, k.node, k.shape));
    let v = Factor(Multiplicand::new(device, v.node, v.shape));
    let operands = Three(q, k, v);
    let grouped = <HeadsOf<SQ> as HeadsBeside<HeadsOf<SK>>>::GROUPED;
    let mut back = AttentionBack { causal, scale: 1.0, restriction, grouped, kept: device.zeroed(0) };
    let how = back.attention(&operands);
    // Of no elements all scores are 0, whatever the scale.
    back.scale = scale.unwrap_or((how.sizes.width.max(1) as f64).powf(-0.5));
    let (out, kept) = device.attend(&back.attention(&operands));
    back.kept = kept;
    Ex::new(Op::new(out, shape, Backward::new(operands, back)), shape, device)
}

/// The sizes that queries, keys and values have in common; those that differ raise
/// [`Error::Sizes`](crate::Error::Sizes).
#[track_caller]
pub(super) fn compare<SQ: Sequence, SK: Sequence, SV: Sequence>(q: SQ, k: SK, v: SV) {
    let ((q_heads, _, q_width), (k_heads, k_length, k_width)) = (q.sequence(), k.sequence());
    let (v_heads, v_length, _) = v.sequence();
    let (q_dims, k_dims) = (q_heads.dims(), k_heads.dims());
    if !q_dims.starts_with(&k_dims) || q_width.size() != k_width.size() {
        differ(Mismatch::new("attention", q, k));
    }
    if k_dims.as_slice() != v_heads.dims().as_slice() || k_length.size() != v_length.size() {
        differ(Mismatch::new("attention", k, v));
    }
}

/// The rule of an attention: how queries looked at keys, and two numbers for each of them.
pub struct AttentionBack<E> {
    causal: bool,
    scale: f64,
    restriction: Restriction<E>,
    grouped: bool,
    kept: Buf<E>,
}

impl<E: Real> AttentionBack<E> {
    /// What the device is asked for.
    fn attention<'a, SQ: Shape, SK: Shape, SV: Shape, Q, K, V>(
        &'a self,
        Three(q, k, v): &'a OperandsOf<SQ, SK, SV, E, Q, K, V>,
    ) -> Attention<'a, E>
    where
        Q: Differentiable<E>,
        K: Differentiable<E>,
        V: Differentiable<E>,
    {
        let (q_memory, k_memory, v_memory) = (q.0.memory(), k.0.memory(), v.0.memory());
        let (q_axes, k_axes) = (q_memory.axes(q.0.shape), k_memory.axes(k.0.shape));
        let v_axes = v_memory.axes(v.0.shape);
        let mut batch = [1; 4];
        batch.copy_from_slice(&k_axes.size[ROWS - 4..ROWS]);
        let sizes = AttentionSizes {
            batch,
            shared: if self.grouped { q_axes.size[ROWS - 1] } else { 1 },
            queries: q_axes.size[ROWS],
            keys: k_axes.size[ROWS],
            width: k_axes.size[COLUMNS],
            depth: v_axes.size[COLUMNS],
        };
        let operands =
            [heads(q_memory, &q_axes, self.grouped), heads(k_memory, &k_axes, false), heads(v_memory, &v_axes, false)];
        let sight = self.restriction.sight(self.grouped);
        Attention { sizes, operands, sight, causal: self.causal, scale: self.scale }
    }
}

/// An operand in its memory.
fn heads<'a, E: Real>(memory: Memory<'a, E>, axes: &Axes, grouped: bool) -> Heads<'a, E> {
    HeadPlace::of(memory.offset(), axes, grouped).in_buf(memory.buf())
}

/// How the gradient of an operand lies, and its length: as the operand does; that of a slice, which has other elements
/// around it, in order.
fn place<E: Real, S: Shape, N: Differentiable<E>>(
    Factor(operand): &Factor<S, E, N>,
    grouped: bool,
) -> (HeadPlace, usize) {
    let len = count(operand.shape);
    match operand.memory() {
        Memory::Strided(there) if there.buf.len() == len => (HeadPlace::of(there.offset, &there.axes, grouped), len),
        _ => (HeadPlace::of(0, &Axes::contiguous(operand.shape), grouped), len),
    }
}

impl<E: 'static> Described for AttentionBack<E> {
    const NAME: &'static str = "attention";
    const KIND: Work = Work::AttentionLoop;
    /// Each query meets each key that it sees in order in a score, and each value behind its weight.
    fn flops(this: Option<&Self>, out: &[Option<usize>], of: &[Input]) -> Option<u64> {
        let ([.., keys, width], [.., queries, depth]) = (of.get(1)?.dims.as_slice(), out) else { return None };
        let (keys, width, queries, depth) = ((*keys)? as u64, (*width)? as u64, (*queries)? as u64, (*depth)? as u64);
        let heads = (elements(out)? as u64).checked_div(queries * depth)?;
        let hidden = match this?.causal {
            // The last query sees all keys, each one before it one key less.
            true => (0..queries).map(|before| before.min(keys)).sum(),
            false => 0,
        };
        Some((heads * (queries * keys - hidden)).saturating_mul(2 * (width + depth)))
    }
}

impl<SQ, SK, SV, E, Q, K, V> SlopeRule<E, OperandsOf<SQ, SK, SV, E, Q, K, V>> for AttentionBack<E>
where
    SQ: Shape,
    SK: Shape,
    SV: Shape,
    E: Real,
    Q: Differentiable<E>,
    K: Differentiable<E>,
    V: Differentiable<E>,
{
    fn slopes<D: Device>(
        self,
        device: D,
        operands: &OperandsOf<SQ, SK, SV, E, Q, K, V>,
        gradient: Buf<E>,
        out: Buf<E>,
    ) -> [Option<Buf<E>>; 3] {
        let [of_q, of_k, of_v] = operands.wanted();
        let Three(q, k, v) = operands;
        let places =
            [of_q.then(|| place(q, self.grouped)), of_k.then(|| place(k, false)), of_v.then(|| place(v, false))];
        device.attend_back(&self.attention(operands), [&self.kept, &out, &gradient], places)
    }
}
