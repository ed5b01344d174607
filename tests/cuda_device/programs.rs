//! Row programs, products and optimizers on the device: rows of all lengths and numbers, matrices that lie in memory in
//! any way, steps in every precision.

use crate::found::{number, of, same};
use congruent::optim::{Adadelta, Adagrad, Adamax, Adan, Lamb, Lion, Muon, NAdam, RAdam};
use congruent::optim::{RmsProp, clip_grad_norm, clip_grad_value};
use congruent::prelude::*;

dims! { A = ?, B = ?, C = ?, N = ? }

/// Row programs and reductions of a matrix, forward and backward, along both axes.
macro_rules! rows {
    ($d:ident, $out:ident, $x:expr, $what:expr) => {{
        let x = $x;
        let what = $what;
        macro_rules! both { ($name:literal: |$v:ident| $along:expr, $across:expr) => {{
            let named = |how: &str| format!("{} {how} of {what}", $name);
            $out.add(named("along"), &{ let $v = x; $along.eval() });
            $out.add(named("across"), &{ let $v = x; $across.eval() });
            let w: Param<_, Weights<_, _>> = x.clone().into();
            let (_, g) = w.value_and_grad(|w| ({ let $v = w; $along } * 1.5).sum()).expect("a step");
            $out.add(named("gradient along"), &g.tensor());
            let (_, g) = w.value_and_grad(|w| ({ let $v = w; $across }).sigmoid().sum()).expect("a step");
            $out.add(named("gradient across"), &g.tensor());
        }}; }
        both!("softmax": |x| x.softmax() * x, x.softmax_axis::<0>());
        both!("log_softmax": |x| x.log_softmax() * x, x.log_softmax_axis::<0>());
        both!("layer_norm": |x| x.layer_norm(1e-5) * x, x.t().layer_norm(1e-5));
        both!("var": |x| x.var_axis::<1>(1), x.var_axis::<0>(0));
        both!("std": |x| x.std_axis::<1>(0), x.std_axis::<0>(0));
        both!("norm 2": |x| x.norm_axis::<1>(2.0), x.norm_axis::<0>(2.0));
        both!("norm 3": |x| x.norm_axis::<1>(3.0), x.norm_axis::<0>(0.5));
        both!("norm inf": |x| x.norm_axis::<1>(f64::INFINITY), x.norm_axis::<0>(1.0));
        both!("logsumexp": |x| x.logsumexp_axis::<1>(), x.logsumexp_axis::<0>());
        both!("max": |x| x.max_axis::<1>(), x.max_axis::<0>());
        both!("min": |x| x.min_axis::<1>(), x.min_axis::<0>());
        both!("prod": |x| x.prod_axis::<1>(), x.prod_axis::<0>());
        both!("sum": |x| x.sum_axis::<1>(), x.sum_axis::<0>());
        both!("mean": |x| x.mean_axis::<1>(), x.mean_axis::<0>());
    }};
}

/// A matrix whose rows end in one of the odd numbers.
fn edged<E: Elem, D: Device>(d: D, rows: usize, columns: usize, edges: &[f64]) -> Tensor<(A, B), E, D> {
    let of = |i: usize| match i % columns {
        c if c == (i / columns * 7) % columns => edges[i / columns % edges.len()],
        _ => number(i),
    };
    d.from_vec((A(rows), B(columns)), (0..rows * columns).map(|i| E::of_f64(of(i))).collect()).expect("as many")
}

