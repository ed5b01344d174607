//! Pictures and weights live on one device.
use congruent::prelude::*;
use vault::Vault;

#[path = "../../tests/second_device/vault.rs"]
mod vault;

pub fn main() {
    let (x, weight) = (Vault::<0>.ones::<Shape![2, 3, 5, 5]>(), Vault::<0>.ones::<Shape![8, 3, 3, 3]>());
    let y = x.conv2d(&weight, Filter::<3>);
    println!("{}", y.eval().len());
}
