//! What operations ask of element types, each question with a message of its own.

use super::elem::{Elem, Real};
#[doc(hidden)]
pub use crate::shape::Never;

/// [`Real`], as operations ask for it whose results are written by it: `Graph<T>` is `T`.
///
/// Integers have no such graph, therefore no result either, and after the message about them the compiler has nothing
/// more to say of what is done with it. One mistake, one error. Holds for every [`Real`], and for nothing else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not differentiable: only floating-point tensors have gradients",
    label = "needs a floating-point element type, found `{Self}`",
    note = "pass integer tensors (labels, token ids) by reference to `cross_entropy`, `gather`, ..; \
            or `.convert::<f32>()` them first"
)]
pub trait Floating<Float = <Self as Elem>::Float>: Real {
    /// The graph `T` itself.
    type Graph<T>;
    /// The graph itself.
    fn graph<T>(graph: T) -> Self::Graph<T>;
}
#[diagnostic::do_not_recommend]
impl<E: Real> Floating<E> for E {
    type Graph<T> = T;
    #[cfg_attr(optimised, inline(always))]
    fn graph<T>(graph: T) -> T {
        graph
    }
}

/// Element types that may meet in one operation: the same one twice.
#[diagnostic::on_unimplemented(
    message = "element types differ: `{Self}` and `{Rhs}`",
    label = "`{Self}` and `{Rhs}` are never mixed implicitly",
    note = "convert one side: `x.cast::<{Self}>()` (differentiable)"
)]
pub trait SameDtype<Rhs> {}

#[diagnostic::do_not_recommend]
impl<E: Elem> SameDtype<E> for E {}
#[diagnostic::do_not_recommend]
impl<E: Elem> SameDtype<Never> for E {}
