//! Reductions, and what is computed row by row.

use crate::session::Session;
use congruent::prelude::*;

pub(crate) fn run(session: &mut Session) {
    session.measure("red_sum_1e7", || {
        let x: Tensor<Shape![10_000_000]> = Cpu.uniform(Default::default(), Key::new(1), -1.0, 1.0);
        move || x.sum().eval().item()
    });
    session.measure("red_sum_axis0", || {
        let x = matrix();
        move || x.sum_axis::<0>().eval()
    });
    session.measure("red_sum_axis1", || {
        let x = matrix();
        move || x.sum_axis::<1>().eval()
    });
    session.measure("red_softmax", || {
        let x = matrix();
        move || x.softmax().eval()
    });
    session.measure("red_argmax", || {
        let x = matrix();
        move || x.argmax_axis::<1>()
    });
    session.measure("red_layernorm", || {
        let (x, norm) = (matrix(), LayerNorm::<D<1024>>::new());
        move || norm.infer(|norm| norm.forward(&x).eval())
    });
}

fn matrix() -> Tensor<Shape![4096, 1024]> {
    Cpu.uniform(Default::default(), Key::new(1), -1.0, 1.0)
}
