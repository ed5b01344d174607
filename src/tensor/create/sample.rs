//! Tensors of random numbers: uniform and normal ones, integers, orders, orthogonal matrices.
//!
//! Apart from `distributions.rs` because these are what models begin with, and hardly any can be asked for what is not
//! there. Element `i`, in row-major order, depends on the key and `i` alone: the same for any shape, device and number
//! of threads.

use super::drawn::{mapped, streamed, stretched};
use super::{Create, orthogonal::orthogonal};
use crate::device::Device;
use crate::dims::Dim;
use crate::dtype::{Elem, Integer, Real};
use crate::error::{Error, attempt, room};
use crate::random::Key;
use crate::shape::{Shape, ShapeValue};
use crate::tensor::Tensor;

/// Random tensors on a device: each name gives `f32`, with `_of` any type. Distributions with parameters of their own
/// are [`Distributions`](crate::tensor::Distributions).
pub trait Sample: Device {
    /// Uniform `f32` numbers in `[0, 1)`, of a static shape.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.rand::<Shape![2, 3]>(Key::new(1));
    /// assert!(x.as_slice().iter().all(|x| (0.0..1.0).contains(x)));
    /// ```
    #[track_caller]
    fn rand<S: Shape + Default>(self, key: Key) -> Tensor<S, f32, Self> {
        self.rand_of(S::default(), key)
    }

    /// Uniform numbers in `[0, 1)`, of any shape and float type.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x = Cpu.rand_of::<f64, _>((Batch(2), D::<3>), Key::new(1));
    /// assert_eq!(x.len(), 6);
    /// ```
    #[track_caller]
    fn rand_of<E: Real, S: ShapeValue<Own: Shape>>(self, shape: S, key: Key) -> Tensor<S, E, Self> {
        self.uniform_of(shape, key, 0.0, 1.0)
    }

    /// Normal `f32` numbers of mean 0 and variance 1, of a static shape.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.randn::<Shape![1000]>(Key::new(1));
    /// assert!(x.mean().eval().item().abs() < 0.1);
    /// ```
    #[track_caller]
    fn randn<S: Shape + Default>(self, key: Key) -> Tensor<S, f32, Self> {
        self.randn_of(S::default(), key)
    }

    /// Normal numbers of mean 0 and variance 1, of any shape and float type.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let x = Cpu.randn_of::<f64, _>((Batch(2),), Key::new(1));
    /// assert_eq!(x.as_slice()[1], Key::new(1).normal_f64(1));
    /// ```
    #[track_caller]
    fn randn_of<E: Real, S: ShapeValue<Own: Shape>>(self, shape: S, key: Key) -> Tensor<S, E, Self> {
        self.normal_of(shape, key, 0.0, 1.0)
    }

    /// Uniform `f32` numbers in `[low, high)`; see [`uniform_of`](Sample::uniform_of).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.uniform((D::<1000>,), Key::new(7), -1.0, 1.0);
    /// assert!(x.as_slice().iter().all(|x| (-1.0..1.0).contains(x)));
    /// ```
    #[track_caller]
    fn uniform<S: ShapeValue<Own: Shape>>(self, shape: S, key: Key, low: f64, high: f64) -> Tensor<S, f32, Self> {
        self.uniform_of(shape, key, low, high)
    }

    /// Uniform numbers in `[low, high)`, of any type.
    ///
    /// Where rounding to the element type would give `high`, it gives the number below. `low = high` gives `low`.
    /// Bounds that are infinite or NaN give infinities and NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.uniform_of::<f64, _>((D::<1000>,), Key::new(7), -1.0, 1.0);
    /// assert!(x.as_slice().iter().all(|x| (-1.0..1.0).contains(x)));
    /// ```
    #[track_caller]
    fn uniform_of<E: Elem, S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        low: f64,
        high: f64,
    ) -> Tensor<S, E, Self> {
        streamed(self, shape, |i, u| key.fill_uniform_f64_from(i, u), |u, out| stretched(u, out, low, high))
    }

    /// Normal `f32` numbers of this mean and standard deviation.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.normal((D::<1000>,), Key::new(7), 10.0, 0.1);
    /// assert!((x.mean().eval().item() - 10.0).abs() < 0.02);
    /// ```
    #[track_caller]
    fn normal<S: ShapeValue<Own: Shape>>(self, shape: S, key: Key, mean: f64, std: f64) -> Tensor<S, f32, Self> {
        self.normal_of(shape, key, mean, std)
    }

    /// Normal numbers of this mean and standard deviation, of any type.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.normal_of::<f64, _>((D::<1000>,), Key::new(7), 10.0, 0.1);
    /// assert!((x.mean().eval().item() - 10.0).abs() < 0.02);
    /// ```
    #[track_caller]
    fn normal_of<E: Elem, S: ShapeValue<Own: Shape>>(
        self,
        shape: S,
        key: Key,
        mean: f64,
        std: f64,
    ) -> Tensor<S, E, Self> {
        let finish = |z: &[f64], out: &mut [E]| mapped(z, out, |z| E::of_f64(mean + std * z));
        streamed(self, shape, |i, z| key.fill_normal_from(i, z), finish)
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
    fn randint<S: ShapeValue<Own: Shape>, E: Integer>(
        self,
        shape: S,
        key: Key,
        low: E,
        high: E,
    ) -> Result<Tensor<S, E, Self>, Error> {
        check(low < high, "randint", || format!("{low}..{high}"), "the lower bound must be below the upper one")?;
        let (low, span) = (low.as_i64(), high.as_i64().wrapping_sub(low.as_i64()) as u64);
        let finish = |k: &[u64], out: &mut [E]| mapped(k, out, |k| E::of_i64(low.wrapping_add(k as i64)));
        attempt(|| streamed(self, shape, |i, k| key.fill_below_from(i, span, k), finish))
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

    /// A random `f32` matrix with orthonormal columns, or rows where there are fewer of them; see
    /// [`orthogonal_of`](Sample::orthogonal_of).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let q = Cpu.orthogonal((D::<3>, D::<5>), Key::new(1));
    /// assert!(q.matmul(q.t()).allclose(&Cpu.eye(D::<3>), 0.0, 1e-6));
    /// ```
    #[track_caller]
    fn orthogonal<R: Dim, C: Dim>(self, shape: (R, C), key: Key) -> Tensor<(R, C), f32, Self> {
        orthogonal(self, shape, key)
    }

    /// A random matrix with orthonormal columns, or rows where there are fewer of them; each is equally likely.
    ///
    /// Computed in `f64` by Gram and Schmidt, with the signs that make the law uniform (Mezzadri 2007,
    /// arXiv:math-ph/0609050). Time grows with the longer side and the square of the shorter.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let q = Cpu.orthogonal_of::<f64, _, _>((D::<5>, D::<3>), Key::new(1));
    /// let product = q.t().matmul(&q).eval();
    /// assert!((&product - &Cpu.eye_of(D::<3>)).abs().max().eval().item() < 1e-15);
    /// ```
    #[track_caller]
    fn orthogonal_of<E: Real, R: Dim, C: Dim>(self, shape: (R, C), key: Key) -> Tensor<(R, C), E, Self> {
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
