//! Counting into bins: `bincount` of integers, `histogram` of numbers.
//!
//! Apart from `unique`, because the bins are there before anything is counted, and what lies outside is an error or
//! left out.

use super::unique::named;
use crate::device::{SameDevice, Storage};
use crate::dims::{Dim, Off};
use crate::dtype::{Elem, Numeric};
use crate::elements::for_each_integer;
use crate::error::{Error, try_room};
use crate::graph::{Ex, Leaf, Located, Operand};
use crate::ops::index::{Accumulates, NumberedRows, Writing};
use crate::ops::reduce::elements::Elements;
use crate::shape::{Mismatch, SameShape, Shape};
use crate::tensor::{Tensor, spaced};

/// What [`bincount_weighted`](Binning::bincount_weighted) gives: sums of the elements of `W` along an axis `A`.
pub type WeightedOf<W, A> = Writing<
    Ex<(A,), <W as Operand>::E, <W as Operand>::D, Leaf<(A,), <W as Operand>::E, Off>>,
    Ex<<W as Operand>::S, <W as Operand>::E, <W as Operand>::D, <W as Operand>::N>,
>;

/// Element types that count: integers and `bool`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an integer type: only integers are bin numbers",
    label = "needs integers or `bool`, found `{Self}`",
    note = "numbers are counted into bins by `histogram`, and converted by `.convert::<i64>()`"
)]
pub trait BinNumber: Elem {}

macro_rules! bin_numbers {
    ($($E:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl BinNumber for $E {}
    )*};
}
for_each_integer!(bin_numbers);
bin_numbers! { bool }

/// Counting into bins.
pub trait Binning: Operand + Sized {
    /// How often each of `0, 1, ..` occurs, up to the largest element, and at least `minlength` of them. `axis` is the
    /// constructor of the axis of bins: `Bins` after `dims! { Bins = ? }`, or `|_| D::<10>`.
    ///
    /// # Errors
    /// [`Error::Value`] for a negative element, [`Error::TooLarge`] for counts that do not fit the memory,
    /// [`Error::Length`] for an axis that does not take the number of bins.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Bins = ? }
    /// assert_eq!(Cpu.tensor([1, 3, 1]).bincount(Bins, 0)?.as_slice(), [0, 2, 0, 1]);
    /// assert_eq!(Cpu.tensor([1, 3, 1]).bincount(|_| D::<5>, 5)?.as_slice(), [0, 2, 0, 1, 0]);
    /// assert!(Cpu.tensor([1, -3]).bincount(Bins, 0).is_err());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn bincount<A: Dim>(
        self,
        axis: impl FnOnce(usize) -> A,
        minlength: usize,
    ) -> Result<Tensor<(A,), i64, Self::D>, Error>
    where
        Self: Elements,
        Self::E: BinNumber,
    {
        let x = self.read();
        let counts = x.device.show(&x.buf, |numbers| counted(numbers, minlength))?;
        let shape = (named(axis, counts.len())?,);
        Ok(Tensor { buf: x.device.upload(&counts), shape, device: x.device })
    }

    /// The sum of the weights of each of `0, 1, ..`, where [`bincount`](Binning::bincount) has how often it occurs:
    /// `y[k] = Σ w[i]` over all `i` with `x[i] = k`, in the order of `i`. `dw[i] = dy[x[i]]`. NumPy's `bincount` with
    /// weights, which here keep their type: integers wrap around.
    ///
    /// # Errors
    /// Those of [`bincount`](Binning::bincount), and [`Error::Sizes`] for weights of other run-time sizes.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Bins = ? }
    /// let weights = Cpu.tensor([0.5, 2.0, 0.25]);
    /// let sums = Cpu.tensor([1, 3, 1]).bincount_weighted(&weights, Bins, 0)?;
    /// assert_eq!(sums.eval().as_slice(), [0.0, 0.75, 0.0, 2.0]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn bincount_weighted<W: Operand, A: Dim>(
        self,
        weights: W,
        axis: impl FnOnce(usize) -> A,
        minlength: usize,
    ) -> Result<WeightedOf<W, A>, Error>
    where
        Self: Elements,
        Self::E: BinNumber,
        Self::S: SameShape<W::S>,
        Self::D: SameDevice<W::D>,
        W::E: Numeric,
        W::N: Located<W::E>,
    {
        let (x, weights) = (self.read(), weights.ex());
        if x.shape.dims()[..] != weights.shape.dims()[..] {
            return Err(Mismatch::new("bincount_weighted", x.shape, weights.shape).into());
        }
        let (bins, numbers) = x.device.show(&x.buf, |x| {
            let bins = bins(x, minlength)?;
            let mut numbers = try_room(x.len())?;
            numbers.extend(x.iter().map(|number| number.as_i64()));
            Ok::<_, Error>((bins, numbers))
        })?;
        let (shape, device) = ((named(axis, bins)?,), weights.device);
        try_room::<W::E>(bins)?;
        let sums = Leaf::constant(device.zeroed(bins), shape);
        let sums: Ex<_, W::E, _, _> = Ex::new(sums, shape, device);
        Ok(sums.add(weights, |_, _, device| NumberedRows::new(device, 1, numbers)))
    }

    /// How many elements lie in each of `bins` equal parts of a range, `D::<10>` or `Bins(count)`, and the edges of the
    /// parts, one more than there are parts, in the precision of the elements. A part holds its lower edge, the last
    /// one also its upper edge, as NumPy has it. Without a range it is from the smallest to the largest element, half a
    /// unit more to each side where these are equal, and 0 to 1 where there are none. What lies outside of a given
    /// range, and NaN, is not counted.
    ///
    /// # Errors
    /// [`Error::Value`] for a range that is not finite (also by NaN among the elements) or runs backwards, and for no
    /// bins; [`Error::TooLarge`] for counts that do not fit the memory.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([0.0, 1.0, 1.5, 4.0]);
    /// let (counts, edges) = x.histogram(D::<4>, None)?;
    /// assert_eq!((counts.as_slice(), &edges[..]), (&[1, 2, 0, 1][..], &[0.0, 1.0, 2.0, 3.0, 4.0][..]));
    /// let (counts, _) = x.histogram(D::<2>, Some((0.0, 2.0)))?;
    /// assert_eq!(counts.as_slice(), [1, 2]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn histogram<A: Dim>(
        self,
        bins: A,
        range: Option<(f64, f64)>,
    ) -> Result<(Tensor<(A,), i64, Self::D>, Vec<f64>), Error>
    where
        Self: Elements,
    {
        let x = self.read();
        let range = range.unwrap_or_else(|| x.device.show(&x.buf, extent));
        let edges = edges(bins.size(), range)?;
        // As the elements are: 0.1 in `f32` lies above 0.1 in `f64`, and 1.1 would be outside of a range that ends
        // there. Not where the type does not tell one edge from the next.
        let own: Vec<f64> = edges.iter().map(|&edge| Self::E::of_f64(edge).as_f64()).collect();
        let apart = !Self::E::INTEGER && own.is_sorted_by(|a, b| a < b) && own[bins.size()].is_finite();
        let edges = if apart { own } else { edges };
        let mut counts = zeros(bins.size())?;
        let last = edges[bins.size()];
        x.device.show(&x.buf, |values| {
            let inside = values.iter().map(|x| x.as_f64()).filter(|value| (edges[0]..=last).contains(value));
            for value in inside {
                let above = edges.partition_point(|&edge| edge <= value);
                counts[above.min(bins.size()) - 1] += 1;
            }
        });
        Ok((Tensor { buf: x.device.upload(&counts), shape: (bins,), device: x.device }, edges))
    }
}
impl<X: Operand> Binning for X {}

