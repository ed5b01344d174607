//! Tensors of random numbers of a distribution with parameters, which can be wrong.
//!
//! Apart from `sample.rs`, whose draws hardly know errors, and from `random`, which has none. Element `i`, in row-major
//! order, depends on the key and `i` alone.

use super::drawn::{each, mapped, streamed};
use super::sample::check;
use crate::device::Device;
use crate::dtype::{Elem, Real};
use crate::error::{Error, attempt};
use crate::random::Key;
use crate::shape::{Shape, ShapeValue};
use crate::tensor::Tensor;

/// Random tensors of a distribution, on a device: each name gives `f32`, with `_of` any type.
pub trait Distributions: Device {
    /// `f32` ones with probability `p`, else zeros.
    ///
    /// # Errors
    /// [`Error::Value`] unless `0 <= p <= 1`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let kept = Cpu.bernoulli((D::<1000>,), Key::new(1), 0.3)?;
    /// assert!((kept.mean().eval().item() - 0.3).abs() < 0.05);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn bernoulli<S: ShapeValue<Own: Shape>>(self, shape: S, key: Key, p: f64) -> Result<Tensor<S, f32, Self>, Error> {
        self.bernoulli_of(shape, key, p)
    }

    /// Ones with probability `p`, else zeros; `true` and `false` for `bool`.
    ///
    /// # Errors
    /// [`Error::Value`] unless `0 <= p <= 1`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let heads = Cpu.bernoulli_of::<bool, _>((D::<1000>,), Key::new(1), 0.3)?;
    /// assert!((250..350).contains(&heads.as_slice().iter().filter(|x| **x).count()));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn bernoulli_of<E: Elem, S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        p: f64,
    ) -> Result<Tensor<S, E, Self>, Error> {
        check((0.0..=1.0).contains(&p), "bernoulli: probability", || p.to_string(), "it must be in 0..=1")?;
        let finish = |u: &[f64], out: &mut [E]| mapped(u, out, |u| E::of_i64(i64::from(u < p)));
        attempt(|| streamed(self, shape, |i, u| key.fill_uniform_f64_from(i, u), finish))
    }

    /// Normal `f32` numbers, before all outside of `[low, high]` are refused; see
    /// [`truncated_normal_of`](Distributions::truncated_normal_of).
    ///
    /// # Errors
    /// [`Error::Value`] unless `std > 0`, both are finite, and `low <= high`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let w = Cpu.truncated_normal((D::<1000>,), Key::new(1), 0.0, 0.02, -0.04, 0.04)?;
    /// assert!(w.as_slice().iter().all(|w| w.abs() <= 0.04));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn truncated_normal<S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        mean: f64,
        std: f64,
        low: f64,
        high: f64,
    ) -> Result<Tensor<S, f32, Self>, Error> {
        self.truncated_normal_of(shape, key, mean, std, low, high)
    }

    /// Normal numbers of this mean and standard deviation, before all outside of `[low, high]` are refused.
    ///
    /// By the inverse of the distribution function: nothing is drawn twice, the bounds hold exactly (as rounded to the
    /// element type), and may be infinite.
    ///
    /// # Errors
    /// [`Error::Value`] unless `std > 0`, both are finite, and `low <= high`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let w = Cpu.truncated_normal_of::<f32, _>((D::<1000>,), Key::new(1), 0.0, 0.02, -0.04, 0.04)?;
    /// assert!(w.as_slice().iter().all(|w| w.abs() <= 0.04));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn truncated_normal_of<E: Real, S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        mean: f64,
        std: f64,
        low: f64,
        high: f64,
    ) -> Result<Tensor<S, E, Self>, Error> {
        let found = || format!("mean {mean}, std {std}");
        let finite = mean.is_finite() && std.is_finite() && std > 0.0;
        check(finite, "truncated normal", found, "the mean must be finite, the std positive and finite")?;
        let rule = "the lower bound must not be above the upper one";
        check(low <= high, "truncated normal: bounds", || format!("{low}..={high}"), rule)?;
        let (from, to) = ((low - mean) / std, (high - mean) / std);
        attempt(|| {
            each(self, shape, |i| E::of_f64((mean + std * key.truncated_normal_f64(i, from, to)).clamp(low, high)))
        })
    }

    /// Exponential `f32` numbers of density `rate · exp(-rate · x)`, mean `1 / rate`.
    ///
    /// # Errors
    /// [`Error::Value`] unless the rate is positive and finite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.exponential((D::<1000>,), Key::new(1), 4.0)?;
    /// assert!((x.mean().eval().item() - 0.25).abs() < 0.03);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn exponential<S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        rate: f64,
    ) -> Result<Tensor<S, f32, Self>, Error> {
        self.exponential_of(shape, key, rate)
    }

    /// Exponential numbers of density `rate · exp(-rate · x)`, mean `1 / rate`.
    ///
    /// # Errors
    /// [`Error::Value`] unless the rate is positive and finite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.exponential_of::<f64, _>((D::<1000>,), Key::new(1), 4.0)?;
    /// assert!((x.mean().eval().item() - 0.25).abs() < 0.03);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn exponential_of<E: Real, S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        rate: f64,
    ) -> Result<Tensor<S, E, Self>, Error> {
        positive(rate, "exponential: rate")?;
        attempt(|| each(self, shape, |i| E::of_f64(key.exponential_f64(i) / rate)))
    }

    /// Gamma `f32` numbers of density `xᶜ⁻¹ · exp(-x / scale)` but for a factor, mean `c · scale`.
    ///
    /// # Errors
    /// [`Error::Value`] unless concentration `c` and scale are positive and finite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.gamma((D::<1000>,), Key::new(1), 2.0, 3.0)?;
    /// assert!((x.mean().eval().item() - 6.0).abs() < 0.5);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn gamma<S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        concentration: f64,
        scale: f64,
    ) -> Result<Tensor<S, f32, Self>, Error> {
        self.gamma_of(shape, key, concentration, scale)
    }

    /// Gamma numbers of density `xᶜ⁻¹ · exp(-x / scale)` but for a factor, mean `c · scale`.
    ///
    /// # Errors
    /// [`Error::Value`] unless concentration `c` and scale are positive and finite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.gamma_of::<f64, _>((D::<1000>,), Key::new(1), 2.0, 3.0)?;
    /// assert!((x.mean().eval().item() - 6.0).abs() < 0.5);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn gamma_of<E: Real, S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        concentration: f64,
        scale: f64,
    ) -> Result<Tensor<S, E, Self>, Error> {
        positive(concentration, "gamma: concentration")?;
        positive(scale, "gamma: scale")?;
        attempt(|| each(self, shape, |i| E::of_f64(key.scaled_gamma_f64(i, concentration, scale))))
    }

    /// Beta `f32` numbers of density `xᵃ⁻¹ · (1 - x)ᵇ⁻¹` but for a factor, in `[0, 1]`, mean `a / (a + b)`.
    ///
    /// # Errors
    /// [`Error::Value`] unless both parameters are positive and finite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.beta((D::<1000>,), Key::new(1), 2.0, 6.0)?;
    /// assert!((x.mean().eval().item() - 0.25).abs() < 0.02);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn beta<S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        a: f64,
        b: f64,
    ) -> Result<Tensor<S, f32, Self>, Error> {
        self.beta_of(shape, key, a, b)
    }

    /// Beta numbers of density `xᵃ⁻¹ · (1 - x)ᵇ⁻¹` but for a factor, in `[0, 1]`, mean `a / (a + b)`.
    ///
    /// # Errors
    /// [`Error::Value`] unless both parameters are positive and finite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.beta_of::<f64, _>((D::<1000>,), Key::new(1), 2.0, 6.0)?;
    /// assert!((x.mean().eval().item() - 0.25).abs() < 0.02);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn beta_of<E: Real, S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        a: f64,
        b: f64,
    ) -> Result<Tensor<S, E, Self>, Error> {
        positive(a, "beta: a")?;
        positive(b, "beta: b")?;
        attempt(|| each(self, shape, |i| E::of_f64(key.beta_f64(i, a, b))))
    }

    /// Poisson numbers as `f32`: how many events come when `rate` are expected.
    ///
    /// # Errors
    /// [`Error::Value`] unless `0 <= rate <= 2⁶²`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.poisson((D::<1000>,), Key::new(1), 2.5)?;
    /// assert!((x.mean().eval().item() - 2.5).abs() < 0.2);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn poisson<S: ShapeValue<Own: Shape>>(self, shape: S, key: Key, rate: f64) -> Result<Tensor<S, f32, Self>, Error> {
        self.poisson_of(shape, key, rate)
    }

    /// Poisson numbers: how many events come when `rate` are expected. Numbers beyond an integer type saturate.
    ///
    /// # Errors
    /// [`Error::Value`] unless `0 <= rate <= 2⁶²`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.poisson_of::<i64, _>((D::<1000>,), Key::new(1), 2.5)?;
    /// assert!((x.convert::<f64>().mean().eval().item() - 2.5).abs() < 0.2);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn poisson_of<E: Elem, S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        rate: f64,
    ) -> Result<Tensor<S, E, Self>, Error> {
        let allowed = (0.0..=(1u64 << 62) as f64).contains(&rate);
        check(allowed, "poisson: rate", || rate.to_string(), "it must be in 0..=2^62")?;
        attempt(|| each(self, shape, |i| E::of_f64(key.poisson(i, rate) as f64)))
    }
}
impl<D: Device> Distributions for D {}

#[track_caller]
fn positive(value: f64, what: &'static str) -> Result<(), Error> {
    check(value > 0.0 && value.is_finite(), what, || value.to_string(), "it must be positive and finite")
}
