//! A plain field of a type of one's own is `Copy`.
use congruent::prelude::*;

#[derive(Clone, Copy)]
struct Settings;

#[derive(Model)]
struct Net<P: Part = Weights> {
    weight: Param<Shape![3], P>,
    settings: Settings,
}

pub fn main() {
    let net: Net = Net { weight: Cpu.ones().into(), settings: Settings };
    let _ = (net.weight.tensor(), net.settings.clone());
}
