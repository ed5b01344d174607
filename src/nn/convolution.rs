//! Convolution layers over one, two and three axes of space.

use super::bias::ChannelBias;
use super::features::{InputNode, ParamNode, input};
use super::layer::layer;
use super::{Init, InitialBias, Initialiser};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::differ;
use crate::graph::{BackOfBoth, Ex, Kind, Node, Op, Operand, Out};
use crate::model::{Forward, Model, Param, Part, Tree, Weights};
use crate::ops::NodeOver;
use crate::ops::windows::{ConvolutionBack, convolved};
use crate::random::Key;
use crate::shape::{
    Divisible, Filters, FitOver, GroupCount, InChannels, Mismatch, OfGroups, Pictures, Shape, Slides, SlidesOver, Space,
};
use crate::tensor::Tensor;

/// The groups of the filter `K`.
type GroupsOf<const R: usize, K> = <K as Filters<R>>::GroupCount;
/// How the filter `K` slides.
type SlidesOf<const R: usize, K> = <K as Filters<R>>::Slides;
/// Axes of space that a filter slides over, as places.
type PlacesOf<const R: usize, S, K> = <SlidesOf<R, K> as SlidesOver<<S as Pictures<R>>::Space>>::Places;

/// The shape of the weight of a convolution layer: outputs, inputs of each group, the sizes of the filter.
pub type FilterShape<const R: usize, I, O, K> =
    <<SlidesOf<R, K> as Slides<R>>::Sizes as Space>::Under<O, <I as OfGroups<GroupsOf<R, K>>>::Each>;

/// The shape that a convolution layer gives of pictures of shape `S`.
pub type Convolved<const R: usize, S, O, K> = <PlacesOf<R, S, K> as Space>::Under<<S as Pictures<R>>::Batch, O>;

/// The graph of a convolution layer over input of shape `S` and graph `N`.
pub type ConvolutionNode<const R: usize, S, I, O, K, P, N, B = Param<(O,), P>> =
    <B as ChannelBias<R, O, P>>::Graph<PicturesNode<R, S, I, O, K, P, N>>;

type PicturesNode<const R: usize, S, I, O, K, P, N> = Op<
    Convolved<R, S, O, K>,
    <P as Kind>::Elem,
    BackOfBoth<
        S,
        N,
        FilterShape<R, I, O, K>,
        ParamNode<FilterShape<R, I, O, K>, P>,
        ConvolutionBack<<P as Kind>::Elem>,
    >,
>;

/// The weight of a convolution layer.
type WeightOf<const R: usize, I, O, K, P> = Param<FilterShape<R, I, O, K>, P>;

/// A tensor of initial weights: axis 0 has all of its channels, axis 1 those of a group, which PyTorch counts as the
/// inputs of an element. They are outputs and inputs; of a transposed convolution the other way round.
pub(super) fn initial<const R: usize, I, O, L, G, E, D>(
    device: D,
    (inputs, outputs): (I, O),
    init: Init,
    key: Key,
) -> Tensor<<L::Sizes as Space>::Under<O, I::Each>, E, D>
where
    I: OfGroups<G>,
    O: Dim,
    L: Slides<R>,
    G: GroupCount,
    E: Real,
    D: Device,
{
    let each = inputs.size() / G::COUNT.max(1);
    let sizes = L::steps().map(|step| step.size);
    let (Some(space), Some(own)) = (L::Sizes::from_dims(&sizes[3 - R..]), I::Each::from_size(each)) else {
        panic!("the law has divided {} channels into other groups", inputs.size())
    };
    let window: usize = sizes.iter().product();
    device.initialised(space.under(outputs, own), init, (each * window, outputs.size() * window), key)
}