same! {
    rows_of_doubles: |d, out| {
        for (a, b) in [(0, 5), (1, 1), (3, 17), (17, 3), (5, 257), (257, 2), (33, 33)] {
            rows!(d, out, &of::<_, f64, _>(d, (A(a), B(b)), 1), format!("{a} by {b}"));
        }
        let edges = [1e300, 1e290, 1e-300, 0.0, -0.0, 1e160, 1e-160, 5e-324];
        rows!(d, out, &edged::<f64, _>(d, 16, 9, &edges), "large and small");
    }
    rows_that_are_not_numbers: |d, out| {
        let x = edged::<f64, _>(d, 12, 40, &[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308]);
        for (what, y) in [
            ("softmax", x.softmax().eval()), ("softmax across", x.softmax_axis::<0>().eval()),
            ("log_softmax", x.log_softmax().eval()), ("layer_norm", x.layer_norm(1e-5).eval()),
        ] {
            out.add(what, &y);
        }
        for (what, y) in [
            ("var", x.var_axis::<1>(1).eval()), ("std", x.std_axis::<1>(1).eval()),
            ("norm", x.norm_axis::<1>(2.0).eval()),
            ("norm 3", x.norm_axis::<1>(3.0).eval()), ("lse", x.logsumexp_axis::<1>().eval()),
            ("max", x.max_axis::<1>().eval()), ("min", x.min_axis::<1>().eval()), ("prod", x.prod_axis::<1>().eval()),
            ("mean", x.mean_axis::<1>().eval()), ("nansum", x.nansum_axis::<1>().eval()),
            ("nanmean", x.nanmean_axis::<1>().eval()), ("nanmax", x.nanmax_axis::<1>().eval()),
        ] {
            out.add(what, &y);
        }
        out.add("mean of all", &edged::<f64, _>(d, 4, 4, &[1e308]).mean().eval());
        out.add("sum of all", &edged::<f64, _>(d, 4, 4, &[1e308]).sum().eval());
    }
    rows_of_singles: |d, out| {
        for (a, b) in [(3, 17), (257, 2), (2, 300)] {
            rows!(d, out, &of::<_, f32, _>(d, (A(a), B(b)), 1), format!("{a} by {b}"));
        }
        let x = edged::<f32, _>(d, 16, 9, &[1e38, -3e38, 1e-38, 0.0, -0.0, 1e20, 1e-30, 1e-45]);
        for (what, y) in [
            ("softmax", x.softmax().eval()), ("log_softmax", x.log_softmax_axis::<0>().eval()),
            ("layer_norm", x.layer_norm(1e-5).eval()),
        ] {
            out.add(what, &y);
        }
        for (what, y) in [
            ("var", x.var_axis::<1>(1).eval()), ("std", x.std_axis::<1>(0).eval()),
            ("norm", x.norm_axis::<1>(2.0).eval()),
            ("norm 3", x.norm_axis::<1>(3.0).eval()), ("prod", x.prod_axis::<1>().eval()),
            ("mean", x.mean_axis::<1>().eval()), ("sum", x.sum_axis::<1>().eval()),
        ] {
            out.add(what, &y);
        }
        let products = d.tensor([[1e30f32, 1e30, 1e-30, 1e-30], [1e-30, 1e-30, 1e30, 1e30]]);
        out.add("huge products", &products.prod_axis::<1>().eval());
        out.add("huge sums", &d.tensor([[3e38f32, 3e38, -3e38, -3e38]]).sum_axis::<1>().eval());
        out.add("huge mean", &d.tensor([3e38f32, 3e38]).mean().eval());
        out.add("huge sum", &d.tensor([3e38f32, 3e38]).sum().eval());
    }
    rows_of_halves: |d, out| {
        rows!(d, out, &of::<_, f16, _>(d, (A(7), B(33)), 1), "f16");
        rows!(d, out, &of::<_, bf16, _>(d, (A(33), B(7)), 1), "bf16");
        out.add("huge halves", &d.full((A(3), B(4)), f16::from_f64(60000.0)).mean_axis::<1>().eval());
        out.add("huge sums", &d.full((A(3), B(4)), f16::from_f64(60000.0)).sum_axis::<1>().eval());
        out.add("huge norms", &d.full((A(3), B(4)), f16::from_f64(60000.0)).norm_axis::<1>(2.0).eval());
    }
    long_rows: |d, out| {
        let x: Tensor<Shape![2, 70000], f32, _> = of(d, Default::default(), 1);
        out.add("softmax", &x.softmax().eval());
        out.add("norm", &x.layer_norm(1e-5).eval());
        out.add("lse", &x.logsumexp_axis::<1>().eval());
        out.add("var", &x.var_axis::<1>(1).eval());
        out.add("sum", &(&x + 1.0).sum_axis::<1>().eval());
        out.add("across", &x.softmax_axis::<0>().eval());
        let many: Tensor<Shape![70000, 2], f32, _> = of(d, Default::default(), 1);
        out.add("softmax", &many.softmax().eval());
        out.add("max", &many.max_axis::<1>().eval());
        out.add("lse", &many.logsumexp_axis::<0>().eval());
        let far = (&x * 1e-4 + 1e4).eval();
        out.add("far var", &far.var_axis::<1>(1).eval());
        let w: Param<_, Weights<f32, _>> = x.clone().into();
        let (_, g) = w.value_and_grad(|w| (w.softmax() * &x).sum() + w.logsumexp_axis::<1>().sum()).expect("a step");
        out.add("gradient", &g.tensor());
    }
    cross_entropies: |d, out| {
        let x: Param<Shape![33, 10], Weights<f64, _>> = of(d, Default::default(), 1).into();
        let labels = d.from_fn((D::<33>,), |i| (i * 7 % 10) as i64);
        let weights: Tensor<Shape![10], f64, _> = of::<_, f64, _>(d, Default::default(), 2).abs().eval();
        let (loss, g) = x.value_and_grad(|x| x.cross_entropy(&labels)).expect("a step");
        out.text("loss", format!("{loss:.9}"));
        out.add("gradient", &g.tensor());
        let rule = LabelRule::new().label_smoothing(0.1).ignore_index(3).weight(&weights);
        let (loss, g) = x.value_and_grad(|x| x.cross_entropy_by(&labels, &rule)).expect("a step");
        out.text("loss by", format!("{loss:.9}"));
        out.add("gradient by", &g.tensor());
        let (loss, g) = x.value_and_grad(|x| x.cross_entropy_smoothed(&labels, 0.3)).expect("a step");
        out.text("loss smoothed", format!("{loss:.9}"));
        out.add("gradient smoothed", &g.tensor());
        let bad = d.from_fn((D::<33>,), |i| if i == 17 { 10 } else { 0i64 });
        let error = x.value_and_grad(|x| x.cross_entropy(&bad)).map(|_| ());
        out.text("a label", format!("{error:?}"));
        out.add("after it", &x.tensor().softmax().eval());
    }
}

