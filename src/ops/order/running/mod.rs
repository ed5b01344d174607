//! Running sums, products and extremes: each element of the result follows from the elements up to it; and differences,
//! which undo sums.
//!
//! Apart from `reduce`, which gives one number a row. Gradients run backwards along the same rows, and none divides:
//! zeros in a product have their slope.

mod exact;
mod product;

pub use exact::{ExactRunning, Runs};

use self::product::{as_raised, middling, nearer_one, unrolled};
use super::elements::{Elements, IndicesOf, PickedOf, places, rows_of};
use crate::device::{Buf, Device, OrderWork, ScanWork};
use crate::dims::{D, Dim, On};
use crate::dtype::Real;
use crate::graph::{Binary, Ex, Given, Lazy, Leaf, Let, Node, Operand, Ruled, Sharing, SlopeRule, Viewed};
use crate::loops::{MAX_INPUTS, Recurrence, Rows};
use crate::num::Num;
use crate::ops::arithmetic::Sub;
use crate::ops::reduce::share;
use crate::ops::slice::{Window, along, dim};
use crate::shape::slice::{AtLeast, Shorten};
use crate::shape::{AxisAt, Shape, WithAxis};
use crate::tensor::Tensor;
use std::marker::PhantomData;

/// What a running formula gives.
pub type RunningOf<X, B> = Ruled<X, <X as Operand>::S, RunningBack<<X as Operand>::E, B>>;

/// What a running formula that is also of integers gives.
pub type RunningNumbersOf<X, B> =
    <<X as Operand>::E as Runs<B, <X as Operand>::N>>::Expr<<X as Operand>::S, <X as Operand>::D>;

/// `S` with one element less along axis `I`.
type Shortened<S, const I: isize> = WithAxis<S, I, <<S as AxisAt<I>>::At as Shorten<D<1>>>::Left>;

/// What [`diff_axis`](Running::diff_axis) gives.
pub type DifferenceOf<X, const I: isize> = Ex<
    Shortened<<X as Operand>::S, I>,
    <X as Operand>::E,
    <X as Operand>::D,
    Let<<X as Operand>::S, <X as Operand>::E, <X as Operand>::N, Binary<Sub, Part<X>, Part<X>>>,
>;
/// A part of what is shared.
type Part<X> = Viewed<Leaf<<X as Operand>::S, <X as Operand>::E, On>, <X as Operand>::S, <X as Operand>::E>;

/// What runs along an axis; all but the differences keep the shape. Sums and products of integers are exact, wrap
/// around, and are `i64`, or `u64` where there is no sign.
pub trait Running: Operand + Sized {
    /// Running sum along axis `I`. `yᵢ = x₀ + .. + xᵢ`, `dxᵢ = dyᵢ + dyᵢ₊₁ + ..`; added in `f64`; NaN from the first
    /// NaN on.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0, 3.0]).cumsum_axis::<0>().eval().as_slice(), [1.0, 3.0, 6.0]);
    /// ```
    #[track_caller]
    fn cumsum_axis<const I: isize>(self) -> RunningNumbersOf<Self, RunningSumBack>
    where
        Self::E: Runs<RunningSumBack, Self::N>,
        Self::S: AxisAt<I>,
    {
        let x = self.ex();
        let rows = rows_of::<Self::S, I>(x.shape);
        Runs::run(x, rows)
    }

    /// Differences of neighbours along axis `I`, which becomes one shorter: `yᵢ = xᵢ₊₁ - xᵢ`, `dxᵢ = dyᵢ₋₁ - dyᵢ`. One
    /// fused loop over two views.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 3.0, 2.0]).diff_axis::<0>().eval().as_slice(), [2.0, -1.0]);
    /// ```
    fn diff_axis<const I: isize>(self) -> DifferenceOf<Self, I>
    where
        Self::E: Real,
        Self::S: AxisAt<I, At: AtLeast<D<1>> + Shorten<D<1>>>,
        Self::N: Node<Self::E>,
    {
        self.with(|x| {
            let left = dim(x.shape().at().size() - 1);
            let head = along::<I, _, _>(x, left, Window { start: 0, step: 1 });
            let tail = along::<I, _, _>(x, left, Window { start: 1, step: 1 });
            Ex::<_, Self::E, _, _>::new(Binary { op: Sub, a: tail.node, b: head.node }, head.shape, head.device)
        })
    }

