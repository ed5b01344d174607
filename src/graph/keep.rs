//! Values that are kept for a whole call: computed once, used anywhere in it, differentiated when all uses are.
//!
//! Apart from `with`, whose value lives in its body alone, so that the type of the graph says where its backward ends.
//! Here that is a list of the call: what was kept last is differentiated first, for it may have been made of what was
//! kept before.

use super::expr::{Ex, Kind};
use super::later::{Before, Later, put_off};
use super::node::{Differentiable, Node};
use super::table::{Key, Owner};
use super::with::Local;
use crate::device::Device;
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::shape::Shape;
use std::cell::RefCell;
use std::mem::ManuallyDrop;

/// A value that was kept by [`keep`](super::Sharing::keep), as functions return it: of shape `S`, over the kind `K`.
///
/// ```
/// use congruent::prelude::*;
/// #[derive(Model)]
/// struct Encoder<P: Part = Weights> {
///     hidden: Linear<D<8>, D<4>, P>,
///     mean: Linear<D<4>, D<2>, P>,
///     log_variance: Linear<D<4>, D<2>, P>,
/// }
/// impl<P: Forward> Encoder<P> {
///     fn forward<B: Dim>(self, x: impl Expr<(B, D<8>), P>) -> [Kept<(B, D<2>), P>; 2] {
///         let hidden = self.hidden.forward(x).relu().keep();
///         [self.mean.forward(hidden).keep(), self.log_variance.forward(hidden).keep()]
///     }
/// }
/// let mut keys = Keys::new(0);
/// let mut layer = || keys.next_key();
/// let model = Encoder { hidden: Linear::new(layer()), mean: Linear::new(layer()), log_variance: Linear::new(layer()) };
/// let x = Cpu.ones::<Shape![5, 8]>();
/// let (loss, grads) = model.value_and_grad(|m| {
///     let [mean, log_variance] = m.forward(&x);
///     ((mean.square() + log_variance.exp() - log_variance) * 0.5).sum()
/// })?;
/// assert!(loss > 0.0 && grads.hidden.weight.reached());
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Kept<S, K> = Local<S, <K as Kind>::Elem, <K as Kind>::Dev>;

/// A value in the list, with the graph that it was computed by.
trait Held {
    /// Hands the gradient that has come on to the graph, if one has: true where nothing is left to be done.
    fn backward(&mut self) -> bool;
    /// Hands on that it became a tensor: see [`Lazy::cut`](super::Lazy::cut).
    fn note_cut(&self);
}

struct Value<N, S, E, D> {
    owner: Owner<E>,
    /// Nothing where no gradient will come, or it has come already.
    node: Option<N>,
    shape: S,
    device: D,
}

impl<N: Differentiable<E>, S: Shape, E: Real, D: Device> Held for Value<N, S, E, D> {
    fn backward(&mut self) -> bool {
        match self.owner.key().take_gradient() {
            Some(gradient) => {
                if let Some(node) = self.node.take() {
                    node.accept(self.device, self.shape, gradient);
                }
                true
            }
            None => self.node.is_none(),
        }
    }
    fn note_cut(&self) {
        if let Some(node) = self.node.as_ref().filter(|_| self.owner.key().is_cut()) {
            node.cut();
        }
    }
}

/// Values in the order in which they were kept.
#[derive(Default)]
struct Values(Vec<Box<dyn Held>>);

/// What a thread keeps: for the calls, lets and steps of loops that are open.
struct Desk {
    values: Values,
    /// How many of these are open.
    open: usize,
}

thread_local! {
    /// Without a destructor, as the table of values; it is empty where nothing is open.
    static DESK: ManuallyDrop<RefCell<Desk>> =
        const { ManuallyDrop::new(RefCell::new(Desk { values: Values(Vec::new()), open: 0 })) };
}

fn desk<T>(f: impl FnOnce(&mut Desk) -> T) -> T {
    DESK.with(|desk| f(&mut desk.borrow_mut()))
}

/// Whoever takes what is kept from now on.
pub(crate) struct Keeping {
    /// What was kept before.
    start: usize,
}

impl Keeping {
    #[inline(never)]
    pub(crate) fn open() -> Self {
        desk(|desk| {
            desk.open += 1;
            Keeping { start: desk.values.0.len() }
        })
    }

    /// The same, where nothing is open yet: what is kept inside of something that is belongs to that.
    pub(crate) fn open_first() -> Option<Self> {
        desk(|desk| desk.open == 0).then(Self::open)
    }

    /// What was kept since then.
    #[inline(never)]
    pub(crate) fn close(self) -> Taken {
        Taken(self.take())
    }

    fn take(&self) -> Values {
        desk(|desk| match self.start {
            0 => std::mem::take(&mut desk.values),
            start => Values(desk.values.0.split_off(start.min(desk.values.0.len()))),
        })
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        // Beside the desk's borrow: what a value holds may run code of its owner.
        let left = self.take();
        desk(|desk| desk.open -= 1);
        drop(left);
    }
}

/// What was kept while something was open.
pub(crate) struct Taken(Values);

impl Taken {
    /// Of values that nothing differentiates only the graphs around them have need from here on.
    #[inline(never)]
    pub(super) fn settle(mut self) -> Self {
        for value in &self.0.0 {
            value.note_cut();
        }
        self.0.0.retain_mut(|value| !value.is_done());
        self
    }

    /// Whether nothing was kept.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0.0.is_empty()
    }

    /// Backward of all values, the last one first, when what was put off since `before` has been done.
    #[inline]
    pub(super) fn backward(self, before: &Before) {
        if !self.is_empty() {
            self.work_off(before.is_done());
        }
    }

    #[inline(never)]
    fn work_off(self, at_once: bool) {
        let rest = Box::new(Rest { values: self.0, below: None });
        if at_once { rest.run() } else { put_off(rest) }
    }
}
