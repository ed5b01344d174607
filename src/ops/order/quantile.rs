//! Medians and other quantiles, and the most frequent element.
//!
//! Apart from `select`, because a quantile lies between two elements, and its gradient is shared between them.

use super::interpolation::Quantile;
use crate::device::{Buf, Device, OrderWork, Storage};
use crate::dtype::{Elem, Real};
use crate::error::OrRaise;
use crate::graph::{Described, Differentiable, Ex, Given, Node, Operand, Ruled, SlopeRule, Work};
use crate::layout::count;
use crate::loops::Rows;
use crate::ops::reduce::elements::{Along, Elements, PickedOf, Values, places, take};
use crate::ops::reduce::forms::five_forms;
use crate::shape::Shape;

/// What a quantile of `X` under shape `S` gives.
pub type QuantileOf<X, S> = Ruled<X, S, QuantileBack>;

five_forms! {
    /// Quantiles of all elements, along one axis or several (`Axes![0, 2]`).
    Quantiles

    /// Median: the middle element, or the mean of the two middle ones, as NumPy has it. (PyTorch's `median` is the
    /// lower of them: `x.quantile((0.5, Interpolation::Lower))`.) `dy` goes to the elements in halves. NaN when one is
    /// NaN; no elements raise [`Error::Empty`](crate::Error::Empty).
    median() -> QuantileOf by median where [Self::E: Real, Self::N: Node<Self::E>],
        "let x = Cpu.tensor([[3.0, 1.0, 2.0], [4.0, 8.0, 5.0]]);\n\
         assert_eq!(x.median().eval().item(), 3.5);\n\
         assert_eq!(x.median_axis::<1>().eval().as_slice(), [2.0, 5.0]);";
    /// The quantile `q` from 0 to 1: the element at `q (n - 1)` of the sorted ones, between two elements by linear
    /// interpolation or, `quantile((q, Interpolation::Lower))`, as told. `dy` goes to the two elements by their
    /// weights. NaN when one is NaN, and half-way between -inf and inf; anywhere else between an infinite element and
    /// another one it is the infinite one. No elements raise [`Error::Empty`](crate::Error::Empty), another `q` raises
    /// [`Error::Value`](crate::Error::Value).
    quantile(q: impl Into<Quantile>) -> QuantileOf by quantile where [Self::E: Real, Self::N: Node<Self::E>],
        "use congruent::ops::order::Interpolation;\n\
         let x = Cpu.tensor([4.0, 1.0, 3.0, 2.0]);\n\
         assert_eq!(x.quantile(0.25).eval().item(), 1.75);\n\
         assert_eq!(x.quantile((0.25, Interpolation::Higher)).eval().item(), 2.0);";
    /// The most frequent element, of equally frequent ones the smallest. `dy` goes to the first such element. All NaN
    /// are one value, larger than every number; no elements raise [`Error::Empty`](crate::Error::Empty).
    mode() -> PickedOf by mode where [Self: Elements],
        "let x = Cpu.tensor([[3, 1, 3], [2, 2, 1]]);\n\
         assert_eq!((x.mode().eval().item(), x.mode_axis::<1>().eval().as_slice()), (1, &[3, 2][..]));";
}

/// What `of_row` makes of each row, of which it gets the places of its elements in ascending order.
pub(super) fn ascending<X: Elements, S, T>(x: &Values<X>, along: &Along<S>, of_row: impl Fn(&[i64]) -> T) -> Vec<T> {
    let (device, rows) = (x.device, along.rows);
    let gathered = along.gathered(device, x.shape);
    let buf = gathered.as_ref().map_or_else(|| x.buf.clone(), |places| take(device, &x.buf, places));
    let order = device.order_rows(rows, &buf, false, rows.len);
    let mut places = places(device, rows, rows.len, &order);
    drop(order);
    if let Some(gathered) = gathered {
        places = take(device, &gathered, &places);
    }
    let Rows { len, inner, .. } = rows;
    device.show(&places, |places| {
        let mut across = Vec::new();
        let rows = (0..rows.count()).map(|row| {
            let start = row / inner * len * inner + row % inner;
            if inner == 1 {
                return of_row(&places[start..][..len]);
            }
            across.clear();
            across.extend(places[start..].iter().step_by(inner).take(len));
            of_row(&across)
        });
        rows.collect()
    })
}

#[track_caller]
fn median<X, S>(x: X, along: impl FnOnce(X::S) -> Along<S>) -> QuantileOf<X, S>
where
    X: Operand<E: Real, N: Node<X::E>>,
    S: Shape,
{
    between(x, along, "median", 0.5.into())
}

