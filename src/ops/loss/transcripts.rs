//! Transcripts as lists of labels, checked: what losses of sequences share.
//!
//! Apart from the losses (`alignments`), whose methods say the laws; here is what only the run knows.

use crate::device::Device;
use crate::dims::Dim;
use crate::error::{Error, differ, raise};
use crate::shape::{LastAxis, Mismatch, Shape};
use crate::tensor::Tensor;

/// Lengths, one for each sequence of `x`, none of them beyond the longest.
#[track_caller]
fn lengths<S: Shape, L: Shape, D: Device>(
    (law, what): (&'static str, &'static str),
    x: S,
    lengths: &Tensor<L, i64, D>,
    longest: usize,
) -> Vec<usize> {
    if lengths.shape.dims().first() != x.dims().first() {
        differ(Mismatch::new(law, x, lengths.shape));
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

/// For each sequence of `x`, `(batch, time, ..)` with the classes last, how many steps count, and the labels that do.
#[track_caller]
pub(super) fn transcripts<S: LastAxis, L: LastAxis, LX: Shape, LL: Shape, D: Device>(
    law: &'static str,
    x: S,
    labels: &Tensor<L, i64, D>,
    (steps, counts): (&Tensor<LX, i64, D>, &Tensor<LL, i64, D>),
    blank: usize,
) -> Vec<(usize, Vec<usize>)> {
    let (dims, most, classes) = (x.dims(), labels.shape.last().size(), x.last().size());
    if labels.shape.dims().first() != dims.first() {
        differ(Mismatch::new(law, x, labels.shape));
    }
    if blank >= classes {
        let found = format!("{blank} of {classes} classes");
        raise(Error::Value { what: "blank of a transcript", found, rule: "it is one of the classes" });
    }
    let steps = lengths((law, "length of a sequence"), x, steps, dims[1]);
    let counts = lengths((law, "number of labels"), x, counts, most);
    let all = labels.device.download(&labels.buf);
    let label = |position: usize| match usize::try_from(all[position]).ok().filter(|&label| label < classes) {
        Some(label) if label == blank => {
            let found = format!("{label} at position {position}");
            raise(Error::Value { what: "label of a transcript", found, rule: "it is not the blank" })
        }
        Some(label) => label,
        None => raise(Error::Label { label: all[position], position, classes }),
    };
    let rows = steps.into_iter().zip(counts).enumerate();
    rows.map(|(row, (steps, count))| (steps, (row * most..row * most + count).map(label).collect())).collect()
}
