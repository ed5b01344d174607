//! Asking in a test whether a bound is met.
//!
//! Apart from the tests because several files ask, and the trick is worth explaining once.

/// `holds!(D<768>: DivDim<D<12>>)` is whether the bound is met: where it is, the inherent method hides the trait's.
macro_rules! holds {
    ($subject:ty: $($bound:tt)+) => {{
        struct Subject<T>(std::marker::PhantomData<T>);

        #[allow(dead_code, reason = "hidden where the bound is met")]
        trait Otherwise: Sized {
            fn holds(self) -> bool {
                false
            }
        }

        impl<T> Otherwise for Subject<T> {}

        #[allow(dead_code, reason = "absent where the bound is not met")]
        impl<T: $($bound)+> Subject<T> {
            fn holds(self) -> bool {
                true
            }
        }

        Subject::<$subject>(std::marker::PhantomData).holds()
    }};
}
pub(crate) use holds;
