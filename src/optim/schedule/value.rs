//! A schedule as a value, and what is made of two of them.
//!
//! Apart from the schedules, each of which is a formula of the step.

use crate::device::Device;
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::model::{Tree, Weights};
use crate::optim::{Optimizer, Remember};
use std::fmt::{Debug, Formatter};
use std::ops::Mul;
use std::sync::Arc;

/// A learning rate for each step, counted from 0: a pure function, so that a run that is resumed goes on with it.
///
/// | PyTorch | here |
/// |---|---|
/// | `ConstantLR(o, 0.5, 10)` | `Schedule::constant(0.5 * lr).lasting(10).then(Schedule::constant(lr))` |
/// | `SequentialLR(o, [a, b], [10])` | `a.lasting(10).then(b)` |
/// | `ChainedScheduler([a, b])` | `a * b`, one of them of rates relative to 1 |
/// | `LambdaLR(o, f)` | `Schedule::lambda(move \|step\| lr * f(step))` |
///
/// ```
/// use congruent::prelude::*;
/// let schedule = Schedule::warmup(1e-3, 10).then(Schedule::cosine(1e-3, 1e-5, 90));
/// let mut model = Linear::<D<1>, D<1>>::new(Key::new(0));
/// let (x, y) = (Cpu.tensor([[1.0], [2.0]]), Cpu.tensor([[2.0], [4.0]]));
/// let mut opt = AdamW::new(&model, 1e-3);
/// for _ in 0..100 {
///     opt.follow(&schedule); // opt.set_lr(schedule.at(opt.steps()))
///     let (_, grads) = model.value_and_grad(|m| m.forward(&x).mse(&y))?;
///     opt.step(&mut model, &grads);
/// }
/// assert!((schedule.at(10) - 1e-3).abs() < 1e-12 && (schedule.at(100) - 1e-5).abs() < 1e-12);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone)]
pub struct Schedule {
    rate: Arc<dyn Fn(u64) -> f64 + Send + Sync>,
    length: Option<u64>,
}

impl Schedule {
    /// A schedule of a formula of its own, which is asked for each step: PyTorch's `LambdaLR`. A rate that is negative,
    /// infinite or NaN is refused where an optimizer gets it.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Schedule::lambda(|step| 0.1 / (1.0 + step as f64)).at(4), 0.02);
    /// ```
    pub fn lambda(rate: impl Fn(u64) -> f64 + Send + Sync + 'static) -> Self {
        Schedule { rate: Arc::new(rate), length: None }
    }

    /// The learning rate of a step; the first is 0.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Schedule::linear(0.1, 0.0, 100).at(50), 0.05);
    /// ```
    pub fn at(&self, step: u64) -> f64 {
        (self.rate)(step)
    }

    /// After how many steps a next schedule begins, if it is known: of those that arrive at their last rate.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!((Schedule::cosine(0.1, 0.0, 90).length(), Schedule::constant(0.1).length()), (Some(90), None));
    /// ```
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The same rates, of which a next schedule takes over after this many steps.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let schedule = Schedule::constant(0.1).lasting(3).then(Schedule::exponential(0.2, 0.5));
    /// assert_eq!([2, 3, 4].map(|step| schedule.at(step)), [0.1, 0.2, 0.1]);
    /// ```
    #[must_use]
    pub fn lasting(self, steps: u64) -> Self {
        Schedule { length: Some(steps), ..self }
    }

    /// This schedule for its [`length`](Self::length), then another one from its own step 0 on: PyTorch's
    /// `SequentialLR`. Without a length it raises [`Error::Value`]: [`lasting`](Self::lasting) gives it one.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let rest = Schedule::constant(0.3).lasting(2).then(Schedule::step(0.2, 1, 0.5));
    /// let schedule = Schedule::warmup(0.3, 2).then(rest);
    /// assert_eq!([3, 4, 5].map(|step| schedule.at(step)), [0.3, 0.2, 0.1]);
    /// assert!(attempt(|| Schedule::constant(0.3).then(Schedule::constant(0.1))).is_err());
    /// ```
    #[must_use]
    #[track_caller]
    pub fn then(self, next: Self) -> Self {
        let Some(end) = self.length else {
            let (what, found) = ("length of a schedule that another one follows", "none".to_owned());
            raise(Error::Value { what, found, rule: "it ends after a number of steps, `.lasting(steps)`" })
        };
        let length = next.length.map(|length| end.saturating_add(length));
        let rate = move |step| if step < end { self.at(step) } else { next.at(step - end) };
        Schedule { length, ..Schedule::lambda(rate) }
    }
}

/// `(a · b)(step) = a(step) · b(step)`, as long as the shorter one.
///
/// ```
/// use congruent::prelude::*;
/// let schedule = Schedule::exponential(1.0, 0.5) * Schedule::linear(0.5, 1.0, 8);
/// assert_eq!(schedule.at(4), 0.0625 * 0.75);
/// ```
impl Mul for Schedule {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let length = [self.length, other.length].into_iter().flatten().min();
        Schedule { length, ..Schedule::lambda(move |step| self.at(step) * other.at(step)) }
    }
}

impl Debug for Schedule {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Schedule").field("length", &self.length).finish_non_exhaustive()
    }
}

impl<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<R, M, E, D> {
    /// Sets the learning rate of the next step, and returns it: `opt.set_lr(schedule.at(opt.steps()))`. A rate that is
    /// negative, infinite or NaN raises [`Error::Value`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut opt = Sgd::new(&Linear::<D<3>, D<2>>::new(Key::new(0)), 0.1);
    /// opt.set_steps(50); // a resumed run
    /// assert_eq!(opt.follow(&Schedule::linear(0.1, 0.0, 100)), 0.05);
    /// ```
    #[track_caller]
    pub fn follow(&mut self, schedule: &Schedule) -> f64 {
        self.set_lr(schedule.at(self.steps()));
        self.lr()
    }
}

/// A number of steps that something is divided by.
#[track_caller]
pub(super) fn some_steps(what: &'static str, steps: u64) -> u64 {
    match steps {
        0 => raise(Error::Value { what, found: steps.to_string(), rule: "it is at least 1" }),
        _ => steps,
    }
}

/// Which part of its steps has been taken, 1 from then on.
pub(super) fn part(step: u64, steps: u64) -> f64 {
    step.min(steps) as f64 / steps as f64
}
