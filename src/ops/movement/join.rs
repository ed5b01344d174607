//! Joining, stacking, padding and repeating: the result is put together from its operands.
//!
//! Apart from `slice`, the opposite; where the windows lie is all that is said here.

use crate::device::{Buf, Device, SameDevice, Storage};
use crate::dims::{AddDim, Added, D, Dim, MulDim, Multiplied};
use crate::dtype::Elem;
use crate::error::{Error, collected, differ, raise};
use crate::graph::{AssembledNode, Behind, Ex, Located, Operand, Piece, Pieces, assembled};
use crate::layout::{Axes, MAX_AXES, count};
use crate::ops::{OtherOf, Over, beside};
use crate::shape::{AxisAt, Concat, Concatenated, InsertAxis, Mismatch, SameShape, Shape, WithAxis};

/// A tensor of shape `S` that is put together from the parts `P` of operands like `X`.
pub type AssembledOf<X, S, P> = Ex<S, <X as Operand>::E, <X as Operand>::D, AssembledNode<S, <X as Operand>::E, P>>;
/// An operand as a part.
type PieceOf<X> = Piece<<X as Operand>::N, <X as Operand>::S>;
/// Two operands as parts.
pub type Pair<X, Y> = (PieceOf<X>, PieceOf<OtherOf<X, Y>>);
/// Equal operands as parts.
pub type Equals<X> = Vec<PieceOf<X>>;
/// Axis `I` of an operand.
type At<X, const I: isize> = <<X as Operand>::S as AxisAt<I>>::At;
/// Axis `I` with `BEFORE` and `AFTER` elements more.
pub type Padded<X, const I: isize, const BEFORE: usize, const AFTER: usize> =
    WithAxis<<X as Operand>::S, I, Added<Added<At<X, I>, D<BEFORE>>, D<AFTER>>>;

/// Larger tensors from smaller ones, of any element type.
pub trait Joining: Operand + Sized {
    /// `other` behind this tensor along axis `I`, whose sizes are added by the compiler; all other axes are equal.
    /// NumPy's `concatenate`, PyTorch's `cat`. Each operand's gradient is its part of `dy`.
    ///
    /// Run-time sizes that differ raise [`Error::Sizes`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, y) = (Cpu.tensor([[1], [2]]), Cpu.tensor([[3, 4], [5, 6]]));
    /// assert_eq!(x.concat::<1, _>(&y).eval(), Cpu.tensor([[1, 3, 4], [2, 5, 6]]));
    /// ```
    #[track_caller]
    fn concat<const I: isize, Y: Operand>(
        self,
        other: Y,
    ) -> AssembledOf<Self, Concatenated<Self::S, Y::S, I>, Pair<Self, Y>>
    where
        Self::S: Concat<Y::S, I>,
        Self::D: SameDevice<Y::D>,
        Self::N: Located<Self::E>,
        Y::N: Over<Self::E, Y::E, Node: Located<Self::E>>,
    {
        let x = self.ex();
        let y = beside::<Self, _>(x.device, other);
        let shape = x.shape.concat(y.shape).unwrap_or_else(|mismatch| differ(mismatch));
        joined(x, y, shape, <Self::S as Concat<Y::S, I>>::INDEX)
    }

    /// [`concat`](Joining::concat) along an axis whose size only the run knows; `length` names the sum.
    ///
    /// Sizes that do not add up to it raise [`Error::Sizes`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Old = ?, New = ?, Both = ? }
    /// let (x, y) = (Cpu.full((Old(2),), 1), Cpu.full((New(1),), 2));
    /// assert_eq!(x.concat_as::<0, _, _>(&y, Both(3)).eval().as_slice(), [1, 1, 2]);
    /// ```
    #[track_caller]
    fn concat_as<const I: isize, Y: Operand, L: Dim>(
        self,
        other: Y,
        length: L,
    ) -> AssembledOf<Self, WithAxis<Self::S, I, L>, Pair<Self, Y>>
    where
        Self::S: AxisAt<I, Removed: SameShape<<Y::S as AxisAt<I>>::Removed>>,
        Y::S: AxisAt<I>,
        Self::D: SameDevice<Y::D>,
        Self::N: Located<Self::E>,
        Y::N: Over<Self::E, Y::E, Node: Located<Self::E>>,
    {
        let x = self.ex();
        let y = beside::<Self, _>(x.device, other);
        let others = x.shape.remove().dims().as_slice() == y.shape.remove().dims().as_slice();
        if !others || x.shape.at().size() + y.shape.at().size() != length.size() {
            raise(Mismatch::new("concat", x.shape, y.shape).into());
        }
        let shape = x.shape.with(length);
        joined(x, y, shape, <Self::S as AxisAt<I>>::INDEX)
    }

