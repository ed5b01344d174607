//! Which two shapes have an inner product or a product of Kronecker, and of which shape it is.
//!
//! Apart from `products`, which computes them: here are laws alone.

use crate::dims::{D, Dim, MulDim, Multiplied, One};
use crate::dtype::Never;
use crate::shape::Shape;

/// Shapes whose last axes are summed over: vectors and matrices.
#[diagnostic::on_unimplemented(
    message = "inner: `{Self}` and `{R}` have no product over their last axes",
    label = "expected vectors `(K,)` or matrices `(M, K)` with one last axis, found `{Self}` and `{R}`",
    note = "of batches of matrices: `a.matmul_t(b)`"
)]
pub trait Inner<R>: Shape {
    /// The right operand as `matmul` takes it.
    type Turned: Shape;
    /// The axes of both without the last.
    type Product: Shape;
    /// The right operand as `matmul` takes it.
    fn turn(right: R) -> Self::Turned;
    /// The axes of both without the last.
    fn inner(self, right: R) -> Self::Product;
}

macro_rules! inner {
    ($($(#[$doc:meta])* ($($m:ident $i:tt)?) ($($n:ident $j:tt)?) $last:tt;)*) => {$(
        $(#[$doc])*
        #[diagnostic::do_not_recommend]
        impl<$($m: Dim,)? $($n: Dim,)? K: Dim> Inner<($($n,)? K,)> for ($($m,)? K,) {
            type Turned = (K, $($n,)?);
            type Product = ($($m,)? $($n,)?);
            fn turn(right: ($($n,)? K,)) -> Self::Turned {
                (right.$last, $(right.$j,)?)
            }
            #[allow(clippy::unused_unit, unused_variables, reason = "two vectors have no axis left")]
            fn inner(self, right: ($($n,)? K,)) -> Self::Product {
                ($(self.$i,)? $(right.$j,)?)
            }
        }
    )*};
}
inner! {
    /// `(K,) (K,) = ()`
    () () 0;
    /// `(M, K) (K,) = (M,)`
    (M 0) () 0;
    /// `(K,) (N, K) = (N,)`
    () (N 0) 1;
    /// `(M, K) (N, K) = (M, N)`
    (M 0) (N 0) 1;
}

/// Shapes that have a Kronecker product: two vectors or two matrices, whose sizes multiply.
#[diagnostic::on_unimplemented(
    message = "kron: `{Self}` and `{R}` have no Kronecker product",
    label = "expected two vectors or two matrices of static sizes",
    note = "for sizes that the run knows: `(a.unsqueeze::<..>() * b.unsqueeze::<..>()).reshape(shape)`"
)]
pub trait Kron<R>: Shape {
    /// The left operand with an axis of one behind each of its own.
    type Left: Shape;
    /// The right operand with an axis of one in front of each of its own.
    type Right: Shape;
    /// All products, before axes are made one.
    type Grid: Shape;
    /// The shape of the product.
    type Product: Shape;
    /// The left operand with an axis of one behind each of its own.
    fn left(self) -> Self::Left;
    /// The right operand with an axis of one in front of each of its own.
    fn right(right: R) -> Self::Right;
    /// All products, before axes are made one.
    fn grid(self, right: R) -> Self::Grid;
    /// The shape of the product.
    fn kron(self, right: R) -> Self::Product;
}

/// `(M,) ⊗ (P,) = (M · P,)`
#[diagnostic::do_not_recommend]
impl<M: Dim + MulDim<P>, P: Dim> Kron<(P,)> for (M,) {
    type Left = (M, One);
    type Right = (One, P);
    type Grid = (M, P);
    type Product = (Multiplied<M, P>,);
    fn left(self) -> Self::Left {
        (self.0, D)
    }
    fn right(right: (P,)) -> Self::Right {
        (D, right.0)
    }
    fn grid(self, right: (P,)) -> Self::Grid {
        (self.0, right.0)
    }
    fn kron(self, _: (P,)) -> Self::Product {
        Default::default()
    }
}

/// `(M, N) ⊗ (P, Q) = (M · P, N · Q)`
#[diagnostic::do_not_recommend]
impl<M: Dim + MulDim<P>, N: Dim + MulDim<Q>, P: Dim, Q: Dim> Kron<(P, Q)> for (M, N) {
    type Left = (M, One, N, One);
    type Right = (One, P, One, Q);
    type Grid = (M, P, N, Q);
    type Product = (Multiplied<M, P>, Multiplied<N, Q>);
    fn left(self) -> Self::Left {
        (self.0, D, self.1, D)
    }
    fn right(right: (P, Q)) -> Self::Right {
        (D, right.0, D, right.1)
    }
    fn grid(self, right: (P, Q)) -> Self::Grid {
        (self.0, right.0, self.1, right.1)
    }
    fn kron(self, _: (P, Q)) -> Self::Product {
        Default::default()
    }
}

/// No user has these: with a second candidate the compiler reports our text in place of unifying first.
macro_rules! no_kron {
    ($(($($axis:ident)*))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($axis: Dim),*> Kron<Never> for ($($axis,)*) {
            type Left = Self;
            type Right = ();
            type Grid = Self;
            type Product = Self;
            fn left(self) -> Self {
                self
            }
            fn right(_: Never) {}
            fn grid(self, _: Never) -> Self {
                self
            }
            fn kron(self, _: Never) -> Self {
                self
            }
        }
    )*};
}
no_kron! { (M) (M N) }
