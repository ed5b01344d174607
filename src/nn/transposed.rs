//! Layers of transposed convolutions over one, two and three axes of space.
//!
//! Apart from `convolution`, whose weights have their outputs first: here inputs are.

use super::bias::ChannelBias;
use super::convolution::initial;
use super::features::{InputNode, ParamNode, input};
use super::layer::layer;
use super::{Init, InitialBias};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::graph::{BackOfBoth, Ex, Kind, Node, Op, Operand, Out};
use crate::model::{Forward, Model, Param, Part, Tree, Weights};
use crate::ops::NodeOver;
use crate::ops::movement::counted;
use crate::ops::windows::{TransposedConvolutionBack, grown, outputs, spread_out, three};
use crate::random::Key;
use crate::shape::{
    Divisible, FitOver, OfGroups, Pictures, Slides, SlidesOver, Space, TransposedChannels, TransposedFilters,
};

/// How the filter `K` slides.
type SlidesOf<const R: usize, K> = <K as TransposedFilters<R>>::Slides;
/// The outputs of each group.
type EachOf<const R: usize, O, K> = <O as OfGroups<<K as TransposedFilters<R>>::GroupCount>>::Each;

/// The shape of the weight of a transposed convolution: inputs, outputs of each group, the sizes of the filter.
pub type TransposedShape<const R: usize, I, O, K> =
    <<SlidesOf<R, K> as Slides<R>>::Sizes as Space>::Under<I, EachOf<R, O, K>>;

/// The places that the filter `K` spreads pictures of shape `S` to.
type PlacesOf<const R: usize, S, K> = <SlidesOf<R, K> as SlidesOver<<S as Pictures<R>>::Space>>::Places;

/// The shape that a transposed convolution gives of pictures of shape `S`.
pub type SpreadOut<const R: usize, S, O, K> = SpreadTo<R, S, O, PlacesOf<R, S, K>>;

/// The shape that it gives where its places are `L`.
pub type SpreadTo<const R: usize, S, O, L> = <L as Space>::Under<<S as Pictures<R>>::Batch, O>;

/// The graph of a transposed convolution over input of shape `S` and graph `N`.
pub type ConvTransposeNode<const R: usize, S, I, O, K, P, N, B = Param<(O,), P>> =
    ConvTransposeNodeAs<R, S, I, O, K, PlacesOf<R, S, K>, P, N, B>;

/// The graph of one whose places are `L`.
pub type ConvTransposeNodeAs<const R: usize, S, I, O, K, L, P, N, B = Param<(O,), P>> =
    <B as ChannelBias<R, O, P>>::Graph<
        Op<
            SpreadTo<R, S, O, L>,
            <P as Kind>::Elem,
            BackOfBoth<
                S,
                N,
                TransposedShape<R, I, O, K>,
                ParamNode<TransposedShape<R, I, O, K>, P>,
                TransposedConvolutionBack<<P as Kind>::Elem>,
            >,
        >,
    >;

/// A transposed convolution along one axis: `(N, I, L)` gives `(N, O, places)`.
///
/// As [`ConvTranspose2d`], over one axis.
///
/// ```
/// use congruent::prelude::*;
/// let layer = ConvTranspose1d::<D<3>, D<8>, TransposedFilter<4, 2, 1>>::new(Key::new(0));
/// let y = layer.infer(|m| m.forward(&Cpu.ones::<Shape![2, 3, 9]>()).eval())?;
/// assert_eq!(y.shape(), (D::<2>, D::<8>, D::<18>));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct ConvTranspose1d<I: Dim, O, K: TransposedFilters<1>, P: Part = Weights, B: Tree<P> = Param<(O,), P>>
where
    O: Dim + OfGroups<<K as TransposedFilters<1>>::GroupCount>,
{
    /// What each element of the pictures is spread over: (inputs, outputs / groups, the sizes of the filter).
    pub weight: Param<TransposedShape<1, I, O, K>, P>,
    /// What is added to each output: a parameter, or [`NoBias`](super::NoBias).
    pub bias: B,
}

