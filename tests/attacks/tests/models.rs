//! Models whose parameters are exchanged by hand, and variables that leave the call that they belong to.
#![forbid(unsafe_code)]

use attacks::survive;
use congruent::device::Buf;
use congruent::model::{EachMut, Gradient, Handle, Map, Path, Tree, Zip};
use congruent::prelude::*;
use std::cell::RefCell;

/// Gives every parameter another length.
struct Resize(usize);
impl<E: Real> EachMut<Weights<E>> for Resize {
    fn param(&mut self, _: &Path<'_>, _: &[usize], (buf, _): &mut (Buf<E>, Cpu)) {
        *buf = Buf::filled(self.0, E::of_f64(1.0));
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (buf, _): &mut (Buf<E::Precise>, Cpu)) {
        *buf = Buf::filled(self.0, E::Precise::of_f64(1.0));
    }
}

/// Takes the last gradient of a model, and puts it in place of each of another one.
struct Exchange(Option<Gradient<f32, Cpu>>, usize);
impl EachMut<Grads> for Exchange {
    fn param(&mut self, _: &Path<'_>, _: &[usize], gradient: &mut Gradient<f32, Cpu>) {
        match &self.0 {
            None => self.0 = Some(gradient.clone()),
            Some(other) => *gradient = other.clone(),
        }
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], x: &mut Option<Buf<f32>>) {
        *x = Some(Buf::filled(self.1, 1.0));
    }
}

dims! { Batch = ? }

#[derive(Model)]
struct Net<P: Part = Weights> {
    first: Linear<D<4>, D<8>, P>,
    norm: BatchNorm<D<8>, P>,
    second: Linear<D<8>, D<4>, P>,
}

fn net() -> Net {
    Net { first: Linear::new(Key::new(0)), norm: BatchNorm::new(), second: Linear::new(Key::new(1)) }
}

impl<P: Forward<Elem = f32, Dev = Cpu>> Net<P> {
    fn forward(self, x: impl Expr<Shape![16, 4], P>) -> Ex![P; 16, 4] {
        self.second.forward(self.norm.forward(self.first.forward(x)).relu())
    }
}

#[test]
fn parameters_of_another_length() {
    let x = Cpu.ones::<Shape![16, 4]>();
    let (_, honest) = net().value_and_grad(|net| net.forward(&x).square().sum()).expect("a step");
    for len in [0, 1, 3, 31, 33, 1000, 1 << 17] {
        let mut model = net();
        model.each_mut(&mut Resize(len), &Path::ROOT);
        survive(|| model.infer(|net| net.forward(&x).eval().to_vec()));
        survive(|| model.value_and_grad(|net| net.forward(&x).square().sum()));
        survive(|| model.first.weight.tensor().t().eval().to_vec());
        survive(|| model.first.weight.tensor().matmul(&Cpu.ones::<Shape![8, 3]>()).eval().to_vec());
        survive(|| model.first.weight.tensor().sum_axis::<0>().eval().to_vec());
        survive(|| (&model.first.weight.tensor() + &Cpu.ones::<Shape![8]>()).eval().to_vec());
        survive(|| (&model.first.weight.tensor()).slice(s![2.., 1..5]).eval().to_vec());
        survive(|| model.first.weight.tensor().convert::<f64>().to_string());
        survive(|| AdamW::new(&model, 0.1).step(&mut model, &honest));
        let mut model = net();
        let (_, mut grads) = model.value_and_grad(|net| net.forward(&x).square().sum()).expect("a step");
        let short: Param<(Batch,)> = Cpu.full((Batch(len),), 1.0).into();
        let (_, mut other) = short.value_and_grad(|w| w.sum()).expect("a step");
        let mut exchange = Exchange(None, len);
        other.each_mut(&mut exchange, &Path::ROOT);
        grads.each_mut(&mut exchange, &Path::ROOT);
        survive(|| AdamW::new(&model, 0.1).step(&mut model, &grads));
        survive(|| Sgd::new(&model, 0.1).step(&mut model, &grads));
    }
}

/// Takes the variables of a whole model.
struct Steal(Vec<Handle<Cpu>>);
impl EachMut<Traced> for Steal {
    fn param(&mut self, _: &Path<'_>, _: &[usize], handle: &mut Handle<Cpu>) {
        self.0.push(*handle);
    }
}

