//! Tensors whose shape, dtype and device are types: a mismatch does not compile, and the compiler says why.
//!
//! # The storeys, from the ground up
//! Each uses only what stands before it.
//!
//! | storey | holds |
//! |---|---|
//! | [`dims`](mod@dims) | type-level dimensions: `D<784>`, `dims! { Batch = ? }` |
//! | `elements` | the element types by name: the one list of them |
//! | [`shape`] | shapes, and one law a file: broadcast, matmul, reduce, permute, reshape |
//! | [`num`] | the numbers that formulas are written in: scalars, lanes, duals |
//! | [`dtype`], [`random`] | element types; keys of random numbers |
//! | `files`, `error` | bytes of files, without types; what only a run can find wrong |
//! | `memory`, [`layout`] | buffers and what is kept for reuse; where elements lie |
//! | [`loops`] | what a device is asked to run: fused loops, row programs, products |
//! | [`device`] | devices: who has memory and runs loops |
//! | [`tensor`] | tensors: creation, reading, printing |
//! | [`graph`] | the typed graph: regions, sharing, the backward trait; knows no operation by name |
//! | [`ops`] | the catalogue of operations |
//! | [`model`] | models as one struct, `value_and_grad`, `infer` |
//! | [`nn`], [`optim`], [`data`], [`metrics`] | layers, optimizers, data loading, how good answers are |
//! | [`io`] | tensors and models in files |
//! | [`training`] | runs: epochs, validation, checkpoints, early stopping, a log |
//! | [`interop`] | memory of others, with typed shapes: slices, mapped files, `ndarray`, a running Python's NumPy |
//!
//! Beside them: [`Error`]; [`guide`], chapters with code that runs, of which [`from_numpy`](guide::from_numpy) and
//! [`from_pytorch`](guide::from_pytorch) are the first; and [`names`], NumPy's and PyTorch's names and what they are
//! called here.
//!
//! # Letters
//! `S` shape · `E` element · `D` device · `N` node of the graph · `P` part (what a model's tensors are) ·
//! `Op` operation · `Axis` an axis · `Rhs` the right operand.
#![deny(missing_docs)]

extern crate self as congruent;

/// Type-level dimensions.
pub mod dims {
    pub use congruent_dims::*;
}

pub mod data;
pub mod device;
pub mod dtype;
mod elements;
mod error;
mod files;
pub mod graph;
/// Chapters for whoever knows NumPy and PyTorch, with code that runs.
///
/// | read | to |
/// |---|---|
/// | [`from_numpy`](guide::from_numpy), [`from_pytorch`](guide::from_pytorch) | begin: what is the same, what is not |
/// | [`models`](guide::models), [`sequences`](guide::sequences) | see a model of yours beside PyTorch's |
/// | [`training`](guide::training) | run for hours: workers, validation, checkpoints, a log |
/// | [`shapes`](guide::shapes), [`run_time_axes`](guide::run_time_axes) | write types of tensors |
/// | [`expressions`](guide::expressions), [`functions`](guide::functions) | use a value twice, write functions |
/// | [`performance`](guide::performance) | see what fuses and what is stored, measure |
/// | [`devices`](guide::devices) | run on a GPU |
/// | [`answers`](guide::answers) | understand what the compiler says |
/// | [`files`](guide::files), [`python`](guide::python) | exchange weights and arrays |
pub mod guide {
    #[doc = include_str!("guide/shapes.md")]
    pub mod shapes {}

    #[doc = include_str!("guide/expressions.md")]
    pub mod expressions {}

    #[doc = include_str!("guide/functions.md")]
    pub mod functions {}

    #[doc = include_str!("guide/performance.md")]
    pub mod performance {}

    #[doc = include_str!("guide/devices.md")]
    pub mod devices {}

    #[doc = include_str!("guide/run_time_axes.md")]
    pub mod run_time_axes {}

    #[doc = include_str!("guide/answers.md")]
    pub mod answers {}

    #[doc = include_str!("guide/files.md")]
    pub mod files {}

    #[doc = include_str!("guide/from_numpy.md")]
    pub mod from_numpy {}

    #[doc = include_str!("guide/from_pytorch.md")]
    pub mod from_pytorch {}

    #[doc = include_str!("guide/models.md")]
    pub mod models {}