/// A transposed convolution of pictures: `(N, I, H, W)` gives `(N, O, places down, places across)`.
///
/// What [`conv_transpose2d`](crate::ops::TransposedConvolutions::conv_transpose2d) says, and a bias. The third
/// parameter says how each element is spread: [`TransposedFilter<4, 2, 1>`](crate::shape::TransposedFilter) doubles
/// height and width; in [`Groups`](crate::shape::Groups) it has groups. PyTorch's layer, its names and shapes of
/// `weight` and `bias`, and its initial weights, `±1 / √(outputs of a group · filter)`; the bias begins as zero.
/// Shapes: weight `(I, O / groups, KH, KW)`, bias `(O,)`.
///
/// Without bias it is `ConvTranspose2d<I, O, K, P, NoBias>`: see [`NoBias`](super::NoBias). Height and width that only
/// the run knows go by [`forward_as`](Self::forward_as), which names those that come out.
///
/// ```
/// use congruent::{nn::Relu, prelude::*};
/// let key = Key::new(0);
/// let up = ConvTranspose2d::<D<8>, D<3>, TransposedFilter<4, 2, 1>>::new(key);
/// let model = (Conv2d::<D<1>, D<8>, Same<3>>::new(key), Relu, up);
/// let y = model.infer(|m| m.forward(&Cpu.ones::<Shape![2, 1, 6, 5]>()).eval())?;
/// assert_eq!(y.shape(), (D::<2>, D::<3>, D::<12>, D::<10>));
/// dims! { Rows = ?, Down = ?, Across = ? }
/// let x = Cpu.full((D::<2>, D::<8>, Rows(5), D::<7>), 1.0f32);
/// let y = model.2.infer(|up| up.forward_as(&x, Down, Across).eval())?;
/// assert_eq!(y.shape(), (D::<2>, D::<3>, Down(10), Across(14)));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct ConvTranspose2d<I: Dim, O, K: TransposedFilters<2>, P: Part = Weights, B: Tree<P> = Param<(O,), P>>
where
    O: Dim + OfGroups<<K as TransposedFilters<2>>::GroupCount>,
{
    /// What each element of the pictures is spread over: (inputs, outputs / groups, the sizes of the filter).
    pub weight: Param<TransposedShape<2, I, O, K>, P>,
    /// What is added to each output: a parameter, or [`NoBias`](super::NoBias).
    pub bias: B,
}

/// A transposed convolution over three axes: `(N, I, D, H, W)` gives `(N, O, ..)`.
///
/// As [`ConvTranspose2d`], over three axes.
///
/// ```
/// use congruent::prelude::*;
/// let layer = ConvTranspose3d::<D<2>, D<4>, TransposedFilter<2, 2>, Weights, NoBias>::new(Key::new(0));
/// let y = layer.infer(|m| m.forward(&Cpu.ones::<Shape![1, 2, 1, 2, 3]>()).eval())?;
/// assert_eq!(y.shape(), (D::<1>, D::<4>, D::<2>, D::<4>, D::<6>));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct ConvTranspose3d<I: Dim, O, K: TransposedFilters<3>, P: Part = Weights, B: Tree<P> = Param<(O,), P>>
where
    O: Dim + OfGroups<<K as TransposedFilters<3>>::GroupCount>,
{
    /// What each element of the pictures is spread over: (inputs, outputs / groups, the sizes of the filter).
    pub weight: Param<TransposedShape<3, I, O, K>, P>,
    /// What is added to each output: a parameter, or [`NoBias`](super::NoBias).
    pub bias: B,
}

