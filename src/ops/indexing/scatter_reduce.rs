//! Products, extremes and means of the elements that meet at one place.
//!
//! Apart from `scatter` because these compute: their gradients need the values of both operands and the result.

use super::super::{Evaluate as _, Operand};
use super::indices::Rows;
use crate::device::{Buf, Combine, Device};
use crate::dims::Flag;
use crate::dtype::{Integer, Real};
use crate::graph::{Ex, Lazy, Node, Op, Pullback};
use crate::shape::Shape;
use crate::tensor::Tensor;

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
pub type Combining<X, E, Y> = Ex<
    <X as Operand>::S,
    E,
    <X as Operand>::D,
    Op<
        <X as Operand>::S,
        E,
        CombinedBack<<X as Operand>::S, E, <X as Operand>::N, <Y as Operand>::S, <Y as Operand>::N>,
    >,
>;

/// Combines elements of the source with those that `to` names.
pub(super) fn combine<X, E, Y>(
    x: X,
    src: Y,
    how: ScatterReduce,
    to: impl FnOnce(X::S, Y::S, X::D) -> Rows,
) -> Combining<X, E, Y>
where
    E: Real,
    X: Operand<E = E, N: Node<E>>,
    Y: Operand<E = E, N: Node<E>>,
{
    let (x, src) = (x.ex(), src.ex());
    let (shape, src_shape, device) = (x.shape, src.shape, x.device);
    let rows = to(shape, src_shape, device);
    let values = (x.materialise(), src.materialise());
    let out = combined(device, how, &values.0, &rows, &values.1, shape);
    let back = CombinedBack { x: x.node, shape, src: src.node, src_shape, rows, how, values };
    Ex::new(Op::new(out, shape, back), shape, device)
}

fn combined<E: Real, S: Shape, D: Device>(
    device: D,
    how: ScatterReduce,
    own: &Buf<E>,
    rows: &Rows,
    other: &Buf<E>,
    shape: S,
) -> Buf<E> {
    let combine = match how {
        ScatterReduce::Sum | ScatterReduce::Mean => Combine::Sum,
        ScatterReduce::Prod => Combine::Product,
        ScatterReduce::Max => Combine::Maximum,
        ScatterReduce::Min => Combine::Minimum,
    };
    let mut out = device.unshared(own.clone());
    device.combine_rows(combine, &mut out, rows.width, &rows.places, other);
    if how == ScatterReduce::Mean {
        let sums = Tensor { buf: out, shape, device };
        return (&sums / &counts(device, rows, shape)).eval().buf;
    }
    out
}

/// Combines rows of integers, which wrap around, with those of `out`; means are rounded down, as in PyTorch.
pub(super) fn combine_integers<E: Integer, D: Device>(
    device: D,
    how: ScatterReduce,
    out: &mut Buf<E>,
    rows: &Rows,
    src: &Buf<E>,
) {
    let (mut sums, width) = (device.download(out), rows.width);
    let (places, values) = (device.download(&rows.places), device.download(src));
    let mut met = vec![1i64; if how == ScatterReduce::Mean { sums.len() } else { 0 }];
    for (&place, row) in places.iter().zip(values.chunks_exact(width.max(1))) {
        let start = place as usize * width;
        met.get_mut(start..start + width).into_iter().flatten().for_each(|met| *met += 1);
        for (own, &x) in sums[start..start + width].iter_mut().zip(row) {
            *own = match how {
                ScatterReduce::Sum | ScatterReduce::Mean => own.plus(x),
                ScatterReduce::Prod => own.times(x),
                ScatterReduce::Max => (*own).max(x),
                ScatterReduce::Min => (*own).min(x),
            };
        }
    }
    for (sum, &met) in sums.iter_mut().zip(&met) {
        // In 128 bits, because a type of eight bits does not hold how many there are.
        *sum = E::of_i64(sum.as_i128().div_euclid(met.into()) as i64);
    }
    *out = device.upload(&sums);
}

