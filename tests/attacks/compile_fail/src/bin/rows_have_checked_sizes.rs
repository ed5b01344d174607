//! error[E0451]: fields `outer`, `len` and `inner` of struct `Rows` are private
use congruent::device::{Buf, RowWork};
use congruent::loops::{AlongLast, Combine, MAX_STATS, RowInput, RowProgram, Rows};
use congruent::num::Num;
use congruent::prelude::*;

#[derive(Clone, Copy)]
struct Sum;
impl RowProgram for Sum {
    const PASSES: usize = 1;
    fn combine(self, _: usize) -> Combine {
        Combine::Sum
    }
    fn term<V: Num>(self, _: usize, x: [V; MAX_STATS], _: [V; MAX_STATS]) -> V {
        x[0]
    }
}

fn main() {
    let rows = Rows { outer: (1 << 63) + 1, len: 2, inner: 1 };
    Cpu.map_rows(rows, AlongLast(Sum), &[RowInput::Elements(&Buf::<f32>::zeros(2))]);
}
