use congruent::prelude::*;

fn main() {
    let a = Cpu.zeros::<Shape![5, 2]>();
    let _ = a.cross(&a);
}