    #[doc = include_str!("guide/sequences.md")]
    pub mod sequences {}

    #[doc = include_str!("guide/training.md")]
    pub mod training {}

    #[doc = include_str!("guide/python.md")]
    pub mod python {}
}
pub mod interop;
pub mod io;
pub mod layout;
pub mod loops;
mod memory;
pub mod metrics;
pub mod model;
#[doc = include_str!("names.md")]
pub mod names {}
pub mod nn;
pub mod num;
pub mod ops;
pub mod optim;
pub mod random;
pub mod shape;
pub mod tensor;
pub mod training;

pub use congruent_dims::{D, Dim, Dk, Dm, Shape, StaticDim, d, dims, dyn_dim};
pub use congruent_macros::{einsum, elementwise, rearrange, reduce, repeat, s};
#[cfg(feature = "cuda")]
pub use device::cuda;
pub use device::{Cpu, Device};
pub use error::{Error, attempt};
pub use half::{bf16, f16};
pub use ops::linalg;
pub use tensor::Tensor;

/// Everything a program needs by one `use congruent::prelude::*`.
pub mod prelude {
    pub use crate::data::{Batched, Dataset, Epochs, Loader, Pipeline, TensorDataset};
    #[cfg(feature = "cuda")]
    pub use crate::device::cuda::Cuda;
    pub use crate::device::{Cpu, Device};
    pub use crate::dims::{D, Dim, Dk, Dm, Flag, StaticDim};
    pub use crate::dtype::{Elem, Integer, Real};
    pub use crate::graph::{Ex, Expr, Keep, Kind, Local, Node, Operand, Out, Share, Sharing};
    pub use crate::io::Persist;
    pub use crate::model::{
        Averaging, Buffer, Forward, Frozen, GradMath, Grads, Inspect, Model, Param, Part, RunsInside as _, Traced,
        Train, TrainIn, Weights, with_dropout, with_key,
    };
    pub use crate::nn::{
        BatchNorm, BatchNorm1d, BatchNorm2d, BatchNorm3d, Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d,
        ConvTranspose3d, Dropout, Embedding, GroupNorm, Gru, GruCell, Layer, LayerNorm, Linear, Lstm, LstmCell,
        MultiHeadAttention, NoBias, Residual, RmsNorm, Rnn, RnnCell,
    };
    pub use crate::num::Num;
    #[cfg(feature = "linalg")]
    pub use crate::ops::Decompositions;
    pub use crate::ops::einsum::TensorDots;
    pub use crate::ops::{
        Activations, AdaptivePooling, AffineGrids, AlignmentLosses, Apply, ArgExtremes, Attend, Attending,
        BasicArithmetic, BinaryMath, Binning, Cast, CentralDifferences, ChannelNormalisations, Comparisons, Condition,
        Convolutions, Counting, Covariances, Decimals, Diagonals, DistanceLosses, Distances, DistinctValues, Evaluate,
        Explain, FlatIndices, Gather, GridSampling, Grouping, Indexing, Interpolating, Joining, JoiningLists,
        LabelLosses, LabelRule, LocatedPooling, LossTerms, Losses, MaskedWriting, Masking, MatrixNorms, MoreLossTerms,
        Movement, NanReductions, NormPooling, Normalisations, Norms, OrderStatistics, Polynomials, Pooling, Products,
        Quantiles, Rearranging, Reductions, RepeatingEach, Resample, Resampling, Running, ScatterReduce, Scattering,
        Searching, SetOperations, SeveralQuantiles, SliceOrder, Slicing, Sorting, SquareMatrices, Stacking,
        TernaryMath, TransposedConvolutions, UnaryMath, Unfolding, VectorProducts, WholePowers, select,
    };
    pub use crate::optim::{Adam, AdamW, Schedule, Sgd};
    pub use crate::random::{Key, Keys};
    pub use crate::shape::{Filter, Groups, Pool, Same, Shape, TransposedFilter};
    pub use crate::tensor::{Create, Distributions, Grids, Matrices, Ranges, Sample, Tensor};
    pub use crate::{
        Axes, Error, Ex, Shape, attempt, bf16, d, dims, dyn_dim, einsum, elementwise, f16, rearrange, reduce, repeat, s,
    };
}

/// The programs of the readme, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
