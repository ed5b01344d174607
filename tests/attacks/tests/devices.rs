//! The safe methods of a device, with lengths, indices and formulas that do not fit each other.
#![forbid(unsafe_code)]

use attacks::survive;
use congruent::device::{Buf, DrawWork, Host, IndexWork, OrderWork, Storage, UpdateWork};
use congruent::loops::{Combine, Recurrence, Update};
use congruent::num::{Kernel, Lane, Num, dispatch};
use congruent::prelude::*;
use congruent::tensor::{Literal, Nested};

const LENGTHS: [usize; 6] = [0, 1, 2, 7, 64, 1000];
const WIDTHS: [usize; 7] = [0, 1, 2, 7, 1 << 32, 1 << 63, usize::MAX];
const IDS: [i64; 8] = [0, 1, 7, 999, -1, i64::MIN, i64::MAX, 1 << 62];

fn buf<E: Real>(len: usize) -> Buf<E> {
    Buf::filled(len, E::of_f64(1.0))
}

#[test]
fn lengths_that_differ() {
    for a in LENGTHS {
        for b in LENGTHS {
            survive(|| Cpu.add(&mut buf::<f32>(a), &buf(b)));
            survive(|| Cpu.sum_parts(&mut buf::<f32>(a), &buf(b)));
            survive(|| Cpu.sum_parts(&mut buf::<bf16>(a), &buf(b)));
            survive(|| Cpu.update(Descent, &mut buf::<f32>(a), &buf(b), [&mut buf(b)], None));
            survive(|| Cpu.update(Descent, &mut buf::<f16>(a), &buf(a), [&mut buf(b)], None));
            survive(|| Cpu.update(Descent, &mut buf::<f16>(a), &buf(a), [&mut buf(a)], Some(&mut buf(b))));
            survive(|| Cpu.search_sorted(&buf::<f32>(a), &buf(b), true));
            survive(|| Cpu.slice_mut(&mut Cpu.unshared(buf::<f32>(a))).fill(2.0));
        }
    }
}

#[test]
fn partial_sums_in_the_memory_of_a_vector() {
    // Two-byte floats that nobody has aligned for the four bytes of their sums.
    for start in 0..4 {
        let values = vec![bf16::ONE; 64 + start];
        let x = Cpu.from_vec((D::<64>,), values[start..].to_vec()).expect("64 elements");
        let model: Param<Shape![64], Weights<bf16>> = x.into();
        let parts = model.value_and_grad(|w| (w * 2.0).sum()).expect("a step");
        assert_eq!(parts.1.as_slice(), [bf16::from_f32(2.0); 64]);
    }
}

#[test]
fn rows_that_are_not_there() {
    for len in LENGTHS {
        for width in WIDTHS {
            for id in IDS {
                let ids = Buf::from_slice(&[0, id]);
                for rows in LENGTHS {
                    survive(|| Cpu.take_rows(&buf::<f32>(len), width, &ids));
                    survive(|| Cpu.pick(&buf::<f32>(len), width, &ids));
                    survive(|| Cpu.add_rows(&mut buf::<f32>(len), width, &ids, &buf(rows)));
                    survive(|| Cpu.add_rows(&mut buf::<bf16>(len), width, &ids, &buf(rows)));
                    survive(|| Cpu.put_rows(&mut buf::<f64>(len), width, &ids, &buf(rows)));
                    survive(|| Cpu.add_at(&mut buf::<f32>(len), width, &ids, &buf(rows), 1.0));
                    for how in [Combine::Sum, Combine::Product, Combine::Maximum, Combine::Minimum] {
                        survive(|| Cpu.combine_rows(how, &mut buf::<f32>(len), width, &ids, &buf(rows)));
                    }
                }
            }
        }
    }
}

#[test]
fn elements_whose_formula_panics_or_comes_back() {
    for len in [0, 1, 1000, 1 << 17] {
        survive(|| Cpu.drawn::<bool>(len, |_, _| panic!("enough")));
        survive(|| Cpu.drawn::<bool>(len, |at, out| assert!(at < 1 << 15, "{}", out.len())));
        survive(|| {
            Cpu.drawn(len, |_, out: &mut [f32]| out.copy_from_slice(&Cpu.full((Batch(out.len()),), 1.0).to_vec()))
        });
        survive(|| Cpu.from_fn((Batch(len),), |i| if i > 700 { panic!("enough") } else { true }));
        survive(|| {
            let mut kept = Vec::new();
            let x = Cpu.from_fn((Batch(len),), |i| {
                kept.push(Cpu.full((D::<16>,), i as f32));
                if i > 20 {
                    kept.clear()
                }
                kept.last().map_or(0.0, |x| x.as_slice()[3])
            });
            drop(kept);
            x.to_vec()
        });
    }
}

dims! { Batch = ? }

/// Panics in the middle of a weight.
#[derive(Clone, Copy)]
struct Descent;
impl Update<1> for Descent {
    fn renew<V: Num>(self, weight: V, gradient: V, [state]: [V; 1]) -> (V, [V; 1]) {
        let again = Cpu.full((D::<8>,), 1.0f32).sum().eval().item();
        assert_eq!(again, 8.0);
        (weight - gradient, [state + gradient])
    }
}

/// A scan can be written, and has no rows to run on.
#[derive(Clone, Copy)]
struct Nothing;
impl Recurrence for Nothing {
    const REVERSE: bool = true;
    fn start<V: Num>(self) -> [V; 2] {
        panic!("enough")
    }
    fn step<V: Num>(self, state: [V; 2], x: [V; congruent::loops::MAX_INPUTS]) -> ([V; 2], V) {
        (state, x[0])
    }
}

/// What lanes do without `unsafe`, for more of them than there are; and lanes carried to other threads.
struct TooMany;
impl Kernel<f32> for TooMany {
    type Out = f32;
    fn run<V: Lane<f32>>(self) -> f32 {
        let mut sum = V::c(0.0);
        for n in [0, 1, V::N, V::N + 1, 255, 256, 257, 1 << 32, usize::MAX] {
            sum = sum + V::c(1.0).keep_or(n, V::splat(2.0)) + V::c(3.0).keep(n) + V::from_fn(n.min(1000), |i| i as f32);
            let mut out = vec![0.0; n.min(1000)];
            sum.lanes(&mut out);
        }
        let there = std::thread::scope(|scope| scope.spawn(move || sum.exp().hmax()).join().expect("no panic"));
        there + sum.hsum() + sum.hprod() + sum.hmin()
    }
}

#[test]
fn more_lanes_than_there_are() {
    assert!(dispatch(TooMany) > 0.0);
    let _ = Nothing;
}

/// A literal that says four elements and has one.
struct Short;
impl Literal for Short {
    type Shape = Shape![4];
    type Elem = f32;
    fn flatten(self, out: &mut Vec<f32>) {
        out.push(1.0);
    }
}
impl Nested<f32> for Short {
    type Shape = Shape![4];
    fn flatten(self, out: &mut Vec<f32>) {
        out.push(1.0);
    }
}

#[test]
fn literals_are_as_long_as_they_say() {
    assert!(attempt(|| Cpu.tensor(Short)).is_err());
    assert!(attempt(|| Cpu.tensor_of::<f32, _>(Short)).is_err());
    assert!(attempt(|| Cpu.rows(Batch, vec![Short, Short])).is_err());
}
