//! Losses of sequences whose targets are shorter, and nobody knows which step says which of them.
//!
//! Apart from `labels`, where each row has a label of its own.

use super::ctc::{Spoken, with_blanks};
use crate::device::{Device, SameDevice};
use crate::dims::Dim;
use crate::error::{Error, differ, raise};
use crate::graph::Operand;
use crate::ops::FloatingNode;
use crate::ops::on_host::{OnHost, read, result};
use crate::shape::{EachSequence, EachTranscript, LastAxis, Mismatch, Shape};
use crate::tensor::Tensor;

/// How [`ctc`](AlignmentLosses::ctc) counts: which class is the blank, and what becomes of a loss that is infinite.
///
/// ```
/// use congruent::ops::Ctc;
/// let last = Ctc { blank: 28, zero_infinity: true };
/// assert_eq!(Ctc::default(), Ctc { blank: 0, zero_infinity: false });
/// # let _ = last;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ctc {
    /// The class that says nothing; PyTorch's is 0 where nothing else is said.
    pub blank: usize,
    /// Whether a sequence too short for its labels has a loss and gradients of 0, in place of inf and NaN.
    pub zero_infinity: bool,
}

/// Log-probabilities of classes at each step of a batch of sequences, `(batch, time, classes)`.
#[diagnostic::on_unimplemented(
    message = "ctc takes `(batch, time, classes)`, the tensor is `{Self}`",
    label = "expected three axes",
    note = "a single sequence is a batch of one: `x.unsqueeze::<0>()`; PyTorch's `(time, batch, classes)` is \
            `x.transpose::<0, 1>()`"
)]
pub trait Utterances: LastAxis {
    /// The sequences.
    type Batch: Dim;
    /// The sequences.
    fn batch(self) -> Self::Batch;
}

#[diagnostic::do_not_recommend]
impl<B: Dim, T: Dim, C: Dim> Utterances for (B, T, C) {
    type Batch = B;
    fn batch(self) -> B {
        self.0
    }
}

/// Losses of sequences and shorter transcripts.
pub trait AlignmentLosses: Operand + Sized {
    /// Connectionist temporal classification of log-probabilities: the mean over sequences of
    /// `-ln P(labels) / number of labels`, where `P` sums over all ways to say the labels, in order, each for one or
    /// more steps, with blanks between them where one likes, and where a label is repeated. PyTorch's `F.ctc_loss`.
    ///
    /// Shapes: `(B, T, C)`, labels `(B, L)`, of which the first `label_lengths[b]` count, and of the steps the first
    /// `lengths[b]`. PyTorch's log-probabilities are `(T, B, C)`. `dx[t, c]` is minus the probability that step `t` is
    /// of class `c`, given the labels, which is the slope itself; PyTorch adds that of a `log_softmax` before, which is
    /// the same to whatever is before that. Steps that do not count have a gradient of 0.
    ///
    /// A sequence too short for its labels has a loss of inf and gradients of NaN, both 0 where [`Ctc::zero_infinity`]
    /// is set. One without labels is all blanks, and divided by 1. Without sequences the loss is NaN, a NaN among the
    /// steps that count is NaN. It is computed in `f64`, in logarithms, on the host. A label that is no class raises
    /// [`Error::Label`], the blank among labels, and lengths that are negative or longer than their axis,
    /// [`Error::Value`], other run-time sizes [`Error::Sizes`]. Graves and others 2006.
    ///
    /// ```
    /// use congruent::{ops::Ctc, prelude::*};
    /// let logits = Cpu.zeros::<Shape![1, 2, 3]>(); // two steps, three classes, all alike
    /// let (labels, steps, count) = (Cpu.tensor([[1]]), Cpu.tensor([2]), Cpu.tensor([1]));
    /// let loss = logits.log_softmax().ctc(&labels, &steps, &count, Ctc::default()).eval().item();
    /// assert!((loss - 3.0_f32.ln()).abs() < 1e-6); // 1 1, 0 1, 1 0: three of nine ways
    /// ```
    #[doc(alias = "ctc_loss")]
    #[track_caller]
    fn ctc<L, LX, LL, D>(
        self,
        labels: &Tensor<L, i64, D>,
        lengths: &Tensor<LX, i64, D>,
        label_lengths: &Tensor<LL, i64, D>,
        rule: Ctc,
    ) -> OnHost<Self, ()>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Utterances,
        (<Self::S as Utterances>::Batch,): EachTranscript<L::Init> + EachSequence<LX> + EachSequence<LL>,
        Self::D: SameDevice<D>,
        L: LastAxis,
        LX: Shape,
        LL: Shape,
        D: Device,
    {
        let (x, values) = read(self);
        let batch = Batch::new(x.shape, values, labels, (lengths, label_lengths), rule);
        let over = batch.spoken.len() as f64;
        let each: Vec<f64> = batch.spoken.iter().map(|spoken| 1.0 / (over * spoken.labels().max(1) as f64)).collect();
        let terms = batch.losses();
        let sum: f64 = terms.iter().zip(&each).map(|(loss, weight)| loss * weight).sum();
        let mean = if terms.is_empty() { f64::NAN } else { sum };
        result::<Self, _>(x, &[mean], (), move |gradient| {
            let factors: Vec<f64> = each.iter().map(|weight| weight * gradient[0]).collect();
            batch.slopes(&factors)
        })
    }

