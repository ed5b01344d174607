//! Which operands are written and added to which, for every element type, and the gradient of both.
//!
//! Apart from `scatter`, whose methods read as the formulas that they compute.

use super::super::Operand;
use super::indices::Rows;
use super::scatter_reduce::{Combining, ScatterReduce, combine};
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::graph::{Ex, Lazy, Node, Op, Pullback, count};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// A second operand of elements `Own`, where elements `E` are wanted: both are one type.
#[diagnostic::on_unimplemented(
    message = "element types differ: `{E}` and `{Own}`",
    label = "`{E}` is wanted, this is `{Own}`",
    note = "convert one side: `x.cast::<{E}>()` (differentiable)"
)]
pub trait Holds<E, Own>: Sized {
    /// The operand itself. Not written as `Self`, so that what follows from a mistake is not reported again.
    type Same: Operand;
    /// The operand itself.
    fn same(self) -> Self::Same;
}

#[diagnostic::do_not_recommend]
impl<E: Elem, Y: Operand<E = E>> Holds<E, E> for Y {
    type Same = Y;
    #[inline(always)]
    fn same(self) -> Y {
        self
    }
}

/// The operand `Y` beside `X`.
pub type SameOf<X, Y> = <Y as Holds<<X as Operand>::E, <Y as Operand>::E>>::Same;

/// An operand over elements `E` to which the elements of `Y` can be written.
#[diagnostic::on_unimplemented(
    message = "elements are written to whole tensors, from whole tensors",
    label = "not a whole tensor of `{E}`, or the source is not",
    note = "integers and masks are passed by reference, `&labels`; in the body of `share`, share the tensor by `with`"
)]
pub trait Receives<E: Elem, Y: Operand>: Operand {
    /// What comes of it: an expression, or a tensor where there is no gradient.
    type Out;

    /// Writes rows of the source, in order, to those that `to` names.
    fn put(self, src: Y, to: impl FnOnce(Self::S, Y::S, Self::D) -> Rows) -> Self::Out;
}

/// What comes of writing elements of `Y` to `X`.
pub type Put<X, Y> = <X as Receives<<X as Operand>::E, SameOf<X, Y>>>::Out;

#[diagnostic::do_not_recommend]
impl<E, X, Y> Receives<E, Y> for X
where
    E: Real,
    X: Operand<E = E, N: Node<E>>,
    Y: Operand<E = E, N: Node<E>>,
{
    type Out = Writing<X, E, Y>;

    fn put(self, src: Y, to: impl FnOnce(X::S, Y::S, X::D) -> Rows) -> Self::Out {
        write(self, src, false, to)
    }
}

macro_rules! without_gradient {
    ($($E:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Shape, S2: Shape, D: Device> Receives<$E, &Tensor<S2, $E, D>> for &Tensor<S, $E, D> {
            type Out = Tensor<S, $E, D>;

            fn put(self, src: &Tensor<S2, $E, D>, to: impl FnOnce(S, S2, D) -> Rows) -> Tensor<S, $E, D> {
                let rows = to(self.shape, src.shape, self.device);
                let mut buf = self.device.unshared(self.buf.clone());
                self.device.put_rows(&mut buf, rows.width, &rows.places, &src.buf);
                Tensor { buf, shape: self.shape, device: self.device }
            }
        }
    )*};
}
without_gradient! { i64 i32 u8 bool }

/// An operand over elements `E` with which the elements of `Y` can be added and otherwise combined.
#[diagnostic::on_unimplemented(
    message = "elements are added and combined in whole floating-point tensors, found `{E}`",
    label = "not a whole tensor of `f16`, `bf16`, `f32` or `f64`, or the source is not",
    note = "`scatter` and `index_copy` write elements of any type; to add, `.convert::<f32>()` them first"
)]
pub trait Accumulates<E: Elem, Y: Operand>: Operand {
    /// What comes of adding.
    type Added;
    /// What comes of combining.
    type Combined;

    /// Adds rows of the source, in order, to those that `to` names.
    fn add(self, src: Y, to: impl FnOnce(Self::S, Y::S, Self::D) -> Rows) -> Self::Added;
    /// Combines rows of the source, in order, with those that `to` names.
    fn combine(self, src: Y, how: ScatterReduce, to: impl FnOnce(Self::S, Y::S, Self::D) -> Rows) -> Self::Combined;
}

/// What comes of adding elements of `Y` to `X`.
pub type Added<X, Y> = <X as Accumulates<<X as Operand>::E, SameOf<X, Y>>>::Added;

