//! Prints how a shape is cut around the axes that `...` stands for, put together again, and what these make as one.

use super::rank::{Axes, MAX_RANK, tuple};
use proc_macro2::TokenStream;
use quote::quote;

/// `impl Ellipsis<1, 1> for (A, B, C)` has `(B,)` in the middle
pub(crate) fn ellipsis() -> TokenStream {
    let mut printed = TokenStream::new();
    for rank in 0..=MAX_RANK {
        for before in 0..=rank {
            printed.extend((0..=rank - before).map(|after| ellipsis_of(&Axes::left(rank), before, after)));
        }
    }
    printed
}

fn ellipsis_of(axes: &Axes, before: usize, after: usize) -> TokenStream {
    let (generics, shape, rank) = (axes.generics(), axes.shape(), axes.rank());
    let middle = before..rank - after;
    let (types, value) = (tuple(&axes.types()[middle.clone()]), tuple(&axes.fields("self")[middle.clone()]));
    let positions = middle.map(|position| position as isize);
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> Ellipsis<#before, #after> for #shape {
            type Whole = Self;
            type Middle = #types;
            type Positions = (#(Axis<#positions>,)*);
            #[cfg_attr(optimised, inline(always))]
            fn whole(self) -> Self {
                self
            }
            #[cfg_attr(optimised, inline(always))]
            fn middle(self) -> #types {
                #value
            }
        }
    }
}

/// `impl Between<(A,), (C,)> for (B,)` is `(A, B, C)`
pub(crate) fn between() -> TokenStream {
    let mut printed = TokenStream::new();
    for rank in 0..=MAX_RANK {
        for before in 0..=rank {
            printed.extend((0..=rank - before).map(|after| between_of(&Axes::left(rank), before, after)));
        }
    }
    printed
}

fn between_of(axes: &Axes, before: usize, after: usize) -> TokenStream {
    let (generics, shape, types) = (axes.generics(), axes.shape(), axes.types());
    let end = axes.rank() - after;
    let [first, middle, last] = [&types[..before], &types[before..end], &types[end..]].map(tuple);
    let own = |value: &str, count: usize| axes.fields(value)[..count].to_vec();
    let fields = [own("before", before), own("self", end - before), own("after", after)].concat();
    let value = tuple(&fields);
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> Between<#first, #last> for #middle {
            type Out = #shape;
            #[cfg_attr(optimised, inline(always))]
            fn between(self, before: #first, after: #last) -> #shape {
                let _ = (before, after);
                #value
            }
        }
    }
}

/// `impl Merge for (A, B, C)` is `A · B · C`
pub(crate) fn merge() -> TokenStream {
    (0..=MAX_RANK).map(|rank| merge_of(&Axes::left(rank))).collect()
}

/// An axis alone stays what it is, so it may have a name or a run-time size.
fn merge_of(axes: &Axes) -> TokenStream {
    let (generics, shape, types) = (axes.generics(), axes.shape(), axes.types());
    let mut product = types.first().cloned().unwrap_or(quote! { One });
    let mut bounds = Vec::new();
    for factor in types.iter().skip(1) {
        bounds.push(quote! { #product: MulDim<#factor> });
        product = quote! { Multiplied<#product, #factor> };
    }
    let value = if axes.rank() == 1 {
        quote! { self.0 }
    } else {
        quote! { Default::default() }
    };
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> Merge for #shape
        where
            #(#bounds,)*
        {
            type Out = #product;
            #[cfg_attr(optimised, inline(always))]
            fn merge(self) -> #product {
                #value
            }
        }
    }
}
