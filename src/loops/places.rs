//! Pictures sampled at places that a tensor names, maps that make such places, and elements put where they came from,
//! as a device sees them.
//!
//! Apart from `parts`, where the places of the result alone say what each is made of.

use super::parts::{A, far, near};
use super::rows::product;

/// What an element between others is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GridMode {
    /// The nearest element; halfway between two the one of even index. No gradient reaches the grid.
    Nearest,
    /// Both neighbours along each axis: bilinear over two axes.
    #[default]
    Multilinear,
    /// Four neighbours along each axis, by the cubic whose slopes are those of Keys 1981 with `a = -0.75`: bicubic over
    /// two axes.
    Cubic,
}

/// What lies beyond the ends of an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GridPadding {
    /// Zeros.
    #[default]
    Zeros,
    /// The first and last element.
    Border,
    /// The picture mirrored at its ends: at the outer elements where corners are aligned, else at their outer edges.
    Reflection,
}

/// How pictures are sampled at the places of a grid; by default bilinear, between zeros, corners not aligned.
///
/// ```
/// use congruent::ops::{GridMode, GridPadding, GridSample};
/// let how = GridSample { padding: GridPadding::Border, ..GridSample::default() };
/// assert_eq!((how.mode, how.align_corners), (GridMode::Multilinear, false));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GridSample {
    /// What an element between others is made of.
    pub mode: GridMode,
    /// What lies beyond the ends of an axis.
    pub padding: GridPadding,
    /// Whether -1 and 1 are the first and last element; else they are the outer edges of these.
    pub align_corners: bool,
}

/// What a place reads along an axis: elements, what each counts, and the slope of that by the coordinate. What lies
/// outside counts nothing and has no slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct AxisTaps {
    pub(crate) index: [usize; 4],
    pub(crate) weight: [f64; 4],
    pub(crate) slope: [f64; 4],
}

impl AxisTaps {
    /// An axis that is not there: its one element.
    pub(crate) const NONE: AxisTaps = AxisTaps { index: [0; 4], weight: [1.0, 0.0, 0.0, 0.0], slope: [0.0; 4] };
}

impl GridSample {
    /// How many elements a place reads along an axis.
    pub(crate) fn taps(self) -> usize {
        match self.mode {
            GridMode::Nearest => 1,
            GridMode::Multilinear => 2,
            GridMode::Cubic => 4,
        }
    }

    /// What the place at a coordinate reads on an axis of `len`, which is not 0; those behind [`taps`](Self::taps) do
    /// not count. NaN is -1 without a slope, and so is an infinity that would be reflected.
    pub(crate) fn at(self, coordinate: f64, len: usize) -> AxisTaps {
        let lost = coordinate.is_nan() || coordinate.is_infinite() && self.padding == GridPadding::Reflection;
        let (coordinate, moves) = if lost { (-1.0, 0.0) } else { (coordinate, 1.0) };
        let size = len as f64;
        let (mut place, scale) = match self.align_corners {
            true => ((coordinate + 1.0) / 2.0 * (size - 1.0), (size - 1.0) / 2.0),
            false => (((coordinate + 1.0) * size - 1.0) / 2.0, size / 2.0),
        };
        if self.padding != GridPadding::Reflection {
            // Further out nothing changes, and an infinity has no part behind its point. NaN is infinity by no length.
            place = if place.is_nan() { 0.0 } else { place.clamp(-3.0, size + 2.0) };
        }
        let scale = scale * moves;
        let mut taps = AxisTaps { index: [0; 4], weight: [0.0; 4], slope: [0.0; 4] };
        match self.mode {
            GridMode::Nearest => taps.put(0, self.inside(place, len).0.round_ties_even(), len, 1.0, 0.0),
            GridMode::Multilinear => {
                let (place, turn) = self.inside(place, len);
                let (first, scale) = (place.floor(), scale * turn);
                taps.put(0, first, len, 1.0 - (place - first), -scale);
                taps.put(1, first + 1.0, len, place - first, scale);
            }
            GridMode::Cubic => {
                let first = place.floor();
                let part = place - first;
                let weights = [far(part + 1.0), near(part), near(1.0 - part), far(2.0 - part)];
                let slopes = [far_slope(part + 1.0), near_slope(part), -near_slope(1.0 - part), -far_slope(2.0 - part)];
                for (tap, (weight, slope)) in weights.into_iter().zip(slopes).enumerate() {
                    let own = self.inside(first + tap as f64 - 1.0, len).0;
                    taps.put(tap, own, len, weight, slope * scale);
                }
            }
        }
        taps
    }

    /// The place that one beyond the ends stands for, and how fast it moves.
    fn inside(self, place: f64, len: usize) -> (f64, f64) {
        let last = len as f64 - 1.0;
        let (place, turn) = match self.padding {
            GridPadding::Zeros => return (place, 1.0),
            GridPadding::Border => (place, 1.0),
            GridPadding::Reflection if self.align_corners => reflected(place, 0.0, last),
            GridPadding::Reflection => reflected(place, -0.5, len as f64),
        };
        // The ends themselves do not move, as PyTorch has it.
        match place {
            place if place <= 0.0 => (0.0, 0.0),
            place if place >= last => (last, 0.0),
            place => (place, turn),
        }
    }
}

impl AxisTaps {
    /// Tap number `tap` reads this element, where there is one.
    fn put(&mut self, tap: usize, place: f64, len: usize, weight: f64, slope: f64) {
        if place >= 0.0 && place < len as f64 {
            (self.index[tap], self.weight[tap], self.slope[tap]) = (place as usize, weight, slope);
        }
    }
}

