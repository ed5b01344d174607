//! An axis made two holds as many elements.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![5, 12]>();
    let _ = x.unflatten::<-1, _, _>(D::<3>, D::<4>);
}
