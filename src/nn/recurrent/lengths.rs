//! Sequences that end before the last step: the methods.
//!
//! Apart from `run`, whose sequences are all as long as the axis of time.

use super::counts::AllSteps;
use super::ends::Ends;
use super::gating::Gating;
use super::layer::{OutputsOf, Recurrent, Zeros, through};
use super::run::StatesAndLast;
use super::steps::{StateOf, TimeAxis};
use super::width::OfGates;
use super::{GruGates, LstmGates, RnnGates};
use crate::device::{Device, SameDevice};
use crate::dims::{Dim, One};
use crate::error::{Error, differ, raise};
use crate::graph::{Ex, Expr, Keep, Kind, Located, Node, Operand, Out, Reshaped, Sharing};
use crate::layout::count;
use crate::model::{Forward, Part};
use crate::nn::features::input;
use crate::ops::index::Gather;
use crate::ops::{Condition, NodeOver};
use crate::shape::{EachSequence, InFeatures, LastAxis, Mismatch, Shape};
use crate::tensor::{Create, Tensor};

/// The length of each sequence.
#[track_caller]
pub(super) fn checked<S: TimeAxis, L: Shape, D: Device>(
    law: &'static str,
    x: S,
    lengths: &Tensor<L, i64, D>,
) -> Vec<i64> {
    if x.examples().dims().as_slice() != lengths.shape.dims().as_slice() {
        differ(Mismatch::new(law, x, lengths.shape));
    }
    let times = x.counts()[1];
    let lengths = lengths.device.download(&lengths.buf);
    if let Some(length) = lengths.iter().find(|&&length| length < 0 || length > times as i64) {
        let found = format!("{length} of {times} steps");
        raise(Error::Value { what: "length of a sequence", found, rule: "it is not longer than the axis of time" });
    }
    lengths
}

/// The steps of all sequences, as rows.
type StepsOf<S, P, N> = Out<RowsOf<S>, P, Reshaped<N, S, RowsOf<S>, <P as Kind>::Elem>>;

type RowsOf<S> = (AllSteps, <S as LastAxis>::Last);

fn steps<S: LastAxis, P: Forward, N: Node<P::Elem>>(x: Out<S, P, N>) -> StepsOf<S, P, N> {
    let rows = (AllSteps(count(x.shape.init())), x.shape.last());
    Ex::new(Reshaped::new(x.device, x.node, x.shape, rows), rows, x.device)
}

/// What counts of the input, step by step, and where each sequence ends.
#[track_caller]
fn cut<S: TimeAxis, P: Forward, N: Node<P::Elem>>(
    x: Out<S, P, N>,
    lengths: Vec<i64>,
) -> (Out<(AllSteps, S::Last), P, impl Node<P::Elem> + use<S, P, N>>, Ends) {
    let ([_, times], x) = (x.shape.counts(), steps::<S, P, N>(x));
    let seen = x.device.from_fn((x.shape.0, One::default()), |step| lengths[step / times] > (step % times) as i64);
    // What stands behind the end is read by nobody: not even a NaN there meets a weight.
    (seen.where_(x, 0.0), Ends::At(lengths))
}

/// Each sequence, of so many steps, from its end to its start; what stands behind the end stays there.
pub(super) fn turned<S: LastAxis, P: Forward, N: Node<P::Elem>>(
    x: Out<S, P, N>,
    (times, lengths): (usize, &[i64]),
) -> Out<S, P, impl Node<P::Elem> + Located<P::Elem> + use<S, P, N>> {
    let (shape, device) = (x.shape, x.device);
    let x = steps::<S, P, N>(x);
    let from = device.from_fn((x.shape.0,), |step| {
        let (start, time, length) = (step - step % times, (step % times) as i64, lengths[step / times]);
        start as i64 + if time < length { length - 1 - time } else { time }
    });
    let rows = x.gather(&from);
    Ex::<_, P::Elem, _, _>::new(Reshaped::new(device, rows.node, rows.shape, shape), shape, device)
}

impl<K: Gating, I: Dim, H: OfGates<K::Gates>, P: Part> Recurrent<K, I, H, P> {
    /// [`forward`](Self::forward) of sequences that end before the last step: of example `b` the first `lengths[b]`
    /// steps count. PyTorch's `pack_padded_sequence` and back.
    ///
    /// Outputs behind the end are zeros, and have no gradient; what stands there in the input has no influence. The
    /// lengths `(..)` are those of the axes before that of time. They are read by the host; one that is negative, or
    /// longer than the axis, raises [`Error::Value`], other run-time sizes [`Error::Sizes`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let gru = Gru::<D<3>, D<4>>::new(Key::new(0));
    /// let x = Cpu.uniform((D::<2>, D::<5>, D::<3>), Key::new(1), -1.0, 1.0);
    /// let (whole, cut) =
    ///     gru.infer(|m| (m.forward(&x).eval(), m.forward_lengths(&x, &Cpu.tensor([5, 2])).eval()))?;
    /// assert_eq!(cut.select::<0>(0).eval(), whole.select::<0>(0).eval());
    /// assert!(cut.as_slice()[20 + 8..].iter().all(|&y| y == 0.0));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn forward_lengths<X, L, A>(self, x: X, lengths: &Tensor<L, i64, A>) -> Keep<OutputsOf<X::S, H>, P>
    where
        P: Forward<Dev: SameDevice<X::D> + SameDevice<A>>,
        X: Operand<S: TimeAxis, N: NodeOver<P::Elem, X::E>>,
        I: InFeatures<<X::S as LastAxis>::Last>,
        <X::S as TimeAxis>::Examples: EachSequence<L>,
        L: Shape,
        A: Device,
    {
        let x = input::<X, P>(x, self.weight_ih.raw.device);
        let lengths = checked(K::NAME, x.shape, lengths);
        self.until(x, lengths)
    }

