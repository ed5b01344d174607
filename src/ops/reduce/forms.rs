//! The forms that a summary of rows comes in: over everything, over one axis or several, kept or not.
//!
//! Apart from `elements`, which says what a row is: here are only names, and each stands once.

/// A trait of operations that give one result a row: over all elements, over one axis, and over one that stays.
macro_rules! forms {
    ($(#[$about:meta])* $Trait:ident $($row:tt)*) => {
        $crate::ops::reduce::forms::of_trait! { $(#[$about])* $Trait [of_one] $($row)* }
    };
}
pub(in crate::ops) use forms;

/// The same with all five forms: also over several axes.
macro_rules! five_forms {
    ($(#[$about:meta])* $Trait:ident $($row:tt)*) => {
        $crate::ops::reduce::forms::of_trait! { $(#[$about])* $Trait [of_several] $($row)* }
    };
}
pub(in crate::ops) use five_forms;

macro_rules! of_trait {
    ($(#[$about:meta])* $Trait:ident [$form:ident]
     $($(#[$doc:meta])* $name:ident($($argument:ident: $Argument:ty),*) -> $Out:ident by $run:path
       where [$($bound:tt)*], $example:literal;)*) => {
        $(#[$about])*
        pub trait $Trait: $crate::graph::Operand + Sized {
            $(
                $(#[$doc])*
                ///
                /// Over all elements: the result is a scalar.
                #[doc = concat!("```\n# use congruent::prelude::*;\n", $example, "\n```")]
                #[track_caller]
                fn $name(self $(, $argument: $Argument)*) -> $Out<Self, ()>
                where
                    $($bound)*
                {
                    $run(self, $crate::ops::reduce::elements::all $(, $argument)*)
                }

                $crate::ops::reduce::forms::$form! {
                    $Trait $name($($argument: $Argument),*) -> $Out by $run where [$($bound)*]
                }
            )*
        }
        impl<X: $crate::graph::Operand> $Trait for X {}
    };
}
pub(in crate::ops) use of_trait;

/// The forms over one axis.
macro_rules! of_one {
    ($Trait:ident $name:ident($($argument:ident: $Argument:ty),*) -> $Out:ident by $run:path
     where [$($bound:tt)*]) => { paste::paste! {
        #[doc = concat!(
            "[`", stringify!($name), "`](", stringify!($Trait), "::", stringify!($name),
            ") over axis `I`, which vanishes."
        )]
        #[track_caller]
        fn [<$name _axis>]<const I: isize>(
            self $(, $argument: $Argument)*
        ) -> $Out<Self, <Self::S as $crate::shape::AxisAt<I>>::Removed>
        where
            Self::S: $crate::shape::AxisAt<I>,
            $($bound)*
        {
            $run(self, $crate::ops::reduce::elements::removed::<Self::S, I> $(, $argument)*)
        }

        #[doc = concat!(
            "[`", stringify!($name), "`](", stringify!($Trait), "::", stringify!($name),
            ") over axis `I`, which stays as `D<1>`."
        )]
        #[track_caller]
        fn [<$name _keepdim>]<const I: isize>(
            self $(, $argument: $Argument)*
        ) -> $Out<Self, <Self::S as $crate::shape::AxisAt<I>>::Keep>
        where
            Self::S: $crate::shape::AxisAt<I>,
            $($bound)*
        {
            $run(self, $crate::ops::reduce::elements::kept::<Self::S, I> $(, $argument)*)
        }
    } };
}
pub(in crate::ops) use of_one;

/// The forms over one axis and over several.
macro_rules! of_several {
    ($Trait:ident $name:ident($($argument:ident: $Argument:ty),*) -> $Out:ident by $run:path
     where [$($bound:tt)*]) => { paste::paste! {
        $crate::ops::reduce::forms::of_one! {
            $Trait $name($($argument: $Argument),*) -> $Out by $run where [$($bound)*]
        }

        #[doc = concat!(
            "[`", stringify!($name), "`](", stringify!($Trait), "::", stringify!($name),
            ") over the axes `A`, which vanish: `Axes![0, 2]`."
        )]
        #[track_caller]
        fn [<$name _axes>]<A>(
            self $(, $argument: $Argument)*
        ) -> $Out<Self, <Self::S as $crate::shape::Reduce<A>>::Removed>
        where
            Self::S: $crate::shape::Reduce<A>,
            $($bound)*
        {
            $run(self, $crate::ops::reduce::elements::several_removed::<Self::S, A> $(, $argument)*)
        }

        #[doc = concat!(
            "[`", stringify!($name), "`](", stringify!($Trait), "::", stringify!($name),
            ") over the axes `A`, which stay as `D<1>`."
        )]
        #[track_caller]
        fn [<$name _axes_keepdim>]<A>(
            self $(, $argument: $Argument)*
        ) -> $Out<Self, <Self::S as $crate::shape::Reduce<A>>::Kept>
        where
            Self::S: $crate::shape::Reduce<A>,
            $($bound)*
        {
            $run(self, $crate::ops::reduce::elements::several_kept::<Self::S, A> $(, $argument)*)
        }
    } };
}
pub(in crate::ops) use of_several;
