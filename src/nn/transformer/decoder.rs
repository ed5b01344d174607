//! The decoder's layer, which reads what an encoder gives.

use super::around::{FeedForward, TokensOut, around, check_batches, tokens};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::{D, Dim, StaticDim};
use crate::dtype::Real;
use crate::graph::{Ex, Node, Operand, Out, Pointwise1, Sharing};
use crate::model::{Forward, Model, Part, Weights};
use crate::nn::attention::{Attended, Cached, Scores};
use crate::nn::features::input;
use crate::nn::{Dropout, HeadCount, Init, KvCache, LayerNorm, Linear, MultiHeadAttention, OfGates, Relu, Tokens};
use crate::ops::attention::Restricts;
use crate::ops::{Attend, NodeOver};
use crate::random::Key;
use crate::shape::{InFeatures, InParts, LastAxis};

const LAW: &str = "transformer decoder layer";

/// Self-attention, attention to what an encoder gives (the memory), then a network for each token: PyTorch's
/// `nn.TransformerDecoderLayer` with `batch_first=True`.
///
/// With the norm behind, as in Vaswani and others 2017: `x = norm1(x + self_attn(x))`,
/// `x = norm2(x + multihead_attn(x, memory))`, `y = norm3(x + linear2(activation(linear1(x))))`; with `norm_first` each
/// part sees the norm of `x`, and nothing stands behind the sums. Shapes: `(B, N, W)` keeps its shape, beside a memory
/// `(B, M, W)`. Names, shapes and initial weights are PyTorch's, and `Import::pytorch()` reads its files. Dropout and
/// `activation` are as in [`TransformerEncoderLayer`](super::TransformerEncoderLayer); stacks are arrays, too.
///
/// ```
/// use congruent::nn::{TransformerDecoderLayer, TransformerEncoderLayer};
/// use congruent::prelude::*;
/// dims! { Batch = ?, Read = ?, Written = ?, Width = 8, Heads = 2, Wide = 16 }
///
/// #[derive(Model)]
/// struct Translator<P: Part = Weights> {
///     reads: [TransformerEncoderLayer<Width, Heads, Wide, P>; 2],
///     writes: [TransformerDecoderLayer<Width, Heads, Wide, P>; 2],
/// }
///
/// impl<P: Forward> Translator<P> {
///     fn forward<B: Dim>(self, read: Ex![P; B, Read, Width], written: Ex![P; B, Written, Width])
///     -> Ex![P; B, Written, Width] {
///         let memory = P::scan(self.reads, read, |layer, x| layer.forward(x, Attend::all()));
///         memory.with(|memory| {
///             P::scan(self.writes, written, |layer, x| layer.forward(x, memory, Attend::causal(), Attend::all()))
///         })
///     }
/// }
/// let mut keys = Keys::new(0);
/// let mut model = Translator {
///     reads: [(); 2].map(|()| TransformerEncoderLayer::new(keys.next_key())),
///     writes: [(); 2].map(|()| TransformerDecoderLayer::new(keys.next_key())),
/// };
/// let read = Cpu.uniform((Batch(2), Read(5), Width), Key::new(1), -1.0, 1.0);
/// let written = Cpu.uniform((Batch(2), Written(3), Width), Key::new(2), -1.0, 1.0);
/// let (_, grads) = model.value_and_grad(|m| m.forward(read.ex(), written.ex()).square().mean())?;
/// AdamW::new(&model, 1e-3).step(&mut model, &grads);
/// # Ok::<(), Error>(())
/// ```
#[derive(Model, Debug)]
pub struct TransformerDecoderLayer<W, H, F, P = Weights, A = Relu>
where
    W: OfGates<D<3>> + InParts<H>,
    H: StaticDim,
    F: Dim,
    P: Part,
    A: Pointwise1,
{
    /// What tokens see of each other.
    pub self_attn: MultiHeadAttention<W, H, P>,
    /// What tokens see of the memory.
    pub multihead_attn: MultiHeadAttention<W, H, P>,
    /// The first half of each token's network.
    pub linear1: Linear<W, F, P>,
    /// The second half.
    pub linear2: Linear<F, W, P>,
    /// The norm of the self-attention.
    pub norm1: LayerNorm<W, P>,
    /// The norm of the attention to the memory.
    pub norm2: LayerNorm<W, P>,
    /// The norm of the network.
    pub norm3: LayerNorm<W, P>,
    /// What is dropped in training: behind both attentions, the activation and the network.
    pub dropout: Dropout<P>,
    /// What stands between the halves of the network.
    pub activation: A,
    /// Whether norms stand before what is added, or behind the sum.
    pub norm_first: bool,
}

