//! The catalogue of operations, a room for each family; each operation is defined in one place.
//!
//! | room | holds |
//! |---|---|
//! | [`pointwise`] | what is computed element by element: tables of formulas, operators, casts |
//! | [`mask`] | comparisons; masks and what they choose, fill and write |
//! | [`reduce`] | sums and their kin over axes, norms, counts, positions of extremes, softmax |
//! | [`scan`] | running sums, products and extremes; differences |
//! | [`order`] | sorting, quantiles, distinct values, bins |
//! | [`products`] | matrix products; products and views by label |
//! | [`attention`] | queries that look at keys, in tiles |
//! | [`index`] | elements and rows chosen, written and combined by indices |
//! | [`movement`] | views, reshapes, new axes; slices; joined, padded and rolled tensors |
//! | [`curves`] | functions given by points, coefficients, values at steps |
//! | [`linalg`] | products of vectors, traces, diagonals, norms; decompositions |
//! | [`windows`] | convolutions, pooling, patches and resampling of pictures |
//! | [`loss`] | losses, written in other operations |
//! | [`explain`] | what computing an expression runs, in words |
//!
//! Beside the rooms: `laws`, what the element types of operands must be, one question a mistake; `evaluate`,
//! expressions made tensors; `shown`, expressions printed; `on_host`, operations of lists of numbers; `elsewhere`,
//! what other libraries call otherwise; [`function`], operations of one's own on whole tensors, with a gradient;
//! `catalogue`, how tests and docs visit every row.

mod catalogue;
mod elsewhere;
mod evaluate;
mod laws;
mod on_host;
mod shown;

pub mod attention;
pub mod curves;
pub mod explain;
pub mod function;
pub mod index;
pub mod linalg;
pub mod loss;
pub mod mask;
pub mod movement;
pub mod order;
pub mod pointwise;
pub mod products;
pub mod reduce;
pub mod scan;
pub mod windows;

pub use attention::{Attend, Attending};
pub use catalogue::{
    Catalogue, FiveForms, IntegerVisitor, ReductionCatalogue, ReductionRow, ReductionVisitor, Row, RunningCatalogue,
    RunningForm, RunningRow, RunningVisitor, Visitor, every_reduction, every_running_formula, every_table,
    every_table_of_integers,
};
pub use curves::{CentralDifferences, Interpolating, Polynomials};
pub use evaluate::{Evaluate, OneElement};
pub use explain::{Explain, Explanation};
pub use function::{Apply, Function, Function2};
pub use index::{FlatIndices, Gather, Grouping, Indexing, ScatterReduce, Scattering};
pub use laws::{
    Computed, ComputedNumbers, FloatingNode, GraphOf, LocatedOver, NodeOver, NumericGraphOf, NumericNode, NumericOver,
    NumericResultOf, OtherGraphOf, OtherLocatedOf, Over, ResultOf, RuledByBothOf, RuledOf,
};
pub(crate) use laws::{other_located, result_of, result_of_numbers, whole, whole_numbers};
#[cfg(feature = "linalg")]
pub use linalg::Decompositions;
pub use linalg::{Covariances, Diagonals, Distances, MatrixNorms, SquareMatrices, VectorProducts};
pub use loss::{
    AlignmentLosses, Ctc, DistanceLosses, LabelLosses, LabelRule, LossTerms, LossTermsTable, Losses, MoreLossTerms,
    MoreLossTermsTable, Transducers, Utterances,
};
pub use mask::{Comparisons, Condition, MaskedWriting, Masking, compare, select};
pub use movement::{
    Edges, Joining, JoiningLists, Movement, Rearranging, RepeatingEach, Slicing, Stacking, join, slice,
};
pub use on_host::{OnHost, OnHostOfBoth, SlopeOnHost, SlopesOnHost};
pub use order::{
    Binning, DistinctValues, Interpolation, OrderStatistics, Quantiles, Searching, SetOperations, SeveralQuantiles,
    Side, SliceOrder, Sorting,
};
pub use pointwise::{
    Activations, ActivationsTable, Affine, BasicArithmetic, BasicArithmeticTable, BinaryMath, BinaryMathTable,
    BinaryOf, BinaryOfNumbers, BitsOver, Cast, Decimals, Indicators, IndicatorsTable, IntegersOver, NumberDivision,
    NumberDivisionTable, NumberOf, OtherBeside, OtherOf, Term, TernaryMath, TernaryMathTable, TernaryOf,
    TernaryOfNumbers, UnaryMath, UnaryMathTable, UnaryOf, UnaryOfNumbers, WholePowers, activation, arithmetic, beside,
    binary, binary_of_numbers, cast, indicators, number, ternary, ternary_of_numbers, unary, unary_of_numbers,
};
pub(crate) use pointwise::{joined, operators};
pub use products::{Products, TensorDots, einsum, matmul};
pub(crate) use reduce::grouped;
pub use reduce::{
    ArgExtremes, ChannelGroups, ChannelNormalisations, Counting, GroupNormBack, NanReductions, Normalisations, Norms,
    Reductions, softmax,
};
pub use scan::Running;
pub use windows::{
    AdaptivePooling, AffineGrids, Convolutions, GridMode, GridPadding, GridSample, GridSampling, LocatedPooling,
    NormPooling, Pooling, Resample, Resampling, TransposedConvolutions, Unfolding,
};

pub use crate::graph::{Operand, Pointwise1, Pointwise2, Pointwise3, Share, Sharing};
