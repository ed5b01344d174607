use congruent::prelude::*;

dims! { Part = ? }

fn main() {
    let x = Cpu.zeros::<Shape![3, 4]>();
    let end = 2;
    println!("{}", x.narrow::<0, _>(0, Part(end)).eval());
}
