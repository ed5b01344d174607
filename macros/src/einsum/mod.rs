//! `einsum!`: from a string of labels to sums, views and products; `rearrange!`, `reduce!` and `repeat!` in `pattern`.
//!
//! A folder of its own with four rooms: `parse` reads the string, `check` finds what breaks a rule, `lower` chooses the
//! operations, `emit` prints them.

mod check;
mod emit;
mod lower;
mod parse;

use proc_macro2::TokenStream;

/// The expression that the string describes, or an error for each mistake.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let call: parse::Call = match syn::parse2(input) {
        Ok(call) => call,
        Err(error) => return error.to_compile_error(),
    };
    match check::check(call).and_then(|checked| Ok((lower::lower(&checked)?, checked))) {
        Ok((steps, checked)) => emit::emit(&checked, &steps),
        Err(mistakes) => mistakes.to_tokens(),
    }
}