impl<W: StaticDim + OfGates<D<3>> + InParts<H>, H: StaticDim, F: Dim + Default> TransformerDecoderLayer<W, H, F> {
    /// `f32` on the CPU, by [`Relu`], initial weights as in PyTorch.
    pub fn new(key: Key) -> Self
    where
        H: HeadCount<W>,
    {
        let attentions = [0, 1].map(|place| MultiHeadAttention::new(key.fold_in(place)));
        Self::of(Cpu, attentions, Relu, Init::DEFAULT, key)
    }
}

impl<W, H, F, E, V, A> TransformerDecoderLayer<W, H, F, Weights<E, V>, A>
where
    W: StaticDim + OfGates<D<3>> + InParts<H>,
    H: StaticDim,
    F: Dim + Default,
    E: Real,
    V: Device,
    A: Pointwise1,
{
    /// Any element type, device and activation, and the initialiser of all matrices but the attentions' `out_proj`.
    pub fn init(device: V, activation: A, init: Init, key: Key) -> Self
    where
        H: HeadCount<W>,
    {
        let attentions = [0, 1].map(|place| MultiHeadAttention::init(device, init, key.fold_in(place)));
        Self::of(device, attentions, activation, init, key)
    }

    fn of(
        device: V,
        [self_attn, multihead_attn]: [MultiHeadAttention<W, H, Weights<E, V>>; 2],
        activation: A,
        init: Init,
        key: Key,
    ) -> Self {
        TransformerDecoderLayer {
            self_attn,
            multihead_attn,
            linear1: Linear::init(device, init, key.fold_in(2)),
            linear2: Linear::init(device, init, key.fold_in(3)),
            norm1: LayerNorm::init(device),
            norm2: LayerNorm::init(device),
            norm3: LayerNorm::init(device),
            dropout: Dropout::none(),
            activation,
            norm_first: false,
        }
    }
}

