//! The method `explain`.
//!
//! Apart from `evaluate`, whose methods compute.

use super::explanation::Explanation;
use super::reader::explained;
use crate::device::Device;
use crate::dtype::{Elem, Real};
use crate::graph::{Ex, Lazy, Local, Operand};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// The method [`explain`](Explain::explain) of expressions, tensors and shared values.
pub trait Explain {
    /// What computing the expression runs, and what has run already when it was written: a list of steps, each a fused
    /// loop or one operation, with what it reads and writes. Computes nothing.
    ///
    /// Pointwise operations wait until somebody reads them, and run as one loop. Products, reductions and whatever else
    /// sees several elements at once are computed when they are written; before them, what they read is computed, if it
    /// is in no memory. What is stored for another step of the list is a *temporary*.
    ///
    /// Operands are called `a`, `b`, .. in the order in which they are read, and what a step gives `#1`, `#2`, ...
    /// Bytes are those of the elements that are read or written, each once; what a step reads again while it runs (a
    /// product does), what it stores for itself alone (packed factors, axes brought into order), and indices and masks
    /// beside its operands are not counted.
    ///
    /// *Flops* are arithmetic as it is written: one for a sum, a product, a comparison with its choice, and for a
    /// function of a number such as `exp` or `tanh`; a row of the catalogue that is a formula counts its parts. A
    /// matrix product of `m × k` and `k × n` is `2 · m · k · n`, a convolution likewise, a reduction one for each
    /// element that it reads. What runs programs of its own along rows, sorts, or decomposes is not counted, and is
    /// `None`.
    ///
    /// What was computed without a gradient has let its operands go: then names and static sizes are known of them by
    /// their types alone. Run-time sizes and constants are `?`, one operand that is read twice looks like two, and what
    /// stood in a `with` is called `shared`. Of reductions of integers, and of what gives tensors (`argmax`,
    /// `convert`), nothing is left: they are operands.
    ///
    /// A device of its own that has no loops for an operation leaves it to the host: `through the host`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, w, b) = (Cpu.ones::<Shape![32, 784]>(), Cpu.ones::<Shape![784, 10]>(), Cpu.ones::<Shape![10]>());
    /// let y = (x.relu().matmul(&w) + &b).tanh();
    /// let text = "\
    /// f32 [32, 10]
    /// done when it was written:
    /// #1 fused loop [32, 784]: relu(a)
    ///    reads 100352 B (a [32, 784] contiguous), writes 100352 B (temporary), flops 25088
    /// #2 product [32, 10]: matmul(#1, b)
    ///    reads 131712 B (#1 [32, 784] contiguous, b [784, 10] contiguous), writes 1280 B (temporary), flops 501760
    /// left for `eval`:
    /// #3 fused loop [32, 10]: tanh(add(#2, c))
    ///    reads 1320 B (#2 [32, 10] contiguous, c [10] broadcast), writes 1280 B, flops 640
    /// in all: reads 233384 B, writes 102912 B, of which temporary 101632 B, flops 527488";
    /// assert_eq!(y.explain().to_string(), text);
    /// ```
    fn explain(&self) -> Explanation;
}

impl<S: Shape, E: Elem, D: Device, N: Lazy<E>> Explain for Ex<S, E, D, N> {
    fn explain(&self) -> Explanation {
        explained::<E, D, S>(self.device, self.shape, N::origin(Some(&self.node)))
    }
}

impl<S: Shape, E: Elem, D: Device> Explain for Tensor<S, E, D> {
    fn explain(&self) -> Explanation {
        self.ex().explain()
    }
}

impl<S: Shape, E: Real, D: Device> Explain for Local<S, E, D> {
    fn explain(&self) -> Explanation {
        self.ex().explain()
    }
}