/// Puts variables in place of others.
struct Place(Handle<Cpu>);
impl EachMut<Traced> for Place {
    fn param(&mut self, _: &Path<'_>, _: &[usize], handle: &mut Handle<Cpu>) {
        *handle = self.0;
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], handle: &mut Handle<Cpu>) {
        *handle = self.0;
    }
}

#[test]
fn one_variable_as_a_parameter_and_a_short_statistic() {
    type Both<P> = (Param<Shape![64], P>, Buffer<Shape![3], P>, Param<Shape![8, 8], P>);
    let model: Both<Weights> =
        (Cpu.ones::<Shape![64]>().into(), Cpu.ones::<Shape![3]>().into(), Cpu.ones::<Shape![8, 8]>().into());
    let step = |order: usize| {
        model.value_and_grad(|(long, mut short, mut square)| {
            let mut stolen = Steal(Vec::new());
            { long }.each_mut(&mut stolen, &Path::ROOT);
            let mut place = Place(stolen.0[0]);
            short.each_mut(&mut place, &Path::ROOT);
            square.each_mut(&mut place, &Path::ROOT);
            if order == 0 {
                short.record(Cpu.ones());
            }
            let loss = (long * 2.0).sum() + (square * square.sum_axis::<0>()).sum();
            if order == 1 {
                short.record(Cpu.ones());
            }
            loss
        })
    };
    for order in 0..3 {
        survive(|| step(order).map(|(_, grads)| grads.0.tensor().to_vec()));
    }
}

#[test]
fn variables_that_are_carried_out() {
    let leaked = RefCell::new(Vec::new());
    let model: Param<Shape![64]> = Cpu.ones::<Shape![64]>().into();
    for how in 0..4 {
        survive(|| {
            model.value_and_grad(|w| {
                leaked.borrow_mut().push(w);
                let nested: Param<Shape![64]> = Cpu.full((D::<64>,), 2.0).into();
                let inner = nested.infer(|v| (v * w).sum().eval().item());
                assert!(how != 1, "out in the middle");
                std::mem::forget((w * 3.0).with(|v| v * v));
                let kept = nested.value_and_grad(|v| (v * w).sum());
                assert!(how != 2 && inner.is_ok() && kept.is_ok(), "out at the end");
                (w * w).sum()
            })
        });
    }
    drop(model);
    congruent::device::empty_cache();
    let fresh: Param<Shape![64]> = Cpu.full((D::<64>,), 5.0).into();
    for w in leaked.into_inner() {
        assert!(survive(|| (w * 1.0).eval().to_vec()).is_none(), "a variable without a value");
        let found = survive(|| fresh.value_and_grad(|_| (w * 1.0).sum()).map(|(loss, _)| loss));
        assert!(found.is_none_or(|found| found.is_err()), "a variable without a value");
    }
}

/// A structure that shows its parameter twice in one walk, never in the next.
struct Liar<P: Part> {
    own: Param<Shape![64], P>,
    walks: usize,
}
impl<P: Part> Tree<P> for Liar<P> {
    type With<Q: Part> = Liar<Q>;
    fn map<'a, Q: Part, F: Map<'a, P, Q>>(&'a self, f: &mut F, at: &Path<'_>) -> Liar<Q> {
        for _ in 0..self.walks {
            drop(self.own.map(f, at));
        }
        Liar { own: self.own.map(f, at), walks: 0 }
    }
    fn each_mut<F: EachMut<P>>(&mut self, _: &mut F, _: &Path<'_>) {}
    fn zip<Q: Part, R: Part, F: Zip<P, Q, R>>(&mut self, _: &Liar<Q>, _: &mut Liar<R>, _: &mut F, _: &Path<'_>) {}
}

#[test]
fn a_structure_that_changes_from_walk_to_walk() {
    for walks in 0..3 {
        let model: Liar<Weights> = Liar { own: Cpu.ones::<Shape![64]>().into(), walks };
        survive(|| model.value_and_grad(|m| (m.own * 2.0).sum()).map(|(_, g)| g.own.tensor().to_vec()));
        survive(|| model.infer(|m| (m.own * 2.0).eval().to_vec()));
    }
}
