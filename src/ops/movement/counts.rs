//! Elements repeated, each as often as it is told.
//!
//! Apart from `rearranged`, where all are repeated equally often: here only the run knows how long the axis becomes.

use super::lengths::counted;
use crate::device::SameDevice;
use crate::dims::Dim;
use crate::error::{Error, OrRaise, collected};
use crate::graph::Operand;
use crate::layout::count;
use crate::ops::index::{Indices, Line, Moved, Moves, Source};
use crate::shape::{AxisAt, EachSlice, IndexList, LengthOf, WithAxis};

/// Repeating by counts.
///
/// `N` is a dim whose size is the sum of the counts: hand over its constructor.
pub trait RepeatingEach<Counts, N>: Operand + Sized {
    /// Slice `i` along axis `I` comes `counts[i]` times, one after the other. NumPy's `repeat(x, counts)`, PyTorch's
    /// `repeat_interleave(x, counts)`. Any element type.
    ///
    /// `dx` is the sum of `dy` over the copies. A count below 0, or another number of counts than of slices, raises
    /// [`Error::Value`]; a constructor of another size [`Error::Shape`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Copies = ? }
    /// let x = Cpu.tensor([7.0, 8.0, 9.0]);
    /// let y: Tensor<(Copies,)> = x.repeat_interleave_each::<0>(&Cpu.tensor([2, 0, 1]), Copies).eval();
    /// assert_eq!(y.as_slice(), [7.0, 7.0, 9.0]);
    /// ```
    #[doc(alias = "repeat")]
    #[track_caller]
    fn repeat_interleave_each<const I: isize>(
        self,
        counts: Counts,
        name: impl FnOnce(usize) -> N,
    ) -> Moved<Self, WithAxis<Self::S, I, N>>
    where
        N: Dim,
        Self: Source,
        Self::S: AxisAt<I, At: EachSlice<LengthOf<Counts::S>>>,
        Self::D: SameDevice<Counts::D>,
        Counts: Indices<S: IndexList>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let (counts, length) = (counts.values(), shape.at().size());
        let total = checked(&counts, length).or_raise();
        let out_shape = shape.with(counted(total, name));
        count(out_shape);
        let each = counts.iter().enumerate();
        let ids = each.flat_map(|(i, &count)| std::iter::repeat_n(i as i64, count as usize));
        let rows = Line::of::<I, _>(shape).rows(device, collected(total, ids));
        Self::moved((rows.take(device, x), out_shape, Moves::Picked(rows)), whole)
    }
}
impl<X: Operand, Counts, N> RepeatingEach<Counts, N> for X {}

/// The sum of the counts.
fn checked(counts: &[i64], length: usize) -> Result<usize, Error> {
    let wrong = |found, rule| Error::Value { what: "repeat_interleave_each", found, rule };
    if counts.len() != length {
        return Err(wrong(format!("{} counts for {length} slices", counts.len()), "each slice has its count"));
    }
    if let Some(at) = counts.iter().position(|&count| count < 0) {
        return Err(wrong(format!("{} at position {at}", counts[at]), "a count is 0 or more"));
    }
    Ok(counts.iter().fold(0usize, |sum, &count| sum.saturating_add(count as usize)))
}
