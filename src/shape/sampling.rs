//! Grids of places on pictures, and the maps that make them.
//!
//! Apart from `pictures`, whose axes are counted: a grid says for each place of the result where in a picture it lies.

use super::Shape;
use super::pictures::Space;
use congruent_dims::{D, Dim};

/// Places on pictures with `R` axes of space, `R` coordinates each: `(N, H, W, 2)`, `(N, D, H, W, 3)`.
///
/// ```
/// use congruent::{D, shape::PlaceGrid};
/// let (batch, places) = PlaceGrid::<2>::parts((D::<8>, D::<5>, D::<7>, D::<2>));
/// assert_eq!((batch, places), (D::<8>, (D::<5>, D::<7>)));
/// ```
#[diagnostic::on_unimplemented(
    message = "grid_sample: `{Self}` is no grid of places on pictures with {R} axes of space",
    label = "expected (batch, .., D<{R}>): {R} axes of places, {R} coordinates at each",
    note = "over two axes a grid is (batch, height, width, D<2>), with x before y; `theta.affine_grid2d(..)` makes one"
)]
pub trait PlaceGrid<const R: usize>: Shape {
    /// The number of grids, one for each picture.
    type Batch: Dim;
    /// The places of each.
    type Places: Space;
    /// Both.
    fn parts(self) -> (Self::Batch, Self::Places);
}

/// Affine maps of `R` coordinates, each a matrix `(R, R + 1)`: `(N, 2, 3)`, `(N, 3, 4)`.
#[diagnostic::on_unimplemented(
    message = "affine_grid: `{Self}` are no affine maps of {R} coordinates",
    label = "expected (batch, D<2>, D<3>) over two axes, (batch, D<3>, D<4>) over three"
)]
pub trait AffineMaps<const R: usize>: Shape {
    /// The number of maps.
    type Batch: Dim;
    /// The number of maps.
    fn batch(self) -> Self::Batch;
}

/// Axes of space as those of a grid.
pub trait GridSpace: Space {
    /// A grid of `N` times these places.
    type Grid<N: Dim>: Shape;
    /// A grid of so many times these places.
    fn grid<N: Dim>(self, batch: N) -> Self::Grid<N>;
}

macro_rules! grids {
    ($($R:literal $columns:literal: $($A:ident $place:tt $own:tt),*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<N: Dim, $($A: Dim),*> PlaceGrid<$R> for (N, $($A,)* D<$R>) {
            type Batch = N;
            type Places = ($($A,)*);
            #[inline]
            fn parts(self) -> (N, Self::Places) {
                (self.0, ($(self.$place,)*))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<N: Dim> AffineMaps<$R> for (N, D<$R>, D<$columns>) {
            type Batch = N;
            #[inline]
            fn batch(self) -> N {
                self.0
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($A: Dim),*> GridSpace for ($($A,)*) {
            type Grid<N: Dim> = (N, $($A,)* D<$R>);
            #[inline]
            fn grid<N: Dim>(self, batch: N) -> Self::Grid<N> {
                (batch, $(self.$own,)* D::<$R>)
            }
        }
    )*};
}
grids! {
    2 3: H 1 0, W 2 1;
    3 4: Z 1 0, H 2 1, W 3 2;
}

#[cfg(test)]
mod tests {
    use super::{AffineMaps, GridSpace, PlaceGrid};
    use congruent_dims::{D, dims};

    dims! { Batch = ?, Rows = ? }

    #[test]
    fn grids_are_taken_apart_and_put_together() {
        let grid = (Rows(5), D::<7>).grid(Batch(4));
        assert_eq!(grid, (Batch(4), Rows(5), D::<7>, D::<2>));
        assert_eq!(PlaceGrid::<2>::parts(grid), (Batch(4), (Rows(5), D::<7>)));
        assert_eq!((D::<1>, D::<2>, D::<3>).grid(D::<9>), (D::<9>, D::<1>, D::<2>, D::<3>, D::<3>));
        assert_eq!(AffineMaps::<3>::batch((Batch(4), D::<3>, D::<4>)), Batch(4));
    }
}
