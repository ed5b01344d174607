//! What `explain` says of a device that has loops for some families of work alone.

use crate::vault::{Carried, VAULT, carried};
use congruent::graph::Work;
use congruent::prelude::*;

#[test]
fn what_goes_through_the_host_is_told() {
    let x = VAULT.ones_of::<f32, _>((D::<4>, D::<6>));
    let told = |explanation: congruent::ops::Explanation| {
        let step = explanation.steps().last().expect("a step");
        (step.kind(), step.through_host())
    };
    assert_eq!(told(x.exp().explain()), (Work::FusedLoop, false));
    assert_eq!(told(x.sum().explain()), (Work::RowReduction, false));
    assert_eq!(told(x.softmax().explain()), (Work::RowFormula, false));
    assert_eq!(told(x.matmul(x.t()).explain()), (Work::MatrixProduct, false));
    assert_eq!(told(x.cumsum_axis::<0>().explain()), (Work::RunningFormula, true));
    assert_eq!(told(x.concat::<0, _>(&x).explain()), (Work::JoinedParts, true));
    assert_eq!(told(x.t().explain()), (Work::CopyLoop, false), "floats are copied by a fused loop");
    assert_eq!(told(x.convert::<i64>().t().explain()), (Work::CopyLoop, true));
    let here = Cpu.ones::<Shape![4, 6]>();
    assert_eq!(told(here.cumsum_axis::<0>().explain()), (Work::RunningFormula, false));
}

#[test]
fn the_numbers_are_those_of_any_device_and_nothing_is_carried() {
    let (x, y) = (VAULT.ones_of::<f32, _>((D::<4>, D::<6>)), Cpu.ones::<Shape![4, 6]>());
    let (there, moved) = carried(|| (x.exp() * 2.0).tanh().explain());
    assert_eq!(moved, Carried::default());
    assert_eq!(there, (y.exp() * 2.0).tanh().explain());
    let text = x.cumsum_axis::<0>().explain().to_string();
    assert!(text.contains("running formula, through the host [4, 6]: cumsum_axis(a)"), "{text}");
}
