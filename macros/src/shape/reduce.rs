//! Prints sets of axes: how they are chosen, and what is left of a shape without them.

use super::rank::{Axes, MAX_RANK, positions, replaced, tuple, without};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// `impl Axed for (A, B)`: the empty set is `(Off, Off)`
pub(crate) fn axed() -> TokenStream {
    (0..=MAX_RANK).map(|rank| axed_of(&Axes::left(rank))).collect()
}

fn axed_of(axes: &Axes) -> TokenStream {
    let (generics, shape, none) = (axes.generics(), axes.shape(), tuple(&vec![quote! { Off }; axes.rank()]));
    quote! {
        impl<#generics> Axed for #shape {
            type NoAxes = #none;
        }
    }
}

/// `impl Masked<(On, Off)> for (A, B)` is `(B,)` or, kept, `(D<1>, B)`, for every set of axes
pub(crate) fn masked() -> TokenStream {
    (0..=MAX_RANK).flat_map(|rank| (0..1 << rank).map(move |set| masked_of(&Axes::left(rank), set))).collect()
}

/// Axis `i` is in the set when bit `i` of `set` is.
fn masked_of(axes: &Axes, set: usize) -> TokenStream {
    let (generics, shape, types, fields) = (axes.generics(), axes.shape(), axes.types(), axes.fields("self"));
    let chosen = |axis: usize| set >> axis & 1 == 1;
    let choose = |of: &[TokenStream], otherwise: TokenStream| {
        let part = |(axis, part): (usize, &TokenStream)| if chosen(axis) { otherwise.clone() } else { part.clone() };
        tuple(&of.iter().enumerate().map(part).collect::<Vec<_>>())
    };
    let leave = |of: &[TokenStream]| {
        let left: Vec<_> = of.iter().enumerate().filter(|(axis, _)| !chosen(*axis)).map(|(_, part)| part).collect();
        tuple(&left)
    };
    let flags = (0..axes.rank()).map(|axis| {
        if chosen(axis) {
            quote! { On }
        } else {
            quote! { Off }
        }
    });
    let flags = tuple(&flags.collect::<Vec<_>>());
    let bits = (0..MAX_RANK).map(chosen);
    let (kept, kept_value) = (choose(&types, quote! { One }), choose(&fields, quote! { One::default() }));
    let (removed, removed_value) = (leave(&types), leave(&fields));
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> Masked<#flags> for #shape {
            type Removed = #removed;
            type Kept = #kept;
            const MASK: [bool; MAX_RANK] = [#(#bits),*];
            #[cfg_attr(optimised, inline(always))]
            fn removed(self) -> #removed {
                #removed_value
            }
            #[cfg_attr(optimised, inline(always))]
            fn kept(self) -> #kept {
                #kept_value
            }
        }
    }
}

/// `impl Choose<Mask, S> for (I0, I1)`: one axis after the other, beginning with none
pub(crate) fn choose() -> TokenStream {
    (0..=MAX_RANK).map(choose_of).collect()
}

fn choose_of(count: usize) -> TokenStream {
    let Chain { axes, bounds, out, .. } = Chain::new(count, quote! { Mask }, &quote! { S });
    quote! {
        impl<#(#axes),*> AxisTuple for (#(#axes,)*) {}
        #[diagnostic::do_not_recommend]
        impl<Mask, S, #(#axes),*> Choose<Mask, S> for (#(#axes,)*)
        where
            #(#bounds,)*
        {
            type Out = #out;
        }
    }
}

/// Axes that join a set one after the other.
pub(crate) struct Chain {
    /// `I0`, `I1`, ..
    pub(crate) axes: Vec<Ident>,
    /// `I1: ChooseAxis<(what I0 left), S>`
    pub(crate) bounds: Vec<TokenStream>,
    /// `<I1 as ChooseAxis<..>>`
    pub(crate) steps: Vec<TokenStream>,
    /// The set at the end.
    pub(crate) out: TokenStream,
}

impl Chain {
    /// `count` axes of `shape` join the set `mask`.
    pub(crate) fn new(count: usize, mask: TokenStream, shape: &TokenStream) -> Self {
        let axes: Vec<Ident> = (0..count).map(|axis| format_ident!("I{axis}")).collect();
        let (mut out, mut bounds, mut steps) = (mask, Vec::new(), Vec::new());
        for axis in &axes {
            bounds.push(quote! { #axis: ChooseAxis<#out, #shape> });
            let step = quote! { <#axis as ChooseAxis<#out, #shape>> };
            out = quote! { #step::Out };
            steps.push(step);
        }
        Self { axes, bounds, steps, out }
    }
}

/// `impl ChooseAxis<(F0, Off), (A, B)> for Axis<1>` is `(F0, On)`, and it picks `B`
pub(crate) fn choose_axis() -> TokenStream {
    let mut printed = TokenStream::new();
    for rank in 1..=MAX_RANK {
        for index in 0..rank {
            printed.extend(positions(index, rank).map(|position| choose_axis_of(&Axes::left(rank), index, position)));
        }
    }
    printed
}

fn choose_axis_of(axes: &Axes, index: usize, position: isize) -> TokenStream {
    let (generics, shape, types) = (axes.generics(), axes.shape(), axes.types());
    let flags: Vec<_> = (0..axes.rank()).map(|axis| format_ident!("F{axis}").into_token_stream()).collect();
    let before = tuple(&replaced(&flags, index, quote! { Off }));
    let after = tuple(&replaced(&flags, index, quote! { On }));
    let (others, at, field) = (without(&flags, index), &types[index], &axes.fields("shape")[index]);
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics #(#others),*> ChooseAxis<#before, #shape> for Axis<#position> {
            type Out = #after;
            type At = #at;
            const INDEX: usize = #index;
            #[cfg_attr(optimised, inline(always))]
            fn at(shape: #shape) -> #at {
                #field
            }
        }
    }
}
