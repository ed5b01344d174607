//! Pointwise formulas, from one multiply-add to a chain of eight operations; each is one fused loop.

use crate::session::Session;
use congruent::prelude::*;

type Million = Shape![1_000_000];

pub(crate) fn run(session: &mut Session) {
    line::<Shape![10_000]>(session, "ew_axpb_1e4");
    line::<Million>(session, "ew_axpb_1e6");
    line::<Shape![10_000_000]>(session, "ew_axpb_1e7");
    session.measure("ew_gelu_1e6", || {
        let x = random::<Million>(1);
        move || x.gelu_tanh().eval()
    });
    session.measure("ew_exp_1e6", || {
        let x = random::<Million>(1);
        move || x.exp().eval()
    });
    chain::<f32>(session, "ew_chain8_1e6");
    chain::<f64>(session, "ew_chain8_f64_1e6");
    chain::<f16>(session, "ew_chain8_f16_1e6");
    chain::<bf16>(session, "ew_chain8_bf16_1e6");
    session.measure("ew_bcast_add", || {
        let (x, row) = (random::<Shape![4096, 1024]>(1), random::<Shape![1024]>(2));
        move || (&x + &row).eval()
    });
}

/// Uniform in [-1, 1).
fn random<S: Shape + Default>(seed: u64) -> Tensor<S> {
    Cpu.uniform(S::default(), Key::new(seed), -1.0, 1.0)
}

/// `a · x + b`
fn line<S: Shape + Default>(session: &mut Session, name: &'static str) {
    session.measure(name, || {
        let x = random::<S>(1);
        move || (&x * 1.5 + 0.5).eval()
    });
}

/// Eight operations on three operands.
fn chain<E: Real>(session: &mut Session, name: &'static str) {
    session.measure(name, || {
        let [x, w, b] =
            [1, 2, 3].map(|seed| Cpu.uniform_of::<E, Million>(Million::default(), Key::new(seed), -1.0, 1.0));
        move || (((&x * &w + &b).gelu_tanh() * x.sigmoid() + x.tanh()) * 0.5).eval()
    });
}
