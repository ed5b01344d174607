//! Labels live on the device of their scores.
use congruent::prelude::*;
use vault::Vault;

#[path = "../../tests/second_device/vault.rs"]
mod vault;

pub fn main() {
    let (scores, labels) = (Vault::<0>.ones::<Shape![2, 3]>(), Cpu.tensor([0i64, 2]));
    let _ = scores.cross_entropy(&labels.to(&Vault::<0>)).eval();
}
