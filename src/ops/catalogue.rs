//! How tests and docs visit every pointwise operation, every reduction and every running formula without naming one.

use super::loss::{LossTermsTable, MoreLossTermsTable};
use super::pointwise::IndicatorsTable;
use super::pointwise::{
    ActivationsTable, BasicArithmeticTable, BinaryMathTable, NumberDivisionTable, TernaryMathTable, UnaryMathTable,
};
use super::reduce::{NanReductionsTable, NormsTable, ReductionsTable};
use super::scan::RunningTable;
use super::{Pointwise1, Pointwise2, Pointwise3};
use crate::dtype::{Integer, Real};
use crate::graph::{Boxed, Exact1, Exact2, Exact3, Node, Operand};
use crate::shape::{AxisAt, Reduce};

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

/// One reduction of a table, with arguments.
#[derive(Clone, Copy, Debug)]
pub struct ReductionRow {
    /// The method.
    pub name: &'static str,
    /// The argument as it is written; empty where there is none.
    pub argument: &'static str,
    /// What it gives of no elements.
    pub nothing: f64,
}

/// A reduction with its arguments, as its five methods call it. The graph is erased, so that whoever visits many rows
/// writes short types.
pub trait FiveForms: Copy + 'static {
    /// Over all axes.
    fn all<X>(self, x: X) -> Boxed<(), X::E, X::D>
    where
        X: Operand<E: Real, N: Node<X::E>>;
    /// Over axis `I`, which vanishes.
    fn axis<const I: isize, X>(self, x: X) -> Boxed<<X::S as AxisAt<I>>::Removed, X::E, X::D>
    where
        X: Operand<E: Real, N: Node<X::E>>,
        X::S: AxisAt<I>;
    /// Over axis `I`, which stays as `D<1>`.
    fn keepdim<const I: isize, X>(self, x: X) -> Boxed<<X::S as AxisAt<I>>::Keep, X::E, X::D>
    where
        X: Operand<E: Real, N: Node<X::E>>,
        X::S: AxisAt<I>;
    /// Over the axes `A`, which vanish.
    fn axes<A, X>(self, x: X) -> Boxed<<X::S as Reduce<A>>::Removed, X::E, X::D>
    where
        X: Operand<E: Real, N: Node<X::E>>,
        X::S: Reduce<A>;
    /// Over the axes `A`, which stay as `D<1>`.
    fn axes_keepdim<A, X>(self, x: X) -> Boxed<<X::S as Reduce<A>>::Kept, X::E, X::D>
    where
        X: Operand<E: Real, N: Node<X::E>>,
        X::S: Reduce<A>;
}

/// Receives every row of a table of reductions, once for each argument that it is tested with.
pub trait ReductionVisitor {
    /// A reduction.
    fn reduction<M: FiveForms>(&mut self, row: &ReductionRow, method: M);
}

/// A table of reductions.
pub trait ReductionCatalogue {
    /// Shows every row in order.
    fn visit(visitor: &mut impl ReductionVisitor);
}

/// Shows every reduction of this crate that has five forms and a gradient.
///
/// ```
/// use congruent::ops::{FiveForms, ReductionRow, ReductionVisitor, every_reduction};
/// struct OfNothing(Vec<(&'static str, f64)>);
/// impl ReductionVisitor for OfNothing {
///     fn reduction<M: FiveForms>(&mut self, row: &ReductionRow, _: M) {
///         self.0.push((row.name, row.nothing));
///     }
/// }
/// let mut rows = OfNothing(Vec::new());
/// every_reduction(&mut rows);
/// assert!(rows.0.contains(&("prod", 1.0)));
/// ```
pub fn every_reduction(visitor: &mut impl ReductionVisitor) {
    ReductionsTable::visit(visitor);
    NormsTable::visit(visitor);
    NanReductionsTable::visit(visitor);
}

/// One running formula of a table.
#[derive(Clone, Copy, Debug)]
pub struct RunningRow {
    /// The method.
    pub name: &'static str,
    /// The reduction that each element is of those up to it.
    pub reduction: &'static str,
}

/// A running formula, as its method calls it, with its graph erased.
pub trait RunningForm: Copy + 'static {
    /// Along axis `I`.
    fn axis<const I: isize, X>(self, x: X) -> Boxed<X::S, X::E, X::D>
    where
        X: Operand<E: Real, N: Node<X::E>>,
        X::S: AxisAt<I>;
}

/// Receives every row of a table of running formulas.
pub trait RunningVisitor {
    /// A running formula.
    fn running<M: RunningForm>(&mut self, row: &RunningRow, method: M);
}

/// A table of running formulas.
pub trait RunningCatalogue {
    /// Shows every row in order.
    fn visit(visitor: &mut impl RunningVisitor);
}

/// Shows every running formula of this crate that has a gradient.
///
/// ```
/// use congruent::ops::{RunningForm, RunningRow, RunningVisitor, every_running_formula};
/// struct Ends(Vec<(&'static str, &'static str)>);
/// impl RunningVisitor for Ends {
///     fn running<M: RunningForm>(&mut self, row: &RunningRow, _: M) {
///         self.0.push((row.name, row.reduction));
///     }
/// }
/// let mut rows = Ends(Vec::new());
/// every_running_formula(&mut rows);
/// assert!(rows.0.contains(&("cumsum_axis", "sum")));
/// ```
pub fn every_running_formula(visitor: &mut impl RunningVisitor) {
    RunningTable::visit(visitor);
}
