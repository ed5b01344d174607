//! Prints which right sides equations have, for each pair of ranks: vectors or matrices, in batches that broadcast.

use super::broadcast::Joined;
use super::rank::{Axes, MAX_RANK, tuple};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// `impl Equations<(M, W)> for (A, M, N)` is `(A, M, W)`
pub(crate) fn equations() -> TokenStream {
    let pairs = (2..=MAX_RANK).flat_map(|left| (1..=MAX_RANK).map(move |right| (left, right)));
    pairs.map(|(left, right)| pair(&Axes::left(left), &Axes::right(right))).collect()
}

/// The right side is vectors where it has one axis, or one less than the matrices, and matrices otherwise.
fn pair(left: &Axes, right: &Axes) -> TokenStream {
    let own = if right.rank() == 1 || right.rank() + 1 == left.rank() { 1 } else { 2 };
    let (batch, others) = (left.rank() - 2, right.rank() - own);
    // The rows of both sides are one type.
    let rows = left.0[batch].clone();
    let mut right = right.clone();
    right.0[others] = rows.clone();
    let Joined { bounds, mut types, mut values, checks } = Joined::new("FitIn", left, &right, batch, others);
    let (left_fields, right_fields) = (left.fields("self"), right.fields("right"));
    types.extend(right.0[others..].iter().map(ToTokens::to_token_stream));
    values.extend_from_slice(&right_fields[others..]);
    let (rows_field, right_rows) = (&left_fields[batch], &right_fields[others]);
    let further = right.0.iter().filter(|axis| **axis != rows);
    let (generics, left_shape, right_shape) = (left.generics(), left.shape(), right.shape());
    let (out, value) = (tuple(&types), tuple(&values));
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#generics #(#further: Dim,)*> Equations<#right_shape> for #left_shape
        where
            #(#bounds,)*
        {
            type Solution = #out;
            const AXES: usize = #own;
            fn solution(self, right: #right_shape) -> Result<#out, Mismatch> {
                let fits = #rows_field.size() == #right_rows.size() #(&& #checks)*;
                if fits { Ok(#value) } else { Err(Mismatch::new("solve", self, right)) }
            }
        }
    }
}
