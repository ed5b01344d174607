//! Tokens as a person would write them, `Vec<f32>` and not `Vec < f32 >`, and the names that occur in them.
//!
//! Apart from the macros because messages, documentation and the catalogue all quote the user's code, and stable
//! compilers do not hand out the source text of more than one token.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};

/// Every identifier of some code, inside groups too.
pub(crate) fn idents(tokens: impl ToTokens) -> Vec<Ident> {
    let mut found = Vec::new();
    for token in tokens.to_token_stream() {
        match token {
            TokenTree::Ident(ident) => found.push(ident),
            TokenTree::Group(group) => found.extend(idents(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}

/// A name that the user's code does not use: generated generics would hide a type `Q` of theirs.
pub(crate) fn fresh(name: &str, taken: &[Ident]) -> Ident {
    let mut name = format_ident!("{name}");
    while taken.contains(&name) {
        name = format_ident!("{name}_");
    }
    name
}

/// The tokens with something else in place of a name where it stands alone, and not behind a `::`.
pub(crate) fn with_word(tokens: TokenStream, name: &Ident, other: &TokenStream) -> TokenStream {
    let mut colons = 0;
    let replaced = tokens.into_iter().map(|token| {
        let behind = colons >= 2;
        colons = if matches!(&token, TokenTree::Punct(it) if it.as_char() == ':') { colons + 1 } else { 0 };
        match token {
            TokenTree::Ident(ident) if ident == *name && !behind => other.clone(),
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), with_word(group.stream(), name, other));
                inside.set_span(group.span());
                TokenTree::Group(inside).into()
            }
            other => other.into(),
        }
    });
    replaced.collect()
}

/// The tokens on one line, with the spaces that rustfmt would leave.
pub(crate) fn tidy(tokens: impl ToTokens) -> String {
    let mut line = Line::default();
    line.stream(tokens.to_token_stream());
    line.text
}

/// What the last token asks of the next one.
#[derive(Clone, Copy, Default, PartialEq)]
enum Last {
    /// Nothing stands between: the start of a group, a path separator, a prefix operator.
    #[default]
    Tight,
    /// A value or type ended here, so that an operator that follows has a left-hand side.
    Word,
    /// A space follows, and a sign that comes next is a prefix.
    Operator,
}

/// A line under construction.
#[derive(Default)]
struct Line {
    text: String,
    last: Last,
    /// How many `<` of generic arguments are open.
    generics: usize,
}

impl Line {
    fn stream(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.group(group.delimiter(), group.stream()),
                TokenTree::Punct(first) => {
                    let mut operator = String::from(first.as_char());
                    let mut spacing = first.spacing();
                    while let (Spacing::Joint, Some(TokenTree::Punct(next))) = (spacing, tokens.peek()) {
                        if !joins(&operator, next.as_char()) {
                            break;
                        }
                        operator.push(next.as_char());
                        spacing = next.spacing();
                        tokens.next();
                    }
                    self.operator(&operator);
                }
                word => self.word(&word.to_string()),
            }
        }
    }

    fn word(&mut self, word: &str) {
        if self.last != Last::Tight {
            self.space();
        }
        self.text.push_str(word);
        self.last = Last::Word;
    }

    fn group(&mut self, delimiter: Delimiter, inside: TokenStream) {
        let (open, close) = match delimiter {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace => ("{ ", " }"),
            Delimiter::None => ("", ""),
        };
        if self.last == Last::Operator || delimiter == Delimiter::Brace {
            self.space();
        }
        self.text.push_str(open);
        self.last = Last::Tight;
        let generics = std::mem::take(&mut self.generics);
        self.stream(inside);
        self.generics = generics;
        self.text.push_str(close);
        self.last = Last::Word;
    }

    fn operator(&mut self, operator: &str) {
        let prefix = self.last != Last::Word;
        match operator {
            "." | "::" | ".." | "..=" | "?" => self.tight(operator),
            "," | ";" | ":" => self.after(operator),
            "<" if self.opens_generics() => {
                self.generics += 1;
                self.tight(operator);
            }
            ">" if self.generics > 0 => {
                self.generics -= 1;
                self.text.push_str(operator);
                self.last = Last::Word;
            }
            "!" if !prefix => self.tight(operator),
            "-" | "*" | "&" | "!" | "'" if prefix => self.prefix(operator),
            _ => {
                self.space();
                self.after(operator);
            }
        }
    }

    fn tight(&mut self, operator: &str) {
        if self.last == Last::Operator {
            self.space();
        }
        self.text.push_str(operator);
        self.last = Last::Tight;
    }

    fn prefix(&mut self, operator: &str) {
        if self.last == Last::Operator {
            self.space();
        }
        self.text.push_str(operator);
        self.last = Last::Tight;
    }

    fn after(&mut self, operator: &str) {
        self.text.push_str(operator);
        self.last = Last::Operator;
    }

    /// A `<` after a type's name, which is upper case by custom, or after `::` is no comparison.
    fn opens_generics(&self) -> bool {
        let name = self.text.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
        self.last == Last::Tight || name.is_some_and(|name| name.starts_with(char::is_uppercase))
    }

    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }
}

/// Whether two punctuation marks that touch are one operator: `>>` closes two lists, `::` is one path separator.
fn joins(operator: &str, next: char) -> bool {
    matches!(
        (operator, next),
        (":", ':') | ("." | "..", '.') | ("..", '=') | ("-" | "=", '>') | ("=" | "!" | "<" | ">", '=') | ("&", '&')
    )
}

#[cfg(test)]
mod tests {
    use super::{TokenStream, fresh, idents, tidy, with_word};

    /// A name inside of a path is another name.
    #[test]
    fn a_word_is_replaced_where_it_stands_alone() {
        let parsed = |text: &str| -> TokenStream { text.parse().expect("these are tokens") };
        let name = quote::format_ident!("P");
        let replaced = with_word(parsed("L: Tree<P>, C: module::P, T: P, [P; 2]: Fit<(P,)>"), &name, &parsed("a::W"));
        assert_eq!(tidy(replaced), "L: Tree<a::W>, C: module::P, T: a::W, [a::W; 2]: Fit<(a::W,)>");
    }

    /// Each text, once parsed into tokens, comes back as it was.
    #[test]
    fn tidy_text_survives_a_round_trip() {
        for text in [
            "x * 0.5 * ((x * FRAC_1_SQRT_2).erf() + 1.0)",
            "-x + y.powf(-2.0) - -1.0",
            "V::select_gt(x, V::c(0.0), x, x * slope)",
            "if slope > 0.0 { x } else { -x }",
            "Vec<Linear<C, D<128>, P>>",
            "Param<Shape![C, 3], P>",
            "HashMap<String, [f64; 3]>",
            "&'static str",
            "fn(f64) -> f64",
            "0..N",
        ] {
            let tokens: TokenStream = text.parse().expect("these are tokens");
            assert_eq!(tidy(tokens), text);
        }
    }

    #[test]
    fn fresh_names_avoid_those_inside_groups() {
        let tokens: TokenStream = "struct Net { w: Param<(Q, Q_)> }".parse().expect("these are tokens");
        assert_eq!(fresh("Q", &idents(&tokens)), "Q__");
        assert_eq!(fresh("R", &idents(&tokens)), "R");
    }
}