    /// Running product along axis `I`. `yᵢ = x₀ · .. · xᵢ`; `dxᵢ = Σ dyⱼ · Π` of the others up to `j ≥ i`, right where
    /// elements are 0; multiplied in `f64`; NaN from the first NaN on.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([2.0, 3.0, 4.0]).cumprod_axis::<0>().eval().as_slice(), [2.0, 6.0, 24.0]);
    /// ```
    #[track_caller]
    fn cumprod_axis<const I: isize>(self) -> RunningNumbersOf<Self, RunningProductBack>
    where
        Self::E: Runs<RunningProductBack, Self::N>,
        Self::S: AxisAt<I>,
    {
        let x = self.ex();
        let rows = rows_of::<Self::S, I>(x.shape);
        Runs::run(x, rows)
    }

    /// Running logarithm of the sum of exponentials along axis `I`, without overflow. `yᵢ = ln (eˣ⁰ + .. + eˣⁱ)`,
    /// `dxᵢ = Σ dyⱼ · exp(xᵢ - yⱼ)` over `j ≥ i`; -inf while all are -inf, without a gradient; NaN from the first NaN
    /// on. Shares do not come from the rounded `y`, as PyTorch's do: equal large elements share equally.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let y = Cpu.tensor([1000.0, 1000.0]).logcumsumexp_axis::<0>().eval();
    /// assert_eq!(y.as_slice(), [1000.0, 1000.0 + 2f32.ln()]);
    /// ```
    fn logcumsumexp_axis<const I: isize>(self) -> RunningOf<Self, RunningLogSumExpBack>
    where
        Self::E: Real,
        Self::S: AxisAt<I>,
        Self::N: Node<Self::E>,
    {
        run(self, rows_of::<Self::S, I>, RunningLogSumExp, RunningLogSumExpBack)
    }

    /// Largest element so far along axis `I`. `dy` goes to that element, the latest of equal ones as in PyTorch; NaN
    /// from the first NaN on. Of integers the result is a tensor.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 3.0, 2.0]).cummax_axis::<0>().eval().as_slice(), [1.0, 3.0, 3.0]);
    /// assert_eq!(Cpu.tensor([1, 3, 2]).cummax_axis::<0>().as_slice(), [1, 3, 3]);
    /// ```
    fn cummax_axis<const I: isize>(self) -> PickedOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        extremes(self, rows_of::<Self::S, I>, true)
    }

    /// Position along axis `I` of the largest element so far, the latest of equal ones and of NaN: the indices of
    /// PyTorch's `cummax`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 3.0, 2.0, 3.0]).argcummax_axis::<0>().as_slice(), [0, 1, 1, 3]);
    /// ```
    fn argcummax_axis<const I: isize>(self) -> IndicesOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        positions(self, rows_of::<Self::S, I>, true)
    }

    /// Smallest element so far along axis `I`. `dy` goes to that element, the latest of equal ones as in PyTorch; NaN
    /// from the first NaN on. Of integers the result is a tensor.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([3.0, 1.0, 2.0]).cummin_axis::<0>().eval().as_slice(), [3.0, 1.0, 1.0]);
    /// ```
    fn cummin_axis<const I: isize>(self) -> PickedOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        extremes(self, rows_of::<Self::S, I>, false)
    }

    /// Position along axis `I` of the smallest element so far, the latest of equal ones and of NaN: the indices of
    /// PyTorch's `cummin`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([3.0, 1.0, 2.0]).argcummin_axis::<0>().as_slice(), [0, 1, 1]);
    /// ```
    fn argcummin_axis<const I: isize>(self) -> IndicesOf<Self, Self::S>
    where
        Self: Elements,
        Self::S: AxisAt<I>,
    {
        positions(self, rows_of::<Self::S, I>, false)
    }
}
impl<X: Operand> Running for X {}

fn extremes<X: Elements>(x: X, along: impl FnOnce(X::S) -> Rows, largest: bool) -> PickedOf<X, X::S> {
    let x = x.read();
    let (rows, shape) = (along(x.shape), x.shape);
    let indices = x.device.extremes(rows, &x.buf, largest, true);
    let places = places(x.device, rows, rows.len, &indices);
    X::pick(x, places, shape)
}

