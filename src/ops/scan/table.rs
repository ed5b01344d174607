//! How tests visit all running formulas, from one row for each.
//!
//! Apart from the methods, which are written out: a macro around them would stand in what the compiler says of an axis.

/// `$Table`, a row for each method, and `of` which reduction each element is of those up to it.
macro_rules! running_rows {
    ($(#[$about:meta])* $Table:ident: $($name:ident of $reduction:literal;)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug)]
        pub struct $Table;
        impl $crate::ops::RunningCatalogue for $Table {
            fn visit(visitor: &mut impl $crate::ops::RunningVisitor) {
                $({
                    #[derive(Clone, Copy)]
                    struct Method;
                    impl $crate::ops::RunningForm for Method {
                        fn axis<const I: isize, X>(self, x: X) -> $crate::graph::Boxed<X::S, X::E, X::D>
                        where
                            X: $crate::graph::Operand<E: $crate::dtype::Real, N: $crate::graph::Node<X::E>>,
                            X::S: $crate::shape::AxisAt<I>,
                        {
                            $crate::graph::Sharing::boxed(x.$name::<I>())
                        }
                    }
                    let row = $crate::ops::RunningRow { name: stringify!($name), reduction: $reduction };
                    visitor.running(&row, Method);
                })*
            }
        }
    };
}
pub(super) use running_rows;
