//! Pictures sampled at the places of a grid, and grids of affine maps.
//!
//! Apart from `resampled`, whose places are those of another size: here a tensor says them, and has a gradient, too.

use super::convolved::three;
use crate::device::{Buf, Device, SameDevice, WindowWork};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::{Error, differ, raise};
use crate::graph::{Behind, Both, Described, Differentiable, Ex, Given, Lazy, Operand, SlopeRule, Work};
use crate::layout::count;
use crate::loops::{AffineWalk, GridWalk};
pub use crate::loops::{GridMode, GridPadding, GridSample};
use crate::ops::{FloatingNode, NodeOver, OtherGraphOf, RuledByBothOf, RuledOf, result_of, whole};
use crate::shape::{AffineMaps, AxisSizes, GridBatch, GridSpace, Mismatch, Pictures, PlaceGrid, Shape, Space};

/// What `X` gives at the places of the grid `G`.
pub type GriddedOf<const R: usize, X, G> = RuledByBothOf<
    X,
    G,
    <<<G as Operand>::S as PlaceGrid<R>>::Places as Space>::Under<
        <<X as Operand>::S as Pictures<R>>::Batch,
        <<X as Operand>::S as Pictures<R>>::Channels,
    >,
    GridBack<<X as Operand>::E>,
>;

/// The grid that the maps `X` give at the places `P`.
pub type AffineGridOf<const R: usize, X, P> =
    RuledOf<X, <P as GridSpace>::Grid<<<X as Operand>::S as AffineMaps<R>>::Batch>, AffineBack>;

/// Pictures at the places of a grid, of which the laws have been asked.
#[track_caller]
fn gridded<const R: usize, X, G>(x: X, grid: G, how: GridSample) -> GriddedOf<R, X, G>
where
    X: Operand<S: Pictures<R>, E: FloatingNode<X::N> + Real>,
    G: Operand<S: PlaceGrid<R>, N: NodeOver<X::E, G::E>>,
{
    let (x, grid) = (whole(x), grid.ex());
    let grid: Ex<G::S, X::E, X::D, OtherGraphOf<X, G>> = Ex::new(grid.node.node(), grid.shape, x.device);
    let ((batch, channels, space), (grids, places)) = (x.shape.parts(), grid.shape.parts());
    if batch.size() != grids.size() {
        differ(Mismatch::new("grid_sample", x.shape, grid.shape));
    }
    let shape = places.under(batch, channels);
    count(shape);
    count(grid.shape);
    count(space);
    let (space, places) = (three(space), count(places));
    if space.contains(&0) && places > 0 {
        let (what, rule) = ("axes of space to sample", "places between no elements have no value");
        raise(Error::Value { what, found: format!("{:?}", x.shape.dims().as_slice()), rule });
    }
    let how = GridWalk { space, axes: R, places, batch: batch.size(), channels: channels.size(), how };
    let (device, pictures, coordinates) = (x.device, x.materialise(), grid.materialise());
    let out = device.sample_at(&how, &pictures, &coordinates);
    let grid = grid.given();
    let of_grid = Behind::<X::E>::live(&grid);
    let wanted = x.node.live() || of_grid;
    let back = GridBack { how, x: of_grid.then_some(pictures), grid: wanted.then_some(coordinates) };
    result_of::<X, _, _>(x.ruled_with(grid, out, shape, back))
}

/// The rule of pictures at the places of a grid: what the gradients need, where they are wanted.
pub struct GridBack<E> {
    how: GridWalk,
    x: Option<Buf<E>>,
    grid: Option<Buf<E>>,
}

impl<E: 'static> Described for GridBack<E> {
    const NAME: &'static str = "grid_sample";
    const KIND: Work = Work::WindowPool;
}

