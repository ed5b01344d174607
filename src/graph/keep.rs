//! Values that are kept for a whole call: computed once, used anywhere in it, differentiated when all uses are.
//!
//! Apart from `with`, whose value lives in its body alone, so that the type of the graph says where its backward ends.
//! Here that is a list of the call: what was kept last is differentiated first, for it may have been made of what was
//! kept before.

use super::expr::{Ex, Kind};
use super::later::{Before, Later, complete, put_off};
use super::local::Local;
use super::node::{Differentiable, Node};
use super::table::{Level, Owner};
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
///     fn forward<B: Dim>(self, x: impl Expr<(B, D<8>), P>) -> [Keep<(B, D<2>), P>; 2] {
///         let hidden = self.hidden.forward(x).relu().keep();
///         [self.mean.forward(hidden).keep(), self.log_variance.forward(hidden).keep()]
///     }
/// }
/// let mut keys = Keys::new(0);
/// let mut key = || keys.next_key();
/// let model = Encoder { hidden: Linear::new(key()), mean: Linear::new(key()), log_variance: Linear::new(key()) };
/// let x = Cpu.ones::<Shape![5, 8]>();
/// let (loss, grads) = model.value_and_grad(|m| {
///     let [mean, log_variance] = m.forward(&x);
///     ((mean.square() + log_variance.exp() - log_variance) * 0.5).sum()
/// })?;
/// assert!(loss > 0.0 && grads.hidden.weight.reached());
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Keep<S, K> = Local<S, <K as Kind>::Elem, <K as Kind>::Dev>;

/// A value in the list, with the graph that it was computed by.
trait Held {
    /// Hands the gradient on to the graph, if one has come.
    fn backward(&mut self);
    /// Whether no gradient will come, or it has come already.
    fn is_done(&self) -> bool;
    /// Hands on that it became a tensor: see [`Lazy::cut`](super::Lazy::cut).
    fn note_cut(&self);
    /// Ends its use in code.
    fn close(&self);
    /// Makes it one of the values of the calls of this level.
    fn belong_to(&self, level: Level);
}

struct Value<N, S, E: Real, D> {
    owner: Owner<E>,
    /// Nothing where it is done.
    node: Option<N>,
    shape: S,
    device: D,
}

impl<N: Differentiable<E>, S: Shape, E: Real, D: Device> Held for Value<N, S, E, D> {
    fn backward(&mut self) {
        if let Some(gradient) = self.owner.key().take_gradient()
            && let Some(node) = self.node.take()
        {
            node.accept(self.device, self.shape, gradient);
        }
    }
    fn is_done(&self) -> bool {
        self.node.is_none()
    }
    fn note_cut(&self) {
        if let Some(node) = self.node.as_ref().filter(|_| self.owner.key().is_cut()) {
            node.cut();
        }
    }
    fn close(&self) {
        self.owner.key().close();
    }
    fn belong_to(&self, level: Level) {
        self.owner.key().belong_to(level);
    }
}

/// Values in the order in which they were kept.
type Values = Vec<Box<dyn Held>>;

/// What a thread keeps: for the calls, lets and steps of loops that are open.
struct Desk {
    values: Values,
    /// How many of these are open.
    open: usize,
    /// The calls around the innermost of them.
    level: Level,
}

thread_local! {
    /// Without a destructor, as the table of values; it is empty where nothing is open.
    static DESK: ManuallyDrop<RefCell<Desk>> =
        const { ManuallyDrop::new(RefCell::new(Desk { values: Vec::new(), open: 0, level: Level::NONE })) };
}

fn desk<T>(f: impl FnOnce(&mut Desk) -> T) -> T {
    DESK.with(|desk| f(&mut desk.borrow_mut()))
}

/// Computes a value, and puts it on the list of whatever is open.
#[track_caller]
pub(super) fn keep<S: Shape, E: Real, D: Device, N: Node<E>>(x: Ex<S, E, D, N>) -> Local<S, E, D> {
    let (owner, live) = (Owner::new(x.materialise()), x.node.live());
    owner.key().belong_to(desk(|desk| desk.level)); // Not to an `infer` in between, whose sibling would be its equal.
    let local = Local::new(owner.key(), live, x.shape, x.device);
    let node = if live { Some(x.node) } else { None };
    put(Box::new(Value { owner, node, shape: x.shape, device: x.device }));
    local
}

