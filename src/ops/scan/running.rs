//! Running sums, products and extremes, and differences of neighbours: the methods.
//!
//! Apart from `backward`, which runs them.

use super::backward::{RunningLogSumExpBack, RunningOf, RunningProductBack, RunningSumBack, run};
use super::exact::Runs;
use super::table::running_rows;
use crate::device::OrderWork;
use crate::dims::{D, Dim, On};
use crate::dtype::Real;
use crate::error::raise;
use crate::graph::{Binary, Ex, Leaf, Let, Node, Operand, Sharing, Viewed};
use crate::loops::Rows;
use crate::ops::arithmetic::Sub;
use crate::ops::movement::{counted, dim};
use crate::ops::reduce::elements::{Elements, IndicesOf, PickedOf, places, rows_of};
use crate::ops::slice::{Window, along};
use crate::shape::cuts::{Fault, Outside};
use crate::shape::slice::{AtLeast, Shorten};
use crate::shape::{AxisAt, WithAxis};
use crate::tensor::Tensor;

/// What a running formula that is also of integers gives.
pub type RunningNumbersOf<X, B> =
    <<X as Operand>::E as Runs<B, <X as Operand>::N>>::Expr<<X as Operand>::S, <X as Operand>::D>;

/// `S` with one element less along axis `I`.
type Shortened<S, const I: isize> = WithAxis<S, I, <<S as AxisAt<I>>::At as Shorten<D<1>>>::Left>;

/// What [`diff_axis`](Running::diff_axis) gives.
pub type DifferenceOf<X, const I: isize> = DifferenceAs<X, Shortened<<X as Operand>::S, I>>;

/// Differences under shape `S`.
pub type DifferenceAs<X, S> = Ex<
    S,
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
        let x = self.ex();
        let left = dim(x.shape.at().size() - 1);
        difference::<I, _, _>(x, left)
    }

    /// [`diff_axis`](Running::diff_axis) along an axis whose size only the run knows: `name` makes a dim of one less.
    ///
    /// An axis without elements raises [`Error::Slice`](crate::Error::Slice), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Days = ?, Steps = ? }
    /// let prices = Cpu.from_fn((Days(4),), |i| (i * i) as f64);
    /// let steps: Tensor<(Steps,), f64> = prices.diff_as::<0, _>(Steps).eval();
    /// assert_eq!(steps.as_slice(), [1.0, 3.0, 5.0]);
    /// ```
    #[track_caller]
    fn diff_as<const I: isize, L: Dim>(
        self,
        name: impl FnOnce(usize) -> L,
    ) -> DifferenceAs<Self, WithAxis<Self::S, I, L>>
    where
        Self::E: Real,
        Self::S: AxisAt<I>,
        Self::N: Node<Self::E>,
    {
        let x = self.ex();
        let len = x.shape.at().size();
        let Some(left) = len.checked_sub(1) else {
            let (slice, axis) = ("1:".into(), <Self::S as AxisAt<I>>::INDEX);
            raise(Outside { slice, fault: Fault::Outside, axis, len }.into())
        };
        difference::<I, _, _>(x, counted(left, name))
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
        run(self, rows_of::<Self::S, I>)
    }

    /// Largest element so far along axis `I`. `dy` goes to that element, the latest of equal ones as in PyTorch; NaN
    /// from the first NaN on.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 3.0, 2.0]).cummax_axis::<0>().eval().as_slice(), [1.0, 3.0, 3.0]);
    /// assert_eq!(Cpu.tensor([1, 3, 2]).cummax_axis::<0>().eval().as_slice(), [1, 3, 3]);
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
    /// from the first NaN on.
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

running_rows! {
    /// The running formulas that have a gradient, for whoever visits the catalogue.
    RunningTable:
    cumsum_axis of "sum";
    cumprod_axis of "prod";
    logcumsumexp_axis of "logsumexp";
    cummax_axis of "max";
    cummin_axis of "min";
}

/// Axis `I` without its last element taken from axis `I` without its first.
fn difference<const I: isize, X, L: Dim>(x: X, left: L) -> DifferenceAs<X, WithAxis<X::S, I, L>>
where
    X: Operand<E: Real, S: AxisAt<I>, N: Node<<X as Operand>::E>>,
{
    x.with(|x| {
        let head = along::<I, _, _>(x, left, Window { start: 0, step: 1 });
        let tail = along::<I, _, _>(x, left, Window { start: 1, step: 1 });
        Ex::<_, X::E, _, _>::new(Binary { op: Sub, a: tail.node, b: head.node }, head.shape, head.device)
    })
}

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
