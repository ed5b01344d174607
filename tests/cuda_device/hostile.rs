//! Programs that do what nobody would: buffers of other devices in models, formulas that panic or compute, memory that
//! runs out, threads that share tensors.

use crate::device;
use congruent::cuda::Cuda;
use congruent::device::{Buf, Storage};
use congruent::elementwise;
use congruent::model::{EachMut, Path, Tree};
use congruent::num::Num;
use congruent::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

dims! { N = ? }

type Model<D> = (Param<Shape![64], Weights<f32, D>>, Param<Shape![8, 8], Weights<f32, D>>);

fn model<D: Device>(d: D) -> Model<D> {
    (d.rand(Key::new(1)).into(), d.rand(Key::new(2)).into())
}

/// Puts a buffer in place of each parameter's.
struct Place(Buf<f32>);
impl<D: Device> EachMut<Weights<f32, D>> for Place {
    fn param(&mut self, _: &Path<'_>, _: &[usize], (buf, _): &mut (Buf<f32>, D)) {
        *buf = self.0.clone();
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &mut (Buf<f32>, D)) {}
}

/// Whether this raises an error or panics, and what it says.
fn told<T>(run: impl FnOnce() -> T) -> Option<String> {
    match catch_unwind(AssertUnwindSafe(|| attempt(|| drop(run())))) {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(payload) => Some(format!("panic: {:?}", payload.downcast_ref::<String>())),
    }
}

#[test]
fn buffers_of_another_device_are_an_error() {
    let Some(device) = device() else { return };
    let mut others = vec![Buf::filled(64, 1.0)];
    if let Ok(second) = Cuda::<1>::open() {
        others.push(second.filled(64, 1.0));
    }
    for other in others {
        let (x, honest) = (device.ones::<Shape![64]>(), model(device));
        let (_, grads) = honest.value_and_grad(|(a, b)| a.sum() + b.sum()).expect("a step");
        let mut liar = model(device);
        liar.each_mut(&mut Place(other), &Path::ROOT);
        let w = || liar.0.tensor();
        let square = || liar.1.tensor();
        let all = [
            ("formula", told(|| (&w() * &x).eval())),
            ("scalar formula", told(|| (&w() * 2.0).eval())),
            ("turned", told(|| (square().t() * 2.0).eval())),
            ("total", told(|| (&w() * &x).sum().eval().item())),
            ("gradient", told(|| liar.value_and_grad(|(a, b)| (a * a).sum() + b.sum()).expect("a step"))),
            ("turned gradient", told(|| liar.value_and_grad(|(_, b)| (b.t() * b).sum()).expect("a step"))),
            ("rows", told(|| w().softmax().eval())),
            ("fold", told(|| square().sum_axis::<0>().eval())),
            ("product", told(|| square().matmul(square().t()).eval())),
            ("copy", told(|| square().t().eval())),
            ("conversion", told(|| w().convert::<f64>())),
            ("order", told(|| w().sort().eval())),
            ("read", told(|| w().to_vec())),
            ("moved", told(|| w().to(&Cpu))),
            ("step", told(|| AdamW::new(&liar, 0.1).step(&mut liar.clone(), &grads))),
            ("sgd", told(|| Sgd::new(&liar, 0.1).step(&mut liar.clone(), &grads))),
            (
                "assigned",
                told(|| {
                    let mut w = w();
                    w += &x;
                    w
                }),
            ),
            ("compared", told(|| w() == x)),
            ("masked", told(|| w().gt(&x).where_(&x, 0.0).eval())),
        ];
        for (what, told) in all {
            let told = told.unwrap_or_else(|| panic!("{what}: nothing was said"));
            assert!(!told.contains("panic") || told.contains("Foreign"), "{what}: {told}");
        }
        let back = (&x * 2.0).sum().eval().item();
        assert_eq!(back, 128.0);
    }
}

