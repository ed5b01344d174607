//! Prints the orders of axes: any, and the one that exchanges the last two.

use super::rank::{Axes, MAX_RANK, positions, rank_type, tuple};
use super::reduce::Chain;
use proc_macro2::TokenStream;
use quote::quote;

/// `impl Permute<(I0, I1)> for (A, B)`, where the two name both axes
pub(crate) fn permute() -> TokenStream {
    (0..=MAX_RANK).map(|rank| permute_of(&Axes::left(rank))).collect()
}

/// As many axes as the rank has, none twice: a permutation.
fn permute_of(axes: &Axes) -> TokenStream {
    let (generics, shape, rank) = (axes.generics(), axes.shape(), rank_type(axes.rank()));
    let none = tuple(&vec![quote! { Off }; axes.rank()]);
    let Chain { axes, bounds, steps, .. } = Chain::new(axes.rank(), none, &shape);
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics #(#axes),*> Permute<(#(#axes,)*)> for #shape
        where
            #(#bounds,)*
        {
            type Out = (#(#steps::At,)*);
            #[cfg_attr(optimised, inline(always))]
            fn permute(self) -> (#(#steps::At,)*) {
                (#(#steps::at(self),)*)
            }
            fn order() -> GenericArray<usize, #rank> {
                GenericArray::from_array([#(#steps::INDEX,)*])
            }
        }
    }
}

/// `impl Transpose for (A, B)` is `(B, A)`
pub(crate) fn transpose() -> TokenStream {
    (2..=MAX_RANK).map(|rank| transpose_of(&Axes::left(rank))).collect()
}

fn transpose_of(axes: &Axes) -> TokenStream {
    let (generics, shape, rank) = (axes.generics(), axes.shape(), axes.rank());
    let (mut types, mut fields) = (axes.types(), axes.fields("self"));
    types.swap(rank - 2, rank - 1);
    fields.swap(rank - 2, rank - 1);
    let (out, value) = (tuple(&types), tuple(&fields));
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> Transpose for #shape {
            type Out = #out;
            #[cfg_attr(optimised, inline(always))]
            fn transpose(self) -> #out {
                #value
            }
        }
    }
}

/// `impl SwapAxes<0, -1> for (A, B, C)` is `(C, B, A)`, for each pair of positions
pub(crate) fn swap_axes() -> TokenStream {
    let mut printed = TokenStream::new();
    for rank in 1..=MAX_RANK {
        let axes = Axes::left(rank);
        for (one, other) in (0..rank).flat_map(|one| (0..rank).map(move |other| (one, other))) {
            let spelled =
                positions(one, rank).map(|i| positions(other, rank).map(|j| swap_of(&axes, [one, other], [i, j])));
            printed.extend(spelled.into_iter().flatten());
        }
    }
    printed
}

fn swap_of(axes: &Axes, [one, other]: [usize; 2], [i, j]: [isize; 2]) -> TokenStream {
    let (generics, shape) = (axes.generics(), axes.shape());
    let (mut types, mut fields) = (axes.types(), axes.fields("self"));
    types.swap(one, other);
    fields.swap(one, other);
    let (out, value) = (tuple(&types), tuple(&fields));
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> SwapAxes<#i, #j> for #shape {
            type Out = #out;
            const PLACES: [usize; 2] = [#one, #other];
            #[cfg_attr(optimised, inline(always))]
            fn swap(self) -> #out {
                #value
            }
        }
    }
}
