//! `einsum!`: from a string of labels to sums, views and products; `rearrange!`, `reduce!` and `repeat!` in `pattern`.
//!
//! A folder of its own with four rooms: `parse` reads the string, `check` finds what breaks a rule, `lower` chooses the
//! operations, `emit` prints them.

mod check;
mod emit;
mod lower;
mod parse;
pub(crate) mod pattern;

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
fn in_a_block(mistakes: &crate::mistakes::Mistakes) -> TokenStream {
    let errors = mistakes.to_tokens();
    quote::quote!({ #errors })
}
