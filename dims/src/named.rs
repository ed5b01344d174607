//! Named dims: `dims!` for items, `dyn_dim!` inside a function.
//!
//! Apart from `literal.rs` because a name is an identity: two named dims of equal size are different types.

/// Declares named dims: `Name = 784` has a static size, `Name = ?` a size known at run time.
///
/// A static one is a unit struct and a [`StaticDim`](crate::StaticDim); any constant expression gives its size. A
/// run-time one holds its size, `Batch(32)`; the compiler checks the identity, and operations compare the sizes.
/// Attributes and visibility pass through, and a line about the size is added to the docs. Each is `Clone`, `Copy`,
/// `Debug`, `PartialEq` and `Eq`, a static one `Default` too.
///
/// ```
/// use congruent_dims::{D, Dim, Multiplied, dims};
/// dims! {
///     /// Examples that are trained on together.
///     pub Batch = ?,
///     pub Features = 28 * 28,
/// }
/// assert_eq!(Batch(32).size(), 32);
/// assert_eq!(<Multiplied<Features, D<2>>>::name(), "D<1568>");
/// ```
#[macro_export]
macro_rules! dims {
    // A lifetime never follows the `?`; a repetition needs some variable, and this one makes `?` optional.
    ($($(#[$meta:meta])* $visible:vis $name:ident = $(? $($never:lifetime)?)? $($size:expr)?),* $(,)?) => {
        $($crate::named_dim! { $(#[$meta])* $visible $name = $(? $($never)?)? $($size)? })*
    };
}

/// One dim of `dims!`.
#[doc(hidden)]
#[macro_export]
macro_rules! named_dim {
    ($(#[$meta:meta])* $visible:vis $name:ident = ?) => {
        $(#[$meta])*
        ///
        /// A dimension whose size is known at run time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $visible struct $name(
            /// The size.
            pub usize,
        );

        impl $crate::Rigid for $name {}
        #[diagnostic::do_not_recommend]
        impl $crate::Spelled for $name {
            type Own = Self;
        }
        $crate::run_time_dim! { $name, 0 }
    };
    ($(#[$meta:meta])* $visible:vis $name:ident = $size:expr) => {
        $(#[$meta])*
        ///
        #[doc = concat!("A dimension of size `", stringify!($size), "`, known to the compiler.")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        $visible struct $name;

        impl $crate::Rigid for $name {}
        #[diagnostic::do_not_recommend]
        impl $crate::Spelled for $name {
            type Own = Self;
        }

        #[diagnostic::do_not_recommend]
        impl $crate::Dim for $name {
            const STATIC: ::core::option::Option<usize> = ::core::option::Option::Some($size);
            type Stretches = $crate::Off;
            type Static = $crate::On;
            type Identity = ();

            #[inline(always)]
            fn size(self) -> usize {
                <Self as $crate::StaticDim>::SIZE
            }

            #[inline(always)]
            fn from_size(size: usize) -> ::core::option::Option<Self> {
                (size == <Self as $crate::StaticDim>::SIZE).then_some($name)
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::StaticDim for $name {
            type Num = <$crate::d!($size) as $crate::StaticDim>::Num;
        }
    };
}

/// Declares a dim inside a function, with its size: a type and a value of the same name.
///
/// Its identity is this place in the source. A loop passes the same place again, so operations still compare sizes.
///
/// ```
/// use congruent_dims::{Dim, dyn_dim};
/// let text = "one\ntwo\nthree";
/// dyn_dim!(lines = text.lines().count());
/// fn kept<A: Dim>(a: A) -> A { a }
/// let same: lines = kept(lines);
/// assert_eq!((same.size(), lines::name()), (3, "lines".into()));
/// ```
#[macro_export]
macro_rules! dyn_dim {
    ($name:ident = $size:expr) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(non_camel_case_types, reason = "the type bears the name of its value")]
        struct $name {
            size: usize,
        }

        impl $crate::Rigid for $name {}
        #[diagnostic::do_not_recommend]
        impl $crate::Spelled for $name {
            type Own = Self;
        }
        $crate::run_time_dim! { $name, size }
        let $name = $name { size: $size };
    };
}

/// The `Dim` of a struct that holds its size in a field.
#[doc(hidden)]
#[macro_export]
macro_rules! run_time_dim {
    ($name:ident, $field:tt) => {
        #[diagnostic::do_not_recommend]
        impl $crate::Dim for $name {
            const STATIC: ::core::option::Option<usize> = ::core::option::Option::None;
            type Stretches = $crate::Off;
            type Static = $crate::Off;
            type Identity = $crate::Identity<$crate::place_digits!($name, 0), $crate::place_digits!($name, 1)>;

            #[inline(always)]
            fn size(self) -> usize {
                self.$field
            }

            #[inline(always)]
            fn from_size(size: usize) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(Self { $field: size })
            }
        }
    };
}

/// Digits of the place where a dim is declared, as a number.
#[doc(hidden)]
#[macro_export]
macro_rules! place_digits {
    ($name:ident, $group:literal) => {
        <$crate::D<
            {
                const PLACE: &str = concat!(module_path!(), file!(), line!(), ":", column!(), stringify!($name));
                $crate::digits(PLACE, $group)
            },
        > as $crate::StaticDim>::Num
    };
}

#[cfg(test)]
mod tests {
    use crate::{D, Dim, Dk, StaticDim};

    const BASE: usize = 3;

    crate::dims! {
        /// A documented dim.
        #[derive(Hash)]
        pub(crate) Batch = ?,
        Hidden = 4 * BASE,
        Vocabulary = 50_257,
    }
    crate::dims! {}

    #[test]
    fn static_names_have_the_number_of_their_size() {
        fn number<A: StaticDim<Num = <B as StaticDim>::Num>, B: StaticDim>(_: A, _: B) -> usize {
            A::SIZE
        }
        assert_eq!([number(Hidden, D::<12>), number(Vocabulary, Dk::<50, 257>)], [12, 50_257]);
        assert_eq!((Hidden::STATIC, Hidden.size(), Hidden::name()), (Some(12), 12, "Hidden".into()));
        assert_eq!((Hidden::from_size(12), Hidden::from_size(13)), (Some(Hidden), None));
    }

    #[test]
    fn run_time_names_hold_their_size() {
        assert_eq!((Batch::STATIC, Batch(7).size(), Batch::name()), (None, 7, "Batch".into()));
        assert_eq!(Batch::from_size(9), Some(Batch(9)));
        assert_eq!(format!("{:?}", Batch(7)), "Batch(7)");
    }

    #[test]
    fn a_local_name_is_a_type_and_a_value() {
        fn sized<A: Dim>(size: usize) -> Option<A> {
            A::from_size(size)
        }
        crate::dyn_dim!(rows = 2 + 3);
        let same: rows = sized(5).expect("a run-time dim takes any size");
        assert_eq!((rows.size(), rows::STATIC, rows::name()), (5, None, "rows".into()));
        assert!(same == rows);
    }
}
