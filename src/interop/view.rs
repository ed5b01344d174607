//! A borrowed slice with a typed shape.
//!
//! Apart from tensors, which own memory of their own kind: counted, aligned, reused. A view belongs to whoever lends.

use crate::device::{Buf, Cpu, Host};
use crate::dtype::Elem;
use crate::error::Error;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Elements that somebody else owns, in row-major order, as a typed shape.
///
/// It is read in place, and becomes an operand by [`to_tensor`](View::to_tensor), which copies.
///
/// ```
/// use congruent::{interop::View, prelude::*};
/// dims! { Rows = ? }
///
/// let pixels = [0u8, 1, 2, 3, 4, 5];
/// let view = View::new((Rows(3), D::<2>), &pixels)?;
/// assert_eq!(view.row(1), [2, 3]);
/// assert_eq!(view.to_tensor().shape(), (Rows(3), D::<2>));
/// assert!(std::ptr::eq(view.as_slice(), &pixels));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View<'a, S, E> {
    pub(super) shape: S,
    pub(super) values: &'a [E],
}

impl<'a, S: Shape, E: Elem> View<'a, S, E> {
    /// The elements of a slice, in row-major order.
    ///
    /// # Errors
    /// [`Error::Length`] when the shape holds another number of elements, [`Error::TooLarge`] when it holds more than
    /// the address space.
    ///
    /// ```
    /// use congruent::{interop::View, prelude::*};
    ///
    /// let error = View::new((D::<2>, D::<3>), &[1.0f32]).unwrap_err();
    /// assert_eq!(error.to_string(), "shape (D<2>, D<3>) holds 6 elements, got 1");
    /// ```
    pub fn new(shape: S, values: &'a [E]) -> Result<Self, Error> {
        match shape.checked_len() {
            Some(len) if len == values.len() => Ok(View { shape, values }),
            Some(_) => Err(Error::length(shape, values.len())),
            None => Err(Error::too_large(shape)),
        }
    }

    /// The shape, with the sizes of its run-time dims.
    pub fn shape(&self) -> S {
        self.shape
    }

    /// The elements in row-major order, for as long as they are lent.
    pub fn as_slice(&self) -> &'a [E] {
        self.values
    }

    /// The elements behind one index of the first axis.
    ///
    /// # Panics
    /// When the index is outside of the axis, or the shape has no axis.
    pub fn row(&self, index: usize) -> &'a [E] {
        let rows = self.shape.dims()[0];
        assert!(index < rows, "row {index} of a view of {rows} rows");
        let width = self.values.len() / rows;
        &self.values[index * width..][..width]
    }

    /// A tensor with a copy of the elements.
    pub fn to_tensor(&self) -> Tensor<S, E> {
        Tensor { buf: Buf::from_slice(self.values), shape: self.shape, device: Cpu }
    }
}

impl<'a, S: Shape, E: Elem, D: Host> From<&'a Tensor<S, E, D>> for View<'a, S, E> {
    fn from(tensor: &'a Tensor<S, E, D>) -> Self {
        View { shape: tensor.shape(), values: tensor.as_slice() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    dims! { Rows = ?, Columns = ? }

    #[test]
    fn lengths_are_held_against_the_shape() {
        let values: Vec<i32> = (0..7 * 17).collect();
        let view = View::new((Rows(7), D::<17>), &values).expect("7 times 17");
        assert_eq!((view.row(6), view.to_tensor().as_slice()), (&values[102..], &values[..]));
        assert_eq!(View::from(&view.to_tensor()), view);
        assert!(matches!(View::new((Rows(8), D::<17>), &values), Err(Error::Length { wanted: 136, found: 119, .. })));
        assert!(matches!(View::new((Rows(usize::MAX), Columns(2)), &values), Err(Error::TooLarge { .. })));
    }

    #[test]
    fn nothing_and_a_single_element_are_views() {
        let empty = View::new((Rows(0), D::<3>), &[0f32; 0]).expect("no elements");
        assert_eq!(empty.to_tensor().shape(), (Rows(0), D::<3>));
        assert_eq!(View::new((Rows(2), D::<0>), &[0f32; 0]).expect("no elements").row(1), [0f32; 0]);
        assert_eq!(View::new((), &[2.5f64]).expect("one").to_tensor().item(), 2.5);
    }
}
