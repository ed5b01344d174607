//! From a formula to operations: what is summed first, which operands meet, in which order of axes.
//!
//! Apart from `emit.rs` because here are decisions, and no token of the program.

use super::check::{Checked, MAX_RANK, REST};
use super::parse::UNNAMED;
use crate::mistakes::Mistakes;

/// One operation; operands are slots, which hold what has become of them.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// The axes that `...` stands for in both slots, from now on those of slot 0.
    Meet { right: usize, both: bool },
    /// The shape that the next steps are given: each axis is an axis of a slot.
    Shape(Vec<Place>),
    /// The slot with its axes under other labels: permuted, stretched, or a diagonal where a label repeats.
    View { slot: usize, from: Vec<usize>, to: Vec<usize> },
    /// The slot summed over these axes.
    Sum { slot: usize, axes: Vec<isize> },
    /// The product of two slots of one shape, element by element, in the left one's slot.
    Multiply { left: usize, right: usize },
    /// The product of two slots, summed over the labels that the output has not, in the left one's slot.
    Contract { left: usize, right: usize, labels: [Vec<usize>; 3] },
}

/// What stands at a place of a shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// An axis of a slot.
    Axis(usize, isize),
    /// The axes of a slot that `...` stands for.
    Rest(usize),
}

/// The steps that leave the result in slot 0.
pub(crate) fn lower(checked: &Checked) -> Result<Vec<Step>, Mistakes> {
    let mut slots: Vec<Vec<usize>> = checked.operands.iter().map(|(_, labels)| labels.clone()).collect();
    let mut steps = Vec::new();
    let output = &checked.output;
    for right in 1..slots.len() {
        let later: Vec<usize> = slots[right + 1..].iter().flatten().chain(output).copied().collect();
        for (slot, other) in [(0, right), (right, 0)] {
            let needed = [&slots[other][..], &later].concat();
            simplify(&mut steps, &mut slots[slot], slot, &needed);
        }
        let last = right + 1 == slots.len();
        let kept = if last { output.clone() } else { united(&slots[0], &slots[right], &later) };
        if kept.iter().filter(|label| **label != REST).count() > MAX_RANK {
            return Err(too_many(checked, right, &kept));
        }
        meet(&mut steps, &mut slots, right, kept);
    }
    simplify(&mut steps, &mut slots[0], 0, output);
    if slots[0] != *output {
        steps.push(Step::Shape(places(&[(0, &slots[0])], output)));
        steps.push(Step::View { slot: 0, from: slots[0].clone(), to: output.clone() });
    }
    Ok(steps)
}

/// Takes the diagonal of repeated labels and sums over the labels that nobody else needs.
fn simplify(steps: &mut Vec<Step>, own: &mut Vec<usize>, slot: usize, needed: &[usize]) {
    let distinct = united(own, &[], own);
    if distinct.len() < own.len() {
        steps.push(Step::Shape(places(&[(slot, own)], &distinct)));
        steps.push(Step::View { slot, from: own.clone(), to: distinct.clone() });
        *own = distinct;
    }
    let summed = (0..own.len()).filter(|&axis| !needed.contains(&own[axis]));
    let axes: Vec<isize> = summed.map(|axis| position(own, axis)).collect();
    own.retain(|label| needed.contains(label));
    if !axes.is_empty() {
        steps.push(Step::Sum { slot, axes });
    }
}

/// The product of slot 0 with another one, under the labels `kept`.
fn meet(steps: &mut Vec<Step>, slots: &mut [Vec<usize>], right: usize, kept: Vec<usize>) {
    let (a, b) = (slots[0].clone(), slots[right].clone());
    if b.contains(&REST) {
        steps.push(Step::Meet { right, both: a.contains(&REST) });
    }
    steps.push(Step::Shape(places(&[(0, &a), (right, &b)], &kept)));
    if a.iter().any(|label| !kept.contains(label)) {
        steps.push(Step::Contract { left: 0, right, labels: [a, b, kept.clone()] });
    } else {
        for (slot, from) in [(0, a), (right, b)] {
            // Where `...` is in front, the product itself broadcasts.
            if from != kept || kept.iter().skip(1).any(|label| *label == REST) {
                steps.push(Step::View { slot, from, to: kept.clone() });
            }
        }
        steps.push(Step::Multiply { left: 0, right });
    }
    slots[0] = kept;
}

