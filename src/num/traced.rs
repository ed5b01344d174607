//! A number that writes down what is done with it: a formula over it is a list of steps, for a device that compiles
//! formulas for itself, and for whoever asks how much arithmetic it is.
//!
//! Apart from the numbers that compute. The steps say what to do, not in which language.

use super::Num;
use super::primitives::{composed, of_one, of_two};
use std::cell::RefCell;
use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Sub};

/// One step of a [`Trace`]: a value of an element type, by the name of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceStep {
    /// [`NAME`](crate::dtype::Elem::NAME) of the element type; 16-bit floats stand for the `f32` that computes them.
    pub elem: &'static str,
    /// How it comes about.
    pub what: What,
}

/// How the value of a step comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// An operand of the formula, by its number.
    Input(u32),
    /// The float with these bits of an `f64`. Only few numbers are part of the trace: see [`Trace::numbers`].
    Common(u64),
    /// Number so of [`Trace::numbers`].
    Float(u32),
    /// Number so of [`Trace::whole`].
    Whole(u32),
    /// A function of the earlier steps that [`read`](What::read) gives.
    Call {
        /// Its name, that of the method of [`Num`] or of [`Int`](crate::loops::Int).
        name: &'static str,
        /// How many steps it reads.
        count: usize,
        /// Which; places behind the last one are 0.
        of: [u32; 4],
    },
}

impl What {
    /// The earlier steps that it reads.
    pub fn read(&self) -> &[u32] {
        match self {
            What::Call { count, of, .. } => &of[..*count],
            _ => &[],
        }
    }
}

/// What formulas over [`Traced`] numbers do, step by step.
///
/// Two formulas of one type have the same steps whatever their constants are: these are listed apart, so that a device
/// passes them to its loop and compiles it once. Numbers that formulas are full of (0, 1, 2, a half, and these below 0)
/// are steps by themselves.
///
/// ```
/// use congruent::num::{Num, Trace, Traced, What};
/// let (y, trace) = Trace::of("f32", || {
///     let x = Traced::input(0);
///     x * x.sigmoid() + 0.3
/// });
/// assert_eq!(trace.numbers, [0.3]);
/// assert!(matches!(trace.steps[y.place()].what, What::Call { name: "add", count: 2, .. }));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The steps, each after those that it reads.
    pub steps: Vec<TraceStep>,
    /// The constants of formulas over floats.
    pub numbers: Vec<f64>,
    /// The constants of formulas over integers, by their 64 bits.
    pub whole: Vec<i64>,
}

/// What is being written, and of which element type.
#[derive(Default)]
struct Pen {
    elem: &'static str,
    trace: Trace,
    /// How much arithmetic it is: see [`Trace::work`].
    work: u64,
    /// Functions that are formulas of others, and of which the steps are being written.
    within: u32,
}

impl Pen {
    /// What formulas give, and the pen that has written them down.
    fn while_it_writes<T>(elem: &'static str, formulas: impl FnOnce() -> T) -> (T, Pen) {
        let before = PEN.replace(Pen { elem, ..Pen::default() });
        let held = Held(Some(before));
        let result = formulas();
        let pen = PEN.take();
        drop(held);
        (result, pen)
    }

    /// So much more arithmetic, unless it is that of a function which was counted itself.
    fn count(&mut self, work: u64) {
        if self.within == 0 {
            self.work += work;
        }
    }
}

thread_local! {
    static PEN: RefCell<Pen> = RefCell::default();
}

impl Trace {
    /// What `formulas` do with traced numbers of an element type of this name.
    pub fn of<T>(elem: &'static str, formulas: impl FnOnce() -> T) -> (T, Trace) {
        let (result, pen) = Pen::while_it_writes(elem, formulas);
        (result, pen.trace)
    }

    /// How much arithmetic formulas are: sums, products, quotients, functions such as `exp`, and choices are one each,
    /// `fma` two, constants nothing.
    pub(crate) fn work<T>(elem: &'static str, formulas: impl FnOnce() -> T) -> u64 {
        Pen::while_it_writes(elem, formulas).1.work
    }

    /// Does something within a trace with numbers of another element type.
    pub(crate) fn with_elem<T>(elem: &'static str, formulas: impl FnOnce() -> T) -> T {
        let before = PEN.with_borrow_mut(|pen| std::mem::replace(&mut pen.elem, elem));
        let result = formulas();
        PEN.with_borrow_mut(|pen| pen.elem = before);
        result
    }
}

