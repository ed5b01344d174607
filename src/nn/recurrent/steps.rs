//! Which shapes have an axis of time, and the shape of a state beside them.
//!
//! Apart from attention's sequences because the mistake is another one, and so are the words for it.

use crate::dims::Dim;
use crate::layout::count;
use crate::shape::{LastAxis, Shape};

/// A sequence of features, `(.., time, features)`, for each example.
#[diagnostic::on_unimplemented(
    message = "a recurrent layer takes `(.., time, features)`, the tensor is `{Self}`",
    label = "it has no axis of time",
    note = "one step without such an axis is `LstmCell`, `GruCell` or `RnnCell`"
)]
pub trait TimeAxis: LastAxis {
    /// The shape of a state of `H` features: `(.., H)`.
    type State<H: Dim>: Shape;
    /// The axes before that of time: the examples.
    type Examples: Shape;
    /// The shape of a state.
    fn state<H: Dim>(self, hidden: H) -> Self::State<H>;
    /// The axes before that of time.
    fn examples(self) -> Self::Examples;
    /// How many examples there are, and how many steps of each.
    fn counts(self) -> [usize; 2];
}

#[diagnostic::do_not_recommend]
impl<S: LastAxis<Init: LastAxis>> TimeAxis for S {
    type State<H: Dim> = <S::Init as LastAxis>::WithLast<H>;
    type Examples = <S::Init as LastAxis>::Init;
    fn state<H: Dim>(self, hidden: H) -> Self::State<H> {
        self.init().with_last(hidden)
    }
    fn examples(self) -> Self::Examples {
        self.init().init()
    }
    fn counts(self) -> [usize; 2] {
        [count(self.init().init()), self.init().last().size()]
    }
}

/// The shape of a state of `H` features beside a sequence `S`: `(.., H)`.
pub type StateOf<S, H> = <S as TimeAxis>::State<H>;
