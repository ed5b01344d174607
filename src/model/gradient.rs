//! The gradient of one parameter, or the fact that none reached it.
//!
//! Apart from `part` because optimizers and clipping ask it, and it makes zeros of nothing only where somebody looks.

use crate::device::{Buf, Device};
use crate::dtype::Elem;
use std::sync::OnceLock;

/// The gradient of one parameter, or the fact that none reached it: what PyTorch calls a gradient of `None`.
///
/// None reaches a parameter that the loss does not use, or only behind `stop_gradient`. Such a parameter is left alone
/// by an optimizer's step, its decay and momentum too. A gradient of zeros is another thing: it did arrive.
#[derive(Clone, Debug)]
pub struct Gradient<E: Elem, D> {
    /// The gradient; zeros, made when somebody looks, where none has arrived.
    values: OnceLock<Buf<E>>,
    reached: bool,
    len: usize,
    device: D,
}

impl<E: Elem, D: Device> Gradient<E, D> {
    /// What has arrived for a parameter of `len` elements.
    pub(crate) fn new(device: D, len: usize, arrived: Option<Buf<E>>) -> Self {
        let reached = arrived.is_some();
        Gradient { values: arrived.map(OnceLock::from).unwrap_or_default(), reached, len, device }
    }

    /// Whether a gradient has arrived.
    pub fn reached(&self) -> bool {
        self.reached
    }

    /// The number of elements of the parameter.
    #[expect(clippy::len_without_is_empty, reason = "an absent gradient has a length, and is not empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The device of the parameter.
    pub fn device(&self) -> D {
        self.device
    }

    /// The gradient, if one has arrived.
    pub fn get(&self) -> Option<&Buf<E>> {
        self.values.get().filter(|_| self.reached)
    }

    /// The elements; zeros where no gradient has arrived.
    pub fn values(&self) -> &Buf<E> {
        self.values.get_or_init(|| self.device.zeroed(self.len))
    }

    /// Puts other elements in place of those that have arrived; nothing arrives by it.
    ///
    /// # Panics
    /// When their number is another one.
    pub(crate) fn replace(&mut self, change: impl FnOnce(&Buf<E>) -> Buf<E>) {
        if let Some(values) = self.values.get_mut().filter(|_| self.reached) {
            let changed = change(values);
            assert_eq!(changed.len(), values.len(), "as many elements as there were");
            *values = changed;
        }
    }
}
