//! Timing two ways of doing the same work in turns, so that what disturbs one disturbs the other.

use std::hint::black_box;
use std::time::Instant;

/// Turns that each side has.
const TURNS: usize = 40;
/// Seconds that a turn lasts at least; shorter than what a scheduler gives a process at a time.
const TURN: f64 = 1e-3;

/// Seconds a call of each side, in its fastest turn.
pub(crate) fn race<A, B>(mut ours: impl FnMut() -> A, mut theirs: impl FnMut() -> B) -> (f64, f64) {
    let (our_calls, their_calls) = (calls(&mut ours), calls(&mut theirs));
    let mut fastest = (f64::MAX, f64::MAX);
    for _ in 0..TURNS {
        fastest.0 = fastest.0.min(turn(our_calls, &mut ours));
        fastest.1 = fastest.1.min(turn(their_calls, &mut theirs));
    }
    fastest
}

/// How many calls fill a turn.
fn calls<T>(call: &mut impl FnMut() -> T) -> u32 {
    let fastest = (0..5).map(|_| turn(1, call)).fold(f64::MAX, f64::min);
    (TURN / fastest.max(1e-9)).ceil().clamp(1.0, 1e6) as u32
}

fn turn<T>(calls: u32, call: &mut impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(call());
    }
    start.elapsed().as_secs_f64() / f64::from(calls)
}
