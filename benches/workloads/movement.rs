//! Copies that rearrange: a transpose, matrices side by side, and rows of a table by index.

use crate::session::Session;
use congruent::prelude::*;

pub(crate) fn run(session: &mut Session) {
    session.measure("lay_transpose", || {
        let x: Tensor<Shape![4096, 4096]> = Cpu.uniform(Default::default(), Key::new(1), -1.0, 1.0);
        move || x.t().eval()
    });
    session.measure("lay_concat", || {
        let random = |seed| Cpu.uniform(<Shape![4096, 1024]>::default(), Key::new(seed), -1.0, 1.0);
        let (left, right) = (random(1), random(2));
        move || left.concat::<1, _>(&right).eval()
    });
    session.measure("lay_gather", || {
        let table: Tensor<Shape![50_257, 768]> = Cpu.full(Default::default(), 1.0);
        let key = Key::new(2);
        let ids = Cpu.from_fn((D::<4096>,), |i| key.below(i as u64, 50_257) as i64);
        move || table.gather(&ids).eval()
    });
}