/// How many elements meet at each place, its own included.
fn counts<E: Real, S: Shape, D: Device>(device: D, rows: &Rows, shape: S) -> Tensor<S, E, D> {
    let one = |len| device.upload(&vec![E::of_f64(1.0); len]);
    let mut buf = one(shape.len());
    device.add_rows(&mut buf, rows.width, &rows.places, &one(rows.places.len()));
    Tensor { buf, shape, device }
}

/// The backward of [`scatter_reduce`](super::Scattering::scatter_reduce).
pub struct CombinedBack<S, E, N, S2, N2> {
    x: N,
    shape: S,
    src: N2,
    src_shape: S2,
    rows: Rows,
    how: ScatterReduce,
    values: (Buf<E>, Buf<E>),
}

impl<E, S, N, S2, N2> Pullback<E> for CombinedBack<S, E, N, S2, N2>
where
    E: Real,
    S: Shape,
    N: Lazy<E>,
    S2: Shape,
    N2: Lazy<E>,
{
    type Grad = <N::Grad as Flag>::Or<N2::Grad>;

    fn pull<D: Device>(self, device: D, gradient: Buf<E>, out: Buf<E>) {
        let (shape, src_shape) = (self.shape, self.src_shape);
        let x = Tensor { buf: self.values.0, shape, device };
        let src = Tensor { buf: self.values.1, shape: src_shape, device };
        let meeting = Meeting { x, src, rows: self.rows };
        let gradient = Tensor { buf: gradient, shape, device };
        let (own, other) = match self.how {
            ScatterReduce::Sum => meeting.of_sum(gradient),
            ScatterReduce::Mean => {
                let counts = counts(device, &meeting.rows, shape);
                meeting.of_sum((&gradient / &counts).eval())
            }
            ScatterReduce::Prod => meeting.of_product(&gradient),
            ScatterReduce::Max | ScatterReduce::Min => {
                meeting.of_extreme(&gradient, &Tensor { buf: out, shape, device })
            }
        };
        if N2::Grad::ON && self.src.live() {
            self.src.accept(device, src_shape, other.buf);
        }
        if N::Grad::ON && self.x.live() {
            self.x.accept(device, shape, own.buf);
        }
    }

    fn live(&self) -> bool {
        (N::Grad::ON && self.x.live()) || (N2::Grad::ON && self.src.live())
    }
}

/// Both operands, and where the elements of the second meet those of the first.
struct Meeting<S, S2, E, D> {
    x: Tensor<S, E, D>,
    src: Tensor<S2, E, D>,
    rows: Rows,
}

/// Gradients of both operands.
type Both<S, S2, E, D> = (Tensor<S, E, D>, Tensor<S2, E, D>);

impl<S: Shape, S2: Shape, E: Real, D: Device> Meeting<S, S2, E, D> {
    /// What each element of the second operand meets.
    fn met(&self, there: &Tensor<S, E, D>) -> Tensor<S2, E, D> {
        Tensor { buf: self.rows.take(self.src.device, &there.buf), shape: self.src.shape, device: self.src.device }
    }

    /// The combination, at each place, of one number for each element.
    fn all(&self, how: Combine, mut own: Tensor<S, E, D>, other: &Tensor<S2, E, D>) -> Tensor<S, E, D> {
        own.device.combine_rows(how, &mut own.buf, self.rows.width, &self.rows.places, &other.buf);
        own
    }

    /// `dy` to each.
    fn of_sum(&self, gradient: Tensor<S, E, D>) -> Both<S, S2, E, D> {
        let other = self.met(&gradient);
        (gradient, other)
    }

    /// `dy` shared equally among those that are the extreme.
    fn of_extreme(&self, gradient: &Tensor<S, E, D>, out: &Tensor<S, E, D>) -> Both<S, S2, E, D> {
        let met = self.met(out);
        let ties = self.all(Combine::Sum, is(&self.x, out), &is(&self.src, &met));
        let share = (gradient / &ties).eval();
        let met = self.met(&share);
        (where_is(&self.x, out, &share), where_is(&self.src, &self.met(out), &met))
    }

