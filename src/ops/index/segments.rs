//! What the elements of each group are together: groups are numbered, and each element says in which it is.
//!
//! Apart from `scatter_reduce`, where a tensor is there to begin with and takes part: a group begins with nothing.

use super::indices::{Indices, Line};
use super::scatter_reduce::ScatterReduce;
use crate::device::{SameDevice, Storage};
use crate::dims::Dim;
use crate::error::{Error, raise};
use crate::graph::Operand;
use crate::layout::count;
use crate::num::Factors;
use crate::ops::FloatingNode;
use crate::ops::on_host::{OnHost, read, result};
use crate::shape::{AxisAt, EachSlice, IndexList, LengthOf, WithAxis};

/// Sums, means and extremes of groups.
///
/// The numbers of the groups are a parameter of the trait so that methods can be called with the axis and the groups
/// alone, `x.segment_reduce::<0, _>`.
pub trait Grouping<Ids>: Operand + Sized {
    /// The slices along axis `I` whose index is `g` made one, which is slice `g` of the result: their sum, product,
    /// mean, or the largest or smallest of each element. JAX's `segment_sum` and its kin, PyTorch's `scatter_reduce`
    /// without itself (`include_self=False`), the means of a `groupby`.
    ///
    /// Sums and means are added in `f64`. Of no elements the sum is 0, the product 1, the mean NaN, the largest -inf
    /// and the smallest inf. `dx` is `dy` of the group: times the product of the others, divided by their number, or
    /// shared by the ties. Negative indices count from the end. One outside raises [`Error::Index`], another number of
    /// indices than of slices [`Error::Value`]. Integers are summed by
    /// [`index_add`](super::Scattering::index_add) to zeros.
    ///
    /// ```
    /// use congruent::{ops::ScatterReduce, prelude::*};
    /// dims! { Groups = ? }
    /// let (x, groups) = (Cpu.tensor([1.0, 2.0, 3.0, 10.0]), Cpu.tensor([0, 2, 0, 2]));
    /// let means: Tensor<(Groups,)> = x.segment_reduce::<0, _>(&groups, Groups(3), ScatterReduce::Mean).eval();
    /// assert!(means.as_slice()[0] == 2.0 && means.as_slice()[1].is_nan() && means.as_slice()[2] == 6.0);
    /// ```
    #[track_caller]
    fn segment_reduce<const I: isize, G: Dim>(
        self,
        ids: Ids,
        groups: G,
        how: ScatterReduce,
    ) -> OnHost<Self, WithAxis<Self::S, I, G>>
    where
        Ids: Indices<S: IndexList>,
        Self::E: FloatingNode<Self::N>,
        Self::S: AxisAt<I, At: EachSlice<LengthOf<Ids::S>>>,
        Self::D: SameDevice<Ids::D>,
    {
        let (x, values) = read(self);
        let (ids, length, shape) = (ids.values(), x.shape.at().size(), x.shape.with(groups));
        if ids.len() != length {
            let found = format!("{} indices for {length} slices", ids.len());
            raise(Error::Value { what: "segment_reduce", found, rule: "each slice has its group" });
        }
        let rows = Line::of::<I, _>(x.shape).resized(groups.size()).rows(x.device, ids);
        // Where each element goes.
        let starts = x.device.download(&rows.places);
        let places: Vec<usize> =
            starts.iter().flat_map(|&row| (0..rows.width).map(move |k| row as usize * rows.width + k)).collect();
        let groups = Groups { how, places, values, len: count(shape) };
        let out = groups.values();
        result::<Self, _>(x, &out, shape, move |gradient| groups.slopes(&gradient))
    }
}
impl<X: Operand, Ids> Grouping<Ids> for X {}

/// Elements, and where each of them goes.
struct Groups {
    how: ScatterReduce,
    places: Vec<usize>,
    values: Vec<f64>,
    len: usize,
}

impl Groups {
    fn folded(&self, start: f64, join: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        let mut out = vec![start; self.len];
        self.places.iter().zip(&self.values).for_each(|(&place, &x)| out[place] = join(out[place], x));
        out
    }

    /// Products that may leave the range of the type on the way.
    fn factors(&self) -> Vec<Factors> {
        let mut products = vec![Factors::NONE; self.len];
        self.places.iter().zip(&self.values).for_each(|(&place, &x)| products[place].add(x));
        products
    }

    fn counts(&self) -> Vec<f64> {
        self.folded(0.0, |count, _| count + 1.0)
    }

    fn values(&self) -> Vec<f64> {
        match self.how {
            ScatterReduce::Sum => self.folded(0.0, |sum, x| sum + x),
            ScatterReduce::Prod => self.factors().into_iter().map(Factors::value).collect(),
            ScatterReduce::Max => self.folded(f64::NEG_INFINITY, |a, x| if a.is_nan() || a > x { a } else { x }),
            ScatterReduce::Min => self.folded(f64::INFINITY, |a, x| if a.is_nan() || a < x { a } else { x }),
            ScatterReduce::Mean => {
                let (sums, counts) = (self.folded(0.0, |sum, x| sum + x), self.counts());
                let mut means: Vec<f64> = sums.iter().zip(&counts).map(|(sum, count)| sum / count).collect();
                if !sums.iter().all(|sum| sum.is_finite()) {
                    // A sum may be too large whose mean is not, or that of finite elements beside an infinity.
                    let mut parts = vec![0.0; self.len];
                    self.places.iter().zip(&self.values).for_each(|(&place, x)| parts[place] += x / counts[place]);
                    let beyond = |at: &usize| !sums[*at].is_finite();
                    (0..self.len).filter(beyond).for_each(|at| means[at] = parts[at]);
                }
                means
            }
        }
    }

    fn slopes(&self, gradient: &[f64]) -> Vec<f64> {
        let each = |slope: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
            self.places.iter().zip(&self.values).map(|(&place, &x)| slope(place, x)).collect()
        };
        match self.how {
            ScatterReduce::Sum => each(&|place, _| gradient[place]),
            ScatterReduce::Mean => {
                let counts = self.counts();
                each(&|place, _| gradient[place] / counts[place])
            }
            ScatterReduce::Max | ScatterReduce::Min => {
                let best = self.values();
                let mut ties = vec![0.0; self.len];
                let is = |place: usize, x: f64| if best[place] == x { 1.0 } else { 0.0 };
                self.places.iter().zip(&self.values).for_each(|(&place, &x)| ties[place] += is(place, x));
                each(&|place, x| if best[place] == x { gradient[place] / ties[place] } else { 0.0 })
            }
            ScatterReduce::Prod => {
                let products = self.factors();
                each(&|place, x| products[place].with_instead(gradient[place], x))
            }
        }
    }
}
