//! Products, extremes and means of the elements that meet at one place.
//!
//! Apart from `scatter` because these compute: their gradients need the values of both operands and the result.

use super::indices::NumberedRows;
use crate::device::{Buf, Device, Storage};
use crate::dtype::{ByNumber, Elem, Integer, Numeric, Real};
use crate::graph::{Both, Described, Differentiable, Ex, Given, Lazy, Located, Operand, RuledByBoth, SlopeRule, Work};
use crate::loops::Combine;
use crate::num::Factors;
use crate::ops::pointwise::indicators::{Equal, Select};
use crate::ops::{binary, ternary};
use crate::shape::Shape;
use crate::tensor::{Create, Tensor};

/// What [`scatter_reduce`](super::Scattering::scatter_reduce) makes of the elements that meet at one place, that of the
/// tensor itself included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScatterReduce {
    /// Sum, in the order of the indices.
    Sum,
    /// Product; its gradient is right where elements are 0.
    Prod,
    /// Arithmetic mean.
    Mean,
    /// Largest; NaN when one is NaN. PyTorch's `amax`.
    Max,
    /// Smallest; NaN when one is NaN. PyTorch's `amin`.
    Min,
}

/// The expression of combining elements of one tensor with those of another.
pub type Combining<X, Y> = RuledByBoth<X, Y, <X as Operand>::S, CombinedBack<<X as Operand>::E>>;

/// Combines elements of the source with those that `to` names.
#[track_caller]
pub(super) fn combine<X, E, Y>(
    x: X,
    src: Y,
    how: ScatterReduce,
    to: impl FnOnce(X::S, Y::S, X::D) -> NumberedRows,
) -> Combining<X, Y>
where
    E: Numeric,
    X: Operand<E = E, N: Located<E>>,
    Y: Operand<E = E, N: Located<E>>,
{
    let (x, src) = (x.ex(), src.ex());
    let (shape, device) = (x.shape, x.device);
    let rows = to(shape, src.shape, device);
    let values = (x.materialise(), src.materialise());
    let mut out = device.unshared(values.0.clone());
    E::by_number(Combination { device, how, out: &mut out, rows: &rows, values: &values.1 });
    x.ruled_with(src.given(), out, shape, CombinedBack { rows, how, values })
}

/// Rows of `out` that become what is made of them and of the rows of values that meet them.
pub(super) struct Combination<'a, E, D> {
    pub(super) device: D,
    pub(super) how: ScatterReduce,
    pub(super) out: &'a mut Buf<E>,
    pub(super) rows: &'a NumberedRows,
    pub(super) values: &'a Buf<E>,
}

impl<E: Elem, D: Device> ByNumber<E> for Combination<'_, E, D> {
    type Out = ();
    fn with_floats(self)
    where
        E: Real,
    {
        let Combination { device, how, out, rows, values } = self;
        let combine = match how {
            ScatterReduce::Mean => return *out = mean(device, out, rows, values),
            ScatterReduce::Sum => Combine::Sum,
            ScatterReduce::Prod => Combine::Product,
            ScatterReduce::Max => Combine::Maximum,
            ScatterReduce::Min => Combine::Minimum,
        };
        device.combine_rows(combine, out, rows.width, &rows.places, values);
    }
    fn with_integers(self)
    where
        E: Integer,
    {
        combine_integers(self.device, self.how, self.out, self.rows, self.values);
    }
}

/// Sums and counts in `f64`, whatever the elements are: a sum may be beyond a type that holds the mean.
fn mean<E: Real, D: Device>(device: D, own: &Buf<E>, rows: &NumberedRows, other: &Buf<E>) -> Buf<E> {
    let (own, met) = (device.download(own), counts(device, rows, own.len()));
    let (places, other) = (device.download(&rows.places), device.download(other));
    let summed = |value: &dyn Fn(usize, E) -> f64| {
        let mut sums: Vec<f64> = own.iter().enumerate().map(|(i, &x)| value(i, x)).collect();
        for (&place, row) in places.iter().zip(other.chunks_exact(rows.width.max(1))) {
            (place as usize * rows.width..).zip(row).for_each(|(i, &x)| sums[i] += value(i, x));
        }
        sums
    };
    let mut means = summed(&|_, x| x.as_f64());
    means.iter_mut().zip(&met).for_each(|(sum, &met)| *sum /= met);
    if !means.iter().all(|mean| mean.is_finite()) {
        means = summed(&|i, x| x.as_f64() / met[i]);
    }
    device.upload(&means.into_iter().map(E::of_f64).collect::<Vec<_>>())
}

