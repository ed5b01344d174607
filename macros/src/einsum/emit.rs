//! Prints the steps of `einsum!` as calls of the functions in `congruent::ops::einsum`.
//!
//! Apart from `lower.rs`, which has decided what is called. Operands are evaluated first, outside of the block that
//! names the labels, so that no name of ours meets theirs.

use super::check::Checked;
use super::lower::Step;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Expr;

/// The whole block.
pub(crate) fn emit(checked: &Checked, steps: &[Step]) -> TokenStream {
    let operands = checked.operands.iter().enumerate();
    let operands = operands.map(|(slot, (operand, labels))| labelled(slot, operand, labels.len()));
    let agreements = agreements(checked);
    let steps = steps.iter().map(|step| print(checked, step));
    let result = variable(0);
    quote!({
        #(#operands)*
        #agreements
        #(#steps)*
        #result
    })
}

/// An operand, whose rank must be the number of its labels.
pub(crate) fn labelled(slot: usize, operand: &Expr, rank: usize) -> TokenStream {
    let name = variable(slot);
    let call = quote_spanned!(spot(operand)=> ::congruent::ops::einsum::Reader.labelled::<#rank, _>(#operand));
    // In a tuple, or rustc tells the history of the variable in every message.
    quote!(let (#name,) = (#call,);)
}

/// A variable that the user's code cannot see.
pub(crate) fn variable(slot: usize) -> Ident {
    variable_at(slot, Span::mixed_site())
}

/// The same variable, where messages point to the operand that it stands for.
fn variable_at(slot: usize, span: Span) -> Ident {
    Ident::new(&format!("operand{slot}"), span)
}

/// The first word of an operand: what a message about it points to, as stable compilers join no spans.
pub(crate) fn spot(operand: &Expr) -> Span {
    let tokens = operand.to_token_stream().into_iter();
    let mut words = tokens.filter(|token| !matches!(token, TokenTree::Punct(_)));
    let span = words.next().map_or_else(Span::call_site, |word| word.span());
    Span::mixed_site().located_at(span)
}

/// For each label that occurs twice, that the axes are one dim.
fn agreements(checked: &Checked) -> TokenStream {
    let occurrences: Vec<(usize, usize, usize)> = checked
        .operands
        .iter()
        .enumerate()
        .flat_map(|(slot, (_, labels))| labels.iter().enumerate().map(move |(axis, &label)| (label, slot, axis)))
        .collect();
    let mut checks = TokenStream::new();
    for (label, name) in checked.names.iter().enumerate() {
        let mut places = occurrences.iter().filter(|place| place.0 == label);
        let Some(&(_, first, axis)) = places.next() else { continue };
        let operand = |slot: usize| spot(&checked.operands[slot].0);
        checks.extend(places.map(|&(_, slot, other)| agreement(name, [(first, axis), (slot, other)], operand(slot))));
    }
    checks
}

fn agreement(name: &str, places: [(usize, usize); 2], span: Span) -> TokenStream {
    let [(left, i), (right, j)] = places.map(|(slot, axis)| (variable_at(slot, span), literal(axis)));
    let label = syn::parse_str(name).unwrap_or_else(|_| format_ident!("axis_{name}"));
    let call = quote_spanned!(span=> ::congruent::ops::einsum::agree::<#label, #i, #j, _, _>(&#left, &#right));
    quote!({
        // An enum has no constructor, which would hide a variable of that name.
        #[allow(non_camel_case_types, dead_code, reason = "called as in the pattern, only to be named")]
        enum #label {}
        #call
    })
}

/// A position as the argument of a law of axes.
pub(crate) fn literal(axis: usize) -> TokenStream {
    proc_macro2::Literal::usize_unsuffixed(axis).to_token_stream()
}

fn print(checked: &Checked, step: &Step) -> TokenStream {
    let shape = Ident::new("shape", Span::mixed_site());
    match step {
        Step::Shape(places) => {
            let axes = places.iter().map(|&(slot, axis)| at(&variable(slot), axis));
            quote!(let #shape = (#(#axes,)*);)
        }
        Step::View { slot, from, to } => view(&variable(*slot), &shape, from, to),
        Step::Sum { slot, axes } => {
            let (slot, axes) = (variable(*slot), axes.iter().map(|&axis| literal(axis)));
            quote!(let #slot = ::congruent::ops::Reductions::sum_axes::<::congruent::Axes![#(#axes),*]>(#slot);)
        }
        Step::Multiply { left, right } => {
            let (name, span) = (variable(*left), spot(&checked.operands[*right].0));
            let (left, right) = (variable_at(*left, span), variable_at(*right, span));
            let product = quote_spanned!(span=> #left * #right);
            quote!(let #name = #product;)
        }
        Step::Contract { left, right, labels } => {
            let (name, span) = (variable(*left), spot(&checked.operands[*right].0));
            let (left, right) = (variable_at(*left, span), variable_at(*right, span));
            let labels = labels.each_ref().map(|own| letters(own));
            let product = quote_spanned!(span=> #left.contracted(#right, #shape, [#(#labels),*]));
            quote!(let #name = #product;)
        }
    }
}

/// `let x = view(x, shape, "ij", "ji");`
pub(crate) fn view(slot: &Ident, shape: &Ident, from: &[usize], to: &[usize]) -> TokenStream {
    let (from, to) = (letters(from), letters(to));
    quote!(let #slot = ::congruent::ops::einsum::view(#slot, #shape, #from, #to);)
}

/// Axis number `axis` of an operand.
pub(crate) fn at(slot: &Ident, axis: usize) -> TokenStream {
    let axis = literal(axis);
    quote!(::congruent::ops::einsum::at::<#axis, _>(&#slot))
}

/// Labels as the library reads them: a letter each, whatever the user calls them.
pub(crate) fn letters(labels: &[usize]) -> String {
    labels.iter().filter_map(|&label| char::from_u32('a' as u32 + label as u32)).collect()
}
