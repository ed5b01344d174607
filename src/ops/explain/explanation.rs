//! What an explanation holds, and what programs and tests ask of it.
//!
//! Apart from its text, which is for people.

use crate::graph::Work;

/// How an operand lies along the region that reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arrangement {
    /// Its elements are read in the order in which they lie.
    Contiguous,
    /// At least one axis is stretched: the same elements are read again.
    Stretched,
    /// In another order, or with others in between.
    Scattered,
}

/// An operand in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub(super) name: String,
    pub(super) dims: Vec<Option<usize>>,
    pub(super) layout: Option<Arrangement>,
    pub(super) bytes: Option<usize>,
}

impl Reading {
    /// What the explanation calls it: `a`, `b`, .. are operands, `#1`, `#2`, .. what the steps give.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The sizes of its axes; `None` is a run-time size that nobody knows any more.
    pub fn dims(&self) -> &[Option<usize>] {
        &self.dims
    }

    /// How it lies; `None` is a view that nobody knows any more.
    pub fn layout(&self) -> Option<Arrangement> {
        self.layout
    }

    /// The bytes of its elements, each counted once.
    pub fn bytes(&self) -> Option<usize> {
        self.bytes
    }
}

/// What runs at once: one fused loop, or one operation.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedStep {
    pub(super) kind: Work,
    pub(super) formula: String,
    pub(super) dims: Vec<Option<usize>>,
    pub(super) reads: Vec<Reading>,
    pub(super) written: Option<usize>,
    pub(super) flops: Option<u64>,
    pub(super) is_done: bool,
    pub(super) is_temporary: bool,
    pub(super) through_host: bool,
}

impl ExplainedStep {
    /// What runs.
    pub fn kind(&self) -> Work {
        self.kind
    }

    /// The operations by their names, the first one innermost: `add(relu(a), b)`.
    pub fn formula(&self) -> &str {
        &self.formula
    }

    /// The sizes of the result; `None` is a run-time size that nobody knows any more.
    pub fn dims(&self) -> &[Option<usize>] {
        &self.dims
    }

    /// The operands in memory, each once.
    pub fn reads(&self) -> &[Reading] {
        &self.reads
    }

    /// The bytes that are read, each once, if all operands are known.
    pub fn bytes_read(&self) -> Option<usize> {
        self.reads.iter().map(|source| source.bytes).sum()
    }

    /// The bytes of the result.
    pub fn bytes_written(&self) -> Option<usize> {
        self.written
    }

    /// The arithmetic, if it is counted: see [`explain`](super::Explain::explain).
    pub fn flops(&self) -> Option<u64> {
        self.flops
    }

    /// Whether it ran when the expression was written.
    pub fn is_done(&self) -> bool {
        self.is_done
    }

    /// Whether its result is stored for another step of this explanation alone.
    pub fn is_temporary(&self) -> bool {
        self.is_temporary
    }

    /// Whether the device has no loop for it, so that the host computes it and its elements are carried there and back.
    pub fn through_host(&self) -> bool {
        self.through_host
    }
}

/// What computing an expression runs: see [`explain`](super::Explain::explain).
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    pub(super) elem: &'static str,
    pub(super) dims: Vec<usize>,
    /// Those that are done come first.
    pub(super) steps: Vec<ExplainedStep>,
}

impl Explanation {
    /// All steps, in their order.
    pub fn steps(&self) -> &[ExplainedStep] {
        &self.steps
    }

    /// Those that ran when the expression was written.
    pub fn done(&self) -> impl Iterator<Item = &ExplainedStep> {
        self.steps.iter().filter(|step| step.is_done)
    }

    /// Those that [`eval`](crate::ops::Evaluate::eval) runs: at most one, and none where the value is in memory.
    pub fn pending(&self) -> impl Iterator<Item = &ExplainedStep> {
        self.steps.iter().filter(|step| !step.is_done)
    }

    /// Bytes that all steps read, if all are known.
    pub fn bytes_read(&self) -> Option<usize> {
        self.steps.iter().map(ExplainedStep::bytes_read).sum()
    }

    /// Bytes that all steps write, if all are known.
    pub fn bytes_written(&self) -> Option<usize> {
        self.steps.iter().map(ExplainedStep::bytes_written).sum()
    }

    /// Arithmetic of all steps, if all of it is counted.
    pub fn flops(&self) -> Option<u64> {
        self.steps.iter().map(ExplainedStep::flops).sum()
    }

    /// Bytes of the results that are stored for other steps alone, if all are known.
    pub fn temporary_bytes(&self) -> Option<usize> {
        self.steps.iter().filter(|step| step.is_temporary).map(ExplainedStep::bytes_written).sum()
    }
}
