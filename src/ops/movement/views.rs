//! Views, reshapes and new axes: the same elements under another shape.
//!
//! Apart from the laws (`shape`), which say what comes out: here memory is only looked at differently. Views copy
//! nothing.

use super::lengths::counted;
use crate::dims::Dim;
use crate::error::{OrRaise, differ};
use crate::graph::{Ex, InOrder, Located, Operand, Reshaped, Viewed};
use crate::layout::{Axes, COLUMNS, MAX_AXES, ROWS, Strided, count};
use crate::shape::{
    AxisAt, BroadcastTo, Flatten, FlattenAs, Flattened, FlattenedAs, InsertAxis, MadeOf, Mismatch, Permute, Permuted,
    RemoveAxis, Reshape, Shape, ShapeValue, Squeezed, SwapAxes, Swapped, Transpose, Transposed, Unflatten, Unflattened,
    Unsqueezed,
};

/// A view of shape `S`.
pub type ViewOf<X, S> =
    Ex<S, <X as Operand>::E, <X as Operand>::D, Viewed<<X as Operand>::N, <X as Operand>::S, <X as Operand>::E>>;

/// What [`t`](Movement::t) gives.
pub type TransposedOf<X> = ViewOf<X, Transposed<<X as Operand>::S>>;

/// `S` with axis `I` at place `J`.
type Replaced<S, const I: isize, const J: isize> =
    <<S as AxisAt<I>>::Removed as InsertAxis<J>>::With<<S as AxisAt<I>>::At>;

/// The same elements, in order, under shape `S`.
pub type ReshapedTo<X, S> =
    Ex<S, <X as Operand>::E, <X as Operand>::D, Reshaped<<X as Operand>::N, <X as Operand>::S, S, <X as Operand>::E>>;

/// Movement of axes and elements.
pub trait Movement: Operand + Sized {
    /// Exchanges the last two axes. `y[.., j, i] = x[.., i, j]`, `dx` = `dy` transposed. A view; [`matmul`] reads it in
    /// place.
    ///
    /// [`matmul`]: crate::ops::Products::matmul
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
            memory.axes.size.swap(ROWS, COLUMNS);
            memory.axes.stride.swap(ROWS, COLUMNS);
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
        let first = MAX_AXES - <Self::S as Shape>::RANK;
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
        let first = MAX_AXES - <Self::S as Shape>::RANK;
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

    /// Moves axis `I` to place `J`; the others keep their order. PyTorch's `movedim`, NumPy's `moveaxis`. `dx` is `dy`
    /// moved back. A view.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.zeros::<Shape![2, 3, 4]>();
    /// assert_eq!(x.movedim::<0, -1>().shape(), (D::<3>, D::<4>, D::<2>));
    /// ```
    #[doc(alias = "moveaxis")]
    fn movedim<const I: isize, const J: isize>(self) -> ViewOf<Self, Replaced<Self::S, I, J>>
    where
        Self::S: AxisAt<I, Removed: InsertAxis<J>>,
        Self::N: Located<Self::E>,
    {
        let first = MAX_AXES - <Self::S as Shape>::RANK;
        let from = first + <Self::S as AxisAt<I>>::INDEX;
        let to = first + <<Self::S as AxisAt<I>>::Removed as InsertAxis<J>>::INDEX;
        view(
            self,
            |shape| shape.remove().insert_with(shape.at()),
            |mut memory| {
                turn(&mut memory.axes.size, from, to);
                turn(&mut memory.axes.stride, from, to);
                memory
            },
        )
    }