    /// The loss of each sequence, `-ln P(labels)`, before any mean and not divided: PyTorch's `reduction="none"`.
    /// `.sum()` of it is PyTorch's `reduction="sum"`. Shapes: `(B, T, C)` gives `(B,)`; all else is as in
    /// [`ctc`](AlignmentLosses::ctc).
    ///
    /// ```
    /// use congruent::{ops::Ctc, prelude::*};
    /// let x = Cpu.zeros::<Shape![2, 1, 2]>().log_softmax().eval();
    /// let (labels, one) = (Cpu.tensor([[1, 0], [1, 1]]), Cpu.tensor([1, 1]));
    /// let rule = Ctc { zero_infinity: true, ..Ctc::default() };
    /// let terms = x.ctc_terms(&labels, &one, &Cpu.tensor([1, 2]), rule).eval();
    /// assert!((terms[0] - 2.0_f32.ln()).abs() < 1e-6 && terms[1] == 0.0); // no step says two labels
    /// ```
    #[track_caller]
    fn ctc_terms<L, LX, LL, D>(
        self,
        labels: &Tensor<L, i64, D>,
        lengths: &Tensor<LX, i64, D>,
        label_lengths: &Tensor<LL, i64, D>,
        rule: Ctc,
    ) -> OnHost<Self, (<Self::S as Utterances>::Batch,)>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Utterances,
        (<Self::S as Utterances>::Batch,): EachTranscript<L::Init> + EachSequence<LX> + EachSequence<LL>,
        Self::D: SameDevice<D>,
        L: LastAxis,
        LX: Shape,
        LL: Shape,
        D: Device,
    {
        let (x, values) = read(self);
        let batch = Batch::new(x.shape, values, labels, (lengths, label_lengths), rule);
        let (terms, shape) = (batch.losses(), (x.shape.batch(),));
        result::<Self, _>(x, &terms, shape, move |gradient| batch.slopes(&gradient))
    }
}
impl<X: Operand> AlignmentLosses for X {}

impl Spoken {
    /// How many labels it has.
    fn labels(&self) -> usize {
        self.states.len() / 2
    }
}

/// Sequences and what they should say.
struct Batch {
    values: Vec<f64>,
    spoken: Vec<Spoken>,
    zero_infinity: bool,
}

/// Lengths, one for each of so many sequences, that an axis of this length has.
#[track_caller]
fn lengths<S: Shape, L: Shape, D: Device>(
    what: &'static str,
    x: S,
    lengths: &Tensor<L, i64, D>,
    longest: usize,
) -> Vec<usize> {
    if lengths.shape.dims().first() != x.dims().first() {
        differ(Mismatch::new("ctc", x, lengths.shape));
    }
    let one = |length: i64| match usize::try_from(length).ok().filter(|&length| length <= longest) {
        Some(length) => length,
        None => {
            let found = format!("{length} along an axis of {longest}");
            raise(Error::Value { what, found, rule: "a length is not longer than its axis" })
        }
    };
    lengths.device.download(&lengths.buf).into_iter().map(one).collect()
}

impl Batch {
    #[track_caller]
    fn new<S: Utterances, L: LastAxis, LX: Shape, LL: Shape, D: Device>(
        shape: S,
        values: Vec<f64>,
        labels: &Tensor<L, i64, D>,
        (steps, counts): (&Tensor<LX, i64, D>, &Tensor<LL, i64, D>),
        rule: Ctc,
    ) -> Self {
        let (dims, most) = (shape.dims(), labels.shape.last().size());
        if labels.shape.dims().first() != dims.first() {
            differ(Mismatch::new("ctc", shape, labels.shape));
        }
        let (times, classes) = (dims[1], dims[2]);
        if rule.blank >= classes {
            let found = format!("{} of {classes} classes", rule.blank);
            raise(Error::Value { what: "blank of ctc", found, rule: "it is one of the classes" });
        }
        let steps = lengths("length of a sequence", shape, steps, times);
        let counts = lengths("number of labels", shape, counts, most);
        let all = labels.device.download(&labels.buf);
        let label = |position: usize| match usize::try_from(all[position]).ok().filter(|&label| label < classes) {
            Some(label) if label == rule.blank => {
                let found = format!("{label} at position {position}");
                raise(Error::Value { what: "label of ctc", found, rule: "it is not the blank" })
            }
            Some(label) => label,
            None => raise(Error::Label { label: all[position], position, classes }),
        };
        let spoken = steps.into_iter().zip(counts).enumerate().map(|(row, (steps, count))| {
            let labels: Vec<usize> = (row * most..row * most + count).map(label).collect();
            Spoken { start: row * times * classes, classes, steps, states: with_blanks(&labels, rule.blank) }
        });
        Batch { spoken: spoken.collect(), values, zero_infinity: rule.zero_infinity }
    }

    fn losses(&self) -> Vec<f64> {
        let zeroed = |loss: f64| if self.zero_infinity && loss == f64::INFINITY { 0.0 } else { loss };
        self.spoken.iter().map(|spoken| zeroed(spoken.loss(&self.values))).collect()
    }

    /// The slopes of all log-probabilities, where the loss of each sequence counts by a factor.
    fn slopes(&self, factors: &[f64]) -> Vec<f64> {
        let mut slopes = vec![0.0; self.values.len()];
        for (spoken, &factor) in self.spoken.iter().zip(factors) {
            let impossible = spoken.loss(&self.values) == f64::INFINITY;
            let steps = spoken.start..spoken.start + spoken.steps * spoken.classes;
            match (impossible, self.zero_infinity) {
                (true, true) => {}
                (true, false) => slopes[steps].fill(f64::NAN),
                (false, _) => spoken.slopes(&self.values, factor, &mut slopes),
            }
        }
        slopes
    }
}
