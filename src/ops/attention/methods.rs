//! The methods of attention.
//!
//! Apart from the laws (`shape::attention`), which say what fits.

use super::attend::Attend;
use super::operation::{AttentionNode, How, attend, compare};
use super::sight::Restricts;
use crate::device::SameDevice;
use crate::graph::{Ex, Operand};
use crate::ops::{FloatingNode, GraphOf, NodeOver, OtherGraphOf, ResultOf, result_of, whole};
use crate::shape::{
    AttendedOf, EachKey, HeadsBeside, HeadsOf, KeyWidth, LastAxis, RowWidth, ScoresOf, Sequence, ValueHeads,
};

/// What an attention of the queries `Q` gives that look at keys `K` and values `V`.
pub type Attended<Q, K, V> = Ex<
    AttendedOf<<Q as Operand>::S, <V as Operand>::S>,
    <Q as Operand>::E,
    <Q as Operand>::D,
    ResultOf<
        Q,
        AttentionNode<
            <Q as Operand>::S,
            <K as Operand>::S,
            <V as Operand>::S,
            <Q as Operand>::E,
            GraphOf<Q>,
            OtherGraphOf<Q, K>,
            OtherGraphOf<Q, V>,
        >,
    >,
>;

/// Attention of queries `(.., N, K)` to keys `(.., M, K)` and values `(.., M, V)`: `(.., N, V)`. PyTorch's
/// `scaled_dot_product_attention`.
///
/// `y = softmax(q · kᵀ · scale + bias) · v`, row by row. With `p` the weights and `D = Σ dy · y` of each query:
/// `dv = pᵀ · dy`, `ds = p · (dy · vᵀ - D)`, `dq = scale · ds · k` and `dk = scale · dsᵀ · q`. Vaswani and others 2017;
/// the weights of all queries for all keys are never in memory, but a tile of them at a time, after Dao 2023,
/// "FlashAttention-2": beside its operands and results the operation takes memory for two numbers a query, and for
/// a tile of queries and keys on each thread.
///
/// The axes before the last two are heads and batches, up to four of them, the same of all three. Queries may have one
/// axis more, of heads that share keys (grouped-query attention, Ainslie and others 2023): `(B, G, R, N, K)` with keys
/// `(B, G, M, K)`, and `(B, R, N, K)` with `(B, M, K)` where all share them. Of queries `(B, N, H, K)` with `H = G · R`
/// they are a view, `q.unflatten::<2, _, _>(G, R).permute::<Axes![0, 2, 3, 1, 4]>()`, and so they are of
/// `(B, H, N, K)` by `q.unflatten::<1, _, _>(G, R)`; to turn first and to divide then copies.
/// `rearrange!(y, "b g r n d -> b n (g r d)")` joins the heads of the result. Heads that were moved by `transpose` or
/// `permute` are read in place.
///
/// Sums of `f16` and `bf16` are kept in `f32` and rounded once; no sum is larger than the largest value. A NaN in a
/// query is NaN in its row, one in a key or value in the rows that see it; what is hidden has no influence, whatever
/// it is, nor on gradients as long as that of the result is finite. Scores of `inf` give NaN. Of no elements (`K = 0`)
/// all scores are 0. A query that sees no key gives zeros, and so do all where there are none (`M = 0`). Sizes that
/// only the run knows and that differ raise [`Error::Sizes`](crate::Error::Sizes).
pub trait Attending: Operand + Sized {
    /// Attention to all keys, of scores divided by the root of the elements of a query.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let q = Cpu.tensor([[0.0, 0.0], [1000.0, 0.0]]);
    /// let k = Cpu.tensor([[1.0, 0.0], [0.0, 1.0]]);
    /// let v = Cpu.tensor([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]]);
    /// let y: Tensor<Shape![2, 3]> = q.attention(&k, &v).eval();
    /// assert_eq!(y, Cpu.tensor([[2.0, 3.0, 4.0], [1.0, 2.0, 3.0]]));
    /// ```
    #[doc(alias = "scaled_dot_product_attention")]
    #[track_caller]
    fn attention<K, V>(self, keys: K, values: V) -> Attended<Self, K, V>
    where
        K: Operand<S: Sequence>,
        V: Operand<S: Sequence>,
        Self::D: SameDevice<K::D> + SameDevice<V::D>,
        Self::E: FloatingNode<Self::N>,
        K::N: NodeOver<Self::E, K::E>,
        V::N: NodeOver<Self::E, V::E>,
        Self::S: Sequence,
        HeadsOf<Self::S>: HeadsBeside<HeadsOf<K::S>>,
        HeadsOf<K::S>: ValueHeads<HeadsOf<V::S>>,
        RowWidth<Self::S>: KeyWidth<RowWidth<K::S>>,
        <K::S as Sequence>::Length: EachKey<<V::S as Sequence>::Length>,
    {
        self.attention_with(keys, values, Attend::all())
    }

    /// The same in another way: in order, by another scale, past a mask or a bias.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ?, Seq = ?, Groups = 2, Shared = 3, Heads = 2 * 3, PerHead = 8 }
    /// let (batch, seq) = (Batch(4), Seq(5));
    /// let q = Cpu.uniform((batch, seq, Heads, PerHead), Key::new(1), -1.0, 1.0);
    /// let kv = Cpu.uniform((batch, seq, Groups, PerHead), Key::new(2), -1.0, 1.0);
    /// let q = q.unflatten::<2, _, _>(Groups, Shared).permute::<Axes![0, 2, 3, 1, 4]>();
    /// let kv = kv.transpose::<1, 2>().eval();
    /// let y = q.attention_with(&kv, &kv, Attend::causal());
    /// let y = rearrange!(y, "b g r n d -> b n (g r) d").eval();
    /// let first = kv.select::<2>(0); // the first query sees one key
    /// assert!(y.select::<1>(0).narrow::<1, _>(0, Shared).allclose(first.narrow::<1, _>(0, D::<1>), 1e-6, 1e-6));
    /// ```
    #[doc(alias = "scaled_dot_product_attention")]
    #[track_caller]
    fn attention_with<K, V, M>(self, keys: K, values: V, how: Attend<M>) -> Attended<Self, K, V>
    where
        K: Operand<S: Sequence>,
        V: Operand<S: Sequence>,
        Self::D: SameDevice<K::D> + SameDevice<V::D>,
        Self::E: FloatingNode<Self::N>,
        K::N: NodeOver<Self::E, K::E>,
        V::N: NodeOver<Self::E, V::E>,
        Self::S: Sequence,
        HeadsOf<Self::S>: HeadsBeside<HeadsOf<K::S>>,
        HeadsOf<K::S>: ValueHeads<HeadsOf<V::S>>,
        RowWidth<Self::S>: KeyWidth<RowWidth<K::S>>,
        <K::S as Sequence>::Length: EachKey<<V::S as Sequence>::Length>,
        M: Restricts<Self::E, ScoresOf<Self::S, K::S>, Self::D>,
    {
        let (q, k, v) = (whole(self), keys.ex(), values.ex());
        compare(q.shape, k.shape, v.shape);
        let scores = q.shape.with_last(k.shape.sequence().1);
        let how = How { causal: how.causal, scale: how.scale, restriction: how.sight.restriction(scores) };
        let (k, v) = (Ex::new(k.node.node(), k.shape, q.device), Ex::new(v.node.node(), v.shape, q.device));
        result_of::<Self, _, _>(attend(q, k, v, how))
    }
}
impl<X: Operand> Attending for X {}
