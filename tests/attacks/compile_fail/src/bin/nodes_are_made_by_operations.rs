//! error[E0624]: associated function `new` is private
use congruent::device::Buf;
use congruent::dims::On;
use congruent::graph::{Op, Pullback};
use congruent::prelude::*;

struct Nothing;
impl Pullback<f32> for Nothing {
    type Grad = On;
    fn pull<D: Device>(self, _: D, _: Buf<f32>, _: Buf<f32>) {}
    fn cut(&self) {}
}

fn main() {
    let _ = Op::new(Buf::from_slice(&[1.0f32]), (D::<1>,), Nothing);
}
