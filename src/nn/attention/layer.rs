//! Multi-head attention, over itself or over others.
//!
//! Apart from the views of heads (`heads`), so that the layer is its formula.

use super::graphs::{AfterOthers, AllWidth, Attended, Cached, OverItself, OverOthers, Scores};
use super::laws::{HeadCount, Tokens};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::{D, Dim, StaticDim};
use crate::dtype::Real;
use crate::graph::{Operand, Out};
use crate::model::{Forward, Model, Param, Part, Weights};
use crate::nn::features::{InputNode, input};
use crate::nn::linear::Linear;
use crate::nn::{Init, Initialiser, KvCache, OfGates};
use crate::ops::attention::Restricts;
use crate::ops::{Attend, NodeOver};
use crate::random::Key;
use crate::shape::{InFeatures, InParts, LastAxis};
use crate::tensor::Create;

/// Multi-head attention: PyTorch's `nn.MultiheadAttention` with `batch_first=True`.
///
/// `[q, k, v] = x · in_proj_weight + in_proj_bias`; each of `H` heads has `W / H` features of each, and gives
/// `softmax(q · kᵀ / √(W / H)) · v` of its own; the heads side by side go through `out_proj`. Shapes: `(B, N, W)` keeps
/// its shape; `in_proj_weight` is `(W, 3W)`, `in_proj_bias` `(3W,)`, `out_proj` a [`Linear`] of `W` and `W`. As in
/// PyTorch, `in_proj_weight` begins by [`Init::XavierUniform`], the weight of `out_proj` by [`Init::DEFAULT`], biases
/// as zero; names are PyTorch's, and `Import::pytorch()` reads its files. Vaswani and others 2017, arXiv:1706.03762.
///
/// Order, masks and biases are said by [`Attend`], whose masks stretch to `(B, H, N, M)` and hold where a key is
/// *seen*: PyTorch's masks of `bool` say the contrary. No weight is dropped, and none is returned: see
/// [`Attending`](crate::ops::Attending) for why.
///
/// ```
/// use congruent::prelude::*;
/// dims! { Batch = ?, Tokens = ?, Width = 8, Heads = 2 }
///
/// #[derive(Model)]
/// struct Block<P: Part = Weights> {
///     norm: LayerNorm<Width, P>,
///     attention: MultiHeadAttention<Width, Heads, P>,
/// }
///
/// impl<P: Forward> Block<P> {
///     fn forward<B: Dim, N: Dim>(self, x: Ex![P; B, N, Width]) -> Ex![P; B, N, Width] {
///         x.with(|x| x + self.attention.forward(self.norm.forward(x), Attend::causal()))
///     }
/// }
/// let block = Block { norm: LayerNorm::new(), attention: MultiHeadAttention::new(Key::new(0)) };
/// let x = Cpu.uniform((Batch(2), Tokens(5), Width), Key::new(1), -1.0, 1.0);
/// let y = block.infer(|m| m.forward(x.ex()).eval())?;
/// let start = x.narrow::<1, _>(0, Tokens(3)).eval();
/// let first = block.infer(|m| m.forward(start.ex()).eval())?;
/// assert!(y.narrow::<1, _>(0, Tokens(3)).allclose(&first, 1e-6, 1e-6)); // no token sees what comes after it
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct MultiHeadAttention<W: OfGates<D<3>> + InParts<H>, H: StaticDim, P: Part = Weights> {
    /// What queries, keys and values are made by, in this order side by side.
    #[model(transposed)]
    pub in_proj_weight: Param<(W, AllWidth<W>), P>,
    /// What is added to queries, keys and values.
    pub in_proj_bias: Param<(AllWidth<W>,), P>,
    /// What the heads go through.
    pub out_proj: Linear<W, W, P>,
    /// How many heads there are.
    pub heads: H,
}

impl<W: StaticDim + OfGates<D<3>> + InParts<H>, H: StaticDim> MultiHeadAttention<W, H> {
    /// `f32` on the CPU, initial weights as in PyTorch.
    pub fn new(key: Key) -> Self
    where
        H: HeadCount<W>,
    {
        Self::init(Cpu, Init::XavierUniform { gain: 1.0 }, key)
    }
}

impl<W, H: StaticDim, E: Real, A: Device> MultiHeadAttention<W, H, Weights<E, A>>
where
    W: StaticDim + OfGates<D<3>> + InParts<H>,
{
    /// Any element type, device and initialiser of `in_proj_weight`; the rest as in PyTorch.
    pub fn init(device: A, init: Init, key: Key) -> Self
    where
        H: HeadCount<W>,
    {
        let (width, all) = (W::default(), AllWidth::<W>::default());
        let fans = (width.size(), all.size());
        MultiHeadAttention {
            in_proj_weight: device.initialised((width, all), init, fans, key.fold_in(0)).into(),
            in_proj_bias: device.full((all,), E::of_f64(0.0)).into(),
            out_proj: Linear::init(device, Init::DEFAULT, key.fold_in(1)),
            heads: H::default(),
        }
    }
}

