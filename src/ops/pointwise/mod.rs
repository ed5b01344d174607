//! What is computed element by element: a formula a row, the operators, numbers beside tensors, other element types.
//!
//! | file | holds |
//! |---|---|
//! | `arithmetic`, `unary`, `activation`, `binary`, `ternary` | tables: a row an operation |
//! | `operators` | `+ - * /` and negation, with tensors and with numbers |
//! | `indicators` | the formulas behind comparisons and masks: 1 and 0 |
//! | `integers` | what integers have beside: bits, rests, numbers of their own type |
//! | `powi` | whole powers of floats and integers |
//! | `number` | a number where a tensor is expected |
//! | `assign` | `+=` and its kin |
//! | `cast` | other element types |
//! | `decimals` | `round_to` |
//! | `apply` | a formula applied to operands: where all of the above end |

mod apply;
mod assign;
mod decimals;
mod integers;
pub(crate) mod operators;

pub mod activation;
pub mod arithmetic;
pub mod binary;
pub mod cast;
pub mod indicators;
pub mod number;
pub mod powi;
pub mod ternary;
pub mod unary;

pub use activation::{Activations, ActivationsTable};
pub(crate) use apply::joined;
pub use apply::{
    BinaryOf, BinaryOfNumbers, NumberOf, TernaryOf, TernaryOfNumbers, UnaryOf, UnaryOfNumbers, binary,
    binary_of_numbers, ternary, ternary_of_numbers, unary, unary_of_numbers,
};
pub use arithmetic::{Affine, BasicArithmetic, BasicArithmeticTable, NumberDivision, NumberDivisionTable};
pub use binary::{BinaryMath, BinaryMathTable};
pub use cast::Cast;
pub use decimals::{Decimals, RoundTo};
pub use indicators::{Indicators, IndicatorsTable};
pub use integers::{BitAnd, BitOr, BitXor, BitsOver, Flip, IntegersOver};
pub use number::{OtherBeside, OtherOf, Term, beside};
pub use powi::WholePowers;
pub use ternary::{TernaryMath, TernaryMathTable};
pub use unary::{UnaryMath, UnaryMathTable};