/// Gives the pen back, also where a formula panics.
struct Held(Option<Pen>);

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(before) = self.0.take() {
            PEN.with_borrow_mut(|pen| *pen = before);
        }
    }
}

/// A number of a [`Trace`]: it has no value, only its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traced(u32);

impl Traced {
    /// An operand of the formula that is being traced.
    pub fn input(number: u32) -> Self {
        Self::step(What::Input(number))
    }

    /// The step that gives it.
    pub fn place(self) -> usize {
        self.0 as usize
    }

    /// A constant that is no float.
    pub(crate) fn whole(bits: i64) -> Self {
        let number = PEN.with_borrow_mut(|pen| {
            pen.trace.whole.push(bits);
            pen.trace.whole.len() as u32 - 1
        });
        Self::step(What::Whole(number))
    }

    /// A function of earlier steps.
    pub(crate) fn call<const N: usize>(name: &'static str, of: [Traced; N]) -> Self {
        let mut places = [0; 4];
        for (place, number) in places.iter_mut().zip(of) {
            *place = number.0;
        }
        PEN.with_borrow_mut(|pen| pen.count(1));
        Self::step(What::Call { name, count: N, of: places })
    }

    /// A function that is a formula of others: one, however many steps it is.
    fn composed(formula: impl FnOnce() -> Self) -> Self {
        PEN.with_borrow_mut(|pen| {
            pen.count(1);
            pen.within += 1;
        });
        let value = formula();
        PEN.with_borrow_mut(|pen| pen.within -= 1);
        value
    }

    fn step(what: What) -> Self {
        PEN.with_borrow_mut(|pen| {
            pen.trace.steps.push(TraceStep { elem: pen.elem, what });
            Traced(pen.trace.steps.len() as u32 - 1)
        })
    }
}

macro_rules! operators {
    ($($Op:ident $method:ident $(with $Other:ty)?;)*) => {$(
        impl $Op for Traced {
            type Output = Traced;
            fn $method(self, other: Traced) -> Traced {
                Traced::call(stringify!($method), [self, other])
            }
        }
        $(impl $Op<$Other> for Traced {
            type Output = Traced;
            fn $method(self, other: $Other) -> Traced {
                Traced::call(stringify!($method), [self, Traced::c(other)])
            }
        })?
    )*};
}
operators! {
    Add add with f64;
    Sub sub with f64;
    Mul mul with f64;
    Div div with f64;
    BitAnd bitand;
    BitOr bitor;
    BitXor bitxor;
}

macro_rules! signs {
    ($($Op:ident $method:ident;)*) => {$(
        impl $Op for Traced {
            type Output = Traced;
            fn $method(self) -> Traced {
                Traced::call(stringify!($method), [self])
            }
        }
    )*};
}
signs! {
    Neg neg;
    Not not;
}

