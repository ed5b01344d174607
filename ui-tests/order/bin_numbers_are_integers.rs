//! Bins are numbered by integers.
use congruent::prelude::*;

dims! { Groups = ? }

fn main() {
    let x = Cpu.tensor([1.0, 2.0]);
    let _ = x.bincount(Groups, 0);
}
