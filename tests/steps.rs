//! What a step does to each parameter, against formulas in `f64` written here: every optimizer, every element type,
//! gradients that are absent, frozen, NaN, tiny and huge, parameters without elements.

use congruent::optim::{Adagrad, Optimizer, RmsProp, Rule, clip_grad_norm, clip_grad_value};
use congruent::prelude::*;

dims! { Width = ? }

/// A parameter that every step trains, one that every second step trains, one that is frozen, one without elements.
type Model<E> = [Param<(Width,), Weights<E>>; 4];

const START: [f64; 4] = [1.0, -0.5, 0.25, 0.0078125];
const RATE: f64 = 1e-3;
/// Steps enough that `bf16` alone, which has no number between 1 and 1 - 2⁻⁸, would see none of them.
const STEPS: usize = 40;

/// The state of one number in the reference: three memories and how often it was renewed.
type State = ([f64; 2], i32);
/// `(weight, gradient, state) -> weight`, as PyTorch's documentation writes it.
type Formula = fn(f64, f64, &mut State) -> f64;

fn sgd(w: f64, g: f64, _: &mut State) -> f64 {
    w - RATE * (g + 0.1 * w)
}
fn momentum(w: f64, g: f64, ([v, _], t): &mut State) -> f64 {
    *v = if *t == 1 { g } else { 0.9 * *v + 0.5 * g };
    w - RATE * (g + 0.9 * *v)
}
fn adam(w: f64, g: f64, ([m, v], t): &mut State) -> f64 {
    let g = g + 0.1 * w;
    (*m, *v) = (0.9 * *m + 0.1 * g, 0.999 * *v + 0.001 * g * g);
    w - RATE * (*m / (1.0 - 0.9f64.powi(*t))) / ((*v / (1.0 - 0.999f64.powi(*t))).sqrt() + 1e-8)
}
fn adam_w(w: f64, g: f64, ([m, v], t): &mut State) -> f64 {
    (*m, *v) = (0.9 * *m + 0.1 * g, 0.999 * *v + 0.001 * g * g);
    let step = (*m / (1.0 - 0.9f64.powi(*t))) / ((*v / (1.0 - 0.999f64.powi(*t))).sqrt() + 1e-8);
    w * (1.0 - RATE * 0.01) - RATE * step
}
fn rms_prop(w: f64, g: f64, ([v, _], _): &mut State) -> f64 {
    *v = 0.99 * *v + 0.01 * g * g;
    w - RATE * g / (v.sqrt() + 1e-8)
}
fn rms_prop_momentum(w: f64, g: f64, ([v, b], _): &mut State) -> f64 {
    *v = 0.99 * *v + 0.01 * g * g;
    *b = 0.5 * *b + g / (v.sqrt() + 1e-8);
    w - RATE * *b
}
fn adagrad(w: f64, g: f64, ([v, _], t): &mut State) -> f64 {
    *v += g * g;
    w - RATE / (1.0 + f64::from(*t - 1) * 0.1) * g / (v.sqrt() + 1e-10)
}

fn param<E: Real>(values: &[f64]) -> Param<(Width,), Weights<E>> {
    Cpu.from_fn((Width(values.len()),), |i| E::of_f64(values[i])).into()
}

/// The slope of the loss at element `i` in step `t`.
fn slope(i: usize, t: usize, size: f64) -> f64 {
    size * [1.0, -2.0, 0.5, 1.5][i] * (1.0 + (t % 3) as f64)
}

fn wide<E: Real>(x: &[E]) -> Vec<f64> {
    x.iter().map(|x| x.as_f64()).collect()
}

