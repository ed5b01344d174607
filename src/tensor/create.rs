//! Making tensors: methods of a device, so that what is made is where it is wanted.

use super::{Literal, Nested, Tensor};
use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Elem;
use crate::error::Error;
use crate::graph::count;
use crate::random::Key;
use crate::shape::{Prepend, Prepended, Shape};

/// Creation of tensors on a device.
pub trait Create: Device {
    /// `f32` zeros of a static shape.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.zeros::<Shape![2, 2]>().as_slice(), [0.0; 4]);
    /// ```
    fn zeros<S: Shape + Default>(self) -> Tensor<S, f32, Self> {
        self.full(S::default(), 0.0)
    }

    /// `f32` ones of a static shape.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.ones::<Shape![3]>().as_slice(), [1.0; 3]);
    /// ```
    fn ones<S: Shape + Default>(self) -> Tensor<S, f32, Self> {
        self.full(S::default(), 1.0)
    }

    /// One value everywhere; any shape, any element type.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x = Cpu.full((Batch(2), D::<3>), 7i64);
    /// assert_eq!(x.as_slice(), [7; 6]);
    /// ```
    fn full<S: Shape, E: Elem>(self, shape: S, value: E) -> Tensor<S, E, Self> {
        self.from_fn(shape, |_| value)
    }

    /// Element number `i`, in row-major order, is `f(i)`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.from_fn((D::<2>, D::<2>), |i| i as f64);
    /// assert_eq!(x.as_slice(), [0.0, 1.0, 2.0, 3.0]);
    /// ```
    fn from_fn<S: Shape, E: Elem>(self, shape: S, f: impl FnMut(usize) -> E) -> Tensor<S, E, Self> {
        let values = Buf::from_fn(count(shape), f);
        // A device of its own memory takes a copy; the host keeps the buffer.
        let buf = self.adopt(values);
        Tensor { buf, shape, device: self }
    }

    /// The values of a slice in row-major order.
    ///
    /// # Errors
    /// [`Error::Length`] when the shape holds another number of elements.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.from_slice((D::<2>, D::<2>), &[1.0f32, 2.0, 3.0, 4.0])?;
    /// assert_eq!(x.as_slice()[3], 4.0);
    /// let error = Cpu.from_slice((D::<2>, D::<3>), &[1.0f32]).unwrap_err();
    /// assert_eq!(error.to_string(), "shape (D<2>, D<3>) holds 6 elements, got 1");
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn from_slice<S: Shape, E: Elem>(self, shape: S, values: &[E]) -> Result<Tensor<S, E, Self>, Error> {
        match shape.checked_len() {
            Some(len) if len == values.len() => Ok(Tensor { buf: self.upload(values), shape, device: self }),
            Some(_) => Err(Error::length(shape, values.len())),
            None => Err(Error::too_large(shape)),
        }
    }

    /// Nested arrays: `f32` for floating-point literals, `i64` for integers; a jagged one does not compile.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<Shape![2, 2]> = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// let labels: Tensor<Shape![3], i64> = Cpu.tensor([0, 2, 1]);
    /// ```
    fn tensor<L: Literal>(self, literal: L) -> Tensor<L::Shape, L::Elem, Self>
    where
        L::Shape: Default,
    {
        let mut values = Vec::new();
        literal.flatten(&mut values);
        Tensor { buf: self.upload(&values), shape: L::Shape::default(), device: self }
    }

    /// Nested arrays of any element type.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor_of::<f64, _>([[1.0, 2.0]]);
    /// let mask = Cpu.tensor_of::<bool, _>([true, false]);
    /// ```
    fn tensor_of<E: Elem, L: Nested<E>>(self, literal: L) -> Tensor<L::Shape, E, Self>
    where
        L::Shape: Default,
    {
        let mut values = Vec::new();
        literal.flatten(&mut values);
        Tensor { buf: self.upload(&values), shape: L::Shape::default(), device: self }
    }

    /// Rows whose number only the run knows: `axis` is the constructor of the leading dim.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x = Cpu.rows(Batch, vec![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// assert_eq!(x.shape(), (Batch(3), D::<2>));
    /// ```
    fn rows<A: Dim, L: Literal>(
        self,
        axis: impl FnOnce(usize) -> A,
        rows: Vec<L>,
    ) -> Tensor<Prepended<L::Shape, A>, L::Elem, Self>
    where
        L::Shape: Default + Prepend<A>,
    {
        let axis = axis(rows.len());
        let mut values = Vec::new();
        rows.into_iter().for_each(|row| row.flatten(&mut values));
        Tensor { buf: self.upload(&values), shape: L::Shape::default().prepend(axis), device: self }
    }

    /// Uniform numbers in `[low, high)`; element `i` depends on the key and `i` alone.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.uniform((D::<1000>,), Key::new(7), -1.0, 1.0);
    /// assert!(x.as_slice().iter().all(|x: &f32| (-1.0..1.0).contains(x)));
    /// ```
    fn uniform<S: Shape, E: Elem>(self, shape: S, key: Key, low: f64, high: f64) -> Tensor<S, E, Self> {
        self.from_fn(shape, |i| E::of_f64(low + (high - low) * key.uniform_f64(i as u64)))
    }

    /// Normal numbers; element `i` depends on the key and `i` alone.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<_, f64> = Cpu.normal((D::<1000>,), Key::new(7), 10.0, 0.1);
    /// assert!((x.mean().eval().item() - 10.0).abs() < 0.02);
    /// ```
    fn normal<S: Shape, E: Elem>(self, shape: S, key: Key, mean: f64, std: f64) -> Tensor<S, E, Self> {
        self.from_fn(shape, |i| E::of_f64(mean + std * key.normal_f64(i as u64)))
    }
}
impl<D: Device> Create for D {}
