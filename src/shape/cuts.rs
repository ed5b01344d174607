//! What a slice takes of each axis, in numbers.
//!
//! Apart from `slice`, the law over types: what it leaves open, bounds and sizes that only the run knows, is settled
//! here.

use super::Shape;
use crate::elements::for_each_integer;

/// What one item takes: as a value, in NumPy's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Every `step`-th element from `start` until before `stop`; negative bounds count from the end.
    Span {
        /// The first element; the nearest end of the axis where absent.
        start: Option<isize>,
        /// The end, not taken.
        stop: Option<isize>,
        /// The distance; negative ones walk backwards.
        step: isize,
    },
    /// One element; the axis goes.
    Index(isize),
    /// A new axis `D<1>`.
    New,
}

/// A slice that an axis, whose size only the run knows, does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("slice {slice} {} axis {axis}, whose length is {len}", fault.words())]
pub struct Outside {
    /// The slice as NumPy writes it.
    pub slice: String,
    /// Why there is no such part.
    pub fault: Fault,
    /// The axis, counted from the front.
    pub axis: usize,
    /// Its length.
    pub len: usize,
}

/// Why an axis has no such part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A bound or an index lies beyond one of its ends.
    Outside,
    /// The end comes before the beginning.
    Backwards,
    /// A step of 0 goes nowhere.
    NoStep,
    /// Parts that together are shorter or longer.
    Uneven,
}

impl Fault {
    fn words(self) -> &'static str {
        match self {
            Fault::Outside => "reaches outside of",
            Fault::Backwards => "ends before it begins on",
            Fault::NoStep => "has a step of 0 on",
            Fault::Uneven => "does not make up",
        }
    }
}

/// An integer as an index, bound or step of [`s!`](crate::s!); what is beyond `isize` is outside of every axis.
///
/// ```
/// use congruent::prelude::*;
/// let (x, last) = (Cpu.tensor([1, 2, 3]), 2usize);
/// assert_eq!(x.slice(s![last]).eval().item(), 3);
/// ```
#[diagnostic::on_unimplemented(
    message = "slice: an index or bound is an integer, found `{Self}`",
    label = "expected an integer, such as `usize` or `isize`"
)]
pub trait Position: Copy {
    /// The number; negative ones count from the end.
    fn place(self) -> isize;
}

macro_rules! places {
    ($($Integer:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Position for $Integer {
            #[inline]
            fn place(self) -> isize {
                (self as i128).clamp(isize::MIN as i128, isize::MAX as i128) as isize
            }
        }
    )*};
}
places! { isize, usize }
for_each_integer!(places);

/// An index or bound that [`s!`](crate::s!) found.
#[doc(hidden)]
pub fn place(index: impl Position) -> isize {
    index.place()
}

/// The bound behind this last element; none behind the last one of all.
#[doc(hidden)]
pub fn behind(last: impl Position) -> Option<isize> {
    Some(last.place().saturating_add(1)).filter(|&stop| stop != 0)
}

/// An axis of the result, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The axis of the operand; `None` for a new one.
    pub axis: Option<usize>,
    /// The first element.
    pub start: usize,
    /// The number of elements; `None` where the axis goes.
    pub len: Option<usize>,
    /// From one element to the next.
    pub step: isize,
}

impl Cut {
    /// The whole axis, backwards.
    pub(crate) fn turn(&mut self) {
        (self.start, self.step) = (self.len.unwrap_or(0).saturating_sub(1), -1);
    }
}

/// What is cut from each axis, in the order of the result: at most six axes and six new ones. Not a `Vec`, because a
/// training step allocates nothing.
#[derive(Clone, Copy, Debug)]
pub struct Cuts {
    list: [Cut; 12],
    len: usize,
}

impl Cuts {
    /// Every axis as it is.
    pub fn whole(dims: &[usize]) -> Self {
        let mut cuts = Cuts { list: [Cut { axis: None, start: 0, len: None, step: 1 }; 12], len: dims.len() };
        for (axis, (cut, &len)) in cuts.list.iter_mut().zip(dims).enumerate() {
            (cut.axis, cut.len) = (Some(axis), Some(len));
        }
        cuts
    }