/// Takes [`STEPS`] steps with slopes around `size` and compares each weight with the formula.
fn follows<E: Real, R: Rule>(
    what: &str,
    make: impl Fn(&Model<E>) -> Optimizer<R, Model<E>, E>,
    by: Formula,
    size: f64,
) {
    let mut model: Model<E> = [param(&START), param(&START), param(&START), param(&[])];
    let mut opt = make(&model).group(|name, hyper| {
        if name == "2" {
            hyper.lr_factor = 0.0
        }
    });
    let mut expected = [START; 2];
    let mut state = [[State::default(); 4]; 2];
    for t in 0..STEPS {
        let coefficients: Tensor<(Width,), E> = Cpu.from_fn((Width(4),), |i| E::of_f64(slope(i, t, size)));
        let both = t % 2 == 0;
        let (_, grads) = model
            .value_and_grad(|[a, b, frozen, empty]| {
                let one = (a * &coefficients).sum() + (frozen * &coefficients).sum() + empty.sum();
                if both { (one + (b * &coefficients).sum()).boxed() } else { one.boxed() }
            })
            .expect("the sizes agree");
        assert_eq!(grads[1].reached(), both, "{what}: step {t}");
        for (p, (weights, states)) in expected.iter_mut().zip(&mut state).enumerate() {
            for (i, (w, state)) in weights.iter_mut().zip(states).enumerate() {
                if p == 0 || both {
                    state.1 += 1;
                    *w = by(*w, E::of_f64(slope(i, t, size)).as_f64(), state);
                }
            }
        }
        opt.step(&mut model, &grads);
    }
    for (p, expected) in expected.iter().enumerate() {
        for (found, expected) in wide(model[p].as_slice()).iter().zip(expected) {
            // One rounding of the weight, and those of `f32` on the way.
            let near = (found - expected).abs() <= (0.51 * E::EPSILON * expected.abs()).max(3e-6 * expected.abs());
            assert!(near, "{what} of {}, slopes of {size}: {found}, not {expected}, in parameter {p}", E::NAME);
        }
    }
    assert_eq!(wide(model[2].as_slice()), START, "{what}: a frozen parameter stays as it is");
    let mut names = Vec::new();
    opt.visit(|name, _| names.push(name.to_owned()));
    assert!(names.iter().all(|name| !name.starts_with('2') || name == "2.skipped"), "{what}: {names:?}");
}

fn all<E: Real>() {
    for size in [1.0, 1e-3, 1e-6] {
        follows::<E, _>("sgd", |m| Sgd::new(m, RATE).weight_decay(0.1), sgd, size);
        let nesterov = |m: &_| Sgd::new(m, RATE).momentum(0.9).dampening(0.5).nesterov(true);
        follows::<E, _>("momentum", nesterov, momentum, size);
        follows::<E, _>("adam", |m| Adam::new(m, RATE).weight_decay(0.1), adam, size);
        follows::<E, _>("adamw", |m| AdamW::new(m, RATE), adam_w, size);
        follows::<E, _>("rmsprop", |m| RmsProp::new(m, RATE), rms_prop, size);
        follows::<E, _>("rmsprop with momentum", |m| RmsProp::new(m, RATE).momentum(0.5), rms_prop_momentum, size);
        follows::<E, _>("adagrad", |m| Adagrad::new(m, RATE).lr_decay(0.1), adagrad, size);
    }
}

#[test]
fn every_optimizer_follows_its_formula_in_every_type() {
    all::<f64>();
    all::<f32>();
    all::<bf16>();
    all::<f16>();
}

/// NaN and infinity in a gradient are seen in its weight, and in no other.
fn spreads<E: Real, R: Rule>(what: &str, make: impl Fn(&Model<E>) -> Optimizer<R, Model<E>, E>) {
    for bad in [f64::NAN, f64::INFINITY] {
        let mut model: Model<E> = [param(&START), param(&START), param(&START), param(&[])];
        let mut opt = make(&model);
        let coefficients: Tensor<(Width,), E> = Cpu.from_fn((Width(4),), |i| E::of_f64(if i == 1 { bad } else { 1.0 }));
        let (_, grads) = model.value_and_grad(|[a, ..]| (a * &coefficients).sum()).expect("the sizes agree");
        opt.step(&mut model, &grads);
        let finite: Vec<bool> = model[0].as_slice().iter().map(|w| w.as_f64().is_finite()).collect();
        assert_eq!(finite, [true, false, true, true], "{what} of {}: {bad}", E::NAME);
        assert_eq!(wide(model[1].as_slice()), START, "{what}: the others stay");
    }
}

