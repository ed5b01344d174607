//! From tokens to items. By hand, because `1:-1:2`, `::2` and `...` are no Rust.

use super::item::{Edge, Item};
use proc_macro2::{TokenStream, TokenTree};
use syn::{Error, Expr, LitInt, Result, Type};

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
    let (name, tokens) = match name(&tokens) {
        Some((name, rest)) => (Some(name), rest),
        None => (None, tokens),
    };
    let mut halves = divided(&tokens, ';');
    let step = if halves.len() == 2 { halves.pop() } else { None };
    if halves.len() > 1 {
        return Err(Error::new_spanned(tokens, "expected `start..stop; step`"));
    }
    let mut parts = split(&halves.remove(0));
    if let (Some(step), 2) = (&step, parts.len()) {
        parts.push(step.clone());
    } else if step.is_some() {
        return Err(Error::new_spanned(tokens, "expected `start..stop; step`"));
    }
    if parts.len() > 3 {
        return Err(Error::new_spanned(tokens, "expected `start..stop`, or `start:stop:step`"));
    }
    let inclusive = text.contains("..=");
    match name {
        Some(name) if parts.len() > 1 => named(&tokens, name, &parts, inclusive),
        Some(_) => {
            Err(Error::new_spanned(tokens, "a name is for an axis that stays, `Name = 1..`; an index takes one"))
        }
        None if parts.len() > 1 => span(&tokens, &parts, inclusive),
        None => match number(&tokens) {
            Some(index) => Ok(Item::Index(index)),
            None => Ok(Item::RunTimeIndex(syn::parse2::<Expr>(tokens)?)),
        },
    }
}

/// The name in `Name = 1..`, and what follows.
fn name(tokens: &TokenStream) -> Option<(TokenStream, TokenStream)> {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is = |token: Option<&TokenTree>, mark| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == mark);
    let place = (1..all.len()).find(|&place| is(all.get(place), '='))?;
    if is(all.get(place + 1), '=') {
        return None;
    }
    let name: TokenStream = all[..place].iter().cloned().collect();
    syn::parse2::<Type>(name.clone()).ok()?;
    Some((name, all[place + 1..].iter().cloned().collect()))
}

/// The parts around a mark.
fn divided(tokens: &TokenStream, mark: char) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens.clone() {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == mark => parts.push(TokenStream::new()),
            (_, Some(part)) => part.extend([token]),
            (_, None) => {}
        }
    }
    parts
}

/// The parts around `:` and `..`, which stand at the top of an item only in a span; `a::b` is a path, `1::2` a span.
fn split(tokens: &TokenStream) -> Vec<TokenStream> {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is = |place: usize, mark| matches!(all.get(place), Some(TokenTree::Punct(p)) if p.as_char() == mark);
    let named = |place: usize| matches!(all.get(place), Some(TokenTree::Ident(_)));
    let (mut parts, mut place) = (vec![TokenStream::new()], 0);
    while place < all.len() {
        let path = is(place, ':') && is(place + 1, ':') && named(place + 2) && place > 0;
        let step = if path && (named(place - 1) || is(place - 1, '>')) {
            2
        } else if is(place, ':') {
            parts.push(TokenStream::new());
            place += 1;
            continue;
        } else if is(place, '.') && is(place + 1, '.') {
            parts.push(TokenStream::new());
            place += if is(place + 2, '=') { 3 } else { 2 };
            continue;
        } else {
            1
        };
        if let Some(last) = parts.last_mut() {
            last.extend(all[place..place + step].iter().cloned());
        }
        place += step;
    }
    parts
}

const NO_STEP: &str = "a step of 0 goes nowhere";
const INCLUSIVE: &str = "`..=` is for steps forwards: backwards the element behind the last one is named, `4..0; -1`";

/// A span of literals, whose length is computed by type.
fn span(tokens: &TokenStream, parts: &[TokenStream], inclusive: bool) -> Result<Item> {
    let bound = |part: Option<&TokenStream>| match part {
        Some(part) if !part.is_empty() => match number(part) {
            Some(bound) => Ok(Some(bound)),
            None => Err(Error::new_spanned(
                part,
                "bounds are integer literals; where only the run knows them, name what they take: `s![Name = a..b]`",
            )),
        },
        _ => Ok(None),
    };
    let (start, mut stop) = (bound(parts.first())?, bound(parts.get(1))?);
    if inclusive {
        stop = stop.map(|stop| stop + 1).filter(|&stop| stop != 0);
    }
    let step = bound(parts.get(2))?.unwrap_or(1);
    if step == 0 {
        return Err(Error::new_spanned(tokens, NO_STEP));
    }
    if inclusive && step < 0 {
        return Err(Error::new_spanned(tokens, INCLUSIVE));
    }
    Item::span(start, stop, step).map_err(|why| Error::new_spanned(tokens, why))
}

/// A span with a name, whose length the run computes.
fn named(tokens: &TokenStream, name: TokenStream, parts: &[TokenStream], inclusive: bool) -> Result<Item> {
    let edge = |part: Option<&TokenStream>| match part.filter(|part| !part.is_empty()) {
        None => Ok(None),
        Some(part) => match number(part) {
            Some(edge) => Ok(Some(Edge::Literal(edge))),
            None => syn::parse2::<Expr>(part.clone()).map(|_| Some(Edge::RunTime(part.clone()))),
        },
    };
    let stop = match edge(parts.get(1))? {
        Some(Edge::Literal(last)) if inclusive => Some(last + 1).filter(|&stop| stop != 0).map(Edge::Literal),
        Some(Edge::RunTime(last)) if inclusive => Some(Edge::Behind(last)),
        stop => stop,
    };
    let step = edge(parts.get(2))?.unwrap_or(Edge::Literal(1));
    if matches!(step, Edge::Literal(0)) {
        return Err(Error::new_spanned(tokens, NO_STEP));
    }
    if inclusive && !matches!(step, Edge::Literal(1..)) {
        return Err(Error::new_spanned(tokens, INCLUSIVE));
    }
    Ok(Item::Named { name, start: edge(parts.first())?, stop, step })
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