/// Products of one element type.
macro_rules! products {
    ($d:ident, $out:ident, $E:ident) => {{
        let sizes = [(1, 1, 1), (3, 0, 4), (0, 3, 4), (17, 33, 5), (16, 16, 16), (1, 70, 1), (5, 1, 7), (33, 2, 17)];
        for (m, k, n) in sizes {
            let what = |what: &str| format!("{what} {m} {k} {n} {}", stringify!($E));
            let a: Tensor<(A, B), $E, _> = of($d, (A(m), B(k)), 1);
            let b: Tensor<(B, C), $E, _> = of($d, (B(k), C(n)), 2);
            $out.add(what("plain"), &a.matmul(&b).eval());
            let (at, bt) = (a.t().eval(), b.t().eval());
            $out.add(what("left turned"), &at.t().matmul(&b).eval());
            $out.add(what("right turned"), &a.matmul(bt.t()).eval());
            $out.add(what("both turned"), &at.t().matmul(bt.t()).eval());
            $out.add(what("reversed"), &a.flip::<1>().matmul(b.flip::<0>()).eval());
            $out.add(what("reversed rows"), &a.flip::<0>().matmul(b.flip::<1>()).eval());
        }
        let a: Tensor<Shape![4, 12, 10], $E, _> = of($d, Default::default(), 3);
        let b: Tensor<Shape![4, 10, 6], $E, _> = of($d, Default::default(), 4);
        $out.add("batched", &a.matmul(&b).eval());
        $out.add("sliced", &a.slice(s![.., 1..11:3, ::2]).matmul(b.slice(s![.., ::2, 1..])).eval());
        $out.add("stretched", &a.matmul(&b.slice(s![1]).eval()).eval());
        $out.add("middle", &a.transpose::<0, 1>().matmul(b.transpose::<1, 2>().slice(s![0, .., ..]).t()).eval());
        $out.add("expanded", &a.slice(s![0]).expand((D::<3>, D::<12>, D::<10>)).matmul(b.slice(s![..3])).eval());
        $out.add("summed", &einsum!("b i j, b j k -> i k", &a, &b).eval());
        $out.add("outer", &einsum!("b i j, b j k -> k b i", &a, &b).eval());
        $out.add("vector", &a.slice(s![0]).matmul(b.slice(s![0, .., 2])).eval());
    }};
}

