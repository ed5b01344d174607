use congruent::prelude::*;

dims! { Heads = 4, Size = 16 }

fn heads<B: Dim, T: Dim>(x: &Tensor<(B, T, D<64>)>) -> Tensor<(B, T, Heads, Size)> {
    let (b, t, _) = x.shape();
    x.reshape((b, t, Heads, Size)).eval()
}

fn main() {
    println!("{}", heads(&Cpu.zeros::<Shape![2, 3, 64]>()));
}