/// What comes of combining elements of `Y` with those of `X`.
pub type Combined<X, Y> = <X as Accumulates<<X as Operand>::E, SameOf<X, Y>>>::Combined;

#[diagnostic::do_not_recommend]
impl<E, X, Y> Accumulates<E, Y> for X
where
    E: Real,
    X: Operand<E = E, N: Node<E>>,
    Y: Operand<E = E, N: Node<E>>,
{
    type Added = Writing<X, E, Y>;
    type Combined = Combining<X, E, Y>;

    fn add(self, src: Y, to: impl FnOnce(X::S, Y::S, X::D) -> Rows) -> Self::Added {
        write(self, src, true, to)
    }

    fn combine(self, src: Y, how: ScatterReduce, to: impl FnOnce(X::S, Y::S, X::D) -> Rows) -> Self::Combined {
        combine(self, src, how, to)
    }
}

/// The expression of writing or adding one tensor to another.
pub type Writing<X, E, Y> = Ex<
    <X as Operand>::S,
    E,
    <X as Operand>::D,
    Op<<X as Operand>::S, E, WritingBack<<X as Operand>::S, <X as Operand>::N, <Y as Operand>::S, <Y as Operand>::N>>,
>;

fn write<X, E, Y>(x: X, src: Y, adds: bool, to: impl FnOnce(X::S, Y::S, X::D) -> Rows) -> Writing<X, E, Y>
where
    E: Real,
    X: Operand<E = E, N: Node<E>>,
    Y: Operand<E = E, N: Node<E>>,
{
    let (x, src) = (x.ex(), src.ex());
    let (shape, src_shape, device) = (x.shape, src.shape, x.device);
    let rows = to(shape, src_shape, device);
    let mut out = device.unshared(x.materialise());
    let values = src.materialise();
    if adds {
        device.add_rows(&mut out, rows.width, &rows.places, &values);
    } else {
        device.put_rows(&mut out, rows.width, &rows.places, &values);
    }
    Ex::new(Op::new(out, shape, WritingBack { x: x.node, shape, src: src.node, src_shape, rows, adds }), shape, device)
}

/// The backward of writing and adding: what was written over has no gradient.
pub struct WritingBack<S, N, S2, N2> {
    x: N,
    shape: S,
    src: N2,
    src_shape: S2,
    rows: Rows,
    adds: bool,
}

impl<E, S, N, S2, N2> Pullback<E> for WritingBack<S, N, S2, N2>
where
    E: Real,
    S: Shape,
    N: Lazy<E>,
    S2: Shape,
    N2: Lazy<E>,
{
    type Grad = <N::Grad as Flag>::Or<N2::Grad>;

    fn pull<D: Device>(self, device: D, gradient: Buf<E>, _: Buf<E>) {
        if N2::Grad::ON && self.src.live() {
            let own = gradient_of_source(device, &self.rows, self.adds, &gradient, count(self.src_shape));
            self.src.accept(device, self.src_shape, own);
        }
        if N::Grad::ON && self.x.live() {
            let mut own = gradient;
            if !self.adds {
                own = device.unshared(own);
                self.rows.clear(device, &mut own);
            }
            self.x.accept(device, self.shape, own);
        }
    }

    fn live(&self) -> bool {
        (N::Grad::ON && self.x.live()) || (N2::Grad::ON && self.src.live())
    }
}

/// `dy` at the places, 0 for rows that were written over, and 0 for the elements of a source that was longer.
fn gradient_of_source<E: Real, D: Device>(device: D, rows: &Rows, adds: bool, gradient: &Buf<E>, len: usize) -> Buf<E> {
    let mut taken = rows.take(device, gradient);
    if !adds {
        let lost = written_over(&device.download(&rows.places));
        Rows::new(device, rows.width, lost).clear(device, &mut taken);
    }
    if taken.len() == len {
        return taken;
    }
    let mut whole = device.zeroed(len);
    let front: Vec<i64> = (0..taken.len() as i64).collect();
    device.put_rows(&mut whole, 1, &device.upload(&front), &taken);
    whole
}

/// The rows to whose place a later one was written.
fn written_over(places: &[i64]) -> Vec<i64> {
    let mut last = vec![0; places.iter().max().map_or(0, |&largest| largest as usize + 1)];
    (0..).zip(places).for_each(|(row, &place): (i64, _)| last[place as usize] = row);
    (0..).zip(places).filter(|&(row, &place)| last[place as usize] != row).map(|(row, _)| row).collect()
}