/// How many bins these need, and at least `minlength`.
fn bins<E: Elem>(numbers: &[E], minlength: usize) -> Result<usize, Error> {
    let (mut bins, mut wrong) = (minlength, None);
    for (position, number) in numbers.iter().enumerate() {
        match usize::try_from(number.as_i128()) {
            Ok(number) => bins = bins.max(number.saturating_add(1)),
            // A number beyond `usize` has no place in memory, whichever it is.
            Err(_) if number.as_i128() > 0 => bins = usize::MAX,
            Err(_) => wrong = wrong.or(Some((position, number.as_i128()))),
        }
    }
    if let Some((position, number)) = wrong {
        let found = format!("{number} at position {position}");
        return Err(Error::Value { what: "bincount", found, rule: "bins are numbered from 0" });
    }
    Ok(bins)
}

/// How often each of these occurs.
fn counted<E: Elem>(numbers: &[E], minlength: usize) -> Result<Vec<i64>, Error> {
    let mut counts = zeros(bins(numbers, minlength)?)?;
    numbers.iter().for_each(|number| counts[number.as_i64() as usize] += 1);
    Ok(counts)
}

/// As many zeros, if the memory has room for them.
fn zeros(len: usize) -> Result<Vec<i64>, Error> {
    let mut zeros = try_room(len)?;
    zeros.resize(len, 0);
    Ok(zeros)
}

/// From the smallest to the largest value; NaN where there is one.
fn extent<E: Elem>(values: &[E]) -> (f64, f64) {
    let mut values = values.iter().map(|x| x.as_f64());
    let Some(first) = values.next() else { return (0.0, 1.0) };
    let nan = |x: f64, sum: f64| if x.is_nan() { x } else { sum };
    values.fold((first, first), |(low, high), x| (nan(x, low.min(x)), nan(x, high.max(x))))
}

/// `bins + 1` numbers at equal distances.
fn edges(bins: usize, (low, high): (f64, f64)) -> Result<Vec<f64>, Error> {
    if bins == 0 {
        return Err(Error::Value { what: "histogram", found: "0 bins".into(), rule: "at least one is needed" });
    }
    if !(low.is_finite() && high.is_finite() && low <= high) {
        let found = format!("a range from {low} to {high}");
        return Err(Error::Value { what: "histogram", found, rule: "it is finite and runs upwards" });
    }
    let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
    let mut edges = try_room(bins.saturating_add(1))?;
    edges.extend((0..bins).map(|i| spaced(i, bins.saturating_add(1), low, high)));
    edges.push(high);
    Ok(edges)
}