impl<W: OfGates<D<3>> + InParts<H>, H: StaticDim, P: Part> MultiHeadAttention<W, H, P> {
    /// The attention of tokens to each other: one product makes queries, keys and values.
    ///
    /// Sizes that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X, M>(
        self,
        x: X,
        how: Attend<M>,
    ) -> Out<Attended<X::S, W>, P, OverItself<X::S, W, H, P, InputNode<X, P>>>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: Tokens, N: NodeOver<P::Elem, X::E>>,
        W: InFeatures<<X::S as LastAxis>::Last>,
        M: Restricts<P::Elem, Scores<X::S, H, <X::S as Tokens>::Length>, P::Dev>,
    {
        self.over_itself(input::<X, P>(x, self.in_proj_weight.raw.device), how)
    }

    /// The attention of tokens to those that a cache keeps and to each other: how a model writes on. Their keys and
    /// values are added to the cache.
    ///
    /// What is kept has no gradient, see [`KvCache`]. Sizes that only the run knows raise
    /// [`Error::Sizes`](crate::Error::Sizes) where they differ; the cache is as it was then.
    ///
    /// ```
    /// use congruent::nn::KvCache;
    /// use congruent::prelude::*;
    /// dims! { Past = ? }
    /// let layer = MultiHeadAttention::<D<8>, D<2>>::new(Key::new(0));
    /// let x = Cpu.uniform((D::<3>, D::<5>, D::<8>), Key::new(1), -1.0, 1.0);
    /// let whole = layer.infer(|m| m.forward(&x, Attend::causal()).eval())?;
    /// let mut cache = KvCache::new((D::<3>, D::<2>, Past(0), D::<4>)); // batch, heads, tokens, features of a head
    /// for token in 0..5 {
    ///     let one = x.narrow::<1, _>(token, D::<1>).eval();
    ///     let y = layer.infer(|m| m.forward_after(&one, &mut cache, Attend::causal()).eval())?;
    ///     assert!(y.allclose(whole.narrow::<1, _>(token, D::<1>), 1e-5, 1e-6));
    /// }
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn forward_after<X, L, M>(
        self,
        x: X,
        cache: &mut KvCache<Cached<X::S, W, H, L>, Cached<X::S, W, H, L>, P::Elem, P::Dev>,
        how: Attend<M>,
    ) -> Out<Attended<X::S, W>, P, AfterOthers<X::S, L, W, H, P, InputNode<X, P>>>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: Tokens, N: NodeOver<P::Elem, X::E>>,
        L: Dim,
        W: InFeatures<<X::S as LastAxis>::Last>,
        M: Restricts<P::Elem, Scores<X::S, H, L>, P::Dev>,
    {
        self.after(input::<X, P>(x, self.in_proj_weight.raw.device), cache, how)
    }

    /// The attention of tokens to others: queries are made of the first, keys and values of the second and third.
    ///
    /// Sizes that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let layer = MultiHeadAttention::<D<8>, D<2>>::new(Key::new(0));
    /// let (x, read) = (Cpu.ones::<Shape![3, 5, 8]>(), Cpu.ones::<Shape![3, 7, 8]>());
    /// let y = layer.infer(|m| m.attend(&x, &read, &read, Attend::all()).eval())?;
    /// assert_eq!(y.shape(), x.shape());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn attend<X, K, V, M>(
        self,
        queries: X,
        keys: K,
        values: V,
        how: Attend<M>,
    ) -> Out<Attended<X::S, W>, P, OverOthers<X::S, K::S, W, H, P, InputNode<X, P>, InputNode<K, P>, InputNode<V, P>>>
    where
        P: Forward<Dev: SameDevice<X::D> + SameDevice<K::D> + SameDevice<V::D>>,
        X: Operand<S: Tokens, N: NodeOver<P::Elem, X::E>>,
        K: Operand<S: Tokens<Batch = <X::S as Tokens>::Batch>, N: NodeOver<P::Elem, K::E>>,
        V: Operand<S = K::S, N: NodeOver<P::Elem, V::E>>,
        W: InFeatures<<X::S as LastAxis>::Last> + InFeatures<<K::S as LastAxis>::Last>,
        M: Restricts<P::Elem, Scores<X::S, H, <K::S as Tokens>::Length>, P::Dev>,
    {
        let device = self.in_proj_weight.raw.device;
        let (queries, keys, values) =
            (input::<X, P>(queries, device), input::<K, P>(keys, device), input::<V, P>(values, device));
        self.over_others((queries, keys, values), how)
    }
}
