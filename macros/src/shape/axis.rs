//! Prints what happens at one axis of a shape, counted from either end.

use super::rank::{Axes, MAX_RANK, inserted, positions, replaced, tuple, without};
use proc_macro2::TokenStream;
use quote::quote;

/// `impl AxisAt<1> for (A, B, C)`, and `AxisAt<-2>` of the same body
pub(crate) fn axis_at() -> TokenStream {
    let mut printed = TokenStream::new();
    for rank in 1..=MAX_RANK {
        for index in 0..rank {
            printed.extend(positions(index, rank).map(|position| axis_of(&Axes::left(rank), index, position)));
        }
    }
    printed
}

fn axis_of(axes: &Axes, index: usize, position: isize) -> TokenStream {
    let (generics, shape, types, fields) = (axes.generics(), axes.shape(), axes.types(), axes.fields("self"));
    let (at, at_field) = (&types[index], &fields[index]);
    let (kept, removed) = (tuple(&replaced(&types, index, quote! { One })), tuple(&without(&types, index)));
    let with = tuple(&replaced(&types, index, quote! { N }));
    let removed_value = tuple(&without(&fields, index));
    let with_value = tuple(&replaced(&fields, index, quote! { size }));
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> AxisAt<#position> for #shape {
            type At = #at;
            type Keep = #kept;
            type Removed = #removed;
            type With<N: Dim> = #with;
            const INDEX: usize = #index;
            #[cfg_attr(optimised, inline(always))]
            fn at(self) -> #at {
                #at_field
            }
            #[cfg_attr(optimised, inline(always))]
            fn remove(self) -> #removed {
                #removed_value
            }
            #[cfg_attr(optimised, inline(always))]
            fn with<N: Dim>(self, size: N) -> #with {
                #with_value
            }
            #[cfg_attr(optimised, inline(always))]
            fn keep(self) -> #kept {
                AxisAt::<#position>::with(self, One::default())
            }
        }
    }
}

/// `impl InsertAxis<1> for (A, B)` is `(A, D<1>, B)`; `-1` is behind the last axis
pub(crate) fn insert_axis() -> TokenStream {
    let mut printed = TokenStream::new();
    for rank in 0..MAX_RANK {
        for index in 0..=rank {
            printed.extend(positions(index, rank + 1).map(|position| insert_of(&Axes::left(rank), index, position)));
        }
    }
    printed
}

fn insert_of(axes: &Axes, index: usize, position: isize) -> TokenStream {
    let (generics, shape) = (axes.generics(), axes.shape());
    let with = tuple(&inserted(&axes.types(), index, quote! { N }));
    let with_value = tuple(&inserted(&axes.fields("self"), index, quote! { size }));
    let out = tuple(&inserted(&axes.types(), index, quote! { One }));
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> InsertAxis<#position> for #shape {
            type Out = #out;
            type With<N: Dim> = #with;
            const INDEX: usize = #index;
            #[cfg_attr(optimised, inline(always))]
            fn insert_with<N: Dim>(self, size: N) -> #with {
                #with_value
            }
            #[cfg_attr(optimised, inline(always))]
            fn insert(self) -> #out {
                InsertAxis::<#position>::insert_with(self, One::default())
            }
        }
    }
}
