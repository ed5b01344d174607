//! From one room to the next: what the string says, its mistakes, the operations, what is printed.

use super::{check, emit, lower, parse};
use proc_macro2::TokenStream;

/// The expression that the string describes, or an error for each mistake.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let call: parse::Call = match syn::parse2(input) {
        Ok(call) => call,
        Err(error) => return error.to_compile_error(),
    };
    match check::check(call).and_then(|checked| Ok((lower::lower(&checked)?, checked))) {
        Ok((steps, checked)) => emit::emit(&checked, &steps),
        Err(mistakes) => in_a_block(&mistakes),
    }
}

/// Several errors, where the program wants one expression.
pub(super) fn in_a_block(mistakes: &crate::mistakes::Mistakes) -> TokenStream {
    let errors = mistakes.to_tokens();
    quote::quote!({ #errors })
}
