use congruent::prelude::*;

pub fn main() {
    let (x, y) = (Cpu.tensor_of::<i64, _>([1, 2]), Cpu.tensor_of::<i64, _>([2, 3]));
    let _ = x.isin(&y);
}