/// A gradient whose square is beyond the type still moves its weight by a step.
fn large<E: Real, R: Rule>(what: &str, make: impl Fn(&Model<E>) -> Optimizer<R, Model<E>, E>, size: f64) {
    let mut model: Model<E> = [param(&START), param(&START), param(&START), param(&[])];
    let mut opt = make(&model);
    for t in 1..=3 {
        let coefficients: Tensor<(Width,), E> = Cpu.full((Width(4),), E::of_f64(size));
        let (_, grads) = model.value_and_grad(|[a, ..]| (a * &coefficients).sum()).expect("the sizes agree");
        let before = wide(model[0].as_slice())[0];
        opt.step(&mut model, &grads);
        let moved = before - wide(model[0].as_slice())[0];
        assert!((0.2..5.0).contains(&(moved / 0.1)), "{what} of {}, {size}, step {t}: {moved}", E::NAME);
    }
}

#[test]
fn gradients_beyond_all_bounds() {
    macro_rules! each {
        ($($E:ty: $huge:expr;)*) => { $(
            spreads::<$E, _>("sgd", |m| Sgd::new(m, RATE));
            spreads::<$E, _>("adamw", |m| AdamW::new(m, RATE));
            spreads::<$E, _>("rmsprop", |m| RmsProp::new(m, RATE));
            spreads::<$E, _>("adagrad", |m| Adagrad::new(m, RATE));
            large::<$E, _>("adam", |m| Adam::new(m, 0.1), $huge);
            large::<$E, _>("adamw", |m| AdamW::new(m, 0.1), $huge);
            large::<$E, _>("adagrad", |m| Adagrad::new(m, 0.1), $huge);
            large::<$E, _>("rmsprop", |m| RmsProp::new(m, 0.01), $huge);
        )* };
    }
    each! { f64: 1e200; f32: 1e25; bf16: 1e25; f16: 6e4; }
}

/// One of two heads is trained in each step: the other one's momentum, decay and correction of bias wait.
#[test]
fn heads_trained_in_turns() {
    let start = [2.0, -1.0];
    let mut model: [Param<Shape![], Weights<f64>>; 2] = start.map(|w| Cpu.full((), w).into());
    let mut opt = AdamW::new(&model, 0.1).weight_decay(0.5);
    let (mut expected, mut states) = (start, [State::default(); 2]);
    for t in 0..7 {
        let head = t % 3 % 2;
        let (_, grads) = model.value_and_grad(|m| m[head].square().sum()).expect("no sizes");
        assert!(grads[head].reached() && !grads[1 - head].reached());
        opt.step(&mut model, &grads);
        let (w, ([m, v], steps)) = (&mut expected[head], &mut states[head]);
        *steps += 1;
        let g = 2.0 * *w;
        (*m, *v) = (0.9 * *m + 0.1 * g, 0.999 * *v + 0.001 * g * g);
        let (m, v) = (*m / (1.0 - 0.9f64.powi(*steps)), *v / (1.0 - 0.999f64.powi(*steps)));
        *w = *w * (1.0 - 0.05) - 0.1 * m / (v.sqrt() + 1e-8);
        for (model, expected) in model.iter().zip(expected) {
            assert!(
                (model.as_slice()[0] - expected).abs() < 1e-12,
                "step {t}: {model:?}, not {expected}",
                model = model.as_slice()
            );
        }
    }
}

/// A base behind `stop_gradient` stays as it is, whatever decays and moves.
#[test]
fn a_base_behind_stop_gradient_does_not_drift() {
    let key = Key::new(1);
    let mut model = (Linear::<D<3>, D<4>>::new(key), Linear::<D<4>, D<2>>::new(key));
    let (x, base) = (Cpu.ones::<Shape![5, 3]>(), model.0.clone());
    let mut opt = AdamW::new(&model, 0.1).weight_decay(0.5);
    for _ in 0..5 {
        let step = model.value_and_grad(|m| m.1.forward(m.0.forward(&x).relu().stop_gradient()).square().mean());
        opt.step(&mut model, &step.expect("the sizes agree").1);
    }
    assert_eq!(model.0.weight.as_slice(), base.weight.as_slice());
    assert_eq!(model.0.bias.as_slice(), base.bias.as_slice());
}

