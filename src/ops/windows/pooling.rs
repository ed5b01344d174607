//! The methods of pooling: over windows, and over parts of a picture.

use super::convolved::{SpaceOf, places, three};
use super::pooled::{Pool, PooledAs, PooledOf, pooled};
use crate::dims::Dim;
use crate::graph::Operand;
use crate::ops::FloatingNode;
use crate::ops::movement::counted;
use crate::shape::{FitOver, Pictures, Slides, SlidesOver, Windows};

macro_rules! pooling {
    ($($R:literal $pool:ident $name:ident $named:ident ($($Name:ident $L:ident $place:literal),*)
        $(#[$about:meta])*;)*) => {
        /// Pooling of pictures `(N, C, ..)`: what windows that slide over each channel have as their largest element or
        /// as their mean. PyTorch's `max_pool2d`, `avg_pool2d` and their kin over one and three axes.
        ///
        /// The [`Window`](crate::shape::Window) moves by its own size where nothing else is said. The gradient of a
        /// largest element goes to the first one of a window, that of a mean in equal parts to all. A NaN in a window
        /// is NaN at its place. Around the picture (`PADDING`) there is nothing larger than any element: a window
        /// without an element has `-inf`; for means there are zeros, which count, as PyTorch's `count_include_pad`
        /// says. Means are summed in `f64`. An empty batch gives an empty batch.
        pub trait Pooling: Operand + Sized {$(
            $(#[$about])*
            #[track_caller]
            fn $name<K>(self, window: K) -> PooledOf<$R, Self, K>
            where
                Self::E: FloatingNode<Self::N>,
                Self::S: Pictures<$R>,
                K: Windows<$R> + SlidesOver<SpaceOf<$R, Self>> + FitOver<SpaceOf<$R, Self>>,
            {
                let _ = window;
                let x = self.ex();
                let places = K::places(x.shape.parts().2);
                pooled::<$R, _, K, _>(x, Pool::$pool, places)
            }

            /// The same over axes whose size only the run knows: each name makes a dim of the number of places along an
            /// axis.
            ///
            /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
            /// [`Error::Shape`](crate::Error::Shape).
            #[track_caller]
            fn $named<K, $($L: Dim),*>(
                self,
                window: K,
                $($Name: impl FnOnce(usize) -> $L),*
            ) -> PooledAs<$R, Self, ($($L,)*)>
            where
                Self::E: FloatingNode<Self::N>,
                Self::S: Pictures<$R>,
                K: Windows<$R>,
            {
                let _ = window;
                let x = self.ex();
                let sizes = places(three(x.shape.parts().2), <K as Slides<$R>>::steps());
                let places = ($(counted(sizes[$place], $Name),)*);
                pooled::<$R, _, K, _>(x, Pool::$pool, places)
            }
        )*}
    };
}

pooling! {
    1 Max max_pool1d max_pool1d_as (length L 2)
        /// The largest element of each window of `(N, C, L)`.
        ///
        /// ```
        /// use congruent::prelude::*;
        /// let x = Cpu.tensor([[[1.0, 5.0, 2.0, 4.0, 3.0]]]);
        /// assert_eq!(x.max_pool1d(Window::<2>).eval(), Cpu.tensor([[[5.0, 4.0]]]));
        /// ```
    ;
    2 Max max_pool2d max_pool2d_as (height L 1, width M 2)
        /// The largest element of each window of `(N, C, H, W)`.
        ///
        /// ```
        /// use congruent::prelude::*;
        /// let x = Cpu.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]);
        /// assert_eq!(x.max_pool2d(Window::<2, 1>).eval(), Cpu.tensor([[[[5.0, 6.0], [8.0, 9.0]]]]));
        /// assert_eq!(x.max_pool2d(Window::<3, 2, 1>).eval(), Cpu.tensor([[[[5.0, 6.0], [8.0, 9.0]]]]));
        /// dims! { Rows = ?, Halves = ? }
        /// let x = Cpu.full((D::<1>, D::<1>, Rows(5), D::<4>), 1.0f32);
        /// assert_eq!(x.max_pool2d_as(Window::<2>, Halves, |_| D::<2>).shape(), (D::<1>, D::<1>, Halves(2), D::<2>));
        /// ```
    ;
    3 Max max_pool3d max_pool3d_as (depth L 0, height M 1, width O 2)
        /// The largest element of each window of `(N, C, D, H, W)`.
        ///
        /// ```
        /// use congruent::prelude::*;
        /// let x = Cpu.ones::<Shape![1, 2, 4, 4, 6]>();
        /// assert_eq!(x.max_pool3d(Window::<2>).shape(), (D::<1>, D::<2>, D::<2>, D::<2>, D::<3>));
        /// ```
    ;
    1 Mean avg_pool1d avg_pool1d_as (length L 2)
        /// The mean of each window of `(N, C, L)`.
        ///
        /// ```
        /// use congruent::prelude::*;
        /// let x = Cpu.tensor([[[1.0, 5.0, 2.0, 4.0, 3.0]]]);
        /// assert_eq!(x.avg_pool1d(Window::<2>).eval(), Cpu.tensor([[[3.0, 3.0]]]));
        /// ```
    ;
    2 Mean avg_pool2d avg_pool2d_as (height L 1, width M 2)
        /// The mean of each window of `(N, C, H, W)`.
        ///
        /// ```
        /// use congruent::prelude::*;
        /// let x = Cpu.tensor([[[[1.0, 2.0], [3.0, 6.0]]]]);
        /// assert_eq!(x.avg_pool2d(Window::<2>).eval(), Cpu.tensor([[[[3.0]]]]));
        /// assert_eq!(x.avg_pool2d((Window::<1>, Window::<2, 1, 1>)).eval().as_slice()[..3], [0.5, 1.5, 1.0]);
        /// ```
    ;
    3 Mean avg_pool3d avg_pool3d_as (depth L 0, height M 1, width O 2)
        /// The mean of each window of `(N, C, D, H, W)`.
        ///
        /// ```
        /// use congruent::prelude::*;
        /// let x = Cpu.ones::<Shape![1, 2, 4, 4, 6]>();
        /// assert_eq!(x.avg_pool3d(Window::<2>).shape(), (D::<1>, D::<2>, D::<2>, D::<2>, D::<3>));
        /// ```
    ;
}
impl<X: Operand> Pooling for X {}