    /// [`forward_lengths`](Self::forward_lengths) of what has been checked already.
    #[track_caller]
    pub(super) fn until<S: TimeAxis, N: Node<P::Elem>>(
        self,
        x: Out<S, P, N>,
        lengths: Vec<i64>,
    ) -> Keep<OutputsOf<S, H>, P>
    where
        P: Forward,
    {
        let (outputs, counts) = (x.shape.with_last(self.weight_hh.shape.0), x.shape.counts());
        let (x, ends) = cut::<S, P, N>(x, lengths);
        through(self, x, (Zeros::<K, P>::default(), counts, ends), |_| outputs).keep()
    }
}

macro_rules! one_state {
    ($($Gates:ident $law:literal;)*) => {$(
        impl<I: Dim, H: OfGates<<$Gates as Gating>::Gates>, P: Part> Recurrent<$Gates, I, H, P> {
            /// [`run`](Self::run) of sequences that end before the last step, see
            /// [`forward_lengths`](Self::forward_lengths): the last state is the one at the end of each, and of one
            /// without steps its start.
            #[track_caller]
            pub fn run_lengths<X, Z, L, A>(
                self,
                x: X,
                start: Z,
                lengths: &Tensor<L, i64, A>,
            ) -> (Keep<OutputsOf<X::S, H>, P>, Keep<StateOf<X::S, H>, P>)
            where
                P: Forward<Dev: SameDevice<X::D> + SameDevice<A>>,
                X: Operand<S: TimeAxis, N: NodeOver<P::Elem, X::E>>,
                I: InFeatures<<X::S as LastAxis>::Last>,
                Z: Expr<StateOf<X::S, H>, P>,
                <X::S as TimeAxis>::Examples: EachSequence<L>,
                L: Shape,
                A: Device,
            {
                let x = input::<X, P>(x, self.weight_ih.raw.device);
                let (shape, lengths) = (x.shape, checked($law, x.shape, lengths));
                self.from_start(shape, cut::<_, P, _>(x, lengths), start)
            }
        }
    )*};
}
one_state! { RnnGates "rnn"; GruGates "gru"; }

impl<I: Dim, H: OfGates<<LstmGates as Gating>::Gates>, P: Part> Recurrent<LstmGates, I, H, P> {
    /// [`run`](Self::run) of sequences that end before the last step, see [`forward_lengths`](Self::forward_lengths):
    /// the last state and cell are those at the end of each, and of one without steps its start.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let lstm = Lstm::<D<3>, D<4>>::new(Key::new(0));
    /// let x = Cpu.uniform((D::<2>, D::<5>, D::<3>), Key::new(1), -1.0, 1.0);
    /// let zeros = Cpu.zeros::<Shape![2, 4]>();
    /// let [last, of_start] = lstm.infer(|m| {
    ///     let (_, (last, _)) = m.run_lengths(&x, (&zeros, &zeros), &Cpu.tensor([2, 0]));
    ///     let (_, (of_start, _)) = m.run(x.narrow::<1, _>(0, D::<2>), (&zeros, &zeros));
    ///     [last.eval(), of_start.eval()]
    /// })?;
    /// assert_eq!(last.select::<0>(0).eval(), of_start.select::<0>(0).eval());
    /// assert_eq!(last.select::<0>(1).eval().as_slice(), [0.0; 4]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn run_lengths<X, Z, C, L, A>(
        self,
        x: X,
        start: (Z, C),
        lengths: &Tensor<L, i64, A>,
    ) -> StatesAndLast<X::S, H, P>
    where
        P: Forward<Dev: SameDevice<X::D> + SameDevice<A>>,
        X: Operand<S: TimeAxis, N: NodeOver<P::Elem, X::E>>,
        I: InFeatures<<X::S as LastAxis>::Last>,
        Z: Expr<StateOf<X::S, H>, P>,
        C: Expr<StateOf<X::S, H>, P>,
        <X::S as TimeAxis>::Examples: EachSequence<L>,
        L: Shape,
        A: Device,
    {
        let x = input::<X, P>(x, self.weight_ih.raw.device);
        let (shape, lengths) = (x.shape, checked("lstm", x.shape, lengths));
        self.from_start(shape, cut::<_, P, _>(x, lengths), start)
    }
}