    /// `BEFORE` elements of `value` in front of axis `I`, and `AFTER` behind it. `dx` is the inner part of `dy`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0], [2.0]]);
    /// assert_eq!(x.pad::<1, 1, 2>(0.0).eval(), Cpu.tensor([[0.0, 1.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0]]));
    /// ```
    fn pad<const I: isize, const BEFORE: usize, const AFTER: usize>(
        self,
        value: Self::E,
    ) -> AssembledOf<Self, Padded<Self, I, BEFORE, AFTER>, Equals<Self>>
    where
        Self::S: AxisAt<I, At: AddDim<D<BEFORE>, Out: AddDim<D<AFTER>>>>,
        Self::N: Located<Self::E>,
    {
        let x = self.ex();
        let shape = x.shape.with(Added::<Added<At<Self, I>, D<BEFORE>>, D<AFTER>>::default());
        let axes = Axes::contiguous(shape);
        let stride = axes.stride[place::<Self::S>(<Self::S as AxisAt<I>>::INDEX)];
        let device = x.device;
        let part = part(x, BEFORE * stride.unsigned_abs(), &axes);
        assemble(device.filled(count(shape), value), vec![part], shape, device)
    }

    /// Axis `I` `N` times over, NumPy's `tile` along one axis. `dx` is the sum of the `N` parts of `dy`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1, 2]).tile::<0, 2>().eval(), Cpu.tensor([1, 2, 1, 2]));
    /// ```
    fn tile<const I: isize, const N: usize>(
        self,
    ) -> AssembledOf<Self, WithAxis<Self::S, I, Multiplied<At<Self, I>, D<N>>>, Equals<Self>>
    where
        Self: Clone,
        Self::S: AxisAt<I, At: MulDim<D<N>>>,
        Self::N: Located<Self::E>,
    {
        let Ex { shape: from, device, .. } = self.clone().ex();
        let shape = from.with(Multiplied::<At<Self, I>, D<N>>::default());
        let axis = <Self::S as AxisAt<I>>::INDEX;
        let out = device.unwritten(count(shape)); // First: it says whether there is room for so many.
        let copies = collected(if shape.is_empty() { 0 } else { N }, (0..N).map(|_| self.clone().ex()));
        row(copies, axis, from.at().size(), shape, device, out)
    }
}
impl<X: Operand> Joining for X {}

/// `N` equal operands as one tensor.
pub trait Stacking<X: Operand, const N: usize>: Sized {
    /// The operands one above the other along a new axis `I` of `D<N>`. PyTorch's and NumPy's `stack`. Each operand's
    /// gradient is its part of `dy`.
    ///
    /// Run-time sizes that differ raise [`Error::Sizes`], no operands [`Error::Empty`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, y) = (Cpu.tensor([1.0, 2.0]), Cpu.tensor([3.0, 4.0]));
    /// assert_eq!([&x, &y].stack::<1>().eval(), Cpu.tensor([[1.0, 3.0], [2.0, 4.0]]));
    /// ```
    #[track_caller]
    fn stack<const I: isize>(self) -> AssembledOf<X, <X::S as InsertAxis<I>>::With<D<N>>, Equals<X>>
    where
        D<N>: Dim,
        X::S: InsertAxis<I>,
        X::N: Located<X::E>;

    /// The operands end to end along axis `I`, whose size becomes `N` times as large. PyTorch's `cat` of equal shapes.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, y) = (Cpu.tensor([1, 2]), Cpu.tensor([3, 4]));
    /// assert_eq!([&x, &y, &x].cat::<0>().eval(), Cpu.tensor([1, 2, 3, 4, 1, 2]));
    /// ```
    #[track_caller]
    fn cat<const I: isize>(self) -> AssembledOf<X, WithAxis<X::S, I, Multiplied<At<X, I>, D<N>>>, Equals<X>>
    where
        X::S: AxisAt<I, At: MulDim<D<N>>>,
        X::N: Located<X::E>;
}

