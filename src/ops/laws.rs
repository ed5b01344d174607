//! What the element types of operands must be: floating-point, and one type where two operands meet.
//!
//! Apart from the operations because all of them ask. Each law also names the graph of a result: after a breach there
//! is none, and the compiler, having said so, has nothing more to say of what is done with it. One mistake, one error.
//!
//! And apart from [`Formula1`](crate::graph::Formula1), which says that there is a formula: that could name neither the
//! kind of elements that is wanted nor the cure, and of one mistake in `x.exp()` it made two errors of 35 lines.

use super::Operand;
use crate::dtype::{Elem, Floating, Integer, NoFloat, Numeric, Real};
use crate::graph::{BackOf, BackOfBoth, Ex, Located, Node, Op};

/// The graph `N` of what is computed from `X`; none if the elements of `X` are integers.
pub type Computed<X, N> = <<X as Operand>::E as Floating>::Graph<N>;

/// The graph `N` of what is computed from `X`; none if the elements of `X` are no numbers.
pub type ComputedNumbers<X, N> = <<X as Operand>::E as Numeric>::Graph<N>;

/// What an operand over elements `Own` brings into an operation over elements `E`: its graph, where both are one type.
///
/// The graph is the trait's result for the sake of errors: where the types differ there is none, and after the message
/// about it the compiler has nothing more to say. One mistake, one error.
#[diagnostic::on_unimplemented(
    message = "element types differ: `{E}` and `{Own}`",
    label = "`{E}` and `{Own}` are never mixed implicitly",
    note = "convert one side: `x.cast::<{E}>()` (differentiable), or integers by `x.convert::<{E}>()`"
)]
pub trait Over<E, Own> {
    /// The graph itself.
    type Node;
    /// The graph itself.
    fn over(self) -> Self::Node;
}
#[diagnostic::do_not_recommend]
impl<E: Elem, N> Over<E, E> for N {
    type Node = N;
    #[cfg_attr(optimised, inline(always))]
    fn over(self) -> N {
        self
    }
}

/// The law of some operators: what an operand over elements `Own` brings into one whose left side has elements `E`.
///
/// [`Over`] and what the operators ask of elements, in one question, and one about the right side: of what is wrong
/// with the left side alone the compiler would say no more than that it cannot add. Holds where `E` and `Own` are one
/// type whose kind, the third parameter, is among those that the law lists; elsewhere there is no result, and so
/// nothing more to say.
macro_rules! operator_law {
    ($(#[$about:meta])* $Law:ident for $([$($generics:tt)*] $Kind:ty),*;) => {
        $(#[$about])*
        pub trait $Law<E: Elem, Own, Float = <E as Elem>::Float> {
            /// The graph itself.
            type Node;
            /// The graph `T` of the result, itself.
            type Result<T>;
            /// The graph itself.
            fn brought(self) -> Self::Node;
            /// The graph of the result, itself.
            fn result<T>(graph: T) -> Self::Result<T>;
        }
        $(
            #[diagnostic::do_not_recommend]
            impl<$($generics)*, N> $Law<E, E, $Kind> for N {
                type Node = N;
                type Result<T> = T;
                #[cfg_attr(optimised, inline(always))]
                fn brought(self) -> N {
                    self
                }
                #[cfg_attr(optimised, inline(always))]
                fn result<T>(graph: T) -> T {
                    graph
                }
            }
        )*
    };
}
pub(super) use operator_law;

operator_law! {
    /// What an operand over elements `Own` brings into an operator whose left side has [`Numeric`] elements `E`.
    #[diagnostic::on_unimplemented(
        message = "arithmetic needs numbers of one element type, found `{E}` and `{Own}`",
        label = "`{E}` on the left, `{Own}` on the right",
        note = "convert one side: `x.cast::<f32>()` (differentiable), or integers by `x.convert::<f32>()`"
    )]
    NumericOver for [E: Real] E, [E: Integer] NoFloat;
}

