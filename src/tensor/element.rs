//! Single elements by their place, `x[[i, j]]`, and all of them with their places.
//!
//! Apart from `read` because here the rank says how many numbers a place is.

use super::Tensor;
use crate::device::Host;
use crate::dtype::Elem;
use crate::error::{Error, raise};
use crate::shape::Shape;
use std::ops::{Index, IndexMut};

/// A place in tensors of shape `S`: a number for each axis, `[usize; 2]` for a matrix; for a vector a number alone,
/// too.
#[diagnostic::on_unimplemented(
    message = "this is no place in a tensor of shape `{S}`: a place is a number for each axis",
    label = "expected `x[i]` of a vector, `x[[i, j]]` of a matrix",
    note = "rows and windows are views, `x.slice(s![0, ..])`; a mask selects by `x.masked_select(&mask, name)`, \
            a list of rows by `x.index_select::<0>(&rows)`"
)]
pub trait PlaceIn<S>: Copy {
    /// The numbers, one an axis.
    fn numbers(&self) -> &[usize];
}

/// Shapes whose places are an array of numbers: all shapes are.
#[diagnostic::on_unimplemented(
    message = "the places in a shape `{Self}` are not known here",
    note = "of a generic shape they are if the function says `where {Self}: Places`"
)]
pub trait Places: Shape {
    /// `[usize; 2]` for a matrix.
    type Place: PlaceIn<Self> + Default + AsMut<[usize]>;
}

#[diagnostic::do_not_recommend]
impl<A> PlaceIn<(A,)> for usize {
    fn numbers(&self) -> &[usize] {
        std::slice::from_ref(self)
    }
}

macro_rules! places {
    ($($rank:literal: ($($Axis:ident),*);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($Axis),*> PlaceIn<($($Axis,)*)> for [usize; $rank] {
            fn numbers(&self) -> &[usize] {
                self
            }
        }
        impl<$($Axis),*> Places for ($($Axis,)*)
        where
            Self: Shape,
        {
            type Place = [usize; $rank];
        }
    )*};
}
places! {
    0: ();
    1: (A);
    2: (A, B);
    3: (A, B, C);
    4: (A, B, C, F);
    5: (A, B, C, F, G);
    6: (A, B, C, F, G, H);
}

/// Where the element stands in memory; the first number that is beyond its axis otherwise.
fn offset<S: Shape>(shape: S, place: &[usize]) -> Result<usize, Error> {
    let mut offset = 0;
    for (position, (&index, &len)) in place.iter().zip(shape.dims().iter()).enumerate() {
        if index >= len {
            return Err(Error::Index { index: i64::try_from(index).unwrap_or(i64::MAX), position, len });
        }
        offset = offset * len + index;
    }
    Ok(offset)
}

/// The same; a number that is beyond its axis is raised.
#[track_caller]
pub(crate) fn at_place<S: Shape>(shape: S, place: &[usize]) -> usize {
    match offset(shape, place) {
        Ok(at) => at,
        Err(error) => raise(error),
    }
}

impl<S: Shape, E: Elem, D: Host, I: PlaceIn<S>> Index<I> for Tensor<S, E, D> {
    type Output = E;

    /// The element there: `x[[i, j]]`, and `x[i]` of a vector. Numbers count from 0.
    ///
    /// # Panics
    /// Where a number is not below the length of its axis; [`get`](Tensor::get) gives `None`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x[[1, 0]], 3.0);
    /// ```
    #[track_caller]
    fn index(&self, place: I) -> &E {
        &self.as_slice()[at_place(self.shape, place.numbers())]
    }
}

