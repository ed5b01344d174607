//! Attention: which queries look at which keys and values.
//!
//! Apart from the products because three shapes meet here, and queries may have one axis more than keys.

use super::same::{Never, Nothing};
use super::{LastAxis, Shape};
use congruent_dims::Dim;

/// Rows in any number of heads, `(.., N, K)`: queries, keys or values.
///
/// ```
/// use congruent::{D, shape::Sequence};
/// let (heads, rows, width) = (D::<2>, D::<3>, D::<8>).sequence();
/// assert_eq!((heads, rows, width), ((D::<2>,), D::<3>, D::<8>));
/// ```
#[diagnostic::on_unimplemented(
    message = "attention: `{Self}` is no sequence of rows",
    label = "expected `(.., length, width)`, a row for each query, key or value",
    note = "heads and batches are axes before these two"
)]
pub trait Sequence: LastAxis {
    /// The axes of heads and batches.
    type Heads: Shape;
    /// How many rows there are.
    type Length: Dim;
    /// The elements of a row.
    type Width: Dim;
    /// The axes of heads, the number of rows, the elements of a row.
    fn sequence(self) -> (Self::Heads, Self::Length, Self::Width);
}

#[diagnostic::do_not_recommend]
impl<S: LastAxis<Init: LastAxis>> Sequence for S {
    type Heads = <S::Init as LastAxis>::Init;
    type Length = <S::Init as LastAxis>::Last;
    type Width = S::Last;
    #[cfg_attr(optimised, inline(always))]
    fn sequence(self) -> (Self::Heads, Self::Length, Self::Width) {
        (self.init().init(), self.init().last(), self.last())
    }
}

/// The axes of heads and batches of a sequence.
pub type HeadsOf<S> = <S as Sequence>::Heads;

/// The elements of a row of a sequence.
pub type RowWidth<S> = <S as Sequence>::Width;

/// The scores of queries `Q` for keys `K`: `(.., N, M)`.
pub type ScoresOf<Q, K> = <Q as LastAxis>::WithLast<<K as Sequence>::Length>;

/// What comes of queries `Q` that look at values `V`: `(.., N, V)`.
pub type AttendedOf<Q, V> = <Q as LastAxis>::WithLast<<V as LastAxis>::Last>;

/// The heads of queries beside the heads `K` of keys and values: the same ones, or with one axis more at the end, of
/// queries that share keys.
#[diagnostic::on_unimplemented(
    message = "attention: queries have the heads `{Self}`, keys `{K}`",
    label = "the axes before the last two differ",
    note = "they are the same axes, or queries have one axis more, of heads that share keys: queries `(B, G, R, N, K)` \
            with keys `(B, G, M, K)`",
    note = "`q.unflatten::<1, _, _>(G, R)` makes `(B, G, R, N, K)` of `(B, H, N, K)` where `H = G * R`"
)]
pub trait HeadsBeside<K>: Shape {
    /// Whether there is an axis of heads that share keys.
    const GROUPED: bool;
}

#[diagnostic::do_not_recommend]
impl<S: Shape> HeadsBeside<S> for S {
    const GROUPED: bool = false;
}

macro_rules! shared {
    ($(($($A:ident)*))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($A: Dim,)* R: Dim> HeadsBeside<($($A,)*)> for ($($A,)* R,) {
            const GROUPED: bool = true;
        }
    )*};
}
shared! { () (A) (A B) (A B C) }

macro_rules! never {
    ($($never:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Shape> HeadsBeside<$never> for S {
            const GROUPED: bool = false;
        }
    )*};
}
never! { Never Nothing }

#[cfg(test)]
mod tests {
    use super::{AttendedOf, HeadsBeside, ScoresOf};
    use congruent_dims::{D, dims};

    dims! { Batch = ?, Past = ? }

    #[test]
    fn the_last_axis_comes_from_the_other() {
        let scores: ScoresOf<(Batch, D<2>, D<8>), (Batch, Past, D<8>)> = (Batch(1), D::<2>, Past(3));
        let out: AttendedOf<(Batch, D<2>, D<8>), (Batch, Past, D<5>)> = (Batch(1), D::<2>, D::<5>);
        assert_eq!((scores.0, out.0), (Batch(1), Batch(1)));
    }

    #[test]
    fn heads_are_the_same_or_share_keys() {
        fn grouped<Q: HeadsBeside<K>, K>() -> bool {
            Q::GROUPED
        }
        assert!(!grouped::<(), ()>() && !grouped::<(Batch, D<4>), (Batch, D<4>)>());
        assert!(grouped::<(D<4>,), ()>() && grouped::<(Batch, D<2>, D<3>, D<4>), (Batch, D<2>, D<3>)>());
    }
}
