//! The index of an element as an array, one number an axis.
//!
//! Apart from `values.rs` because the length of the array is a number in a type, which each rank states for itself.

use crate::dims::Dim;
use crate::shape::Shape;

/// A shape whose elements have an index array: `[usize; 2]` for a matrix, `[usize; 0]` for a scalar.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no index array",
    label = "expected a tuple of dims",
    note = "a generic shape needs `where {Self}: IndexShape`"
)]
pub trait IndexShape: Shape {
    /// One number an axis, outermost first.
    type Index: Copy + Default + AsMut<[usize]>;
}

macro_rules! index_shapes {
    ($($rank:literal [$($axis:ident)*])*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($axis: Dim),*> IndexShape for ($($axis,)*) {
            type Index = [usize; $rank];
        }
    )*};
}
index_shapes! { 0 [] 1 [A] 2 [A B] 3 [A B C] 4 [A B C F] 5 [A B C F G] 6 [A B C F G H] }

/// The next index in row-major order.
pub(super) fn advance(index: &mut [usize], dims: &[usize]) {
    for (place, &size) in index.iter_mut().zip(dims).rev() {
        *place += 1;
        if *place < size {
            return;
        }
        *place = 0;
    }
}
