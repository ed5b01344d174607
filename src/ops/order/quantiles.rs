//! Several quantiles at once: the elements are sorted once.
//!
//! Apart from `quantile`, whose results have no axis for them.

use super::interpolation::Quantile;
use super::quantile::{ascending, interpolated};
use crate::device::{Device, Storage};
use crate::dims::{D, Dim};
use crate::dtype::{Elem, Real};
use crate::error::OrRaise;
use crate::graph::{Ex, Node, Operand};
use crate::ops::FloatingNode;
use crate::ops::on_host::{OnHost, result};
use crate::ops::reduce::elements::{Along, Elements, all, removed};
use crate::shape::{AxisAt, Prepend, Prepended, Shape};
use crate::tensor::{Tensor, VectorShape};

/// A list of quantiles, each from 0 to 1: an array, `[0.25, 0.5]` or `[(0.5, Interpolation::Lower)]`, or a vector of
/// `f64` by reference.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of quantiles",
    label = "expected an array, `[0.25, 0.5]`, or a vector of `f64` by reference"
)]
pub trait QuantileList {
    /// The axis of the results.
    type Axis: Dim;
    /// Its size.
    #[doc(hidden)]
    fn axis(&self) -> Self::Axis;
    /// The quantiles.
    #[doc(hidden)]
    fn list(&self) -> Vec<Quantile>;
}

#[diagnostic::do_not_recommend]
impl<Q: Copy + Into<Quantile>, const N: usize> QuantileList for [Q; N]
where
    D<N>: Dim,
{
    type Axis = D<N>;
    fn axis(&self) -> D<N> {
        D
    }
    fn list(&self) -> Vec<Quantile> {
        self.iter().map(|&q| q.into()).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<S: VectorShape, D: Device> QuantileList for &Tensor<S, f64, D> {
    type Axis = S::Length;
    fn axis(&self) -> S::Length {
        self.shape.length()
    }
    fn list(&self) -> Vec<Quantile> {
        self.to_vec().into_iter().map(Quantile::from).collect()
    }
}

/// Several quantiles of all elements, or along one axis.
///
/// The list is a parameter of the trait so that methods can be called with the axis alone, `x.quantiles_axis::<1>`.
pub trait SeveralQuantiles<Q: QuantileList>: Operand + Sized {
    /// [`quantile`](super::Quantiles::quantile) for each of a list, along a new axis; all that is said there holds.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([4.0, 1.0, 3.0, 2.0]);
    /// let quarters: Tensor<Shape![3]> = x.quantiles([0.25, 0.5, 0.75]).eval();
    /// assert_eq!(quarters.as_slice(), [1.75, 2.5, 3.25]);
    /// ```
    #[track_caller]
    fn quantiles(self, list: Q) -> OnHost<Self, (Q::Axis,)>
    where
        Self::E: FloatingNode<Self::N> + Real,
        Self::N: Node<Self::E>,
    {
        several(self, all, list.list(), (list.axis(),))
    }

    /// [`quantiles`](SeveralQuantiles::quantiles) over axis `I`, which vanishes; the quantiles are the first axis, as
    /// in NumPy.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 3.0, 2.0], [4.0, 6.0, 8.0]]);
    /// let ends: Tensor<Shape![2, 2]> = x.quantiles_axis::<1>([0.0, 1.0]).eval();
    /// assert_eq!(ends, Cpu.tensor([[1.0, 4.0], [3.0, 8.0]]));
    /// ```
    #[track_caller]
    fn quantiles_axis<const I: isize>(
        self,
        list: Q,
    ) -> OnHost<Self, Prepended<<Self::S as AxisAt<I>>::Removed, Q::Axis>>
    where
        Self::E: FloatingNode<Self::N> + Real,
        Self::N: Node<Self::E>,
        Self::S: AxisAt<I, Removed: Prepend<Q::Axis>>,
    {
        let x = self.ex();
        let shape = x.shape.remove().prepend(list.axis());
        several(x, removed::<Self::S, I>, list.list(), shape)
    }
}
impl<X: Operand, Q: QuantileList> SeveralQuantiles<Q> for X {}

#[track_caller]
fn several<X, R: Shape, S: Shape>(
    x: X,
    along: impl FnOnce(X::S) -> Along<R>,
    list: Vec<Quantile>,
    shape: S,
) -> OnHost<X, S>
where
    X: Operand<E: FloatingNode<X::N> + Real, N: Node<X::E>>,
{
    let x = x.read();
    let along = along(x.shape);
    along.need_elements("quantiles", x.shape);
    let place = |q: Quantile| q.place(along.rows.len).or_raise();
    let list: Vec<(usize, f64)> = list.into_iter().map(place).collect();
    let (count, device) = (x.shape.len(), x.device);
    // For each quantile of each row: the two elements that it lies between.
    let (ends, out) = device.show(&x.buf, |values| {
        let number = |place: i64| values[place as usize].as_f64();
        let of_row = |row: &[i64]| -> Vec<[i64; 2]> {
            let last = row[row.len() - 1];
            let ends = |&(low, weight): &(usize, f64)| match number(last).is_nan() {
                true => [last; 2], // sorted to the end, and taken wherever there is one
                false => [row[low], row[if weight == 0.0 { low } else { low + 1 }]],
            };
            list.iter().map(ends).collect()
        };
        let rows: Vec<Vec<[i64; 2]>> = ascending(&x, &along, of_row);
        let ends: Vec<[i64; 2]> = (0..list.len()).flat_map(|k| rows.iter().map(move |row| row[k])).collect();
        let weights = list.iter().flat_map(|&(_, weight)| std::iter::repeat_n(weight, rows.len()));
        let out = ends.iter().zip(weights).map(|(&[a, b], weight)| interpolated(number(a), number(b), weight));
        let out: Vec<f64> = out.collect();
        (ends, out)
    });
    let whole = Ex::new(<X::E as FloatingNode<X::N>>::node(x.origin), x.shape, device);
    result::<X, _>(whole, &out, shape, move |gradient| {
        let mut sums = vec![0.0; count];
        let rows = ends.len() / list.len().max(1);
        for (at, (dy, [low, high])) in gradient.into_iter().zip(ends).enumerate() {
            let weight = list[at / rows.max(1)].1;
            sums[low as usize] += dy * (1.0 - weight);
            if weight > 0.0 {
                sums[high as usize] += dy * weight;
            }
        }
        sums
    })
}
