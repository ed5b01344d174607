//! Prints the joining of two shapes along each axis.

use super::rank::{Axes, MAX_RANK, positions, tuple};
use proc_macro2::TokenStream;
use quote::quote;

/// `impl Concat<(U, V), 1> for (A, B)` is `(A, B + V)`, where `A` and `U` are one type
pub(crate) fn concat() -> TokenStream {
    let mut printed = TokenStream::new();
    for rank in 1..=MAX_RANK {
        for index in 0..rank {
            printed.extend(positions(index, rank).map(|position| concat_of(rank, index, position)));
        }
    }
    printed
}

fn concat_of(rank: usize, index: usize, position: isize) -> TokenStream {
    let (left, right) = (Axes::left(rank), Axes::right(rank));
    let (left_fields, right_fields) = (left.fields("self"), right.fields("right"));
    let (mut bounds, mut checks, mut out, mut value) = (Vec::new(), vec![quote! { true }], Vec::new(), Vec::new());
    for (axis, (own, other)) in left.0.iter().zip(&right.0).enumerate() {
        if axis == index {
            bounds.push(quote! { #own: AddDim<#other> });
            out.push(quote! { Added<#own, #other> });
            value.push(quote! { Default::default() });
        } else {
            let (own_field, other_field) = (&left_fields[axis], &right_fields[axis]);
            bounds.push(quote! { #own: OtherAxis<#other> });
            out.push(quote! { <#own as OtherAxis<#other>>::Out });
            value.push(quote! { <#own as OtherAxis<#other>>::kept(#own_field) });
            checks.push(quote! { #own_field.size() == #other_field.size() });
        }
    }
    let (out, value) = (tuple(&out), tuple(&value));
    let (left_generics, right_generics) = (left.generics(), right.generics());
    let (left_shape, right_shape) = (left.shape(), right.shape());
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#left_generics #right_generics> Concat<#right_shape, #position> for #left_shape
        where
            #(#bounds,)*
        {
            type Out = #out;
            const INDEX: usize = #index;
            #[cfg_attr(optimised, inline(always))]
            fn concat(self, right: #right_shape) -> Result<#out, Mismatch> {
                if #(#checks)&&* { Ok(#value) } else { Err(Mismatch::new("concat", self, right)) }
            }
        }
    }
}
