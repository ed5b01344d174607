//! `forward` returns the shape of its signature.
use congruent::nn::Linear;
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    hidden: Linear<D<784>, D<128>, P>,
    out: Linear<D<128>, D<10>, P>,
}

impl<P: Forward> Net<P> {
    fn forward<B: Dim>(self, x: impl Expr<(B, D<784>), P>) -> Ex![P; B, 10] {
        self.out.forward(self.hidden.forward(x).relu())
    }
}

pub fn main() {
    let net = Net { hidden: Linear::new(Key::new(0)), out: Linear::new(Key::new(1)) };
    let _ = net.infer(|m| m.forward(&Cpu.ones::<Shape![2, 784]>()).eval());
}
