//! Reads the rows of `elementwise!` into structs that mirror the grammar.
//!
//! Judges nothing but the grammar; a row that breaks it is left out, and reading goes on behind its semicolon.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Error, Expr, ExprLit, ExprRange, ExprUnary, Ident, Lit, RangeLimits, Result, Token, UnOp, Visibility,
    braced, bracketed, parenthesized, token,
};

use crate::mistakes::Mistakes;

/// A trait and the operations that become its methods.
pub(super) struct Table {
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) name: Ident,
    pub(super) rows: Vec<Row>,
    /// Rows that could not be read.
    pub(super) mistakes: Mistakes,
}

/// `Op { constants }: method(operands) = formula, clauses;`
pub(super) struct Row {
    pub(super) docs: Vec<Attribute>,
    pub(super) op: Ident,
    pub(super) constants: Vec<Constant>,
    pub(super) method: Ident,
    pub(super) operands: Vec<Ident>,
    pub(super) formula: Expr,
    /// What it is of integers, where it is something.
    pub(super) integers: Option<Expr>,
    /// What it is of 16-bit floats, where it is something else: they are computed in `f32`, and rounded again.
    pub(super) halves: Option<Expr>,
    pub(super) gradient: Gradient,
    pub(super) ranges: Vec<Range>,
    /// Where finite differences do not see the derivative.
    pub(super) kinks: Vec<Number>,
    /// Clauses that are none; the row is sound without them.
    pub(super) unknown: Mistakes,
}

/// `slope: f64 = 0.01`: a run-time constant and the value that examples and tests use.
pub(super) struct Constant {
    pub(super) docs: Vec<Attribute>,
    pub(super) name: Ident,
    pub(super) example: Number,
}

/// Where the derivatives come from.
pub(super) enum Gradient {
    /// The formula, evaluated with dual numbers.
    DualNumbers,
    /// `derivative = (dx, dy)`, one an operand.
    Explicit(Vec<Expr>),
    /// `flat`: zero everywhere.
    Flat,
}

/// `x in 0.5..2.0`
pub(super) struct Range {
    pub(super) operand: Ident,
    pub(super) low: Number,
    pub(super) high: Number,
}

/// A literal number, with its sign, and where it stands.
pub(super) struct Number {
    pub(super) value: f64,
    pub(super) written: Expr,
}

impl Parse for Table {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        input.parse::<Token![trait]>()?;
        let name = input.parse()?;
        input.parse::<Token![;]>()?;
        let (mut rows, mut mistakes) = (Vec::new(), Mistakes::default());
        while !input.is_empty() {
            let row = row_tokens(input)?;
            rows.extend(mistakes.keep(Row::parse.parse2(row)));
        }
        Ok(Table { attributes, visibility, name, rows, mistakes })
    }
}

/// The tokens up to a semicolon, and it. Rows are cut out before they are read, so that a broken one ends there.
fn row_tokens(input: ParseStream<'_>) -> Result<TokenStream> {
    let mut row = TokenStream::new();
    let mut last = false;
    while !input.is_empty() && !last {
        last = input.peek(Token![;]);
        row.extend([input.parse::<TokenTree>()?]);
    }
    Ok(row)
}

impl Row {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let docs = docs(input)?;
        let op = input.parse()?;
        let constants = if input.peek(token::Brace) { constants(input)? } else { Vec::new() };
        input.parse::<Token![:]>()?;
        let method = input.parse()?;
        let operands = operands(input)?;
        input.parse::<Token![=]>()?;
        let formula = input.parse()?;
        let gradient = Gradient::DualNumbers;
        let (ranges, kinks) = (Vec::new(), Vec::new());
        let unknown = Mistakes::default();
        let (integers, halves) = (None, None);
        let mut row =
            Row { docs, op, constants, method, operands, formula, integers, halves, gradient, ranges, kinks, unknown };
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.peek(Token![;]) {
            row.clause(input)?;
        }
        match input.parse::<Option<Token![;]>>()? {
            Some(_) => Ok(row),
            None => Err(input.error("a row ends in `;`, and commas stand between its clauses")),
        }
    }

    fn clause(&mut self, input: ParseStream<'_>) -> Result<()> {
        if input.peek(Token![for]) {
            input.parse::<Token![for]>()?;
            self.ranges.push(input.parse()?);
            return Ok(());
        }
        let name: Ident = input.parse()?;
        if input.peek(Token![in]) {
            self.ranges.push(Range::of(name, input)?);
            return Ok(());
        }
        match name.to_string().as_str() {
            "flat" => self.set_gradient(&name, Gradient::Flat),
            "derivative" => {
                input.parse::<Token![=]>()?;
                let derivatives = derivatives(input.parse()?, self.operands.len());
                self.set_gradient(&name, Gradient::Explicit(derivatives))
            }
            "integers" => {
                input.parse::<Token![=]>()?;
                self.integers = Some(input.parse()?);
                Ok(())
            }
            "halves" => {
                input.parse::<Token![=]>()?;
                self.halves = Some(input.parse()?);
                Ok(())
            }
            "except_at" => {
                input.parse::<Token![=]>()?;
                self.kinks.extend(numbers(input)?);
                Ok(())
            }
            _ => self.unknown_clause(&name, input),
        }
    }

    /// Reports the clause and reads on behind it, so that the method exists and its calls are no mistakes of their own.
    fn unknown_clause(&mut self, name: &Ident, input: ParseStream<'_>) -> Result<()> {
        self.unknown.push(
            name,
            format!(
                "`{name}` is no clause of a row\n\
                 there are `for x in a..b`, `derivative = ..`, `flat`, `except_at = [..]`, `integers = ..` and \
                 `halves = ..`"
            ),
        );
        while !input.is_empty() && !input.peek(Token![,]) && !input.peek(Token![;]) {
            input.parse::<TokenTree>()?;
        }
        Ok(())
    }

    fn set_gradient(&mut self, clause: &Ident, gradient: Gradient) -> Result<()> {
        if !matches!(self.gradient, Gradient::DualNumbers) {
            return Err(Error::new(clause.span(), "a row has one source of its gradient: `derivative = ..` or `flat`"));
        }
        self.gradient = gradient;
        Ok(())
    }
}

