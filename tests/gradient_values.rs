//! Gradients as values, and averages of models: sums over micro-batches, scales, masks, norms by name; for every way to
//! build a model, every float and another device.
//!
//! Apart from `optimizers`, which only use gradients.

#[path = "second_device/vault.rs"]
mod vault;

use congruent::prelude::*;
use vault::Vault;

dims! { Batch = ?, Width = ? }

#[derive(Model)]
struct Block<P: Part = Weights> {
    up: Linear<D<4>, D<7>, P>,
    down: Linear<D<7>, D<4>, P, NoBias>,
}

/// A model with a list, an option, a tuple, a statistic and a parameter of a single number.
#[derive(Model)]
struct Net<P: Part = Weights> {
    blocks: Vec<Block<P>>,
    extra: Option<Linear<D<4>, D<4>, P>>,
    norms: (LayerNorm<D<4>, P>, BatchNorm<D<4>, P>),
    scale: Param<Shape![], P>,
    unused: Param<Shape![17], P>,
}

impl<P: Forward> Net<P> {
    fn forward<B: Dim>(self, x: impl Expr<(B, D<4>), P>) -> Ex![P; B, 4] {
        let mut x = self.norms.1.forward(x).boxed();
        for block in self.blocks {
            x = (block.down.forward(block.up.forward(self.norms.0.forward(x)).tanh())).boxed();
        }
        if let Some(extra) = self.extra {
            x = extra.forward(x).boxed();
        }
        x * self.scale
    }
}

fn net(blocks: u64, extra: bool) -> Net {
    let block = |i| Block { up: Linear::new(Key::new(i)), down: Linear::new(Key::new(i + 100)) };
    Net {
        blocks: (0..blocks).map(block).collect(),
        extra: extra.then(|| Linear::new(Key::new(77))),
        norms: (LayerNorm::new(), BatchNorm::new()),
        scale: Cpu.full((), 0.7f32).into(),
        unused: Cpu.ones().into(),
    }
}

fn batch<E: Real>(seed: u64) -> Tensor<(Batch, D<4>), E> {
    Cpu.uniform_of((Batch(6), D::<4>), Key::new(seed), -1.0, 1.0)
}

/// Every gradient under its name, in `f64`.
fn listed<E: Real, A: Device, G: GradMath<E, A>>(grads: &G) -> Vec<(String, Option<Vec<f64>>)> {
    let mut list = Vec::new();
    GradMath::visit(grads, |name, _, gradient| {
        list.push((name.to_owned(), gradient.map(|g| g.iter().map(|g| g.as_f64()).collect())));
    });
    list
}

/// Two micro-batches, added up and halved: element by element what the two gradients say.
fn accumulates<E: Real, A: Device>(device: A, tolerance: f64) {
    for extra in [true, false] {
        let model = net(3, extra).cast::<E>().to(&device);
        let step = |seed| {
            let x = batch::<E>(seed).to(&device);
            model.value_and_grad(|m| m.forward(&x).square().mean()).expect("a step").1
        };
        let (a, b) = (step(1), step(2));
        let mut grads = model.zero_grads();
        assert!(listed(&grads).iter().all(|(_, gradient)| gradient.is_none()));
        grads.accumulate(&a);
        assert_eq!(listed(&grads), listed(&a), "nothing and something");
        grads.accumulate(&b);
        grads.scale(0.5);
        for (((name, found), (_, a)), (_, b)) in listed(&grads).into_iter().zip(listed(&a)).zip(listed(&b)) {
            let Some(found) = found else {
                assert!(a.is_none() && b.is_none() && name == "unused", "{name}");
                continue;
            };
            for ((found, a), b) in found.into_iter().zip(a.expect("both")).zip(b.expect("both")) {
                let expected = (a + b) / 2.0;
                assert!((found - expected).abs() <= tolerance * expected.abs().max(1e-3), "{} {name}", E::NAME);
            }
        }
        let mut stepped = model.clone();
        Sgd::new(&model, 0.1).step(&mut stepped, &grads);
        let running = |m: &Net<Weights<E, A>>| m.norms.1.running_mean.tensor().to_vec();
        let mut after_b = model.clone();
        Sgd::new(&model, 0.1).step(&mut after_b, &b);
        assert!(running(&stepped) == running(&after_b) && running(&stepped) != running(&model));
    }
}

