//! Transposed convolutions: one over any number of axes with its gradient, and the methods.
//!
//! Apart from `convolution`: the work on the device is the same, and changes places. What is the gradient of pictures
//! there is the value here, and the other way round.

use super::convolved::{SpaceOf, three};
use crate::device::{Buf, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::{Error, differ, raise};
use crate::graph::{Behind, Both, Differentiable, Ex, Given, Node, Operand, RuledByBoth, SlopeRule};
use crate::layout::count;
use crate::loops::{Convolution, Walk};
use crate::ops::movement::counted;
use crate::ops::{FloatingNode, NodeOver, OtherGraphOf, RuledByBothOf, result_of, whole};
use crate::shape::{
    Divisible, FilterSizes, FitOver, GroupCount, InGroups, Mismatch, Pictures, Shape, Slides, SlidesOver, Space,
    TransposedChannels, TransposedFilters, spread,
};

/// The channels of pictures `S`.
type Channels<const R: usize, S> = <S as Pictures<R>>::Channels;
/// The outputs of all groups of a weight of shape `SW`.
type Outputs<const R: usize, SW, K> = <Channels<R, SW> as InGroups<<K as TransposedFilters<R>>::GroupCount>>::All;
/// The sizes of the filter `K`.
type Sizes<const R: usize, K> = <<K as TransposedFilters<R>>::Slides as Slides<R>>::Sizes;
/// The places that `K` spreads the operand `X` to.
type PlacesOf<const R: usize, X, K> = <<K as TransposedFilters<R>>::Slides as SlidesOver<SpaceOf<R, X>>>::Places;

/// What a transposed convolution of `X` by `W` gives whose places are `P`.
pub type TransposedConvolutionAs<const R: usize, X, W, K, P> = RuledByBothOf<
    X,
    W,
    <P as Space>::Under<<<X as Operand>::S as Pictures<R>>::Batch, Outputs<R, <W as Operand>::S, K>>,
    TransposedConvolutionBack<<X as Operand>::E>,
>;

/// What a transposed convolution of `X` by `W` gives.
pub type TransposedConvolutionOf<const R: usize, X, W, K> = TransposedConvolutionAs<R, X, W, K, PlacesOf<R, X, K>>;

/// The transposed convolution of pictures by a weight, of which the laws have been asked: its outputs, those of each
/// group, the number of groups; `places` are those of the result.
#[track_caller]
pub(crate) fn spread_out<const R: usize, S, SW, O, E, D, N, M, K, P>(
    x: Ex<S, E, D, N>,
    weight: Ex<SW, E, D, M>,
    (outputs, each, groups): (O, usize, usize),
    places: P,
) -> RuledByBoth<Ex<S, E, D, N>, Ex<SW, E, D, M>, P::Under<S::Batch, O>, TransposedConvolutionBack<E>>
where
    S: Pictures<R>,
    SW: Shape,
    O: Dim,
    E: Real,
    D: Device,
    N: Node<E>,
    M: Node<E>,
    K: Slides<R>,
    P: Space,
{
    let (device, shape) = (x.device, x.shape);
    let (batch, channels, space) = shape.parts();
    let out_shape = places.under(batch, outputs);
    count(out_shape);
    // Also where there is no picture: numbers of places are multiplied.
    count(places);
    count(space);
    let how = Convolution {
        walk: Walk { space: three(places), steps: K::steps(), places: three(space) },
        batch: batch.size(),
        groups,
        inputs: each,
        outputs: channels.size() / groups.max(1),
    };
    let (pictures, filter) = (x.materialise(), weight.materialise());
    let out = device.convolve_to_pictures(&how, &pictures, &filter);
    let weight = weight.given();
    let wanted = [x.node.live(), Behind::<E>::live(&weight)];
    let back = TransposedConvolutionBack { how, x: wanted[1].then_some(pictures), weight: wanted[0].then_some(filter) };
    x.ruled_with(weight, out, out_shape, back)
}

/// The rule of a transposed convolution: that of pictures is a convolution, that of the weight the one of a
/// convolution whose pictures and gradient change places.
pub struct TransposedConvolutionBack<E> {
    how: Convolution,
    x: Option<Buf<E>>,
    weight: Option<Buf<E>>,
}

impl<S, SW, E, N, M> SlopeRule<E, Both<Given<S, N>, Given<SW, M>>> for TransposedConvolutionBack<E>
where
    S: Shape,
    SW: Shape,
    E: Real,
    N: Differentiable<E>,
    M: Differentiable<E>,
{
    fn slopes<D: Device>(
        self,
        device: D,
        operands: &Both<Given<S, N>, Given<SW, M>>,
        gradient: Buf<E>,
        out: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        drop(out);
        let (how, [of_x, of_weight]) = (&self.how, operands.wanted());
        let to_weight = self.x.filter(|_| of_weight).map(|x| device.convolve_to_weight(how, &x, &gradient));
        let to_x = self.weight.filter(|_| of_x).map(|weight| device.convolve(how, &gradient, &weight));
        [to_x, to_weight]
    }
}

/// The outputs of a weight, those of each group, the number of these. Channels whose number only the run knows raise
/// their difference.
#[track_caller]
pub(crate) fn outputs<const R: usize, S, SW, K, O: Dim>(law: &'static str, shape: S, weight: SW) -> (O, usize, usize)
where
    S: Pictures<R>,
    SW: Shape,
    K: TransposedFilters<R>,
{
    let (groups, dims) = (K::GroupCount::COUNT, weight.dims());
    if shape.parts().1.size() != dims[0] {
        differ(Mismatch::new(law, shape, weight));
    }
    let all = O::from_size(dims[1] * groups);
    (all.unwrap_or_else(|| differ(Mismatch::new(law, shape, weight))), dims[1], groups)
}

/// The places that the run counts; [`Error::Value`] where a filter gives none.
#[track_caller]
fn grown<const R: usize, K: TransposedFilters<R>>(space: [usize; 3]) -> [usize; 3] {
    let (steps, extra) = (K::Slides::steps(), K::extra());
    std::array::from_fn(|axis| {
        let (len, step, extra) = (space[axis], steps[axis], extra[axis]);
        spread(len, step, extra).unwrap_or_else(|| {
            let found = format!(
                "size {} (stride {}, padding {}, output padding {extra}, dilation {}) on an axis of length {len}",
                step.size, step.stride, step.before, step.dilation
            );
            raise(Error::Value {
                what: "filter of a transposed convolution",
                found,
                rule: "it gives no places: (length - 1) * stride + dilation * (size - 1) + output padding >= 2 * \
                       padding, none of them 0, output padding less than stride or dilation",
            })
        })
    })
}

/// The weight, over the elements and on the device of the pictures `X`.
fn other<X: Operand, W>(device: X::D, weight: W) -> Ex<W::S, X::E, X::D, OtherGraphOf<X, W>>
where
    X::E: Real,
    W: Operand<N: NodeOver<X::E, W::E>>,
{
    let weight = weight.ex();
    Ex::new(weight.node.node(), weight.shape, device)
}

/// What errors call the operation.
const LAW: &str = "transposed convolution";

macro_rules! methods {
    ($($R:literal: $(#[$about:meta])* $name:ident, $(#[$about_as:meta])* $name_as:ident
        ($($axis:ident $L:ident at $at:literal),*);)*) => {
        /// Transposed convolutions of pictures `(N, C, ..)` by weights `(C, O / groups, ..)`: PyTorch's
        /// `conv_transpose1d`, `conv_transpose2d` and `conv_transpose3d`, also called deconvolutions.
        ///
        /// `y[n, o, p · stride + k · dilation - padding] += w[c, o, k] · x[n, c, p]` over all channels `c` of the group,
        /// places `p` and elements `k` of the filter: what a convolution of the same numbers has as the gradient of
        /// its pictures. The gradient of `x` is that convolution of `dy`; that of `w` is the same sum over the others.
        /// The [`TransposedFilter`](crate::shape::TransposedFilter) says how many places come out when the program is
        /// compiled. A bias is added as `y + bias`, of shape `(O, 1, 1)`;
        /// [`ConvTranspose2d`](crate::nn::ConvTranspose2d) has one.
        ///
        /// What meets at an element is added in `f64`, products of `f16` and `bf16` in `f32`, and rounded once. NaN
        /// reaches all that it is spread over. A sum over nothing, of no channels, is 0; an empty batch gives an empty
        /// batch. The compiler refuses an axis of length 0, a size, stride or dilation of 0, padding that leaves
        /// nothing and output padding that is no less than stride and dilation; where the run counts the places,
        /// [`Error::Value`](crate::Error::Value) does.
        pub trait TransposedConvolutions: Operand + Sized {
            $(
                $(#[$about])*
                #[track_caller]
                fn $name<W, K>(self, weight: W, filter: K) -> TransposedConvolutionOf<$R, Self, W, K>
                where
                    W: Operand<S: Pictures<$R>>,
                    Self::D: SameDevice<W::D>,
                    Self::E: FloatingNode<Self::N>,
                    W::N: NodeOver<Self::E, W::E>,
                    Self::S: Pictures<$R>,
                    K: TransposedFilters<$R>,
                    <W::S as Pictures<$R>>::Batch: TransposedChannels<Channels<$R, Self::S>> + Divisible<K::GroupCount>,
                    Channels<$R, W::S>: InGroups<K::GroupCount>,
                    <W::S as Pictures<$R>>::Space: FilterSizes<Sizes<$R, K>>,
                    K::Slides: SlidesOver<SpaceOf<$R, Self>> + FitOver<SpaceOf<$R, Self>>,
                {
                    let (x, _) = (whole(self), filter);
                    let places = <K::Slides as SlidesOver<SpaceOf<$R, Self>>>::places(x.shape.parts().2);
                    let weight = other::<Self, W>(x.device, weight);
                    let sizes = outputs::<$R, _, _, K, _>(LAW, x.shape, weight.shape);
                    result_of::<Self, _, _>(spread_out::<$R, _, _, _, _, _, _, _, K::Slides, _>(
                        x, weight, sizes, places,
                    ))
                }

                $(#[$about_as])*
                #[track_caller]
                fn $name_as<W, K, $($L: Dim),*>(
                    self,
                    weight: W,
                    filter: K,
                    $($axis: impl FnOnce(usize) -> $L),*
                ) -> TransposedConvolutionAs<$R, Self, W, K, ($($L,)*)>
                where
                    W: Operand<S: Pictures<$R>>,
                    Self::D: SameDevice<W::D>,
                    Self::E: FloatingNode<Self::N>,
                    W::N: NodeOver<Self::E, W::E>,
                    Self::S: Pictures<$R>,
                    K: TransposedFilters<$R>,
                    <W::S as Pictures<$R>>::Batch: TransposedChannels<Channels<$R, Self::S>> + Divisible<K::GroupCount>,
                    Channels<$R, W::S>: InGroups<K::GroupCount>,
                    <W::S as Pictures<$R>>::Space: FilterSizes<Sizes<$R, K>>,
                {
                    let (x, _) = (whole(self), filter);
                    let sizes = grown::<$R, K>(three(x.shape.parts().2));
                    let places = ($(counted(sizes[$at], $axis),)*);
                    let weight = other::<Self, W>(x.device, weight);
                    let sizes = outputs::<$R, _, _, K, _>(LAW, x.shape, weight.shape);
                    result_of::<Self, _, _>(spread_out::<$R, _, _, _, _, _, _, _, K::Slides, _>(
                        x, weight, sizes, places,
                    ))
                }
            )*
        }
    };
}

methods! {
    1:
    /// The transposed convolution of `(N, C, L)` by `(C, O / groups, K)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0, 2.0]]]);
    /// let y = x.conv_transpose1d(&Cpu.tensor([[[1.0, 1.0, 1.0]]]), TransposedFilter::<3>).eval();
    /// assert_eq!(y, Cpu.tensor([[[1.0, 3.0, 3.0, 2.0]]]));
    /// ```
    conv_transpose1d,
    /// [`conv_transpose1d`](TransposedConvolutions::conv_transpose1d) along axes whose sizes only the run knows: each
    /// name makes a dim of the number of places.
    ///
    /// A filter that gives no places raises [`Error::Value`](crate::Error::Value), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    conv_transpose1d_as(length L at 2);
    2:
    /// The transposed convolution of `(N, C, H, W)` by `(C, O / groups, KH, KW)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ?, Rows = ?, Down = ?, Across = ? }
    /// let (x, weight) = (Cpu.full((Batch(2), D::<3>, D::<4>, D::<4>), 1.0), Cpu.ones::<Shape![3, 8, 2, 2]>());
    /// let y: Tensor<(Batch, D<8>, D<8>, D<8>)> = x.conv_transpose2d(&weight, TransposedFilter::<2, 2>).eval();
    /// assert!(y.as_slice().iter().all(|&y| y == 3.0));
    /// let x = Cpu.full((D::<1>, D::<3>, Rows(5), D::<2>), 1.0);
    /// let y = x.conv_transpose2d_as(&weight, TransposedFilter::<2, 2, 0, 1>, Down, Across).eval();
    /// assert_eq!(y.shape(), (D::<1>, D::<8>, Down(11), Across(5)));
    /// ```
    conv_transpose2d,
    /// [`conv_transpose2d`](TransposedConvolutions::conv_transpose2d) along axes whose sizes only the run knows: each
    /// name makes a dim of the number of places.
    ///
    /// A filter that gives no places raises [`Error::Value`](crate::Error::Value), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    conv_transpose2d_as(height L at 1, width M at 2);
    3:
    /// The transposed convolution of `(N, C, D, H, W)` by `(C, O / groups, KD, KH, KW)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, weight) = (Cpu.ones::<Shape![1, 2, 1, 2, 3]>(), Cpu.ones::<Shape![2, 4, 2, 2, 2]>());
    /// let y = x.conv_transpose3d(&weight, TransposedFilter::<2, 2>).eval();
    /// assert_eq!((y.shape(), y.as_slice()[0]), ((D::<1>, D::<4>, D::<2>, D::<4>, D::<6>), 2.0));
    /// ```
    conv_transpose3d,
    /// [`conv_transpose3d`](TransposedConvolutions::conv_transpose3d) along axes whose sizes only the run knows: each
    /// name makes a dim of the number of places.
    ///
    /// A filter that gives no places raises [`Error::Value`](crate::Error::Value), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    conv_transpose3d_as(depth L at 0, height M at 1, width Q at 2);
}
impl<X: Operand> TransposedConvolutions for X {}
