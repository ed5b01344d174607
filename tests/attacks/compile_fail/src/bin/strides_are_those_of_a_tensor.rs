//! error[E0451]: fields `buf`, `offset` and `axes` of struct `congruent::layout::Strided` are private
use congruent::device::{Buf, CopyWork};
use congruent::layout::{Axes, Strided};
use congruent::prelude::*;

fn main() {
    let axes = Axes { size: [1 << 62; 8], stride: [1; 8] };
    Cpu.copy_strided(&Strided { buf: Buf::<f32>::zeros(1), offset: 0, axes });
}