/// Pictures by a weight, and a bias.
#[track_caller]
fn forward<const R: usize, S, I, O, K, P, N, B>(
    x: Ex<S, P::Elem, P::Dev, N>,
    weight: WeightOf<R, I, O, K, P>,
    (inputs, outputs): (usize, O),
    bias: B,
) -> Out<Convolved<R, S, O, K>, P, ConvolutionNode<R, S, I, O, K, P, N, B>>
where
    S: Pictures<R>,
    I: OfGroups<K::GroupCount>,
    O: Dim,
    K: Filters<R, Slides: SlidesOver<S::Space>>,
    P: Forward,
    N: Node<P::Elem>,
    B: ChannelBias<R, O, P>,
{
    let weight = weight.ex();
    let (_, channels, space) = x.shape.parts();
    let groups = K::GroupCount::COUNT;
    if channels.size() != inputs * groups {
        differ(Mismatch::new("convolution layer", x.shape, weight.shape));
    }
    let places = <K::Slides as SlidesOver<S::Space>>::places(space);
    let y = convolved::<R, _, _, _, _, _, _, _, K::Slides, _>(x, weight, (outputs, inputs, groups), places);
    bias.add("convolution layer", y)
}

/// A convolution along one axis: `(N, I, L)` gives `(N, O, places)`.
///
/// As [`Conv2d`], over one axis.
///
/// ```
/// use congruent::prelude::*;
/// let layer = Conv1d::<D<3>, D<8>, Filter<5, 2>>::new(Key::new(0));
/// let y = layer.infer(|m| m.forward(&Cpu.ones::<Shape![2, 3, 17]>()).eval())?;
/// assert_eq!(y.shape(), (D::<2>, D::<8>, D::<7>));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct Conv1d<I, O: Dim, K: Filters<1>, P: Part = Weights, B: Tree<P> = Param<(O,), P>>
where
    I: Dim + OfGroups<<K as Filters<1>>::GroupCount>,
{
    /// What slides over the pictures: (outputs, inputs / groups, the sizes of the filter).
    pub weight: Param<FilterShape<1, I, O, K>, P>,
    /// What is added to each output: a parameter, or [`NoBias`](super::NoBias).
    pub bias: B,
}

/// A convolution of pictures: `(N, I, H, W)` gives `(N, O, places down, places across)`.
///
/// `y = x * weight + bias`, see [`conv2d`](crate::ops::Convolutions::conv2d). The third parameter says how the filter
/// slides: [`Filter<3, 2, 1>`](crate::shape::Filter) is 3 by 3, moves by 2, with 1 zero around the picture;
/// [`Same<3>`](crate::shape::Same) keeps the size; [`Groups<Same<3>, 8>`](crate::shape::Groups) has groups. PyTorch's
/// layer, its names and shapes of `weight` and `bias`, and its initial weights, `±1 / √(inputs · filter)`; the bias
/// begins as zero. Shapes: weight `(O, I / groups, KH, KW)`, bias `(O,)`. Height and width that only the run knows
/// go by `Same`.
///
/// Without bias it is `Conv2d<I, O, K, P, NoBias>`: see [`NoBias`](super::NoBias).
///
/// ```
/// use congruent::prelude::*;
/// dims! { Batch = ?, Classes = 10 }
///
/// #[derive(Model)]
/// struct Net<P: Part = Weights> {
///     first: Conv2d<D<1>, D<8>, Same<5>, P>,
///     second: Conv2d<D<8>, D<16>, Filter<3, 2, 1>, P>,
///     scores: Linear<D<784>, Classes, P>,
/// }
///
/// impl<P: Forward> Net<P> {
///     fn forward<B: Dim>(self, pictures: Ex![P; B, 1, 28, 28]) -> Ex![P; B, Classes] {
///         let seen = self.first.forward(pictures).relu().max_pool2d(Pool::<2>);
///         self.scores.forward(self.second.forward(seen).relu().flatten::<1>())
///     }
/// }
/// let key = Key::new(0);
/// let net = Net { first: Conv2d::new(key), second: Conv2d::new(key), scores: Linear::new(key) };
/// let pictures = Cpu.full((Batch(2), D::<1>, D::<28>, D::<28>), 0.5f32);
/// assert_eq!(net.infer(|m| m.forward(pictures.ex()).eval())?.shape(), (Batch(2), Classes));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct Conv2d<I, O: Dim, K: Filters<2>, P: Part = Weights, B: Tree<P> = Param<(O,), P>>
where
    I: Dim + OfGroups<<K as Filters<2>>::GroupCount>,
{
    /// What slides over the pictures: (outputs, inputs / groups, the sizes of the filter).
    pub weight: Param<FilterShape<2, I, O, K>, P>,
    /// What is added to each output: a parameter, or [`NoBias`](super::NoBias).
    pub bias: B,
}

