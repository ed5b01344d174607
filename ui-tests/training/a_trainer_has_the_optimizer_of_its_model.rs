//! A trainer has the optimizer of its model.
use congruent::prelude::*;
use congruent::training::Trainer;

fn main() {
    let mut models = (Linear::<D<3>, D<2>>::new(Key::new(0)), Linear::<D<3>, D<5>>::new(Key::new(1)));
    let mut optimizer = Sgd::new(&models.1, 0.1);
    let _ = Trainer::new(&mut models.0, &mut optimizer).epochs(3);
}
