//! Reductions of integers and `bool`: exact, and without a gradient.
//!
//! Apart from `programs`, which run in floating-point lanes: here sums wrap around, or are too wide to.

use super::layout::{Layout, Mask};
use super::product::Prod;
use super::programs::{Max, Min, Sum};
use super::reducer::Reducer;
use super::run::{Reduction, reduce_floats};
use crate::device::Device;
use crate::dims::Off;
use crate::dtype::{Discrete, Elem, Integer, NoFloat, Real};
use crate::error::{Error, raise};
use crate::graph::{Ex, Leaf, Located, Node, Op};
use crate::loops::{ExactFold, RowInput};
use crate::shape::Shape;

/// What a reduction `R` of the graph `N` over elements of this type gives.
///
/// Floats give floats, with a gradient; of integers and `bool` sums and products are `i64`, or `u64` where there is no
/// sign, as NumPy has them.
pub trait Reduces<R, N, Float = <Self as Elem>::Float>: Elem {
    /// The expression, of shape `S`, where the operand has shape `SX` on device `D`.
    type Expr<SX: Shape, S: Shape, D: Device>;
    /// Reduces over the axes of the mask.
    fn reduce<SX: Shape, S: Shape, D: Device>(
        x: Ex<SX, Self, D, N>,
        mask: Mask,
        shape: S,
        reducer: R,
    ) -> Self::Expr<SX, S, D>;
}

// Without `do_not_recommend`: what is wrong with a graph is said by `Node`.
impl<E: Real, N: Node<E>, R: Reducer> Reduces<R, N, E> for E {
    type Expr<SX: Shape, S: Shape, D: Device> = Ex<S, E, D, Op<S, E, Reduction<SX, E, N, R>>>;
    fn reduce<SX: Shape, S: Shape, D: Device>(
        x: Ex<SX, E, D, N>,
        mask: Mask,
        shape: S,
        reducer: R,
    ) -> Self::Expr<SX, S, D> {
        reduce_floats(x, mask, shape, reducer)
    }
}

// Likewise: that a reduction needs floats is said by `ExactReducer`.
impl<K, E: Discrete<Kind = K>, N: Located<E>, R: ExactReducer<E>> Reduces<R, N, NoFloat<K>> for E {
    type Expr<SX: Shape, S: Shape, D: Device> =
        Ex<S, <R::Fold as ExactFold<E>>::Out, D, Leaf<S, <R::Fold as ExactFold<E>>::Out, Off>>;
    #[track_caller]
    fn reduce<SX: Shape, S: Shape, D: Device>(x: Ex<SX, E, D, N>, mask: Mask, shape: S, _: R) -> Self::Expr<SX, S, D> {
        let layout = Layout::new(x.shape, mask);
        if R::NEEDS_ELEMENTS && layout.rows.len == 0 && layout.rows.count() > 0 {
            raise(Error::Empty { what: format!("{}: {}", R::NAME, x.shape.describe()) });
        }
        let values = layout.gather(x.device, &x.node, x.shape);
        let out = x.device.fold_rows(layout.rows, R::FOLD, &[RowInput::Elements(&values)]);
        Ex::new(Leaf::constant(out, shape), shape, x.device)
    }
}

/// A reduction of elements without gradients.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reduction of `{E}` elements",
    label = "needs floating-point elements, found `{E}`",
    note = "integers have `sum`, `prod`, `max` and `min`; `.convert::<f32>()` them first for the rest, such as `mean`"
)]
pub trait ExactReducer<E: Discrete>: Copy {
    /// What the device computes.
    type Fold: ExactFold<E>;
    /// What the device computes.
    const FOLD: Self::Fold;
    /// Its name.
    const NAME: &'static str;
    /// Whether no elements have no result.
    const NEEDS_ELEMENTS: bool;
}

macro_rules! folds {
    ($($(#[$doc:meta])* $Fold:ident of $Elements:ident to $Out:ty, for $Reducer:ident $name:literal $needs:literal;
       from $start:expr, |$sum:ident, $x:ident| $next:expr, |$left:ident, $right:ident| $join:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $Fold;
        impl<E: $Elements> ExactFold<E> for $Fold {
            type Out = $Out;
            #[cfg_attr(optimised, inline(always))]
            fn start() -> $Out { $start }
            #[cfg_attr(optimised, inline(always))]
            fn next($sum: $Out, $x: E) -> $Out { $next }
            #[cfg_attr(optimised, inline(always))]
            fn join($left: $Out, $right: $Out) -> $Out { $join }
        }
        #[diagnostic::do_not_recommend]
        impl<E: $Elements> ExactReducer<E> for $Reducer {
            type Fold = $Fold;
            const FOLD: $Fold = $Fold;
            const NAME: &'static str = $name;
            const NEEDS_ELEMENTS: bool = $needs;
        }
    )*};
}
folds! {
    /// `s += x`, in 64 bits.
    ExactSum of Discrete to E::Wide, for Sum "sum" false;
    from E::Wide::ZERO, |sum, x| sum.plus(x.widened()), |a, b| a.plus(b);
    /// `p *= x`, in 64 bits.
    ExactProduct of Discrete to E::Wide, for Prod "prod" false;
    from E::Wide::ONE, |product, x| product.times(x.widened()), |a, b| a.times(b);
    /// The larger so far.
    ExactMax of Integer to E, for Max "max" true;
    from E::MIN, |best, x| best.max(x), |a, b| a.max(b);
    /// The smaller so far.
    ExactMin of Integer to E, for Min "min" true;
    from E::MAX, |best, x| best.min(x), |a, b| a.min(b);
}