/// The count of steps is a parameter's own, in what is saved, too.
#[test]
fn what_was_skipped_is_saved() {
    let mut model: [Param<Shape![], Weights<f64>>; 2] = [1.0, 2.0].map(|w| Cpu.full((), w).into());
    let mut opt = Adam::new(&model, 0.1);
    let grads = |model: &[Param<Shape![], Weights<f64>>; 2], t: usize| {
        model.value_and_grad(|m| {
            if t.is_multiple_of(3) { (m[0] * m[1]).sum().boxed() } else { m[0].square().sum().boxed() }
        })
    };
    let mut saved = std::collections::BTreeMap::new();
    let mut at_four = None;
    for t in 0..8 {
        if t == 4 {
            opt.visit(|name, values| drop(saved.insert(name.to_owned(), values.to_vec())));
            at_four = Some(model.clone());
        }
        let step = grads(&model, t).expect("no sizes").1;
        opt.step(&mut model, &step);
    }
    assert_eq!(saved["1.skipped"], [2.0]);
    let mut again = at_four.expect("eight steps");
    let mut second = Adam::new(&again, 0.1);
    second.restore(|name| saved.get(name).cloned()).expect("the sizes agree");
    second.set_steps(4);
    for t in 4..8 {
        let step = grads(&again, t).expect("no sizes").1;
        second.step(&mut again, &step);
    }
    assert_eq!(again.map(|w| w.as_slice()[0]), model.map(|w| w.as_slice()[0]));
}

/// The weights before rounding follow what is written to a weight from outside.
#[test]
fn weights_of_halves_may_be_written_to() {
    let mut w: Param<(Width,), Weights<bf16>> = param(&[1.0, 1.0]);
    let mut opt = Sgd::new(&w, 1e-3);
    let step = |opt: &mut Optimizer<_, _, bf16>, w: &mut Param<_, _>| {
        let (_, grads) = w.value_and_grad(|w| w.sum()).expect("no sizes");
        opt.step(w, &grads);
    };
    (0..3).for_each(|_| step(&mut opt, &mut w));
    w.as_mut_slice()[1] = bf16::from_f32(0.5);
    step(&mut opt, &mut w);
    assert_eq!(w.as_slice(), [0.996, 0.499].map(bf16::from_f32));
}

#[test]
fn running_statistics_of_halves() {
    fn converges<E: Real>() {
        let mut norm = BatchNorm::<D<1>, Weights<E>>::init(Cpu);
        norm.momentum = 1e-3; // below the precision of both at 1
        let x: Tensor<Shape![2, 1], E> = Cpu.from_fn(Default::default(), |i| E::of_f64([0.0, 2.0][i]));
        let mut opt = Sgd::new(&norm, 0.0);
        for _ in 0..500 {
            let (_, grads) = norm.value_and_grad(|m| m.forward(&x).sum()).expect("two examples");
            opt.step(&mut norm, &grads);
        }
        let left = 0.999f64.powi(500);
        let (mean, var) = (norm.running_mean.as_slice()[0].as_f64(), norm.running_var.as_slice()[0].as_f64());
        assert!((mean - (1.0 - left)).abs() < 1e-4 && (var - (2.0 - left)).abs() < 1e-4, "{}: {mean} {var}", E::NAME);
    }
    converges::<f16>();
    converges::<bf16>();
    converges::<f32>();
}

/// Variances beyond `f16`, in training, in the statistics and in their gradient.
#[test]
fn variances_beyond_halves() {
    let mut norm = BatchNorm::<D<1>, Weights<f16>>::init(Cpu);
    let x = Cpu.tensor([[-512.0], [512.0]]).cast::<f16>().eval();
    let (_, grads, y) =
        norm.value_grad_and(|m| (m.forward(&x).sum(), m.forward(&x).stop_gradient().eval())).expect("two examples");
    assert_eq!(wide(y.as_slice()), [-1.0, 1.0]);
    Sgd::new(&norm, 0.0).step(&mut norm, &grads);
    let var = norm.running_var.as_slice()[0];
    assert!((var - (0.81 + 0.19 * 524288.0)).abs() < 1.0, "both calls count: {var}");

    let mut norm = BatchNorm::<D<1>, Weights<f16>>::init(Cpu);
    let mut y = vec![];
    let (_, grads) = norm
        .value_and_grad(|m| {
            y = m.forward(&x).eval().to_vec();
            m.forward(&x).sum()
        })
        .expect("two examples");
    Sgd::new(&norm, 0.0).step(&mut norm, &grads);
    let var = norm.running_var.as_slice()[0];
    assert!((var - 52429.7).abs() < 1.0 && wide(&y) == [-1.0, 1.0], "what is only read does not count: {var}");
}

