use congruent::prelude::*;

dims! { Heads = 4, Size = 16 }

fn heads<B: Dim, T: Dim>(x: &Tensor<(B, T, D<64>)>) -> Tensor<(B, T, Heads, Size)> {
    x.unflatten::<-1, _, _>(Heads, Size).eval()
}

pub fn main() {
    println!("{}", heads(&Cpu.zeros::<Shape![2, 3, 64]>()));
}