impl<S: Shape, E: Elem, D: Host, I: PlaceIn<S>> IndexMut<I> for Tensor<S, E, D> {
    /// The element there, for writing: `x[[i, j]] = 1.0`. A tensor that shares its memory is copied first.
    ///
    /// # Panics
    /// Where a number is not below the length of its axis.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut x = Cpu.zeros::<Shape![2, 2]>();
    /// x[[0, 1]] += 5.0;
    /// assert_eq!(x.as_slice(), [0.0, 5.0, 0.0, 0.0]);
    /// ```
    #[track_caller]
    fn index_mut(&mut self, place: I) -> &mut E {
        let at = at_place(self.shape, place.numbers());
        &mut self.as_mut_slice()[at]
    }
}

impl<S: Shape, E: Elem, D: Host> Tensor<S, E, D> {
    /// The element at a place, a number for each axis; `None` where a number is not below the length of its axis.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!((x.get([0, 1]), x.get([0, 2])), (Some(2.0), None));
    /// ```
    pub fn get<I: PlaceIn<S>>(&self, place: I) -> Option<E> {
        Some(self.as_slice()[offset(self.shape, place.numbers()).ok()?])
    }

    /// All elements in row-major order, each with its place: NumPy's `ndenumerate`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// let large: Vec<_> = x.indexed_iter().filter(|(_, value)| *value > 2.5).collect();
    /// assert_eq!(large, [([1, 0], 3.0), ([1, 1], 4.0)]);
    /// ```
    pub fn indexed_iter(&self) -> impl Iterator<Item = (S::Place, E)>
    where
        S: Places,
    {
        let dims = self.shape.dims();
        let mut next = S::Place::default();
        self.as_slice().iter().map(move |&value| {
            let place = next;
            for (index, &len) in next.as_mut().iter_mut().zip(dims.iter()).rev() {
                *index += 1;
                if *index < len {
                    break;
                }
                *index = 0;
            }
            (place, value)
        })
    }
}

impl<'a, S: Shape, E: Elem, D: Host> IntoIterator for &'a Tensor<S, E, D> {
    type Item = &'a E;
    type IntoIter = std::slice::Iter<'a, E>;

    /// All elements in row-major order, as `x.as_slice().iter()`. Slices along an axis are views, `x.select::<0>(i)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut sum = 0.0;
    /// for value in &Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]) {
    ///     sum += value;
    /// }
    /// assert_eq!(sum, 10.0);
    /// ```
    fn into_iter(self) -> Self::IntoIter {
        self.as_slice().iter()
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    dims! { Rows = ?, Columns = ? }

    #[test]
    fn places_count_in_row_major_order() {
        let x: Tensor<_, i64> = Cpu.arange_of(D::<24>).reshape((Rows(2), D::<3>, Columns(4))).eval();
        for ([i, j, k], value) in x.indexed_iter() {
            assert_eq!(value as usize, (i * 3 + j) * 4 + k);
            assert_eq!((x[[i, j, k]], x.get([i, j, k])), (value, Some(value)));
        }
        assert_eq!(x.indexed_iter().count(), 24);
    }

    #[test]
    fn places_of_vectors_and_scalars() {
        let mut x = Cpu.tensor([1, 2, 3]);
        let before = x.clone();
        x[2] = 7;
        x[[0]] += 1;
        assert_eq!((x.as_slice(), before.as_slice()), (&[2, 2, 7][..], &[1, 2, 3][..]));
        let mut scalar = Cpu.full((), 1.5);
        scalar[[]] *= 2.0;
        assert_eq!((scalar[[]], scalar.indexed_iter().count()), (3.0, 1));
    }

    #[test]
    fn places_beyond_an_axis_are_said() {
        let x = Cpu.zeros_of::<f32, _>((Rows(2), Columns(0)));
        assert_eq!((x.get([0, 0]), x.get([usize::MAX, 0]), x.indexed_iter().count()), (None, None, 0));
        let error = attempt(|| Cpu.zeros::<Shape![2, 3]>()[[1, 3]]).unwrap_err();
        assert_eq!(error.to_string(), "index 3 at position 1 is outside of an axis of length 3");
    }
}
