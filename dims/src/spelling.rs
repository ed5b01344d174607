//! How static sizes are spelled: `D<784>`, `Dk<50, 257>`, `Dm<1, 204, 224>`.
//!
//! Apart from `dim.rs` because a spelling is a type and nothing more: which of them are dims is said in `sizes.rs`.

use std::fmt::{self, Debug, Formatter};

/// The axis that stretches: the literal size 1. See [`Fit`](crate::Fit).
pub type One = D<1>;

/// The static size `N`, below 10 000. A larger one is written by [`d!`](crate::d).
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct D<const N: usize>;

/// The static size `K · 1000 + N`, from 10 000 on, below a million. Best written by [`d!`](crate::d).
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Dk<const K: usize, const N: usize>;

/// The static size `M · 1 000 000 + K · 1000 + N`, from a million on, below 10¹⁰. Best written by [`d!`](crate::d).
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Dm<const M: usize, const K: usize, const N: usize>;

/// As the type is written: `D<784>`.
macro_rules! shown {
    ($($Type:ident $first:ident $($number:ident)*, $words:literal;)*) => {$(
        impl<const $first: usize, $(const $number: usize),*> Debug for $Type<$first, $($number),*> {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                write!(f, $words)
            }
        }
    )*};
}
shown! { D N, "D<{N}>"; Dk K N, "Dk<{K}, {N}>"; Dm M K N, "Dm<{M}, {K}, {N}>"; }

#[cfg(test)]
mod tests {
    use super::{D, Dk, Dm};

    #[test]
    fn values_are_shown_as_their_types() {
        assert_eq!(format!("{:?}", (D::<3>, Dk::<50, 257>, Dm::<1, 2, 3>)), "(D<3>, Dk<50, 257>, Dm<1, 2, 3>)");
    }
}