/// The labels of both that are needed, each once: those of the left, then those that the right adds.
fn united(left: &[usize], right: &[usize], needed: &[usize]) -> Vec<usize> {
    let mut all = Vec::new();
    for label in left.iter().chain(right) {
        if needed.contains(label) && !all.contains(label) {
            all.push(*label);
        }
    }
    all
}

/// Where each label is an axis: the first slot that has it.
fn places(slots: &[(usize, &Vec<usize>)], labels: &[usize]) -> Vec<Place> {
    let place = |label| {
        let found = |(slot, own): &(usize, &Vec<usize>)| {
            own.iter().position(|other| *other == label).map(|axis| Place::Axis(*slot, position(own, axis)))
        };
        if label == REST { Some(Place::Rest(slots[0].0)) } else { slots.iter().find_map(found) }
    };
    labels.iter().filter_map(|&label| place(label)).collect()
}

/// The position of an axis: from the end where it stands behind `...`, which is of any length.
pub(crate) fn position(labels: &[usize], axis: usize) -> isize {
    let behind = labels[..axis].contains(&REST);
    if behind { axis as isize - labels.len() as isize } else { axis as isize }
}

fn too_many(checked: &Checked, right: usize, kept: &[usize]) -> Mistakes {
    let mut mistakes = Mistakes::default();
    let name = |label: &usize| checked.names.get(*label).map_or(UNNAMED, String::as_str);
    let names: Vec<&str> = kept.iter().map(name).collect();
    let message = format!(
        "einsum: the product of the first {} operands has {} axes ({}), a tensor has at most {MAX_RANK}: \
         put operands that share labels side by side",
        right + 1,
        kept.len(),
        names.join(" ")
    );
    mistakes.push(&checked.text, message);
    mistakes
}

#[cfg(test)]
mod tests {
    use super::{Step, lower};
    use crate::einsum::check::check;
    use crate::einsum::parse::Call;

    /// The steps, one word each.
    fn steps(text: &str) -> Result<String, Vec<String>> {
        let operands = (0..text.split(',').count()).map(|_| syn::parse_quote!(x)).collect();
        let call = Call { text: syn::LitStr::new(text, proc_macro2::Span::call_site()), operands };
        let steps = check(call).and_then(|checked| lower(&checked)).map_err(|mistakes| mistakes.messages())?;
        let word = |step: &Step| match step {
            Step::Shape(_) | Step::Meet { .. } => None,
            Step::View { slot, .. } => Some(format!("view {slot}")),
            Step::Sum { slot, axes } => Some(format!("sum {slot} {axes:?}")),
            Step::Multiply { right, .. } => Some(format!("multiply {right}")),
            Step::Contract { right, .. } => Some(format!("contract {right}")),
        };
        Ok(steps.iter().filter_map(word).collect::<Vec<_>>().join(", "))
    }

    #[test]
    fn formulas_become_few_steps() {
        for (text, expected) in [
            ("ij->ij", ""),
            ("ij->ji", "view 0"),
            ("ijk->ki", "sum 0 [1], view 0"),
            ("ii->", "view 0, sum 0 [0]"),
            ("ij,jk->ik", "contract 1"),
            ("ij,ij->ij", "multiply 1"),
            ("ij,j->ij", "view 1, multiply 1"),
            ("i,j->ij", "view 0, view 1, multiply 1"),
            ("ij,jk,kl->il", "contract 1, contract 2"),
            ("ijx,jk->ik", "sum 0 [2], contract 1"),
            ("...ij,...jk->...ik", "contract 1"),
            ("i...,i...->i...", "view 0, view 1, multiply 1"),
            ("...i,...i->...i", "multiply 1"),
            ("i...jk->...j", "sum 0 [0, -1]"),
            ("ij,kl->ik", "sum 0 [1], sum 1 [1], view 0, view 1, multiply 1"),
        ] {
            assert_eq!(steps(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_product_of_too_many_axes_is_refused() {
        let found = steps("abcd,efgh,abcdefgh->a").unwrap_err();
        assert!(found[0].contains("at most 6 axes"), "{found:?}");
        let found = steps("abcd,efg,abcefg->d").unwrap_err();
        assert!(found[0].contains("has 7 axes (a b c d e f g)"), "{found:?}");
    }
}
