//! Rows of what says how graphs hang together: lets, loops, erasure, branches, models in models.

use super::constructs;
use congruent::prelude::*;

constructs! {
    with: input(3), |m, x, w| (x.ex() * m).with(|u| u * u * w + u.mean_keepdim::<1>());
    with_in_with: input(3), |m, x, w| (x.ex() * m).with(|u| (u * w).with(|v| v * u + v.sum_keepdim::<0>()));
    share: input(3), |m, x, w| (x.ex() * m).share(|u| u.tanh() * w + u * u);
    share_in_with: input(3), |m, x, w| (x.ex() * m).with(|u| u.share(|v| v * v * w) * u.sum());
    scan: (input(3), input(4)), |(a, b), x, _| P::scan([a, b], x, |m, h| h + (h * m).tanh());
    scan_of_numbers: input(3), |m, x, _| P::scan(0..3, x, |i, h| (h * m).tanh() + f64::from(i));
    scan_reads_another_model: input(3), |m, x, w| P::scan([m, m], x, |m, h| (h * m + w).tanh());
    scan_in_scan: input(3), |m, x, w| P::scan(0..2, x, |_, h| P::scan([m, m], h * 2.0, |m, h| (h * m).tanh() + w));
    scan_of_nothing: input(3), |m, x, _| P::scan([m; 0], x, |m, h| h * m);
    scan_that_forgets: input(3), |m, x, w| {
        P::scan(0..3, x, |i, h| match i {
            1 => (h.stop_gradient() * 0.0 + w).boxed(),
            _ => (h * m).boxed(),
        }) * x
    };
    boxed: input(3), |m, x, w| ((x.ex() * m).boxed() * w).tanh().boxed();
    keep: input(3), |m, x, w| {
        let u = (x.ex() * m).keep();
        let v = (u * w).keep();
        u * v + v.sum_keepdim::<0>() + u.mean()
    };
    keep_in_with: input(3), |m, x, w| (x.ex() * m).with(|u| {
        let v = (u * w).keep();
        v * v + u * v.mean_keepdim::<1>()
    }) + w;
    keep_around_with: input(3), |m, x, w| {
        let u = (x.ex() * m).keep();
        (u * w).with(|v| (v * u).keep().tanh() + v) * u
    };
    keep_in_scan: input(3), |m, x, w| P::scan(0..3, x, |_, h| {
        let v = (h * m).tanh().keep();
        v * w + v * v
    });
    keep_of_boxed: input(3), |m, x, w| {
        let u = ((x.ex() * m).boxed() * w).keep();
        (u.boxed() * u).with(|v| (v.boxed() * u).keep() + v)
    };
    keep_without_use: input(3), |m, x, w| {
        let u = (x.ex() * m).keep();
        let _unused = (u * w).keep();
        u * u + w
    };
    stop_gradient: input(3), |m, x, w| (x.ex() * m + (w * 0.0).stop_gradient()).tanh();
    branch: input(3), |m, x, w| match m.shape() == (D::<3>, D::<4>) {
        true => (x.ex() * m).boxed(),
        false => (w * 1.0).boxed(),
    };
    models_in_a_list: vec![input(3), input(4), input(5)], |layers, x, w| {
        let mut h = (x.ex() * 1.0).boxed();
        for layer in layers {
            h = (h * layer + w).tanh().boxed();
        }
        h
    };
    models_that_may_be_there: (Some(input(3)), None::<super::Input>), |(a, b), x, w| {
        let mut h = (x.ex() * w).boxed();
        for layer in [a, b].into_iter().flatten() {
            h = (h * layer).tanh().boxed();
        }
        h
    };
    models_in_an_array: [input(3), input(4)], |[a, b], x, _| (x.ex() * a).tanh() * b + a;
    one_parameter_often: input(3), |m, x, _| (x.ex() * m + m) * m.with(|m| m * m + m.sum()) + x.ex().share(|x| x * m);
}
