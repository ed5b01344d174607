//! Tensors and `ndarray`'s arrays: lent and given away without a copy.
//!
//! Apart from [`View`], which knows no other crate.

use ::ndarray::{Array, ArrayBase, ArrayView, Data, Dimension, Ix0, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, IxDyn};
use typenum::{U0, U1, U2, U3, U4, U5, U6};

use super::View;
use crate::device::{Buf, Cpu, Host};
use crate::dtype::Elem;
use crate::error::Error;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// What `ndarray` calls a number of axes; holds for the rank of every shape.
pub trait ArrayRank {
    /// `Ix2` for two axes.
    type Dim: Dimension;
}

/// `ndarray`'s dimension of a shape: `Ix2` for `(Batch, D<3>)`.
pub type NdarrayDim<S> = <<S as Shape>::Rank as ArrayRank>::Dim;

/// Arrays that have as many axes as a shape: `Ix2` for two. For `IxDyn` the run finds out.
#[diagnostic::on_unimplemented(
    message = "an array of dimension `{Self}` is no tensor of shape `{S}`: the numbers of axes differ",
    label = "the tensor's shape is `{S}`",
    note = "`into_dimensionality`, `insert_axis` and `into_shape_with_order` of `ndarray` change the number of axes"
)]
pub trait SameRank<S>: Dimension {}

#[diagnostic::do_not_recommend]
impl<S: Shape> SameRank<S> for IxDyn {}

macro_rules! ranks {
    ($($Rank:ident is $Dim:ident),*) => {$(
        impl ArrayRank for $Rank {
            type Dim = $Dim;
        }

        #[diagnostic::do_not_recommend]
        impl<S: Shape<Rank = $Rank>> SameRank<S> for $Dim {}
    )*};
}
ranks! { U0 is Ix0, U1 is Ix1, U2 is Ix2, U3 is Ix3, U4 is Ix4, U5 is Ix5, U6 is Ix6 }

/// `ndarray`'s value of a shape.
pub(super) fn sizes<S: Shape<Rank: ArrayRank>>(shape: S) -> NdarrayDim<S> {
    let mut dim = NdarrayDim::<S>::zeros(S::RANK);
    dim.slice_mut().copy_from_slice(&shape.dims());
    dim
}

impl<'a, S: Shape, E: Elem> View<'a, S, E> {
    /// The same elements as a view of `ndarray`'s, without a copy.
    ///
    /// # Panics
    /// When there are no elements, and the other axes multiply to more than `ndarray` takes, `isize::MAX`.
    pub fn as_ndarray(&self) -> ArrayView<'a, E, NdarrayDim<S>>
    where
        S::Rank: ArrayRank,
    {
        match ArrayView::from_shape(sizes(self.shape), self.values) {
            Ok(view) => view,
            Err(error) => panic!("shape {} as an ndarray: {error}", self.shape.describe()),
        }
    }
}

impl<S: Shape, E: Elem, D: Host> Tensor<S, E, D> {
    /// The elements as a view of `ndarray`'s, without a copy.
    ///
    /// # Panics
    /// As [`View::as_ndarray`].
    ///
    /// ```
    /// use congruent::prelude::*;
    ///
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// let view: ndarray::ArrayView2<f32> = x.as_ndarray();
    /// assert_eq!(view.column(2).to_vec(), [3.0, 6.0]);
    /// assert_eq!(view.as_ptr(), x.as_slice().as_ptr());
    /// ```
    pub fn as_ndarray(&self) -> ArrayView<'_, E, NdarrayDim<S>>
    where
        S::Rank: ArrayRank,
    {
        View::from(self).as_ndarray()
    }

