//! Several tensors of indices at once, one for each of the leading axes: NumPy's `x[i, j]`.
//!
//! Apart from `indices`, where one tensor of indices leads along one axis: here they meet as operands do, and each
//! element of what they make together names a row of what is left.

use super::indices::{Indices, NumberedRows, resolved};
use crate::device::Device;
use crate::ops::joined;
use crate::shape::{Broadcast, Broadcasted, Leading, Shape};

/// Tensors of indices, one for each of the leading axes: `(&i,)`, `(&i, &j)`, up to four. They broadcast.
///
/// ```
/// use congruent::prelude::*;
/// let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// let (rows, columns) = (Cpu.tensor([[0], [1]]), Cpu.tensor([2, 0]));
/// assert_eq!(x.index((&rows, &columns)).eval().as_slice(), [3.0, 1.0, 6.0, 4.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no indices of leading axes",
    label = "expected a tuple of one to four tensors of integers, by reference: `(&i, &j)`",
    note = "the shapes of the indices broadcast; a list of indices along one axis is for `index_select`"
)]
pub trait IndexTuple {
    /// The shape in which the indices meet.
    type S: Shape;
    /// The axes that they are for: a [`Leading`].
    type Axes;
    /// Their device.
    type D: Device;
    /// The shape in which the indices meet; run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
    fn shape(&self) -> Self::S;
    /// The indices for each axis, under their own sizes.
    fn tables(&self) -> Vec<Table>;
}

/// Indices for one axis, on the host.
pub struct Table {
    /// The sizes of their own shape.
    dims: Vec<usize>,
    values: Vec<i64>,
}

impl Table {
    fn of<Ids: Indices>(ids: &Ids) -> Self {
        Table { dims: ids.shape().dims().to_vec(), values: ids.values() }
    }

    /// The value at each place of the shape in which all indices meet.
    fn stretched(self, dims: &[usize]) -> Vec<i64> {
        let own = self.dims.as_slice();
        if own == dims {
            return self.values;
        }
        let (mut places, mut stride) = (vec![0], 1);
        for (axis, &size) in dims.iter().enumerate().rev() {
            let length = (axis + own.len()).checked_sub(dims.len()).map_or(1, |axis| own[axis]);
            let step = if length == 1 { 0 } else { stride };
            places = (0..size).flat_map(|i| places.iter().map(move |place| place + i * step)).collect();
            stride *= length;
        }
        places.into_iter().map(|place: usize| self.values[place]).collect()
    }
}

/// The rows that indices name in a tensor of shape `shape`, in the order of the indices.
#[track_caller]
pub(super) fn rows<S: Shape, Ids: IndexTuple, D: Device>(shape: S, ids: &Ids, device: D) -> NumberedRows {
    let (sizes, dims) = (shape.dims(), ids.shape().dims());
    let tables = ids.tables();
    let width = sizes[tables.len()..].iter().product();
    let mut places = vec![0; dims.iter().product()];
    for (table, &len) in tables.into_iter().zip(&sizes) {
        let resolved = Table { values: resolved(table.values, len), ..table }.stretched(&dims);
        places.iter_mut().zip(resolved).for_each(|(place, index)| *place = *place * len as i64 + index);
    }
    NumberedRows::new(device, width, places)
}

macro_rules! index_tuples {
    ($($count:literal: $A:ident $a:tt $(, $B:ident $b:tt in $Before:ty)*; $Last:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$A: Indices, $($B: Indices<D = $A::D>),*> IndexTuple for ($A, $($B,)*)
        where
            $($Before: Broadcast<$B::S>,)*
        {
            type S = $Last;
            type Axes = Leading<$count>;
            type D = $A::D;
            #[track_caller]
            fn shape(&self) -> Self::S {
                let shape = self.$a.shape();
                $(let shape = joined(shape, self.$b.shape());)*
                shape
            }
            fn tables(&self) -> Vec<Table> {
                vec![Table::of(&self.$a), $(Table::of(&self.$b)),*]
            }
        }
    )*};
}

/// The shape in which two meet, and a third.
type Two<A, B> = Broadcasted<<A as Indices>::S, <B as Indices>::S>;
type Three<A, B, C> = Broadcasted<Two<A, B>, <C as Indices>::S>;

index_tuples! {
    1: A 0; A::S;
    2: A 0, B 1 in A::S; Two<A, B>;
    3: A 0, B 1 in A::S, C 2 in Two<A, B>; Three<A, B, C>;
    4: A 0, B 1 in A::S, C 2 in Two<A, B>, F 3 in Three<A, B, C>; Broadcasted<Three<A, B, C>, F::S>;
}
