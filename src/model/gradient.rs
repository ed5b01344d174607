//! The gradient of one parameter, or the fact that none reached it.
//!
//! Apart from `part` because optimizers and clipping ask it, and it makes zeros of nothing only where somebody looks.

use crate::device::{Buf, Device};
use crate::dims::{Off, dims};
use crate::dtype::{Elem, Real};
use crate::graph::{Binary, Leaf, Pointwise1, Pointwise2, Unary, materialise};
use std::sync::OnceLock;

dims! {
    /// The elements of a parameter, whatever its shape.
    pub(crate) Elements = ?,
}

/// The gradient of one parameter, or the fact that none reached it: what PyTorch calls a gradient of `None`.
///
/// None reaches a parameter that the loss does not use, or only behind `stop_gradient`. Such a parameter is left alone
/// by an optimizer's step, its decay and momentum too. A gradient of zeros is another thing: it did arrive.
#[derive(Clone, Debug)]
pub struct Gradient<E: Elem, D> {
    state: State<E>,
    device: D,
}

/// What has come.
#[derive(Clone, Debug)]
enum State<E: Elem> {
    Arrived(Buf<E>),
    /// Nothing, for so many elements; zeros, made when somebody looks.
    Absent(usize, OnceLock<Buf<E>>),
}

impl<E: Elem, D: Device> Gradient<E, D> {
    /// What has arrived for a parameter of `len` elements.
    #[inline]
    pub(crate) fn new(device: D, len: usize, arrived: Option<Buf<E>>) -> Self {
        let state = match arrived {
            Some(values) => State::Arrived(values),
            None => State::Absent(len, OnceLock::new()),
        };
        Gradient { state, device }
    }

    /// Whether a gradient has arrived.
    pub fn reached(&self) -> bool {
        matches!(self.state, State::Arrived(_))
    }

    /// The number of elements of the parameter.
    #[expect(clippy::len_without_is_empty, reason = "an absent gradient has a length, and is not empty")]
    pub fn len(&self) -> usize {
        match &self.state {
            State::Arrived(values) => values.len(),
            State::Absent(len, _) => *len,
        }
    }

    /// The device of the parameter.
    pub fn device(&self) -> D {
        self.device
    }

    /// The gradient, if one has arrived.
    pub fn get(&self) -> Option<&Buf<E>> {
        match &self.state {
            State::Arrived(values) => Some(values),
            State::Absent(..) => None,
        }
    }

    /// The elements; zeros where no gradient has arrived.
    pub fn values(&self) -> &Buf<E> {
        match &self.state {
            State::Arrived(values) => values,
            State::Absent(len, zeros) => zeros.get_or_init(|| self.device.zeroed(*len)),
        }
    }

    /// Puts other elements in place of those that have arrived; nothing arrives by it.
    ///
    /// # Panics
    /// When their number is another one.
    pub(crate) fn replace(&mut self, change: impl FnOnce(&Buf<E>) -> Buf<E>) {
        if let State::Arrived(values) = &mut self.state {
            let changed = change(values);
            assert_eq!(changed.len(), values.len(), "as many elements as there were");
            *values = changed;
        }
    }
}

impl<E: Real, D: Device> Gradient<E, D> {
    /// Adds another one to it. What has arrived in one of the two has arrived.
    pub(crate) fn add(&mut self, other: &Self) {
        let State::Arrived(more) = &other.state else { return };
        let device = self.device;
        self.state = match std::mem::replace(&mut self.state, State::Absent(0, OnceLock::new())) {
            State::Absent(..) => State::Arrived(more.clone()),
            State::Arrived(own) => {
                let mut sum = device.unshared(own);
                device.add(&mut sum, more);
                State::Arrived(sum)
            }
        };
    }

    /// Applies a formula to what has arrived.
    pub(crate) fn apply<Op: Pointwise1>(&mut self, op: Op) {
        let (device, shape) = (self.device, (Elements(self.len()),));
        self.replace(|own| materialise(device, &Unary { op, a: constant(own, shape) }, shape));
    }

    /// Applies a formula to what has arrived, and to other elements, as many.
    pub(crate) fn combine<Op: Pointwise2>(&mut self, op: Op, other: &Buf<E>) {
        let (device, shape) = (self.device, (Elements(self.len()),));
        self.replace(|own| {
            let node = Binary { op, a: constant(own, shape), b: constant(other, shape) };
            materialise(device, &node, shape)
        });
    }
}

/// Elements as an operand.
fn constant<E: Real>(buf: &Buf<E>, shape: (Elements,)) -> Leaf<(Elements,), E, Off> {
    Leaf::constant(buf.clone(), shape)
}
