//! Explanations as text.
//!
//! Apart from what they hold because the text is for people, and may change.

use super::explanation::{Arrangement, ExplainedStep, Explanation, Reading};
use crate::graph::Work;
use std::fmt::{Display, Formatter, Result};

impl Display for Arrangement {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Arrangement::Contiguous => "contiguous",
            Arrangement::Stretched => "broadcast",
            Arrangement::Scattered => "strided",
        })
    }
}

impl Display for Work {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Work::FusedLoop => "fused loop",
            Work::CopyLoop => "copy",
            Work::ViewOnly => "view",
            Work::RowReduction => "reduction",
            Work::RowFormula => "program along rows",
            Work::MatrixProduct => "product",
            Work::WindowProduct => "convolution",
            Work::WindowPool => "windows",
            Work::AttentionLoop => "attention",
            Work::RunningFormula => "running formula",
            Work::Sort => "sort",
            Work::Lookup => "lookup",
            Work::JoinedParts => "join",
            Work::ElementCast => "cast",
            Work::HostNumbers => "numbers of the host",
            Work::Loss => "loss",
            Work::Layers => "loop of layers",
            Work::ErasedGraph => "erased graph",
            Work::UserFunction => "function",
        })
    }
}

/// A number, or `?` where it is not known.
fn known<T: Display>(number: Option<T>) -> String {
    number.map_or_else(|| "?".to_owned(), |number| number.to_string())
}

/// A number of bytes, or `?`.
fn bytes_of(bytes: Option<usize>) -> String {
    sum([bytes.map(|bytes| bytes as u64)].into_iter(), " B")
}

fn sizes(dims: &[Option<usize>]) -> String {
    let sizes: Vec<String> = dims.iter().map(|&size| known(size)).collect();
    format!("[{}]", sizes.join(", "))
}

/// What is known of a sum, and whether that is all.
fn sum(parts: impl Iterator<Item = Option<u64>>, unit: &str) -> String {
    let (mut known, mut is_all) = (0u64, true);
    for part in parts {
        known = known.saturating_add(part.unwrap_or(0));
        is_all &= part.is_some();
    }
    match (known, is_all) {
        (0, false) => "?".to_owned(),
        (_, false) => format!("{known}{unit} and more"),
        (_, true) => format!("{known}{unit}"),
    }
}

impl Display for Reading {
    /// `a [2, 3] contiguous`
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.layout {
            Some(layout) => write!(f, "{} {} {layout}", self.name, sizes(&self.dims)),
            None => f.write_str(&self.name),
        }
    }
}

impl Display for ExplainedStep {
    /// The kind, the sizes and the formula; then, on a line of its own, what is read, written and computed.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let ExplainedStep { kind, formula, dims, reads, written, flops, .. } = self;
        let host = if self.through_host { ", through the host" } else { "" };
        writeln!(f, "{kind}{host} {}: {formula}", sizes(dims))?;
        let bytes = sum(reads.iter().map(|source| source.bytes.map(|bytes| bytes as u64)), " B");
        let sources: Vec<String> = reads.iter().map(ToString::to_string).collect();
        let temporary = if self.is_temporary { " (temporary)" } else { "" };
        write!(f, "   reads {bytes} ({})", sources.join(", "))?;
        write!(f, ", writes {}{temporary}, flops {}", bytes_of(*written), known(*flops))
    }
}

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{} {:?}", self.elem, self.dims)?;
        if self.steps.is_empty() {
            return f.write_str(": in memory");
        }
        for (number, step) in self.steps.iter().enumerate() {
            let first = number == 0 || self.steps[number - 1].is_done != step.is_done;
            match step.is_done {
                true if first => write!(f, "\ndone when it was written:")?,
                false if first => write!(f, "\nleft for `eval`:")?,
                _ => {}
            }
            write!(f, "\n#{} {step}", number + 1)?;
        }
        let bytes = |of: fn(&ExplainedStep) -> Option<usize>| {
            sum(self.steps.iter().map(|step| of(step).map(|x| x as u64)), " B")
        };
        let temporaries = self.steps.iter().filter(|step| step.is_temporary);
        let temporary = sum(temporaries.map(|step| step.written.map(|bytes| bytes as u64)), " B");
        write!(
            f,
            "\nin all: reads {}, writes {}",
            bytes(ExplainedStep::bytes_read),
            bytes(ExplainedStep::bytes_written)
        )?;
        write!(f, ", of which temporary {temporary}, flops {}", sum(self.steps.iter().map(ExplainedStep::flops), ""))
    }
}
