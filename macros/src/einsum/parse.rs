//! What is written in `einsum!`: a string literal, the operands, and the terms inside the string.
//!
//! Apart from `check.rs` because here nothing is judged: a term is a list of words, whatever they are.

use syn::parse::{Parse, ParseStream};
use syn::{Expr, LitStr, Token};

/// `"ij, jk -> ik", a, b`
pub(crate) struct Call {
    pub(crate) text: LitStr,
    pub(crate) operands: Vec<Expr>,
}

impl Parse for Call {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text = input.parse()?;
        let mut operands = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if !input.is_empty() {
                operands.push(input.parse()?);
            }
        }
        Ok(Call { text, operands })
    }
}

/// How a term names the axes that have no label.
pub(crate) const UNNAMED: &str = "...";

/// The labels of each operand, and of the output where there is an arrow.
#[derive(Debug, PartialEq)]
pub(crate) struct Formula {
    pub(crate) operands: Vec<Vec<String>>,
    pub(crate) output: Option<Vec<String>>,
}

impl Formula {
    /// Single letters run together, as in NumPy; where a space stands between labels of one term, all are whole words.
    /// `...` is a label of its own either way.
    pub(crate) fn read(text: &str) -> Self {
        let (operands, output) = match text.split_once("->") {
            Some((operands, output)) => (operands, Some(output)),
            None => (text, None),
        };
        let terms = || operands.split(',').chain(output);
        let words = terms().any(|term| term.split_whitespace().count() > 1);
        let named = |part: &str| -> Vec<String> {
            match words {
                true => part.split_whitespace().map(str::to_owned).collect(),
                false => part.trim().chars().map(String::from).collect(),
            }
        };
        let labels = |term: &str| -> Vec<String> {
            let parts: Vec<Vec<String>> = term.split(UNNAMED).map(named).collect();
            parts.join(&UNNAMED.to_owned())
        };
        Formula { operands: operands.split(',').map(labels).collect(), output: output.map(labels) }
    }
}

#[cfg(test)]
mod tests {
    use super::Formula;

    fn read(text: &str) -> (Vec<String>, Option<String>) {
        let formula = Formula::read(text);
        let term = |labels: &Vec<String>| labels.join("_");
        (formula.operands.iter().map(term).collect(), formula.output.as_ref().map(term))
    }

    #[test]
    fn letters_run_together_unless_a_space_parts_them() {
        assert_eq!(read("ij,jk->ik"), (vec!["i_j".into(), "j_k".into()], Some("i_k".into())));
        assert_eq!(read(" ij , jk "), (vec!["i_j".into(), "j_k".into()], None));
        assert_eq!(read("i,->"), (vec!["i".into(), String::new()], Some(String::new())));
        assert_eq!(read("row in, in -> row"), (vec!["row_in".into(), "in".into()], Some("row".into())));
        assert_eq!(read("...ij,j... -> ..."), (vec!["..._i_j".into(), "j_...".into()], Some("...".into())));
        assert_eq!(read("...row in"), (vec!["..._row_in".into()], None));
    }
}
