//! Two devices of one kind do not meet either.
use congruent::prelude::*;
use vault::Vault;

#[path = "../../tests/second_device/vault.rs"]
mod vault;

pub fn main() {
    let (x, y) = (Vault::<0>.ones::<Shape![2, 2]>(), Vault::<1>.ones::<Shape![2]>());
    let _ = x.matmul(&y.to(&x.device())).eval();
}