/// Attributes that are doc comments; others have nothing to stand on, for a row becomes several items.
fn docs(input: ParseStream<'_>) -> Result<Vec<Attribute>> {
    let attributes = input.call(Attribute::parse_outer)?;
    match attributes.iter().find(|attribute| !attribute.path().is_ident("doc")) {
        Some(other) => Err(Error::new_spanned(other, "only doc comments may stand here")),
        None => Ok(attributes),
    }
}

fn constants(input: ParseStream<'_>) -> Result<Vec<Constant>> {
    let inside;
    braced!(inside in input);
    Ok(Punctuated::<Constant, Token![,]>::parse_terminated(&inside)?.into_iter().collect())
}

impl Parse for Constant {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let docs = docs(input)?;
        let name: Ident = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty: Ident = input.parse()?;
        if ty != "f64" {
            return Err(Error::new(ty.span(), "constants are `f64` for every element type"));
        }
        if !input.peek(Token![=]) {
            let cure = format!("`{name}` needs a value for examples and tests: `{name}: f64 = 0.5`");
            return Err(Error::new(name.span(), cure));
        }
        input.parse::<Token![=]>()?;
        Ok(Constant { docs, name, example: input.parse()? })
    }
}

fn operands(input: ParseStream<'_>) -> Result<Vec<Ident>> {
    let inside;
    parenthesized!(inside in input);
    Ok(Punctuated::<Ident, Token![,]>::parse_terminated(&inside)?.into_iter().collect())
}

/// A tuple holds one derivative an operand; with one operand the expression is its derivative.
fn derivatives(written: Expr, operands: usize) -> Vec<Expr> {
    match written {
        Expr::Tuple(tuple) if operands != 1 || tuple.elems.len() != 1 => tuple.elems.into_iter().collect(),
        written => vec![written],
    }
}

fn numbers(input: ParseStream<'_>) -> Result<Vec<Number>> {
    let inside;
    bracketed!(inside in input);
    Ok(Punctuated::<Number, Token![,]>::parse_terminated(&inside)?.into_iter().collect())
}

impl Parse for Range {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        Range::of(input.parse()?, input)
    }
}

impl Range {
    fn of(operand: Ident, input: ParseStream<'_>) -> Result<Self> {
        input.parse::<Token![in]>()?;
        let written: Expr = input.parse()?;
        let ends = match &written {
            Expr::Range(ExprRange { start: Some(low), end: Some(high), limits: RangeLimits::HalfOpen(_), .. }) => {
                number(low).zip(number(high))
            }
            _ => None,
        };
        let Some((low, high)) = ends else {
            return Err(Error::new_spanned(written, "a sample range is two literal numbers: `-3.0..3.0`"));
        };
        Ok(Range { operand, low, high })
    }
}

impl Parse for Number {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let written: Expr = input.parse()?;
        number(&written).ok_or_else(|| Error::new_spanned(&written, "expected a literal number, such as `-0.5`"))
    }
}

fn number(written: &Expr) -> Option<Number> {
    Some(Number { value: literal(written)?, written: written.clone() })
}

fn literal(written: &Expr) -> Option<f64> {
    match written {
        // What a `macro_rules!` fragment such as `$low:expr` becomes.
        Expr::Group(group) => literal(&group.expr),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => literal(expr).map(|value| -value),
        Expr::Lit(ExprLit { lit: Lit::Float(literal), .. }) => literal.base10_parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) => literal.base10_parse().ok(),
        _ => None,
    }
}

impl ToTokens for Number {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.written.to_tokens(tokens);
    }
}
