//! From a start to the last state: sequences that go on, and one step at a time.
//!
//! Apart from `layer` because a state is one tensor or, of an LSTM, two.

use super::counts::{Counts, Elements};
use super::ends::Ends;
use super::layer::{OutputsOf, Recurrent, part, through};
use super::start::OneState;
use super::steps::{StateOf, TimeAxis};
use super::width::OfGates;
use super::{GruGates, LstmGates, RnnGates};
use crate::device::SameDevice;
use crate::dims::Dim;
use crate::error::differ;
use crate::graph::{Both, Expr, Keep, Node, Operand, Out, Sharing};
use crate::model::{Forward, Part};
use crate::nn::features::input;
use crate::ops::NodeOver;
use crate::shape::{InFeatures, LastAxis, Mismatch, Shape};

/// Raises where a start has other run-time sizes than the states of the layer.
#[track_caller]
pub(super) fn compare<X: Shape, S: Shape>(law: &'static str, x: X, start: S, wanted: S) {
    if start.dims().as_slice() != wanted.dims().as_slice() {
        differ(Mismatch::new(law, x, start));
    }
}

macro_rules! one_state {
    ($($Gates:ident $law:literal;)*) => {$(
        impl<I: Dim, H: OfGates<<$Gates as super::Gating>::Gates>, P: Part> Recurrent<$Gates, I, H, P> {
            /// The states at all times and the last one, from a start `(.., H)`: `(.., T, H)` and `(.., H)`.
            ///
            /// Both may be used any number of times, inside of the call that they are computed in. Sizes that only the
            /// run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
            #[track_caller]
            pub fn run<X, Z>(self, x: X, start: Z) -> (Keep<OutputsOf<X::S, H>, P>, Keep<StateOf<X::S, H>, P>)
            where
                P: Forward<Dev: SameDevice<X::D>>,
                X: Operand<S: TimeAxis, N: NodeOver<P::Elem, X::E>>,
                I: InFeatures<<X::S as LastAxis>::Last>,
                Z: Expr<StateOf<X::S, H>, P>,
            {
                let x = input::<X, P>(x, self.weight_ih.raw.device);
                self.from_start(x.shape, (x, Ends::All), start)
            }

            /// The same of sequences of shape `S`, whatever the shape of their memory is, that end somewhere.
            #[track_caller]
            pub(super) fn from_start<S, SX, N, Z>(
                self,
                shape: S,
                (x, ends): (Out<SX, P, N>, Ends),
                start: Z,
            ) -> (Keep<OutputsOf<S, H>, P>, Keep<StateOf<S, H>, P>)
            where
                P: Forward,
                S: TimeAxis,
                SX: LastAxis,
                N: Node<P::Elem>,
                Z: Expr<StateOf<S, H>, P>,
            {
                let (hidden, start) = (self.weight_hh.shape.0, start.ex());
                let (outputs, state, counts) = (shape.with_last(hidden), shape.state(hidden), shape.counts());
                compare($law, shape, start.shape, state);
                let mut place = 0;
                let all = through(self, x, (OneState(start.given()), counts, ends), |counts: Counts| {
                    place = counts.of_outputs();
                    (Elements(counts.of_all(1)),)
                });
                let all = all.keep();
                (part::<_, P>(all, 0, outputs), part::<_, P>(all, place, state))
            }
        }
    )*};
}
one_state! { RnnGates "rnn"; GruGates "gru"; }

/// States at all times, and the last state and cell.
pub(super) type StatesAndLast<S, H, P> = (Keep<OutputsOf<S, H>, P>, (Keep<StateOf<S, H>, P>, Keep<StateOf<S, H>, P>));

impl<I: Dim, H: OfGates<<LstmGates as super::Gating>::Gates>, P: Part> Recurrent<LstmGates, I, H, P> {
    /// The states at all times, the last one and the last cell, from a state and a cell `(.., H)`: `(.., T, H)`, and
    /// twice `(.., H)`.
    ///
    /// All may be used any number of times, inside of the call that they are computed in. Sizes that only the run knows
    /// raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let lstm = Lstm::<D<3>, D<4>>::new(Key::new(0));
    /// let (x, zeros) = (Cpu.uniform((D::<2>, D::<6>, D::<3>), Key::new(1), -1.0, 1.0), Cpu.zeros::<Shape![2, 4]>());
    /// let [whole, halves] = lstm.infer(|m| {
    ///     let (_, (whole, _)) = m.run(&x, (&zeros, &zeros));
    ///     let (_, (h, c)) = m.run(x.narrow::<1, _>(0, D::<3>), (&zeros, &zeros));
    ///     let (_, (halves, _)) = m.run(x.narrow::<1, _>(3, D::<3>), (h, c));
    ///     [whole.eval(), halves.eval()]
    /// })?;
    /// assert!(whole.allclose(&halves, 1e-6, 1e-6));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn run<X, Z, C>(self, x: X, (start, cell): (Z, C)) -> StatesAndLast<X::S, H, P>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: TimeAxis, N: NodeOver<P::Elem, X::E>>,
        I: InFeatures<<X::S as LastAxis>::Last>,
        Z: Expr<StateOf<X::S, H>, P>,
        C: Expr<StateOf<X::S, H>, P>,
    {
        let x = input::<X, P>(x, self.weight_ih.raw.device);
        self.from_start(x.shape, (x, Ends::All), (start, cell))
    }

    /// The same of sequences of shape `S`, whatever the shape of their memory is, that end somewhere.
    #[track_caller]
    pub(super) fn from_start<S, SX, N, Z, C>(
        self,
        shape: S,
        (x, ends): (Out<SX, P, N>, Ends),
        (start, cell): (Z, C),
    ) -> StatesAndLast<S, H, P>
    where
        P: Forward,
        S: TimeAxis,
        SX: LastAxis,
        N: Node<P::Elem>,
        Z: Expr<StateOf<S, H>, P>,
        C: Expr<StateOf<S, H>, P>,
    {
        let (hidden, start, cell) = (self.weight_hh.shape.0, start.ex(), cell.ex());
        let (outputs, state, counts) = (shape.with_last(hidden), shape.state(hidden), shape.counts());
        compare("lstm", shape, start.shape, state);
        compare("lstm", shape, cell.shape, state);
        let mut places = [0; 2];
        let start = Both(start.given(), cell.given());
        let all = through(self, x, (start, counts, ends), |counts: Counts| {
            places = [counts.of_all(0), counts.of_all(1)];
            (Elements(counts.of_all(2)),)
        });
        let all = all.keep();
        (part::<_, P>(all, 0, outputs), (part::<_, P>(all, places[0], state), part::<_, P>(all, places[1], state)))
    }
}
