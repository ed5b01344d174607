//! Looking into tensors, writing to them, and moving them to other devices.

use super::Tensor;
use crate::device::{Device, Host};
use crate::dtype::Elem;
use crate::error::Error;
use crate::shape::{Shape, ShapeValue};
use generic_array::GenericArray;

impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// The shape, with the sizes of its run-time dims.
    #[inline]
    pub fn shape(&self) -> S {
        self.shape
    }

    /// The sizes of the axes.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.zeros::<Shape![2, 3]>().dims().as_slice(), [2, 3]);
    /// ```
    pub fn dims(&self) -> GenericArray<usize, S::Rank> {
        self.shape.dims()
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.buf.len()
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    /// The device.
    pub fn device(&self) -> D {
        self.device
    }

    /// The elements in row-major order, copied to the host.
    pub fn to_vec(&self) -> Vec<E> {
        self.device.download(&self.buf)
    }

    /// The elements in row-major order as a vector: the memory itself where it came
    /// [from a vector](crate::tensor::Create::from_vec) and no other tensor shares it, else a copy.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let values = vec![1.0f32; 1000];
    /// let place = values.as_ptr();
    /// let mut x = Cpu.from_vec((D::<10>, D::<100>), values)?;
    /// x.as_mut_slice()[7] = 2.0;
    /// let values = x.into_vec();
    /// assert_eq!((values.as_ptr(), values[7]), (place, 2.0));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn into_vec(self) -> Vec<E>
    where
        D: Host,
    {
        self.buf.into_vec()
    }

    /// The same tensor on another device; on the same one the memory is shared.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0]).to(&Cpu);
    /// ```
    pub fn to<D2: Device>(&self, device: &D2) -> Tensor<S, E, D2> {
        let same: Option<D2> = (&self.device as &dyn std::any::Any).downcast_ref::<D2>().copied();
        let buf = match same {
            Some(own) if own == *device => self.buf.clone(),
            _ => device.upload(&self.device.download(&self.buf)),
        };
        Tensor { buf, shape: self.shape, device: *device }
    }

    /// The same elements under axes of other names: sizes must agree.
    ///
    /// # Errors
    /// [`Error::Shape`] when a size or the rank differs.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x = Cpu.zeros::<Shape![2, 3]>().rename((Batch(2), D::<3>))?;
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn rename<S2: ShapeValue<Own: Shape>>(&self, shape: S2) -> Result<Tensor<S2::Own, E, D>, Error> {
        let shape = shape.own();
        if self.shape.dims().as_slice() != shape.dims().as_slice() {
            return Err(Error::Shape { found: self.shape.dims().to_vec(), wanted: shape.describe() });
        }
        Ok(Tensor { buf: self.buf.clone(), shape, device: self.device })
    }
}

impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// The elements in row-major order, of a tensor that lives on the host.
    #[inline]
    pub fn as_slice(&self) -> &[E]
    where
        D: Host,
    {
        self.device.slice(&self.buf)
    }

    /// The elements for writing; a tensor that shares its memory is copied first.
    pub fn as_mut_slice(&mut self) -> &mut [E]
    where
        D: Host,
    {
        self.device.slice_mut(&mut self.buf)
    }
}

impl<E: Elem, D: Device> Tensor<(), E, D> {
    /// The only element of a scalar.
    pub fn item(&self) -> E {
        self.to_vec()[0]
    }
}