/// Combines rows of integers, which wrap around, with those of `out`; means are rounded down, as in PyTorch.
fn combine_integers<E: Integer, D: Device>(
    device: D,
    how: ScatterReduce,
    out: &mut Buf<E>,
    rows: &NumberedRows,
    src: &Buf<E>,
) {
    let (mut own, width) = (device.download(out), rows.width);
    let (places, values) = (device.download(&rows.places), device.download(src));
    let each =
        || places.iter().zip(values.chunks_exact(width.max(1))).map(|(&place, row)| (place as usize * width, row));
    if how == ScatterReduce::Mean {
        // In 128 bits: neither the sum nor the number of terms need fit in a type of eight.
        let mut sums: Vec<(i128, i128)> = own.iter().map(|x| (x.as_i128(), 1)).collect();
        for (start, row) in each() {
            sums[start..].iter_mut().zip(row).for_each(|(sum, x)| *sum = (sum.0 + x.as_i128(), sum.1 + 1));
        }
        let mean = |(sum, met): (i128, i128)| sum.div_euclid(met);
        // A mean lies between two elements, so that its lowest 64 bits are all that it has.
        own.iter_mut().zip(sums).for_each(|(own, sum)| *own = E::of_i64(mean(sum) as i64));
        *out = device.upload(&own);
        return;
    }
    for (start, row) in each() {
        for (own, &x) in own[start..start + width].iter_mut().zip(row) {
            *own = match how {
                ScatterReduce::Sum | ScatterReduce::Mean => own.plus(x),
                ScatterReduce::Prod => own.times(x),
                ScatterReduce::Max => (*own).max(x),
                ScatterReduce::Min => (*own).min(x),
            };
        }
    }
    *out = device.upload(&own);
}

/// How many elements meet at each of `len` places, its own included.
fn counts<D: Device>(device: D, rows: &NumberedRows, len: usize) -> Vec<f64> {
    let mut met = vec![1.0; len];
    for place in device.download(&rows.places) {
        met[place as usize * rows.width..][..rows.width].iter_mut().for_each(|met| *met += 1.0);
    }
    met
}

/// The backward of [`scatter_reduce`](super::Scattering::scatter_reduce).
pub struct CombinedBack<E> {
    rows: NumberedRows,
    how: ScatterReduce,
    values: (Buf<E>, Buf<E>),
}

impl<E: 'static> Described for CombinedBack<E> {
    const NAME: &'static str = "scatter_reduce";
    const KIND: Work = Work::Lookup;
}

impl<E, S, N, S2, N2> SlopeRule<E, Both<Given<S, N>, Given<S2, N2>>> for CombinedBack<E>
where
    E: Real,
    S: Shape,
    N: Differentiable<E>,
    S2: Shape,
    N2: Differentiable<E>,
{
    fn slopes<D: Device>(
        self,
        device: D,
        x: &Both<Given<S, N>, Given<S2, N2>>,
        gradient: Buf<E>,
        out: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        let (shape, src_shape) = (x.0.shape, x.1.shape);
        let x = Tensor { buf: self.values.0, shape, device };
        let src = Tensor { buf: self.values.1, shape: src_shape, device };
        let meeting = Meeting { x, src, rows: self.rows };
        let gradient = Tensor { buf: gradient, shape, device };
        let (own, other) = match self.how {
            ScatterReduce::Sum => meeting.of_sum(gradient),
            ScatterReduce::Mean => {
                let counts = counts(device, &meeting.rows, gradient.len());
                let shares = device.download(&gradient.buf).into_iter().zip(counts);
                let shares: Vec<E> = shares.map(|(dy, met)| E::of_f64(dy.as_f64() / met)).collect();
                meeting.of_sum(Tensor { buf: device.upload(&shares), shape, device })
            }
            ScatterReduce::Prod => meeting.of_product(&gradient),
            ScatterReduce::Max | ScatterReduce::Min => {
                meeting.of_extreme(&gradient, &Tensor { buf: out, shape, device })
            }
        };
        [Some(own.buf), Some(other.buf)]
    }
}

/// Both operands, and where the elements of the second meet those of the first.
struct Meeting<S, S2, E, D> {
    x: Tensor<S, E, D>,
    src: Tensor<S2, E, D>,
    rows: NumberedRows,
}

/// Gradients of both operands.
type Slopes<S, S2, E, D> = (Tensor<S, E, D>, Tensor<S2, E, D>);

impl<S: Shape, S2: Shape, E: Real, D: Device> Meeting<S, S2, E, D> {
    /// What each element of the second operand meets.
    #[track_caller]
    fn met(&self, there: &Tensor<S, E, D>) -> Tensor<S2, E, D> {
        Tensor { buf: self.rows.take(self.src.device, &there.buf), shape: self.src.shape, device: self.src.device }
    }

    /// The combination, at each place, of one number for each element.
    fn all(&self, how: Combine, mut own: Tensor<S, E, D>, other: &Tensor<S2, E, D>) -> Tensor<S, E, D> {
        own.device.combine_rows(how, &mut own.buf, self.rows.width, &self.rows.places, &other.buf);
        own
    }

    /// `dy` to each.
    fn of_sum(&self, gradient: Tensor<S, E, D>) -> Slopes<S, S2, E, D> {
        let other = self.met(&gradient);
        (gradient, other)
    }

