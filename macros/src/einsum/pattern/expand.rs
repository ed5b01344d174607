//! `rearrange!`, `reduce!` and `repeat!`: axes split, joined, moved, reduced and repeated by a pattern of names.
//!
//! A folder of its own with three rooms: `parse` reads the call, `check` finds what breaks a rule, `emit` prints. Apart
//! from `einsum!` because a pattern has one operand, and groups in parentheses.

mod check;
mod emit;
mod parse;

pub(crate) use parse::Kind;

use proc_macro2::TokenStream;
use syn::parse::Parser;

/// The expression that the pattern describes, or an error for each mistake.
pub(crate) fn expand(kind: Kind, input: TokenStream) -> TokenStream {
    let parsed = (|input: syn::parse::ParseStream<'_>| parse::Call::parse(kind, input)).parse2(input);
    let call = match parsed {
        Ok(call) => call,
        Err(error) => return error.to_compile_error(),
    };
    match check::check(call) {
        Ok(checked) => emit::emit(&checked),
        Err(mistakes) => super::in_a_block(&mistakes),
    }
}
