//! A trainer's batches have the element type of its model.
use congruent::prelude::*;
use congruent::training::Trainer;

pub fn main() {
    let mut model = Linear::<D<3>, D<2>>::new(Key::new(0));
    let mut optimizer = Sgd::new(&model, 0.1);
    let columns = (Cpu.ones::<Shape![4, 3]>(), Cpu.full((D::<4>, D::<2>), 1 as f32));
    let Ok(data) = TensorDataset::new(columns) else { return };
    let Ok(loader) = Loader::new(data, D::<2>) else { return };
    let _ = Trainer::new(&mut model, &mut optimizer).fit(&loader, |m, (x, y)| m.forward(x.ex()).mse(&y));
}
