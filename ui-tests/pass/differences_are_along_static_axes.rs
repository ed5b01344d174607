//! Differences are along a static axis, which becomes one shorter.
use congruent::prelude::*;

dims! { Batch = ? }

pub fn main() {
    let x = Cpu.full((Batch(5), D::<4>), 1.0);
    let _ = x.diff_axis::<1>();
}
