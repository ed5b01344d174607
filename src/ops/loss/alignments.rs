//! Losses of sequences whose targets are shorter, and nobody knows which step says which of them.
//!
//! Apart from `labels`, where each row has a label of its own.

use super::ctc::{Spoken, with_blanks};
use super::rnnt::Lattice;
use super::transcripts::transcripts;
use crate::device::{Device, SameDevice};
use crate::dims::Dim;
use crate::graph::Operand;
use crate::ops::FloatingNode;
use crate::ops::on_host::{OnHost, read, result};
use crate::shape::{EachSequence, EachTranscript, LastAxis, Shape};
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

/// Log-probabilities of classes at each step, after each number of labels, `(batch, time, labels + 1, classes)`.
#[diagnostic::on_unimplemented(
    message = "rnnt takes `(batch, time, labels + 1, classes)`, the tensor is `{Self}`",
    label = "expected four axes",
    note = "of an encoder's steps and a predictor's labels it is their sum: \
            `a.unsqueeze::<2>() + b.unsqueeze::<1>()`, behind it a layer and `log_softmax`"
)]
pub trait Transducers: LastAxis {
    /// The sequences.
    type Batch: Dim;
}

#[diagnostic::do_not_recommend]
impl<B: Dim, T: Dim, N: Dim, C: Dim> Transducers for (B, T, N, C) {
    type Batch = B;
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
    /// is set. One without labels is all blanks, and divided by 1. Without sequences the loss is NaN; a NaN of the
    /// blank or of a label, at a step that counts, is NaN, and other classes are not looked at. It is computed in
    /// `f64`, in logarithms, on the host. A label that is no class raises
    /// [`Error::Label`](crate::Error::Label), the blank among labels, and lengths that are negative or longer than
    /// their axis, [`Error::Value`](crate::Error::Value), other run-time sizes [`Error::Sizes`](crate::Error::Sizes).
    /// Graves and others 2006.
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

    /// The loss of a transducer, of log-probabilities after each step and each number of labels that were said: the
    /// mean over sequences of `-ln P(labels)`, where `P` sums over all ways to read the steps by blanks and say the
    /// labels in between, in order. RNN-T, torchaudio's `rnnt_loss` of log-probabilities.
    ///
    /// Shapes: `(B, T, N, C)`, labels `(B, L)`, of which the first `label_lengths[b]` count, fewer than `N`; of the
    /// steps the first `lengths[b]`. A way leaves step `t` by a blank at `(t, n)` and says label `n` there; the last
    /// step is left, too. `dx[t, n, c]` is minus the probability that a way takes class `c` at `(t, n)`, and 0 at what
    /// does not count. A sequence without steps has a loss of inf and no gradient. Without sequences the loss is NaN.
    /// It is computed in `f64`, in logarithms, on the host; errors are those of [`ctc`](AlignmentLosses::ctc). Graves
    /// 2012, arXiv:1211.3711.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let logits = Cpu.zeros::<Shape![1, 2, 2, 3]>(); // two steps, no label or one, three classes, all alike
    /// let (labels, steps, count) = (Cpu.tensor([[1]]), Cpu.tensor([2]), Cpu.tensor([1]));
    /// let loss = logits.log_softmax().rnnt(&labels, &steps, &count, 0).eval().item();
    /// assert!((loss - (27.0_f32 / 2.0).ln()).abs() < 1e-5); // said at either step: two ways of three classes each
    /// ```
    #[doc(alias = "rnnt_loss")]
    #[track_caller]
    fn rnnt<L, LX, LL, D>(
        self,
        labels: &Tensor<L, i64, D>,
        lengths: &Tensor<LX, i64, D>,
        label_lengths: &Tensor<LL, i64, D>,
        blank: usize,
    ) -> OnHost<Self, ()>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Transducers,
        (<Self::S as Transducers>::Batch,): EachTranscript<L::Init> + EachSequence<LX> + EachSequence<LL>,
        Self::D: SameDevice<D>,
        L: LastAxis,
        LX: Shape,
        LL: Shape,
        D: Device,
    {
        let (x, values) = read(self);
        let dims = x.shape.dims();
        let rows = transcripts("rnnt", x.shape, labels, (lengths, label_lengths), blank);
        let lattices: Vec<Lattice> = rows
            .into_iter()
            .enumerate()
            .map(|(row, (steps, labels))| Lattice::new(row, [dims[1], dims[2], dims[3]], steps, labels, blank))
            .collect();
        let over = lattices.len() as f64;
        let mean = lattices.iter().map(|lattice| lattice.loss(&values)).sum::<f64>() / over;
        result::<Self, _>(x, &[mean], (), move |gradient| {
            let mut slopes = vec![0.0; values.len()];
            lattices.iter().for_each(|lattice| lattice.slopes(&values, gradient[0] / over, &mut slopes));
            slopes
        })
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

impl Batch {
    #[track_caller]
    fn new<S: Utterances, L: LastAxis, LX: Shape, LL: Shape, D: Device>(
        shape: S,
        values: Vec<f64>,
        labels: &Tensor<L, i64, D>,
        lengths: (&Tensor<LX, i64, D>, &Tensor<LL, i64, D>),
        rule: Ctc,
    ) -> Self {
        let (times, classes) = (shape.dims()[1], shape.last().size());
        let rows = transcripts("ctc", shape, labels, lengths, rule.blank).into_iter().enumerate();
        let spoken = rows.map(|(row, (steps, labels))| {
            let states = with_blanks(&labels, rule.blank);
            Spoken { start: row * times * classes, classes, steps, states }
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