impl<W, H, F, P, A> TransformerDecoderLayer<W, H, F, P, A>
where
    W: OfGates<D<3>> + InParts<H>,
    H: StaticDim,
    F: Dim,
    P: Part,
    A: Pointwise1,
{
    /// Tokens that have seen each other, as the first [`Attend`] says, and the memory, as the second one says.
    ///
    /// Sizes that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ; dropout asks for a
    /// key in training, see [`Dropout`].
    #[track_caller]
    pub fn forward<X, Y, M, K>(self, x: X, memory: Y, how: Attend<M>, of_memory: Attend<K>) -> TokensOut<X::S, W, P>
    where
        P: Forward<Dev: SameDevice<X::D> + SameDevice<Y::D>>,
        X: Operand<S: Tokens, N: NodeOver<P::Elem, X::E>>,
        Y: Operand<S: Tokens<Batch = <X::S as Tokens>::Batch>, N: NodeOver<P::Elem, Y::E>>,
        W: InFeatures<<X::S as LastAxis>::Last> + InFeatures<<Y::S as LastAxis>::Last>,
        M: Restricts<P::Elem, Scores<X::S, H, <X::S as Tokens>::Length>, P::Dev>,
        K: Restricts<P::Elem, Scores<X::S, H, <Y::S as Tokens>::Length>, P::Dev>,
    {
        let device = self.linear1.weight.raw.device;
        let (x, memory) = (input::<X, P>(x, device), input::<Y, P>(memory, device));
        self.parts(x, memory, of_memory, |attention, x| attention.over_itself(x, how))
    }

    /// Further tokens behind those that a cache keeps, to which theirs are added: how a model writes on, see
    /// [`MultiHeadAttention::forward_after`]. What the memory is for keys and values, is computed in each call.
    ///
    /// ```
    /// use congruent::nn::{KvCache, TransformerDecoderLayer};
    /// use congruent::prelude::*;
    /// dims! { Past = ? }
    /// let layer = TransformerDecoderLayer::<D<8>, D<2>, D<16>>::new(Key::new(0));
    /// let x = Cpu.uniform((D::<3>, D::<5>, D::<8>), Key::new(1), -1.0, 1.0);
    /// let (all, read) = (Attend::all(), Cpu.uniform((D::<3>, D::<4>, D::<8>), Key::new(2), -1.0, 1.0));
    /// let whole = layer.infer(|m| m.forward(&x, &read, Attend::causal(), all).eval())?;
    /// let mut cache = KvCache::new((D::<3>, D::<2>, Past(0), D::<4>)); // batch, heads, tokens, features of a head
    /// for token in 0..5 {
    ///     let one = x.narrow::<1, _>(token, D::<1>).eval();
    ///     let y = layer.infer(|m| m.forward_after(&one, &mut cache, &read, Attend::causal(), all).eval())?;
    ///     assert!(y.allclose(whole.narrow::<1, _>(token, D::<1>), 1e-5, 1e-5));
    /// }
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn forward_after<X, Y, L, M, K>(
        self,
        x: X,
        cache: &mut KvCache<Cached<X::S, W, H, L>, Cached<X::S, W, H, L>, P::Elem, P::Dev>,
        memory: Y,
        how: Attend<M>,
        of_memory: Attend<K>,
    ) -> TokensOut<X::S, W, P>
    where
        P: Forward<Dev: SameDevice<X::D> + SameDevice<Y::D>>,
        X: Operand<S: Tokens, N: NodeOver<P::Elem, X::E>>,
        Y: Operand<S: Tokens<Batch = <X::S as Tokens>::Batch>, N: NodeOver<P::Elem, Y::E>>,
        L: Dim,
        W: InFeatures<<X::S as LastAxis>::Last> + InFeatures<<Y::S as LastAxis>::Last>,
        M: Restricts<P::Elem, Scores<X::S, H, L>, P::Dev>,
        K: Restricts<P::Elem, Scores<X::S, H, <Y::S as Tokens>::Length>, P::Dev>,
    {
        let device = self.linear1.weight.raw.device;
        let (x, memory) = (input::<X, P>(x, device), input::<Y, P>(memory, device));
        self.parts(x, memory, of_memory, |attention, x| attention.after(x, cache, how))
    }

    /// All parts, of which the self-attention is given.
    #[track_caller]
    fn parts<S, T, N, Y, B, K>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
        memory: Ex<T, P::Elem, P::Dev, Y>,
        of_memory: Attend<K>,
        attend: impl FnOnce(MultiHeadAttention<W, H, P>, TokensOut<S, W, P>) -> Out<Attended<S, W>, P, B>,
    ) -> TokensOut<S, W, P>
    where
        P: Forward,
        S: Tokens,
        T: Tokens<Batch = S::Batch>,
        N: Node<P::Elem>,
        Y: Node<P::Elem>,
        B: Node<P::Elem>,
        K: Restricts<P::Elem, Scores<S, H, T::Length>, P::Dev>,
    {
        let Self { self_attn, multihead_attn, linear1: up, linear2: down, norm1, norm2, norm3, .. } = self;
        let (dropout, activation, norm_first) = (self.dropout, self.activation, self.norm_first);
        check_batches(LAW, x.shape, memory.shape);
        let x = tokens::<S, W, P, N>(LAW, x, down.weight.shape.1);
        let seen = around(x, (norm1, norm_first), dropout, |x| attend(self_attn, x));
        // The keys and the values are made of it.
        let read = memory.with(|memory| {
            around(seen, (norm2, norm_first), dropout, |x| {
                multihead_attn.over_others((x, memory.ex(), memory.ex()), of_memory)
            })
        });
        let network = FeedForward { up, activation, dropout, down };
        around(read, (norm3, norm_first), dropout, |x| network.of(x))
    }
}
