//! What the attacks share: a dim that lies about its size, and a way to survive a panic.
//!
//! An attack succeeds where the process crashes or the address sanitizer speaks. Panics, errors and wrong numbers are
//! what a liar gets; they are no success.
#![forbid(unsafe_code)]

use congruent::dims::{Dim, Off, Rigid, Spelled};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static ATTACKING: Cell<bool> = const { Cell::new(false) };
    static CALLS: Cell<usize> = const { Cell::new(0) };
    static PLAN: Cell<Plan> = const { Cell::new(Plan { size: 2, from: usize::MAX, until: usize::MAX, lie: 0 }) };
}

/// What [`Evil`] says: `size`, but `lie` to the calls `from..until`.
#[derive(Clone, Copy, Debug)]
struct Plan {
    size: usize,
    from: usize,
    until: usize,
    lie: usize,
}

/// A dim whose size changes from one call to the next.
#[derive(Clone, Copy, Debug)]
pub struct Evil;

// One axis of it equals any other, whatever they say.
impl PartialEq for Evil {
    fn eq(&self, _: &Evil) -> bool {
        true
    }
}

impl Rigid for Evil {}

impl Spelled for Evil {
    type Own = Self;
}

impl Dim for Evil {
    const STATIC: Option<usize> = None;
    type Stretches = Off;
    type Static = Off;
    type Identity = ();
    fn size(self) -> usize {
        let (call, plan) = (CALLS.replace(CALLS.get() + 1), PLAN.get());
        if (plan.from..plan.until).contains(&call) { plan.lie } else { plan.size }
    }
    fn from_size(_: usize) -> Option<Self> {
        Some(Evil)
    }
}

/// Sizes that are one off, none, or wrap to small numbers when they are multiplied by 2, 3, 4, 6 or 8.
pub const LIES: [usize; 12] = [
    0,
    1,
    3,
    5,
    usize::MAX,
    isize::MAX as usize,
    1 << 63,
    (1 << 63) + 2,
    (1 << 62) + 2,
    (1 << 61) + 2,
    6_148_914_691_236_517_206,
    12_297_829_382_473_034_412,
];

/// Runs the attack once for each call of [`Evil::size`] and each lie, told from there on, or that once. In all other
/// calls its size is `size`.
pub fn with_lies(size: usize, attack: impl Fn()) {
    let run = |from: usize, until: usize, lie: usize| {
        CALLS.set(0);
        PLAN.set(Plan { size, from, until, lie });
        survive(&attack);
        PLAN.set(Plan { size, from: usize::MAX, until: usize::MAX, lie: 0 });
        CALLS.get()
    };
    let calls = run(usize::MAX, usize::MAX, 0);
    assert!(calls > 0, "an attack that asks for no size");
    for call in 0..calls {
        for lie in LIES {
            run(call, usize::MAX, lie);
            run(call, call + 1, lie);
        }
    }
}

/// Runs an attack that may panic. Its words are not printed: there would be thousands.
pub fn survive<T>(attack: impl FnOnce() -> T) -> Option<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |panic| {
            if !ATTACKING.get() {
                loud(panic)
            }
        }));
    });
    let before = ATTACKING.replace(true);
    let survived = catch_unwind(AssertUnwindSafe(attack)).ok();
    ATTACKING.set(before);
    survived
}
