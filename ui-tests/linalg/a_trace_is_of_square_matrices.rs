use congruent::prelude::*;

fn main() {
    let a = Cpu.zeros::<Shape![2, 3]>();
    let _ = a.trace();
}
