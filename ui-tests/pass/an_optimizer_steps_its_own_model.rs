//! An optimizer made for one model does not step another.
use congruent::prelude::*;

pub fn main() {
    let mut models = (Linear::<D<3>, D<2>>::new(Key::new(0)), Linear::<D<3>, D<5>>::new(Key::new(1)));
    let mut optimizer = Sgd::new(&models.0, 0.1);
    let x = Cpu.ones::<Shape![4, 3]>();
    let Ok((_, grads)) = models.0.value_and_grad(|m| m.forward(&x).mean()) else { return };
    optimizer.step(&mut models.0, &grads);
}
