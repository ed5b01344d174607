//! Bins are numbered by integers.
use congruent::prelude::*;

dims! { Groups = ? }

pub fn main() {
    let x = Cpu.tensor([1, 2]);
    let _ = x.bincount(Groups, 0);
}