#[track_caller]
fn quantile<X, S>(x: X, along: impl FnOnce(X::S) -> Along<S>, q: impl Into<Quantile>) -> QuantileOf<X, S>
where
    X: Operand<E: Real, N: Node<X::E>>,
    S: Shape,
{
    between(x, along, "quantile", q.into())
}

#[track_caller]
fn between<X, S>(x: X, along: impl FnOnce(X::S) -> Along<S>, what: &str, q: Quantile) -> QuantileOf<X, S>
where
    X: Operand<E: Real, N: Node<X::E>>,
    S: Shape,
{
    let x = x.read();
    let (along, device) = (along(x.shape), x.device);
    along.need_elements(what, x.shape);
    let (low, weight) = q.place(along.rows.len).or_raise();
    let (low, high, out) = device.show(&x.buf, |values| {
        let number = |place: i64| values[place as usize].as_f64();
        let ends = |row: &[i64]| match row[row.len() - 1] {
            nan if number(nan).is_nan() => (nan, nan), // sorted to the end, and taken wherever there is one
            _ => (row[low], row[if weight == 0.0 { low } else { low + 1 }]),
        };
        let (low, high): (Vec<_>, Vec<_>) = ascending(&x, &along, ends).into_iter().unzip();
        let between = |(&a, &b)| X::E::of_f64(interpolated(number(a), number(b), weight));
        let out: Vec<X::E> = low.iter().zip(&high).map(between).collect();
        (low, high, out)
    });
    let places = [low, high].map(|places| device.upload(&places));
    let out = device.upload(&out);
    Ex::new(x.origin, x.shape, device).ruled(out, along.shape, QuantileBack { places, weight })
}

/// `a + w (b - a)` of two sorted numbers, from the nearer end, and never beyond one. The ends may be as far apart as
/// the type is wide. An infinite one is the result, unless the other is hit exactly; of two infinite ones the nearer,
/// and NaN half-way.
pub(super) fn interpolated(a: f64, b: f64, weight: f64) -> f64 {
    let way = b - a;
    match (a.is_infinite(), b.is_infinite()) {
        _ if weight == 0.0 || a == b => a,
        (true, true) if weight == 0.5 => f64::NAN,
        (true, true) => {
            if weight < 0.5 {
                a
            } else {
                b
            }
        }
        (true, false) => a,
        (false, true) => b,
        _ if weight == 0.5 => a * 0.5 + b * 0.5, // the difference might overflow
        _ if way.is_infinite() => a * (1.0 - weight) + b * weight,
        _ if weight < 0.5 => (a + way * weight).min(b),
        _ => (b - way * (1.0 - weight)).max(a),
    }
}

/// The rule of a quantile: its gradient goes to two elements a row.
pub struct QuantileBack {
    places: [Buf<i64>; 2],
    weight: f64,
}

impl Described for QuantileBack {
    const NAME: &'static str = "quantile";
    const KIND: Work = Work::Sort;
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for QuantileBack {
    fn slopes<D: Device>(self, device: D, x: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        let mut sums = device.zeroed(count(x.shape));
        for (places, weight) in self.places.iter().zip([1.0 - self.weight, self.weight]) {
            if weight > 0.0 {
                device.add_rows(&mut sums, 1, places, &device.scaled(&gradient, weight));
            }
        }
        sums
    }
}

#[track_caller]
fn mode<X: Elements, S: Shape>(x: X, along: impl FnOnce(X::S) -> Along<S>) -> PickedOf<X, S> {
    let x = x.read();
    let along = along(x.shape);
    along.need_elements("mode", x.shape);
    let places = x.device.show(&x.buf, |values| ascending(&x, &along, |row| longest_run(row, values)));
    let places = x.device.upload(&places);
    X::pick(x, places, along.shape)
}

/// The first place of the longest run of equal elements, the first of equally long ones.
fn longest_run<E: Elem>(row: &[i64], values: &[E]) -> i64 {
    let runs = row.chunk_by(|&a, &b| same(values[a as usize], values[b as usize]));
    let longest = runs.rev().max_by_key(|run| run.len());
    longest.map_or(0, |run| run[0])
}

/// Whether two elements are one value: NaN is NaN.
#[expect(clippy::eq_op, reason = "NaN is what differs from itself, in every element type")]
pub(super) fn same<E: Elem>(a: E, b: E) -> bool {
    a == b || (a != a && b != b)
}
