//! The table of laws, and `rank_impls!`, which prints those that it is given.

use super::{axis, broadcast, concat, ellipsis, equations, matmul, permute, reduce, reshape, tuple};
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Error, Ident, Token};

/// A law's name, and what prints its impls.
type Law = (&'static str, fn() -> TokenStream);

/// Every law that knows ranks.
const LAWS: &[Law] = &[
    ("Shape", tuple::shape),
    ("LastAxis", tuple::last_axis),
    ("Prepend", tuple::prepend),
    ("Append", tuple::append),
    ("AxisAt", axis::axis_at),
    ("InsertAxis", axis::insert_axis),
    ("Broadcast", broadcast::broadcast),
    ("MatMul", matmul::matmul),
    ("Axed", reduce::axed),
    ("Masked", reduce::masked),
    ("Choose", reduce::choose),
    ("ChooseAxis", reduce::choose_axis),
    ("Permute", permute::permute),
    ("Transpose", permute::transpose),
    ("SwapAxes", permute::swap_axes),
    ("Concat", concat::concat),
    ("Counted", reshape::counted),
    ("Factored", reshape::factored),
    ("Flatten", reshape::flatten),
    ("FlattenAs", reshape::flatten_as),
    ("Ellipsis", ellipsis::ellipsis),
    ("Between", ellipsis::between),
    ("Merge", ellipsis::merge),
    ("Equations", equations::equations),
    ("Unflatten", reshape::unflatten),
];

/// The impls of the laws named in `input`; an unknown name is an error on that name.
///
/// They stand in an unnamed constant, which carries one `allow` for all: in rank 0 and 1 a tuple of parts may be `()`.
pub(crate) fn rank_impls(input: TokenStream) -> TokenStream {
    let impls: TokenStream = match Punctuated::<Ident, Token![,]>::parse_terminated.parse2(input) {
        Ok(names) => names.iter().map(impls_of).collect(),
        Err(error) => error.into_compile_error(),
    };
    quote! {
        #[allow(clippy::unused_unit, reason = "shapes of rank 0")]
        const _: () = { #impls };
    }
}

fn impls_of(name: &Ident) -> TokenStream {
    match LAWS.iter().find(|(law, _)| name == law) {
        Some((_, print)) => print(),
        None => unknown(name),
    }
}

fn unknown(name: &Ident) -> TokenStream {
    let known: Vec<_> = LAWS.iter().map(|(law, _)| *law).collect();
    let message = format!("no law `{name}` is printed for each rank; the laws are {}", known.join(", "));
    Error::new(name.span(), message).into_compile_error()
}

#[cfg(test)]
mod tests {
    use super::{LAWS, rank_impls};
    use quote::quote;

    fn printed(law: &str) -> String {
        let law = syn::Ident::new(law, proc_macro2::Span::call_site());
        rank_impls(quote! { #law }).to_string()
    }

    /// `(law, how many impls)`: a rank or a position that is left out is found here.
    #[test]
    fn each_law_is_printed_for_each_rank() {
        let counts = [("LastAxis", 6), ("Prepend", 6), ("AxisAt", 42), ("InsertAxis", 42), ("Broadcast", 42)];
        let more =
            [("MatMul", 36), ("Masked", 127), ("ChooseAxis", 42), ("Permute", 7), ("SwapAxes", 364), ("Concat", 42)];
        let last = [("Ellipsis", 84), ("Between", 84), ("Merge", 7), ("Equations", 30), ("FlattenAs", 42)];
        for (law, count) in counts.into_iter().chain(more).chain(last) {
            assert_eq!(printed(law).matches("impl <").count(), count, "{law}");
        }
    }

    #[test]
    fn every_law_prints_rust() {
        for (law, _) in LAWS {
            syn::parse_str::<syn::File>(&printed(law)).unwrap_or_else(|error| panic!("{law}: {error}"));
        }
    }

    #[test]
    fn an_unknown_law_is_named() {
        assert!(printed("Brodcast").contains("no law `Brodcast` is printed for each rank"));
    }
}
