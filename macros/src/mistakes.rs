//! All mistakes of one macro call, each spanned on the user's own token and reported together.
//!
//! Apart from the macros because a user who made two mistakes should learn of both, whichever macro it was.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

/// Collects mistakes; empty means that the input is sound.
#[derive(Default)]
pub(crate) struct Mistakes(Option<Error>);

impl Mistakes {
    /// Adds a mistake that `tokens` show.
    pub(crate) fn push(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.append(Error::new_spanned(tokens, message));
    }

    /// Adds what syn, or a parser built on it, has reported.
    pub(crate) fn append(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Adds the mistakes that were found elsewhere.
    pub(crate) fn extend(&mut self, others: Mistakes) {
        others.0.into_iter().for_each(|error| self.append(error));
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Keeps the value, or else the reason why there is none.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.append(error)).ok()
    }

    /// One `compile_error!` for each mistake.
    pub(crate) fn to_tokens(&self) -> TokenStream {
        self.0.as_ref().map(Error::to_compile_error).unwrap_or_default()
    }

    /// A `compile_error!` for the first mistake, and one for each of the others.
    pub(crate) fn first_and_others(&self) -> (TokenStream, TokenStream) {
        let mut errors = self.0.iter().flatten().map(|error| error.to_compile_error());
        (errors.next().unwrap_or_default(), errors.collect())
    }

    /// The messages in the order they were found.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.0.iter().flatten().map(|error| error.to_string()).collect()
    }
}
