//! Steps that are computed in 16 bits: gradients against those of `f32`, what a scale saves and what it loses, and
//! weights that go on by less than a digit.

use congruent::optim::LossScale;
use congruent::prelude::*;

dims! { Batch = ? }

#[derive(Model)]
struct Net<P: Part = Weights> {
    first: Linear<D<6>, D<8>, P>,
    norm: BatchNorm<D<8>, P>,
    second: Linear<D<8>, D<3>, P>,
    unused: Param<Shape![2], P>,
}

impl Net {
    fn new() -> Self {
        let [first, second] = [1, 2].map(Key::new);
        let norm = BatchNorm::new();
        Net { first: Linear::new(first), norm, second: Linear::new(second), unused: Cpu.ones().into() }
    }
}

impl<P: Forward> Net<P> {
    fn forward<B: Dim>(self, x: impl Expr<(B, D<6>), P>) -> Ex![P; B, 3] {
        self.second.forward(self.norm.forward(self.first.forward(x)).relu())
    }
}

fn data<F: Real>() -> (Tensor<(Batch, D<6>), F>, Tensor<(Batch,), i64>) {
    let x = Cpu.uniform_of::<f32, _>((Batch(17), D::<6>), Key::new(3), -1.0, 1.0);
    (x.convert(), Cpu.from_fn((Batch(17),), |i| i as i64 % 3))
}

/// In `f32` they are those of `value_and_grad`, to the bit; in 16 bits they are near, whatever the scale; what was
/// recorded comes along, and what was not reached stays away.
#[test]
fn gradients_are_those_of_the_weights() {
    fn check<F: Real>(scale: f64, tolerance: f32) {
        let model = Net::new();
        let ((x, y), (own, _)) = (data::<F>(), data::<f32>());
        let (loss, grads) = model.value_and_grad(|m| m.forward(&own).cross_entropy(&y)).expect("a step");
        let step = model.value_and_grad_in::<F, _>(scale, |m| m.forward(&x).cross_entropy(&y));
        let (found, lower) = step.expect("a step");
        let name = F::NAME;
        assert!((found.as_f64() - f64::from(loss)).abs() <= f64::from(tolerance), "{name}: {found:?} for {loss}");
        assert!(!lower.unused.reached() && lower.first.bias.reached());
        let mut expected = vec![];
        grads.visit(|path, _, values| expected.push((path.to_owned(), values.map(<[f32]>::to_vec))));
        let mut place = expected.into_iter();
        lower.visit(|path, _, values| {
            let (own, expected) = place.next().expect("as many");
            assert_eq!(own, path);
            let (Some(expected), Some(values)) = (expected, values) else { return };
            for (&value, expected) in values.iter().zip(expected) {
                assert!((value - expected).abs() <= tolerance, "{name} {path}: {value} for {expected}");
            }
        });
        let (mut one, mut other) = (Net::new(), Net::new());
        Sgd::new(&one, 0.0).step(&mut one, &grads);
        Sgd::new(&other, 0.0).step(&mut other, &lower);
        let (mean, lower) = (one.norm.running_mean.as_slice(), other.norm.running_mean.as_slice());
        assert!(mean.iter().any(|&x| x != 0.0), "something was recorded");
        assert!(mean.iter().zip(lower).all(|(a, b)| (a - b).abs() <= tolerance), "{name}: {mean:?} {lower:?}");
    }
    check::<f32>(1.0, 0.0);
    check::<f32>(1024.0, 0.0);
    for scale in [1.0, 256.0, 8192.0] {
        check::<bf16>(scale, 0.05);
        check::<f16>(scale, 0.005);
    }
}

/// A gradient below the smallest `f16` is nothing without a scale, and all its digits with one.
#[test]
fn small_gradients_are_saved_by_a_scale() {
    let model: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    let tiny = Cpu.tensor_of::<f16, _>([f16::from_f32(6e-5), f16::from_f32(1e-4)]);
    let step = |scale| model.value_and_grad_in::<f16, _>(scale, |m| (m * &tiny * 1e-4).sum()).expect("a step").1;
    assert_eq!(step(1.0).as_slice(), [0.0, 0.0]);
    let saved = step(16384.0);
    assert!((saved.as_slice()[0] / 6e-9 - 1.0).abs() < 0.01, "{:?}", saved.as_slice());
    assert!((saved.as_slice()[1] / 1e-8 - 1.0).abs() < 0.01, "{:?}", saved.as_slice());
}