    /// The tensor as an array that owns its elements: a tensor that was an array or a vector, and shares its memory
    /// with no other, is not copied.
    ///
    /// # Panics
    /// As [`View::as_ndarray`].
    ///
    /// ```
    /// use congruent::prelude::*;
    ///
    /// let array = ndarray::arr2(&[[1.0f32, 2.0], [3.0, 4.0]]);
    /// let place = array.as_ptr();
    /// let mut x: Tensor<Shape![2, 2]> = Tensor::adopt_ndarray(array)?;
    /// x.as_mut_slice()[0] = 5.0;
    /// let array: ndarray::Array2<f32> = x.into_ndarray();
    /// assert_eq!((array.as_ptr(), array[[0, 0]]), (place, 5.0));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn into_ndarray(self) -> Array<E, NdarrayDim<S>>
    where
        S::Rank: ArrayRank,
    {
        let shape = self.shape();
        match Array::from_shape_vec(sizes(shape), self.into_vec()) {
            Ok(array) => array,
            Err(error) => panic!("shape {} as an ndarray: {error}", shape.describe()),
        }
    }
}

impl<S: Shape, E: Elem> Tensor<S, E> {
    /// A tensor with a copy of an array's elements: owned or borrowed, in C or Fortran order, with any strides.
    ///
    /// The number of axes is a matter of types. Static axes must have the size of the type, run-time axes take the size
    /// of the array.
    ///
    /// # Errors
    /// [`Error::Shape`] when a size differs, or the number of axes of an `ArrayD`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Rows = ? }
    ///
    /// let array = ndarray::arr2(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// let x: Tensor<(D<2>, Rows), f64> = Tensor::from_ndarray(&array.t())?;
    /// assert_eq!(x.as_slice(), [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
    /// let error = Tensor::<(D<3>, D<3>), f64>::from_ndarray(&array).unwrap_err();
    /// assert_eq!(error.to_string(), "the data has shape [3, 2], the type wants (D<3>, D<3>)");
    /// # Ok::<(), congruent::Error>(())
    /// ```
    ///
    /// Another number of axes does not compile:
    ///
    /// ```compile_fail,E0277
    /// use congruent::prelude::*;
    ///
    /// let array = ndarray::arr1(&[1.0f32, 2.0]);
    /// let x: Tensor<(D<2>, D<1>)> = Tensor::from_ndarray(&array).unwrap();
    /// ```
    pub fn from_ndarray<A: Data<Elem = E>, N: SameRank<S>>(array: &ArrayBase<A, N>) -> Result<Self, Error> {
        let shape = shape_of::<S>(array.shape())?;
        let buf = match array.as_slice() {
            Some(values) => Buf::from_slice(values),
            None => {
                let mut values = array.iter();
                Buf::from_fn(array.len(), |_| *values.next().expect("an array has as many elements as it says"))
            }
        };
        Ok(Tensor { buf, shape, device: Cpu })
    }

    /// A tensor that takes an array's memory over, where its elements stand in C order and are all that it holds;
    /// otherwise a copy, as by [`from_ndarray`](Self::from_ndarray).
    ///
    /// # Errors
    /// Those of [`from_ndarray`](Self::from_ndarray).
    pub fn adopt_ndarray<N: SameRank<S>>(array: Array<E, N>) -> Result<Self, Error> {
        let shape = shape_of::<S>(array.shape())?;
        if !array.is_standard_layout() {
            return Self::from_ndarray(&array);
        }
        let len = array.len();
        let (mut values, offset) = array.into_raw_vec_and_offset();
        if offset.unwrap_or(0) > 0 {
            values.drain(..offset.unwrap_or(0));
        }
        values.truncate(len);
        Ok(Tensor { buf: Buf::adopted(values), shape, device: Cpu })
    }
}

