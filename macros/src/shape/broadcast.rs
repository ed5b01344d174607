//! Prints NumPy's broadcasting rule for each pair of ranks.

use super::rank::{Axes, MAX_RANK, tuple};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

/// `impl Broadcast<(U,)> for (A, B)` where `B` fits `U`, for the 36 pairs of ranks, and `Broadcast<()>` for all
pub(crate) fn broadcast() -> TokenStream {
    let mut printed = TokenStream::new();
    for left in 1..=MAX_RANK {
        printed.extend(with_scalar(&Axes::left(left)));
        printed.extend((1..=MAX_RANK).map(|right| pair(&Axes::left(left), &Axes::right(right))));
    }
    printed
}

fn with_scalar(axes: &Axes) -> TokenStream {
    let (generics, shape) = (axes.generics(), axes.shape());
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics> Broadcast<()> for #shape {
            type Out = Self;
            #[cfg_attr(optimised, inline(always))]
            fn join(self, _: ()) -> Result<Self, Mismatch> {
                Ok(self)
            }
        }
    }
}

fn pair(left: &Axes, right: &Axes) -> TokenStream {
    let (left_generics, right_generics) = (left.generics(), right.generics());
    let (left_shape, right_shape) = (left.shape(), right.shape());
    let Joined { bounds, types, values, checks } = Joined::new("FitIn", left, right, left.rank(), right.rank());
    let (out, value) = (tuple(&types), tuple(&values));
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#left_generics #right_generics> Broadcast<#right_shape> for #left_shape
        where
            #(#bounds,)*
        {
            type Out = #out;
            #[cfg_attr(optimised, inline(always))]
            fn join(self, right: #right_shape) -> Result<#out, Mismatch> {
                if #(#checks)&&* { Ok(#value) } else { Err(Mismatch::new("broadcast", self, right)) }
            }
        }
    }
}

/// The leading axes of two operands, aligned at their ends and fitted pair by pair.
#[derive(Default)]
pub(crate) struct Joined {
    /// `B: FitIn<U, (A, B), (U,)>`
    pub(crate) bounds: Vec<TokenStream>,
    /// The axes of the result.
    pub(crate) types: Vec<TokenStream>,
    /// Their values.
    pub(crate) values: Vec<TokenStream>,
    /// Whether run-time sizes agree, pair by pair.
    pub(crate) checks: Vec<TokenStream>,
}

impl Joined {
    /// Fits the first `left_count` axes of `left` with the first `right_count` of `right` by the trait called `law`.
    pub(crate) fn new(law: &str, left: &Axes, right: &Axes, left_count: usize, right_count: usize) -> Self {
        let law = Ident::new(law, Span::call_site());
        let (left_shape, right_shape) = (left.shape(), right.shape());
        let (left_fields, right_fields) = (left.fields("self"), right.fields("right"));
        let count = left_count.max(right_count);
        let mut joined = Self::default();
        for axis in 0..count {
            let (from_left, from_right) =
                ((axis + left_count).checked_sub(count), (axis + right_count).checked_sub(count));
            match (from_left, from_right) {
                (Some(l), Some(r)) => {
                    let (axis, with) = (&left.0[l], &right.0[r]);
                    let rule = quote! { #law<#with, #left_shape, #right_shape> };
                    joined.pair(axis, &rule, &left_fields[l], &right_fields[r]);
                }
                (Some(l), None) => joined.alone(&left.0[l], &left_fields[l]),
                (None, Some(r)) => joined.alone(&right.0[r], &right_fields[r]),
                (None, None) => {}
            }
        }
        joined
    }

    fn pair(&mut self, axis: &Ident, rule: &TokenStream, left: &TokenStream, right: &TokenStream) {
        self.bounds.push(quote! { #axis: #rule });
        self.types.push(quote! { <#axis as #rule>::Out });
        self.values.push(quote! { <#axis as #rule>::fit_in(#left, #right) });
        self.checks.push(quote! { <#axis as #rule>::same_size(#left, #right) });
    }

    fn alone(&mut self, axis: &Ident, field: &TokenStream) {
        self.types.push(axis.to_token_stream());
        self.values.push(field.clone());
    }
}
