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

#[cfg(test)]
mod tests {
    use super::{Limits, Point, search};

    /// Three lines with their slopes: one long valley, one narrow, one among waves. The first two are those of Moré and
    /// Thuente 1994, "Line search algorithms with guaranteed sufficient decrease".
    fn line(which: usize, t: f64) -> (f64, f64) {
        match which {
            0 => (-t / (t * t + 2.0), (t * t - 2.0) / (t * t + 2.0).powi(2)),
            1 => {
                let x = t + 0.004;
                (x.powi(5) - 2.0 * x.powi(4), 5.0 * x.powi(4) - 8.0 * x.powi(3))
            }
            _ => (t * t - 8.5 * t + 0.3 * (20.0 * t).sin(), 2.0 * t - 8.5 + 6.0 * (20.0 * t).cos()),
        }
    }

    /// What PyTorch 2.13's `_strong_wolfe` finds with at most 25 rounds: the line, the first step, where it ends, and
    /// after how many evaluations.
    const FOUND: [(usize, f64, f64, usize); 17] = [
        (0, 1e-3, 0.8230493060851678, 4),
        (0, 0.1, 0.822303296454025, 2),
        (0, 10.0, 10.0, 1),
        (0, 1000.0, 333.33500000283334, 26),
        (1, 1e-3, 1.5960000000000019, 13),
        (1, 0.1, 1.5960000000002028, 10),
        (1, 1.0, 1.5960000000001962, 7),
        (1, 1.3, 1.5960000009897843, 6),
        (1, 10.0, 1.5960000000000039, 9),
        (1, 100.0, 1.5960000001761387, 11),
        (1, 1000.0, 1.5960000000003354, 14),
        (2, 1e-3, 2.1581943552890777, 6),
        (2, 0.1, 1.2786826210959328, 3),
        (2, 1.0, 1.213876356111737, 3),
        (2, 10.0, 5.4261506196525815, 2),
        (2, 100.0, 4.62550178585029, 7),
        (2, 1000.0, 1.2714337368075803, 2),
    ];

    #[test]
    fn searches_end_where_those_of_pytorch_do() {
        for (which, first, wanted, count) in FOUND {
            let at = |t: f64| {
                let (loss, slope) = line(which, t);
                Point { t, loss, slope, gradient: () }
            };
            let limits = Limits { evaluations: 25, tolerance: 1e-9, reach: 1.0 };
            let (found, evaluations) = search(&at(0.0), first, &limits, |t| Ok(at(t))).expect("no errors");
            let near = (found.t - wanted).abs() <= 1e-9 * wanted;
            assert!(near && evaluations == count, "line {which} from {first}: {} after {evaluations}", found.t);
        }
    }
}
