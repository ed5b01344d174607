//! Prints the matrix product for each pair of ranks: the last two axes multiply, the ones before broadcast.

use super::broadcast::Joined;
use super::rank::{Axes, MAX_RANK, tuple};
use proc_macro2::TokenStream;
use quote::quote;

/// `impl MatMul<(U, V)> for (A, B)` is `(A, V)`, for the 36 pairs of ranks
pub(crate) fn matmul() -> TokenStream {
    let ranks = || 1..=MAX_RANK;
    ranks().flat_map(|left| ranks().map(move |right| pair(&Axes::left(left), &Axes::right(right)))).collect()
}

/// A vector is a row on the left and a column on the right; the axis that it lacks is absent from the result.
fn pair(left: &Axes, right: &Axes) -> TokenStream {
    let (left_batch, right_batch) = (left.rank().saturating_sub(2), right.rank().saturating_sub(2));
    let Joined { bounds, mut types, mut values, mut checks } =
        Joined::new("FitBatch", left, right, left_batch, right_batch);
    let (left_fields, right_fields) = (left.fields("self"), right.fields("right"));
    let (inner, rows) = (left.rank() - 1, right.rank().saturating_sub(2));
    if left.rank() > 1 {
        types.push(left.types().swap_remove(inner - 1));
        values.push(left_fields[inner - 1].clone());
    }
    if right.rank() > 1 {
        types.push(right.types().swap_remove(rows + 1));
        values.push(right_fields[rows + 1].clone());
    }
    let (inner_field, rows_field) = (&left_fields[inner], &right_fields[rows]);
    checks.push(quote! { #inner_field.size() == #rows_field.size() });
    let (left_generics, right_generics) = (left.generics(), right.generics());
    let (left_shape, right_shape, out, value) = (left.shape(), right.shape(), tuple(&types), tuple(&values));
    let (inner, rows) = (&left.0[inner], &right.0[rows]);
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#left_generics #right_generics> MatMul<#right_shape> for #left_shape
        where
            #(#bounds,)*
        {
            type Out = #out;
            type K = #inner;
            type Rows = #rows;
            #[cfg_attr(optimised, inline(always))]
            fn out(self, right: #right_shape) -> Result<#out, Mismatch> {
                if #(#checks)&&* { Ok(#value) } else { Err(Mismatch::new("matmul", self, right)) }
            }
        }
    }
}
