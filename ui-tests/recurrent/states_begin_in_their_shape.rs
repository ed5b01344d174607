//! A state begins with the features of the layer's states.
use congruent::prelude::*;

fn main() {
    let gru = Gru::<D<3>, D<8>>::new(Key::new(0));
    let (x, start) = (Cpu.ones::<Shape![2, 5, 3]>(), Cpu.zeros::<Shape![2, 5]>());
    let _ = gru.infer(|m| m.run(&x, &start).1.eval());
}
