//! Prints element counts, and several axes made one.

use super::rank::{Axes, MAX_RANK, inserted, positions, replaced, tuple};
use proc_macro2::TokenStream;
use quote::quote;

/// `impl Counted for (A, B)` is `A · B`
pub(crate) fn counted() -> TokenStream {
    (0..=MAX_RANK).map(|rank| counted_of(&Axes::left(rank))).collect()
}

fn counted_of(axes: &Axes) -> TokenStream {
    let (letters, shape) = (&axes.0, axes.shape());
    let numbers: Vec<_> = letters.iter().map(|axis| quote! { <#axis as StaticDim>::Num }).collect();
    let mut product = numbers.first().cloned().unwrap_or(quote! { U1 });
    let mut bounds = Vec::new();
    for number in numbers.iter().skip(1) {
        bounds.push(quote! { #product: Mul<#number> });
        product = quote! { Prod<#product, #number> };
    }
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#(#letters: StaticDim),*> Counted for #shape
        where
            #(#bounds,)*
            #product: Unsigned,
        {
            type Count = #product;
        }
    }
}

/// `impl Factored for (A, B)` is the product of those that are static, and a list of the others
pub(crate) fn factored() -> TokenStream {
    (0..=MAX_RANK).map(|rank| factored_of(&Axes::left(rank))).collect()
}

fn factored_of(axes: &Axes) -> TokenStream {
    let (letters, shape) = (&axes.0, axes.shape());
    let (mut product, mut bounds) = (quote! { U1 }, Vec::new());
    for axis in letters {
        bounds.push(quote! { #product: Mul<<#axis as AxisFactor>::Num, Output: Unsigned> });
        product = quote! { Prod<#product, <#axis as AxisFactor>::Num> };
    }
    let list = letters.iter().rev().fold(quote! { () }, |rest, axis| quote! { <#axis as AxisFactor>::Before<#rest> });
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#(#letters: Dim + AxisFactor),*> Factored for #shape
        where
            #(#bounds,)*
        {
            type Product = #product;
            type RunTime = #list;
        }
    }
}

/// `impl FlattenAs<1> for (A, B, C)` is `(A, L)`
pub(crate) fn flatten_as() -> TokenStream {
    let mut printed = TokenStream::new();
    for rank in 1..=MAX_RANK {
        for index in 0..rank {
            printed.extend(positions(index, rank).map(|position| flatten_as_of(&Axes::left(rank), index, position)));
        }
    }
    printed
}

fn flatten_as_of(axes: &Axes, index: usize, position: isize) -> TokenStream {
    let (generics, shape) = (axes.generics(), axes.shape());
    let (mut types, mut fields) = (axes.types(), axes.fields("self"));
    types.splice(index.., [quote! { L }]);
    fields.splice(index.., [quote! { length }]);
    let (out, value) = (tuple(&types), tuple(&fields));
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> FlattenAs<#position> for #shape {
            type Out<L: Dim> = #out;
            const INDEX: usize = #index;
            #[cfg_attr(optimised, inline(always))]
            fn flat_as<L: Dim>(self, length: L) -> #out {
                #value
            }
        }
    }
}

/// `impl Flatten<1> for (A, B, C)` is `(A, B · C)`
pub(crate) fn flatten() -> TokenStream {
    let mut printed = TokenStream::new();
    for rank in 1..=MAX_RANK {
        for index in 0..rank {
            printed.extend(positions(index, rank).map(|position| flatten_of(&Axes::left(rank), index, position)));
        }
    }
    printed
}

/// The last axis alone stays what it is, so it may have a name or a run-time size.
fn flatten_of(axes: &Axes, index: usize, position: isize) -> TokenStream {
    let (generics, shape) = (axes.generics(), axes.shape());
    let (mut types, mut fields) = (axes.types(), axes.fields("self"));
    let tail = tuple(&types[index..]);
    let mut bound = quote! {};
    if index + 1 < axes.rank() {
        bound = quote! { #tail: Counted<Count: ToDim>, };
        types.splice(index.., [quote! { DimOf<<#tail as Counted>::Count> }]);
        fields.splice(index.., [quote! { Default::default() }]);
    }
    let (out, value) = (tuple(&types), tuple(&fields));
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> Flatten<#position> for #shape
        where
            #bound
        {
            type Out = #out;
            #[cfg_attr(optimised, inline(always))]
            fn flat(self) -> #out {
                #value
            }
        }
    }
}

/// `impl Unflatten<1> for (A, B)` is `(A, M, N)`
pub(crate) fn unflatten() -> TokenStream {
    let mut printed = TokenStream::new();
    for rank in 1..MAX_RANK {
        for index in 0..rank {
            printed.extend(positions(index, rank).map(|position| unflatten_of(&Axes::left(rank), index, position)));
        }
    }
    printed
}

fn unflatten_of(axes: &Axes, index: usize, position: isize) -> TokenStream {
    let (generics, shape) = (axes.generics(), axes.shape());
    let two = |parts: Vec<TokenStream>, first: TokenStream, second: TokenStream| {
        tuple(&inserted(&replaced(&parts, index, second), index, first))
    };
    let out = two(axes.types(), quote! { M }, quote! { N });
    let value = two(axes.fields("self"), quote! { first }, quote! { second });
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> Unflatten<#position> for #shape {
            type Out<M: Dim, N: Dim> = #out;
            #[cfg_attr(optimised, inline(always))]
            fn unflat<M: Dim, N: Dim>(self, first: M, second: N) -> #out {
                #value
            }
        }
    }
}