#[test]
fn two_devices_side_by_side() {
    let (Some(first), Ok(second)) = (device(), Cuda::<1>::open()) else { return };
    let x = first.tensor([[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let y = x.to(&second);
    assert_eq!((&y * 2.0).softmax().eval().to(&Cpu).to_vec(), (&x * 2.0).softmax().eval().to_vec());
    assert_eq!(y.to(&first), x);
    assert_eq!(y.t().matmul(&y).eval().to_vec(), x.t().matmul(&x).eval().to_vec());
    let steps = |mut model: Model<Cuda<1>>| {
        let mut adam = AdamW::new(&model, 0.1);
        for _ in 0..3 {
            let (_, grads) = model.value_and_grad(|(a, b)| a.square().mean() + b.matmul(b).mean()).expect("a step");
            adam.step(&mut model, &grads);
        }
        model.1.tensor().to_vec()
    };
    assert_eq!(steps(model(second)), steps(model(first).to(&second)));
}

#[test]
fn tensors_swapped_between_models() {
    let Some(device) = device() else { return };
    let (mut a, mut b) = (model(device), model(device));
    let before = (a.0.tensor().to_vec(), b.1.tensor().to_vec());
    std::mem::swap(&mut a.0, &mut b.0);
    std::mem::swap(&mut a.1, &mut b.1);
    let c = a.clone();
    let (_, grads) = a.value_and_grad(|(x, y)| x.sum() + y.square().sum()).expect("a step");
    Sgd::new(&a, 0.5).step(&mut a, &grads);
    assert_eq!((c.0.tensor().to_vec(), c.1.tensor().to_vec()), before);
    assert_ne!(a.0.tensor().to_vec(), before.0);
}

#[test]
fn many_threads_on_one_device() {
    let Some(device) = device() else { return };
    let x = device.from_fn((N(5000),), |i| i as f32 / 100.0);
    let wanted: Vec<f32> = (x.convert::<f64>().sin() * 2.0).eval().convert::<f32>().to_vec();
    std::thread::scope(|scope| {
        for thread in 0..6i32 {
            let (x, wanted) = (x.clone(), &wanted);
            scope.spawn(move || {
                for round in 0..15 {
                    let mut y = x.clone();
                    let kept = y.clone();
                    y += f64::from(thread);
                    let z = (&y - f64::from(thread)).eval();
                    drop(y);
                    let w: Param<(N,), Weights<f32, _>> = z.into();
                    let (_, grads) = w.value_and_grad(|w| (w * &x).sum()).expect("a step");
                    assert_eq!(grads.tensor().to_vec(), kept.to_vec());
                    let found = (kept.sin() * (2.0 + 0.0 * round as f64)).eval().to_vec();
                    assert!(found.iter().zip(wanted).all(|(x, y)| (x - y).abs() < 1e-4));
                    let faults = attempt(|| {
                        (&device.tensor([1i64, 2, 3]) / &device.tensor([1i64, i64::from(thread) - 3, 1])).eval()
                    });
                    assert_eq!(faults.is_err(), thread == 3);
                }
            });
        }
    });
}

#[test]
fn too_much_memory_is_an_error() {
    let Some(device) = device() else { return };
    let small = device.ones::<Shape![1000]>();
    let total = device.memory().expect("a device").total;
    let error = attempt(|| device.zeros_of::<f64, _>((N(total / 8 + 1000),))).expect_err("too much");
    assert!(matches!(error, Error::Device(_)), "{error}");
    let mut all = Vec::new();
    let error = loop {
        match attempt(|| device.zeros_of::<f32, _>((N(total / 50),))) {
            Ok(more) => all.push(more),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Device(_)), "{error}");
    let first = all.swap_remove(0);
    let error = attempt(|| {
        let y = (&first * 2.0).eval();
        let z = (&y * &first).eval();
        let w = (&y * &z).eval();
        (y, z, w, (&first + 1.0).eval(), (&first + 2.0).eval())
    });
    assert!(matches!(error, Err(Error::Device(_))));
    let w: Param<(N,), Weights<f32, _>> = first.clone().into();
    let error = w.value_and_grad(|w| w.exp().share(|x| x * x).softmax().square().softmax().sum()).map(|_| ());
    assert!(matches!(error, Err(Error::Device(_))) || error.is_ok(), "{error:?}");
    drop(all);
    assert_eq!((&small * 2.0).sum().eval().item(), 2000.0);
    assert_eq!(w.value_and_grad(|w| (w + 1.0).sum()).expect("a step").1.tensor().to_vec()[7], 1.0);
    assert!(attempt(|| (&first * 2.0).eval()).is_ok());
}

#[test]
fn writing_to_what_others_hold() {
    let Some(device) = device() else { return };
    let one = device.tensor(1.5f32);
    let mut x = one.clone();
    x += 1.0;
    assert_eq!((one.item(), x.item()), (1.5, 2.5));
    x *= &one;
    assert_eq!((one.item(), x.item()), (1.5, 3.75));
    let mut w: Param<(), Weights<f32, _>> = one.clone().into();
    let (_, grads) = w.value_and_grad(|w| w * 2.0).expect("a step");
    Sgd::new(&w, 0.25).step(&mut w, &grads);
    assert_eq!((one.item(), w.tensor().item(), grads.tensor().item()), (1.5, 1.0, 2.0));
    let (loss, _) = w.value_and_grad(|w| w * w).expect("a step");
    assert_eq!(loss, 1.0);
    let mut y = device.full((N(3),), 2.0f32);
    let view = y.slice(s![N = ..; -1]).eval();
    y += &view;
    let z = y.clone();
    y *= 0.0;
    assert_eq!((z.to_vec(), y.to_vec(), view.to_vec()), (vec![4.0; 3], vec![0.0; 3], vec![2.0; 3]));
}

/// Panics where it is only written down.
fn broken<V: Num>(x: V) -> V {
    let traced = std::any::type_name::<V>().contains("traced");
    assert!(!traced, "not on a device");
    x
}

/// Computes something else on the way.
fn busy<V: Num>(x: V) -> V {
    if let Some(device) = device() {
        let other = device.tensor_of::<f64, _>([1.0, 2.0]);
        assert_eq!((&other * 3.0 + 0.1).exp().sum().eval().item(), (3.1f64.exp() + 6.1f64.exp()));
        assert!(attempt(|| (&device.tensor([1i64]) / &device.tensor([0i64])).eval()).is_err());
    }
    x * 0.3 + 0.7
}

elementwise! {
    /// Formulas that misbehave.
    pub trait Misbehaving;

    /// Panics.
    Broken: broken_there(x) = broken(x), for x in -1.0..1.0;
    /// Computes.
    Busy: busy_there(x) = busy(x), for x in -1.0..1.0;
    /// Has constants.
    Scaled {
        /// How much.
        by: f64 = 2.0
    }: scaled_there(x) = (x * by).sin() * by + by, for x in -1.0..1.0;
}

#[test]
fn formulas_that_misbehave() {
    let Some(device) = device() else { return };
    let x = device.tensor_of::<f64, _>([0.5, -1.0, 2.0]);
    for _ in 0..2 {
        assert!(catch_unwind(AssertUnwindSafe(|| x.broken_there().eval())).is_err());
        let w: Param<_, Weights<f64, _>> = x.clone().into();
        assert!(catch_unwind(AssertUnwindSafe(|| w.value_and_grad(|w| w.broken_there().sum()))).is_err());
        assert_eq!((&x * 2.0).eval().to_vec(), [1.0, -2.0, 4.0]);
        let found = (x.busy_there() * &x).eval().to_vec();
        let wanted = (&Cpu.tensor_of::<f64, _>([0.5, -1.0, 2.0]) * 0.3 + 0.7).eval();
        let wanted: Vec<f64> = wanted.to_vec().iter().zip([0.5, -1.0, 2.0]).map(|(a, b)| a * b).collect();
        assert!(found.iter().zip(&wanted).all(|(x, y)| (x - y).abs() < 1e-12), "{found:?} {wanted:?}");
        let (_, grads) = w.value_and_grad(|w| w.busy_there().sum()).expect("a step");
        assert_eq!(grads.tensor().to_vec(), [0.3; 3]);
    }
    for by in [0.5, 0.3, 2.0, f64::INFINITY] {
        let here = Cpu.tensor_of::<f64, _>([0.5, -1.0, 2.0]).map(Scaled { by }).eval().to_vec();
        let there = x.map(Scaled { by }).eval().to_vec();
        for (x, y) in there.iter().zip(&here) {
            assert!((x.is_nan() && y.is_nan()) || (x - y).abs() < 1e-12, "{by}: {there:?} in place of {here:?}");
        }
    }
}

/// A dim that tells a lie to some calls.
#[derive(Clone, Copy, Debug)]
struct Evil;
thread_local! {
    static LIE: std::cell::Cell<(usize, usize, usize)> = const { std::cell::Cell::new((0, usize::MAX, 0)) };
}
impl PartialEq for Evil {
    fn eq(&self, _: &Evil) -> bool {
        true
    }
}
impl congruent::dims::Rigid for Evil {}
impl congruent::dims::Spelled for Evil {
    type Own = Self;
}
impl congruent::dims::Dim for Evil {
    const STATIC: Option<usize> = None;
    type Stretches = congruent::dims::Off;
    type Static = congruent::dims::Off;
    type Identity = ();
    fn size(self) -> usize {
        let (call, from, lie) = LIE.get();
        LIE.set((call + 1, from, lie));
        if call == from { lie } else { 2 }
    }
    fn from_size(_: usize) -> Option<Self> {
        Some(Evil)
    }
}

/// Runs an attack once for each call and each lie.
fn with_lies(attack: impl Fn()) {
    LIE.set((0, usize::MAX, 0));
    let _ = told(&attack);
    let calls = LIE.get().0;
    for lie in [0, 1, 3, 5, 1 << 20, usize::MAX, (1 << 62) + 2] {
        for from in 0..calls {
            LIE.set((0, from, lie));
            let _ = told(&attack);
        }
    }
    LIE.set((0, usize::MAX, 0));
}

#[test]
fn dims_that_lie() {
    let Some(device) = device() else { return };
    let tall = || device.from_slice((Evil, D::<4>), &[1.0f32; 8]).expect("an honest axis");
    let whole = || device.from_slice((Evil, D::<4>), &[7i64; 8]).expect("an honest axis");
    with_lies(|| drop((&tall() * &tall() + 1.0).eval().to_vec()));
    with_lies(|| drop((tall().t() * 2.0).eval().to_vec()));
    with_lies(|| drop((&whole() / &whole().slice(s![0..1, ..]).eval()).eval().to_vec()));
    with_lies(|| drop(tall().softmax().eval().to_vec()));
    with_lies(|| drop(tall().sum_axis::<0>().eval().to_vec()));
    with_lies(|| drop(tall().matmul(tall().t()).eval().to_vec()));
    with_lies(|| drop(tall().t().eval().to_vec()));
    with_lies(|| drop(tall().sort_axis::<0>().eval().to_vec()));
    with_lies(|| drop(whole().argsort_descending_axis::<1>().to_vec()));
    with_lies(|| drop(tall().topk::<2, 1>().1.to_vec()));
    with_lies(|| drop(whole().argmax_axis::<0>().to_vec()));
    with_lies(|| drop(tall().argcummin_axis::<0>().to_vec()));
    with_lies(|| {
        let w: Param<(Evil, D<4>), Weights<f32, _>> = tall().into();
        let mask = device.from_slice((Evil, Evil), &[true, false, true, true]).expect("an honest axis");
        let _ = w.value_and_grad(|w| w.attention_with(w, w, Attend::causal().mask(&mask)).sum());
    });
    with_lies(|| drop(tall().expand((D::<3>, Evil, D::<4>)).eval().to_vec()));
    with_lies(|| drop(tall().convert::<f16>().to_vec()));
    with_lies(|| {
        let w: Param<(Evil, D<4>), Weights<f32, _>> = tall().into();
        let row: Param<Shape![4], Weights<f32, _>> = device.ones::<Shape![4]>().into();
        let model = (w, row);
        let (_, grads) = model.value_and_grad(|(w, row)| (w * row + w.flip::<0>() * w).sum()).expect("sizes");
        let mut other = model.clone();
        Sgd::new(&other, 0.1).step(&mut other, &grads);
        drop(other.0.tensor().to_vec());
    });
    assert_eq!(device.ones::<Shape![3]>().sum().eval().item(), 3.0);
}
