use congruent::prelude::*;

dims! { Batch = ? }

pub fn main() {
    let x = Cpu.full((Batch(3), D::<64>), 1.0f32);
    let _ = x.reshape((Batch(3), D::<8>, D::<8>)).eval();
}