macro_rules! layers {
    ($($Name:ident $R:literal $($L:ident $name:ident)*;)*) => {$(
        impl<I: Dim + Default, O, K: TransposedFilters<$R>, B: Tree<Weights>> $Name<I, O, K, Weights, B>
        where
            O: OfGroups<K::GroupCount> + Default,
        {
            /// `f32` on the CPU, weights by [`Init::DEFAULT`], bias zero.
            pub fn new(key: Key) -> Self
            where
                I: Divisible<K::GroupCount>,
                O: Divisible<K::GroupCount>,
                B: InitialBias<O, f32, Cpu>,
            {
                Self::init(Cpu, Init::DEFAULT, key)
            }
        }

        impl<I, O, K: TransposedFilters<$R>, E: Real, D: Device, B> $Name<I, O, K, Weights<E, D>, B>
        where
            I: Dim,
            O: OfGroups<K::GroupCount>,
            B: Tree<Weights<E, D>>,
        {
            /// Any element type, device and initialiser; bias zero.
            pub fn init(device: D, init: Init, key: Key) -> Self
            where
                I: Divisible<K::GroupCount> + Default,
                O: Divisible<K::GroupCount> + Default,
                B: InitialBias<O, E, D>,
            {
                Self::sized(device, I::default(), O::default(), init, key)
            }

            /// The same for channels whose number only the run knows.
            pub fn sized(device: D, inputs: I, outputs: O, init: Init, key: Key) -> Self
            where
                I: Divisible<K::GroupCount>,
                O: Divisible<K::GroupCount>,
                B: InitialBias<O, E, D>,
            {
                let weight = initial::<$R, O, I, K::Slides, K::GroupCount, E, D>(device, (outputs, inputs), init, key);
                $Name { weight: weight.into(), bias: B::initial(device, outputs) }
            }
        }

        impl<I: Dim, O, K: TransposedFilters<$R>, P: Part, B: Tree<P>> $Name<I, O, K, P, B>
        where
            O: OfGroups<K::GroupCount>,
        {
            /// The transposed convolution of `x`, and the bias.
            ///
            /// Channels whose number only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
            #[track_caller]
            pub fn forward<X>(
                self,
                x: X,
            ) -> Out<SpreadOut<$R, X::S, O, K>, P, ConvTransposeNode<$R, X::S, I, O, K, P, InputNode<X, P>, B>>
            where
                P: Forward<Dev: SameDevice<X::D>>,
                X: Operand<S: Pictures<$R>, N: NodeOver<P::Elem, X::E>>,
                I: TransposedChannels<<X::S as Pictures<$R>>::Channels>,
                K::Slides: SlidesOver<<X::S as Pictures<$R>>::Space> + FitOver<<X::S as Pictures<$R>>::Space>,
                B: ChannelBias<$R, O, P>,
            {
                let device = self.weight.raw.device;
                self.apply(input::<X, P>(x, device))
            }

            /// [`forward`](Self::forward) along axes whose sizes only the run knows: each name makes a dim of the
            /// number of places.
            ///
            /// A filter that gives no places raises [`Error::Value`](crate::Error::Value), a name of another size
            /// [`Error::Shape`](crate::Error::Shape).
            #[track_caller]
            pub fn forward_as<X, $($L: Dim),*>(
                self,
                x: X,
                $($name: impl FnOnce(usize) -> $L),*
            ) -> Out<
                SpreadTo<$R, X::S, O, ($($L,)*)>,
                P,
                ConvTransposeNodeAs<$R, X::S, I, O, K, ($($L,)*), P, InputNode<X, P>, B>,
            >
            where
                P: Forward<Dev: SameDevice<X::D>>,
                X: Operand<S: Pictures<$R>, N: NodeOver<P::Elem, X::E>>,
                I: TransposedChannels<<X::S as Pictures<$R>>::Channels>,
                B: ChannelBias<$R, O, P>,
            {
                let device = self.weight.raw.device;
                let x = input::<X, P>(x, device);
                let mut sizes = grown::<$R, K>(three(x.shape.parts().2)).into_iter().skip(3 - $R);
                self.spread(x, ($(counted(sizes.next().unwrap_or(1), $name),)*))
            }

            /// [`forward`](Self::forward) of what the compiler has been asked about already.
            #[track_caller]
            pub(super) fn apply<S: Pictures<$R>, N: Node<P::Elem>>(
                self,
                x: Ex<S, P::Elem, P::Dev, N>,
            ) -> Out<SpreadOut<$R, S, O, K>, P, ConvTransposeNode<$R, S, I, O, K, P, N, B>>
            where
                P: Forward,
                K::Slides: SlidesOver<S::Space>,
                B: ChannelBias<$R, O, P>,
            {
                let places = <K::Slides as SlidesOver<S::Space>>::places(x.shape.parts().2);
                self.spread(x, places)
            }

            /// The same to these places.
            #[track_caller]
            fn spread<S: Pictures<$R>, N: Node<P::Elem>, L: Space>(
                self,
                x: Ex<S, P::Elem, P::Dev, N>,
                places: L,
            ) -> Out<SpreadTo<$R, S, O, L>, P, ConvTransposeNodeAs<$R, S, I, O, K, L, P, N, B>>
            where
                P: Forward,
                B: ChannelBias<$R, O, P>,
            {
                let weight = self.weight.ex();
                let sizes = outputs::<$R, _, _, K, O>(LAW, x.shape, weight.shape);
                let y = spread_out::<$R, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places);
                self.bias.add(LAW, y)
            }
        }

        layer! {
            /// `(N, I, ..) → (N, O, ..)`
            [S: Pictures<$R>, I, O, K: TransposedFilters<$R>, P: Forward, B] $Name<I, O, K, P, B>,
            S to SpreadOut<$R, S, O, K>, ConvTransposeNode<$R, S, I, O, K, P, N, B>,
            where I: Dim + TransposedChannels<S::Channels>,
                O: OfGroups<K::GroupCount>,
                K::Slides: SlidesOver<S::Space> + FitOver<S::Space>,
                B: Tree<P> + ChannelBias<$R, O, P>,
        }
    )*};
}

/// What errors call the layers.
const LAW: &str = "transposed convolution layer";

layers! { ConvTranspose1d 1 L length; ConvTranspose2d 2 L height M width; ConvTranspose3d 3 L depth M height Q width; }
