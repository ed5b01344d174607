//! The methods of convolutions.
//!
//! Apart from the law (`shape::windows`), which says how many places a kernel comes to.

use super::convolved::{ConvolutionAs, ConvolutionOf, SpaceOf, convolved, places, three};
use crate::device::SameDevice;
use crate::dims::Dim;
use crate::error::differ;
use crate::graph::{Ex, Operand};
use crate::ops::movement::counted;
use crate::ops::{FloatingNode, NodeOver, result_of, whole};
use crate::shape::{
    Divisible, FitOver, Groups, InChannels, InGroups, KernelSizes, Kernels, Mismatch, Pictures, Slides, SlidesOver,
};

/// The channels of the operand `X`.
type ChannelsOf<const R: usize, X> = <<X as Operand>::S as Pictures<R>>::Channels;
/// The outputs of the weight `W`.
type OutputsOf<const R: usize, W> = <<W as Operand>::S as Pictures<R>>::Batch;
/// The inputs of all groups of the weight `W`.
type InputsOf<const R: usize, W, K> = <ChannelsOf<R, W> as InGroups<<K as Kernels<R>>::Groups>>::All;
/// The sizes of the kernel `K`.
type SizesOf<const R: usize, K> = <<K as Kernels<R>>::Slides as Slides<R>>::Sizes;

/// The outputs of a weight, the inputs of each group, the number of these. Channels whose number only the run knows
/// raise their difference.
#[track_caller]
fn channels<const R: usize, S: Pictures<R>, SW: Pictures<R>, K: Kernels<R>>(
    shape: S,
    weight: SW,
) -> (SW::Batch, usize, usize) {
    let (groups, (outputs, inputs, _)) = (K::Groups::COUNT, weight.parts());
    if shape.parts().1.size() != inputs.size() * groups {
        differ(Mismatch::new("convolution", shape, weight));
    }
    (outputs, inputs.size(), groups)
}

