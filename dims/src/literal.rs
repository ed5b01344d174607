//! Static dims and shapes written as numbers: `d!` and `Shape!`.
//!
//! Apart from `canonical.rs`, which starts from typenum numbers: here a constant expression finds its spelling.

use crate::spelling::{D, Dk, Dm};

/// The size `M · 1 000 000 + K · 1000 + N`, whose spelling has `GROUPS` groups.
pub struct SizeLiteral<const M: usize, const K: usize, const N: usize, const GROUPS: usize>;

/// What a literal spells.
pub trait Spells {
    /// The spelling.
    type Dim;
}

impl<const N: usize> Spells for SizeLiteral<0, 0, N, 1> {
    type Dim = D<N>;
}

impl<const K: usize, const N: usize> Spells for SizeLiteral<0, K, N, 2> {
    type Dim = Dk<K, N>;
}

impl<const M: usize, const K: usize, const N: usize> Spells for SizeLiteral<M, K, N, 3> {
    type Dim = Dm<M, K, N>;
}

/// How many groups of digits the spelling of a size has: one below 10 000, two below a million, else three.
pub const fn groups(size: usize) -> usize {
    match size {
        0..10_000 => 1,
        10_000..1_000_000 => 2,
        _ => 3,
    }
}

/// The last, second or first group of the spelling of a size: `place` is 0, 1 or 2. Zero where there is no such group.
pub const fn group(size: usize, place: usize) -> usize {
    match (place, groups(size)) {
        (0, 1) => size,
        (0, _) => size % 1000,
        (1, 2 | 3) => size / 1000 % 1000,
        (2, 3) => size / 1_000_000,
        _ => 0,
    }
}

/// The static dim of a size: any constant expression, as a type.
///
/// ```
/// use congruent_dims::{D, Dk, d};
/// const HIDDEN: usize = 768;
/// let _: [D<784>; 2] = [<d!(784)>::default(), <d!(28 * 28)>::default()];
/// let _: Dk<50, 257> = <d!(50_257)>::default();
/// let _: D<3072> = <d!(4 * HIDDEN)>::default();
/// ```
#[macro_export]
macro_rules! d {
    ($size:expr) => {
        <$crate::literal::SizeLiteral<
            { $crate::literal::group($size, 2) },
            { $crate::literal::group($size, 1) },
            { $crate::literal::group($size, 0) },
            { $crate::literal::groups($size) },
        > as $crate::literal::Spells>::Dim
    };
}

/// A shape, as a tuple type: numbers and `{ constant expressions }` become static dims, anything else is a dim's type.
///
/// ```
/// use congruent_dims::{D, Shape, dims};
/// dims! { Batch = ? }
/// const HEADS: usize = 12;
/// let shape: Shape![Batch, 784, { 3 * HEADS }, D<2>,] = (Batch(5), D, D, D);
/// let scalar: Shape![] = ();
/// # let _ = (shape, scalar);
/// ```
#[macro_export]
macro_rules! Shape {
    () => { () };
    ($($($size:literal)? $({ $value:expr })? $($dim:ty)?),*) => {
        ($($($crate::d!($size),)? $($crate::d!($value),)? $($dim,)?)*)
    };
}

#[cfg(test)]
mod tests {
    use super::{group, groups};
    use crate::{D, Dk, Dm};

    #[test]
    fn groups_join_to_the_size() {
        for size in [0, 1, 9_999, 10_000, 50_257, 999_999, 1_000_000, 1_204_224, 9_999_999_999] {
            let joined = group(size, 2) * 1_000_000 + group(size, 1) * 1000 + group(size, 0);
            assert_eq!(joined, size);
            let used = (0..3).rev().find(|&place| group(size, place) != 0).map_or(1, |place| place + 1);
            assert_eq!(groups(size), used);
        }
    }

    #[test]
    fn shapes_take_numbers_expressions_and_types() {
        crate::dims! { Batch = ? }
        const HEADS: usize = 12;
        type Mixed<A> = Shape![A, 3, { HEADS * 2 }, D<5>, 50_257, Batch, { 1_000_000 }];
        let _: Mixed<D<2>> = (D::<2>, D::<3>, D::<24>, D::<5>, Dk::<50, 257>, Batch(1), Dm::<1, 0, 0>);
        let _: (Shape![], Shape![7,]) = ((), (D::<7>,));
    }
}
