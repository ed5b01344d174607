//! A chunked axis is static; the parts of others have a length that you name.
use congruent::prelude::*;

dims! { Batch = ? }

pub fn main() {
    let x = Cpu.full((Batch(6), D::<4>), 1.0);
    let _ = x.split::<0, _>(D::<2>);
}
