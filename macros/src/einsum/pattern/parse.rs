//! What is written in the three macros: the operand, the pattern, and sizes that the operand's shape does not tell.
//!
//! Apart from `check.rs` because here nothing is judged but the grammar.

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
    pub(crate) names: Vec<Ident>,
    pub(crate) joined: bool,
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
        let names = if joined { names_of(&input.parse()?)? } else { vec![input.parse()?] };
        input.parse::<Token![=]>()?;
        Ok(Size { names, joined, value: input.parse()? })
    }
}

fn names_of(group: &Group) -> syn::Result<Vec<Ident>> {
    let wrong = || syn::Error::new(group.span(), "expected a size, `h = D::<4>`, or one of joined axes, `(h w) = ..`");
    if group.delimiter() != Delimiter::Parenthesis {
        return Err(wrong());
    }
    let name = |token| if let TokenTree::Ident(name) = token { Ok(name) } else { Err(wrong()) };
    group.stream().into_iter().map(name).collect()
}

/// One side of a pattern: an axis each, which is a group of names; of none where the axis is `1`.
pub(crate) type Side = Vec<Vec<String>>;

/// The axes of one side, or what is wrong with its parentheses.
pub(crate) fn side(text: &str) -> Result<Side, String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let (mut axes, mut open): (Side, Option<Vec<String>>) = (Vec::new(), None);
    for word in spaced.split_whitespace() {
        match (word, &mut open) {
            ("(", None) => open = Some(Vec::new()),
            (")", Some(_)) => axes.extend(open.take()),
            ("(" | ")", _) => return Err(format!("the parentheses of `{}` do not match", text.trim())),
            ("1", Some(_)) => {}
            ("1", None) => axes.push(Vec::new()),
            (name, Some(group)) => group.push(name.to_owned()),
            (name, None) => axes.push(vec![name.to_owned()]),
        }
    }
    if open.is_some() { Err(format!("the parentheses of `{}` do not match", text.trim())) } else { Ok(axes) }
}

#[cfg(test)]
mod tests {
    use super::side;

    fn read(text: &str) -> String {
        let axes = side(text).unwrap_or_else(|error| vec![vec![error]]);
        axes.iter().map(|axis| axis.join("*")).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn sides_are_lists_of_groups() {
        assert_eq!(read("b (h w) c"), "b,h*w,c");
        assert_eq!(read(" 1 b () (1 h)"), ",b,,h");
        assert_eq!(read(""), "");
        assert!(read("b (h").contains("do not match") && read("b ((h w))").contains("do not match"));
    }
}
