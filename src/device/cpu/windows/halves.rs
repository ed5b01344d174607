//! The door to convolutions and pooling: lengths are asked here, and 16-bit floats are computed in `f32`.
//!
//! Apart from the loops so that these know one width: a sum of 16-bit floats is rounded once, when it is done.

use super::{affine, convolve as forward, largest as most, norms as powers, parts, places, pool, sample, slopes};
use crate::device::cpu::unwritten;
use crate::device::cpu::widen::{narrow_slice, widen_slice};
use crate::dtype::Real;
use crate::loops::{AffineWalk, Convolution, GridWalk, PartWalk, PoolingWalk, SampleWalk};
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
    /// The p-norm of each window.
    norms(how: (PoolingWalk, f64), x)
        assert_eq!(x.len(), how.0.lens()[0], "pictures of another length"),
        powers::norms;
    /// Its gradient.
    to_norms(how: (PoolingWalk, f64), slope, x, norms)
        assert_eq!(
            ([x.len(), slope.len()], norms.len()),
            (how.0.lens(), slope.len()),
            "gradient or pictures of another length"
        ),
        powers::to_norms;
    /// The largest element of each part.
    largest_parts(how: PartWalk, x) assert_eq!(x.len(), how.lens()[0], "pictures of another length"), parts::largest;
    /// Its gradient.
    to_largest_parts(how: PartWalk, slope, x, best)
        assert_eq!(
            ([x.len(), slope.len()], best.len()),
            (how.lens(), slope.len()),
            "gradient or pictures of another length"
        ),
        parts::to_largest;
    /// The mean of each part.
    mean_parts(how: PartWalk, x) assert_eq!(x.len(), how.lens()[0], "pictures of another length"), parts::means;
    /// Its gradient.
    to_mean_parts(how: PartWalk, slope)
        assert_eq!(slope.len(), how.lens()[1], "gradient of another length"),
        parts::to_means;
    /// Pictures sampled anew.
    sampled(how: SampleWalk, x)
        assert_eq!(x.len(), how.parts.lens()[0], "pictures of another length"),
        sample::sampled;
    /// Its gradient.
    to_sampled(how: SampleWalk, slope)
        assert_eq!(slope.len(), how.parts.lens()[1], "gradient of another length"),
        sample::to_sampled;
    /// Pictures sampled at the places of a grid.
    sampled_at(how: GridWalk, x, grid)
        assert_eq!([x.len(), grid.len()], how.lens()[..2], "pictures or grid of another length"),
        places::sampled_at;
    /// The gradient of the pictures.
    to_sampled_at(how: GridWalk, slope, grid)
        assert_eq!([grid.len(), slope.len()], how.lens()[1..], "gradient or grid of another length"),
        places::to_pictures;
    /// The gradient of the grid.
    to_grid(how: GridWalk, slope, x, grid)
        assert_eq!([x.len(), grid.len(), slope.len()], how.lens(), "gradient, pictures or grid of another length"),
        places::to_grid;
    /// Affine maps of places.
    mapped(how: AffineWalk, maps) assert_eq!(maps.len(), how.lens()[0], "maps of another length"), affine::mapped;
    /// Their gradient.
    to_maps(how: AffineWalk, slope)
        assert_eq!(slope.len(), how.lens()[1], "gradient of another length"),
        affine::to_maps;
}
