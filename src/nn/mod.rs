//! Layers: models with a `forward`.
//!
//! | file | holds |
//! |---|---|
//! | `linear`, `bilinear` | [`Linear`], [`Bilinear`] |
//! | `embedding`, `embedding_bag` | [`Embedding`], [`EmbeddingBag`] |
//! | `convolution` | [`Conv1d`], [`Conv2d`], [`Conv3d`] |
//! | `transposed` | [`ConvTranspose1d`], [`ConvTranspose2d`], [`ConvTranspose3d`] |
//! | `bias` | [`NoBias`], for layers that have none |
//! | `norm`, `batch_norm` | [`LayerNorm`], [`RmsNorm`]; [`BatchNorm`] |
//! | `channel_norm`, `group_norm` | [`BatchNorm1d`], [`BatchNorm2d`], [`BatchNorm3d`]; [`GroupNorm`] |
//! | `local_response` | [`LocalResponseNorm`] |
//! | `dropout` | [`Dropout`] |
//! | `activation` | that each formula of one operand is a layer: [`Relu`], [`Gelu`], .. |
//! | `pictures` | [`MaxPool2d`], [`AvgPool2d`], [`InstanceNorm2d`], [`Flattening`]: layers of pictures in tuples |
//! | `resized` | [`AdaptiveAvgPool2d`], [`Upsample`], [`PixelShuffle`]: layers that say what size comes out |
//! | `recurrent` | [`Rnn`], [`Lstm`], [`Gru`]; [`RnnCell`], [`LstmCell`], [`GruCell`]: one step; [`Bidirectional`] |
//! | `attention` | [`MultiHeadAttention`] |
//! | `transformer` | [`TransformerEncoderLayer`], [`TransformerDecoderLayer`] |
//! | `positions` | [`sinusoidal`], [`Rotary`], [`alibi`]: where a token stands |
//! | `kv_cache` | [`KvCache`]: keys and values of the tokens so far |
//! | `layer`, `residual` | [`Layer`], and tuples as sequences; [`Residual`] |
//! | `weight_norm` | [`WeightNorm`]: a layer by the lengths and directions of its weight |
//! | `init` | initialisers |
//! | `features` | what layers over the last axis share |

mod activation;
mod attention;
mod batch_norm;
mod bias;
mod bilinear;
mod channel_norm;
mod convolution;
mod dropout;
mod embedding;
mod embedding_bag;
mod features;
mod group_norm;
mod init;
mod kv_cache;
mod layer;
mod linear;
mod local_response;
mod norm;
mod pictures;
mod positions;
mod recurrent;
mod residual;
mod resized;
mod scaled_rows;
mod transformer;
mod transposed;
mod weight_norm;

pub use crate::ops::activation::{
    Celu, Elu, Gelu, GeluTanh, Hardshrink, Hardsigmoid, Hardswish, Hardtanh, LeakyRelu, Logsigmoid, Mish, Relu, Relu6,
    Selu, Sigmoid, Silu, Softplus, Softshrink, Softsign, Tanhshrink, Threshold,
};
pub use crate::ops::unary::Tanh;
pub use attention::{AfterOthers, HeadCount, HeadWidth, MultiHeadAttention, OverItself, OverOthers, Tokens};
pub use batch_norm::{BatchNorm, BatchNormNode};
pub use bias::{Bias, ChannelBias, InitialBias, NoBias};
pub use bilinear::Bilinear;
pub use channel_norm::{BatchNorm1d, BatchNorm2d, BatchNorm3d, ChannelNormNode, ChannelsBack};
pub use convolution::{Conv1d, Conv2d, Conv3d, ConvolutionNode, Convolved, FilterShape};
pub use dropout::{Dropout, Dropped};
pub use embedding::Embedding;
pub use embedding_bag::{BagMode, EmbeddingBag};
pub use group_norm::{GroupNorm, GroupNormNode, InstanceNormNode};
pub use init::{Init, Initialiser};
pub use kv_cache::{CachedRows, KvCache};
pub use layer::Layer;
pub use linear::{Linear, LinearNode};
pub use local_response::LocalResponseNorm;
pub use norm::{LayerNorm, LayerNormNode, RmsNorm, RmsNormNode};
pub use pictures::{
    AvgPool1d, AvgPool2d, AvgPool3d, Flattening, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, MaxPool1d, MaxPool2d,
    MaxPool3d,
};
pub use positions::{Rotary, alibi, sinusoidal};
pub use recurrent::{
    Bidirectional, GateWidth, Gating, Gru, GruCell, GruGates, Lstm, LstmCell, LstmGates, OfGates, OutputsOf, Recurrent,
    RecurrentCell, RecurrentNode, Rnn, RnnCell, RnnGates, StateOf, StateWidth, TimeAxis,
};
pub use residual::Residual;
pub use resized::{
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d, AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d,
    PixelShuffle, PixelUnshuffle, Times, Upsample,
};
pub use transformer::{TokensOut, TransformerDecoderLayer, TransformerEncoderLayer};
pub use transposed::{
    ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, ConvTransposeNode, ConvTransposeNodeAs, SpreadOut, SpreadTo,
    TransposedShape,
};
pub use weight_norm::{WeightNorm, Weighted};
