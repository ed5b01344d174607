//! Prints a checked table: a type and an impl for each row, the trait with its methods and docs, the catalogue.
//!
//! Apart from `check` because here nothing can be wrong any more; each function prints one item.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Expr, Ident, Visibility};

use super::docs;
use super::parse::{Gradient, Row, Table};
use crate::text::{fresh, idents, tidy};

/// Where the printed code finds the library; the only place that names its modules.
mod home {
    pub(super) const NUM: &str = "::congruent::num::Num";
    pub(super) const OPS: &str = "::congruent::ops";
    pub(super) const GRAPH: &str = "::congruent::graph";
    pub(super) const LOOPS: &str = "::congruent::loops";
    pub(super) const ELEM: &str = "::congruent::dtype::Elem";
    pub(super) const INTEGER: &str = "::congruent::dtype::Integer";
    pub(super) const NUMERIC: &str = "::congruent::dtype::Numeric";
    pub(super) const FLOATING: &str = "::congruent::dtype::Floating";
    pub(super) const SAME_DEVICE: &str = "::congruent::device::SameDevice";
    pub(super) const BROADCAST: &str = "::congruent::shape::Broadcast";
    pub(super) const BROADCASTED: &str = "::congruent::shape::Broadcasted";
}

fn path(text: &str) -> TokenStream {
    text.parse().expect("the paths of `home` are tokens")
}

/// All items of a table.
pub(super) fn emit(table: &Table) -> TokenStream {
    let mut items = TokenStream::new();
    for row in &table.rows {
        items.extend(op_type(&table.visibility, &table.name, row));
        items.extend(pointwise(row));
        items.extend(of_integers(row));
    }
    items.extend(methods(table));
    items.extend(catalogue(table));
    items
}

