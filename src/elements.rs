//! The element types by name: the one place that lists them.
//!
//! Apart from `dtype`, which says what each of them is, because storeys below it have something for each type, too. A
//! list is handed to a macro, behind what else that is to get.

/// The 16-bit floats, by their names in the crate `half`.
macro_rules! for_each_half {
    ($callback:ident $($with:tt)*) => { $callback! { $($with)* f16, bf16 } };
}

/// The floating-point types.
macro_rules! for_each_float {
    ($callback:ident $($with:tt)*) => { $callback! { $($with)* ::half::f16, ::half::bf16, f32, f64 } };
}

/// The integers with a sign.
macro_rules! for_each_signed {
    ($callback:ident $($with:tt)*) => { $callback! { $($with)* i64, i32, i16, i8 } };
}

/// The integers.
macro_rules! for_each_integer {
    ($callback:ident $($with:tt)*) => { $callback! { $($with)* i64, i32, i16, i8, u64, u32, u16, u8 } };
}

/// The floating-point types and the integers: every element type but `bool`.
macro_rules! for_each_number {
    ($callback:ident $($with:tt)*) => {
        $callback! { $($with)* ::half::f16, ::half::bf16, f32, f64, i64, i32, i16, i8, u64, u32, u16, u8 }
    };
}

/// Calls a function of tests with each type: `for_each_float!(called check(1, 2))`.
#[cfg(test)]
macro_rules! called {
    ($function:ident $arguments:tt $($E:ty),*) => { $($function::<$E> $arguments;)* };
}

/// The same with each 16-bit float.
#[cfg(test)]
macro_rules! called_with_halves {
    ($function:ident $arguments:tt $($half:ident),*) => { $($function::<::half::$half> $arguments;)* };
}

#[cfg(test)]
pub(crate) use {called, called_with_halves};
pub(crate) use {for_each_float, for_each_half, for_each_integer, for_each_number, for_each_signed};
