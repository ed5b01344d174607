//! A model takes inputs of its own device.
use congruent::prelude::*;
use vault::Vault;

#[path = "../../tests/second_device/vault.rs"]
mod vault;

pub fn main() {
    let (model, x) = (Linear::<D<3>, D<2>>::new(Key::new(0)).to(&Vault::<0>), Vault::<0>.ones::<Shape![4, 3]>());
    let _ = model.infer(|m| m.forward(&x).eval());
}
