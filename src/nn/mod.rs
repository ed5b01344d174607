//! Layers: models with a `forward`.
//!
//! | file | holds |
//! |---|---|
//! | `linear`, `embedding` | [`Linear`], [`Embedding`] |
//! | `convolution` | [`Conv1d`], [`Conv2d`], [`Conv3d`] |
//! | `bias` | [`NoBias`], for layers that have none |
//! | `norm`, `batch_norm` | [`LayerNorm`], [`RmsNorm`]; [`BatchNorm`] |
//! | `dropout` | [`Dropout`] |
//! | `activation` | that each formula of one operand is a layer: [`Relu`], [`Gelu`], .. |
//! | `layer`, `residual` | [`Layer`], and tuples as sequences; [`Residual`] |
//! | `init` | initialisers |
//! | `features` | what layers over the last axis share |

mod activation;
mod batch_norm;
mod bias;
mod convolution;
mod dropout;
mod embedding;
mod features;
mod init;
mod layer;
mod linear;
mod norm;
mod residual;

pub use crate::ops::activation::{
    Celu, Elu, Gelu, GeluTanh, Hardshrink, Hardsigmoid, Hardswish, Hardtanh, LeakyRelu, Logsigmoid, Mish, Relu, Relu6,
    Selu, Sigmoid, Silu, Softplus, Softshrink, Softsign, Tanhshrink, Threshold,
};
pub use crate::ops::unary::Tanh;
pub use batch_norm::{BatchNorm, BatchNormNode};
pub use bias::{Bias, ChannelBias, InitialBias, NoBias};
pub use convolution::{Conv1d, Conv2d, Conv3d, ConvolutionNode, Convolved, KernelShape};
pub use dropout::{Dropout, Dropped};
pub use embedding::Embedding;
pub use init::{Init, Initialiser};
pub use layer::Layer;
pub use linear::{Linear, LinearNode};
pub use norm::{LayerNorm, LayerNormNode, RmsNorm, RmsNormNode};
pub use residual::Residual;
