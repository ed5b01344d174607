//! Memory of a device is brought over before it is read.
use congruent::prelude::*;
use vault::Vault;

#[path = "../../tests/second_device/vault.rs"]
mod vault;

pub fn main() {
    let x = Vault::<0>.ones::<Shape![2]>();
    println!("{:?}", x.to(&Cpu).as_slice());
}
