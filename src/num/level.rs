//! Which instruction set the loops run on.
//!
//! Apart from the lanes because here, and only here, the processor is asked what it has.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An instruction set that loops are compiled for, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// What every processor of the target has.
    Portable,
    /// AVX2 with FMA and F16C: eight `f32` or four `f64`.
    Avx2,
    /// AVX-512 F, VL, DQ and BW: sixteen `f32` or eight `f64`.
    Avx512,
}

impl Level {
    /// All levels, from the least to the most.
    pub const ALL: [Level; 3] = [Level::Portable, Level::Avx2, Level::Avx512];

    /// The name that the environment variable gives it.
    fn name(self) -> &'static str {
        match self {
            Level::Portable => "portable",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }
}

/// The level in use: 0 is "not asked yet", otherwise one more than the level's number.
static CURRENT: AtomicU8 = AtomicU8::new(0);

/// The level that loops run on.
///
/// It is the best one of the processor, found at the first call. The environment variable `CONGRUENT_LANES`, one of
/// `portable`, `avx2` and `avx512`, lowers it; it never raises it, and any other value is ignored.
///
/// A level has the same bits on every processor for all that loops compute, large products among them: those of two
/// levels with fused multiply-add are added in the same order. In a build without optimisation, and on the portable
/// level of processors that are no x86-64, another crate's engine multiplies large matrices, which asks the processor
/// itself.
///
/// ```
/// # use congruent::num;
/// assert!(num::level() >= num::Level::Portable);
/// ```
// Not inline: every loop of every crate asks.
pub fn level() -> Level {
    match CURRENT.load(Ordering::Relaxed) {
        0 => first_level(),
        1 => Level::Portable,
        2 => Level::Avx2,
        _ => Level::Avx512,
    }
}

/// Finds the level and keeps it.
#[cold]
fn first_level() -> Level {
    let level = lowered(std::env::var("CONGRUENT_LANES").ok().as_deref(), best());
    // Only from "not asked yet": a `with_level` that came in between keeps its say.
    let _ = CURRENT.compare_exchange(0, level as u8 + 1, Ordering::Relaxed, Ordering::Relaxed);
    level
}

/// `best`, or the level that the environment names if that is less.
pub(super) fn lowered(wanted: Option<&str>, best: Level) -> Level {
    let named = Level::ALL.into_iter().find(|level| wanted == Some(level.name()));
    named.map_or(best, |level| level.min(best))
}

/// The best level that this processor has.
#[cfg(target_arch = "x86_64")]
fn best() -> Level {
    macro_rules! all { ($($feature:tt)*) => { true $(&& is_x86_feature_detected!($feature))* }; }
    let avx2 = all!("avx2" "fma" "f16c" "bmi1" "bmi2" "lzcnt" "popcnt");
    let avx512 = all!("avx512f" "avx512vl" "avx512dq" "avx512bw");
    match (avx2, avx512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        _ => Level::Portable,
    }
}

/// The best level that this processor has.
#[cfg(not(target_arch = "x86_64"))]
fn best() -> Level {
    Level::Portable
}

thread_local! {
    /// Whether this thread is inside `with_level` and so holds `OVERRIDE` already.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Serialises the threads that override the level.
static OVERRIDE: Mutex<()> = Mutex::new(());

/// Runs `work` with all loops of the process at `level`, or at the best level of the processor if that is less.
///
/// For tests and measurements. The override holds for all threads, so that a thread pool sees it too; two threads that
/// override wait for each other. Calls nest.
///
/// ```
/// # use congruent::num;
/// use num::{Level, level, with_level};
///
/// assert_eq!(with_level(Level::Portable, level), Level::Portable);
/// ```
pub fn with_level<T>(level: Level, work: impl FnOnce() -> T) -> T {
    let outermost = !INSIDE.replace(true);
    let lock = outermost.then(|| OVERRIDE.lock().unwrap_or_else(PoisonError::into_inner));
    let _restore = Restore { outermost, previous: self::level(), _lock: lock };
    CURRENT.store(level.min(best()) as u8 + 1, Ordering::Relaxed);
    work()
}

/// Puts the level back, also when the work panics.
struct Restore<'a> {
    outermost: bool,
    previous: Level,
    _lock: Option<MutexGuard<'a, ()>>,
}

impl Drop for Restore<'_> {
    fn drop(&mut self) {
        CURRENT.store(self.previous as u8 + 1, Ordering::Relaxed);
        INSIDE.set(!self.outermost);
    }
}
