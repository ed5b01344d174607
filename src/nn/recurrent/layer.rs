//! Recurrent layers over sequences, whatever their formula.
//!
//! Apart from the formulas because parameters, shapes and starts are the same for all of them.

use super::counts::{Counts, Elements};
use super::ends::Ends;
use super::gating::Gating;
use super::operation::{RecurrentBack, Sources, recurrence};
use super::start::{Start, Through};
use super::steps::TimeAxis;
use super::width::{GateWidth, OfGates, StateWidth};
use crate::device::{Buf, Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::graph::{Backward, Ex, Keep, Kind, Node, Op, Operand, Out, Sharing, Three, Viewed};
use crate::layout::{Axes, Strided};
use crate::model::{Forward, Model, Param, Part, Weights};
use crate::nn::features::{InputNode, ParamNode, check_width, input};
use crate::nn::layer::layer;
use crate::nn::linear::{Linear, LinearNode};
use crate::nn::{Init, Initialiser};
use crate::ops::NodeOver;
use crate::random::Key;
use crate::shape::{InFeatures, LastAxis, Shape};

/// A recurrent layer: [`Rnn`](super::Rnn), [`Lstm`](super::Lstm) or [`Gru`](super::Gru) by its formula `K`.
///
/// Shapes: `(.., T, I)` gives `(.., T, H)`; `weight_ih` is `(I, G · H)`, `weight_hh` `(H, G · H)`, biases `(G · H,)`
/// with the number of gates `G`, which is 1, 4 and 3. `T` and the axes before it are static or counted by the run, `H`
/// is static. All parameters begin uniform in `±1 / √H`, as in PyTorch. Of no time there is no output, and the last
/// state is the first one.
///
/// The products of the input are one for all times. Gradients go back through all times, to all parameters, to the
/// input and to the start; the gradient of `weight_hh` is one product of all times, too. Beside operands and results
/// the operation keeps, where a gradient will come, the states and their products with `weight_hh`.
///
/// Parameters, their names and the order of gates are those of PyTorch's cells; its layers put `_l0` behind a name:
/// `Import::pytorch().rename(|name| name.replace("_l0", ""))` takes it away. A second layer of PyTorch's
/// (`num_layers=2`) is a tuple `(Gru<I, H>, Gru<H, H>)`.
#[derive(Model, Debug)]
pub struct Recurrent<K: Gating, I: Dim, H: OfGates<K::Gates>, P: Part = Weights> {
    /// What multiplies the input.
    #[model(transposed)]
    pub weight_ih: Param<(I, GateWidth<K, H>), P>,
    /// What multiplies the state.
    #[model(transposed)]
    pub weight_hh: Param<(H, GateWidth<K, H>), P>,
    /// What is added to the product with the input.
    pub bias_ih: Param<(GateWidth<K, H>,), P>,
    /// What is added to the product with the state.
    pub bias_hh: Param<(GateWidth<K, H>,), P>,
    /// The formula of a step.
    pub kind: K,
}

macro_rules! starts {
    ($Name:ident) => {
        impl<K: Gating, I: Dim + Default, H: OfGates<K::Gates>> $Name<K, I, H> {
            /// `f32` on the CPU, all parameters by [`Init::DEFAULT`]: uniform in `±1 / √H`.
            pub fn new(key: Key) -> Self
            where
                H: StateWidth,
            {
                Self::init(Cpu, Init::DEFAULT, key)
            }
        }

        impl<K: Gating, I: Dim, H: OfGates<K::Gates>, E: Real, D: Device> $Name<K, I, H, Weights<E, D>> {
            /// Any element type, device and initialiser, which counts `H` inputs and outputs for all parameters.
            pub fn init(device: D, init: Init, key: Key) -> Self
            where
                I: Default,
                H: StateWidth,
            {
                Self::sized(device, I::default(), init, key)
            }

            /// The same for a number of input features that only the run knows.
            pub fn sized(device: D, inputs: I, init: Init, key: Key) -> Self
            where
                H: StateWidth,
            {
                let (hidden, gates) = (H::default(), GateWidth::<K, H>::default());
                let fans = (hidden.size(), hidden.size());
                $Name {
                    weight_ih: device.initialised((inputs, gates), init, fans, key.fold_in(0)).into(),
                    weight_hh: device.initialised((hidden, gates), init, fans, key.fold_in(1)).into(),
                    bias_ih: device.initialised((gates,), init, fans, key.fold_in(2)).into(),
                    bias_hh: device.initialised((gates,), init, fans, key.fold_in(3)).into(),
                    kind: K::default(),
                }
            }
        }
    };
}
pub(super) use starts;
starts! { Recurrent }

/// The graph of a recurrence that gives a tensor of shape `SO`, over input of shape `S` and graph `N`, from a start
/// `Z`.
pub type RecurrentNode<SO, K, S, I, H, P, N, Z> =
    Op<SO, <P as Kind>::Elem, Backward<SourcesOf<K, S, I, H, P, N, Z>, RecurrentBack<K, <P as Kind>::Elem>>>;

type SourcesOf<K, S, I, H, P, N, Z> = Sources<
    <S as LastAxis>::WithLast<GateWidth<K, H>>,
    LinearNode<S, I, GateWidth<K, H>, P, N>,
    (H, GateWidth<K, H>),
    ParamNode<(H, GateWidth<K, H>), P>,
    (GateWidth<K, H>,),
    ParamNode<(GateWidth<K, H>,), P>,
    Z,
>;

/// The start of a recurrence that begins as zeros.
pub(super) type Zeros<K, P> = <K as Gating>::Zeros<<P as Kind>::Elem>;

/// The shape of the states at all times.
pub type OutputsOf<S, H> = <S as LastAxis>::WithLast<H>;

/// A recurrence over input of shape `S`, from a start, that gives the states at all times in a shape `SO`.
#[track_caller]
pub(super) fn through<SO, K, S, I, H, P, N, Z>(
    Recurrent { weight_ih, weight_hh, bias_ih, bias_hh, kind }: Recurrent<K, I, H, P>,
    x: Ex<S, P::Elem, P::Dev, N>,
    (start, [examples, times], ends): (Z, [usize; 2], Ends),
    shape: impl FnOnce(Counts) -> SO,
) -> Out<SO, P, RecurrentNode<SO, K, S, I, H, P, N, Z>>
where
    SO: Shape,
    K: Gating,
    S: LastAxis,
    I: Dim,
    H: OfGates<K::Gates>,
    P: Forward,
    N: Node<P::Elem>,
    Z: Start<P::Elem, Slopes = K::States<Option<Buf<P::Elem>>>>,
{
    check_width(K::NAME, x.shape, weight_ih.shape);
    let device = x.device;
    let counts = Counts { examples, times, units: weight_hh.shape.0.size(), gates: K::Gates::default().size() };
    let gates = Linear { weight: weight_ih, bias: bias_ih }.apply(x);
    let same = Three(gates.given(), weight_hh.ex().given(), bias_hh.ex().given());
    recurrence(kind, device, Through(same, start), (counts, ends), shape(counts))
}

/// A part of outputs and last states, as a tensor of its own.
pub(super) fn part<S: Shape, P: Forward>(all: Keep<(Elements,), P>, start: usize, shape: S) -> Keep<S, P> {
    let Ex { node, shape: own, device, .. } = all.ex();
    let axes = Axes::contiguous(shape);
    let view = Viewed::new(device, node, own, |there| Strided { offset: there.offset + start, axes, ..there });
    Ex::new(view, shape, device).keep()
}

impl<K: Gating, I: Dim, H: OfGates<K::Gates>, P: Part> Recurrent<K, I, H, P> {
    /// The states at all times, from zeros.
    ///
    /// Widths that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X>(
        self,
        x: X,
    ) -> Out<OutputsOf<X::S, H>, P, RecurrentNode<OutputsOf<X::S, H>, K, X::S, I, H, P, InputNode<X, P>, Zeros<K, P>>>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: TimeAxis, N: NodeOver<P::Elem, X::E>>,
        I: InFeatures<<X::S as LastAxis>::Last>,
    {
        let device = self.weight_ih.raw.device;
        self.apply(input::<X, P>(x, device))
    }

    /// [`forward`](Self::forward) of what the compiler has been asked about already.
    #[track_caller]
    fn apply<S: TimeAxis, N: Node<P::Elem>>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Out<OutputsOf<S, H>, P, RecurrentNode<OutputsOf<S, H>, K, S, I, H, P, N, Zeros<K, P>>>
    where
        P: Forward,
    {
        let (shape, counts) = (x.shape.with_last(self.weight_hh.shape.0), x.shape.counts());
        through(self, x, (Zeros::<K, P>::default(), counts, Ends::All), |_| shape)
    }
}

layer! {
    /// `(.., T, I) → (.., T, H)`
    [K: Gating, S: TimeAxis, I: Dim + InFeatures<S::Last>, H: OfGates<K::Gates>, P: Forward] Recurrent<K, I, H, P>,
    S to OutputsOf<S, H>, RecurrentNode<OutputsOf<S, H>, K, S, I, H, P, N, Zeros<K, P>>
}
