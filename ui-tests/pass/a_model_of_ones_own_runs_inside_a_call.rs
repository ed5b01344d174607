//! A model of one's own runs in `value_and_grad` and `infer`.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    hidden: Linear<D<2>, D<3>, P>,
    scores: Linear<D<3>, D<1>, P>,
}

impl<P: Forward> Net<P> {
    fn forward<B: Dim>(self, x: Ex![P; B, 2]) -> Ex![P; B, 1] {
        self.scores.forward(self.hidden.forward(x).relu())
    }
}

pub fn main() {
    let net = Net { hidden: Linear::new(Key::new(0)), scores: Linear::new(Key::new(1)) };
    let x = Cpu.tensor([[1.0, 2.0]]);
    let _ = net.infer(|net| net.forward(x.ex()).eval());
}