impl<S, SG, E, N, M> SlopeRule<E, Both<Given<S, N>, Given<SG, M>>> for GridBack<E>
where
    S: Shape,
    SG: Shape,
    E: Real,
    N: Differentiable<E>,
    M: Differentiable<E>,
{
    fn slopes<D: Device>(
        self,
        device: D,
        operands: &Both<Given<S, N>, Given<SG, M>>,
        gradient: Buf<E>,
        out: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        drop(out);
        let (how, [of_x, of_grid]) = (&self.how, operands.wanted());
        let Some(grid) = self.grid else { return [None, None] };
        let to_grid = self.x.filter(|_| of_grid).map(|x| device.sample_at_to_grid(how, [&gradient, &x, &grid]));
        [of_x.then(|| device.sample_at_to_pictures(how, &gradient, &grid)), to_grid]
    }
}

/// Pictures sampled at the places of a grid: PyTorch's `F.grid_sample`.
///
/// `y[n, c, p] = Σ w(grid[n, p], k) · x[n, c, k]`: a grid has for each place of the result a coordinate for each axis
/// of space, that of the last axis first, `(x, y)` or `(x, y, z)`. From -1 to 1 they go over the whole axis, from the
/// outer edge of the first element to that of the last one, or from element to element where
/// [`align_corners`](GridSample::align_corners) says so. [`GridSample`] also says which neighbours count and what lies
/// beyond the ends. Sums are in `f64` and rounded once.
///
/// Both operands have gradients: the pictures get what each element counted, added in the order of the places; the grid
/// gets how much the element would change with its coordinate, from the right where the slope jumps, and 0 where
/// `Multilinear` holds a place at an end. `Nearest` gives the grid zeros.
///
/// A NaN in a picture reaches the places that it counts at. A coordinate that is NaN counts as -1, as in PyTorch, and
/// has no gradient; so does an infinite one that would be reflected; otherwise infinities lie beyond the ends. An empty
/// batch gives an empty batch. Pictures without elements that are sampled raise [`Error::Value`], another number of
/// grids than of pictures [`Error::Sizes`].
pub trait GridSampling: Operand + Sized {
    /// Pictures `(N, C, H, W)` at the places of a grid `(N, HO, WO, 2)`: `(N, C, HO, WO)`.
    ///
    /// ```
    /// use congruent::{ops::{GridMode, GridSample}, prelude::*};
    /// let x = Cpu.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]);
    /// let grid = Cpu.tensor([[[[-0.5, -0.5], [0.0, 0.0], [0.5, 0.0], [9.0, 0.0]]]]);
    /// assert_eq!(x.grid_sample2d(&grid, GridSample::default()).eval(), Cpu.tensor([[[[1.0, 2.5, 3.0, 0.0]]]]));
    /// let nearest = GridSample { mode: GridMode::Nearest, ..GridSample::default() };
    /// assert_eq!(x.grid_sample2d(&grid, nearest).eval().as_slice()[0], 1.0);
    /// ```
    #[track_caller]
    fn grid_sample2d<G>(self, grid: G, how: GridSample) -> GriddedOf<2, Self, G>
    where
        G: Operand<S: PlaceGrid<2>>,
        Self::D: SameDevice<G::D>,
        Self::E: FloatingNode<Self::N>,
        G::N: NodeOver<Self::E, G::E>,
        Self::S: Pictures<2>,
        <Self::S as Pictures<2>>::Batch: GridBatch<<G::S as PlaceGrid<2>>::Batch>,
    {
        gridded::<2, _, _>(self, grid, how)
    }

    /// Pictures `(N, C, D, H, W)` at the places of a grid `(N, DO, HO, WO, 3)`: `(N, C, DO, HO, WO)`. `Cubic` is
    /// tricubic, which PyTorch does not have.
    ///
    /// ```
    /// use congruent::{ops::GridSample, prelude::*};
    /// let x = Cpu.from_fn((D::<1>, D::<1>, D::<2>, D::<2>, D::<2>), |i| i as f32);
    /// let grid = Cpu.zeros::<Shape![1, 1, 1, 1, 3]>();
    /// assert_eq!(x.grid_sample3d(&grid, GridSample::default()).eval(), Cpu.tensor([[[[[3.5f32]]]]]));
    /// ```
    #[track_caller]
    fn grid_sample3d<G>(self, grid: G, how: GridSample) -> GriddedOf<3, Self, G>
    where
        G: Operand<S: PlaceGrid<3>>,
        Self::D: SameDevice<G::D>,
        Self::E: FloatingNode<Self::N>,
        G::N: NodeOver<Self::E, G::E>,
        Self::S: Pictures<3>,
        <Self::S as Pictures<3>>::Batch: GridBatch<<G::S as PlaceGrid<3>>::Batch>,
    {
        gridded::<3, _, _>(self, grid, how)
    }
}
impl<X: Operand> GridSampling for X {}

