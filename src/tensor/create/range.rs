//! Numbers in a row: `arange`, `linspace`, `logspace`, `geomspace`.
//!
//! Apart from `values.rs` because their rules are NumPy's to the last bit: how many there are, where they end, and in
//! which order a sum is rounded.

use super::number::Number;
use super::sized::sized;
use super::values::Create;
use crate::device::Device;
use crate::dims::Dim;
use crate::dtype::{Elem, Real};
use crate::error::{Error, attempt};
use crate::tensor::Tensor;

/// Creation of number sequences on a device.
pub trait Ranges: Device {
    /// The `f32` numbers `0, 1, 2, ..`, as many as the axis is long.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.arange(D::<4>).as_slice(), [0.0, 1.0, 2.0, 3.0]);
    /// ```
    #[track_caller]
    fn arange<N: Dim>(self, count: N) -> Tensor<(N,), f32, Self> {
        self.arange_of(count)
    }

    /// The numbers `0, 1, 2, ..` of any type, as many as the axis is long.
    ///
    /// Integers beyond the element type wrap, as Rust's `as` does.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// assert_eq!(Cpu.arange_of::<i64, _>(Batch(2)).as_slice(), [0, 1]);
    /// ```
    #[track_caller]
    fn arange_of<E: Number, N: Dim>(self, count: N) -> Tensor<(N,), E, Self> {
        self.arange_from(count, E::of_i64(0), E::of_i64(1))
    }

    /// The numbers `start, start + step, start + 2 · step, ..`, as many as the axis is long, of the type of `start`.
    ///
    /// Floats are computed in `f64`, in NumPy's order, and rounded once; integers wrap.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.arange_from(D::<3>, 10, -4i64).as_slice(), [10, 6, 2]);
    /// ```
    #[track_caller]
    fn arange_from<N: Dim, E: Number>(self, count: N, start: E, step: E) -> Tensor<(N,), E, Self> {
        self.from_fn((count,), |i| term(i, start, step))
    }

    /// The numbers from `start` up to `stop`, which is excluded, in steps: NumPy's `arange(start, stop, step)`.
    ///
    /// `axis` is the constructor of a dim of run-time size; the count is `⌈(stop - start) / step⌉`, or 0 where that is
    /// negative. In floats the rounding of the quotient decides, as in NumPy: `0..1` by `0.1` has 10 numbers, `1..1.3`
    /// by `0.1` has 4, the last of which is not below `1.3`. Where the last should be sure, `linspace` says it.
    ///
    /// # Errors
    /// [`Error::Value`] when the step is 0 or the count is not finite; [`Error::Shape`] when the axis has another size.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Steps = ? }
    /// let x = Cpu.arange_until(Steps, 0.0, 1.0, 0.25f32)?;
    /// assert_eq!((x.shape(), x.as_slice()), ((Steps(4),), &[0.0, 0.25, 0.5, 0.75][..]));
    /// assert!(Cpu.arange_until(Steps, 0, 5, 0i64).is_err());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn arange_until<A: Dim, E: Number>(
        self,
        axis: impl FnOnce(usize) -> A,
        start: E,
        stop: E,
        step: E,
    ) -> Result<Tensor<(A,), E, Self>, Error> {
        let count = terms(start, stop, step).ok_or_else(|| Error::Value {
            what: "arange",
            found: format!("{start}..{stop} by {step}"),
            rule: "the step must not be 0 and the count must be finite",
        })?;
        let axis = sized(axis, count)?;
        attempt(|| self.arange_from(axis, start, step))
    }

    /// Evenly spaced `f32` numbers from `start` to `stop`, both included; see [`linspace_of`](Ranges::linspace_of).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.linspace(D::<5>, -1.0, 1.0).as_slice(), [-1.0, -0.5, 0.0, 0.5, 1.0]);
    /// ```
    #[track_caller]
    fn linspace<N: Dim>(self, count: N, start: f64, stop: f64) -> Tensor<(N,), f32, Self> {
        self.linspace_of(count, start, stop)
    }

    /// Evenly spaced numbers from `start` to `stop`, both included: `start + i · (stop - start) / (count - 1)`.
    ///
    /// In `f64` every bit is that of `numpy.linspace`; the last is `stop` itself. One number is `start`. The ends may
    /// be as far apart as `f64` is wide, where NumPy gives NaN, or infinite: between a number and inf lies inf, and NaN
    /// between -inf and inf.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.linspace_of::<f64, _>(D::<7>, 0.0, 0.3).as_slice()[1], 0.049999999999999996);
    /// ```
    #[track_caller]
    fn linspace_of<E: Real, N: Dim>(self, count: N, start: f64, stop: f64) -> Tensor<(N,), E, Self> {
        self.from_fn((count,), |i| E::of_f64(spaced(i, count.size(), start, stop)))
    }

    /// `f32` numbers whose logarithms are evenly spaced: `base` to the power of each of
    /// [`linspace(count, start, stop)`](Ranges::linspace).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.logspace(D::<4>, 0.0, 3.0, 10.0).as_slice(), [1.0, 10.0, 100.0, 1000.0]);
    /// ```
    #[track_caller]
    fn logspace<N: Dim>(self, count: N, start: f64, stop: f64, base: f64) -> Tensor<(N,), f32, Self> {
        self.logspace_of(count, start, stop, base)
    }

    /// Numbers of any float type whose logarithms are evenly spaced; see [`logspace`](Ranges::logspace).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.logspace_of::<f64, _>(D::<3>, -1.0, 1.0, 2.0).as_slice(), [0.5, 1.0, 2.0]);
    /// ```
    #[track_caller]
    fn logspace_of<E: Real, N: Dim>(self, count: N, start: f64, stop: f64, base: f64) -> Tensor<(N,), E, Self> {
        self.from_fn((count,), |i| E::of_f64(libm::pow(base, spaced(i, count.size(), start, stop))))
    }

    /// `f32` numbers of constant quotient from `start` to `stop`, both included and exact.
    ///
    /// Both may be negative. One number is `start`.
    ///
    /// # Errors
    /// [`Error::Value`] when one of the ends is 0 or not finite, or their signs differ.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.geomspace(D::<3>, -1.0, -100.0)?.as_slice(), [-1.0, -10.0, -100.0]);
    /// assert!(Cpu.geomspace(D::<3>, 0.0, 1.0).is_err());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn geomspace<N: Dim>(self, count: N, start: f64, stop: f64) -> Result<Tensor<(N,), f32, Self>, Error> {
        self.geomspace_of(count, start, stop)
    }

    /// Numbers of any float type and constant quotient; see [`geomspace`](Ranges::geomspace), its errors included.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.geomspace_of::<f64, _>(D::<3>, 1.0, 4.0)?.as_slice(), [1.0, 2.0, 4.0]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn geomspace_of<E: Real, N: Dim>(self, count: N, start: f64, stop: f64) -> Result<Tensor<(N,), E, Self>, Error> {
        if !(start.is_finite() && stop.is_finite() && start * stop.signum() > 0.0 && stop != 0.0) {
            let rule = "both ends must be finite, other than 0, and of one sign";
            return Err(Error::Value { what: "geomspace", found: format!("{start}..{stop}"), rule });
        }
        let (sign, from, to) = (start.signum(), libm::log10(start.abs()), libm::log10(stop.abs()));
        let term = |i| match i {
            0 => E::of_f64(start),
            _ if i + 1 == count.size() => E::of_f64(stop),
            _ => E::of_f64(sign * libm::pow(10.0, spaced(i, count.size(), from, to))),
        };
        attempt(|| self.from_fn((count,), term))
    }
}
impl<D: Device> Ranges for D {}

