//! The shared values of a loop: a list on the stack, which the compiler keeps in registers.
//!
//! Apart from `share`, whose nodes put values on the list, because every loop begins with an empty one.

/// The shared values of the enclosing lets while one place is computed, and their gradients while it is pulled back:
/// a list on the stack, which the compiler keeps in registers.
pub trait Registers<V> {
    /// The shared value with this name.
    fn get(&self, name: u32) -> V;
    /// Adds to its gradient.
    fn add(&mut self, name: u32, g: V);
    /// By how many bytes before they are read operands are to ask for their memory, where the loop wants that.
    #[cfg_attr(optimised, inline(always))]
    fn ahead(&self) -> Option<usize> {
        None
    }
}

/// Outside of any let.
pub struct Unbound;

/// Outside of any let, in a loop that reads memory and hardly writes: operands ask for what they read this many bytes
/// later.
pub(crate) struct Reading {
    pub(crate) ahead: usize,
}

/// Binding has found the let of every register, so no loop comes here.
#[cold]
pub(crate) fn unbound() -> ! {
    unreachable!("a register outside of its let")
}

impl<V> Registers<V> for Unbound {
    fn get(&self, _: u32) -> V {
        unbound()
    }
    fn add(&mut self, _: u32, _: V) {
        unbound()
    }
}

impl<V> Registers<V> for Reading {
    fn get(&self, _: u32) -> V {
        unbound()
    }
    fn add(&mut self, _: u32, _: V) {
        unbound()
    }
    #[cfg_attr(optimised, inline(always))]
    fn ahead(&self) -> Option<usize> {
        Some(self.ahead)
    }
}