/// The grid of maps at places of these sizes, of which the laws have been asked.
#[track_caller]
fn mapped<const R: usize, X, P>(x: X, places: P, align_corners: bool) -> AffineGridOf<R, X, P>
where
    X: Operand<S: AffineMaps<R>, E: FloatingNode<X::N>>,
    P: GridSpace,
{
    let x = whole(x);
    let batch = x.shape.batch();
    let shape = places.grid(batch);
    count(shape);
    count(places);
    let how = AffineWalk { places: three(places), axes: R, batch: batch.size(), align_corners };
    let out = x.device.affine_places(&how, &x.materialise());
    result_of::<X, _, _>(x.ruled(out, shape, AffineBack { how }))
}

/// The rule of a grid of affine maps.
pub struct AffineBack {
    how: AffineWalk,
}

impl Described for AffineBack {
    const NAME: &'static str = "affine_grid";
    const KIND: Work = Work::WindowPool;
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for AffineBack {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        drop(out);
        device.affine_places_back(&self.how, &gradient)
    }
}

/// Grids of places by affine maps: PyTorch's `F.affine_grid`. Jaderberg et al. 2015, arXiv:1506.02025.
///
/// `y[n, p, i] = Σⱼ theta[n, i, j] · b[p, j] + theta[n, i, last]`, where `b[p]` are the coordinates of place `p`, that
/// of the last axis first: from -1 to 1 over each axis, at the middle of each place, or with the first and last place
/// at -1 and 1 where corners are aligned; an axis of one place is then at 0. `dtheta` is the sum of `dy · b` over all
/// places. Sums are in `f64` and rounded once. A NaN in a row of a map is in that coordinate of all its places; no
/// places have a gradient of 0.
pub trait AffineGrids: Operand + Sized {
    /// A grid `(N, H, W, 2)` of these sizes by maps `(N, 2, 3)`, for [`grid_sample2d`](GridSampling::grid_sample2d).
    ///
    /// ```
    /// use congruent::{ops::GridSample, prelude::*};
    /// // The picture turned around: x and y change their signs.
    /// let theta = Cpu.tensor([[[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]]]);
    /// let grid = theta.affine_grid2d((D::<2>, D::<2>), false);
    /// let x = Cpu.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]);
    /// let y = x.grid_sample2d(grid, GridSample::default()).eval();
    /// assert_eq!(y, Cpu.tensor([[[[4.0, 3.0], [2.0, 1.0]]]]));
    /// ```
    #[track_caller]
    fn affine_grid2d<P>(self, sizes: P, align_corners: bool) -> AffineGridOf<2, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: AffineMaps<2>,
        P: AxisSizes<2, Own: GridSpace>,
    {
        mapped::<2, _, _>(self, sizes.own(), align_corners)
    }

    /// A grid `(N, D, H, W, 3)` of these sizes by maps `(N, 3, 4)`, for [`grid_sample3d`](GridSampling::grid_sample3d).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let theta = Cpu.zeros::<Shape![2, 3, 4]>();
    /// assert_eq!(theta.affine_grid3d((D::<4>, D::<5>, D::<6>), true).eval(), Cpu.zeros::<Shape![2, 4, 5, 6, 3]>());
    /// ```
    #[track_caller]
    fn affine_grid3d<P>(self, sizes: P, align_corners: bool) -> AffineGridOf<3, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: AffineMaps<3>,
        P: AxisSizes<3, Own: GridSpace>,
    {
        mapped::<3, _, _>(self, sizes.own(), align_corners)
    }
}
impl<X: Operand> AffineGrids for X {}
