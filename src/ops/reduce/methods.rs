//! The five methods of a reduction, from one row, and how tests visit all rows.
//!
//! Apart from the rows because they stand in the traits of several modules.

/// A trait of reductions, `$Trait`, and its `$Table`, a row for each: what it gives of `nothing`, and `for` which
/// arguments tests run it.
macro_rules! reduction_table {
    ($(#[$about:meta])* $Trait:ident, $Table:ident: $($kind:ident {$(
        $(#[$doc:meta])* $name:ident($($argument:ident: $Argument:ty)?) is $Reducer:ident $value:expr, $example:literal,
        nothing is $nothing:expr, for $(($($of:expr)?))*;
    )*})*) => {
        $(#[$about])*
        pub trait $Trait: $crate::graph::Operand + Sized {$(
            $crate::ops::reduce::reductions! { $kind $Trait: $(
                $(#[$doc])* $name($($argument: $Argument)?) is $Reducer $value, $example;
            )*}
        )*}
        impl<X: $crate::graph::Operand> $Trait for X {}

        #[doc = concat!("The rows of [`", stringify!($Trait), "`], for whoever visits the catalogue.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $Table;
        impl $crate::ops::ReductionCatalogue for $Table {
            fn visit(visitor: &mut impl $crate::ops::ReductionVisitor) {
                $($({
                    #[derive(Clone, Copy)]
                    struct Method($($Argument)?);
                    $crate::ops::reduce::five_methods! { Method, $name($($argument)?) }
                    $(
                        let argument = concat!($(stringify!($of))?);
                        let row = $crate::ops::ReductionRow { name: stringify!($name), argument, nothing: $nothing };
                        visitor.reduction(&row, Method($($of)?));
                    )*
                })*)*
            }
        }
    };
}
pub(crate) use reduction_table;

/// `$Method`, which holds the arguments of `$name`, by the five methods of that.
macro_rules! five_methods {
    ($Method:ident, $name:ident($($argument:ident)?)) => { paste::paste! {
        impl $crate::ops::FiveForms for $Method {
            fn all<X>(self, x: X) -> $crate::graph::Boxed<(), X::E, X::D>
            where
                X: $crate::graph::Operand<E: $crate::dtype::Real, N: $crate::graph::Node<X::E>>,
            {
                let $Method($($argument)?) = self;
                $crate::graph::Sharing::boxed(x.$name($($argument)?))
            }
            fn axis<const I: isize, X>(
                self,
                x: X,
            ) -> $crate::graph::Boxed<<X::S as $crate::shape::AxisAt<I>>::Removed, X::E, X::D>
            where
                X: $crate::graph::Operand<E: $crate::dtype::Real, N: $crate::graph::Node<X::E>>,
                X::S: $crate::shape::AxisAt<I>,
            {
                let $Method($($argument)?) = self;
                $crate::graph::Sharing::boxed(x.[<$name _axis>]::<I>($($argument)?))
            }
            fn keepdim<const I: isize, X>(
                self,
                x: X,
            ) -> $crate::graph::Boxed<<X::S as $crate::shape::AxisAt<I>>::Keep, X::E, X::D>
            where
                X: $crate::graph::Operand<E: $crate::dtype::Real, N: $crate::graph::Node<X::E>>,
                X::S: $crate::shape::AxisAt<I>,
            {
                let $Method($($argument)?) = self;
                $crate::graph::Sharing::boxed(x.[<$name _keepdim>]::<I>($($argument)?))
            }
            fn axes<A, X>(
                self,
                x: X,
            ) -> $crate::graph::Boxed<<X::S as $crate::shape::Reduce<A>>::Removed, X::E, X::D>
            where
                X: $crate::graph::Operand<E: $crate::dtype::Real, N: $crate::graph::Node<X::E>>,
                X::S: $crate::shape::Reduce<A>,
            {
                let $Method($($argument)?) = self;
                $crate::graph::Sharing::boxed(x.[<$name _axes>]::<A>($($argument)?))
            }
            fn axes_keepdim<A, X>(
                self,
                x: X,
            ) -> $crate::graph::Boxed<<X::S as $crate::shape::Reduce<A>>::Kept, X::E, X::D>
            where
                X: $crate::graph::Operand<E: $crate::dtype::Real, N: $crate::graph::Node<X::E>>,
                X::S: $crate::shape::Reduce<A>,
            {
                let $Method($($argument)?) = self;
                $crate::graph::Sharing::boxed(x.[<$name _axes_keepdim>]::<A>($($argument)?))
            }
        }
    } };
}
pub(crate) use five_methods;

/// The methods of a trait `$Trait`, a row for each reduction: `floats` have a gradient and nothing else has them,
/// `numbers` are for integers too.
macro_rules! reductions {
    (floats $Trait:ident: $($(#[$doc:meta])* $name:ident($($argument:ident: $Argument:ty)?)
        is $Reducer:ident $value:expr, $example:literal;)*) => {$(
        $crate::ops::reduce::reductions! { @ $Trait [$crate::ops::FloatingNode<Self::N>] reduce ReducedTo,
            $(#[$doc])* $name($($argument: $Argument)?) is $Reducer $value, $example }
    )*};
    (numbers $Trait:ident: $($(#[$doc:meta])* $name:ident() is $Reducer:ident $value:expr, $example:literal;)*) => {$(
        $crate::ops::reduce::reductions! {
            @ $Trait [$crate::ops::reduce::Reduces<$Reducer, Self::N>] reduce_numbers NumbersReducedTo,
            $(#[$doc])* $name() is $Reducer $value, $example }
    )*};
    (@ $Trait:ident [$($law:tt)*] $run:ident $To:ident, $(#[$doc:meta])*
        $name:ident($($argument:ident: $Argument:ty)?) is $Reducer:ident $value:expr, $example:literal) => {
        paste::paste! {
            $(#[$doc])*
            ///
            /// Over all axes: the result is a scalar.
            #[doc = concat!(
                "```\n# use congruent::prelude::*;\nlet x = Cpu.tensor([[1.0, 2.0], [3.0, 6.0]]);\n",
                "let y = x.",
                $example, ".eval();\n```"
            )]
            #[track_caller]
            fn $name(self $(, $argument: $Argument)?) -> $crate::ops::reduce::$To<Self, (), $Reducer>
            where
                Self::E: $($law)*,
            {
                $crate::ops::reduce::$run(self, [true; $crate::layout::MAX_AXES], |_| (), $value)
            }

            #[doc = concat!(
                "[`", stringify!($name), "`](", stringify!($Trait), "::", stringify!($name),
                ") over axis `I`, which vanishes."
            )]
            #[track_caller]
            fn [<$name _axis>]<const I: isize>(
                self $(, $argument: $Argument)?
            ) -> $crate::ops::reduce::$To<Self, <Self::S as $crate::shape::AxisAt<I>>::Removed, $Reducer>
            where
                Self::E: $($law)*,
                Self::S: $crate::shape::AxisAt<I>,
            {
                let axis = $crate::ops::reduce::one::<Self::S, I>();
                $crate::ops::reduce::$run(self, axis, $crate::shape::AxisAt::remove, $value)
            }

            #[doc = concat!(
                "[`", stringify!($name), "`](", stringify!($Trait), "::", stringify!($name),
                ") over axis `I`, which stays as `D<1>`."
            )]
            #[track_caller]
            fn [<$name _keepdim>]<const I: isize>(
                self $(, $argument: $Argument)?
            ) -> $crate::ops::reduce::$To<Self, <Self::S as $crate::shape::AxisAt<I>>::Keep, $Reducer>
            where
                Self::E: $($law)*,
                Self::S: $crate::shape::AxisAt<I>,
            {
                let axis = $crate::ops::reduce::one::<Self::S, I>();
                $crate::ops::reduce::$run(self, axis, $crate::shape::AxisAt::keep, $value)
            }

            #[doc = concat!(
                "[`", stringify!($name), "`](", stringify!($Trait), "::", stringify!($name),
                ") over the axes `A`, which vanish: `Axes![0, 2]`."
            )]
            #[track_caller]
            fn [<$name _axes>]<A>(
                self $(, $argument: $Argument)?
            ) -> $crate::ops::reduce::$To<Self, <Self::S as $crate::shape::Reduce<A>>::Removed, $Reducer>
            where
                Self::E: $($law)*,
                Self::S: $crate::shape::Reduce<A>,
            {
                let axes = $crate::ops::reduce::several::<Self::S, A>();
                $crate::ops::reduce::$run(self, axes, $crate::shape::Reduce::removed, $value)
            }

            #[doc = concat!(
                "[`", stringify!($name), "`](", stringify!($Trait), "::", stringify!($name),
                ") over the axes `A`, which stay as `D<1>`."
            )]
            #[track_caller]
            fn [<$name _axes_keepdim>]<A>(
                self $(, $argument: $Argument)?
            ) -> $crate::ops::reduce::$To<Self, <Self::S as $crate::shape::Reduce<A>>::Kept, $Reducer>
            where
                Self::E: $($law)*,
                Self::S: $crate::shape::Reduce<A>,
            {
                let axes = $crate::ops::reduce::several::<Self::S, A>();
                $crate::ops::reduce::$run(self, axes, $crate::shape::Reduce::kept, $value)
            }
        }
    };
}
pub(crate) use reductions;
