//! The encoder's layer, which is a GPT's, too, where its attention is in order.

use super::around::{FeedForward, TokensOut, around, tokens};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::{D, Dim, StaticDim};
use crate::dtype::Real;
use crate::graph::{Ex, Node, Operand, Out, Pointwise1};
use crate::model::{Forward, Model, Part, Weights};
use crate::nn::attention::{Attended, Cached, Scores};
use crate::nn::features::input;
use crate::nn::{Dropout, HeadCount, Init, KvCache, LayerNorm, Linear, MultiHeadAttention, OfGates, Relu, Tokens};
use crate::ops::attention::Restricts;
use crate::ops::{Attend, NodeOver};
use crate::random::Key;
use crate::shape::{InFeatures, InParts, LastAxis};

const LAW: &str = "transformer encoder layer";

/// Self-attention of `H` heads, then a network of `F` features for each token: PyTorch's `nn.TransformerEncoderLayer`
/// with `batch_first=True`.
///
/// With the norm behind, as here where nothing else is said and in Vaswani and others 2017:
/// `x = norm1(x + attention(x))`, `y = norm2(x + linear2(activation(linear1(x))))`; with `norm_first`
/// `x = x + attention(norm1(x))`, `y = x + linear2(activation(linear1(norm2(x))))`, which trains without warm-up (Xiong
/// and others 2020, arXiv:2002.04745). Shapes: `(B, N, W)` keeps its shape. Names, shapes and initial weights are
/// PyTorch's, and `Import::pytorch()` reads its files.
///
/// Dropout stands where PyTorch has it, behind the attention, the activation and the network, but not on the weights of
/// the attention, which are never in memory; its probability is 0 where nothing else is said, in PyTorch 0.1.
/// `activation` is any formula of one operand.
///
/// ```
/// use congruent::nn::{Gelu, TransformerEncoderLayer};
/// use congruent::prelude::*;
/// dims! { Batch = ?, Seq = ?, Width = 8, Heads = 2, Wide = 16 }
/// type Block<P = Weights> = TransformerEncoderLayer<Width, Heads, Wide, P, Gelu>;
///
/// #[derive(Model)]
/// struct Gpt<P: Part = Weights> {
///     blocks: [Block<P>; 3],
///     norm: LayerNorm<Width, P>,
/// }
///
/// impl<P: Forward> Gpt<P> {
///     fn forward<B: Dim>(self, x: Ex![P; B, Seq, Width]) -> Ex![P; B, Seq, Width] {
///         self.norm.forward(P::scan(self.blocks, x, |block, x| block.forward(x, Attend::causal())))
///     }
/// }
/// let mut keys = Keys::new(0);
/// let mut block = || -> Result<Block, Error> {
///     let block = Block::init(Cpu, Gelu, Init::XavierUniform { gain: 1.0 }, keys.next_key());
///     Ok(Block { norm_first: true, dropout: Dropout::new(0.1)?, ..block })
/// };
/// let gpt = Gpt { blocks: [block()?, block()?, block()?], norm: LayerNorm::new() };
/// let x = Cpu.uniform((Batch(2), Seq(5), Width), Key::new(1), -1.0, 1.0);
/// assert_eq!(gpt.infer(|m| m.forward(x.ex()).eval())?.shape(), x.shape());
/// const _: () = assert!(Gpt::PARAMETERS == 3 * (4 * 72 + 144 + 136 + 32) + 16);
/// # use congruent::nn::Init;
/// # Ok::<(), Error>(())
/// ```
#[derive(Model, Debug)]
pub struct TransformerEncoderLayer<W, H, F, P = Weights, A = Relu>
where
    W: OfGates<D<3>> + InParts<H>,
    H: StaticDim,
    F: Dim,
    P: Part,
    A: Pointwise1,
{
    /// What tokens see of each other.
    pub self_attn: MultiHeadAttention<W, H, P>,
    /// The first half of each token's network.
    pub linear1: Linear<W, F, P>,
    /// The second half.
    pub linear2: Linear<F, W, P>,
    /// The norm of the attention.
    pub norm1: LayerNorm<W, P>,
    /// The norm of the network.
    pub norm2: LayerNorm<W, P>,
    /// What is dropped in training: behind the attention, the activation and the network.
    pub dropout: Dropout<P>,
    /// What stands between the halves of the network.
    pub activation: A,
    /// Whether norms stand before what is added, or behind the sum.
    pub norm_first: bool,
}

impl<W: StaticDim + OfGates<D<3>> + InParts<H>, H: StaticDim, F: Dim + Default> TransformerEncoderLayer<W, H, F> {
    /// `f32` on the CPU, by [`Relu`], initial weights as in PyTorch.
    pub fn new(key: Key) -> Self
    where
        H: HeadCount<W>,
    {
        let attention = MultiHeadAttention::new(key.fold_in(0));
        Self::of(Cpu, attention, Relu, Init::DEFAULT, key)
    }
}

