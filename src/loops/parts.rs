//! Pictures whose axes of space become as many parts as asked for, or are sampled anew, as a device sees them.
//!
//! Apart from `convolution`, whose windows are all of one size.

use std::ops::Range;

/// Channels of pictures, each axis of space of which is cut into so many parts, which may share elements: part `p` of
/// `places` holds the elements from `⌊p · len / places⌋` to before `⌈(p + 1) · len / places⌉`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartWalk {
    /// The sizes of the axes.
    pub(crate) space: [usize; 3],
    /// The parts of each.
    pub(crate) places: [usize; 3],
    /// The channels of all pictures.
    pub(crate) channels: usize,
}

impl PartWalk {
    /// The sizes of the axes of space.
    pub fn space(&self) -> [usize; 3] {
        self.space
    }

    /// The parts of each.
    pub fn places(&self) -> [usize; 3] {
        self.places
    }

    /// The channels of all pictures.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// The elements of one channel, and its parts.
    pub(crate) fn each(&self) -> [usize; 2] {
        [self.space, self.places].map(|sizes| sizes.iter().product())
    }

    /// The elements of `[x, y]`.
    pub(crate) fn lens(&self) -> [usize; 2] {
        self.each().map(|each| self.channels * each)
    }

    /// The elements of one part of an axis.
    pub(crate) fn part(&self, axis: usize, place: usize) -> Range<usize> {
        let (len, places) = (self.space[axis] as u128, self.places[axis] as u128);
        let end = ((place as u128 + 1) * len).div_ceil(places);
        (place as u128 * len / places) as usize..end as usize
    }
}

/// How elements between those of an axis are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resample {
    /// The element at `⌊i · len / places⌋`.
    Nearest,
    /// On the straight line between both neighbours: bilinear over two axes.
    Multilinear {
        /// Whether the first and last elements stay where they are; else the edges of the outer pixels do.
        align_corners: bool,
    },
    /// By the cubic through four neighbours whose slopes are those of Keys 1981 with `a = -0.75`: bicubic over two
    /// axes.
    Cubic {
        /// Whether the first and last elements stay where they are; else the edges of the outer pixels do.
        align_corners: bool,
    },
}

/// What an element is made of along an axis: indices and what each counts.
pub(crate) type Taps = [(usize, f64); 4];

impl Resample {
    /// How many elements one is made of.
    pub(crate) fn taps(self) -> usize {
        match self {
            Resample::Nearest => 1,
            Resample::Multilinear { .. } => 2,
            Resample::Cubic { .. } => 4,
        }
    }

    /// What element `i` of `places` is made of, on an axis of `len`; those behind [`taps`](Self::taps) do not count.
    pub(crate) fn at(self, i: usize, places: usize, len: usize) -> Taps {
        let last = len.saturating_sub(1);
        let inside = |index: f64| index.clamp(0.0, last as f64) as usize;
        let place = |corners: bool| match corners {
            true if places < 2 => 0.0,
            true => i as f64 * last as f64 / (places - 1) as f64,
            false => (i as f64 + 0.5) * len as f64 / places as f64 - 0.5,
        };
        match self {
            Resample::Nearest => {
                let index = (i as u128 * len as u128 / places as u128) as usize;
                [(index, 1.0), (0, 0.0), (0, 0.0), (0, 0.0)]
            }
            Resample::Multilinear { align_corners } => {
                let place = place(align_corners).max(0.0);
                let first = place.floor();
                let part = place - first;
                [(inside(first), 1.0 - part), (inside(first + 1.0), part), (0, 0.0), (0, 0.0)]
            }
            Resample::Cubic { align_corners } => {
                let place = place(align_corners);
                let first = place.floor();
                let part = place - first;
                let weights = [far(part + 1.0), near(part), near(1.0 - part), far(2.0 - part)];
                std::array::from_fn(|tap| (inside(first + tap as f64 - 1.0), weights[tap]))
            }
        }
    }
}

/// The slope of the cubic at its neighbours.
pub(super) const A: f64 = -0.75;

/// What a neighbour counts that is less than 1 away.
pub(super) fn near(away: f64) -> f64 {
    ((A + 2.0) * away - (A + 3.0)) * away * away + 1.0
}

/// What one counts that is 1 to 2 away.
pub(super) fn far(away: f64) -> f64 {
    ((A * away - 5.0 * A) * away + 8.0 * A) * away - 4.0 * A
}

/// Channels of pictures, each axis of space of which is sampled anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleWalk {
    /// The sizes of the axes, and those that come out.
    pub(crate) parts: PartWalk,
    /// How.
    pub(crate) how: Resample,
}

impl SampleWalk {
    /// The sizes of the axes, and those that come out.
    pub fn parts(&self) -> PartWalk {
        self.parts
    }

    /// How elements between those of an axis are made.
    pub fn how(&self) -> Resample {
        self.how
    }
}