    /// Turns matrices by a quarter, counter-clockwise: `y[.., i, j] = x[.., j, n - 1 - i]`. `dx` is `dy` turned back. A
    /// view.
    ///
    /// NumPy's `rot90` with `k = 1`, on the last two axes; `x.flip::<-2>().t()` is the clockwise turn.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1, 2, 3], [4, 5, 6]]);
    /// assert_eq!(x.rot90().eval(), Cpu.tensor([[3, 6], [2, 5], [1, 4]]));
    /// assert_eq!(x.flip::<-2>().t().eval(), Cpu.tensor([[4, 1], [5, 2], [6, 3]]));
    /// ```
    fn rot90(self) -> TransposedOf<Self>
    where
        Self::S: Transpose,
        Self::N: Located<Self::E>,
    {
        view(self, Transpose::transpose, |mut memory| {
            let (size, stride) = (&mut memory.axes.size, &mut memory.axes.stride);
            memory.offset =
                memory.offset.wrapping_add_signed(size[COLUMNS].saturating_sub(1) as isize * stride[COLUMNS]);
            stride[COLUMNS] = -stride[COLUMNS];
            size.swap(ROWS, COLUMNS);
            stride.swap(ROWS, COLUMNS);
            memory
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
    fn expand<To: ShapeValue<Own: Shape>>(self, to: To) -> ViewOf<Self, To::Own>
    where
        Self::S: BroadcastTo<To::Own>,
        Self::N: Located<Self::E>,
    {
        let x = self.ex();
        let to = x.shape.expand(to.own()).or_raise();
        let region = Axes::contiguous(to).size;
        view(x, |_| to, |memory| Strided { axes: memory.axes.along(&region), ..memory })
    }

    /// The same elements in order under another shape. `dx` is `dy` under the shape of `x`. Contiguous memory is
    /// shared, anything else is computed first. The element counts must agree: static ones by type, run-time ones raise
    /// [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.reshape((D::<3>, D::<2>)).eval().as_slice()[2], 3.0);
    /// ```
    #[track_caller]
    fn reshape<To: ShapeValue<Own: Shape>>(self, to: To) -> ReshapedTo<Self, To::Own>
    where
        Self::S: Reshape<To::Own>,
        Self::N: Located<Self::E>,
    {
        let x = self.ex();
        let shape = Reshape::reshape(x.shape, to.own()).or_raise();
        reshaped(x, |_| shape)
    }

    /// [`reshape`](Movement::reshape) of elements that lie in memory in order, which is a law here: nothing is copied.
    /// PyTorch's `view`. `dx` is `dy` under the shape of `x`.
    ///
    /// Tensors lie in order, and so do the results of reshapes, products, reductions; views (transposes, slices) and
    /// pointwise expressions do not.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// let y = x.view((D::<3>, D::<2>)).eval();
    /// assert_eq!(y.as_slice().as_ptr(), x.as_slice().as_ptr());
    /// ```
    #[track_caller]
    fn view<To: ShapeValue<Own: Shape>>(self, to: To) -> ReshapedTo<Self, To::Own>
    where
        Self::S: Reshape<To::Own>,
        Self::N: Located<Self::E> + InOrder,
    {
        self.reshape(to)
    }

    /// The axes from `I` on made one, whose size the compiler computes. `dx` is `dy` under the shape of `x`. NumPy's
    /// `ravel` is `flatten::<0>()`, which always copies there and never here.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let images: Tensor<(Batch, D<3>, D<4>, D<4>)> = Cpu.zeros_of((Batch(2), D, D, D));
    /// assert_eq!(images.flatten::<1>().shape(), (Batch(2), D::<48>));
    /// ```
    #[doc(alias = "ravel")]
    fn flatten<const I: isize>(self) -> ReshapedTo<Self, Flattened<Self::S, I>>
    where
        Self::S: Flatten<I>,
        Self::N: Located<Self::E>,
    {
        reshaped(self, Flatten::<I>::flat)
    }

    /// [`flatten`](Movement::flatten) where only the run knows a size: `name` makes a dim of the product.
    ///
    /// A name of another size raises [`Error::Shape`](crate::Error::Shape), a product beyond the address space
    /// [`Error::TooLarge`](crate::Error::TooLarge). A name of static size is `|_| Pixels`; where all sizes are static,
    /// the compiler compares them in `x.reshape((batch, Pixels))`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ?, Tokens = ?, Places = ?, Pixels = 12 }
    /// let x = Cpu.full((Batch(2), Tokens(3), D::<4>), 1.0f32);
    /// assert_eq!(x.flatten_as::<1, _>(Places).shape(), (Batch(2), Places(12)));
    /// assert_eq!(x.flatten_as::<1, _>(|_| Pixels).shape(), (Batch(2), Pixels));
    /// ```
    #[track_caller]
    fn flatten_as<const I: isize, L: Dim>(
        self,
        name: impl FnOnce(usize) -> L,
    ) -> ReshapedTo<Self, FlattenedAs<Self::S, I, L>>
    where
        Self::S: FlattenAs<I>,
        Self::N: Located<Self::E>,
    {
        let x = self.ex();
        let dims = x.shape.dims();
        let tail = dims[<Self::S as FlattenAs<I>>::INDEX..].iter();
        let shape = x.shape.flat_as(counted(tail.fold(1usize, |len, &size| len.saturating_mul(size)), name));
        count(shape);
        reshaped(x, |_| shape)
    }

    /// Axis `I` made two, whose sizes multiply to its own. `dx` is `dy` under the shape of `x`. The other axes may be
    /// any, in generic code, too: `x.unflatten::<-1, _, _>(heads, size)`.
    ///
    /// Run-time sizes that do not multiply to it raise [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.zeros::<Shape![5, 12]>();
    /// assert_eq!(x.unflatten::<-1, _, _>(D::<3>, D::<4>).shape(), (D::<5>, D::<3>, D::<4>));
    /// ```
    #[track_caller]
    fn unflatten<const I: isize, M: Dim, N: Dim>(
        self,
        first: M,
        second: N,
    ) -> ReshapedTo<Self, Unflattened<Self::S, I, M, N>>
    where
        Self::S: Unflatten<I> + AxisAt<I, At: MadeOf<M, N>>,
        Self::N: Located<Self::E>,
    {
        let x = self.ex();
        let to = x.shape.unflat(first, second);
        if first.size().checked_mul(second.size()) != Some(x.shape.at().size()) {
            differ(Mismatch::new("unflatten", x.shape, to));
        }
        reshaped(x, |_| to)
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

pub(in crate::ops) fn view<X, S>(
    x: X,
    shape: impl FnOnce(X::S) -> S,
    arrange: impl FnOnce(Strided<X::E>) -> Strided<X::E>,
) -> ViewOf<X, S>
where
    X: Operand<N: Located<X::E>>,
{
    let Ex { node, shape: from, device, .. } = x.ex();
    Ex::new(Viewed::new(device, node, from, arrange), shape(from), device)
}

/// Takes the entry of one axis out and puts it in at another place.
fn turn<T>(axes: &mut [T; MAX_AXES], from: usize, to: usize) {
    if from < to { axes[from..=to].rotate_left(1) } else { axes[to..=from].rotate_right(1) }
}

fn reshaped<X, S: Shape>(x: X, shape: impl FnOnce(X::S) -> S) -> ReshapedTo<X, S>
where
    X: Operand<N: Located<X::E>>,
{
    let Ex { node, shape: from, device, .. } = x.ex();
    let shape = shape(from);
    Ex::new(Reshaped::new(device, node, from, shape), shape, device)
}
