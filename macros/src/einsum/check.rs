//! The rules of `einsum!` that the string alone can break.
//!
//! Apart from the laws in `congruent::ops::einsum`, which see types: ranks, and sizes that differ.

use super::parse::{Call, Formula, UNNAMED};
use crate::mistakes::Mistakes;
pub(crate) use crate::shape::MAX_RANK;
use syn::{Expr, LitStr};

const MAX_OPERANDS: usize = 4;

/// The label of the axes that `...` stands for.
pub(crate) const REST: usize = usize::MAX;

/// A formula without mistakes. Labels are numbers: places in `names`, or [`REST`].
pub(crate) struct Checked {
    pub(crate) text: LitStr,
    pub(crate) names: Vec<String>,
    pub(crate) operands: Vec<(Expr, Vec<usize>)>,
    pub(crate) output: Vec<usize>,
}

/// All mistakes of the string, in the order in which they are read.
pub(crate) fn check(call: Call) -> Result<Checked, Mistakes> {
    let Call { text, operands } = call;
    let formula = Formula::read(&text.value());
    let mut found = mistakes(&formula, operands.len());
    if !found.is_empty() {
        let mut mistakes = Mistakes::default();
        found.dedup();
        found.iter().for_each(|message| mistakes.push(&text, message));
        return Err(mistakes);
    }
    let output = formula.output.clone().unwrap_or_else(|| implied(&formula.operands));
    let mut names: Vec<String> = Vec::new();
    for label in formula.operands.iter().flatten() {
        if label != UNNAMED && !names.contains(label) {
            names.push(label.clone());
        }
    }
    let number = |label: &String| if label == UNNAMED { Some(REST) } else { names.iter().position(|n| n == label) };
    let numbers = |labels: &[String]| labels.iter().filter_map(number).collect();
    let operands = operands.into_iter().zip(formula.operands.iter().map(|labels| numbers(labels))).collect();
    Ok(Checked { output: numbers(&output), text, operands, names })
}

fn mistakes(formula: &Formula, operands: usize) -> Vec<String> {
    let mut found = Vec::new();
    let terms = formula.operands.len();
    if operands != terms {
        found.push(format!("einsum: the string has {}, {} given", counted(terms, "operand"), are(operands)));
    } else if terms > MAX_OPERANDS {
        found.push(format!("einsum: at most {MAX_OPERANDS} operands, got {terms}: give a part a name of its own"));
    }
    for labels in formula.operands.iter().chain(&formula.output) {
        found.extend(unreadable(labels));
    }
    if found.is_empty() {
        found.extend(formula.output.iter().flat_map(|output| astray(output, &formula.operands)));
        found.extend(formula.output.iter().filter_map(|output| lost(output, &formula.operands)));
    }
    found
}

/// What cannot be a label, and terms of too many.
fn unreadable(labels: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let named = || labels.iter().filter(|label| *label != UNNAMED);
    if labels.len() > named().count() + 1 {
        found.push("einsum: `...` occurs twice in one term".into());
    }
    let wrong = named().filter(|label| !is_name(label));
    found.extend(wrong.map(|label| format!("einsum: `{label}` is not a label: a letter, or words between spaces")));
    if named().count() > MAX_RANK {
        found.push(format!("einsum: a tensor has at most {MAX_RANK} axes, this term has {}", named().count()));
    }
    found
}

/// The axes of `...` are not summed, as in NumPy.
fn lost(output: &[String], operands: &[Vec<String>]) -> Option<String> {
    let has = |labels: &[String]| labels.iter().any(|label| label == UNNAMED);
    (operands.iter().any(|labels| has(labels)) && !has(output))
        .then(|| "einsum: the output lacks `...`: axes without a label are not summed".to_owned())
}

/// Labels of the output that no operand has, or that stand there twice.
fn astray(output: &[String], operands: &[Vec<String>]) -> Vec<String> {
    let mut found = Vec::new();
    for (place, label) in output.iter().enumerate() {
        if output[..place].contains(label) {
            found.push(format!("einsum: label `{label}` occurs twice in the output"));
        } else if !operands.iter().flatten().any(|own| own == label) {
            found.push(format!("einsum: label `{label}` of the output occurs in no operand"));
        }
    }
    found
}

/// Without an arrow, NumPy's rule: `...` if there is one, then the labels that occur once, sorted.
fn implied(operands: &[Vec<String>]) -> Vec<String> {
    let all = || operands.iter().flatten();
    let mut once: Vec<String> =
        all().filter(|&label| all().filter(|&other| other == label).count() == 1).cloned().collect();
    once.retain(|label| label != UNNAMED);
    once.sort();
    let rest = all().find(|label| *label == UNNAMED).cloned();
    rest.into_iter().chain(once).collect()
}

/// A word that can name an axis.
pub(crate) fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `1 axis`, `2 axes`: the plural of the few words that messages count.
pub(crate) fn counted(count: usize, word: &str) -> String {
    match (count, word) {
        (1, word) => format!("1 {word}"),
        (count, "axis") => format!("{count} axes"),
        (count, word) => format!("{count} {word}s"),
    }
}

fn are(count: usize) -> String {
    if count == 1 { "1 is".to_owned() } else { format!("{count} are") }
}

#[cfg(test)]
mod tests {
    use super::{check, implied};
    use crate::einsum::parse::{Call, Formula};

    fn messages(text: &str, operands: usize) -> Vec<String> {
        let operands = (0..operands).map(|_| syn::parse_quote!(x)).collect();
        let call = Call { text: syn::LitStr::new(text, proc_macro2::Span::call_site()), operands };
        check(call).err().map(|mistakes| mistakes.messages()).unwrap_or_default()
    }

    #[test]
    fn sound_strings_have_no_mistake() {
        for (text, operands) in
            [("ij,jk->ik", 2), ("ii", 1), ("i,->i", 2), ("a b, b -> a", 2), ("ab,bc,cd,de", 4), ("...ij,j...", 2)]
        {
            assert_eq!(messages(text, operands), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn each_mistake_has_its_words() {
        for (text, operands, says) in [
            ("ij,jk->il", 2, "label `l` of the output occurs in no operand"),
            ("ij->ijj", 1, "label `j` occurs twice in the output"),
            ("ij,jk->ik", 1, "the string has 2 operands, 1 is given"),
            ("a,b,c,d,e->a", 5, "at most 4 operands, got 5"),
            ("...ij->ij", 1, "the output lacks `...`"),
            ("ij->...ij", 1, "label `...` of the output occurs in no operand"),
            ("...i...->...i", 1, "`...` occurs twice in one term"),
            ("..ij->ij", 1, "`.` is not a label"),
            ("i1->i", 1, "`1` is not a label"),
            ("abcdefg->a", 1, "at most 6 axes, this term has 7"),
            ("ij->k->i", 1, "`-` is not a label"),
        ] {
            let found = messages(text, operands);
            assert!(found.iter().any(|message| message.contains(says)), "{text}: {found:?}");
        }
    }

    #[test]
    fn the_implied_output_is_sorted() {
        assert_eq!(implied(&Formula::read("kj,ji").operands), ["i", "k"]);
        assert!(implied(&Formula::read("ii").operands).is_empty());
        assert_eq!(implied(&Formula::read("k...j,j...i").operands), ["...", "i", "k"]);
    }
}