/// Each call takes in the one before, in a loop and in shared layers too.
#[test]
fn statistics_are_folded_in_order() {
    let x = [Cpu.tensor_of::<f64, _>([[1.0], [3.0]]), Cpu.tensor_of::<f64, _>([[5.0], [7.0]])];
    let means = [2.0, 6.0];
    let after = |calls: &[usize]| calls.iter().fold(0.0, |running, &i| 0.9 * running + 0.1 * means[i]);
    let step = |norm: &BatchNorm<D<1>, Weights<f64>>, grads| {
        let mut norm = norm.clone();
        Sgd::new(&norm, 0.0).step(&mut norm, &grads);
        norm.running_mean.as_slice()[0]
    };
    let norm = BatchNorm::<D<1>, Weights<f64>>::init(Cpu);
    let (_, grads) = norm.value_and_grad(|m| m.forward(&x[0]).sum() + m.forward(&x[1]).sum()).expect("two examples");
    assert!((step(&norm, grads) - after(&[0, 1])).abs() < 1e-12);
    let (_, grads) = norm.value_and_grad(|m| m.forward(&x[1]).sum() + m.forward(&x[0]).sum()).expect("two examples");
    assert!((step(&norm, grads) - after(&[1, 0])).abs() < 1e-12);
    // In a loop the input stays the same but for what the layer does to it: the second mean is the bias, 0.
    let (_, grads) =
        norm.value_and_grad(|m| Traced::<f64>::scan([m, m], &x[0], |m, x| m.forward(x)).sum()).expect("two examples");
    assert!((step(&norm, grads) - 0.9 * 0.2).abs() < 1e-12);
}

/// Each forward of a step is one that the layer has seen, in every type, but for a look at values by `eval` before.
#[test]
fn every_forward_of_a_step_counts() {
    macro_rules! seen {
        ($($E:ty),*; $forwards:literal, |$m:ident, $x:ident| $run:expr) => {$({
            let $x = &Cpu.from_slice((D::<2>, D::<1>), &[-512.0, 512.0].map(<$E>::of_f64)).expect("two elements");
            let mut norm = BatchNorm::<D<1>, Weights<$E>>::init(Cpu);
            let (_, grads) = norm.value_and_grad(|$m| $run).expect("two examples");
            Sgd::new(&norm, 0.0).step(&mut norm, &grads);
            let (found, kept) = (f64::from(norm.running_var.as_slice()[0]), 0.9f64.powi($forwards));
            let wanted = kept + (1.0 - kept) * 524_288.0;
            assert!((found - wanted).abs() < 1e-6 * wanted, "{}: {found}, not {wanted}", stringify!($E: $run));
        })*};
    }
    seen! { f32, f64, f16, bf16; 1, |m, x| m.forward(x).sum() }
    seen! { f32, f64, f16, bf16; 2, |m, x| m.forward(x).sum() + m.forward(x).sum() }
    seen! { f32, f64, f16, bf16; 1, |m, x| {
        m.forward(x).eval();
        m.forward(x).sum()
    } }
    seen! { f32, f64, f16, bf16; 5, |m, x| {
        (0..2).for_each(|_| drop(m.forward(x).stop_gradient().eval()));
        let third = m.forward(x).sum();
        (0..2).for_each(|_| drop(m.forward(x).stop_gradient().eval()));
        third
    } }
}

