//! The types of the layer's graphs and of their shapes.
//!
//! Apart from the layer because nobody reads them: they have names so that a mistake is one error, which it is not
//! where the compiler asks what hides behind an `impl`.

use super::heads::{Headed, Joined};
use super::laws::{HeadWidth, Tokens};
use crate::dims::{D, On};
use crate::graph::{Binary, Constant, Kind, Leaf, Let, Op, Viewed};
use crate::nn::OfGates;
use crate::nn::features::ParamNode;
use crate::nn::linear::LinearNode;
use crate::ops::arithmetic::Add;
use crate::ops::attention::AttentionNode;
use crate::ops::matmul::Factors;
use crate::shape::LastAxis;

/// The features of queries, keys and values side by side.
pub(super) type AllWidth<W> = <W as OfGates<D<3>>>::All;

/// The shape of what tokens of shape `S` come to.
pub(in crate::nn) type Attended<S, W> = (<S as Tokens>::Batch, <S as Tokens>::Length, W);

/// The scores of the heads of tokens `S` for so many keys.
pub(in crate::nn) type Scores<S, H, M> = (<S as Tokens>::Batch, H, <S as Tokens>::Length, M);

/// The shape of the heads of tokens `S`.
type HeadsOf<S, W, H> = Headed<<S as Tokens>::Batch, H, <S as Tokens>::Length, HeadWidth<W, H>>;

/// The shape of `L` keys or values of the heads of tokens `S`.
pub(in crate::nn) type Cached<S, W, H, L> = Headed<<S as Tokens>::Batch, H, L, HeadWidth<W, H>>;

/// Heads of tokens `S` that look at keys and values of shape `SK`, joined.
type Mixed<S, SK, W, H, E, Q, K, V> = Joined<
    AttentionNode<HeadsOf<S, W, H>, SK, SK, E, Q, K, V>,
    E,
    <S as Tokens>::Batch,
    H,
    <S as Tokens>::Length,
    HeadWidth<W, H>,
    W,
>;

/// The shape of queries, keys and values side by side.
type All<S, W> = <S as LastAxis>::WithLast<AllWidth<W>>;

/// One of them.
type OneOfAll<S, W, E> = Viewed<Leaf<All<S, W>, E, On>, All<S, W>, E>;

/// The graph of an attention of tokens `S` to each other.
pub type OverItself<S, W, H, P, N> = LinearNode<
    Attended<S, W>,
    W,
    W,
    P,
    Let<
        All<S, W>,
        <P as Kind>::Elem,
        LinearNode<S, W, AllWidth<W>, P, N>,
        Mixed<
            S,
            HeadsOf<S, W, H>,
            W,
            H,
            <P as Kind>::Elem,
            OneOfAll<S, W, <P as Kind>::Elem>,
            OneOfAll<S, W, <P as Kind>::Elem>,
            OneOfAll<S, W, <P as Kind>::Elem>,
        >,
    >,
>;

/// The graph of queries, keys or values that were made of `N`.
pub(super) type Projected<S, W, P, N> = Binary<
    Add,
    Op<
        <S as LastAxis>::WithLast<W>,
        <P as Kind>::Elem,
        Factors<S, (W, W), <P as Kind>::Elem, N, PartOfParam<(W, AllWidth<W>), P>>,
    >,
    PartOfParam<(AllWidth<W>,), P>,
>;

type PartOfParam<S, P> = Viewed<ParamNode<S, P>, S, <P as Kind>::Elem>;

/// The heads of them.
type ProjectedHeads<S, W, P, N> = Viewed<Projected<S, W, P, N>, <S as LastAxis>::WithLast<W>, <P as Kind>::Elem>;

/// The graph of an attention of tokens `S` to tokens `T`.
pub type OverOthers<S, T, W, H, P, X, K, V> = LinearNode<
    Attended<S, W>,
    W,
    W,
    P,
    Mixed<
        S,
        HeadsOf<T, W, H>,
        W,
        H,
        <P as Kind>::Elem,
        ProjectedHeads<S, W, P, X>,
        ProjectedHeads<T, W, P, K>,
        ProjectedHeads<T, W, P, V>,
    >,
>;

/// The graph of an attention of tokens `S` to `L` tokens of a cache.
pub type AfterOthers<S, L, W, H, P, N> = LinearNode<
    Attended<S, W>,
    W,
    W,
    P,
    Let<
        All<S, W>,
        <P as Kind>::Elem,
        LinearNode<S, W, AllWidth<W>, P, N>,
        Mixed<
            S,
            Cached<S, W, H, L>,
            W,
            H,
            <P as Kind>::Elem,
            OneOfAll<S, W, <P as Kind>::Elem>,
            Viewed<Constant<<P as Kind>::Elem>, (), <P as Kind>::Elem>,
            Viewed<Constant<<P as Kind>::Elem>, (), <P as Kind>::Elem>,
        >,
    >,
>;
