//! Only memory of the host is read as a slice.
use congruent::device::Host;
use congruent::prelude::*;

fn first<A: Host>(x: &Tensor<Shape![2], f32, A>) -> f32 {
    x.as_slice()[0]
}

pub fn main() {
    let _ = first(&Cpu.ones()) + f32::from(u8::from(is_host(Cpu)));
}

fn is_host(_: impl Host) -> bool {
    true
}