same! {
    six_axes: |d, out| {
        let w: Param<Shape![2, 3, 4, 2, 3, 5], Weights<f64, _>> = of(d, Default::default(), 1).into();
        let x: Param<Shape![3, 1, 1, 4, 1, 2], Weights<f64, _>> = of(d, Default::default(), 2).into();
        let (_, (gw, gx)) = (w, x).value_and_grad(|(w, x)| {
            let y = w.permute::<Axes![4, 0, 5, 2, 1, 3]>().flip::<2>() * x;
            (y * x.flip::<0>()).tanh().sum() + w.sum_axis::<2>().square().sum()
        }).expect("a step");
        out.add("six", &gw.tensor());
        out.add("six stretched", &gx.tensor());
        out.add("copied", &gw.tensor().permute::<Axes![5, 3, 1, 0, 2, 4]>().eval());
    }
    products_of_singles: |d, out| { products!(d, out, f32); }
    products_of_doubles: |d, out| { products!(d, out, f64); }
    products_of_halves: |d, out| { products!(d, out, f16); }
    products_of_brains: |d, out| { products!(d, out, bf16); }
    products_of_integers: |d, out| { products!(d, out, i32); products!(d, out, u8); products!(d, out, i64); }
    product_gradients: |d, out| {
        let a: Param<Shape![4, 12, 10], Weights<f64, _>> = of(d, Default::default(), 1).into();
        let b: Param<Shape![10, 6], Weights<f64, _>> = of(d, Default::default(), 2).into();
        let (_, (ga, gb)) = (a, b).value_and_grad(|(a, b)| {
            let y = a.matmul(b).square().sum() + a.flip::<2>().matmul(b.flip::<0>()).sum();
            y + a.slice(s![.., ::-2, 1..; 2]).matmul(b.slice(s![1..; 2, ..4])).tanh().sum() + b.t().matmul(b).sum()
        }).expect("a step");
        out.add("left", &ga.tensor());
        out.add("right", &gb.tensor());
        let h: Param<Shape![40, 30], Weights<f16, _>> = of(d, Default::default(), 3).into();
        let (_, g) = h.value_and_grad(|h| h.matmul(h.t()).mean() + h.t().matmul(h).mean()).expect("a step");
        out.add("halves", &g.tensor());
        let w: Param<Shape![6, 7], Weights<f32, _>> = d.full(Default::default(), f32::INFINITY).into();
        let (_, g) = w.value_and_grad(|w| w.matmul(&d.ones::<Shape![7, 3]>()).sum()).expect("a step");
        out.add("infinite", &g.tensor());
    }
}

/// Steps of optimizers over one element type.
macro_rules! optimizers {
    ($d:ident, $out:ident, $E:ident) => {{
        macro_rules! steps {
            ($name:literal, $new:expr) => {{
                let mut model: (
                    Param<Shape![257], Weights<$E, _>>,
                    Param<Shape![3, 1], Weights<$E, _>>,
                    Param<(N,), Weights<$E, _>>,
                ) = (
                    of($d, Default::default(), 1).into(),
                    of($d, Default::default(), 2).into(),
                    of($d, (N(0),), 3).into(),
                );
                let mut opt = $new(&model);
                for step in 0..4 {
                    let scale = [1.0, 0.3, 7.0, 0.0][step];
                    let (_, mut grads) = model
                        .value_and_grad(|(x, y, z)| (x * y).square().mean() * scale + x.exp().mean() + z.sum())
                        .expect("a step");
                    if step > 1 {
                        clip_grad_norm(&mut grads, 0.5);
                        clip_grad_value(&mut grads, 0.1);
                    }
                    opt.step(&mut model, &grads);
                    $out.add(format!("{} {} {step}", $name, stringify!($E)), &model.0.tensor());
                    $out.add(format!("{} {} {step} column", $name, stringify!($E)), &model.1.tensor());
                }
            }};
        }
        steps!("sgd", |m: &_| Sgd::new(m, 0.1).momentum(0.9).nesterov(true).weight_decay(0.01));
        steps!("plain", |m: &_| Sgd::new(m, 0.3));
        steps!("adam", |m: &_| Adam::new(m, 0.1));
        steps!("adamw", |m: &_| AdamW::new(m, 0.1).weight_decay(0.1));
        steps!("rmsprop", |m: &_| RmsProp::new(m, 0.1).momentum(0.5));
        steps!("adagrad", |m: &_| Adagrad::new(m, 0.1));
        steps!("amsgrad", |m: &_| Adam::new(m, 0.1).amsgrad(true));
        steps!("adadelta", |m: &_| Adadelta::new(m, 1.0));
        steps!("nadam", |m: &_| NAdam::new(m, 0.1));
        steps!("radam", |m: &_| RAdam::new(m, 0.1).betas(0.9, 0.95));
        steps!("adamax", |m: &_| Adamax::new(m, 0.1));
        steps!("adan", |m: &_| Adan::new(m, 0.1).weight_decay(0.1));
        steps!("lion", |m: &_| Lion::new(m, 0.01));
        steps!("lamb", |m: &_| Lamb::new(m, 0.1));
        steps!("muon", |m: &_| Muon::new(m, 0.1));
    }};
}

same! {
    steps_of_singles: |d, out| { optimizers!(d, out, f32); }
    steps_of_doubles: |d, out| { optimizers!(d, out, f64); }
    steps_of_halves: |d, out| { optimizers!(d, out, f16); }
    steps_of_brains: |d, out| { optimizers!(d, out, bf16); }
}
