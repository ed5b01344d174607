//! Labels as rows of zeros and a one.
//!
//! Apart from `matrix.rs` because labels are data: one outside of the classes is an error of the run.

use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::{Elem, Integer};
use crate::error::{Error, attempt};
use crate::layout::count;
use crate::shape::{Append, Appended, Shape};
use crate::tensor::Tensor;

impl<S: Shape, L: Elem, D: Device> Tensor<S, L, D> {
    /// A row of `f32` for each label: 1 at the label, 0 elsewhere. Labels of shape `(B, ..)` give `(B, .., classes)`.
    ///
    /// # Errors
    /// [`Error::Label`] for the first label that is not one of `0..classes`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let rows = Cpu.tensor([2, 0]).one_hot(D::<3>)?;
    /// assert_eq!(rows, Cpu.tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]));
    /// let error = Cpu.tensor([2, 3]).one_hot(D::<3>).err().map(|error| error.to_string());
    /// assert_eq!(error.as_deref(), Some("label 3 at position 1 is not one of the 3 classes 0..3"));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn one_hot<C: Dim>(&self, classes: C) -> Result<Tensor<Appended<S, C>, f32, D>, Error>
    where
        S: Append<C>,
        L: Integer,
    {
        self.one_hot_of(classes)
    }

    /// A row for each label, of any element type: 1 at the label, 0 elsewhere; `true` and `false` for `bool`.
    ///
    /// # Errors
    /// [`Error::Label`] for the first label that is not one of `0..classes`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let rows = Cpu.tensor([2, 0]).one_hot_of::<i64, _>(D::<3>)?;
    /// assert_eq!(rows, Cpu.tensor([[0, 0, 1], [1, 0, 0]]));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn one_hot_of<E: Elem, C: Dim>(&self, classes: C) -> Result<Tensor<Appended<S, C>, E, D>, Error>
    where
        S: Append<C>,
        L: Integer,
    {
        let (shape, width) = (self.shape.append(classes), classes.size());
        let mut out = attempt(|| Buf::zeros(count(shape)))?;
        let rows = out.make_mut();
        // What is beyond `i64` is no class, and stays so.
        let label = |label: L| i64::try_from(label.as_i128()).unwrap_or(i64::MAX);
        for (position, label) in self.to_vec().into_iter().map(label).enumerate() {
            let outside = || Error::Label { label, position, classes: width };
            let column = usize::try_from(label).ok().filter(|&label| label < width).ok_or_else(outside)?;
            rows[position * width + column] = E::of_i64(1);
        }
        Ok(Tensor { buf: self.device.adopt(out), shape, device: self.device })
    }
}