/// A place mirrored at both ends of a span until it lies inside, and which way it moves.
fn reflected(place: f64, low: f64, span: f64) -> (f64, f64) {
    if span <= 0.0 {
        return (0.0, 0.0);
    }
    let (away, turn) = if place < low { (low - place, -1.0) } else { (place - low, 1.0) };
    let rest = away % span;
    if (away / span).floor() % 2.0 == 0.0 { (low + rest, turn) } else { (low + span - rest, -turn) }
}

/// The slope of [`near`].
fn near_slope(away: f64) -> f64 {
    (3.0 * (A + 2.0) * away - 2.0 * (A + 3.0)) * away
}

/// The slope of [`far`].
fn far_slope(away: f64) -> f64 {
    (3.0 * A * away - 10.0 * A) * away + 8.0 * A
}

/// Pictures that are sampled at places: those of a grid with a coordinate for each of the last `axes` axes of space,
/// the last axis first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridWalk {
    /// The sizes of the axes of space.
    pub(crate) space: [usize; 3],
    /// How many of these the grid has coordinates for.
    pub(crate) axes: usize,
    /// The places of one picture.
    pub(crate) places: usize,
    /// Pictures, and the channels of each.
    pub(crate) batch: usize,
    pub(crate) channels: usize,
    /// How.
    pub(crate) how: GridSample,
}

impl GridWalk {
    /// The sizes of the axes of space; those that are not there are 1, and stand first.
    pub fn space(&self) -> [usize; 3] {
        self.space
    }

    /// How many coordinates a place has.
    pub fn axes(&self) -> usize {
        self.axes
    }

    /// The number of places of one picture.
    pub fn places(&self) -> usize {
        self.places
    }

    /// The number of pictures, and of the channels of each.
    pub fn channels(&self) -> [usize; 2] {
        [self.batch, self.channels]
    }

    /// How.
    pub fn how(&self) -> GridSample {
        self.how
    }

    /// The elements of one channel.
    pub(crate) fn elements(&self) -> usize {
        self.space.iter().product()
    }

    /// The elements of `[x, grid, y]`.
    pub(crate) fn lens(&self) -> [usize; 3] {
        let GridWalk { axes, places, batch, channels, .. } = *self;
        let [planes, rows, columns] = self.space;
        let pictures = product(&[batch, channels, planes, rows, columns]);
        [pictures, product(&[batch, places, axes]), product(&[batch, channels, places])]
    }
}

/// Affine maps of the coordinates of places: `y[n, p, i] = Σⱼ theta[n, i, j] · coordinate[p, j] + theta[n, i, last]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AffineWalk {
    /// The places along each axis of space.
    pub(crate) places: [usize; 3],
    /// How many of these have a coordinate.
    pub(crate) axes: usize,
    /// The number of maps.
    pub(crate) batch: usize,
    /// Whether -1 and 1 are the first and last place.
    pub(crate) align_corners: bool,
}

impl AffineWalk {
    /// The places along each axis of space; those that are not there are 1, and stand first.
    pub fn places(&self) -> [usize; 3] {
        self.places
    }

    /// How many coordinates a place has.
    pub fn axes(&self) -> usize {
        self.axes
    }

    /// The number of maps.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Whether -1 and 1 are the first and last place; else they are the outer edges of these.
    pub fn align_corners(&self) -> bool {
        self.align_corners
    }

    /// The places of one map.
    pub(crate) fn count(&self) -> usize {
        self.places.iter().product()
    }

    /// The numbers of one map.
    pub(crate) fn map(&self) -> usize {
        self.axes * (self.axes + 1)
    }

    /// The elements of `[theta, y]`.
    pub(crate) fn lens(&self) -> [usize; 2] {
        let [planes, rows, columns] = self.places;
        [product(&[self.batch, self.map()]), product(&[self.batch, planes, rows, columns, self.axes])]
    }

    /// The coordinates of a place, that of the last axis first, and a 1 behind them.
    pub(crate) fn coordinates(&self, place: usize) -> [f64; 4] {
        let [_, height, width] = self.places;
        let along = [place % width, place / width % height, place / width / height];
        let mut all = [0.0; 4];
        for (axis, own) in all[..self.axes].iter_mut().enumerate() {
            let (i, len) = (along[axis] as f64, self.places[2 - axis] as f64);
            *own = match self.align_corners {
                true if len == 1.0 => 0.0,
                true => 2.0 * i / (len - 1.0) - 1.0,
                false => (2.0 * i + 1.0) / len - 1.0,
            };
        }
        all[self.axes] = 1.0;
        all
    }
}

/// Elements of channels that are put at the elements of larger ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnpoolWalk {
    /// The channels of all pictures.
    pub(crate) channels: usize,
    /// The elements of a channel that are put.
    pub(crate) places: usize,
    /// The elements of a channel that come out.
    pub(crate) elements: usize,
}

impl UnpoolWalk {
    /// The channels of all pictures.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// The elements of a channel that are put.
    pub fn places(&self) -> usize {
        self.places
    }

    /// The elements of a channel that come out.
    pub fn elements(&self) -> usize {
        self.elements
    }

    /// The elements of `[x, y]`.
    pub(crate) fn lens(&self) -> [usize; 2] {
        [product(&[self.channels, self.places]), product(&[self.channels, self.elements])]
    }
}
