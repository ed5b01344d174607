//! Functions over all numbers of a type, block by block, on two threads.
//!
//! Apart from the measure because this is where lanes meet memory.

use crate::measure::{BRAIN, Format, Found, HALF, SINGLE};
use congruent::num::{Kernel, Lane, Level, Simd, level, with_level};
use congruent::ops::Pointwise1;
use half::{bf16, f16};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Elements that are computed at once: they stay in the nearest cache.
const BLOCK: usize = 2048;

/// A function, or its slope, over slices of equal length.
struct Map<'a, Op, E> {
    op: Op,
    slope: bool,
    x: &'a [E],
    y: &'a mut [E],
}

impl<Op: Pointwise1, E: Simd> Kernel<E> for Map<'_, Op, E> {
    type Out = ();

    #[inline(always)]
    fn run<V: Lane<E>>(self) {
        assert_eq!(self.x.len(), self.y.len());
        for at in (0..self.x.len()).step_by(V::N) {
            let n = V::N.min(self.x.len() - at);
            // SAFETY: `n` elements from `at` on are in both slices.
            unsafe {
                let x = V::load(&self.x[at], n);
                let y = if self.slope { self.op.with_derivative(x).1 } else { self.op.value(x) };
                y.store(&mut self.y[at], n);
            }
        }
    }
}

/// The levels of this processor.
fn levels() -> Vec<Level> {
    Level::ALL.into_iter().filter(|&wanted| with_level(wanted, level) == wanted).collect()
}

fn map<E: Simd>(op: impl Pointwise1, slope: bool, x: &[E], y: &mut [E], at: Level) {
    // SAFETY: `levels` gives those alone that the processor has.
    unsafe { E::run(Map { op, slope, x, y }, at) }
}

/// Measures one block of arguments, which are widened to `f64` for the reference, at each level.
fn block<E: Simd>(op: impl Pointwise1, slope: bool, x: &[E], wide: fn(E) -> f64, format: Format, found: &mut [Found]) {
    let levels = levels_once();
    let exact: Vec<f64> = x.iter().map(|&x| wide(x)).collect();
    let mut wanted = vec![0.0; x.len()];
    map(op, slope, &exact, &mut wanted, *levels.last().expect("there is a level"));
    let mut y = vec![E::default(); x.len()];
    let mut before: Option<(Vec<u64>, Found)> = None;
    for (&level, all) in levels.iter().zip(found) {
        map(op, slope, x, &mut y, level);
        let results: Vec<f64> = y.iter().map(|&y| wide(y)).collect();
        let bits: Vec<u64> = results.iter().map(|y| y.to_bits()).collect();
        let here = match before {
            Some((same, here)) if same == bits => here,
            _ => {
                let mut here = Found::default();
                here.add(&exact, &results, &wanted, format);
                here
            }
        };
        all.join(&here);
        before = Some((bits, here));
    }
}

/// The same, asked for once.
pub fn levels_once() -> &'static [Level] {
    static LEVELS: std::sync::OnceLock<Vec<Level>> = std::sync::OnceLock::new();
    LEVELS.get_or_init(levels)
}

/// One of `step` numbers of all `f32` but NaN, at each level.
fn sweep(op: impl Pointwise1, slope: bool, step: u32) -> Vec<Found> {
    let step = u64::from(step);
    let total = (1_u64 << 32).div_ceil(step);
    let next = AtomicU64::new(0);
    let work = || {
        let mut found = vec![Found::default(); levels_once().len()];
        loop {
            // One more than a block, so that neighbours across blocks are compared too.
            let first = next.fetch_add(BLOCK as u64 - 1, Ordering::Relaxed);
            if first >= total {
                return found;
            }
            let number = |i: u64| f32::from_bits(((first + i) * step) as u32);
            let mut x: Vec<f32> = (0..BLOCK as u64).take_while(|i| first + i < total).map(number).collect();
            x.retain(|x| !x.is_nan());
            block(op, slope, &x, f64::from, SINGLE, &mut found);
        }
    };
    let parts: Vec<Vec<Found>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no formula panics")).collect()
    });
    let mut found = vec![Found::default(); levels_once().len()];
    for part in parts {
        found.iter_mut().zip(&part).for_each(|(all, part)| all.join(part));
    }
    found
}

/// Values at each level.
pub fn singles(op: impl Pointwise1, step: u32) -> Vec<Found> {
    sweep(op, false, step)
}

/// The slope, whatever the level.
pub fn slopes(op: impl Pointwise1, step: u32) -> Found {
    let mut all = Found::default();
    sweep(op, true, step).iter().for_each(|found| all.join(found));
    all
}

/// Values of `f16` and of `bf16`, all numbers.
pub fn halves(op: impl Pointwise1) -> [Found; 2] {
    let one = |blocks: &mut dyn FnMut(&mut [Found])| {
        let mut found = vec![Found::default(); levels_once().len()];
        blocks(&mut found);
        let mut all = Found::default();
        found.iter().for_each(|found| all.join(found));
        all
    };
    let numbers = || (0..=u16::MAX).collect::<Vec<_>>();
    let half: Vec<f16> = numbers().into_iter().map(f16::from_bits).filter(|x| !x.is_nan()).collect();
    let brain: Vec<bf16> = numbers().into_iter().map(bf16::from_bits).filter(|x| !x.is_nan()).collect();
    [
        one(&mut |found| half.chunks(BLOCK).for_each(|x| block(op, false, x, f16::to_f64, HALF, found))),
        one(&mut |found| brain.chunks(BLOCK).for_each(|x| block(op, false, x, bf16::to_f64, BRAIN, found))),
    ]
}