#[test]
fn norms_of_gradients_of_any_size() {
    fn norm<E: Real>(values: [f64; 2], tolerance: f64) {
        let w: [Param<(Width,), Weights<E>>; 3] = [param(&[1.0]), param(&[1.0]), param(&[1.0])];
        let size = values.map(|value| Cpu.full((Width(1),), E::of_f64(value)));
        let step = w.value_and_grad(|w| (w[0] * &size[0]).sum() + (w[1] * &size[1]).sum());
        let mut grads = step.expect("no sizes").1;
        let values = size.map(|value| value.as_slice()[0].as_f64());
        let wanted = values[0].hypot(values[1]);
        let found = clip_grad_norm(&mut grads, wanted / 2.0);
        assert!((found - wanted).abs() <= tolerance * wanted, "{}: {found}, not {wanted}", E::NAME);
        if wanted > 1e-3 && wanted < 1e300 {
            for (gradient, value) in grads.iter().zip(values) {
                let found = gradient.as_slice()[0].as_f64();
                assert!((found - value / 2.0).abs() <= 1e-3 * wanted + E::EPSILON * wanted, "{}: {found}", E::NAME);
            }
        }
        assert!(!grads[2].reached(), "clipping brings no gradient");
        clip_grad_value(&mut grads, 1.0);
        assert!(!grads[2].reached());
    }
    for sizes in [[3.0, 4.0], [1e20, 1e20], [1e20, 1.0], [3e38, 3e38], [1e-30, 1e-30], [1e-44, 0.0], [0.0, 0.0]] {
        norm::<f32>(sizes, 1e-6);
        norm::<bf16>(sizes, 1e-6);
        norm::<f64>(sizes, 1e-14);
    }
    for sizes in [[1e200, 1e200], [1e-200, 2e-200], [1e-200, 1.0], [1e-320, 1e-320], [1e307, 1e307]] {
        norm::<f64>(sizes, 1e-3);
    }
    for sizes in [[6e4, 6e4], [6e-8, 6e-8], [1e-3, 2e-3]] {
        norm::<f16>(sizes, 1e-6);
    }
}

/// After clipping far down, each element is as exact as before.
#[test]
fn clipping_from_afar_is_exact() {
    let w: Param<Shape![2]> = Cpu.tensor([1.0, 1.0]).into();
    let (_, mut grads) = w.value_and_grad(|w| (w * 2e38).sum()).expect("no sizes");
    clip_grad_norm(&mut grads, 1e-3);
    let wanted = 1e-3 * 0.5_f64.sqrt();
    assert!(grads.as_slice().iter().all(|&g| (f64::from(g) - wanted).abs() < 1e-6 * wanted), "{:?}", grads.as_slice());
}

/// Features whose squares or sums are beyond the type, and equal numbers: one far feature disturbs no other.
#[test]
fn batches_of_far_numbers() {
    fn normalised<E: Real>(far: f64, equal: f64) {
        let norm = BatchNorm::<D<3>, Weights<E>>::init(Cpu);
        let values = [far, 1.0, equal, -far, 3.0, equal, far, 5.0, equal, -far, 7.0, equal];
        let x: Param<Shape![4, 3], Weights<E>> = Cpu.from_fn(Default::default(), |i| E::of_f64(values[i])).into();
        let model = (norm, x);
        let (_, grads, y) = model
            .value_grad_and(|(norm, x)| (norm.forward(x).square().sum(), norm.forward(x).eval()))
            .expect("four examples");
        let third = 5.0_f64.sqrt() / 5.0;
        let wanted = [1.0, -3.0 * third, 0.0, -1.0, -third, 0.0, 1.0, third, 0.0, -1.0, 3.0 * third, 0.0];
        for (found, wanted) in wide(y.as_slice()).iter().zip(wanted) {
            assert!((found - wanted).abs() < (4.0 * E::EPSILON).max(1e-4), "{} of {far}: {y}", E::NAME);
        }
        assert!(wide(grads.1.as_slice()).iter().all(|g| g.is_finite()), "{}: {:?}", E::NAME, grads.1.as_slice());
    }
    normalised::<f32>(1e20, 1234.567);
    normalised::<f32>(3e38, 3e38);
    normalised::<f64>(1e200, 1234.567);
    normalised::<f64>(1.7e308, 1e300);
    normalised::<bf16>(1e20, 1234.567);
    normalised::<bf16>(3e38, 3e38);
    normalised::<f16>(6e4, 6e4);
}