    /// `dy` shared equally among those that are the extreme.
    fn of_extreme(&self, gradient: &Tensor<S, E, D>, out: &Tensor<S, E, D>) -> Slopes<S, S2, E, D> {
        let met = self.met(out);
        let ties = self.all(Combine::Sum, is(&self.x, out), &is(&self.src, &met));
        let share = computed(gradient / &ties);
        let met = self.met(&share);
        (where_is(&self.x, out, &share), where_is(&self.src, &self.met(out), &met))
    }

    /// `dy` times the product of the others, whatever the exponents of these are, and where some are 0.
    fn of_product(&self, gradient: &Tensor<S, E, D>) -> Slopes<S, S2, E, D> {
        let (device, width) = (self.x.device, self.rows.width);
        let [own, other, dy] = [&self.x.buf, &self.src.buf, &gradient.buf].map(|buf| device.download(buf));
        let places: Vec<usize> = device.download(&self.rows.places).into_iter().map(|place| place as usize).collect();
        let met = || places.iter().flat_map(|place| place * width..(place + 1) * width);
        let mut products = vec![Factors::NONE; own.len()];
        products.iter_mut().zip(&own).for_each(|(product, x)| product.add(x.as_f64()));
        met().zip(&other).for_each(|(place, x)| products[place].add(x.as_f64()));
        let slope = |place: usize, x: &E| E::of_f64(products[place].with_instead(dy[place].as_f64(), x.as_f64()));
        let own: Vec<E> = own.iter().enumerate().map(|(place, x)| slope(place, x)).collect();
        let other: Vec<E> = met().zip(&other).map(|(place, x)| slope(place, x)).collect();
        (
            Tensor { buf: device.upload(&own), shape: self.x.shape, device },
            Tensor { buf: device.upload(&other), shape: self.src.shape, device },
        )
    }
}

/// 1 where two are equal, else 0.
fn is<S: Shape, E: Real, D: Device>(x: &Tensor<S, E, D>, y: &Tensor<S, E, D>) -> Tensor<S, E, D> {
    computed(binary(Equal, x, y))
}

/// A third one where two are equal, else 0.
fn where_is<S: Shape, E: Real, D: Device>(
    x: &Tensor<S, E, D>,
    y: &Tensor<S, E, D>,
    then: &Tensor<S, E, D>,
) -> Tensor<S, E, D> {
    computed(ternary(Select, binary(Equal, x, y), then, &x.device.full((), E::of_f64(0.0))))
}

/// A tensor of what has no gradient.
#[track_caller]
fn computed<S: Shape, E: Real, D: Device, N: Lazy<E>>(x: Ex<S, E, D, N>) -> Tensor<S, E, D> {
    Tensor { buf: x.materialise(), shape: x.shape, device: x.device }
}

#[cfg(test)]
mod tests {
    use crate::ops::ScatterReduce;
    use crate::prelude::*;

    #[test]
    fn integers_are_combined_and_wrap_around() {
        let x = Cpu.tensor_of::<u8, _>([250, 3, 7]);
        let (ids, src) = (Cpu.tensor([0, 0, -1, 0]), Cpu.tensor_of::<u8, _>([5, 2, 9, 1]));
        assert_eq!(x.scatter_add::<0>(&ids, &src).eval().as_slice(), [2, 3, 16]);
        let by = |how| x.scatter_reduce::<0>(&ids, &src, how).eval().to_vec();
        assert_eq!(by(ScatterReduce::Prod), [196, 3, 63]);
        assert_eq!(by(ScatterReduce::Max), [250, 3, 9]);
        assert_eq!(by(ScatterReduce::Min), [1, 3, 7]);
        let mean =
            Cpu.tensor([-7, 4]).scatter_reduce::<0>(&Cpu.tensor([0, 1]), &Cpu.tensor([2, 5]), ScatterReduce::Mean);
        assert_eq!(mean.eval().as_slice(), [-3, 4]);
    }

    #[test]
    fn integer_expressions_are_operands() {
        let (x, ids) = (Cpu.tensor([[1, 2], [3, 4]]), Cpu.tensor([1]));
        assert_eq!((&x * 2).index_add::<0>(&ids, &Cpu.tensor([[10, 20]]) + 1).eval().as_slice(), [2, 4, 17, 29]);
        assert_eq!((&x + 1).t().index_select::<0>(&ids).eval().as_slice(), [3, 5]);
        assert_eq!((-&x).sort_axis::<1>().eval().as_slice(), [-2, -1, -4, -3]);
        assert_eq!((&x % 2).masked_fill(x.gt(3), 9).eval().as_slice(), [1, 0, 1, 9]);
        assert_eq!(x.matmul_t(&x).eval().as_slice(), [5, 11, 11, 25]);
        assert!(attempt(|| (&x / 0).index_select::<0>(&ids)).is_err());
    }
}
