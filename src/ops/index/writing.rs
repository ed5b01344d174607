//! Which operands are written and added to which, for every element type, and the gradient of both.
//!
//! Apart from `scatter`, whose methods read as the formulas that they compute.

use super::indices::NumberedRows;
use super::scatter_reduce::{Combination, Combining, ScatterReduce, combine};
use crate::device::{Buf, Device, IndexWork, Storage};
use crate::dtype::{Elem, Numeric, Real};
use crate::graph::{Both, Described, Differentiable, Given, Located, Operand, RuledByBoth, SlopeRule, Work};
use crate::layout::count;
use crate::shape::Shape;

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
    #[cfg_attr(optimised, inline(always))]
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
    /// Writes rows of the source, in order, to those that `to` names.
    fn put(self, src: Y, to: impl FnOnce(Self::S, Y::S, Self::D) -> NumberedRows) -> Writing<Self, Y>
    where
        Self: Sized;
}

/// What comes of writing elements of `Y` to `X`.
pub type Put<X, Y> = Writing<X, SameOf<X, Y>>;

#[diagnostic::do_not_recommend]
impl<E, X, Y> Receives<E, Y> for X
where
    E: Elem,
    X: Operand<E = E, N: Located<E>>,
    Y: Operand<E = E, N: Located<E>>,
{
    #[track_caller]
    fn put(self, src: Y, to: impl FnOnce(X::S, Y::S, X::D) -> NumberedRows) -> Writing<X, Y> {
        write(self, src, false, to, |device, out, rows, values| {
            device.put_rows(out, rows.width, &rows.places, values);
        })
    }
}

/// An operand over elements `E` with which the elements of `Y` can be added and otherwise combined.
#[diagnostic::on_unimplemented(
    message = "elements are added and combined in whole tensors of numbers, found `{E}`",
    label = "not a whole tensor of numbers, or the source is not",
    note = "`scatter` and `index_copy` write elements of any type; to add, `.convert::<i64>()` them first"
)]
pub trait Accumulates<E: Elem, Y: Operand>: Operand + Sized {
    /// Adds rows of the source, in order, to those that `to` names.
    fn add(self, src: Y, to: impl FnOnce(Self::S, Y::S, Self::D) -> NumberedRows) -> Writing<Self, Y>;
    /// Combines rows of the source, in order, with those that `to` names.
    fn combine(
        self,
        src: Y,
        how: ScatterReduce,
        to: impl FnOnce(Self::S, Y::S, Self::D) -> NumberedRows,
    ) -> Combining<Self, Y>;
}

/// What comes of adding elements of `Y` to `X`.
pub type AccumulatedOf<X, Y> = Writing<X, SameOf<X, Y>>;

/// What comes of combining elements of `Y` with those of `X`.
pub type Combined<X, Y> = Combining<X, SameOf<X, Y>>;

#[diagnostic::do_not_recommend]
impl<E, X, Y> Accumulates<E, Y> for X
where
    E: Numeric,
    X: Operand<E = E, N: Located<E>>,
    Y: Operand<E = E, N: Located<E>>,
{
    #[track_caller]
    fn add(self, src: Y, to: impl FnOnce(X::S, Y::S, X::D) -> NumberedRows) -> Writing<X, Y> {
        write(self, src, true, to, |device, out, rows, values| {
            E::by_number(Combination { device, how: ScatterReduce::Sum, out, rows, values });
        })
    }

    #[track_caller]
    fn combine(self, src: Y, how: ScatterReduce, to: impl FnOnce(X::S, Y::S, X::D) -> NumberedRows) -> Combining<X, Y> {
        combine(self, src, how, to)
    }
}

/// The expression of writing or adding one tensor to another.
pub type Writing<X, Y> = RuledByBoth<X, Y, <X as Operand>::S, WritingBack>;

/// The operand after `change`, which writes rows of the source to it, or adds them.
#[track_caller]
fn write<X, E, Y>(
    x: X,
    src: Y,
    adds: bool,
    to: impl FnOnce(X::S, Y::S, X::D) -> NumberedRows,
    change: impl FnOnce(X::D, &mut Buf<E>, &NumberedRows, &Buf<E>),
) -> Writing<X, Y>
where
    E: Elem,
    X: Operand<E = E, N: Located<E>>,
    Y: Operand<E = E, N: Located<E>>,
{
    let (x, src) = (x.ex(), src.ex());
    let (shape, device) = (x.shape, x.device);
    let rows = to(shape, src.shape, device);
    let mut out = device.unshared(x.materialise());
    change(device, &mut out, &rows, &src.materialise());
    x.ruled_with(src.given(), out, shape, WritingBack { rows, adds })
}

/// The backward of writing and adding: what was written over has no gradient.
pub struct WritingBack {
    rows: NumberedRows,
    adds: bool,
}

impl Described for WritingBack {
    const NAME: &'static str = "scatter";
    const KIND: Work = Work::Lookup;
}

impl<E, S, N, S2, N2> SlopeRule<E, Both<Given<S, N>, Given<S2, N2>>> for WritingBack
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
        _: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        let ([own, source], WritingBack { rows, adds }) = (x.wanted(), self);
        let source = source.then(|| gradient_of_source(device, &rows, adds, &gradient, count(x.1.shape)));
        let own = own.then(|| match adds {
            true => gradient,
            false => {
                let mut own = device.unshared(gradient);
                rows.clear(device, &mut own);
                own
            }
        });
        [own, source]
    }
}

/// `dy` at the places, 0 for rows that were written over, and 0 for the elements of a source that was longer.
#[track_caller]
fn gradient_of_source<E: Real, D: Device>(
    device: D,
    rows: &NumberedRows,
    adds: bool,
    gradient: &Buf<E>,
    len: usize,
) -> Buf<E> {
    let mut taken = rows.take(device, gradient);
    if !adds {
        let lost = written_over(&device.download(&rows.places));
        NumberedRows::new(device, rows.width, lost).clear(device, &mut taken);
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
