//! Multi-head attention of operands that the compiler has been asked about already.
//!
//! Apart from `layer`, whose methods ask: what holds there of the caller's device would hide here that a device is its
//! own.

use super::MultiHeadAttention;
use super::graphs::{AfterOthers, Attended, Cached, OverItself, OverOthers, Projected, Scores};
use super::heads::{check_heads, heads, joined};
use super::laws::{HeadWidth, Tokens};
use crate::dims::{D, Dim, StaticDim};
use crate::error::{OrRaise, attempt};
use crate::graph::{Ex, Kind, Node, Operand, Out, Sharing, Viewed};
use crate::layout::{Axes, Strided};
use crate::model::{Forward, Part};
use crate::nn::features::check_width;
use crate::nn::linear::Linear;
use crate::nn::{KvCache, OfGates};
use crate::ops::arithmetic::Add;
use crate::ops::attention::Restricts;
use crate::ops::matmul::multiply;
use crate::ops::{Attend, Attending, binary};
use crate::shape::{InParts, LastAxis};

/// What errors call the layer.
const LAW: &str = "multi-head attention";

/// An expression of the layer's kind.
type Of<S, N, P> = Ex<S, <P as Kind>::Elem, <P as Kind>::Dev, N>;

impl<W: OfGates<D<3>> + InParts<H>, H: StaticDim, P: Part> MultiHeadAttention<W, H, P> {
    /// [`forward`](Self::forward) of what the compiler has been asked about already.
    #[track_caller]
    pub(in crate::nn) fn over_itself<S: Tokens, N: Node<P::Elem>, M>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
        how: Attend<M>,
    ) -> Out<Attended<S, W>, P, OverItself<S, W, H, P, N>>
    where
        P: Forward,
        M: Restricts<P::Elem, Scores<S, H, S::Length>, P::Dev>,
    {
        let (width, each) = (self.in_proj_weight.shape.0, HeadWidth::<W, H>::default());
        check_width(LAW, x.shape, self.in_proj_weight.shape);
        check_heads(x.shape, self.heads, each, width.size());
        let (batch, tokens) = x.shape.tokens();
        let shape = (batch, self.heads, tokens, each);
        let all = Linear { weight: self.in_proj_weight, bias: self.in_proj_bias }.apply(x);
        let mixed = all.with(|all| {
            let [q, k, v] = [0, 1, 2].map(|part| heads(all.ex(), (part, 3), shape));
            joined(q.attention_with(k, v, how), width)
        });
        self.out_proj.apply(mixed)
    }

    /// [`forward_after`](Self::forward_after) of what the compiler has been asked about already.
    #[track_caller]
    pub(in crate::nn) fn after<S: Tokens, L: Dim, N: Node<P::Elem>, M>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
        cache: &mut KvCache<Cached<S, W, H, L>, Cached<S, W, H, L>, P::Elem, P::Dev>,
        how: Attend<M>,
    ) -> Out<Attended<S, W>, P, AfterOthers<S, L, W, H, P, N>>
    where
        P: Forward,
        M: Restricts<P::Elem, Scores<S, H, L>, P::Dev>,
    {
        let (width, each) = (self.in_proj_weight.shape.0, HeadWidth::<W, H>::default());
        check_width(LAW, x.shape, self.in_proj_weight.shape);
        check_heads(x.shape, self.heads, each, width.size());
        let (batch, tokens) = x.shape.tokens();
        let shape = (batch, self.heads, tokens, each);
        let all = Linear { weight: self.in_proj_weight, bias: self.in_proj_bias }.apply(x);
        let mixed = all.with(|all| {
            let [q, k, v] = [0, 1, 2].map(|part| heads(all.ex(), (part, 3), shape));
            let before = cache.len();
            cache.push(k, v).or_raise();
            let attended = attempt(|| q.attention_with(cache.keys(), cache.values(), how));
            if attended.is_err() {
                cache.truncate(before);
            }
            joined(attended.or_raise(), width)
        });
        self.out_proj.apply(mixed)
    }

    /// [`attend`](Self::attend) of what the compiler has been asked about already.
    #[track_caller]
    pub(in crate::nn) fn over_others<S, T, X, K, V, M>(
        self,
        (x, keys, values): (Of<S, X, P>, Of<T, K, P>, Of<T, V, P>),
        how: Attend<M>,
    ) -> Out<Attended<S, W>, P, OverOthers<S, T, W, H, P, X, K, V>>
    where
        P: Forward,
        S: Tokens,
        T: Tokens<Batch = S::Batch>,
        X: Node<P::Elem>,
        K: Node<P::Elem>,
        V: Node<P::Elem>,
        M: Restricts<P::Elem, Scores<S, H, T::Length>, P::Dev>,
    {
        let (width, each) = (self.in_proj_weight.shape.0, HeadWidth::<W, H>::default());
        check_heads(x.shape, self.heads, each, width.size());
        let (batch, tokens) = x.shape.tokens();
        let shape = (batch, self.heads, tokens, each);
        let shapes = [keys.shape, values.shape].map(Tokens::tokens);
        let shapes = shapes.map(|(batch, tokens)| (batch, self.heads, tokens, each));
        let q = heads(self.projected(x, 0), (0, 1), shape);
        let k = heads(self.projected(keys, 1), (0, 1), shapes[0]);
        let v = heads(self.projected(values, 2), (0, 1), shapes[1]);
        self.out_proj.apply(joined(q.attention_with(k, v, how), width))
    }

    /// What one third of the input's projection makes of tokens: queries, keys or values.
    #[track_caller]
    fn projected<S: LastAxis, N: Node<P::Elem>>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
        part: usize,
    ) -> Ex<S::WithLast<W>, P::Elem, P::Dev, Projected<S, W, P, N>>
    where
        P: Forward,
    {
        check_width(LAW, x.shape, self.in_proj_weight.shape);
        let (weight, bias, device) = (self.in_proj_weight.ex(), self.in_proj_bias.ex(), x.device);
        let (width, shape) = (weight.shape.0, x.shape.with_last(weight.shape.0));
        let size = width.size();
        let third = |there: Strided<P::Elem>, axes| Strided { offset: there.offset + part * size, axes, ..there };
        let weight = Viewed::new(device, weight.node, weight.shape, |there| {
            third(there, Axes::last([size, size], [3 * size as isize, 1]))
        });
        let bias = Viewed::new(device, bias.node, bias.shape, |there| third(there, Axes::last([size], [1])));
        let product = multiply(x, Ex::new(weight, (width, width), device), shape);
        binary(Add, product, Ex::<_, P::Elem, _, _>::new(bias, (width,), device))
    }
}
