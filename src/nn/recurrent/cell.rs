//! One step of a recurrent layer, for loops of one's own.
//!
//! Apart from `layer` because there is no axis of time, and the state goes in and comes out.

use super::counts::{Counts, Elements};
use super::ends::Ends;
use super::layer::{Recurrent, RecurrentNode, part, starts, through};
use super::run::compare;
use super::start::OneState;
use super::width::{GateWidth, OfGates, StateWidth};
use super::{Gating, GruGates, LstmGates, RnnGates};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::graph::{Both, Expr, Keep, Operand, Out, Sharing};
use crate::layout::count;
use crate::model::{Forward, Model, Param, Part, Weights};
use crate::nn::features::{InputNode, input};
use crate::nn::{Init, Initialiser};
use crate::ops::NodeOver;
use crate::random::Key;
use crate::shape::{InFeatures, LastAxis};

/// One step of a recurrent layer: [`RnnCell`](super::RnnCell), [`LstmCell`](super::LstmCell) or
/// [`GruCell`](super::GruCell) by its formula `K`.
///
/// Parameters, their names, shapes and initial values are those of the layer, [`Recurrent`], and of PyTorch's cells,
/// whose files are read by `Import::pytorch()`. `(.., I)` and a state `(.., H)` give the next state.
#[derive(Model, Debug)]
pub struct RecurrentCell<K: Gating, I: Dim, H: OfGates<K::Gates>, P: Part = Weights> {
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

starts! { RecurrentCell }

impl<K: Gating, I: Dim, H: OfGates<K::Gates>, P: Part> RecurrentCell<K, I, H, P> {
    /// The layer of the same parameters, which takes all steps at once.
    pub fn layer(self) -> Recurrent<K, I, H, P> {
        let RecurrentCell { weight_ih, weight_hh, bias_ih, bias_hh, kind } = self;
        Recurrent { weight_ih, weight_hh, bias_ih, bias_hh, kind }
    }
}

impl<K: Gating, I: Dim, H: OfGates<K::Gates>, P: Part> Recurrent<K, I, H, P> {
    /// One step of the layer, with the same parameters: how a model that has read a sequence goes on.
    pub fn cell(self) -> RecurrentCell<K, I, H, P> {
        let Recurrent { weight_ih, weight_hh, bias_ih, bias_hh, kind } = self;
        RecurrentCell { weight_ih, weight_hh, bias_ih, bias_hh, kind }
    }
}

/// The shape of a state beside features of shape `S`.
type Beside<S, H> = <S as LastAxis>::WithLast<H>;

/// The graph of a start.
type StartNode<S, H, Z> = OneState<Beside<S, H>, <Z as Operand>::N>;

macro_rules! one_state {
    ($($Gates:ident $law:literal;)*) => {$(
        impl<I: Dim, H: OfGates<<$Gates as Gating>::Gates>, P: Part> RecurrentCell<$Gates, I, H, P> {
            /// The state after a step, from the one before it.
            ///
            /// Sizes that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
            #[track_caller]
            pub fn forward<X, Z>(
                self,
                x: X,
                state: Z,
            ) -> Out<
                Beside<X::S, H>,
                P,
                RecurrentNode<Beside<X::S, H>, $Gates, X::S, I, H, P, InputNode<X, P>, StartNode<X::S, H, Z>>,
            >
            where
                P: Forward<Dev: SameDevice<X::D>>,
                X: Operand<S: LastAxis, N: NodeOver<P::Elem, X::E>>,
                I: InFeatures<<X::S as LastAxis>::Last>,
                Z: Expr<Beside<X::S, H>, P>,
            {
                let (hidden, device) = (self.weight_hh.shape.0, self.weight_ih.raw.device);
                let (x, state) = (input::<X, P>(x, device), state.ex());
                let shape = x.shape.with_last(hidden);
                compare($law, x.shape, state.shape, shape);
                let counts = [count(x.shape.init()), 1];
                through(self.layer(), x, (OneState(state.given()), counts, Ends::All), |_| shape)
            }
        }
    )*};
}
one_state! { RnnGates "rnn"; GruGates "gru"; }

impl<I: Dim, H: OfGates<<LstmGates as Gating>::Gates>, P: Part> RecurrentCell<LstmGates, I, H, P> {
    /// State and cell after a step, from those before it.
    ///
    /// Both may be used any number of times, inside of the call that they are computed in. Sizes that only the run
    /// knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X, Z, C>(self, x: X, (state, cell): (Z, C)) -> (Keep<Beside<X::S, H>, P>, Keep<Beside<X::S, H>, P>)
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: LastAxis, N: NodeOver<P::Elem, X::E>>,
        I: InFeatures<<X::S as LastAxis>::Last>,
        Z: Expr<Beside<X::S, H>, P>,
        C: Expr<Beside<X::S, H>, P>,
    {
        let (hidden, device) = (self.weight_hh.shape.0, self.weight_ih.raw.device);
        let (x, state, cell) = (input::<X, P>(x, device), state.ex(), cell.ex());
        let shape = x.shape.with_last(hidden);
        compare("lstm", x.shape, state.shape, shape);
        compare("lstm", x.shape, cell.shape, shape);
        let (mut place, counts) = (0, [count(x.shape.init()), 1]);
        let start = Both(state.given(), cell.given());
        let all = through(self.layer(), x, (start, counts, Ends::All), |counts: Counts| {
            place = counts.of_all(1);
            (Elements(counts.of_all(2)),)
        });
        let all = all.keep();
        (part::<_, P>(all, 0, shape), part::<_, P>(all, place, shape))
    }
}
