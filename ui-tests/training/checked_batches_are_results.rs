//! Batches that are checked are results.
use congruent::prelude::*;

fn main() {
    let Ok(data) = TensorDataset::new((Cpu.ones::<Shape![4, 3]>(),)) else { return };
    let Ok(loader) = Loader::new(data, D::<2>) else { return };
    assert_eq!(loader.map(|x, _| x).checked().in_order().count(), 2);
}
