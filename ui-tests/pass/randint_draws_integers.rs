//! Integers are drawn into an integer element type; floats have `uniform`.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.randint((D::<3>,), Key::new(1), 0i32, 6);
}