macro_rules! convolutions {
    ($($R:literal $name:ident $named:ident ($($Name:ident $L:ident $place:literal),*) $(#[$about:meta])*;)*) => {
        /// Convolutions of pictures `(N, C, ..)` by weights `(O, C / groups, ..)`: PyTorch's `conv1d`, `conv2d` and
        /// `conv3d`, which are cross-correlations.
        ///
        /// `y[n, o, p] = Σ w[o, i, k] · x[n, i, p · stride + k · dilation - padding]` over the inputs `i` of the group
        /// of `o` and the elements `k` of the kernel, where `x` is 0 outside of the picture. The gradient of each
        /// operand is the same sum over the others. The [`Kernel`](crate::shape::Kernel) says how the weight slides,
        /// and so, when the program is compiled, how many places come out. A bias is added as `y + bias`, of shape
        /// `(O, 1, 1)`; [`Conv2d`](crate::nn::Conv2d) has one.
        ///
        /// Sums of `f16` and `bf16` are kept in `f32` and rounded once. NaN in a window is NaN at its place. A sum over
        /// nothing, of no channels, is 0; an empty batch gives an empty batch.
        pub trait Convolutions: Operand + Sized {$(
            $(#[$about])*
            #[track_caller]
            fn $name<W, K>(self, weight: W, kernel: K) -> ConvolutionOf<$R, Self, W, K>
            where
                W: Operand<S: Pictures<$R>>,
                Self::D: SameDevice<W::D>,
                Self::E: FloatingNode<Self::N>,
                W::N: NodeOver<Self::E, W::E>,
                Self::S: Pictures<$R>,
                K: Kernels<$R>,
                ChannelsOf<$R, W>: InGroups<K::Groups>,
                InputsOf<$R, W, K>: InChannels<ChannelsOf<$R, Self>>,
                OutputsOf<$R, W>: Divisible<K::Groups>,
                <W::S as Pictures<$R>>::Space: KernelSizes<SizesOf<$R, K>>,
                K::Slides: SlidesOver<SpaceOf<$R, Self>> + FitOver<SpaceOf<$R, Self>>,
            {
                let _ = kernel;
                let x = whole(self);
                let places = <K::Slides as SlidesOver<SpaceOf<$R, Self>>>::places(x.shape.parts().2);
                let weight = weight.ex();
                let weight = Ex::new(weight.node.node(), weight.shape, x.device);
                let sizes = channels::<$R, _, _, K>(x.shape, weight.shape);
                result_of::<Self, _, _>(convolved::<$R, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
            }

            /// The same over axes whose sizes, or whose number of places, only the run knows: each name makes a dim of
            /// the number of places along an axis.
            ///
            /// A kernel that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
            /// [`Error::Shape`](crate::Error::Shape).
            #[track_caller]
            fn $named<W, K, $($L: Dim),*>(
                self,
                weight: W,
                kernel: K,
                $($Name: impl FnOnce(usize) -> $L),*
            ) -> ConvolutionAs<$R, Self, W, ($($L,)*)>
            where
                W: Operand<S: Pictures<$R>>,
                Self::D: SameDevice<W::D>,
                Self::E: FloatingNode<Self::N>,
                W::N: NodeOver<Self::E, W::E>,
                Self::S: Pictures<$R>,
                K: Kernels<$R>,
                ChannelsOf<$R, W>: InGroups<K::Groups>,
                InputsOf<$R, W, K>: InChannels<ChannelsOf<$R, Self>>,
                OutputsOf<$R, W>: Divisible<K::Groups>,
                <W::S as Pictures<$R>>::Space: KernelSizes<SizesOf<$R, K>>,
            {
                let _ = kernel;
                let x = whole(self);
                let sizes = places(three(x.shape.parts().2), <K::Slides as Slides<$R>>::steps());
                let places = ($(counted(sizes[$place], $Name),)*);
                let weight = weight.ex();
                let weight = Ex::new(weight.node.node(), weight.shape, x.device);
                let sizes = channels::<$R, _, _, K>(x.shape, weight.shape);
                result_of::<Self, _, _>(convolved::<$R, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
            }
        )*}
    };
}

convolutions! {
    1 conv1d conv1d_as (length L 2)
        /// The convolution of `(N, C, L)` by `(O, C / groups, K)`.
        ///
        /// ```
        /// use congruent::prelude::*;
        /// let x = Cpu.tensor([[[1.0, 2.0, 3.0, 4.0]]]);
        /// let slopes = x.conv1d(&Cpu.tensor([[[-1.0, 0.0, 1.0]]]), Kernel::<3>).eval();
        /// assert_eq!(slopes, Cpu.tensor([[[2.0, 2.0]]]));
        /// ```
    ;
    2 conv2d conv2d_as (height L 1, width M 2)
        /// The convolution of `(N, C, H, W)` by `(O, C / groups, KH, KW)`.
        ///
        /// ```
        /// use congruent::prelude::*;
        /// dims! { Batch = ?, Rows = ?, Columns = ? }
        /// let (x, weight) = (Cpu.full((Batch(2), D::<3>, D::<8>, D::<8>), 1.0), Cpu.ones::<Shape![16, 3, 3, 3]>());
        /// let y: Tensor<(Batch, D<16>, D<4>, D<4>)> = x.conv2d(&weight, Kernel::<3, 2, 1>).eval();
        /// assert_eq!(y.as_slice()[5], 27.0);
        /// let x = Cpu.full((Batch(2), D::<3>, Rows(7), Columns(5)), 1.0);
        /// let y: Tensor<(Batch, D<16>, Rows, Columns)> = x.conv2d(&weight, Same::<3>).eval();
        /// dims! { Down = ?, Across = ? }
        /// let y = x.conv2d_as(&weight, Kernel::<3, 2>, Down, Across).eval();
        /// assert_eq!(y.shape(), (Batch(2), D::<16>, Down(3), Across(2)));
        /// ```
    ;
    3 conv3d conv3d_as (depth L 0, height M 1, width O 2)
        /// The convolution of `(N, C, D, H, W)` by `(O, C / groups, KD, KH, KW)`.
        ///
        /// ```
        /// use congruent::prelude::*;
        /// let (x, weight) = (Cpu.ones::<Shape![1, 2, 4, 5, 6]>(), Cpu.ones::<Shape![3, 2, 2, 2, 2]>());
        /// let y = x.conv3d(&weight, Kernel::<2>).eval();
        /// assert_eq!((y.shape(), y.as_slice()[0]), ((D::<1>, D::<3>, D::<3>, D::<4>, D::<5>), 16.0));
        /// ```
    ;
}
impl<X: Operand> Convolutions for X {}