/// A scaled gradient that is too large is refused, and the scale falls until it is not; then it grows again.
#[test]
fn a_scale_finds_its_place() {
    let model: Param<Shape![1]> = Cpu.tensor([1.0]).into();
    let factor = Cpu.tensor_of::<f16, _>([f16::from_f32(100.0)]);
    let mut scale = LossScale::new().interval(3);
    let mut seen = vec![];
    for _ in 0..16 {
        let step = model.value_and_grad_in::<f16, _>(scale.value(), |m| (m * &factor).sum());
        let (loss, grads) = step.expect("a step");
        assert_eq!(loss.to_f32(), 100.0, "the loss is not scaled");
        let before = scale.value();
        if scale.accepts(&grads) {
            assert_eq!(grads.as_slice(), [100.0]);
            seen.push(before);
        } else {
            assert!(!grads.as_slice()[0].is_finite() && scale.value() == before / 2.0);
        }
    }
    // 32768 · 100 is beyond f16, 512 · 100 is not; 1024 is tried after three good steps, and refused.
    assert_eq!(seen, [512.0, 512.0, 512.0, 512.0, 512.0, 512.0, 512.0, 512.0]);
}

/// What is NaN at any scale stops no run: the scale falls to its least value and stays there.
#[test]
fn a_scale_never_vanishes() {
    let model: Param<Shape![1]> = Cpu.tensor([1.0]).into();
    let nan = Cpu.tensor_of::<f16, _>([f16::NAN]);
    let mut scale = LossScale::new();
    for _ in 0..100 {
        let step = model.value_and_grad_in::<f16, _>(scale.value(), |m| (m * &nan).sum());
        assert!(!scale.accepts(&step.expect("a step").1));
    }
    assert_eq!(scale.value(), 2.0_f64.powi(-14));
}

/// Steps below a digit of 16 bits add up, as the weights are of `f32`.
#[test]
fn small_steps_add_up() {
    fn check<F: Real>() {
        let mut model: Param<Shape![1]> = Cpu.tensor([1.0]).into();
        let mut sgd = Sgd::new(&model, 1e-5);
        let one = Cpu.ones_of::<F, _>((D::<1>,));
        for _ in 0..1000 {
            let (_, grads) = model.value_and_grad_in::<F, _>(64.0, |m| (m * &one).sum()).expect("a step");
            sgd.step(&mut model, &grads);
        }
        assert!((model.as_slice()[0] - 0.99).abs() < 1e-4, "{}: {:?}", F::NAME, model.as_slice());
    }
    check::<f16>();
    check::<bf16>();
}

/// What no step can begin with is an error with the number in it; what no scale has is one of its settings.
#[test]
fn scales_without_sense_are_refused() {
    let model: Param<Shape![1]> = Cpu.tensor([1.0]).into();
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 65536.0, 1e-12] {
        let error = model.value_and_grad_in::<f16, _>(scale, |m| m.sum()).map(|_| ()).expect_err("no scale");
        assert!(matches!(&error, Error::Value { what: "loss scale", .. }), "{scale}: {error}");
        assert!(attempt(|| LossScale::new().starting_at(scale)).is_err(), "{scale}");
    }
    for factor in [0.0, 1.0, -0.5, f64::NAN, f64::INFINITY] {
        assert!(attempt(|| LossScale::new().backoff(factor)).is_err(), "{factor}");
    }
    for factor in [0.5, f64::NAN, f64::INFINITY] {
        assert!(attempt(|| LossScale::new().growth(factor)).is_err(), "{factor}");
    }
    let scale = LossScale::new().starting_at(0.5).growth(1.5).backoff(0.25).interval(7);
    assert_eq!(scale.to_string(), "0.5 1.5 0.25 7 0");
    assert_eq!("0.5 1.5 0.25 7 0".parse::<LossScale>().expect("a scale"), scale);
    for text in [
        "",
        "1 2 0.5 2000",
        "1 2 0.5 2000 0 0",
        "x 2 0.5 2000 0",
        "65536 2 0.5 2000 0",
        "1 2 0.5 0 0",
        "1 2 0.5 7 7",
        "1 0.5 0.5 7 0",
        "1 2 1 7 0",
        "1 2 0.5 7 -1",
        "NaN 2 0.5 7 0",
    ] {
        assert!(text.parse::<LossScale>().is_err(), "{text}");
    }
}

/// A parameter without a gradient, and a graph without one, are what they are in one type.
#[test]
fn errors_are_those_of_a_step() {
    let model: Param<Shape![1]> = Cpu.tensor([1.0]).into();
    let none = model.value_and_grad_in::<bf16, _>(1.0, |m| m.stop_gradient().sum()).map(|_| ());
    assert!(matches!(none, Err(Error::NoGradient)), "{none:?}");
    let cut = model.value_and_grad_in::<bf16, _>(1.0, |m| (m.eval().ex() * 2.0).sum()).map(|_| ());
    assert!(matches!(cut, Err(Error::Cut { .. })), "{cut:?}");
}
