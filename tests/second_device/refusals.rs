//! What safe code can try with memory of one device on another: an error in words, and no memory is touched.

use crate::vault::{VAULT, Vault};
use congruent::device::{Buf, CopyWork, Device, Host, IndexWork, OrderWork, Storage, UpdateWork};
use congruent::loops::{Combine, Update};
use congruent::model::{EachMut, Path, Tree};
use congruent::prelude::*;

/// Each of these is refused in words.
macro_rules! refused {
    ($($call:expr;)*) => {$({
        let error = attempt(|| std::hint::black_box($call)).map(|_| ()).expect_err(stringify!($call));
        assert!(matches!(error, Error::Foreign { .. }), "{}: {error}", stringify!($call));
    })*};
}

/// Takes a step.
#[derive(Clone, Copy)]
struct Descent;
impl Update<0> for Descent {
    fn renew<V: Num>(self, weight: V, gradient: V, _: [V; 0]) -> (V, [V; 0]) {
        (weight - gradient, [])
    }
}

#[test]
fn the_host_reads_no_memory_of_a_vault() {
    let (there, ids) = (&VAULT.upload(&[1.0f32, 2.0]), &VAULT.upload(&[0i64, 1]));
    let (mut own, own_ids) = (Cpu.upload(&[1.0f32, 2.0]), &Cpu.upload(&[0i64, 1]));
    let mut other = there.clone();
    refused! {
        Cpu.slice(there).len();
        Cpu.slice_mut(&mut other).len();
        Cpu.download(there);
        Cpu.download_scalar(there);
        Cpu.show(there, |values| values.len());
        Cpu.adopt(there.clone());
        Cpu.unshared(VAULT.upload(&[1.0f32]));
        Cpu.add(&mut own, there);
        Cpu.add(&mut other, &Cpu.upload(&[1.0f32, 2.0]));
        Cpu.sum_parts(&mut own, there);
        Cpu.take_rows(there, 1, own_ids);
        Cpu.take_rows(&Cpu.upload(&[1.0f32, 2.0]), 1, ids);
        Cpu.add_rows(&mut own, 1, ids, there);
        Cpu.put_rows(&mut other, 1, own_ids, &Cpu.upload(&[1.0f32, 2.0]));
        Cpu.combine_rows(Combine::Product, &mut own, 1, own_ids, there);
        Cpu.pick(there, 1, own_ids);
        Cpu.add_at(&mut own, 1, own_ids, there, 1.0);
        Cpu.search_sorted(there, there, true);
        Cpu.scaled(there, 2.0);
        Cpu.convert::<f32, f64>(there);
        Cpu.convert::<f32, f16>(there);
        Cpu.update(Descent, &mut own, there, [], None);
        Cpu.update(Descent, &mut other, &Cpu.upload(&[1.0f32, 2.0]), [], None);
    }
    assert_eq!(format!("{there:?}"), "[2 of f32, not on the host]");
    assert!(there.owner::<String>().is_none() && !Cpu.holds(there) && VAULT.holds(there));
}

#[test]
fn a_vault_takes_no_memory_of_the_host_or_of_another_one() {
    let elsewhere = [Cpu.upload(&[1.0f32, 2.0]), Vault::<1>.upload(&[1.0, 2.0])];
    let mut own = VAULT.upload(&[1.0f32, 2.0]);
    for other in &elsewhere {
        refused! {
            VAULT.download(other);
            VAULT.unshared(other.clone());
            VAULT.add(&mut own, other);
            VAULT.scaled(other, 2.0);
            VAULT.take_rows(other, 1, &VAULT.upload(&[0i64]));
            VAULT.update(Descent, &mut own, other, [], None);
        }
        assert!(!VAULT.holds(other));
    }
}

/// Puts another buffer in place of each parameter.
struct Exchange(Buf<f32>);
impl<A: Device> EachMut<Weights<f32, A>> for Exchange {
    fn param(&mut self, _: &Path<'_>, _: &[usize], (buf, _): &mut (Buf<f32>, A)) {
        *buf = self.0.clone();
    }
}

#[test]
fn models_whose_memory_was_exchanged() {
    fn tried<A: Device>(device: A, other: Buf<f32>) {
        let mut model: Param<Shape![2], Weights<f32, A>> = device.ones::<Shape![2]>().into();
        let (_, honest) = model.value_and_grad(|w| w.square().sum()).expect("a step");
        model.each_mut(&mut Exchange(other), &Path::ROOT);
        refused! {
            model.tensor();
            model.infer(|w| w.eval()).unwrap_or_else(|error| std::panic::panic_any(error));
            model.to(&Cpu);
            Sgd::new(&model, 0.1).step(&mut model, &honest);
        }
        assert!(matches!(model.value_and_grad(|w| w.square().sum()), Err(Error::Foreign { .. })));
        assert!(matches!(model.infer(|w| w.square().eval()), Err(Error::Foreign { .. })));
    }
    tried(Cpu, VAULT.upload(&[1.0, 2.0]));
    tried(VAULT, Cpu.upload(&[1.0, 2.0]));
    tried(VAULT, Vault::<1>.upload(&[1.0, 2.0]));
}
