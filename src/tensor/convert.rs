//! Tensors of another element type: as Rust's `as`, within its range, or exactly.
//!
//! Apart from `read` because three answers stand side by side here to what happens to a value that does not fit.

use super::Tensor;
use crate::device::{Buf, Device};
use crate::dtype::{Elem, exactly, saturated};
use crate::error::Error;
use crate::shape::Shape;

impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// Every element converted as Rust's `as` does: floats to integers truncate and saturate, NaN gives 0; integers to
    /// integers keep their low bits.
    ///
    /// `bool` is 0 or 1, and of other types whether an element is not 0. For the differentiable conversion inside a
    /// graph see [`cast`](crate::ops::Cast::cast).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.7, -2.7]).convert::<i64>().as_slice(), [1, -2]);
    /// assert_eq!(Cpu.tensor([300, -1]).convert::<u8>().as_slice(), [44, 255]);
    /// ```
    pub fn convert<E2: Elem>(&self) -> Tensor<S, E2, D> {
        Tensor { buf: self.device.convert(&self.buf), shape: self.shape, device: self.device }
    }

    /// Every element converted to the nearest value of an integer type: what lies outside of its range is its smallest
    /// or largest value, fractions are cut off, NaN gives 0. To floats and to `bool` as [`convert`](Tensor::convert).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([300, -1, 7]).saturating_convert::<u8>().as_slice(), [255, 0, 7]);
    /// assert_eq!(Cpu.tensor([1e10, -2.7, f32::NAN]).saturating_convert::<i16>().as_slice(), [32767, -2, 0]);
    /// ```
    pub fn saturating_convert<E2: Elem>(&self) -> Tensor<S, E2, D> {
        let values = self.device.download(&self.buf);
        let buf = self.device.adopt(Buf::from_fn(values.len(), |i| saturated(values[i])));
        Tensor { buf, shape: self.shape, device: self.device }
    }

    /// Every element converted without a change of its value; NaN stays NaN.
    ///
    /// # Errors
    /// [`Error::Conversion`] for the first element that the other type does not hold exactly: outside of its range, a
    /// fraction as an integer, a number between two floats; as `bool`, another one than 0 and 1.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, -2.0]).try_convert::<i8>()?.as_slice(), [1, -2]);
    /// let error = Cpu.tensor([[1, 2], [3, 300]]).try_convert::<u8>().unwrap_err();
    /// assert_eq!(error.to_string(), "300 at index [1, 1] is an `i64` and no `u8`");
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn try_convert<E2: Elem>(&self) -> Result<Tensor<S, E2, D>, Error> {
        let values = self.device.download(&self.buf);
        let converted: Option<Vec<E2>> = values.iter().map(|&value| exactly(value)).collect();
        match converted {
            Some(own) => Ok(Tensor { buf: self.device.upload(&own), shape: self.shape, device: self.device }),
            None => {
                let position = values.iter().position(|&value| exactly::<E, E2>(value).is_none()).unwrap_or(0);
                Err(Error::conversion::<S, E, E2>(values[position], position, self.shape))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn large_integers_convert_as_rust_does() {
        let large = Cpu.tensor_of::<u64, _>([u64::MAX, 1 << 63, (1 << 53) + 1, (1 << 40) + 1]);
        assert_eq!(large.convert::<f64>().to_vec(), large.to_vec().iter().map(|&x| x as f64).collect::<Vec<_>>());
        assert_eq!(large.convert::<f32>().to_vec(), large.to_vec().iter().map(|&x| x as f32).collect::<Vec<_>>());
        assert_eq!(large.convert::<i64>().to_vec(), large.to_vec().iter().map(|&x| x as i64).collect::<Vec<_>>());
        assert_eq!(large.convert::<i8>().to_vec(), large.to_vec().iter().map(|&x| x as i8).collect::<Vec<_>>());
        let floats = Cpu.tensor([1.8446744e19, -1.0, f32::NAN, f32::INFINITY, 1e18]);
        assert_eq!(floats.convert::<u64>().to_vec(), floats.to_vec().iter().map(|&x| x as u64).collect::<Vec<_>>());
    }

    #[test]
    fn only_exact_values_are_tried() {
        let fits = |x: f64| Cpu.tensor_of::<f64, _>([x]).try_convert::<i64>().is_ok();
        let (limit, half) = (9_223_372_036_854_775_808.0, 0.5);
        assert_eq!(
            [limit, -limit, half, -0.0, f64::NAN, f64::INFINITY].map(fits),
            [false, true, false, true, false, false]
        );
        let fits = |x: u64| Cpu.tensor_of::<u64, _>([x]).try_convert::<f64>().is_ok();
        assert_eq!([u64::MAX, 1 << 63, (1 << 53) + 1].map(fits), [false, true, false]);
        assert!(Cpu.tensor_of::<f64, _>([0.1]).try_convert::<f32>().is_err());
        assert!(Cpu.tensor_of::<f64, _>([f64::NAN]).try_convert::<f32>().is_ok());
        assert!(Cpu.tensor([0, 1, 2]).try_convert::<bool>().is_err());
        assert_eq!(Cpu.tensor([0, 1]).try_convert::<bool>().unwrap().as_slice(), [false, true]);
    }
}
