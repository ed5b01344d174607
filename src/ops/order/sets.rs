//! Tensors as sets: which elements are in another one, and what two have together.
//!
//! Apart from `unique`, which has one operand.

use super::quantile::same;
use super::unique::{DistinctOf, distinct, tensor};
use crate::device::{Device, OrderWork, SameDevice, Storage};
use crate::dims::Dim;
use crate::dtype::Elem;
use crate::graph::{Ex, Operand};
use crate::loops::Rows;
use crate::memory::Buf;
use crate::ops::reduce::elements::{Elements, take};
use crate::ops::{LocatedOver, OtherLocatedOf, other_located};
use crate::tensor::Tensor;

/// Tensors as sets of their elements. Both are of one element type, whatever their shapes; NaN is equal to nothing, as
/// NumPy has it: it is in no set, and stays in a difference. No gradient.
///
/// `axis` is the constructor of the axis along which the elements of a result lie, in ascending order: `Found` after
/// `dims! { Found = ? }`. An axis that does not take their number raises [`Error::Length`](crate::Error::Length).
pub trait SetOperations: Operand + Sized {
    /// For each element, whether `values` has it, too. NumPy's and PyTorch's `isin`. Of no values it is false.
    ///
    /// Positions in the sorted values: 8 bytes an element on the way.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[3, 1], [7, 3]]);
    /// assert_eq!(x.isin(&Cpu.tensor([3, 4])).as_slice(), [true, false, false, true]);
    /// ```
    fn isin<V: Operand>(self, values: V) -> Tensor<Self::S, bool, Self::D>
    where
        Self: Elements,
        Self::D: SameDevice<V::D>,
        V::N: LocatedOver<Self::E, V::E>,
    {
        let x = self.read_apart();
        let (device, shape) = (x.device, x.shape);
        let values = sorted(device, other_located::<Self, V>(device, values).read_apart().buf);
        let places = device.search_sorted(&values, &x.buf, false);
        let found = device.show(&x.buf, |x| {
            device.show(&values, |values| {
                let has = |(&place, x): (&i64, &Self::E)| values.get(place as usize) == Some(x);
                device.show(&places, |places| places.iter().zip(x).map(has).collect())
            })
        });
        Tensor { buf: device.adopt(Buf::adopted(found)), shape, device }
    }

    /// The distinct elements that both have. NumPy's `intersect1d`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Found = ? }
    /// let both = Cpu.tensor([3, 1, 3, 7]).intersect1d(&Cpu.tensor([7, 3, 5]), Found);
    /// assert_eq!(both.as_slice(), [3, 7]);
    /// ```
    #[track_caller]
    fn intersect1d<V: Operand, A: Dim>(self, values: V, axis: impl FnOnce(usize) -> A) -> DistinctOf<Self, A>
    where
        Self: Elements,
        Self::D: SameDevice<V::D>,
        V::N: LocatedOver<Self::E, V::E>,
    {
        let (device, [mut own, other]) = both(self, values);
        own.retain(|&x| has(&other, x));
        tensor(device, axis, &own)
    }

    /// The distinct elements that one of the two has, or both. NumPy's `union1d`. All NaN are one, at the end.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Found = ? }
    /// let all = Cpu.tensor([3, 1, 3]).union1d(&Cpu.tensor([2, 3]), Found);
    /// assert_eq!(all.as_slice(), [1, 2, 3]);
    /// ```
    #[track_caller]
    fn union1d<V: Operand, A: Dim>(self, values: V, axis: impl FnOnce(usize) -> A) -> DistinctOf<Self, A>
    where
        Self: Elements,
        Self::D: SameDevice<V::D>,
        V::N: LocatedOver<Self::E, V::E>,
    {
        let (device, [own, other]) = both(self, values);
        let mut all = merged(own, other);
        all.dedup_by(|a, b| same(*a, *b));
        tensor(device, axis, &all)
    }

    /// The distinct elements that `values` has not. NumPy's `setdiff1d`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Found = ? }
    /// let left = Cpu.tensor([3, 1, 3, 7]).setdiff1d(&Cpu.tensor([7, 5]), Found);
    /// assert_eq!(left.as_slice(), [1, 3]);
    /// ```
    #[track_caller]
    fn setdiff1d<V: Operand, A: Dim>(self, values: V, axis: impl FnOnce(usize) -> A) -> DistinctOf<Self, A>
    where
        Self: Elements,
        Self::D: SameDevice<V::D>,
        V::N: LocatedOver<Self::E, V::E>,
    {
        let (device, [mut own, other]) = both(self, values);
        own.retain(|&x| !has(&other, x));
        tensor(device, axis, &own)
    }

    /// The distinct elements that one of the two has, and not both. NumPy's `setxor1d`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Found = ? }
    /// let apart = Cpu.tensor([3, 1, 3]).setxor1d(&Cpu.tensor([2, 3]), Found);
    /// assert_eq!(apart.as_slice(), [1, 2]);
    /// ```
    #[track_caller]
    fn setxor1d<V: Operand, A: Dim>(self, values: V, axis: impl FnOnce(usize) -> A) -> DistinctOf<Self, A>
    where
        Self: Elements,
        Self::D: SameDevice<V::D>,
        V::N: LocatedOver<Self::E, V::E>,
    {
        let (device, [own, other]) = both(self, values);
        let left = own.iter().copied().filter(|&x| !has(&other, x)).collect();
        let right = other.iter().copied().filter(|&x| !has(&own, x)).collect();
        tensor(device, axis, &merged(left, right))
    }
}
impl<X: Operand> SetOperations for X {}

/// The elements in ascending order, NaN last.
fn sorted<E: Elem, D: Device>(device: D, values: Buf<E>) -> Buf<E> {
    let order = device.order_rows(Rows::new(1, values.len(), 1), &values, false, values.len());
    take(device, &values, &order)
}

/// The distinct elements of both operands, in ascending order.
fn both<X, V>(x: X, values: V) -> (X::D, [Vec<X::E>; 2])
where
    X: Elements,
    V: Operand<N: LocatedOver<X::E, V::E>>,
{
    let x = x.read_apart();
    let other: Ex<V::S, X::E, X::D, OtherLocatedOf<X, V>> = other_located::<X, V>(x.device, values);
    (x.device, [distinct(&x, false).values, distinct(&other.read_apart(), false).values])
}

/// Whether it is among sorted elements; NaN is not.
fn has<E: Elem>(sorted: &[E], x: E) -> bool {
    sorted.get(sorted.partition_point(|y| *y < x)) == Some(&x)
}

/// All elements of two sorted lists, sorted, NaN last.
fn merged<E: Elem>(left: Vec<E>, right: Vec<E>) -> Vec<E> {
    let mut all = [left, right].concat();
    #[expect(clippy::eq_op, reason = "NaN is what differs from itself, in every element type")]
    all.sort_by(|a, b| a.partial_cmp(b).unwrap_or_else(|| (a != a).cmp(&(b != b))));
    all
}
