//! The door to convolutions and pooling: lengths are asked here, and 16-bit floats are computed in `f32`.
//!
//! Apart from the loops so that these know one width: a sum of 16-bit floats is rounded once, when it is done.

use super::{convolve as forward, largest as most, pool, slopes};
use crate::device::cpu::unwritten;
use crate::device::cpu::widen::{narrow_slice, widen_slice};
use crate::dtype::Real;
use crate::loops::{Convolution, PoolingWalk};
use crate::memory::Buf;

/// The results as 16-bit floats.
fn narrowed<E: Real>(values: &Buf<f32>) -> Buf<E> {
    let mut out = unwritten(values.len());
    narrow_slice(values.host(), out.make_mut());
    out
}

macro_rules! doors {
    ($($(#[$about:meta])* $name:ident($how:ident: $How:ty, $($x:ident),*) $check:expr, $own:expr;)*) => {$(
        $(#[$about])*
        pub(in crate::device) fn $name<E: Real>($how: &$How, $($x: &[E]),*) -> Buf<E> {
            $check;
            if E::NARROW {
                $(let $x = widen_slice($x);)*
                narrowed(&$own($how, $($x.host()),*))
            } else {
                $own($how, $($x),*)
            }
        }
    )*};
}

doors! {
    /// The convolution of pictures by a weight.
    convolve(how: Convolution, x, weight)
        assert_eq!([x.len(), weight.len()], how.lens()[..2], "pictures or weight of another length"),
        forward::convolve;
    /// The gradient of the pictures.
    to_pictures(how: Convolution, slope, weight)
        assert_eq!([weight.len(), slope.len()], how.lens()[1..], "gradient or weight of another length"),
        slopes::to_pictures;
    /// The gradient of the weight.
    to_weight(how: Convolution, slope, x)
        assert_eq!([x.len(), slope.len()], [how.lens()[0], how.lens()[2]], "gradient or pictures of another length"),
        slopes::to_weight;
    /// The largest element of each window.
    largest(how: PoolingWalk, x) assert_eq!(x.len(), how.lens()[0], "pictures of another length"), most::largest;
    /// Its gradient.
    to_largest(how: PoolingWalk, slope, x, best)
        assert_eq!(
            ([x.len(), slope.len()], best.len()),
            (how.lens(), slope.len()),
            "gradient or pictures of another length"
        ),
        most::to_largest;
    /// The mean of each window.
    means(how: PoolingWalk, x) assert_eq!(x.len(), how.lens()[0], "pictures of another length"), pool::means;
    /// Its gradient.
    to_means(how: PoolingWalk, slope)
        assert_eq!(slope.len(), how.lens()[1], "gradient of another length"),
        pool::to_means;
}
