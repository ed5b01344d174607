//! Prints the steps of `einsum!` as calls of the functions in `congruent::ops::einsum`.
//!
//! Apart from `lower.rs`, which has decided what is called. Operands are evaluated first, outside of the block that
//! names the labels, so that no name of ours meets theirs.

use super::check::{Checked, REST};
use super::lower::{Place, Step, position};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Expr;

/// The whole block.
pub(crate) fn emit(checked: &Checked, steps: &[Step]) -> TokenStream {
    let operands = checked.operands.iter().enumerate();
    let operands = operands.map(|(slot, (operand, labels))| {
        let rest = labels.iter().position(|label| *label == REST);
        match rest.map(|before| [before, labels.len() - before - 1]) {
            None => labelled(slot, operand, labels.len()),
            Some(named) => {
                let (read, rest) = (elliptic(slot, operand, named), rest_of(slot, operand, named));
                quote!(#read #rest)
            }
        }
    });
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

/// An operand with so many labels before and after `...`.
pub(crate) fn elliptic(slot: usize, operand: &Expr, [before, after]: [usize; 2]) -> TokenStream {
    let name = variable(slot);
    let call =
        quote_spanned!(spot(operand)=> ::congruent::ops::einsum::Reader.elliptic::<#before, #after, _>(#operand));
    quote!(let (#name,) = (#call,);)
}

/// The axes of an operand that `...` stands for.
fn rest_of(slot: usize, operand: &Expr, [before, after]: [usize; 2]) -> TokenStream {
    let (name, rest) = (variable_at(slot, spot(operand)), rest(slot));
    let call = unnamed(&name, [before, after]);
    quote!(let (#rest,) = (#call,);)
}

/// The call that finds the axes that `...` stands for.
pub(crate) fn unnamed(operand: &Ident, [before, after]: [usize; 2]) -> TokenStream {
    quote_spanned!(operand.span()=> ::congruent::ops::einsum::unnamed::<#before, #after, _>(&#operand))
}

/// The variable of the axes that `...` stands for in a slot.
fn rest(slot: usize) -> Ident {
    format_ident!("rest{slot}", span = Span::mixed_site())
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
    let occurrences: Vec<(usize, usize, isize)> = checked
        .operands
        .iter()
        .enumerate()
        .flat_map(|(slot, (_, labels))| places_of(labels).map(move |(label, axis)| (label, slot, axis)))
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

/// Each label with its position.
fn places_of(labels: &[usize]) -> impl Iterator<Item = (usize, isize)> {
    labels.iter().enumerate().map(move |(axis, &label)| (label, position(labels, axis)))
}

fn agreement(name: &str, places: [(usize, isize); 2], span: Span) -> TokenStream {
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
pub(crate) fn literal(axis: isize) -> TokenStream {
    proc_macro2::Literal::isize_unsuffixed(axis).to_token_stream()
}

fn print(checked: &Checked, step: &Step) -> TokenStream {
    let shape = Ident::new("shape", Span::mixed_site());
    match step {
        Step::Meet { right, both } => {
            let (own, other) = (rest(0), rest(*right));
            let met = match both {
                true => quote_spanned!(spot(&checked.operands[*right].0)=>
                    ::congruent::ops::einsum::Reader.met(#own, #other)),
                false => quote!(#other),
            };
            quote!(let #own = #met;)
        }
        Step::Shape(places) => {
            let rest =
                places.iter().find_map(|place| if let Place::Rest(slot) = place { Some(rest(*slot)) } else { None });
            let axes = places.iter().map(|place| match *place {
                Place::Axis(slot, axis) => Some(at(&variable(slot), axis)),
                Place::Rest(_) => None,
            });
            let tuple = around(&axes.collect::<Vec<_>>(), rest);
            quote!(let #shape = #tuple;)
        }
        Step::View { slot, from, to } => view(&variable(*slot), &shape, from, to),
        Step::Sum { slot, axes } => {
            let (slot, axes) = (variable(*slot), axes.iter().map(|&axis| literal(axis)));
            quote!(let #slot = #slot.summed::<::congruent::Axes![#(#axes),*]>();)
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

/// The tuple of these axes; `None` is where those stand that `rest` holds.
pub(crate) fn around(axes: &[Option<TokenStream>], rest: Option<Ident>) -> TokenStream {
    let place = axes.iter().position(Option::is_none);
    let tuple = |axes: &[Option<TokenStream>]| {
        let axes = axes.iter().flatten();
        quote!((#(#axes,)*))
    };
    match (place, rest) {
        (Some(place), Some(rest)) => {
            let (before, after) = (tuple(&axes[..place]), tuple(&axes[place..]));
            quote!(::congruent::ops::einsum::around(#before, #rest, #after))
        }
        _ => tuple(axes),
    }
}

/// `let x = view(x, shape, "ij", "ji");`
pub(crate) fn view(slot: &Ident, shape: &Ident, from: &[usize], to: &[usize]) -> TokenStream {
    let (from, to) = (letters(from), letters(to));
    quote!(let #slot = ::congruent::ops::einsum::view(#slot, #shape, #from, #to);)
}

/// Axis number `axis` of an operand.
pub(crate) fn at(slot: &Ident, axis: isize) -> TokenStream {
    let axis = literal(axis);
    quote!(::congruent::ops::einsum::at::<#axis, _>(&#slot))
}

/// Labels as the library reads them: a letter each, whatever the user calls them, and a point for `...`.
pub(crate) fn letters(labels: &[usize]) -> String {
    let letter = |&label: &usize| if label == REST { Some('.') } else { char::from_u32('a' as u32 + label as u32) };
    labels.iter().filter_map(letter).collect()
}
