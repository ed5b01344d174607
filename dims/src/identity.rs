//! What tells run-time dims apart by type: two numbers from the place where each is declared.
//!
//! Apart from `named.rs`, which declares them. That two types are one can be a bound, that they are two cannot: numbers
//! are compared in both directions.

use crate::flag::{Flag, Off, On};
use std::marker::PhantomData;
use typenum::{B0, B1, Eq, IsEqual};

/// The identity of a run-time dim. [`run_time_dim!`](crate::run_time_dim) makes it; `()` is that of no dim.
#[doc(hidden)]
pub struct Identity<High, Low>(PhantomData<(High, Low)>);

/// Four decimal digits, of which `group` counts, of a hash of the place of a declaration (FNV-1a, 64 bits).
#[doc(hidden)]
pub const fn digits(place: &str, group: u32) -> usize {
    let (bytes, mut hash, mut at) = (place.as_bytes(), 0xcbf2_9ce4_8422_2325_u64, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    (hash / 10_000_u64.pow(group) % 10_000) as usize
}

/// Whether two identities are one.
#[doc(hidden)]
pub trait SameIdentity<R> {
    type Out: Flag;
}
impl<R> SameIdentity<R> for () {
    type Out = Off;
}
impl<High, Low> SameIdentity<()> for Identity<High, Low> {
    type Out = Off;
}
impl<A, B, C, D> SameIdentity<Identity<C, D>> for Identity<A, B>
where
    A: IsEqual<C, Output: Truth>,
    B: IsEqual<D, Output: Truth>,
{
    type Out = <<Eq<A, C> as Truth>::As as Flag>::And<<Eq<B, D> as Truth>::As>;
}

/// A bit as a flag.
#[doc(hidden)]
pub trait Truth {
    type As: Flag;
}
impl Truth for B0 {
    type As = Off;
}
impl Truth for B1 {
    type As = On;
}

#[cfg(test)]
mod tests {
    use super::{SameIdentity, digits};
    use crate::{D, Dim, Flag};

    crate::dims! { Batch = ?, Time = ?, Width = 4 }

    mod other {
        crate::dims! { pub(super) Batch = ? }
    }

    fn same<A: Dim<Identity: SameIdentity<B::Identity>>, B: Dim>() -> bool {
        <A::Identity as SameIdentity<B::Identity>>::Out::ON
    }

    #[test]
    fn a_dim_is_itself_and_no_other() {
        assert!(same::<Batch, Batch>() && same::<other::Batch, other::Batch>());
        assert!(!same::<Batch, Time>() && !same::<Batch, other::Batch>() && !same::<Time, other::Batch>());
    }

    #[test]
    fn static_dims_have_none() {
        assert!(!same::<Width, Width>() && !same::<D<3>, D<3>>() && !same::<Batch, D<3>>() && !same::<D<3>, Batch>());
    }

    #[test]
    fn local_names_are_places() {
        fn first() -> impl Dim {
            crate::dyn_dim!(rows = 2);
            assert!(same::<rows, rows>() && !same::<rows, Batch>());
            rows
        }
        assert_eq!(first().size(), 2);
        assert!([0, 1].map(|group| digits("a place", group)).iter().all(|&digits| digits < 10_000));
        assert_ne!(digits("a place", 0), digits("a place", 1));
    }
}
