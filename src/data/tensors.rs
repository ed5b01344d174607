//! Tensors as a data set: images `(N, ..)`, labels `(N,)`, whatever shares the leading axis `N`.
//!
//! Apart from `dataset` because of its law: one example is one step along the leading axis of each tensor.

use super::Dataset;
use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Elem;
use crate::error::{Error, OrRaise};
use crate::shape::{AxisAt, Mismatch, Shape, WithAxis};
use crate::tensor::Tensor;

/// Tensors that share their leading axis: a tuple of one to six, on any device.
///
/// A batch is the same tuple with the batch's dim in place of the leading axis: `(Examples, D<64>)` gives
/// `(Batch, D<64>)`. Rows are copied on the device where the tensors are. Cloning shares the memory.
///
/// ```
/// use congruent::prelude::*;
/// dims! { Examples = ? }
/// let images = Cpu.from_fn((Examples(4), D::<2>), |i| i as f32);
/// let labels = Cpu.from_fn((Examples(4),), |i| i as i64);
/// let data = TensorDataset::new((images, labels.clone()))?;
/// let (x, y) = data.batch(&[3, 0], D::<2>);
/// assert_eq!((x.as_slice(), y.as_slice()), (&[6.0, 7.0, 0.0, 1.0][..], &[3, 0][..]));
///
/// let few = Cpu.from_fn((Examples(3), D::<2>), |i| i as f32);
/// let error = TensorDataset::new((few, labels)).err().map(|error| error.to_string());
/// let text = "data set: run-time sizes differ: left is (Examples = 3, D<2>), right is (Examples = 4,)";
/// assert_eq!(error.as_deref(), Some(text));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TensorDataset<T> {
    columns: T,
    len: usize,
}

impl<T: Columns> TensorDataset<T> {
    /// The data set of these tensors. No examples at all are allowed; a [`Loader`](super::Loader) refuses them.
    ///
    /// # Errors
    /// [`Error::Sizes`] where leading axes of one run-time dim have different sizes.
    pub fn new(tensors: T) -> Result<Self, Error>
    where
        T::Leading: SameExamples,
    {
        Ok(Self { len: tensors.examples()?, columns: tensors })
    }

    /// The tensors.
    pub fn tensors(&self) -> &T {
        &self.columns
    }
}

impl<T: Columns> Dataset for TensorDataset<T> {
    type Batch<B: Dim> = T::Batch<B>;

    fn len(&self) -> usize {
        self.len
    }

    fn batch<B: Dim>(&self, rows: &[usize], size: B) -> T::Batch<B> {
        self.columns.take(rows, size)
    }
}

/// The leading axes of the tensors of a data set: one dim, as often as there are tensors.
#[diagnostic::on_unimplemented(
    message = "a data set needs one leading axis, these tensors have `{Self}`",
    label = "the leading axes differ",
    note = "one example is one step along the leading axis: images `(N, ..)` go with labels `(N,)`"
)]
pub trait SameExamples {}

/// A tuple of tensors of rank 1 or more.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tuple of tensors with examples along their leading axis",
    label = "expected one to six tensors of rank 1 or more: `(images, labels)`",
    note = "a single tensor is `(images,)`; tensors are given by value, clones share the memory"
)]
pub trait Columns {
    /// The same tuple with `B` in place of the leading axis.
    type Batch<B: Dim>;

    /// The leading axes.
    type Leading;

    /// The number of examples, equal for all tensors.
    ///
    /// # Errors
    /// [`Error::Sizes`] where it is not.
    fn examples(&self) -> Result<usize, Error>;

    /// The rows of these numbers, in this order.
    fn take<B: Dim>(&self, rows: &[usize], size: B) -> Self::Batch<B>;
}

macro_rules! columns {
    ($(($N:ident $S0:ident $E0:ident $D0:ident $i0:tt $($M:ident $S:ident $E:ident $D:ident $i:tt)*))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<N: Dim> SameExamples for ($N, $($M),*) {}

        #[diagnostic::do_not_recommend]
        impl<$S0: AxisAt<0>, $E0: Elem, $D0: Device, $($S: AxisAt<0>, $E: Elem, $D: Device),*> Columns
            for (Tensor<$S0, $E0, $D0>, $(Tensor<$S, $E, $D>),*)
        {
            type Batch<B: Dim> =
                (Tensor<WithAxis<$S0, 0, B>, $E0, $D0>, $(Tensor<WithAxis<$S, 0, B>, $E, $D>),*);
            type Leading = ($S0::At, $($S::At),*);

            fn examples(&self) -> Result<usize, Error> {
                let first = self.$i0.shape.at().size();
                $(if self.$i.shape.at().size() != first {
                    return Err(Mismatch::new("data set", self.$i0.shape, self.$i.shape).into());
                })*
                Ok(first)
            }

            fn take<B: Dim>(&self, rows: &[usize], size: B) -> Self::Batch<B> {
                (take_rows(&self.$i0, rows, size), $(take_rows(&self.$i, rows, size)),*)
            }
        }
    )*};
}

columns! {
    (N S0 E0 D0 0)
    (N S0 E0 D0 0 N S1 E1 D1 1)
    (N S0 E0 D0 0 N S1 E1 D1 1 N S2 E2 D2 2)
    (N S0 E0 D0 0 N S1 E1 D1 1 N S2 E2 D2 2 N S3 E3 D3 3)
    (N S0 E0 D0 0 N S1 E1 D1 1 N S2 E2 D2 2 N S3 E3 D3 3 N S4 E4 D4 4)
    (N S0 E0 D0 0 N S1 E1 D1 1 N S2 E2 D2 2 N S3 E3 D3 3 N S4 E4 D4 4 N S5 E5 D5 5)
}

/// `(N, Rest..)` at `B` numbers is `(B, Rest..)`
fn take_rows<S, E, D, B>(table: &Tensor<S, E, D>, rows: &[usize], size: B) -> Tensor<WithAxis<S, 0, B>, E, D>
where
    S: AxisAt<0>,
    E: Elem,
    D: Device,
    B: Dim,
{
    let device = table.device;
    let ids = device.adopt(Buf::from_fn(rows.len(), |i| i64::try_from(rows[i]).unwrap_or(i64::MAX)));
    let width = AxisAt::<0>::remove(table.shape).len();
    let buf = device.take_rows(&table.buf, width, &ids).or_raise();
    assert_eq!(rows.len(), size.size(), "the batch's dim is as long as the list of examples");
    Tensor { buf, shape: table.shape.with(size), device }
}
