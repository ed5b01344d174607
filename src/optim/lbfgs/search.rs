//! How far to go along a line: the strong Wolfe conditions. Nocedal and Wright 2006, "Numerical Optimization",
//! algorithms 3.5 and 3.6, as PyTorch has them.

use crate::error::Error;

/// The loss somewhere on the line, its slope along it, and what else was found there.
#[derive(Clone)]
pub(super) struct Point<G> {
    pub(super) t: f64,
    pub(super) loss: f64,
    pub(super) slope: f64,
    pub(super) gradient: G,
}

/// Where a search ends: `reach` is how much the largest weight moves by a step of 1.
pub(super) struct Limits {
    pub(super) evaluations: usize,
    pub(super) tolerance: f64,
    pub(super) reach: f64,
}

/// How much of the slope the loss must follow, and what may be left of it.
const FOLLOWED: f64 = 1e-4;
const LEFT: f64 = 0.9;

/// The point that the search ends at, from `start` on with a step of `t`; and how many evaluations it took.
pub(super) fn search<G: Clone>(
    start: &Point<G>,
    t: f64,
    limits: &Limits,
    mut evaluate: impl FnMut(f64) -> Result<Point<G>, Error>,
) -> Result<(Point<G>, usize), Error> {
    let above = |point: &Point<G>| point.loss > start.loss + FOLLOWED * point.t * start.slope;
    let flat = |point: &Point<G>| point.slope.abs() <= -LEFT * start.slope;
    let (mut before, mut point, mut rounds) = (start.clone(), evaluate(t)?, 0);
    // Two points with such a one between them.
    let mut ends = loop {
        if rounds >= limits.evaluations {
            break [start.clone(), point];
        }
        if above(&point) || (rounds > 1 && point.loss >= before.loss) {
            break [before, point];
        }
        if flat(&point) {
            return Ok((point, rounds + 1));
        }
        if point.slope >= 0.0 {
            break [before, point];
        }
        let t = lowest(&before, &point, [point.t + 0.01 * (point.t - before.t), point.t * 10.0]);
        before = point;
        point = evaluate(t)?;
        rounds += 1;
    };
    let lower = |ends: &[Point<G>; 2]| usize::from(ends[0].loss > ends[1].loss || ends[0].loss.is_nan());
    let (mut low, mut slow) = (lower(&ends), false);
    while rounds < limits.evaluations {
        let bounds = [ends[0].t.min(ends[1].t), ends[0].t.max(ends[1].t)];
        let width = bounds[1] - bounds[0];
        if width * limits.reach < limits.tolerance {
            break;
        }
        let guess = lowest(&ends[0], &ends[1], bounds);
        let (t, is_slow) = inside(guess, bounds, slow);
        slow = is_slow;
        let point = evaluate(t)?;
        rounds += 1;
        if above(&point) || point.loss >= ends[low].loss {
            ends[1 - low] = point;
            low = lower(&ends);
            continue;
        }
        let found = flat(&point);
        if !found && point.slope * (ends[1 - low].t - ends[low].t) >= 0.0 {
            ends[1 - low] = ends[low].clone();
        }
        ends[low] = point;
        if found {
            break;
        }
    }
    let [first, second] = ends;
    Ok((if low == 0 { first } else { second }, rounds + 1))
}

/// A guess that is not too near to an end, the second time in a row, nor at one of them; and whether it was near.
fn inside(t: f64, [least, most]: [f64; 2], slow: bool) -> (f64, bool) {
    let margin = 0.1 * (most - least);
    if (most - t).min(t - least) >= margin {
        return (t, false);
    }
    if !(slow || t >= most || t <= least) {
        return (t, true);
    }
    (if (t - most).abs() < (t - least).abs() { most - margin } else { least + margin }, false)
}

/// Where the cubic through two points with their slopes is lowest, between the bounds; their middle if it has no such
/// place.
fn lowest<G>(a: &Point<G>, b: &Point<G>, [least, most]: [f64; 2]) -> f64 {
    let first = a.slope + b.slope - 3.0 * (a.loss - b.loss) / (a.t - b.t);
    let square = first * first - a.slope * b.slope;
    if square < 0.0 || square.is_nan() {
        return (least + most) / 2.0;
    }
    let second = square.sqrt();
    let (left, right) = if a.t <= b.t { (a, b) } else { (b, a) };
    let part = (right.slope + second - first) / (right.slope - left.slope + 2.0 * second);
    (right.t - (right.t - left.t) * part).max(least).min(most)
}
