//! Queries, keys and values live on one device.
use congruent::prelude::*;

type Rows<A> = Tensor<Shape![2, 4], f32, A>;

fn look<A: Device, B: Device>(q: &Rows<A>, keys: &Rows<B>) -> Rows<A> {
    q.attention(keys, q).eval()
}

fn main() {
    let x = Cpu.ones::<Shape![2, 4]>();
    let _ = look::<Cpu, Cpu>(&x, &x);
}
