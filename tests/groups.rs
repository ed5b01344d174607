//! Groups of parameters that see sizes and have betas of their own; dropout in inference when it is asked for.
//!
//! Apart from `optimizers`, whose groups go by name.

use congruent::nn::Relu;
use congruent::prelude::*;

type Three = (Param<Shape![2, 2]>, Param<Shape![3]>, Param<Shape![2]>);

fn three() -> Three {
    (Cpu.tensor([[1.0, -2.0], [3.0, 0.5]]).into(), Cpu.tensor([1.0, 2.0, -1.0]).into(), Cpu.tensor([0.3, -0.7]).into())
}

#[test]
fn what_has_two_axes_decays() {
    let (mut model, start) = (three(), three());
    let mut seen = vec![];
    let mut opt = Sgd::new(&model, 0.5).weight_decay(0.1).group_by(|name, dims, hyper| {
        seen.push((name.to_owned(), dims.to_vec()));
        if dims.len() < 2 {
            hyper.weight_decay = 0.0;
        }
    });
    let (_, grads) = model.value_and_grad(|(a, b, c)| a.sum() + b.sum() + c.sum()).unwrap();
    opt.step(&mut model, &grads);
    assert_eq!(seen, [("0".into(), vec![2, 2]), ("1".into(), vec![3]), ("2".into(), vec![2])]);
    let moved = |new: &[f32], old: &[f32], decay: f32| {
        new.iter().zip(old).all(|(new, old)| (new - (old - 0.5 * (1.0 + decay * old))).abs() < 1e-6)
    };
    assert!(moved(model.0.as_slice(), start.0.as_slice(), 0.1));
    assert!(moved(model.1.as_slice(), start.1.as_slice(), 0.0) && moved(model.2.as_slice(), start.2.as_slice(), 0.0));
}

fn square(model: &Three) -> <Three as congruent::model::Tree<Weights>>::With<Grads> {
    model.value_and_grad(|(a, b, c)| a.square().sum() + (b * 3.0).square().sum() + c.exp().sum()).unwrap().1
}

/// Each parameter moves as under an optimizer of its own with these betas, whatever is frozen before it.
#[test]
fn betas_differ_by_group() {
    let whole = |betas: (f64, f64), eps: f64| {
        let mut model = three();
        let mut opt = AdamW::new(&model, 0.1).betas(betas.0, betas.1).eps(eps);
        for _ in 0..5 {
            let grads = square(&model);
            opt.step(&mut model, &grads);
        }
        model
    };
    let (usual, fast) = (whole((0.9, 0.999), 1e-3), whole((0.5, 0.9), 1e-3));
    let mut model = three();
    let opt = AdamW::new(&model, 0.1).group_betas(|name, dims, betas| {
        assert_eq!(*betas, (0.9, 0.999));
        if name == "2" && dims == [2] {
            *betas = (0.5, 0.9);
        }
    });
    let mut opt = opt
        .eps(1e-3)
        .group(|name, hyper| {
            if name == "0" {
                hyper.lr_factor = 0.0
            }
        })
        .clone();
    for _ in 0..5 {
        let grads = square(&model);
        opt.step(&mut model, &grads);
    }
    assert_eq!(model.0.as_slice(), three().0.as_slice());
    assert_eq!(model.1.as_slice(), usual.1.as_slice());
    assert_eq!(model.2.as_slice(), fast.2.as_slice());
    assert_ne!(usual.2.as_slice(), fast.2.as_slice());
    // What is said of all comes after it.
    let mut model = three();
    let mut opt = AdamW::new(&model, 0.1).eps(1e-3).group_betas(|_, _, betas| *betas = (0.1, 0.2)).betas(0.9, 0.999);
    for _ in 0..5 {
        let grads = square(&model);
        opt.step(&mut model, &grads);
    }
    assert_eq!(model.2.as_slice(), usual.2.as_slice());
    let wrong = attempt(|| Adam::new(&model, 0.1).group_betas(|_, _, betas| betas.0 = 1.0)).map(drop).unwrap_err();
    assert!(matches!(wrong, Error::Value { .. }), "{wrong}");
}

#[test]
fn dropout_in_inference_is_that_of_training() {
    let model = (Linear::<D<4>, D<64>>::new(Key::new(0)), Relu, Dropout::<Weights>::new(0.5).unwrap());
    let x = Cpu.ones::<Shape![3, 4]>();
    let ask = |key: u64| with_dropout(Key::new(key), || model.infer(|m| m.forward(&x).eval())).unwrap();
    let whole = model.infer(|m| m.forward(&x).eval()).unwrap();
    let (first, again, second) = (ask(1), ask(1), ask(2));
    assert!(first == again && first != second && first != whole);
    let kept = |y: &Tensor<_>| y.as_slice().iter().zip(whole.as_slice()).all(|(y, w)| *y == 0.0 || *y == 2.0 * w);
    assert!(kept(&first) && kept(&second));
    // The same mask as in a training step of this key.
    let mut trained = vec![];
    let step = || {
        model.value_and_grad(|m| {
            m.forward(&x).with(|y| {
                trained = y.eval().to_vec();
                y.sum()
            })
        })
    };
    with_key(Key::new(1), step).unwrap();
    assert_eq!(trained, first.as_slice());
    // Keys alone do not ask for it, and what is inside counts.
    assert_eq!(with_key(Key::new(1), || model.infer(|m| m.forward(&x).eval())).unwrap(), whole);
    let inner = with_dropout(Key::new(1), || with_key(Key::new(2), || model.infer(|m| m.forward(&x).eval())));
    assert_eq!(inner.unwrap(), whole);
    let answers: f32 = (0..400).map(|key| ask(key).as_slice()[0]).sum::<f32>() / 400.0;
    let most = whole.as_slice().iter().cloned().fold(0.0, f32::max);
    assert!((answers - whole.as_slice()[0]).abs() < 0.2 * most.max(1.0), "{answers}");
}
