//! From one room to the next: what the call says, its mistakes, what is printed.

use super::parse::{self, Kind};
use super::{check, emit};
use crate::einsum::expand::in_a_block;
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
        Err(mistakes) => in_a_block(&mistakes),
    }
}