/// The graph of an operand whose elements are `Own`, where a graph over `E` is wanted: both are one type. What [`Over`]
/// is to pointwise formulas, this is to operations that need whole tensors.
///
/// Asks in one question what `SameDtype` and `Node` would ask in two, so that a mistake is one error.
#[diagnostic::on_unimplemented(
    message = "element types differ: `{E}` and `{Own}`",
    label = "`{E}` is wanted, this is `{Own}`",
    note = "convert one side: `x.cast::<{E}>()` (differentiable), or integers by `x.convert::<{E}>()`"
)]
pub trait NodeOver<E: Real, Own> {
    /// The graph itself. Not written as `Self`, so that what follows from a mistake is not reported again.
    type Node: Node<E>;
    /// The graph itself.
    fn node(self) -> Self::Node;
}
// Without `do_not_recommend`: that integers have no graph is said by `Real`.
impl<E: Real, N: Node<E>> NodeOver<E, E> for N {
    type Node = N;
    #[cfg_attr(optimised, inline(always))]
    fn node(self) -> N {
        self
    }
}

/// [`Floating`] elements over which `N` is a graph that can be computed as a whole: what operations ask of an operand
/// that need all of it, where [`Floating`] is what pointwise formulas ask.
///
/// One question for both, so that a mistake is one error; [`Own`](FloatingNode) is the operand's element type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not differentiable: only floating-point tensors have gradients",
    label = "needs a floating-point element type, found `{Self}`",
    note = "pass integer tensors (labels, token ids) by reference to `cross_entropy`, `gather`, ..; \
            or `.convert::<f32>()` them first"
)]
pub trait FloatingNode<N, Float = <Self as Elem>::Float>: Floating<Float> {
    /// The graph itself.
    type Node: Node<Self>;
    /// The graph `T` of a result, itself.
    type Result<T>;
    /// The graph itself.
    fn node(node: N) -> Self::Node;
    /// The graph of a result, itself.
    fn result<T>(graph: T) -> Self::Result<T>;
}
// Without `do_not_recommend`: what is wrong with a graph is said by `Node`.
impl<E: Real, N: Node<E>> FloatingNode<N, E> for E {
    type Node = N;
    type Result<T> = T;
    #[cfg_attr(optimised, inline(always))]
    fn node(node: N) -> N {
        node
    }
    #[cfg_attr(optimised, inline(always))]
    fn result<T>(graph: T) -> T {
        graph
    }
}

/// The graph of the operand `X`; none if its elements are integers.
pub type GraphOf<X> = <<X as Operand>::E as FloatingNode<<X as Operand>::N>>::Node;

/// The graph `T` of what is computed from all of `X`; none if its elements are integers.
pub type ResultOf<X, T> = <<X as Operand>::E as FloatingNode<<X as Operand>::N>>::Result<T>;

/// The operand `x` for an operation that needs all of it.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn whole<X: Operand<E: FloatingNode<X::N>>>(x: X) -> Ex<X::S, X::E, X::D, GraphOf<X>> {
    let x = x.ex();
    Ex::new(X::E::node(x.node), x.shape, x.device)
}

/// What an operation that needs all of `X` gives: a tensor of shape `S`, whose gradient goes back by the rule `R`.
pub type RuledOf<X, S, R> = Ex<
    S,
    <X as Operand>::E,
    <X as Operand>::D,
    ResultOf<X, Op<S, <X as Operand>::E, BackOf<<X as Operand>::S, GraphOf<X>, R>>>,
>;

/// What an operation that needs all of `X` and of `Y`, over elements of one type, gives.
pub type RuledByBothOf<X, Y, S, R> = Ex<
    S,
    <X as Operand>::E,
    <X as Operand>::D,
    ResultOf<
        X,
        Op<S, <X as Operand>::E, BackOfBoth<<X as Operand>::S, GraphOf<X>, <Y as Operand>::S, OtherGraphOf<X, Y>, R>>,
    >,
>;

/// The graph of the operand `Y`, over the elements of `X`.
pub type OtherGraphOf<X, Y> = <<Y as Operand>::N as NodeOver<<X as Operand>::E, <Y as Operand>::E>>::Node;

