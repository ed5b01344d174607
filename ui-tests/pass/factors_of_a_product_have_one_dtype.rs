use congruent::prelude::*;

pub fn main() {
    let (x, y) = (Cpu.tensor_of::<i64, _>([1, 2]), Cpu.tensor_of::<i64, _>([3, 4]));
    let _ = x.vdot(&y).eval();
}
