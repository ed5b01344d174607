//! Views, reshapes and new axes: the same elements under another shape.
//!
//! Apart from the laws (`shape`), which say what comes out: here memory is only looked at differently. Views copy
//! nothing.

use super::Operand;
use crate::error::raise;
use crate::graph::{Axes, Ex, Located, MAX_RANK, Reshaped, Strided, View};
use crate::shape::{
    BroadcastTo, InsertAxis, Permute, Permuted, RemoveAxis, Reshape, Shape, Squeezed, SwapAxes, Swapped, Transpose,
    Transposed, Unsqueezed,
};

/// A view of shape `S`.
pub type ViewOf<X, S> =
    Ex<S, <X as Operand>::E, <X as Operand>::D, View<<X as Operand>::N, <X as Operand>::S, <X as Operand>::E>>;

/// What [`t`](Movement::t) gives.
pub type TransposedOf<X> = ViewOf<X, Transposed<<X as Operand>::S>>;

/// The same elements, in order, under shape `S`.
pub type ReshapedTo<X, S> =
    Ex<S, <X as Operand>::E, <X as Operand>::D, Reshaped<<X as Operand>::N, <X as Operand>::S, S, <X as Operand>::E>>;

/// Movement of axes and elements.
pub trait Movement: Operand + Sized {
    /// Exchanges the last two axes. `y[.., j, i] = x[.., i, j]`, `dx` = `dy` transposed. A view; [`matmul`] reads it in
    /// place.
    ///
    /// [`matmul`]: super::Products::matmul
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!((x.t() * 1.0).eval().as_slice(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    /// ```
    fn t(self) -> TransposedOf<Self>
    where
        Self::S: Transpose,
        Self::N: Located<Self::E>,
    {
        view(self, Transpose::transpose, |mut memory| {
            memory.axes.size.swap(4, 5);
            memory.axes.stride.swap(4, 5);
            memory
        })
    }

    /// Exchanges axes `I` and `J`. `dx` is `dy` exchanged back. A view.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.zeros::<Shape![2, 3, 4]>();
    /// assert_eq!(x.transpose::<0, -1>().shape(), (D::<4>, D::<3>, D::<2>));
    /// ```
    fn transpose<const I: isize, const J: isize>(self) -> ViewOf<Self, Swapped<Self::S, I, J>>
    where
        Self::S: SwapAxes<I, J>,
        Self::N: Located<Self::E>,
    {
        let first = MAX_RANK - <Self::S as Shape>::RANK;
        let [i, j] = <Self::S as SwapAxes<I, J>>::PLACES;
        let (i, j) = (first + i, first + j);
        view(self, SwapAxes::swap, |mut memory| {
            memory.axes.size.swap(i, j);
            memory.axes.stride.swap(i, j);
            memory
        })
    }

    /// Puts the axes in the order `A`. `dx` is `dy` in the inverse order. A view.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.zeros::<Shape![2, 3, 4]>();
    /// assert_eq!(x.permute::<Axes![2, 0, 1]>().shape(), (D::<4>, D::<2>, D::<3>));
    /// ```
    fn permute<A>(self) -> ViewOf<Self, Permuted<Self::S, A>>
    where
        Self::S: Permute<A>,
        Self::N: Located<Self::E>,
    {
        let first = MAX_RANK - <Self::S as Shape>::RANK;
        let order = <Self::S as Permute<A>>::order();
        view(self, Permute::permute, |memory| {
            let mut axes = memory.axes;
            for (place, &from) in order.iter().enumerate() {
                axes.size[first + place] = memory.axes.size[first + from];
                axes.stride[first + place] = memory.axes.stride[first + from];
            }
            Strided { axes, ..memory }
        })
    }

    /// Stretches to a larger shape by the rule of broadcasting. `dx` = `dy` summed over the stretched axes. A view.
    ///
    /// Run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0]).expand((D::<3>, D::<2>));
    /// assert_eq!((x * 1.0).eval().as_slice(), [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
    /// ```
    #[track_caller]
    fn expand<To: Shape>(self, to: To) -> ViewOf<Self, To>
    where
        Self::S: BroadcastTo<To>,
        Self::N: Located<Self::E>,
    {
        let to = |shape: Self::S| shape.expand(to).unwrap_or_else(|mismatch| raise(mismatch.into()));
        let shape = self.ex();
        let region = Axes::contiguous(to(shape.shape)).size;
        view(shape, to, |memory| Strided { axes: memory.axes.along(&region), ..memory })
    }

    /// The same elements in order under another shape. `dx` is `dy` under the shape of `x`. Contiguous memory is
    /// shared,
    /// anything else is computed first. The element counts must agree: static ones by type, run-time ones raise
    /// [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.reshape((D::<3>, D::<2>)).eval().as_slice()[2], 3.0);
    /// ```
    #[track_caller]
    fn reshape<To: Shape>(self, to: To) -> ReshapedTo<Self, To>
    where
        Self::S: Reshape<To>,
        Self::N: Located<Self::E>,
    {
        reshaped(self, |shape| Reshape::reshape(shape, to).unwrap_or_else(|mismatch| raise(mismatch.into())))
    }

    /// Inserts an axis `D<1>` so that it becomes axis `I`. `dx` is `dy` without it.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.zeros::<Shape![3]>();
    /// assert_eq!(x.unsqueeze::<-1>().shape(), (D::<3>, D::<1>));
    /// ```
    fn unsqueeze<const I: isize>(self) -> ReshapedTo<Self, Unsqueezed<Self::S, I>>
    where
        Self::S: InsertAxis<I>,
        Self::N: Located<Self::E>,
    {
        reshaped(self, InsertAxis::insert)
    }

    /// Leaves out axis `I`, which is literally `D<1>`. `dx` is `dy` with it.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.zeros::<Shape![1, 3]>().squeeze::<0>().shape(), (D::<3>,));
    /// ```
    fn squeeze<const I: isize>(self) -> ReshapedTo<Self, Squeezed<Self::S, I>>
    where
        Self::S: RemoveAxis<I>,
        Self::N: Located<Self::E>,
    {
        reshaped(self, RemoveAxis::squeeze)
    }
}
impl<X: Operand> Movement for X {}

pub(super) fn view<X, S>(
    x: X,
    shape: impl FnOnce(X::S) -> S,
    arrange: impl FnOnce(Strided<X::E>) -> Strided<X::E>,
) -> ViewOf<X, S>
where
    X: Operand<N: Located<X::E>>,
{
    let Ex { node, shape: from, device, .. } = x.ex();
    Ex::new(View::new(device, node, from, arrange), shape(from), device)
}

fn reshaped<X, S: Shape>(x: X, shape: impl FnOnce(X::S) -> S) -> ReshapedTo<X, S>
where
    X: Operand<N: Located<X::E>>,
{
    let Ex { node, shape: from, device, .. } = x.ex();
    let shape = shape(from);
    Ex::new(Reshaped::new(device, node, from, shape), shape, device)
}
