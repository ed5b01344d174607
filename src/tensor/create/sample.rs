//! Tensors of random numbers, a method for each distribution.
//!
//! Apart from `values.rs` because parameters can be wrong here, and from `random` because that has no errors. Element
//! `i`, in row-major order, depends on the key and `i` alone: the same for any shape, device and number of threads.

use super::drawn::{each, mapped, streamed};
use super::{Create, orthogonal::orthogonal};
use crate::device::Device;
use crate::dims::Dim;
use crate::dtype::{Elem, Integer, Real};
use crate::error::{Error, attempt, room};
use crate::random::Key;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Random tensors on a device. Uniform numbers of other bounds, and normal ones of another mean, are
/// [`Create::uniform`] and [`Create::normal`].
pub trait Sample: Device {
    /// Uniform numbers in `[0, 1)`, of a static shape.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<Shape![2, 3]> = Cpu.rand(Key::new(1));
    /// assert!(x.as_slice().iter().all(|x| (0.0..1.0).contains(x)));
    /// ```
    #[track_caller]
    fn rand<S: Shape + Default, E: Real>(self, key: Key) -> Tensor<S, E, Self> {
        self.rand_of(S::default(), key)
    }

    /// Uniform numbers in `[0, 1)`, of any shape.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x: Tensor<(Batch, D<3>)> = Cpu.rand_of((Batch(2), D::<3>), Key::new(1));
    /// assert_eq!(x.len(), 6);
    /// ```
    #[track_caller]
    fn rand_of<S: Shape, E: Real>(self, shape: S, key: Key) -> Tensor<S, E, Self> {
        self.uniform(shape, key, 0.0, 1.0)
    }

    /// Normal numbers of mean 0 and variance 1, of a static shape.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<Shape![1000]> = Cpu.randn(Key::new(1));
    /// assert!(x.mean().eval().item().abs() < 0.1);
    /// ```
    #[track_caller]
    fn randn<S: Shape + Default, E: Real>(self, key: Key) -> Tensor<S, E, Self> {
        self.randn_of(S::default(), key)
    }

    /// Normal numbers of mean 0 and variance 1, of any shape.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x: Tensor<(Batch,), f64> = Cpu.randn_of((Batch(2),), Key::new(1));
    /// assert_eq!(x.as_slice()[1], Key::new(1).normal_f64(1));
    /// ```
    #[track_caller]
    fn randn_of<S: Shape, E: Real>(self, shape: S, key: Key) -> Tensor<S, E, Self> {
        self.normal(shape, key, 0.0, 1.0)
    }

