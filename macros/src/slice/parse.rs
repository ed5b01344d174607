//! From tokens to items. By hand, because `1:-1:2`, `::2` and `...` are no Rust.

use super::item::Item;
use proc_macro2::{TokenStream, TokenTree};
use syn::{Error, Expr, LitInt, Result};

/// The items between commas; a comma at the end is allowed.
pub(super) fn items(input: TokenStream) -> Vec<TokenStream> {
    let (mut items, mut item) = (Vec::new(), TokenStream::new());
    for token in input {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                // An empty item keeps the comma, so that its mistake has a place.
                let empty = item.is_empty();
                items.push(std::mem::take(&mut item));
                if empty && let Some(last) = items.last_mut() {
                    last.extend([token]);
                }
            }
            _ => item.extend([token]),
        }
    }
    if !item.is_empty() {
        items.push(item);
    }
    items
}

/// One item.
pub(super) fn item(tokens: TokenStream) -> Result<Item> {
    let text = tokens.to_string().replace(' ', "");
    match text.as_str() {
        "," => return Err(Error::new_spanned(tokens, "an empty item: write `..` for a whole axis")),
        "..." => return Ok(Item::Ellipsis),
        "new" => return Ok(Item::New),
        _ => {}
    }
    let bounds = split(&tokens);
    if bounds.len() > 1 {
        return span(&tokens, &bounds, text.contains("..="));
    }
    match number(&tokens) {
        Some(index) => Ok(Item::Index(index)),
        None => Ok(Item::RunTimeIndex(syn::parse2::<Expr>(tokens)?)),
    }
}

/// The parts around `:` and `..`, which stand at the top of an item only in a span.
fn split(tokens: &TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    let mut dots = 0;
    let mut path = false; // `a::b` is an index, `1::2` is a span
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (place, token) in all.iter().enumerate() {
        let mark = match token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        let named = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Ident(_)));
        match mark {
            ':' if named(all.get(place + 1)) || path => path = !path && !named(all.get(place + 1)),
            ':' if place + 2 < all.len() && named(all.get(place + 2)) && colon(all.get(place + 1)) => path = true,
            ':' => parts.push(TokenStream::new()),
            '.' if dots == 1 => {
                parts.push(TokenStream::new());
                dots = 2;
            }
            '.' if next_is_dot(&all, place) => dots = 1,
            '=' if dots == 2 => {}
            _ => {
                if let Some(last) = parts.last_mut() {
                    last.extend([token.clone()]);
                }
            }
        }
    }
    parts
}

fn colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
}

fn next_is_dot(all: &[TokenTree], place: usize) -> bool {
    matches!(all.get(place + 1), Some(TokenTree::Punct(punct)) if punct.as_char() == '.')
}

fn span(tokens: &TokenStream, parts: &[TokenStream], inclusive: bool) -> Result<Item> {
    let bound = |part: Option<&TokenStream>| match part {
        Some(part) if !part.is_empty() => match number(part) {
            Some(bound) => Ok(Some(bound)),
            None => Err(Error::new_spanned(
                part,
                "bounds are integer literals; where only the run knows them, name the result: \
                 `x.narrow::<0, _>(start, Length(n))`",
            )),
        },
        _ => Ok(None),
    };
    if parts.len() > 3 {
        return Err(Error::new_spanned(tokens, "expected `start..stop`, or `start:stop:step`"));
    }
    let (start, mut stop) = (bound(parts.first())?, bound(parts.get(1))?);
    if inclusive {
        stop = stop.map(|stop| stop + 1).filter(|&stop| stop != 0);
    }
    let step = bound(parts.get(2))?.unwrap_or(1);
    if step == 0 {
        return Err(Error::new_spanned(tokens, "a step of 0 goes nowhere"));
    }
    Item::span(start, stop, step).map_err(|why| Error::new_spanned(tokens, why))
}

/// An integer literal, perhaps negative.
fn number(tokens: &TokenStream) -> Option<isize> {
    let mut tokens = tokens.clone().into_iter().peekable();
    let negative = matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '-');
    if negative {
        tokens.next();
    }
    let literal: TokenStream = tokens.collect();
    let value: isize = syn::parse2::<LitInt>(literal).ok()?.base10_parse().ok()?;
    Some(if negative { -value } else { value })
}