    /// The axes of the result, in order: what items from the first axis on, and items from the last axis backwards,
    /// take of an operand of these sizes.
    pub(super) fn of(front: &[Taken], back: &[Taken], dims: &[usize]) -> Result<Self, Outside> {
        let takes = |items: &[Taken]| items.iter().filter(|item| **item != Taken::New).count();
        let (mut cuts, mut axis) = (Cuts::whole(&[]), 0);
        let mut take = |items: &mut dyn Iterator<Item = Taken>| {
            for item in items {
                cuts.list[cuts.len] = cut(item, axis, dims)?;
                cuts.len += 1;
                axis += usize::from(item != Taken::New);
            }
            Ok::<(), Outside>(())
        };
        let whole = Taken::Span { start: None, stop: None, step: 1 };
        let unnamed = dims.len() - takes(front) - takes(back);
        take(&mut front.iter().copied())?;
        take(&mut std::iter::repeat_n(whole, unnamed))?;
        take(&mut back.iter().rev().copied())?;
        Ok(cuts)
    }

    /// The sizes that are left, in order.
    pub fn dims(&self) -> Vec<usize> {
        self.as_slice().iter().filter_map(|cut| cut.len).collect()
    }

    /// The cuts in order.
    pub fn as_slice(&self) -> &[Cut] {
        &self.list[..self.len]
    }

    /// The cut of an axis of the operand, where all are whole yet.
    pub fn of_axis(&mut self, axis: usize) -> &mut Cut {
        &mut self.list[axis]
    }

    /// The shape that is left; `None` if `S` is another one.
    pub fn shape<S: Shape>(&self) -> Option<S> {
        let (mut dims, mut rank) = ([0; 12], 0);
        for len in self.as_slice().iter().filter_map(|cut| cut.len) {
            dims[rank] = len;
            rank += 1;
        }
        S::from_dims(&dims[..rank])
    }
}

fn cut(item: Taken, axis: usize, dims: &[usize]) -> Result<Cut, Outside> {
    let Taken::Span { start, stop, step } = item else {
        return match item {
            Taken::Index(index) => {
                let len = dims[axis];
                let start = from_end(index, len).filter(|&start| start < len);
                let start =
                    start.ok_or_else(|| Outside { slice: index.to_string(), fault: Fault::Outside, axis, len })?;
                Ok(Cut { axis: Some(axis), start, len: None, step: 1 })
            }
            _ => Ok(Cut { axis: None, start: 0, len: Some(1), step: 1 }),
        };
    };
    let len = dims[axis];
    let error = |fault| Outside { slice: text(start, stop, step), fault, axis, len };
    let (outside, backwards) = (|| error(Fault::Outside), || error(Fault::Backwards));
    let bound = |bound: isize| from_end(bound, len).filter(|&bound| bound <= len).ok_or_else(outside);
    if step == 0 {
        return Err(error(Fault::NoStep));
    }
    let (first, span) = if step > 0 {
        let (first, end) = (start.map_or(Ok(0), bound)?, stop.map_or(Ok(len), bound)?);
        (first, end.checked_sub(first).ok_or_else(backwards)?)
    } else {
        // Backwards from the one after `first - 1` until after `end - 1`.
        let first = start.map_or(Ok(len), |start| bound(start).map(|start| start + 1))?;
        let end = stop.map_or(Ok(0), |stop| bound(stop).map(|stop| stop + 1))?;
        if first > len {
            return Err(outside());
        }
        (first.saturating_sub(1), first.checked_sub(end).ok_or_else(backwards)?)
    };
    let len = span.div_ceil(step.unsigned_abs());
    // Where there is no second element, nothing is as far away as a large step says.
    let step = if len < 2 { step.signum() } else { step };
    Ok(Cut { axis: Some(axis), start: first, len: Some(len), step })
}

fn from_end(bound: isize, len: usize) -> Option<usize> {
    if bound >= 0 { Some(bound as usize) } else { len.checked_sub(bound.unsigned_abs()) }
}

/// As NumPy writes it.
fn text(start: Option<isize>, stop: Option<isize>, step: isize) -> String {
    let bound = |bound: Option<isize>| bound.map_or(String::new(), |bound| bound.to_string());
    let step = if step == 1 { String::new() } else { format!(":{step}") };
    format!("{}:{}{step}", bound(start), bound(stop))
}
