//! Libraries as tables of functions: looked up once, all of them or none.
//!
//! Apart from the libraries because each is such a table. The bindings find the library; its functions are looked up
//! here, so that one that lacks a function is an error and no panic at its first call, and so that a number that it
//! returns may be any: the enums of the bindings hold those that were known when they were written.

use crate::error::DeviceError;

/// What was looked for and not found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Missing {
    /// The library.
    pub(super) name: &'static str,
    /// The function that it does not have, if it is there.
    pub(super) lacks: Option<&'static str>,
    /// How to get it.
    pub(super) hint: &'static str,
}

impl From<Missing> for DeviceError {
    fn from(Missing { name, lacks, hint }: Missing) -> Self {
        DeviceError::MissingLibrary { name, lacks, hint }
    }
}

/// What a search for a library gives; a panic of the bindings is one that is not there.
pub(super) fn searched<T>(
    name: &'static str,
    hint: &'static str,
    search: fn() -> Result<T, Missing>,
) -> Result<T, Missing> {
    std::panic::catch_unwind(search).unwrap_or(Err(Missing { name, lacks: None, hint }))
}

/// A table of the functions of a library, `Table::get()`. Those of the first list return 0 or the number of an error,
/// which `meaning` puts into words; each is a method that returns a `Result`.
macro_rules! functions {
    (
        $(#[$doc:meta])*
        $Table:ident, $library:literal by $($binding:ident)::+; $hint:literal;
        checked { $($method:ident = $symbol:literal($($argument:ident: $Type:ty),*);)* }
        others { $($other:ident = $other_symbol:literal($($OtherType:ty),*) -> $Out:ty;)* }
    ) => {
        $(#[$doc])*
        pub(super) struct $Table {
            $($method: unsafe extern "C" fn($($Type),*) -> u32,)*
            $($other: unsafe extern "C" fn($($OtherType),*) -> $Out,)*
        }

        impl $Table {
            /// The library, which is looked for once.
            pub(super) fn get() -> Result<&'static Self, $crate::device::cuda::functions::Missing> {
                use $crate::device::cuda::functions::{Missing, searched};
                static FOUND: std::sync::OnceLock<Result<$Table, Missing>> = std::sync::OnceLock::new();
                FOUND.get_or_init(|| searched($library, $hint, Self::find)).as_ref().map_err(|missing| *missing)
            }

            fn find() -> Result<Self, $crate::device::cuda::functions::Missing> {
                let missing = |lacks| $crate::device::cuda::functions::Missing { name: $library, lacks, hint: $hint };
                // SAFETY: it is loaded as any program that uses it loads it; what it does then is trusted.
                if !unsafe { $($binding)::+::is_culib_present() } {
                    return Err(missing(None));
                }
                // SAFETY: as above.
                let library = unsafe { $($binding)::+::culib() };
                Ok($Table {
                    $(
                        // SAFETY: the type is that of the function in the library's header.
                        $method: *unsafe { library.get(concat!($symbol, "\0").as_bytes()) }
                            .map_err(|_| missing(Some($symbol)))?,
                    )*
                    $(
                        // SAFETY: as above.
                        $other: *unsafe { library.get(concat!($other_symbol, "\0").as_bytes()) }
                            .map_err(|_| missing(Some($other_symbol)))?,
                    )*
                })
            }

            $(
                /// # Safety
                /// What the library's manual asks of the caller of this function.
                #[allow(clippy::too_many_arguments, reason = "as many as the library's function has")]
                pub(super) unsafe fn $method(&self, $($argument: $Type),*) -> Result<(), $crate::error::DeviceError> {
                    // SAFETY: the caller's contract.
                    match unsafe { (self.$method)($($argument),*) } {
                        0 => Ok(()),
                        code => Err(self.refused($symbol, code)),
                    }
                }
            )*

            #[cold]
            fn refused(&self, operation: &'static str, code: u32) -> $crate::error::DeviceError {
                $crate::error::DeviceError::Driver { code, meaning: self.meaning(code), operation }
            }
        }
    };
}

pub(super) use functions;
