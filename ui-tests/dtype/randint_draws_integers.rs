//! Integers are drawn into an integer element type; floats have `uniform`.
use congruent::prelude::*;

fn main() {
    let _ = Cpu.randint((D::<3>,), Key::new(1), 0.0f32, 6.0);
}