/// `start + i · step`; NumPy takes the step of floats from the first two numbers, as they are rounded.
fn term<E: Elem>(i: usize, start: E, step: E) -> E {
    if E::INTEGER {
        return E::of_i64(start.as_i64().wrapping_add(step.as_i64().wrapping_mul(i as i64)));
    }
    let (start, second) = (start.as_f64(), start.as_f64() + step.as_f64());
    E::of_f64(match i {
        0 => start,
        1 => second,
        _ => {
            let way = i as f64 * (second - start);
            // Halves of numbers at the ends of the type have a sum where these have none on the way.
            if way.is_infinite() { (start / 2.0 + i as f64 * (second / 2.0 - start / 2.0)) * 2.0 } else { start + way }
        }
    })
}

/// How many there are; `None` when the step is 0 or the count is no number.
fn terms<E: Elem>(start: E, stop: E, step: E) -> Option<usize> {
    if E::INTEGER {
        let (way, step) = (stop.as_i128() - start.as_i128(), step.as_i128());
        let whole = way.checked_div(step)?;
        let more = way % step != 0 && (way < 0) == (step < 0);
        return usize::try_from((whole + i128::from(more)).max(0)).ok();
    }
    let way = stop.as_f64() - start.as_f64();
    let apart = way.is_infinite() && start.as_f64().is_finite() && stop.as_f64().is_finite();
    let count = match apart {
        true => stop.as_f64() / step.as_f64() - start.as_f64() / step.as_f64(),
        false => way / step.as_f64(),
    };
    match count {
        // A quotient too small for a number still is a number above 0.
        0.0 if way != 0.0 => Some(usize::from(count.is_sign_positive())),
        _ if step.as_f64() == 0.0 || count.is_nan() || count.ceil() >= isize::MAX as f64 => None,
        _ => Some(count.ceil().max(0.0) as usize),
    }
}

/// Number `i` of `numpy.linspace`.
pub(crate) fn spaced(i: usize, count: usize, start: f64, stop: f64) -> f64 {
    if count > 1 && i + 1 == count {
        return stop;
    }
    let (way, parts) = (stop - start, count.saturating_sub(1) as f64);
    if i == 0 || start == stop {
        return start;
    }
    let step = way / parts;
    if step.is_infinite() || way.is_infinite() {
        // The ends are farther apart than the type is wide, or infinite.
        let weight = i as f64 / parts;
        return start * (1.0 - weight) + stop * weight;
    }
    // A step below the smallest number: divide first.
    if step == 0.0 { i as f64 / parts * way + start } else { i as f64 * step + start }
}
