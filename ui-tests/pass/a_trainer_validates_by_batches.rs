//! A trainer validates by batches, which a loader deals out.
use congruent::prelude::*;
use congruent::training::Trainer;

pub fn main() {
    let mut model = Linear::<D<3>, D<2>>::new(Key::new(0));
    let mut optimizer = Sgd::new(&model, 0.1);
    let Ok(data) = TensorDataset::new((Cpu.ones::<Shape![4, 3]>(),)) else { return };
    let Ok(loader) = Loader::new(data.clone(), D::<2>) else { return };
    let trainer = Trainer::new(&mut model, &mut optimizer).validate(&loader, |m, (x,)| m.forward(x.ex()).mean());
    let _ = trainer.fit(&loader, |m, (x,)| m.forward(x.ex()).mean());
}
