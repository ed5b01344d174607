//! The catalogue of operations, by family; each is defined in one place.
//!
//! | file | holds |
//! |---|---|
//! | `pointwise` | what is computed element by element: tables, operators, casts |
//! | `movement` | the same elements in another shape or order, parts of them, joined tensors |
//! | `products` | products summed over axes: of matrices, and by label |
//! | `evaluate` | expressions made tensors |
//! | `laws` | what the element types of operands must be, one question a mistake |
//! | `compare`, `mask`, `indicators` | comparisons; their results, with `where_`; the formulas of both |
//! | `reduce`, `softmax` | sums and their kin over axes; what is computed row by row |
//! | `order` | positions of extremes, running sums, sorting, quantiles, norms, distinct values, bins |
//! | `linalg` | products of vectors, traces, norms; decompositions |
//! | `index` | rows by index |
//! | `indexing` | elements and rows chosen, written and combined by indices and masks; diagonals and triangles |
//! | `function` | operations of one's own on whole tensors, with a gradient |
//! | `loss` | losses, written in other operations |
//! | `catalogue` | how tests and docs visit every row |

mod catalogue;
mod evaluate;
mod laws;

pub mod compare;
pub mod function;
pub mod index;
pub mod indexing;
pub mod indicators;
pub mod linalg;
pub mod loss;
pub mod mask;
pub mod movement;
pub mod order;
pub mod pointwise;
pub mod products;
pub mod reduce;
pub mod softmax;

pub use catalogue::{Catalogue, Row, Visitor};
pub use compare::Comparisons;
pub use evaluate::Evaluate;
pub use function::{Apply, Function, Function2};
pub use index::Gather;
pub use indexing::{
    Condition, Diagonals, Edges, Indexing, MaskedWriting, Masking, Rearranging, ScatterReduce, Scattering,
};
pub use indicators::{Indicators, IndicatorsTable};
pub use laws::{
    Computed, ComputedNumbers, FloatingNode, GraphOf, NodeOver, NumericOver, OtherGraphOf, OtherOf, Over, ResultOf,
    RuledByBothOf, RuledOf, beside,
};
pub(crate) use laws::{result_of, whole};
#[cfg(feature = "linalg")]
pub use linalg::Decompositions;
pub use linalg::{Distances, MatrixNorms, SquareMatrices, VectorProducts};
pub use loss::{DistanceLosses, LabelLosses, LossTerms, LossTermsTable, Losses, MoreLossTerms, MoreLossTermsTable};
pub use mask::Mask;
pub use movement::{Joining, Movement, Slicing, Stacking, join, slice};
pub use order::{
    ArgExtremes, Binning, Counting, DistinctValues, Interpolation, Norms, OrderStatistics, Quantiles, Running,
    Searching, Side, Sorting,
};
pub use pointwise::{
    Activations, ActivationsTable, Affine, BasicArithmetic, BasicArithmeticTable, BinaryMath, BinaryMathTable,
    BinaryOf, BinaryOfNumbers, BitsOver, Cast, IntegerMath, IntegersOver, NumberDivision, NumberDivisionTable,
    NumberOf, Term, TernaryMath, TernaryMathTable, TernaryOf, TernaryOfNumbers, UnaryMath, UnaryMathTable, UnaryOf,
    UnaryOfNumbers, activation, arithmetic, binary, binary_of_numbers, cast, number, ternary, ternary_of_numbers,
    unary, unary_of_numbers,
};
pub(crate) use pointwise::{joined, operators};
pub use products::{Products, TensorDots, einsum, matmul};
pub use reduce::Reductions;
pub use softmax::Normalisations;

pub use crate::graph::{Operand, Pointwise1, Pointwise2, Pointwise3, Share, Sharing};
