//! An optimizer that asks for the loss itself takes no gradients.
use congruent::optim::Muon;
use congruent::prelude::*;

pub fn main() {
    let mut model = Linear::<D<3>, D<2>>::new(Key::new(0));
    let mut optimizer = Muon::new(&model, 0.1);
    let x = Cpu.ones::<Shape![4, 3]>();
    let Ok((_, grads)) = model.value_and_grad(|m| m.forward(&x).mean()) else { return };
    optimizer.step(&mut model, &grads);
}
