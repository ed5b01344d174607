//! Places on an axis whose size only the run knows have a name.
use congruent::prelude::*;

dims! { Rows = ?, Down = ? }

pub fn main() {
    let (x, weight) = (Cpu.full((D::<1>, D::<3>, Rows(9)), 1.0f32), Cpu.ones::<Shape![8, 3, 3]>());
    let y = x.conv1d_as(&weight, Filter::<3, 2>, Down);
    println!("{}", y.eval());
}
