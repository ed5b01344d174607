//! Prints what a tuple of dims is as a whole: `Shape`, and what stands at its ends.

use super::rank::{Axes, MAX_RANK, inserted, rank_type, tuple};
use proc_macro2::TokenStream;
use quote::quote;

/// `impl Shape for (A, B)`
pub(crate) fn shape() -> TokenStream {
    let shapes: TokenStream = (0..=MAX_RANK).map(|rank| shape_of(&Axes::left(rank))).collect();
    // The crate that the laws are printed in has the number, too, and this one cannot lend it.
    quote! {
        const _: () = assert!(MAX_RANK == #MAX_RANK, "the laws are printed for another rank");
        #shapes
    }
}

fn shape_of(axes: &Axes) -> TokenStream {
    let (generics, shape, rank, rank_type) = (axes.generics(), axes.shape(), axes.rank(), rank_type(axes.rank()));
    let (letters, fields) = (&axes.0, axes.fields("self"));
    let ones = tuple(&vec![quote! { One }; rank]);
    let stretches = match letters.last() {
        Some(last) => quote! { <#last as Dim>::Stretches },
        None => quote! { On },
    };
    let is_static =
        letters.iter().fold(quote! { On }, |all, axis| quote! { <#all as Flag>::And<<#axis as Dim>::Static> });
    let ones_value = tuple(&vec![quote! { One::default() }; rank]);
    quote! {
        impl<#generics> Sealed for #shape {}
        impl<#generics> Shape for #shape {
            type Rank = #rank_type;
            type Stretches = #stretches;
            type Static = #is_static;
            type Ones = #ones;
            const RANK: usize = #rank;
            const STATIC_LEN: Option<usize> = static_len([#(<#letters as Dim>::STATIC,)*]);
            #[cfg_attr(optimised, inline(always))]
            fn dims(self) -> GenericArray<usize, #rank_type> {
                GenericArray::from_array([#(#fields.size(),)*])
            }
            fn static_dims() -> GenericArray<Option<usize>, #rank_type> {
                GenericArray::from_array([#(<#letters as Dim>::STATIC,)*])
            }
            fn type_ids() -> GenericArray<TypeId, #rank_type> {
                GenericArray::from_array([#(TypeId::of::<#letters>(),)*])
            }
            #[cfg_attr(optimised, inline(always))]
            fn ones() -> #ones {
                #ones_value
            }
            #[cfg_attr(optimised, inline(always))]
            fn len(self) -> usize {
                1 #(* #fields.size())*
            }
            #[inline]
            fn from_dims(dims: &[usize]) -> Option<Self> {
                let &[#(#letters,)*] = dims else { return None };
                Some((#(<#letters as Dim>::from_size(#letters)?,)*))
            }
            fn describe(self) -> String {
                describe(&[#(axis_text(#fields),)*])
            }
            fn describe_type() -> String {
                describe(&[#(<#letters as Dim>::name(),)*])
            }
        }
    }
}

/// `impl LastAxis for (A, B)`
pub(crate) fn last_axis() -> TokenStream {
    (1..=MAX_RANK).map(|rank| last_axis_of(&Axes::left(rank))).collect()
}

fn last_axis_of(axes: &Axes) -> TokenStream {
    let (generics, shape) = (axes.generics(), axes.shape());
    let (types, fields) = (axes.types(), axes.fields("self"));
    let (Some((last, init)), Some((last_field, init_fields))) = (types.split_last(), fields.split_last()) else {
        return TokenStream::new();
    };
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> LastAxis for #shape {
            type Last = #last;
            type Init = (#(#init,)*);
            type WithLast<N: Dim> = (#(#init,)* N,);
            #[cfg_attr(optimised, inline(always))]
            fn last(self) -> #last {
                #last_field
            }
            #[cfg_attr(optimised, inline(always))]
            fn init(self) -> Self::Init {
                (#(#init_fields,)*)
            }
            #[cfg_attr(optimised, inline(always))]
            fn with_last<N: Dim>(self, last: N) -> Self::WithLast<N> {
                (#(#init_fields,)* last,)
            }
        }
    }
}

/// `(A, B)` with `N` in front is `(N, A, B)`
pub(crate) fn prepend() -> TokenStream {
    (0..MAX_RANK).map(|rank| grown(&Axes::left(rank), 0, quote! { Prepend }, quote! { prepend })).collect()
}

/// `(A, B)` with `N` behind is `(A, B, N)`
pub(crate) fn append() -> TokenStream {
    (0..MAX_RANK).map(|rank| grown(&Axes::left(rank), rank, quote! { Append }, quote! { append })).collect()
}

fn grown(axes: &Axes, position: usize, law: TokenStream, method: TokenStream) -> TokenStream {
    let (generics, shape) = (axes.generics(), axes.shape());
    let out = tuple(&inserted(&axes.types(), position, quote! { N }));
    let value = tuple(&inserted(&axes.fields("self"), position, quote! { size }));
    quote! {
        #[diagnostic::do_not_recommend]
        impl<N: Dim, #generics> #law<N> for #shape {
            type Out = #out;
            #[cfg_attr(optimised, inline(always))]
            fn #method(self, size: N) -> #out {
                #value
            }
        }
    }
}