/// A method that is a step by its own name.
macro_rules! traced {
    ($(
        $(#[$doc:meta])*
        $name:ident($x:ident) = $y:ident: $single:path, $double:path, $lanes:ident, $kind:ident $($slope:expr)?;
    )*) => { $(
        fn $name(self) -> Self {
            Traced::call(stringify!($name), [self])
        }
    )* };
    ($($(#[$doc:meta])* $name:ident($arg:ident): $single:path, $double:path, $lanes:ident;)*) => { $(
        fn $name(self, $arg: Self) -> Self {
            Traced::call(stringify!($name), [self, $arg])
        }
    )* };
    ($($(#[$doc:meta])* $name:ident($x:ident) = $y:ident: $formula:expr, $kind:ident $($slope:expr)?;)*) => { $(
        fn $name(self) -> Self {
            let $x = self;
            Traced::composed(|| $formula)
        }
    )* };
}

impl Num for Traced {
    fn c(x: f64) -> Self {
        const COMMON: [f64; 4] = [0.0, 0.5, 1.0, 2.0];
        if COMMON.contains(&x.abs()) {
            return Self::step(What::Common(x.to_bits()));
        }
        let number = PEN.with_borrow_mut(|pen| {
            pen.trace.numbers.push(x);
            pen.trace.numbers.len() as u32 - 1
        });
        Self::step(What::Float(number))
    }
    fn select_gt(a: Self, b: Self, then: Self, other: Self) -> Self {
        Traced::call("select_gt", [a, b, then, other])
    }
    fn select_ge(a: Self, b: Self, then: Self, other: Self) -> Self {
        Traced::call("select_ge", [a, b, then, other])
    }
    fn select_eq(a: Self, b: Self, then: Self, other: Self) -> Self {
        Traced::call("select_eq", [a, b, then, other])
    }

    of_one!(traced);
    of_two!(traced);
    composed!(traced);

    /// By repeated squaring, without products by 1.
    fn powi(self, exponent: i32) -> Self {
        let (mut square, mut left) = (self, exponent.unsigned_abs());
        let mut power = (left & 1 == 1).then_some(self);
        while left > 1 {
            left >>= 1;
            square = square * square;
            if left & 1 == 1 {
                power = Some(power.map_or(square, |power| power * square));
            }
        }
        let power = power.unwrap_or_else(|| Self::c(1.0));
        if exponent < 0 { power.recip() } else { power }
    }
    fn polygamma(self, order: u32) -> Self {
        Traced::call("polygamma", [self, Self::c(order.into())])
    }
    fn maximum(self, other: Self) -> Self {
        Traced::call("maximum", [self, other])
    }
    fn minimum(self, other: Self) -> Self {
        Traced::call("minimum", [self, other])
    }
    fn fma(self, factor: Self, addend: Self) -> Self {
        PEN.with_borrow_mut(|pen| pen.count(1));
        Traced::call("fma", [self, factor, addend])
    }
    fn fma_of_halves(self, factor: Self, addend: Self) -> Self {
        PEN.with_borrow_mut(|pen| pen.count(1));
        Traced::call("fma_of_halves", [self, factor, addend])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(trace: &Trace) -> Vec<&'static str> {
        let name = |step: &TraceStep| match step.what {
            What::Call { name, .. } => Some(name),
            _ => None,
        };
        trace.steps.iter().filter_map(name).collect()
    }

    #[test]
    fn steps_come_after_what_they_read() {
        let (y, trace) = Trace::of("f32", || Traced::input(0).softplus().fma(Traced::input(1), Traced::c(0.25)));
        assert_eq!(y.place(), trace.steps.len() - 1);
        for (place, step) in trace.steps.iter().enumerate() {
            assert!(step.what.read().iter().all(|&read| (read as usize) < place), "step {place}: {step:?}");
        }
        assert_eq!(trace.numbers, [0.25]);
        assert_eq!(names(&trace), ["abs", "neg", "exp", "ln_1p", "select_gt", "add", "fma"]);
    }

    #[test]
    fn constants_are_no_part_of_the_steps() {
        let steps = |scale: f64| Trace::of("f64", || Traced::input(0) * scale - 1.0).1.steps;
        assert_eq!(steps(0.1), steps(0.7));
        assert_ne!(steps(0.1), steps(0.5));
    }

    #[test]
    fn arithmetic_is_counted_one_by_one() {
        let work = |formula: fn(Traced) -> Traced| Trace::work("f64", || formula(Traced::input(0)));
        assert_eq!(work(|x| x * x + x.exp() - 1.0), 4);
        assert_eq!(work(|x| x.fma(x, x)), 2);
        assert_eq!(work(|x| x.maximum(Traced::c(0.0)).sigmoid()), 2);
        assert_eq!([0, 1, 2, 4, 5, -2].map(|n| Trace::work("f64", || Traced::input(0).powi(n))), [0, 0, 1, 2, 3, 2]);
        assert_eq!(work(|x| Trace::of("f64", || x + x).0), 0);
    }

    #[test]
    fn traces_within_traces_are_apart() {
        let (_, outer) = Trace::of("f32", || {
            let x = Traced::input(0);
            let (_, inner) = Trace::of("f64", || Traced::input(0).exp());
            assert_eq!(inner.steps.len(), 2);
            Trace::with_elem("i32", || Traced::call("sign", [x])) + x
        });
        assert_eq!(outer.steps.iter().map(|step| step.elem).collect::<Vec<_>>(), ["f32", "i32", "f32"]);
    }

    #[test]
    fn a_formula_that_panics_leaves_no_trace() {
        let broken = std::panic::catch_unwind(|| Trace::of("f32", || -> f32 { panic!("{:?}", Traced::input(0)) }));
        assert!(broken.is_err());
        assert_eq!(Trace::of("f32", || Traced::input(0)).0.place(), 0);
    }
}