    /// `dy` times the product of the others. Zeros are counted, so that nothing is divided by them.
    fn of_product(&self, gradient: &Tensor<S, E, D>) -> Both<S, S2, E, D> {
        let zeros = self.all(Combine::Sum, is_zero(&self.x), &is_zero(&self.src));
        let product = self.all(Combine::Product, one_for_zero(&self.x), &one_for_zero(&self.src));
        let weighed = (gradient * &product).eval();
        (others(&self.x, &weighed, &zeros), others(&self.src, &self.met(&weighed), &self.met(&zeros)))
    }
}

fn is<S: Shape, E: Real, D: Device>(x: &Tensor<S, E, D>, y: &Tensor<S, E, D>) -> Tensor<S, E, D> {
    x.eq(y).to_float().eval()
}

fn where_is<S: Shape, E: Real, D: Device>(
    x: &Tensor<S, E, D>,
    y: &Tensor<S, E, D>,
    then: &Tensor<S, E, D>,
) -> Tensor<S, E, D> {
    x.eq(y).where_(then, 0.0).eval()
}

fn is_zero<S: Shape, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Tensor<S, E, D> {
    x.eq(0.0).to_float().eval()
}

fn one_for_zero<S: Shape, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Tensor<S, E, D> {
    x.eq(0.0).where_(1.0, x).eval()
}

/// `weighed`, which holds the product of what is not 0, without the factor `x`; 0 where another factor is 0.
fn others<S: Shape, E: Real, D: Device>(
    x: &Tensor<S, E, D>,
    weighed: &Tensor<S, E, D>,
    zeros: &Tensor<S, E, D>,
) -> Tensor<S, E, D> {
    let rest = (zeros - &is_zero(x)).eval();
    rest.eq(0.0).where_(&(weighed / &one_for_zero(x)).eval(), 0.0).eval()
}

#[cfg(test)]
mod tests {
    use crate::ops::indexing::ScatterReduce;
    use crate::prelude::*;

    #[test]
    fn integers_are_combined_and_wrap_around() {
        let x = Cpu.tensor_of::<u8, _>([250, 3, 7]);
        let (ids, src) = (Cpu.tensor([0, 0, -1, 0]), Cpu.tensor_of::<u8, _>([5, 2, 9, 1]));
        assert_eq!(x.scatter_add::<0>(&ids, &src).as_slice(), [2, 3, 16]);
        let by = |how| x.scatter_reduce::<0>(&ids, &src, how).to_vec();
        assert_eq!(by(ScatterReduce::Prod), [196, 3, 63]);
        assert_eq!(by(ScatterReduce::Max), [250, 3, 9]);
        assert_eq!(by(ScatterReduce::Min), [1, 3, 7]);
        let mean =
            Cpu.tensor([-7, 4]).scatter_reduce::<0>(&Cpu.tensor([0, 1]), &Cpu.tensor([2, 5]), ScatterReduce::Mean);
        assert_eq!(mean.as_slice(), [-3, 4]);
    }

    #[test]
    fn integer_expressions_are_operands() {
        let (x, ids) = (Cpu.tensor([[1, 2], [3, 4]]), Cpu.tensor([1]));
        assert_eq!((&x * 2).index_add::<0>(&ids, &Cpu.tensor([[10, 20]]) + 1).as_slice(), [2, 4, 17, 29]);
        assert_eq!((&x + 1).t().index_select::<0>(&ids).as_slice(), [3, 5]);
        assert_eq!((-&x).sort_axis::<1>().as_slice(), [-2, -1, -4, -3]);
        assert_eq!((&x % 2).masked_fill(x.gt(3), 9).as_slice(), [1, 0, 1, 9]);
        assert_eq!(x.matmul_t(&x).eval().as_slice(), [5, 11, 11, 25]);
        assert!(attempt(|| (&x / 0).index_select::<0>(&ids)).is_err());
    }
}
