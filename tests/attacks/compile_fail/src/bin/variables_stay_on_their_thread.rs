//! error[E0277]: `*const ()` cannot be sent between threads safely
use congruent::prelude::*;

fn main() {
    let model: Param<Shape![4]> = Cpu.tensor([1.0, 2.0, 3.0, 4.0]).into();
    let _ = model.infer(|w| {
        std::thread::scope(|scope| {
            scope.spawn(move || (w * 2.0).sum().eval().item());
        })
    });
}