/// [`Numeric`] elements over which `N` is a graph that can be computed as a whole: what products ask of an operand.
/// [`FloatingNode`] of floats and integers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number: arithmetic needs floating-point or integer tensors",
    label = "needs numbers, found `{Self}`",
    note = "`.convert::<f32>()` and `.convert::<i64>()` make 0 and 1 of `bool`; masks take `&`, `|`, `^` and `!`"
)]
pub trait NumericNode<N, Float = <Self as Elem>::Float>: Numeric<Float> {
    /// The graph itself.
    type Node: Located<Self>;
    /// The graph `T` of a result, itself.
    type Result<T>;
    /// The graph itself.
    fn numeric_node(node: N) -> Self::Node;
    /// The graph of a result, itself.
    fn numeric_result<T>(graph: T) -> Self::Result<T>;
}
macro_rules! numeric_node {
    ($([$($generics:tt)*] $Kind:ty;)*) => {$(
        // Without `do_not_recommend`: what is wrong with a graph is said by `Located`.
        impl<$($generics)*, N: Located<E>> NumericNode<N, $Kind> for E {
            type Node = N;
            type Result<T> = T;
            #[cfg_attr(optimised, inline(always))]
            fn numeric_node(node: N) -> N {
                node
            }
            #[cfg_attr(optimised, inline(always))]
            fn numeric_result<T>(graph: T) -> T {
                graph
            }
        }
    )*};
}
numeric_node! { [E: Real] E; [E: Integer] NoFloat; }

/// [`NodeOver`] elements of any type.
#[diagnostic::on_unimplemented(
    message = "element types differ: `{E}` and `{Own}`",
    label = "`{E}` is wanted, this is `{Own}`",
    note = "convert one side: `x.cast::<{E}>()` (differentiable), or integers by `x.convert::<{E}>()`"
)]
pub trait LocatedOver<E: Elem, Own> {
    /// The graph itself. Not written as `Self`, so that what follows from a mistake is not reported again.
    type Node: Located<E>;
    /// The graph itself.
    fn located_node(self) -> Self::Node;
}
// Without `do_not_recommend`: what is wrong with a graph is said by `Located`.
impl<E: Elem, N: Located<E>> LocatedOver<E, E> for N {
    type Node = N;
    #[cfg_attr(optimised, inline(always))]
    fn located_node(self) -> N {
        self
    }
}

/// The graph of the operand `X`; none if its elements are no numbers.
pub type NumericGraphOf<X> = <<X as Operand>::E as NumericNode<<X as Operand>::N>>::Node;

/// The graph of the operand `Y` of any elements, which are those of `X`.
pub type OtherLocatedOf<X, Y> = <<Y as Operand>::N as LocatedOver<<X as Operand>::E, <Y as Operand>::E>>::Node;

/// The graph `T` of what is computed from all of `X`; none if its elements are no numbers.
pub type NumericResultOf<X, T> = <<X as Operand>::E as NumericNode<<X as Operand>::N>>::Result<T>;

/// What was computed from all of an operand `X` of numbers, itself.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn result_of_numbers<X: Operand<E: NumericNode<X::N>>, S, T>(
    y: Ex<S, X::E, X::D, T>,
) -> Ex<S, X::E, X::D, NumericResultOf<X, T>> {
    Ex::new(X::E::numeric_result(y.node), y.shape, y.device)
}

/// The operand `x` for a product.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn whole_numbers<X: Operand<E: NumericNode<X::N>>>(x: X) -> Ex<X::S, X::E, X::D, NumericGraphOf<X>> {
    let x = x.ex();
    Ex::new(X::E::numeric_node(x.node), x.shape, x.device)
}

/// The other operand, of the element type of the first.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn other_located<X: Operand, Y>(device: X::D, y: Y) -> Ex<Y::S, X::E, X::D, OtherLocatedOf<X, Y>>
where
    Y: Operand<N: LocatedOver<X::E, Y::E>>,
{
    let y = y.ex();
    Ex::new(y.node.located_node(), y.shape, device)
}

/// What was computed from all of an operand `X`, itself.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn result_of<X: Operand<E: FloatingNode<X::N>>, S, T>(
    y: Ex<S, X::E, X::D, T>,
) -> Ex<S, X::E, X::D, ResultOf<X, T>> {
    Ex::new(<X::E as FloatingNode<X::N>>::result(y.node), y.shape, y.device)
}