#[test]
fn micro_batches_add_up() {
    accumulates::<f64, _>(Cpu, 1e-15);
    accumulates::<f32, _>(Cpu, 1e-6);
    accumulates::<f16, _>(Cpu, 4e-3);
    accumulates::<bf16, _>(Cpu, 3e-2);
    accumulates::<f32, _>(Vault::<1>, 1e-6);
}

#[test]
fn what_has_not_arrived_is_no_zero() {
    let model: (Param<Shape![2]>, Param<Shape![1]>) = (Cpu.ones().into(), Cpu.ones().into());
    let (_, mut a) = model.value_and_grad(|(a, _)| (a * 2.0).sum()).unwrap();
    a.scale(-1.5);
    assert!(a.0.as_slice() == [-3.0, -3.0] && !a.1.reached());
    let (_, b) = model.value_and_grad(|(_, b)| b.sum()).unwrap();
    a.accumulate(&b);
    assert!(a.0.reached() && a.1.as_slice() == [1.0]);
    assert_eq!(b.norms(), [("0".to_owned(), 0.0), ("1".to_owned(), 1.0)]);
    a.retain(|name, dims| name == "0" && dims == [2]);
    assert_eq!((a.0.reached(), a.1.reached(), a.norm()), (true, false, 18f64.sqrt()));
    let mut seen = 0;
    a.visit_mut(|name, dims, gradient| {
        assert_eq!((name, dims), ("0", &[2][..]));
        gradient[1] = 5.0;
        seen += 1;
    });
    assert_eq!((seen, a.0.as_slice()), (1, &[-3.0, 5.0][..]));
    // A tensor that was taken before is as it was.
    let kept = a.0.tensor();
    a.scale(2.0);
    assert_eq!((kept.as_slice(), a.0.as_slice()), (&[-3.0, 5.0][..], &[-6.0, 10.0][..]));
}

#[test]
fn masks_are_models() {
    let model = net(2, true);
    let x = batch(3);
    let (_, mut grads) = model.value_and_grad(|m| m.forward(&x).square().mean()).unwrap();
    let mut mask = model.clone();
    mask.visit_mut(|name, _, values| {
        values
            .iter_mut()
            .enumerate()
            .for_each(|(i, v)| *v = if name.starts_with("blocks") { (i % 2) as f32 } else { 0.0 });
    });
    let before = listed(&grads);
    grads.visit_mut(|name, _, gradient| {
        if name == "scale" {
            gradient[0] = f32::NAN
        }
    });
    grads.mask(&mask);
    for ((name, found), (_, before)) in listed(&grads).into_iter().zip(before) {
        let (Some(found), Some(before)) = (found, before) else { continue };
        for (i, (found, before)) in found.into_iter().zip(before).enumerate() {
            let expected = if name.starts_with("blocks") && i % 2 == 1 { before } else { 0.0 };
            assert_eq!(found, expected, "{name}");
        }
    }
}

#[test]
fn norms_are_of_any_size() {
    let w: Param<Shape![2]> = Cpu.tensor([3.0, 4.0]).into();
    let (_, grads) = w.value_and_grad(|w| (w.square() * 0.5).sum()).unwrap();
    for (factor, tolerance) in [(1e30, 1e-6), (1e-30, 1e-6), (0.0, 0.0)] {
        let mut scaled = grads.clone();
        scaled.scale(factor);
        assert!((scaled.norm() - 5.0 * factor).abs() <= tolerance * 5.0 * factor, "{}", scaled.norm());
    }
    let mut spoilt = grads.clone();
    spoilt.visit_mut(|_, _, gradient| gradient[0] = f32::NAN);
    assert!(spoilt.norm().is_nan());
    let empty: Param<(Width,)> = Cpu.full((Width(0),), 1.0f32).into();
    let mut grads = empty.zero_grads();
    grads.scale(2.0);
    assert_eq!((grads.norm(), grads.norms()), (0.0, vec![(String::new(), 0.0)]));
}

