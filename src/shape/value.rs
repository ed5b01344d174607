//! Shapes as arguments: what is no tuple of dims is said once, of the tuple, not of each number in it.
//!
//! Apart from `tuple` because here nothing is said of shapes, only of what stands in place of one.

use congruent_dims::Spelled;

/// What stands where a shape is asked for: a tuple of dims, which is itself. `S: Shape` implies it.
///
/// ```
/// use congruent::{D, dims, shape::ShapeValue};
/// dims! { Batch = ? }
/// assert_eq!((Batch(3), D::<4>).own(), (Batch(3), D::<4>));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tensor shape: sizes are types here",
    label = "expected dims in a tuple: `(D::<2>, D::<1>)`, `(D::<3>,)`, `(Batch(n), D::<1>)`",
    note = "as a type it is written `Shape![2, 1]`, with up to six axes; a size that only the run knows has a name: \
            `dims! {{ Batch = ? }}`"
)]
pub trait ShapeValue: Copy {
    /// The shape itself: of what is none the compiler has no more to ask.
    type Own;
    /// The shape.
    fn own(self) -> Self::Own;
}

macro_rules! values {
    ($(($($A:ident)*))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($A: Spelled<Own = $A> + Copy),*> ShapeValue for ($($A,)*) {
            // Not `Self`, which would be known of numbers, too.
            type Own = ($($A::Own,)*);
            #[cfg_attr(optimised, inline(always))]
            fn own(self) -> Self::Own {
                self
            }
        }
    )*};
}
values! { () (A) (A B) (A B C) (A B C F) (A B C F G) (A B C F G H) }