fn positions<X: Elements>(x: X, along: impl FnOnce(X::S) -> Rows, largest: bool) -> IndicesOf<X, X::S> {
    let x = x.read();
    let buf = x.device.extremes(along(x.shape), &x.buf, largest, true);
    Tensor { buf, shape: x.shape, device: x.device }
}

/// The gradient of a running formula along rows.
pub trait Unroll: Copy + 'static {
    /// Whether it needs the elements and the values.
    const VALUES: bool;
    /// The gradient of the elements, from the elements, the values and their gradient.
    fn unroll<E: Real, D: Device>(device: D, rows: Rows, elements: [&Buf<E>; 3]) -> Buf<E>;
}

/// A running formula that is told by its backward.
pub trait RunsForward: Unroll {
    /// The values along rows.
    fn forward<E: Real, D: Device>(device: D, rows: Rows, values: &Buf<E>) -> Buf<E>;
}
impl RunsForward for RunningSumBack {
    fn forward<E: Real, D: Device>(device: D, rows: Rows, values: &Buf<E>) -> Buf<E> {
        device.scan_rows(rows, RunningSum, &[values])
    }
}
impl RunsForward for RunningProductBack {
    fn forward<E: Real, D: Device>(device: D, rows: Rows, values: &Buf<E>) -> Buf<E> {
        device.scan_rows(rows, RunningProduct, &[values])
    }
}

/// The rule of a running formula.
pub struct RunningBack<E, B> {
    rows: Rows,
    values: Option<Buf<E>>,
    unroll: PhantomData<B>,
}

fn run<X, P: Recurrence, B: Unroll>(x: X, along: impl FnOnce(X::S) -> Rows, program: P, _: B) -> RunningOf<X, B>
where
    X: Operand<E: Real, N: Node<X::E>>,
{
    let x = x.ex();
    let rows = along(x.shape);
    scan(x, rows, |device, rows, values| device.scan_rows(rows, program, &[values]))
}

/// Runs `forward` along rows, and its gradient back.
fn scan<S: Shape, E: Real, D: Device, N: Node<E>, B: Unroll>(
    x: Ex<S, E, D, N>,
    rows: Rows,
    forward: impl FnOnce(D, Rows, &Buf<E>) -> Buf<E>,
) -> RunningOf<Ex<S, E, D, N>, B> {
    let (values, shape) = (x.materialise(), x.shape);
    let out = forward(x.device, rows, &values);
    x.ruled(out, shape, RunningBack { rows, values: B::VALUES.then_some(values), unroll: PhantomData })
}

impl<S: Shape, E: Real, N: Lazy<E>, B: Unroll> SlopeRule<E, Given<S, N>> for RunningBack<E, B> {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        let elements = self.values.as_ref().unwrap_or(&gradient);
        B::unroll(device, self.rows, [elements, &out, &gradient])
    }
}

/// The backward of [`cumsum_axis`](Running::cumsum_axis): a running sum from the end.
#[derive(Clone, Copy)]
pub struct RunningSumBack;

impl Unroll for RunningSumBack {
    const VALUES: bool = false;
    fn unroll<E: Real, D: Device>(device: D, rows: Rows, [_, _, gradient]: [&Buf<E>; 3]) -> Buf<E> {
        device.scan_rows(rows, RunningSumFromEnd, &[gradient])
    }
}

/// The backward of [`cumprod_axis`](Running::cumprod_axis): what an element does to all later products, per unit of
/// those before it, times those before it.
#[derive(Clone, Copy)]
pub struct RunningProductBack;

impl Unroll for RunningProductBack {
    const VALUES: bool = true;
    fn unroll<E: Real, D: Device>(device: D, rows: Rows, [x, y, gradient]: [&Buf<E>; 3]) -> Buf<E> {
        if middling(device, y) && middling(device, gradient) {
            let later = device.scan_rows(rows, LaterProducts, &[x, gradient]);
            return device.scan_rows(rows, TimesBefore, &[&later, y]);
        }
        let [x, gradient] = [x, gradient].map(|buf| device.download(buf));
        device.upload(&unrolled(rows, &x, &gradient))
    }
}

/// The backward of [`logcumsumexp_axis`](Running::logcumsumexp_axis). The value is rounded: beside large elements it
/// has lost what tells the shares. So they are made of the largest element so far, and of the sum beside it.
#[derive(Clone, Copy)]
pub struct RunningLogSumExpBack;

