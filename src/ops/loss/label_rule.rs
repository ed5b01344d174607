//! Which labels count, and how much.
//!
//! Apart from the losses, which know of each row only by what it counts.

use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::shape::{LastAxis, Mismatch};
use crate::tensor::Tensor;

/// How labels count in [`cross_entropy_by`](super::LabelLosses::cross_entropy_by) and its kin: all of them alike,
/// unless something else is said.
///
/// ```
/// use congruent::prelude::*;
/// let weights = Cpu.tensor([1.0, 2.0, 0.5]);
/// let rule = LabelRule::new().ignore_index(-100).weight(&weights).label_smoothing(0.1);
/// let x = Cpu.zeros::<Shape![4, 3]>();
/// let loss = x.cross_entropy_by(&Cpu.tensor([0, -100, 2, 1]), &rule).eval().item();
/// assert!((loss - 3.0f32.ln()).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LabelRule<W = ()> {
    ignored: Option<i64>,
    pub(super) smoothing: f64,
    weights: W,
}

impl LabelRule {
    /// Every label counts as 1; PyTorch would ignore -100.
    pub fn new() -> Self {
        Self::default()
    }
}

impl<W> LabelRule<W> {
    /// Rows with this label do not count; it need not be one of the classes. PyTorch's is -100.
    #[must_use]
    pub fn ignore_index(mut self, label: i64) -> Self {
        self.ignored = Some(label);
        self
    }

    /// The target is `1 - smoothing` at the label and `smoothing / C` more everywhere, as in
    /// [`cross_entropy_smoothed`](super::LabelLosses::cross_entropy_smoothed), each class by its weight. A part that is
    /// not from 0 to 1 raises [`Error::Value`].
    #[must_use]
    #[track_caller]
    pub fn label_smoothing(mut self, smoothing: f64) -> Self {
        if !(0.0..=1.0).contains(&smoothing) {
            raise(Error::Value { what: "label smoothing", found: smoothing.to_string(), rule: "it is from 0 to 1" });
        }
        self.smoothing = smoothing;
        self
    }

    /// A row counts as much as the class of its label weighs.
    #[must_use]
    pub fn weight<C: Dim, E: Real, D: Device>(self, weights: &Tensor<(C,), E, D>) -> LabelRule<&Tensor<(C,), E, D>> {
        LabelRule { ignored: self.ignored, smoothing: self.smoothing, weights }
    }
}

/// What the classes along an axis `C` weigh: nothing is said, `()`, or a tensor `(C,)` says it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no weights of `{C}` classes of `{E}` on `{D}`",
    label = "the scores have `{C}` classes of `{E}` on `{D}`",
    note = "weights of classes are a tensor of shape `(C,)` where the scores have shape `(.., C)`, of their element \
            type and on their device"
)]
pub trait ClassWeights<C: Dim, E: Real, D>: Copy {
    /// The weights, if there are any, and their number.
    fn given(self) -> Option<(Buf<E>, C)>;
}

#[diagnostic::do_not_recommend]
impl<C: Dim, E: Real, D> ClassWeights<C, E, D> for () {
    fn given(self) -> Option<(Buf<E>, C)> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<C: Dim, E: Real, D: Device> ClassWeights<C, E, D> for &Tensor<(C,), E, D> {
    fn given(self) -> Option<(Buf<E>, C)> {
        Some((self.buf.clone(), self.shape.0))
    }
}

/// The labels of all rows as they count.
pub(super) struct Counted<E> {
    /// The labels, some class where a row does not count.
    pub(super) labels: Buf<i64>,
    /// 1 for each row that counts, 0 for one that is ignored.
    pub(super) counts: Buf<E>,
    /// By what each row counts: 0 where it is ignored.
    pub(super) factors: Buf<E>,
    /// The sum of these.
    pub(super) sum: f64,
    /// The weights of the classes, if there are any.
    pub(super) weights: Option<Buf<E>>,
}

impl<E: Real> Counted<E> {
    /// Looks at the labels, on the host; one that counts and is no class raises [`Error::Label`].
    #[track_caller]
    pub(super) fn new<S, D, W>(shape: S, device: D, labels: &Buf<i64>, rule: &LabelRule<W>) -> Self
    where
        S: LastAxis,
        D: Device,
        W: ClassWeights<S::Last, E, D>,
    {
        let (given, classes) = (rule.weights.given(), shape.last().size());
        if let Some((_, width)) = given.as_ref().filter(|(_, width)| width.size() != classes) {
            raise(Mismatch::new("weights of classes", (shape.last(),), (*width,)).into());
        }
        if classes == 0 && !labels.is_empty() {
            raise(Error::Empty { what: "scores of no classes".to_owned() });
        }
        let weights = given.map(|(weights, _)| weights);
        let known = weights.as_ref().map(|weights| device.download(weights));
        let [nothing, one] = [0.0, 1.0].map(E::of_f64);
        let (mut labels, mut sum) = (device.download(labels), 0.0);
        let [mut counts, mut factors] = [1.0, 1.0].map(|count| vec![E::of_f64(count); labels.len()]);
        for (position, label) in labels.iter_mut().enumerate() {
            if rule.ignored == Some(*label) {
                (*label, counts[position], factors[position]) = (0, nothing, nothing);
                continue;
            }
            let Some(class) = usize::try_from(*label).ok().filter(|&class| class < classes) else {
                raise(Error::Label { label: *label, position, classes })
            };
            factors[position] = known.as_ref().map_or(one, |weights| weights[class]);
            sum += factors[position].as_f64();
        }
        let [counts, factors] = [counts, factors].map(|of_rows| device.upload(&of_rows));
        Counted { labels: device.upload(&labels), counts, factors, sum, weights }
    }

    /// The same for a loss that knows no smoothing.
    #[track_caller]
    pub(super) fn without_smoothing<S, D, W>(shape: S, device: D, labels: &Buf<i64>, rule: &LabelRule<W>) -> Self
    where
        S: LastAxis,
        D: Device,
        W: ClassWeights<S::Last, E, D>,
    {
        if rule.smoothing != 0.0 {
            let (what, found) = ("label smoothing of a negative log-likelihood", rule.smoothing.to_string());
            raise(Error::Value { what, found, rule: "it is of `cross_entropy_by`" });
        }
        Self::new(shape, device, labels, rule)
    }
}
