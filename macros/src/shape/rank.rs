//! What all printers share: the letters of a shape, and tuples of tokens.
//!
//! Apart from the printers so that each of them reads as the impl that it prints.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// The largest rank a shape may have.
pub(crate) const MAX_RANK: usize = 6;

/// The axes of one operand: a type letter each.
///
/// The letters avoid those with a meaning of their own: `D` device, `E` element, `N` size or node, `P` part, `S` shape.
#[derive(Clone)]
pub(crate) struct Axes(pub(crate) Vec<Ident>);

impl Axes {
    /// `A, B, C, F, G, H`
    pub(crate) fn left(rank: usize) -> Self {
        Self::spelled("ABCFGH", rank)
    }

    /// `U, V, W, X, Y, Z`
    pub(crate) fn right(rank: usize) -> Self {
        Self::spelled("UVWXYZ", rank)
    }

    fn spelled(letters: &str, rank: usize) -> Self {
        let name = |letter: char| Ident::new(&letter.to_string(), Span::call_site());
        Self(letters.chars().take(rank).map(name).collect())
    }

    pub(crate) fn rank(&self) -> usize {
        self.0.len()
    }

    /// `A: Dim, B: Dim,`
    pub(crate) fn generics(&self) -> TokenStream {
        let letters = &self.0;
        quote! { #(#letters: Dim,)* }
    }

    /// `(A, B,)`
    pub(crate) fn shape(&self) -> TokenStream {
        tuple(&self.0)
    }

    /// The letters as tokens, to be edited.
    pub(crate) fn types(&self) -> Vec<TokenStream> {
        self.0.iter().map(ToTokens::to_token_stream).collect()
    }

    /// `self.0`, `self.1`, .. for the operand called `value`.
    pub(crate) fn fields(&self, value: &str) -> Vec<TokenStream> {
        fields(value, self.rank())
    }
}

/// `value.0`, `value.1`, ..
pub(crate) fn fields(value: &str, count: usize) -> Vec<TokenStream> {
    let value = Ident::new(value, Span::call_site());
    (0..count).map(syn::Index::from).map(|index| quote! { #value.#index }).collect()
}

/// `(a, b,)`: the trailing comma makes one part a tuple, too.
pub(crate) fn tuple<Part: ToTokens>(parts: &[Part]) -> TokenStream {
    quote! { (#(#parts,)*) }
}

/// typenum's name of a rank: `U3`.
pub(crate) fn rank_type(rank: usize) -> Ident {
    format_ident!("U{rank}")
}

/// `parts` with `part` at `index` instead.
pub(crate) fn replaced(parts: &[TokenStream], index: usize, part: TokenStream) -> Vec<TokenStream> {
    let mut parts = parts.to_vec();
    parts[index] = part;
    parts
}

/// `parts` without the one at `index`.
pub(crate) fn without(parts: &[TokenStream], index: usize) -> Vec<TokenStream> {
    let mut parts = parts.to_vec();
    parts.remove(index);
    parts
}

/// `parts` with `part` in front of `index`.
pub(crate) fn inserted(parts: &[TokenStream], index: usize, part: TokenStream) -> Vec<TokenStream> {
    let mut parts = parts.to_vec();
    parts.insert(index, part);
    parts
}

/// Both spellings of position `index` among `count`: from the front and, negative, from the end.
pub(crate) fn positions(index: usize, count: usize) -> [isize; 2] {
    [index as isize, index as isize - count as isize]
}