/// The typed shape of these sizes.
pub(super) fn shape_of<S: Shape>(found: &[usize]) -> Result<S, Error> {
    S::from_dims(found).ok_or_else(|| Error::Shape { found: found.to_vec(), wanted: S::describe_type() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;
    use ::ndarray::{Array, Array3, Axis, ShapeBuilder, Slice};

    dims! { Rows = ?, Columns = ? }

    /// `a[i, j, k] = 100 i + 10 j + k`, made by indices and so of any order.
    fn example(order: impl ShapeBuilder<Dim = Ix3>) -> Array3<i64> {
        Array3::from_shape_fn(order, |(i, j, k)| (100 * i + 10 * j + k) as i64)
    }

    #[test]
    fn any_order_of_memory_is_read_in_the_order_of_indices() {
        let wanted = Cpu.from_index_fn((Rows(3), D::<4>, D::<5>), |[i, j, k]| (100 * i + 10 * j + k) as i64);
        let read = |array: &Array3<i64>| Tensor::<(Rows, D<4>, D<5>), i64>::from_ndarray(array).expect("its shape");
        assert_eq!(read(&example((3, 4, 5))), wanted);
        assert_eq!(read(&example((3, 4, 5).f())), wanted);
        let mut reversed = example((3, 4, 5));
        reversed.invert_axis(Axis(1));
        let backwards = Cpu.from_index_fn((Rows(3), D::<4>, D::<5>), |[i, j, k]| (100 * i + 10 * (3 - j) + k) as i64);
        assert_eq!(read(&reversed), backwards);
        let large = example((3, 8, 5));
        let odd = large.slice_axis(Axis(1), Slice::new(1, None, 2));
        let odd: Tensor<(Rows, D<4>, D<5>), i64> = Tensor::from_ndarray(&odd).expect("its shape");
        assert_eq!(odd.as_slice()[..6], [10, 11, 12, 13, 14, 30]);
        let row = example((1, 1, 5));
        let wide = row.broadcast((3, 4, 5)).expect("stretched");
        let wide: Tensor<(Rows, D<4>, D<5>), i64> = Tensor::from_ndarray(&wide).expect("its shape");
        assert_eq!(wide.as_slice()[55..], [0, 1, 2, 3, 4]);
    }

    #[test]
    fn views_are_lent_and_come_back() {
        fn check<S: Shape<Rank: ArrayRank>>(shape: S)
        where
            NdarrayDim<S>: SameRank<S>,
        {
            let x = Cpu.from_fn(shape, |i| i as f64);
            let view = x.as_ndarray();
            assert_eq!((view.shape(), view.as_ptr()), (x.dims().as_slice(), x.as_slice().as_ptr()));
            assert_eq!(Tensor::<S, f64>::from_ndarray(&view).expect("its own shape"), x);
            assert_eq!(Tensor::<S, f64>::from_ndarray(&view.into_dyn()).expect("its own shape"), x);
        }
        check(());
        check((D::<7>,));
        check((Rows(0), D::<3>));
        check((Rows(2), Columns(1), D::<3>));
        check((D::<2>, D::<1>, Rows(3), D::<2>, D::<1>, D::<2>));
    }

    #[test]
    fn arrays_are_taken_over_where_their_elements_are_in_order() {
        type S = (Rows, D<4>, D<5>);
        let wanted: Tensor<S, i64> = Tensor::from_ndarray(&example((3, 4, 5))).expect("its shape");
        let array = example((3, 4, 5));
        let place = array.as_ptr();
        let x = Tensor::<S, i64>::adopt_ndarray(array).expect("its shape");
        assert_eq!((x.as_slice().as_ptr(), &x), (place, &wanted));
        assert_eq!(x.into_ndarray().as_ptr(), place);
        assert_eq!(Tensor::<S, i64>::adopt_ndarray(example((3, 4, 5).f())).expect("its shape"), wanted);
        let part = example((9, 4, 5)).slice_move(::ndarray::s![2..5, .., ..]);
        let copied = Tensor::<S, i64>::from_ndarray(&part).expect("its shape");
        assert_eq!(Tensor::<S, i64>::adopt_ndarray(part).expect("its shape"), copied);
        assert_eq!(copied.clone().into_ndarray().as_slice(), Some(copied.as_slice()));
        let empty = Tensor::<(Rows, D<3>), i64>::adopt_ndarray(Array::zeros((0, 3))).expect("its shape");
        assert_eq!(empty.into_ndarray().dim(), (0, 3));
        assert!(Tensor::<(Rows, D<3>, D<5>), i64>::adopt_ndarray(example((3, 4, 5))).is_err());
    }

    #[test]
    fn a_run_time_number_of_axes_is_checked_by_the_run() {
        let array = Array::<f32, _>::zeros(IxDyn(&[2, 3]));
        assert!(Tensor::<(Rows, D<3>)>::from_ndarray(&array).is_ok());
        let error = Tensor::<(Rows,)>::from_ndarray(&array).expect_err("two axes");
        assert_eq!(error.to_string(), "the data has shape [2, 3], the type wants (Rows,)");
    }
}
