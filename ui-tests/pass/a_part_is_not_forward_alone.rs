//! A model exists for every part, not only for those that run `forward`.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part> {
    weight: Param<Shape![3], P>,
}

impl<P: Forward> Net<P> {
    fn weighted(self, x: impl Expr<Shape![3], P>) -> Ex![P; 3] {
        x.ex() * self.weight
    }
}

pub fn main() {
    let _ = Cpu.ones::<Shape![3]>();
}