    /// Integers in `low..high`, each equally likely.
    ///
    /// # Errors
    /// [`Error::Value`] unless `low < high`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let dice = Cpu.randint((D::<100>,), Key::new(1), 1i64, 7)?;
    /// assert!(dice.as_slice().iter().all(|x| (1..=6).contains(x)));
    /// assert!(Cpu.randint((D::<2>,), Key::new(1), 3u8, 3).is_err());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn randint<S: Shape, E: Integer>(self, shape: S, key: Key, low: E, high: E) -> Result<Tensor<S, E, Self>, Error> {
        check(low < high, "randint", || format!("{low}..{high}"), "the lower bound must be below the upper one")?;
        let (low, span) = (low.as_i64(), high.as_i64().wrapping_sub(low.as_i64()) as u64);
        let finish = |k: &[u64], out: &mut [E]| mapped(k, out, |k| E::of_i64(low.wrapping_add(k as i64)));
        attempt(|| streamed(self, shape, |i, k| key.fill_below_from(i, span, k), finish))
    }

    /// Ones with probability `p`, else zeros; `true` and `false` for `bool`.
    ///
    /// # Errors
    /// [`Error::Value`] unless `0 <= p <= 1`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let heads: Tensor<_, bool> = Cpu.bernoulli((D::<1000>,), Key::new(1), 0.3)?;
    /// assert!((250..350).contains(&heads.as_slice().iter().filter(|x| **x).count()));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn bernoulli<S: Shape, E: Elem>(self, shape: S, key: Key, p: f64) -> Result<Tensor<S, E, Self>, Error> {
        check((0.0..=1.0).contains(&p), "bernoulli: probability", || p.to_string(), "it must be in 0..=1")?;
        let finish = |u: &[f64], out: &mut [E]| mapped(u, out, |u| E::of_i64(i64::from(u < p)));
        attempt(|| streamed(self, shape, |i, u| key.fill_uniform_f64_from(i, u), finish))
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
    /// let w: Tensor<_, f32> = Cpu.truncated_normal((D::<1000>,), Key::new(1), 0.0, 0.02, -0.04, 0.04)?;
    /// assert!(w.as_slice().iter().all(|w| w.abs() <= 0.04));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn truncated_normal<S: Shape, E: Real>(
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

    /// Exponential numbers of density `rate · exp(-rate · x)`, mean `1 / rate`.
    ///
    /// # Errors
    /// [`Error::Value`] unless the rate is positive and finite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<_, f64> = Cpu.exponential((D::<1000>,), Key::new(1), 4.0)?;
    /// assert!((x.mean().eval().item() - 0.25).abs() < 0.03);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn exponential<S: Shape, E: Real>(self, shape: S, key: Key, rate: f64) -> Result<Tensor<S, E, Self>, Error> {
        positive(rate, "exponential: rate")?;
        attempt(|| each(self, shape, |i| E::of_f64(key.exponential_f64(i) / rate)))
    }

    /// Gamma numbers of density `xᶜ⁻¹ · exp(-x / scale)` but for a factor, mean `c · scale`.
    ///
    /// # Errors
    /// [`Error::Value`] unless concentration `c` and scale are positive and finite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<_, f64> = Cpu.gamma((D::<1000>,), Key::new(1), 2.0, 3.0)?;
    /// assert!((x.mean().eval().item() - 6.0).abs() < 0.5);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn gamma<S: Shape, E: Real>(
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

    /// Beta numbers of density `xᵃ⁻¹ · (1 - x)ᵇ⁻¹` but for a factor, in `[0, 1]`, mean `a / (a + b)`.
    ///
    /// # Errors
    /// [`Error::Value`] unless both parameters are positive and finite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<_, f64> = Cpu.beta((D::<1000>,), Key::new(1), 2.0, 6.0)?;
    /// assert!((x.mean().eval().item() - 0.25).abs() < 0.02);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn beta<S: Shape, E: Real>(self, shape: S, key: Key, a: f64, b: f64) -> Result<Tensor<S, E, Self>, Error> {
        positive(a, "beta: a")?;
        positive(b, "beta: b")?;
        attempt(|| each(self, shape, |i| E::of_f64(key.beta_f64(i, a, b))))
    }

    /// Poisson numbers: how many events come when `rate` are expected. Numbers beyond an integer type saturate.
    ///
    /// # Errors
    /// [`Error::Value`] unless `0 <= rate <= 2⁶²`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x: Tensor<_, i64> = Cpu.poisson((D::<1000>,), Key::new(1), 2.5)?;
    /// assert!((x.convert::<f64>().mean().eval().item() - 2.5).abs() < 0.2);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    fn poisson<S: Shape, E: Elem>(self, shape: S, key: Key, rate: f64) -> Result<Tensor<S, E, Self>, Error> {
        let allowed = (0.0..=(1u64 << 62) as f64).contains(&rate);
        check(allowed, "poisson: rate", || rate.to_string(), "it must be in 0..=2^62")?;
        attempt(|| each(self, shape, |i| E::of_f64(key.poisson(i, rate) as f64)))
    }

    /// The numbers `0..n` in random order, each order equally likely.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let order = Cpu.permutation(D::<5>, Key::new(1));
    /// assert_eq!(order.as_slice().iter().sum::<i64>(), 10);
    /// ```
    #[track_caller]
    fn permutation<N: Dim>(self, count: N, key: Key) -> Tensor<(N,), i64, Self> {
        drop(room::<usize>(count.size())); // An error where a permutation would panic.
        let order = key.permutation(count.size());
        self.from_fn((count,), |i| order[i] as i64)
    }

    /// A random matrix with orthonormal columns, or rows where there are fewer of them; each is equally likely.
    ///
    /// Computed in `f64` by Gram and Schmidt, with the signs that make the law uniform (Mezzadri 2007,
    /// arXiv:math-ph/0609050). Time grows with the longer side and the square of the shorter.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let q: Tensor<Shape![5, 3], f64> = Cpu.orthogonal((D::<5>, D::<3>), Key::new(1));
    /// let product = q.t().matmul(&q).eval();
    /// assert!((&product - &Cpu.eye_of(D::<3>)).abs().max().eval().item() < 1e-15);
    /// ```
    #[track_caller]
    fn orthogonal<R: Dim, C: Dim, E: Real>(self, shape: (R, C), key: Key) -> Tensor<(R, C), E, Self> {
        orthogonal(self, shape, key)
    }
}
impl<D: Device> Sample for D {}

/// An error with the number, unless the rule holds.
#[track_caller]
pub(super) fn check(
    holds: bool,
    what: &'static str,
    found: impl FnOnce() -> String,
    rule: &'static str,
) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(Error::Value { what, found: found(), rule }) }
}

#[track_caller]
fn positive(value: f64, what: &'static str) -> Result<(), Error> {
    check(value > 0.0 && value.is_finite(), what, || value.to_string(), "it must be positive and finite")
}
