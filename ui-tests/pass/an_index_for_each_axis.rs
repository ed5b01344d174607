use congruent::prelude::*;

pub fn main() {
    let corners = Cpu.tensor([[0, 1, 2], [1, 0, 2]]);
    let _ = corners.ravel_multi_index((D::<2>, D::<3>, D::<4>));
}
