//! A trainer's loss is a scalar.
use congruent::prelude::*;
use congruent::training::Trainer;

fn main() {
    let mut model = Linear::<D<3>, D<2>>::new(Key::new(0));
    let mut optimizer = Sgd::new(&model, 0.1);
    let Ok(data) = TensorDataset::new((Cpu.ones::<Shape![4, 3]>(),)) else { return };
    let Ok(loader) = Loader::new(data, D::<2>) else { return };
    let _ = Trainer::new(&mut model, &mut optimizer).fit(&loader, |m, (x,)| m.forward(x.ex()));
}