/// Nothing has changed then.
#[test]
fn gradients_of_another_model_are_refused() {
    let grads = |blocks| {
        let (model, x) = (net(blocks, true), batch(1));
        model.value_and_grad(|m| m.forward(&x).square().mean()).unwrap().1
    };
    let (mut two, three) = (grads(2), grads(3));
    let before = listed(&two);
    let error = attempt(|| two.accumulate(&three)).unwrap_err().to_string();
    assert!(error.contains("both models have"), "{error}");
    let none = net(2, false);
    assert!(attempt(|| two.accumulate(&none.zero_grads())).is_err());
    assert!(attempt(|| two.mask(&none)).is_err());
    assert_eq!(listed(&two), before);
    let sized = |n| -> Param<(Width,)> { Cpu.full((Width(n),), 1.0f32).into() };
    assert!(attempt(|| sized(3).zero_grads().accumulate(&sized(4).zero_grads())).is_err());
    assert!(attempt(|| sized(3).lerp_from(&sized(4), 0.5)).is_err());
    let (mut two, three) = (net(2, true), net(3, true));
    assert!(attempt(|| two.lerp_from(&three, 0.5)).is_err());
}

fn averages<E: Real, A: Device>(device: A, tolerance: f64) {
    let [a, b] = [(1, 0.2), (2, -0.3)].map(|(blocks, scale)| {
        let mut net = net(2, true).cast::<E>();
        net.visit_mut(|_, _, values| {
            values.iter_mut().enumerate().for_each(|(i, v)| *v = E::of_f64(scale * i as f64 + blocks as f64))
        });
        net.to(&device)
    });
    let values = |model: &Net<Weights<E, A>>| {
        let mut list = Vec::new();
        Inspect::visit(model, |name, _, values| {
            list.extend(values.iter().map(|v| (name.contains("running"), v.as_f64())));
        });
        list
    };
    for weight in [0.0, 0.25, 1.0] {
        let mut ema = a.clone();
        ema.lerp_from(&b, weight);
        for (((is_stat, found), (_, a)), (_, b)) in values(&ema).into_iter().zip(values(&a)).zip(values(&b)) {
            let expected = if is_stat || weight == 1.0 { b } else { a + weight * (b - a) };
            let exact = weight.fract() == 0.0;
            assert!((found - expected).abs() <= if exact { 0.0 } else { tolerance * 4.0 }, "{} {weight}", E::NAME);
        }
    }
    for wrong in [-0.1, 1.5, f64::NAN] {
        let mut ema = a.clone();
        assert!(matches!(attempt(|| ema.lerp_from(&b, wrong)), Err(Error::Value { .. })));
        assert_eq!(values(&ema), values(&a));
    }
}

#[test]
fn models_move_towards_others() {
    averages::<f64, _>(Cpu, 1e-15);
    averages::<f32, _>(Cpu, 1e-6);
    averages::<f16, _>(Cpu, 4e-3);
    averages::<bf16, _>(Cpu, 3e-2);
    averages::<f32, _>(Vault::<1>, 1e-6);
}

/// As many elements are not the same sizes.
#[test]
fn models_of_other_sizes_are_refused() {
    dims! { A = ?, B = ? }
    let of = |a, b| -> Param<(A, B), Weights<f64>> { Cpu.ones_of::<f64, _>((A(a), B(b))).into() };
    let (mut own, other) = (of(2, 3), of(3, 2));
    assert!(attempt(|| own.lerp_from(&other, 0.5)).is_err());
    let (mut grads, more) = (own.zero_grads(), other.zero_grads());
    assert!(attempt(|| grads.accumulate(&more)).is_err());
}
