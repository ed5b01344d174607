//! Prints a pattern as at most four operations: axes cut, reduced, moved, joined.
//!
//! Apart from `check.rs`, which has made sure that each name means one axis. Lengths travel as values of their dims, so
//! their types are the compiler's work.

use super::check::{Checked, Joined};
use crate::einsum::emit::{at, labelled, literal, spot, variable, view};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;

/// The whole block.
pub(crate) fn emit(checked: &Checked) -> TokenStream {
    let x = variable(0);
    let read = labelled(0, &checked.operand, checked.left.len());
    let given = checked.given.iter().enumerate().filter_map(|(axis, value)| {
        let name = size(axis);
        value.as_ref().map(|value| quote!(let #name = #value;))
    });
    let lengths = checked.left.iter().enumerate().map(|(place, group)| lengths(checked, place, group));
    let (cut, moved) = (cut(checked), moved(checked));
    let joined = joined(checked);
    quote!({
        #read
        #(#given)*
        #(#lengths)*
        #cut
        #moved
        #joined
        #x
    })
}

/// The variable of the length of an axis.
fn size(axis: usize) -> Ident {
    format_ident!("size{axis}", span = Span::mixed_site())
}

/// The lengths of the axes in one axis of the operand.
fn lengths(checked: &Checked, place: usize, group: &[usize]) -> TokenStream {
    let (x, index) = (variable(0), literal(place));
    let whole = at(&x, place);
    let open = group.iter().find(|&&axis| checked.given[axis].is_none());
    match (group, open) {
        ([], _) => quote!(::congruent::ops::einsum::single::<#index, _>(&#x);),
        ([axis], None | Some(_)) => {
            let name = size(*axis);
            quote!(let #name = #whole;)
        }
        (_, Some(open)) => {
            let known: Vec<usize> = group.iter().copied().filter(|axis| axis != open).collect();
            let (name, divisor) = (size(*open), times(&known));
            let span = given_span(checked, &known);
            let whole = quote_spanned!(span=> ::congruent::ops::einsum::Reader.cut(#whole));
            let call = quote_spanned!(span=> ::congruent::ops::einsum::Reader.divided(#whole, #divisor));
            quote!(let #name = #call;)
        }
        (_, None) => {
            let (parts, span) = (group.iter().map(|&axis| size(axis)), given_span(checked, group));
            quote_spanned!(span=> ::congruent::ops::einsum::whole((#whole,), (#(#parts,)*));)
        }
    }
}

/// Where the first of these sizes is given.
fn given_span(checked: &Checked, axes: &[usize]) -> Span {
    axes.iter().find_map(|&axis| checked.given[axis].as_ref()).map_or_else(Span::mixed_site, spot)
}

/// The product of lengths.
fn times(axes: &[usize]) -> TokenStream {
    let mut axes = axes.iter().map(|&axis| size(axis));
    let first = axes.next().map(|axis| quote!(#axis));
    let first = first.unwrap_or_else(|| quote!(::congruent::ops::einsum::one()));
    let pair = Ident::new("pair", Span::mixed_site());
    axes.fold(first, |product, axis| {
        // A variable, because rustc asks the law as soon as it knows the first element of a pair.
        quote!({ let #pair = (#product, #axis); ::congruent::ops::einsum::Reader.times(#pair) })
    })
}

/// The operand with an axis for each name.
fn cut(checked: &Checked) -> Option<TokenStream> {
    let sizes = checked.left.iter().flatten().map(|&axis| size(axis));
    let shape = quote!((#(#sizes,)*));
    checked.left.iter().any(|group| group.len() != 1).then(|| regrouped(&shape))
}

fn regrouped(shape: &TokenStream) -> TokenStream {
    let x = variable(0);
    quote!(let #x = ::congruent::ops::einsum::regrouped(#x, #shape);)
}

/// The axes that are not kept are reduced; the others get the order of the result, beside new ones.
fn moved(checked: &Checked) -> TokenStream {
    let (x, left) = (variable(0), checked.left.concat());
    let right: Vec<usize> = checked.right.iter().flat_map(|joined| joined.axes.clone()).collect();
    let lost = (0..left.len()).filter(|&place| !right.contains(&left[place])).map(literal).collect::<Vec<_>>();
    let reduced = checked.reduction.as_ref().filter(|_| !lost.is_empty()).map(|reduction| {
        let method = format_ident!("{reduction}_axes");
        quote!(let #x = ::congruent::ops::Reductions::#method::<::congruent::Axes![#(#lost),*]>(#x);)
    });
    let kept: Vec<usize> = left.into_iter().filter(|axis| right.contains(axis)).collect();
    let sizes = right.iter().map(|&axis| size(axis));
    let shape = Ident::new("shape", Span::mixed_site());
    let view = (kept != right).then(|| {
        let view = view(&x, &shape, &kept, &right);
        quote!(let #shape = (#(#sizes,)*); #view)
    });
    quote!(#reduced #view)
}

/// The axes of the result.
fn joined(checked: &Checked) -> Option<TokenStream> {
    let axes = checked.right.iter().map(|joined| match &joined.given {
        None => times(&joined.axes),
        Some(given) => whole(joined, given),
    });
    let shape = quote!((#(#axes,)*));
    checked.right.iter().any(|joined| joined.axes.len() != 1).then(|| regrouped(&shape))
}

/// A given length of joined axes, which must have as many elements.
fn whole(joined: &Joined, given: &Expr) -> TokenStream {
    let (parts, name) = (joined.axes.iter().map(|&axis| size(axis)), Ident::new("joined", Span::mixed_site()));
    let span = spot(given);
    let check = quote_spanned!(span=> ::congruent::ops::einsum::whole((#(#parts,)*), (#name,)););
    quote!({ let #name = #given; #check #name })
}