#[track_caller]
fn put(value: Box<dyn Held>) {
    let refused = desk(|desk| match desk.open {
        0 => Some(value),
        _ => {
            desk.values.push(value);
            None
        }
    });
    if refused.is_some() {
        let place = "outside of `value_and_grad` and `infer`, whose values it keeps: make a tensor by `.eval()`";
        raise(Error::Escaped { what: "`keep`", place });
    }
}

/// Whoever takes what is kept from now on.
pub(crate) struct Keeping {
    /// How much was kept before.
    start: usize,
    /// The calls around what was open before.
    outer: Level,
}

impl Keeping {
    #[inline(never)]
    pub(crate) fn open() -> Self {
        let level = Level::here();
        desk(|desk| {
            desk.open += 1;
            Keeping { start: desk.values.len(), outer: std::mem::replace(&mut desk.level, level) }
        })
    }

    /// The same where nothing is open yet: what is kept inside of something that is, belongs to that.
    pub(crate) fn open_first() -> Option<Self> {
        desk(|desk| desk.open == 0).then(Self::open)
    }

    /// What was kept since then: code that follows cannot use it any more. What was read by `eval` is noted; of values
    /// that nothing differentiates only the graphs around them have need from here on.
    #[inline(never)]
    pub(crate) fn close(self) -> Taken {
        let mut taken = Taken { values: self.take(), left: None };
        taken.note_cuts();
        taken.values.retain(|value| !value.is_done());
        taken.values.iter().for_each(|value| value.close());
        taken
    }

    fn take(&self) -> Values {
        desk(|desk| match self.start {
            0 => std::mem::take(&mut desk.values), // No memory stays when the thread ends.
            start => desk.values.split_off(start),
        })
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        // Let go behind the desk's borrow: that may run code of owners.
        let left = self.take();
        desk(|desk| (desk.open, desk.level) = (desk.open - 1, self.outer));
        drop(left);
    }
}

/// What was kept while something was open.
pub(crate) struct Taken {
    values: Values,
    /// Where on the desk a value is put that has no gradient yet; else it is let go.
    left: Option<usize>,
}

impl Taken {
    /// See [`Lazy::cut`](super::Lazy::cut): the last one first.
    pub(super) fn note_cuts(&self) {
        self.values.iter().rev().for_each(|value| value.note_cut());
    }

    /// Backward of all values, the last one first, when what was put off since `before` has been done.
    #[inline]
    pub(super) fn backward(self, before: &Before) {
        if !self.values.is_empty() {
            self.work_off(before.is_done());
        }
    }

    #[inline(never)]
    fn work_off(self, at_once: bool) {
        let rest = Box::new(Rest { taken: self, unreached: Vec::new(), below: None });
        if at_once { rest.run() } else { put_off(rest) }
    }

    /// Backward of all values that a call kept. Those that it has no gradient for are left to the call around it, whose
    /// loss may depend on them.
    pub(crate) fn complete(mut self) {
        if self.values.is_empty() {
            return;
        }
        self.left = desk(|desk| (desk.open > 0).then_some(desk.values.len()));
        complete(|| self.work_off(true));
    }
}

/// Backward of values that waits.
struct Rest {
    taken: Taken,
    /// Those that no gradient has come for, the last one first.
    unreached: Values,
    below: Option<Box<dyn Later>>,
}

impl Later for Rest {
    fn run(mut self: Box<Self>) {
        while let Some(mut value) = self.taken.values.pop() {
            let before = Before::now();
            value.backward();
            if self.taken.left.is_some() && !value.is_done() {
                self.unreached.push(value);
            }
            if !before.is_done() && !self.taken.values.is_empty() {
                return put_off(self);
            }
        }
        if let Some(left) = self.taken.left {
            desk(|desk| {
                self.unreached.iter().for_each(|value| value.belong_to(desk.level));
                desk.values.splice(left..left, self.unreached.drain(..).rev());
            });
        }
    }
    fn below(&mut self) -> &mut Option<Box<dyn Later>> {
        &mut self.below
    }
}
