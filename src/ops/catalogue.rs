//! How tests and docs visit every pointwise operation without naming one.

use super::loss::{LossTermsTable, MoreLossTermsTable};
use super::mask::IndicatorsTable;
use super::pointwise::{
    ActivationsTable, BasicArithmeticTable, BinaryMathTable, NumberDivisionTable, TernaryMathTable, UnaryMathTable,
};
use super::{Pointwise1, Pointwise2, Pointwise3};
use crate::dtype::Integer;
use crate::graph::{Exact1, Exact2, Exact3};

/// One operation of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The method.
    pub name: &'static str,
    /// The type.
    pub op: &'static str,
    /// The formula as it is written in the table.
    pub formula: &'static str,
    /// The doc comment of the row.
    pub docs: &'static str,
    /// From which range tests draw each operand.
    pub samples: &'static [(f64, f64)],
    /// The constants and the values that examples give them.
    pub constants: &'static [(&'static str, f64)],
    /// Places that finite differences must avoid.
    pub kinks: &'static [f64],
    /// Whether the derivative is zero everywhere.
    pub flat: bool,
}

/// Receives every row of a table with its operation.
pub trait Visitor {
    /// A formula of one operand.
    fn unary<Op: Pointwise1>(&mut self, row: &Row, op: Op);
    /// A formula of two operands.
    fn binary<Op: Pointwise2>(&mut self, row: &Row, op: Op);
    /// A formula of three operands.
    fn ternary<Op: Pointwise3>(&mut self, row: &Row, op: Op);
}

/// Receives every row of a table that integers have, too, with its operation over one type of them.
pub trait IntegerVisitor {
    /// The element type.
    type E: Integer;
    /// A formula of one operand.
    fn unary<Op: Exact1<Self::E>>(&mut self, row: &Row, op: Op);
    /// A formula of two operands.
    fn binary<Op: Exact2<Self::E>>(&mut self, row: &Row, op: Op);
    /// A formula of three operands.
    fn ternary<Op: Exact3<Self::E>>(&mut self, row: &Row, op: Op);
}

/// A table of operations, printed by [`elementwise!`](crate::elementwise!).
pub trait Catalogue {
    /// Shows every row in order.
    fn visit(visitor: &mut impl Visitor);
    /// Shows every row that integers have, in order; constants are those of the examples, as integers.
    fn visit_integers<I: IntegerVisitor>(visitor: &mut I);
}

/// A new table is named here, once; its rows are named nowhere else.
macro_rules! every_table {
    ($method:ident of $visitor:expr) => {
        every_table! { $method of $visitor,
            BasicArithmeticTable NumberDivisionTable UnaryMathTable ActivationsTable BinaryMathTable TernaryMathTable
            IndicatorsTable LossTermsTable MoreLossTermsTable }
    };
    ($method:ident of $visitor:expr, $($Table:ident)*) => { $($Table::$method($visitor);)* };
}

/// Shows every row of every table of this crate.
///
/// ```
/// use congruent::ops::{Pointwise1, Pointwise2, Pointwise3, Row, Visitor, every_table};
/// struct Names(Vec<&'static str>);
/// impl Visitor for Names {
///     fn unary<Op: Pointwise1>(&mut self, row: &Row, _: Op) {
///         self.0.push(row.name);
///     }
///     fn binary<Op: Pointwise2>(&mut self, row: &Row, _: Op) {
///         self.0.push(row.name);
///     }
///     fn ternary<Op: Pointwise3>(&mut self, row: &Row, _: Op) {
///         self.0.push(row.name);
///     }
/// }
/// let mut names = Names(Vec::new());
/// every_table(&mut names);
/// assert!(names.0.contains(&"relu"));
/// ```
pub fn every_table(visitor: &mut impl Visitor) {
    every_table! { visit of visitor }
}

/// Shows every row of every table of this crate that integers have.
pub fn every_table_of_integers<I: IntegerVisitor>(visitor: &mut I) {
    every_table! { visit_integers of visitor }
}