fn op_type(visibility: &Visibility, table: &Ident, row: &Row) -> TokenStream {
    let (docs, op) = (&row.docs, &row.op);
    let link = format!("\n\nThe operation of [`{table}::{}`].", row.method);
    let fields = row.constants.iter().map(|constant| {
        let (docs, name) = (constant_docs(&constant.docs, &constant.name), &constant.name);
        let number = if row.integers.is_some() { quote!(K) } else { quote!(f64) };
        quote!(#docs #visibility #name: #number)
    });
    // Beside integers constants are integers.
    let generics = of_own_number(row).then(|| quote!(<K = f64>));
    let body = if row.constants.is_empty() { quote!(;) } else { quote!({ #(#fields),* }) };
    quote! {
        #(#docs)* #[doc = #link]
        #[derive(Clone, Copy, Debug, PartialEq)]
        #visibility struct #op #generics #body
    }
}

/// Whether the row has constants of the operands' own kind of number.
fn of_own_number(row: &Row) -> bool {
    row.integers.is_some() && !row.constants.is_empty()
}

fn constant_docs(written: &[Attribute], name: &Ident) -> TokenStream {
    let default = format!("The constant `{name}` of the formula.");
    if written.is_empty() { quote!(#[doc = #default]) } else { quote!(#(#written)*) }
}

/// The impl of `Pointwise1`, `Pointwise2` or `Pointwise3`.
fn pointwise(row: &Row) -> TokenStream {
    let (ops, num, op) = (path(home::OPS), path(home::NUM), &row.op);
    let law = format_ident!("Pointwise{}", row.operands.len());
    let (operands, formula) = (&row.operands, &row.formula);
    let constants = constants_of(row, [formula]);
    let derivative = with_derivative(row);
    let v = Ident::new("V", row.method.span());
    let called = called(row);
    let halves = row.halves.as_ref().map(|formula| {
        let constants = constants_of(row, [formula]);
        quote! {
            const HALVES: bool = true;
            #[inline(always)]
            fn of_halves<#v: #num>(self, #(#operands: #v),*) -> #v {
                #constants
                #formula
            }
        }
    });
    quote! {
        impl #ops::#law for #op {
            #called
            #halves
            #[inline(always)]
            fn value<#v: #num>(self, #(#operands: #v),*) -> #v {
                #constants
                #formula
            }
            #derivative
        }
    }
}

/// The impl of `Exact1`, `Exact2` or `Exact3` for all integers.
fn of_integers(row: &Row) -> Option<TokenStream> {
    let formula = row.integers.as_ref()?;
    let (graph, loops, integer) = (path(home::GRAPH), path(home::LOOPS), path(home::INTEGER));
    let op = &row.op;
    let law = format_ident!("Exact{}", row.operands.len());
    let (operands, constants) = (&row.operands, constants_of(row, [formula]));
    let e = Ident::new("E", row.method.span());
    let v = Ident::new("V", row.method.span());
    let own = of_own_number(row).then(|| quote!(<#e>));
    let (called, mentioned) = (called(row), idents(formula));
    let numbers = row.constants.iter().map(|constant| &constant.name).filter(|name| mentioned.contains(name));
    Some(quote! {
        impl<#e: #integer> #graph::#law<#e> for #op #own {
            #called
            #[inline(always)]
            fn value<#v: #loops::Int<#e>>(self, #(#operands: #v,)* faults: &mut #loops::Faults) -> #v {
                #constants
                #(let #numbers = #v::c(#numbers);)*
                #loops::Outcome::<#v>::value(#formula, faults)
            }
        }
    })
}

/// The name of the row, and its constants in words.
fn called(row: &Row) -> TokenStream {
    let (name, graph) = (docs::plain(&row.method), path(home::GRAPH));
    let constants = row.constants.iter().map(|constant| {
        let (name, field) = (docs::plain(&constant.name), &constant.name);
        quote!((#name, ::std::format!("{:?}", self.#field)))
    });
    let constants = (!row.constants.is_empty()).then(|| {
        quote! {
            #[inline]
            fn constants(&self) -> #graph::Constants {
                ::std::vec![#(#constants),*]
            }
        }
    });
    let op = &row.op;
    let only = row
        .constants
        .is_empty()
        .then(|| quote!(const ONLY: ::std::option::Option<Self> = ::std::option::Option::Some(#op);));
    quote! {
        const NAME: &'static str = #name;
        #only
        #constants
    }
}

/// Overrides the trait's default, which differentiates `value` with dual numbers.
fn with_derivative(row: &Row) -> Option<TokenStream> {
    let zero: Expr = syn::parse_quote!(V::c(0.0));
    let derivatives = match &row.gradient {
        Gradient::DualNumbers => return None,
        Gradient::Explicit(derivatives) => derivatives.clone(),
        Gradient::Flat => vec![zero; row.operands.len()],
    };
    let (num, operands) = (path(home::NUM), &row.operands);
    let constants = constants_of(row, &derivatives);
    let values = operands.iter().map(|_| quote!(V));
    Some(quote! {
        #[inline(always)]
        fn with_derivative<V: #num>(self, #(#operands: V),*) -> (V, #(#values),*) {
            #constants
            (self.value(#(#operands),*), #(#derivatives),*)
        }
    })
}

/// Brings the constants that these formulas mention into scope.
fn constants_of<'a>(row: &Row, formulas: impl IntoIterator<Item = &'a Expr>) -> Option<TokenStream> {
    let mentioned: Vec<_> = formulas.into_iter().flat_map(idents).collect();
    let names = row.constants.iter().map(|constant| &constant.name).filter(|name| mentioned.contains(name));
    let names: Vec<_> = names.collect();
    let rest = (names.len() < row.constants.len()).then(|| quote!(..));
    (!names.is_empty()).then(|| quote!(let Self { #(#names,)* #rest } = self;))
}

/// The trait, and that every operand has it.
fn methods(table: &Table) -> TokenStream {
    let (ops, name, visibility) = (path(home::OPS), &table.name, &table.visibility);
    let (attributes, methods) = (&table.attributes, table.rows.iter().map(method));
    quote! {
        #(#attributes)*
        #visibility trait #name: #ops::Operand + Sized {
            #(#methods)*
        }
        impl<X: #ops::Operand> #name for X {}
    }
}

fn method(row: &Row) -> TokenStream {
    let (ops, op, method) = (path(home::OPS), &row.op, &row.method);
    let (written, generated) = (&row.docs, docs::section(row));
    let names: Vec<_> = row.constants.iter().map(|constant| &constant.name).collect();
    let value = if names.is_empty() { quote!(#op) } else { quote!(#op { #(#names),* }) };
    let others = &row.operands[1..];
    let [rhs, y, z] = ["Rhs", "Y", "Z"].map(|name| fresh(name, std::slice::from_ref(op)));
    let (types, bounds) = match others.len() {
        0 => (vec![], bounds_of_one(row)),
        1 => (vec![&rhs], bounds_of_two(row, &rhs)),
        _ => (vec![&y, &z], bounds_of_three(row, &y, &z)),
    };
    let (output, call) = match others.len() {
        0 => ("UnaryOf", "unary"),
        1 => ("BinaryOf", "binary"),
        _ => ("TernaryOf", "ternary"),
    };
    let (output, call) = match row.integers {
        Some(_) => (format_ident!("{output}Numbers"), format_ident!("{call}_of_numbers")),
        None => (format_ident!("{output}"), format_ident!("{call}")),
    };
    let (own, number) = match of_own_number(row) {
        true => (Some(quote!(<#ops::NumberOf<Self>>)), quote!(#ops::NumberOf<Self>)),
        false => (None, quote!(f64)),
    };
    let generics = (!types.is_empty()).then(|| quote!(<#(#types: #ops::Term<Self::E, Self::D>),*>));
    quote! {
        #(#written)* #[doc = #generated]
        #[inline]
        #[track_caller]
        fn #method #generics (self, #(#others: #types,)* #(#names: #number),*)
            -> #ops::#output<#op #own, Self, #(#ops::OtherOf<Self, #types>),*>
        where #bounds
        {
            let first = #ops::Operand::ex(self);
            #(let #others = #ops::beside::<Self, _>(first.device(), #others);)*
            #ops::#call(#value, first, #(#others),*)
        }
    }
}

/// What the first operand is made of.
fn numbers(row: &Row) -> TokenStream {
    path(if row.integers.is_some() { home::NUMERIC } else { home::FLOATING })
}

fn bounds_of_one(row: &Row) -> TokenStream {
    let floating = numbers(row);
    quote!(Self::E: #floating)
}

fn bounds_of_two(row: &Row, rhs: &Ident) -> TokenStream {
    let (ops, floating, device) = (path(home::OPS), numbers(row), path(home::SAME_DEVICE));
    let broadcast = path(home::BROADCAST);
    quote! {
        Self::E: #floating,
        #rhs::Factor: #ops::Over<Self::E, #rhs::E>,
        Self::D: #device<#rhs::D>,
        Self::S: #broadcast<#rhs::S>
    }
}

fn bounds_of_three(row: &Row, y: &Ident, z: &Ident) -> TokenStream {
    let (ops, floating, device) = (path(home::OPS), numbers(row), path(home::SAME_DEVICE));
    let (broadcast, broadcasted) = (path(home::BROADCAST), path(home::BROADCASTED));
    quote! {
        Self::E: #floating,
        #y::Factor: #ops::Over<Self::E, #y::E>,
        #z::Factor: #ops::Over<Self::E, #z::E>,
        Self::D: #device<#y::D> + #device<#z::D>,
        Self::S: #broadcast<#y::S>,
        #broadcasted<Self::S, #y::S>: #broadcast<#z::S>
    }
}

/// `UnaryTable`, through which docs and tests visit every row.
fn catalogue(table: &Table) -> TokenStream {
    let (ops, visibility) = (path(home::OPS), &table.visibility);
    let name = format_ident!("{}Table", table.name);
    let about = format!("The rows of [`{}`], for whoever visits the catalogue.", table.name);
    let visits = table.rows.iter().map(|row| visit(row, |constant| quote!(#constant)));
    let numbers = path(home::ELEM);
    let of_integers = table.rows.iter().filter(|row| row.integers.is_some());
    let of_integers = of_integers.map(|row| visit(row, |constant| quote!(<I::E as #numbers>::of_f64(#constant))));
    let of_integers: Vec<_> = of_integers.collect();
    let [visitor, of_no_integers] =
        [table.rows.is_empty(), of_integers.is_empty()].map(|none| if none { quote!(_) } else { quote!(v) });
    quote! {
        #[doc = #about]
        #[derive(Clone, Copy, Debug)]
        #visibility struct #name;
        impl #ops::Catalogue for #name {
            fn visit(#visitor: &mut impl #ops::Visitor) { #(#visits)* }
            fn visit_integers<I: #ops::IntegerVisitor>(#of_no_integers: &mut I) { #(#of_integers)* }
        }
    }
}

/// Shows one row, with constants that `number` makes of the examples'.
fn visit(row: &Row, number: impl Fn(f64) -> TokenStream) -> TokenStream {
    let (ops, op) = (path(home::OPS), &row.op);
    let visit = format_ident!("{}", ["unary", "binary", "ternary"][row.operands.len() - 1]);
    let (name, op_name) = (docs::plain(&row.method), docs::plain(op));
    let (formula, text) = (tidy(&row.formula), docs::text(&row.docs));
    let samples = row.ranges.iter().map(|range| {
        let (low, high) = (range.low.value, range.high.value);
        quote!((#low, #high))
    });
    let constants = row.constants.iter().map(|constant| {
        let (name, value) = (docs::plain(&constant.name), constant.example.value);
        quote!((#name, #value))
    });
    let fields = row.constants.iter().map(|constant| {
        let (name, value) = (&constant.name, number(constant.example.value));
        quote!(#name: #value)
    });
    let value = if row.constants.is_empty() { quote!(#op) } else { quote!(#op { #(#fields),* }) };
    let kinks = row.kinks.iter().map(|kink| kink.value);
    let flat = matches!(row.gradient, Gradient::Flat);
    quote! {
        v.#visit(
            &#ops::Row {
                name: #name, op: #op_name, formula: #formula, docs: #text, samples: &[#(#samples),*],
                constants: &[#(#constants),*], kinks: &[#(#kinks),*], flat: #flat,
            },
            #value,
        );
    }
}