impl Unroll for RunningLogSumExpBack {
    const VALUES: bool = true;
    fn unroll<E: Real, D: Device>(device: D, rows: Rows, [x, _, gradient]: [&Buf<E>; 3]) -> Buf<E> {
        let [x, gradient] = [x, gradient].map(|buf| device.convert::<E, E::Precise>(buf));
        let max = device.scan_rows(rows, RunningMaximum, &[&x]);
        let parts = device.scan_rows(rows, PartsOfGradient, &[&x, &gradient]);
        device.convert(&device.scan_rows(rows, LaterShares, &[&x, &max, &parts]))
    }
}

macro_rules! scans {
    ($($(#[$doc:meta])* $name:ident $reverse:literal from $start:expr;
       |$state:pat_param, $x:pat_param| $step:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        struct $name;
        impl Recurrence for $name {
            const REVERSE: bool = $reverse;
            #[inline(always)]
            fn start<V: Num>(self) -> [V; 2] {
                let start: [f64; 2] = $start;
                start.map(V::c)
            }
            #[inline(always)]
            fn step<V: Num>(self, $state: [V; 2], $x: [V; MAX_INPUTS]) -> ([V; 2], V) { $step }
        }
    )*};
}

scans! {
    /// `s += x`
    RunningSum false from [0.0, 0.0];
    |[sum, none], [x, ..]| ([sum + x, none], sum + x);
    /// `s += dy`, from the end.
    RunningSumFromEnd true from [0.0, 0.0];
    |[sum, none], [gradient, ..]| ([sum + gradient, none], sum + gradient);
    /// `p *= x`: carries a number near 1, and by how many steps the product is larger.
    RunningProduct false from [1.0, 0.0];
    |[product, raised], [x, ..]| {
        let (x, own) = nearer_one(x);
        let (product, more) = nearer_one(product * x);
        let raised = raised + own + more;
        ([product, raised], as_raised(product, raised))
    };
    /// `sᵢ = dyᵢ + xᵢ₊₁ · sᵢ₊₁`: carries the product of the last two.
    LaterProducts true from [0.0, 0.0];
    |[carried, none], [x, gradient, _]| {
        let here = gradient + carried;
        ([here * x, none], here)
    };
    /// `dxᵢ = sᵢ · yᵢ₋₁`: carries the value before.
    TimesBefore false from [1.0, 0.0];
    |[before, none], [later, y, _]| ([y, none], later * before);
    /// The largest so far, and the sum of exponentials of the distances from it.
    RunningLogSumExp false from [f64::NEG_INFINITY, 0.0];
    |state, [x, ..]| {
        let [max, sum] = grown(state, x);
        ([max, sum], max + sum.ln())
    };
    /// The largest so far.
    RunningMaximum false from [f64::NEG_INFINITY, 0.0];
    |[max, none], [x, ..]| ([max.maximum(x), none], max.maximum(x));
    /// `wᵢ = dyᵢ / sᵢ`, by the sum of exponentials beside the largest so far.
    PartsOfGradient false from [f64::NEG_INFINITY, 0.0];
    |state, [x, gradient, _]| {
        let [max, sum] = grown(state, x);
        ([max, sum], gradient / sum)
    };
    /// `rᵢ = wᵢ + rᵢ₊₁ · exp(mᵢ - mᵢ₊₁)` and `dxᵢ = rᵢ · exp(xᵢ - mᵢ)`: no exponential is above 1, as the largest so
    /// far never falls.
    LaterShares true from [0.0, f64::INFINITY];
    |[later, next], [x, max, part]| {
        let here = part + later * share(max, next);
        let nothing = V::c(f64::NEG_INFINITY);
        ([here, max], V::select_eq(x, nothing, V::c(0.0), here * share(x, max)))
    };
}

/// The largest element and the sum of exponentials of the distances from it, with one element more.
#[inline(always)]
fn grown<V: Num>([max, sum]: [V; 2], x: V) -> [V; 2] {
    // Equal ones are 0 apart, also where both are infinite.
    let distance = V::select_eq(x, max, V::c(0.0), x - max);
    let small = (-distance.abs()).exp();
    let rises = V::select_gt(x, max, V::c(1.0), V::c(0.0));
    let sum = V::select_eq(rises, V::c(1.0), sum * small + 1.0, sum + small);
    [V::select_eq(rises, V::c(1.0), x, max), sum]
}
