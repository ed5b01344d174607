//! Memory of the host and of a device does not meet.
use congruent::prelude::*;
use vault::Vault;

#[path = "../../tests/second_device/vault.rs"]
mod vault;

pub fn main() {
    let (x, y) = (Cpu.ones::<Shape![2]>(), Vault::<0>.ones::<Shape![2]>());
    let _ = (&x + &y.to(&Cpu)).eval();
}