impl<W, H, F, E, V, A> TransformerEncoderLayer<W, H, F, Weights<E, V>, A>
where
    W: StaticDim + OfGates<D<3>> + InParts<H>,
    H: StaticDim,
    F: Dim + Default,
    E: Real,
    V: Device,
    A: Pointwise1,
{
    /// Any element type, device and activation, and the initialiser of all matrices but the attention's `out_proj`.
    pub fn init(device: V, activation: A, init: Init, key: Key) -> Self
    where
        H: HeadCount<W>,
    {
        Self::of(device, MultiHeadAttention::init(device, init, key.fold_in(0)), activation, init, key)
    }

    fn of(device: V, self_attn: MultiHeadAttention<W, H, Weights<E, V>>, activation: A, init: Init, key: Key) -> Self {
        TransformerEncoderLayer {
            self_attn,
            linear1: Linear::init(device, init, key.fold_in(1)),
            linear2: Linear::init(device, init, key.fold_in(2)),
            norm1: LayerNorm::init(device),
            norm2: LayerNorm::init(device),
            dropout: Dropout::none(),
            activation,
            norm_first: false,
        }
    }
}

impl<W, H, F, P, A> TransformerEncoderLayer<W, H, F, P, A>
where
    W: OfGates<D<3>> + InParts<H>,
    H: StaticDim,
    F: Dim,
    P: Part,
    A: Pointwise1,
{
    /// Tokens that have seen each other, as [`Attend`] says: all, in order, past a mask or a bias.
    ///
    /// Sizes that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ; dropout asks for a
    /// key in training, see [`Dropout`].
    #[track_caller]
    pub fn forward<X, M>(self, x: X, how: Attend<M>) -> TokensOut<X::S, W, P>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: Tokens, N: NodeOver<P::Elem, X::E>>,
        W: InFeatures<<X::S as LastAxis>::Last>,
        M: Restricts<P::Elem, Scores<X::S, H, <X::S as Tokens>::Length>, P::Dev>,
    {
        let x = input::<X, P>(x, self.linear1.weight.raw.device);
        self.parts(x, |attention, x| attention.over_itself(x, how))
    }

    /// Further tokens behind those that a cache keeps, to which theirs are added: how a model writes on, see
    /// [`MultiHeadAttention::forward_after`].
    ///
    /// ```
    /// use congruent::nn::{KvCache, TransformerEncoderLayer};
    /// use congruent::prelude::*;
    /// dims! { Past = ? }
    /// let layer = TransformerEncoderLayer::<D<8>, D<2>, D<16>>::new(Key::new(0));
    /// let x = Cpu.uniform((D::<3>, D::<5>, D::<8>), Key::new(1), -1.0, 1.0);
    /// let whole = layer.infer(|m| m.forward(&x, Attend::causal()).eval())?;
    /// let mut cache = KvCache::new((D::<3>, D::<2>, Past(0), D::<4>)); // batch, heads, tokens, features of a head
    /// for token in 0..5 {
    ///     let one = x.narrow::<1, _>(token, D::<1>).eval();
    ///     let y = layer.infer(|m| m.forward_after(&one, &mut cache, Attend::causal()).eval())?;
    ///     assert!(y.allclose(whole.narrow::<1, _>(token, D::<1>), 1e-5, 1e-5));
    /// }
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn forward_after<X, L, M>(
        self,
        x: X,
        cache: &mut KvCache<Cached<X::S, W, H, L>, Cached<X::S, W, H, L>, P::Elem, P::Dev>,
        how: Attend<M>,
    ) -> TokensOut<X::S, W, P>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: Tokens, N: NodeOver<P::Elem, X::E>>,
        L: Dim,
        W: InFeatures<<X::S as LastAxis>::Last>,
        M: Restricts<P::Elem, Scores<X::S, H, L>, P::Dev>,
    {
        let x = input::<X, P>(x, self.linear1.weight.raw.device);
        self.parts(x, |attention, x| attention.after(x, cache, how))
    }

    /// Both parts, of which the attention is given.
    #[track_caller]
    fn parts<S, N, B>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
        attend: impl FnOnce(MultiHeadAttention<W, H, P>, TokensOut<S, W, P>) -> Out<Attended<S, W>, P, B>,
    ) -> TokensOut<S, W, P>
    where
        P: Forward,
        S: Tokens,
        N: Node<P::Elem>,
        B: Node<P::Elem>,
    {
        let Self { self_attn, linear1: up, linear2: down, norm1, norm2, dropout, activation, norm_first } = self;
        let x = tokens::<S, W, P, N>(LAW, x, down.weight.shape.1);
        let seen = around(x, (norm1, norm_first), dropout, |x| attend(self_attn, x));
        let network = FeedForward { up, activation, dropout, down };
        around(seen, (norm2, norm_first), dropout, |x| network.of(x))
    }
}
