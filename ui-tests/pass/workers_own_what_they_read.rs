//! Workers own what they read.
use congruent::prelude::*;

pub fn main() {
    let Ok(data) = TensorDataset::new((Cpu.ones::<Shape![4, 3]>(),)) else { return };
    let Ok(loader) = Loader::new(data.clone(), D::<2>) else { return };
    assert_eq!(loader.workers(2).in_order().count(), data.len() / 2);
}