impl<X: Operand, const N: usize> Stacking<X, N> for [X; N] {
    fn stack<const I: isize>(self) -> AssembledOf<X, <X::S as InsertAxis<I>>::With<D<N>>, Equals<X>>
    where
        D<N>: Dim,
        X::S: InsertAxis<I>,
        X::N: Located<X::E>,
    {
        let (operands, from, device) = equal("stack", self);
        let shape = from.insert_with(D::<N>);
        let axis = place::<<X::S as InsertAxis<I>>::With<D<N>>>(<X::S as InsertAxis<I>>::INDEX);
        let mut axes = Axes::contiguous(shape);
        let stride = axes.stride[axis].unsigned_abs();
        // Seen from an operand, the axes before the new one move one place to the right.
        for i in (1..=axis).rev() {
            (axes.size[i], axes.stride[i]) = (axes.size[i - 1], axes.stride[i - 1]);
        }
        (axes.size[0], axes.stride[0]) = (1, 0);
        let parts = operands.into_iter().enumerate().map(|(i, x)| part(x, i * stride, &axes)).collect();
        assemble(device.unwritten(count(shape)), parts, shape, device)
    }

    fn cat<const I: isize>(self) -> AssembledOf<X, WithAxis<X::S, I, Multiplied<At<X, I>, D<N>>>, Equals<X>>
    where
        X::S: AxisAt<I, At: MulDim<D<N>>>,
        X::N: Located<X::E>,
    {
        let (operands, from, device) = equal("cat", self);
        let shape = from.with(Multiplied::<At<X, I>, D<N>>::default());
        let out = device.unwritten(count(shape));
        row(operands, <X::S as AxisAt<I>>::INDEX, from.at().size(), shape, device, out)
    }
}

/// An operand's expression.
type Expression<X> = Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, <X as Operand>::N>;

/// The operands, their shape and device; run-time sizes that differ raise.
#[track_caller]
fn equal<X: Operand, const N: usize>(law: &'static str, operands: [X; N]) -> (Vec<Expression<X>>, X::S, X::D) {
    if N == 0 {
        raise(Error::Empty { what: "the list of operands".into() });
    }
    let operands: Vec<_> = operands.into_iter().map(Operand::ex).collect();
    let (shape, device) = (operands[0].shape, operands[0].device);
    if let Some(other) = operands.iter().find(|other| other.shape != shape) {
        raise(Mismatch::new(law, shape, other.shape).into());
    }
    (operands, shape, device)
}

/// Operands of `length` elements along `axis`, end to end in `out`.
fn row<S: Shape, E: Elem, D: Device, N: Located<E>, Out: Shape>(
    operands: Vec<Ex<S, E, D, N>>,
    axis: usize,
    length: usize,
    shape: Out,
    device: D,
    out: Buf<E>,
) -> Ex<Out, E, D, AssembledNode<Out, E, Vec<Piece<N, S>>>> {
    let axes = Axes::contiguous(shape);
    let step = axes.stride[place::<Out>(axis)].unsigned_abs() * length;
    let parts = operands.into_iter().enumerate().map(|(i, x)| part(x, i * step, &axes)).collect();
    assemble(out, parts, shape, device)
}

/// `y` behind `x`.
fn joined<SA: Shape, SB: Shape, S: Shape, E: Elem, D: Device, A: Located<E>, B: Located<E>>(
    x: Ex<SA, E, D, A>,
    y: Ex<SB, E, D, B>,
    shape: S,
    axis: usize,
) -> Ex<S, E, D, AssembledNode<S, E, (Piece<A, SA>, Piece<B, SB>)>> {
    let axes = Axes::contiguous(shape);
    let (device, length) = (x.device, x.shape.dims()[axis]);
    let behind = axes.stride[place::<S>(axis)].unsigned_abs() * length;
    let parts = (part(x, 0, &axes), part(y, behind, &axes));
    assemble(device.unwritten(count(shape)), parts, shape, device)
}

/// Where an axis, counted from the front, stands among right-aligned ones.
fn place<S: Shape>(axis: usize) -> usize {
    MAX_AXES - S::RANK + axis
}

/// The window of an operand whose first element is at `offset`.
fn part<S: Shape, E, D, N>(x: Ex<S, E, D, N>, offset: usize, out: &Axes) -> Piece<N, S> {
    let axes = Axes { size: Axes::contiguous(x.shape).size, stride: out.stride };
    Piece { node: x.node, shape: x.shape, offset, axes }
}

fn assemble<S: Shape, E: Elem, D: Device, P>(
    mut out: Buf<E>,
    parts: P,
    shape: S,
    device: D,
) -> Ex<S, E, D, AssembledNode<S, E, P>>
where
    P: Pieces<E> + Behind<E>,
{
    parts.write(device, &mut out);
    Ex::new(assembled(out, shape, parts), shape, device)
}
