//! Prints a pattern as at most four operations: axes cut, reduced, moved, joined.
//!
//! Apart from `check.rs`, which has made sure that each name means one axis. Lengths travel as values of their dims, so
//! their types are the compiler's work.

use super::check::{Checked, Joined};
use crate::einsum::check::REST;
use crate::einsum::emit::{around, at, elliptic, labelled, literal, spot, unnamed, variable, view};
use crate::einsum::lower::position;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;

/// The whole block.
pub(crate) fn emit(checked: &Checked) -> TokenStream {
    let x = variable(0);
    let axes: Vec<usize> = checked.left.iter().map(|group| if *group == [REST] { REST } else { 0 }).collect();
    let read = match ends(&axes) {
        None => labelled(0, &checked.operand, checked.left.len()),
        Some(named) => elliptic(0, &checked.operand, named),
    };
    let given = checked.given.iter().enumerate().filter_map(|(axis, value)| {
        let name = size(axis);
        value.as_ref().map(|value| quote!(let #name = #value;))
    });
    let lengths = checked.left.iter().enumerate().map(|(place, group)| match ends(&axes) {
        Some(named) if *group == [REST] => {
            let (rest, call) = (size(REST), unnamed(&x, named));
            quote!(let #rest = #call;)
        }
        _ => lengths(checked, position(&axes, place), group),
    });
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

/// How many axes stand before and after `...`.
fn ends(axes: &[usize]) -> Option<[usize; 2]> {
    axes.iter().position(|axis| *axis == REST).map(|before| [before, axes.len() - before - 1])
}

/// The variable of the length of an axis; of the axes that `...` stands for.
fn size(axis: usize) -> Ident {
    if axis == REST {
        Ident::new("rest", Span::mixed_site())
    } else {
        format_ident!("size{axis}", span = Span::mixed_site())
    }
}

/// The shape of these axes.
fn shape_of(axes: &[usize]) -> TokenStream {
    let sizes = axes.iter().map(|&axis| (axis != REST).then(|| size(axis)).map(|size| quote!(#size)));
    around(&sizes.collect::<Vec<_>>(), Some(size(REST)))
}

/// The lengths of the axes in one axis of the operand.
fn lengths(checked: &Checked, place: isize, group: &[usize]) -> TokenStream {
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
    let mut axes = axes.iter().map(|&axis| match size(axis) {
        rest if axis == REST => quote!(::congruent::ops::einsum::merged(#rest)),
        size => quote!(#size),
    });
    let first = axes.next();
    let first = first.unwrap_or_else(|| quote!(::congruent::ops::einsum::one()));
    let pair = Ident::new("pair", Span::mixed_site());
    axes.fold(first, |product, axis| {
        // A variable, because rustc asks the law as soon as it knows the first element of a pair.
        quote!({ let #pair = (#product, #axis); ::congruent::ops::einsum::Reader.times(#pair) })
    })
}

/// The operand with an axis for each name.
fn cut(checked: &Checked) -> Option<TokenStream> {
    let shape = shape_of(&checked.left.concat());
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
    let kept: Vec<usize> = left.iter().copied().filter(|axis| right.contains(axis)).collect();
    let reduced = checked.reduction.as_ref().map(|reduction| reduced(reduction, &left, &kept));
    let shape = Ident::new("shape", Span::mixed_site());
    let view = (kept != right).then(|| {
        let (view, axes) = (view(&x, &shape, &kept, &right), shape_of(&right));
        quote!(let #shape = #axes; #view)
    });
    quote!(#reduced #view)
}

/// The operand without the axes that are not kept: first those with names, then those that `...` stands for.
fn reduced(reduction: &Ident, left: &[usize], kept: &[usize]) -> TokenStream {
    let x = variable(0);
    let lost = (0..left.len()).filter(|&place| left[place] != REST && !kept.contains(&left[place]));
    let lost: Vec<_> = lost.map(|place| literal(position(left, place))).collect();
    let named = (!lost.is_empty()).then(|| {
        let method = format_ident!("{reduction}_axes");
        quote!(let #x = ::congruent::ops::Reductions::#method::<::congruent::Axes![#(#lost),*]>(#x);)
    });
    let now: Vec<usize> = left.iter().copied().filter(|axis| *axis == REST || kept.contains(axis)).collect();
    let rest = ends(&now).filter(|_| !kept.contains(&REST)).map(|[before, after]| {
        let function = Ident::new(&reduction.to_string(), Span::mixed_site());
        quote!(let #x = ::congruent::ops::einsum::#function::<#before, #after, _>(#x);)
    });
    quote!(#named #rest)
}

/// The axes of the result.
fn joined(checked: &Checked) -> Option<TokenStream> {
    let axes = checked.right.iter().map(|joined| match &joined.given {
        _ if joined.is_rest => None,
        None => Some(times(&joined.axes)),
        Some(given) => Some(whole(joined, given)),
    });
    let shape = around(&axes.collect::<Vec<_>>(), Some(size(REST)));
    let same = |joined: &Joined| joined.is_rest || (joined.axes.len() == 1 && joined.axes != [REST]);
    (!checked.right.iter().all(same)).then(|| regrouped(&shape))
}

/// A given length of joined axes, which must have as many elements.
fn whole(joined: &Joined, given: &Expr) -> TokenStream {
    let (parts, name) = (shape_of(&joined.axes), Ident::new("joined", Span::mixed_site()));
    let span = spot(given);
    let check = quote_spanned!(span=> ::congruent::ops::einsum::whole(#parts, (#name,)););
    quote!({ let #name = #given; #check #name })
}
