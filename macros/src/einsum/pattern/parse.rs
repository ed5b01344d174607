//! What is written in the three macros: the operand, the pattern, and sizes that the operand's shape does not tell.
//!
//! Apart from `check.rs` because here nothing is judged but the grammar.

use crate::einsum::parse::UNNAMED;
use proc_macro2::{Delimiter, Group, Ident, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::{Expr, LitStr, Token};

/// Which macro it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Rearrange,
    Reduce,
    Repeat,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Rearrange => "rearrange",
            Kind::Reduce => "reduce",
            Kind::Repeat => "repeat",
        }
    }
}

/// `x, "b (h w) -> b h w", h = D::<4>`; `reduce!` has its reduction between operand and pattern.
pub(crate) struct Call {
    pub(crate) kind: Kind,
    pub(crate) operand: Expr,
    pub(crate) reduction: Option<Ident>,
    pub(crate) text: LitStr,
    pub(crate) sizes: Vec<Size>,
}

/// `h = D::<4>`, or `(b t) = Rows(32)` for axes that become one.
pub(crate) struct Size {
    pub(crate) names: Vec<String>,
    pub(crate) joined: bool,
    /// The first word, which messages point to.
    pub(crate) place: TokenTree,
    pub(crate) value: Expr,
}

impl Call {
    pub(crate) fn parse(kind: Kind, input: ParseStream<'_>) -> syn::Result<Self> {
        let operand = input.parse()?;
        input.parse::<Token![,]>()?;
        let mut reduction = None;
        if kind == Kind::Reduce {
            reduction = Some(input.parse()?);
            input.parse::<Token![,]>()?;
        }
        let (text, mut sizes) = (input.parse()?, Vec::new());
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if !input.is_empty() {
                sizes.push(input.parse()?);
            }
        }
        Ok(Call { kind, operand, reduction, text, sizes })
    }
}

impl Parse for Size {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let joined = !input.peek(syn::Ident);
        let words: Vec<TokenTree> =
            if joined { words_of(&input.parse()?)? } else { vec![TokenTree::Ident(input.parse()?)] };
        input.parse::<Token![=]>()?;
        let text = words.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ").replace(". . .", UNNAMED);
        let names = text.split_whitespace().map(str::to_owned).collect();
        let place = words.into_iter().next().ok_or_else(|| input.error("expected names of axes"))?;
        Ok(Size { names, joined, place, value: input.parse()? })
    }
}

fn words_of(group: &Group) -> syn::Result<Vec<TokenTree>> {
    let words: Vec<TokenTree> = group.stream().into_iter().collect();
    let is_word = |token: &TokenTree| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(point) => point.as_char() == '.',
        _ => false,
    };
    match group.delimiter() == Delimiter::Parenthesis && !words.is_empty() && words.iter().all(is_word) {
        true => Ok(words),
        false => {
            Err(syn::Error::new(group.span(), "expected a size, `h = D::<4>`, or one of joined axes, `(h w) = ..`"))
        }
    }
}

/// An axis on one side of a pattern: its names, none where it is `1`, and whether they stand in parentheses.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AxisNames {
    pub(crate) names: Vec<String>,
    pub(crate) joined: bool,
}

impl AxisNames {
    /// Whether it is `...` itself, which is as many axes as there are, and not these made one.
    pub(crate) fn is_rest(&self) -> bool {
        !self.joined && self.names == [UNNAMED]
    }
}

/// One side of a pattern, an axis each.
pub(crate) type Side = Vec<AxisNames>;

/// The axes of one side, or what is wrong with its parentheses.
pub(crate) fn side(text: &str) -> Result<Side, String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace(UNNAMED, " ... ");
    let (mut axes, mut open): (Side, Option<AxisNames>) = (Vec::new(), None);
    for word in spaced.split_whitespace() {
        match (word, &mut open) {
            ("(", None) => open = Some(AxisNames { joined: true, names: Vec::new() }),
            (")", Some(_)) => axes.extend(open.take()),
            ("(" | ")", _) => return Err(format!("the parentheses of `{}` do not match", text.trim())),
            ("1", Some(_)) => {}
            ("1", None) => axes.push(AxisNames::default()),
            (name, Some(group)) => group.names.push(name.to_owned()),
            (name, None) => axes.push(AxisNames { names: vec![name.to_owned()], joined: false }),
        }
    }
    if open.is_some() { Err(format!("the parentheses of `{}` do not match", text.trim())) } else { Ok(axes) }
}

#[cfg(test)]
mod tests {
    use super::side;

    fn read(text: &str) -> String {
        let axes = match side(text) {
            Ok(axes) => axes,
            Err(error) => return error,
        };
        let axis =
            |axis: &super::AxisNames| format!("{}{}", axis.names.join("*"), if axis.is_rest() { "!" } else { "" });
        axes.iter().map(axis).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn sides_are_lists_of_groups() {
        assert_eq!(read("b (h w) c"), "b,h*w,c");
        assert_eq!(read(" 1 b () (1 h)"), ",b,,h");
        assert_eq!(read(""), "");
        assert_eq!(read("...h (... w) (...)"), "...!,h,...*w,...");
        assert!(read("b (h").contains("do not match") && read("b ((h w))").contains("do not match"));
    }
}