/// A convolution over three axes: `(N, I, D, H, W)` gives `(N, O, ..)`.
///
/// As [`Conv2d`], over three axes.
///
/// ```
/// use congruent::prelude::*;
/// let layer = Conv3d::<D<2>, D<4>, Same<3>, Weights, NoBias>::new(Key::new(0));
/// let y = layer.infer(|m| m.forward(&Cpu.ones::<Shape![1, 2, 3, 4, 5]>()).eval())?;
/// assert_eq!(y.shape(), (D::<1>, D::<4>, D::<3>, D::<4>, D::<5>));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct Conv3d<I, O: Dim, K: Filters<3>, P: Part = Weights, B: Tree<P> = Param<(O,), P>>
where
    I: Dim + OfGroups<<K as Filters<3>>::GroupCount>,
{
    /// What slides over the pictures: (outputs, inputs / groups, the sizes of the filter).
    pub weight: Param<FilterShape<3, I, O, K>, P>,
    /// What is added to each output: a parameter, or [`NoBias`](super::NoBias).
    pub bias: B,
}

macro_rules! layers {
    ($($Name:ident $R:literal;)*) => {$(
        impl<I, O, K: Filters<$R>, B: Tree<Weights>> $Name<I, O, K, Weights, B>
        where
            I: OfGroups<K::GroupCount> + Default,
            O: Dim + Default,
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

        impl<I, O, K: Filters<$R>, E: Real, D: Device, B: Tree<Weights<E, D>>> $Name<I, O, K, Weights<E, D>, B>
        where
            I: OfGroups<K::GroupCount>,
            O: Dim,
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
                let weight = initial::<$R, I, O, K::Slides, K::GroupCount, E, D>(device, (inputs, outputs), init, key);
                $Name { weight: weight.into(), bias: B::initial(device, outputs) }
            }
        }

        impl<I: OfGroups<K::GroupCount>, O: Dim, K: Filters<$R>, P: Part, B: Tree<P>> $Name<I, O, K, P, B> {
            /// The convolution of `x`, and the bias.
            ///
            /// Channels whose number only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
            #[track_caller]
            pub fn forward<X>(
                self,
                x: X,
            ) -> Out<Convolved<$R, X::S, O, K>, P, ConvolutionNode<$R, X::S, I, O, K, P, InputNode<X, P>, B>>
            where
                P: Forward<Dev: SameDevice<X::D>>,
                X: Operand<S: Pictures<$R>, N: NodeOver<P::Elem, X::E>>,
                I: InChannels<<X::S as Pictures<$R>>::Channels>,
                K::Slides: SlidesOver<<X::S as Pictures<$R>>::Space> + FitOver<<X::S as Pictures<$R>>::Space>,
                B: ChannelBias<$R, O, P>,
            {
                let device = self.weight.raw.device;
                self.apply(input::<X, P>(x, device))
            }

            /// [`forward`](Self::forward) of what the compiler has been asked about already.
            #[track_caller]
            fn apply<S: Pictures<$R>, N: Node<P::Elem>>(
                self,
                x: Ex<S, P::Elem, P::Dev, N>,
            ) -> Out<Convolved<$R, S, O, K>, P, ConvolutionNode<$R, S, I, O, K, P, N, B>>
            where
                P: Forward,
                K::Slides: SlidesOver<S::Space>,
                B: ChannelBias<$R, O, P>,
            {
                let dims = self.weight.shape.dims();
                let Some(outputs) = O::from_size(dims[0]) else { panic!("the weight has other outputs than its type") };
                forward::<$R, _, I, _, K, _, _, _>(x, self.weight, (dims[1], outputs), self.bias)
            }
        }

        layer! {
            /// `(N, I, ..) → (N, O, ..)`
            [S: Pictures<$R>, I, O: Dim, K: Filters<$R>, P: Forward, B] $Name<I, O, K, P, B>,
            S to Convolved<$R, S, O, K>, ConvolutionNode<$R, S, I, O, K, P, N, B>,
            where I: OfGroups<K::GroupCount> + InChannels<S::Channels>,
                K::Slides: SlidesOver<S::Space> + FitOver<S::Space>,
                B: Tree<P> + ChannelBias<$R, O, P>,
        }
    )*};
}
layers! { Conv1d 1; Conv2d 2; Conv3d 3; }
