//! Graphs of any depth on threads of small stacks, and graphs that end with their thread.
//!
//! Apart from `sharing.rs` because a fault here ends the process: each test is a thread of its own.

use congruent::graph::Boxed;
use congruent::prelude::*;
use std::cell::{Cell, RefCell};
use std::thread::Builder;

const DEEP: usize = 100_000;
const N: f64 = DEEP as f64;

/// Runs `work` on threads of 2 MiB, which Rust gives, and of 512 KiB, which some systems give.
fn on_small_stacks(work: fn()) {
    for stack in [2 << 20, 512 << 10] {
        let thread = Builder::new().stack_size(stack).spawn(work).expect("a thread");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    }
}

type Weight<P = Weights<f64>> = Param<Shape![2], P>;
type Chain = Boxed<Shape![2], f64, Cpu>;

fn constant() -> Tensor<Shape![2], f64> {
    Cpu.tensor_of([1.0, 2.0])
}

fn weight() -> Weight {
    constant().into()
}

/// Checks value and gradient of a step, whose loss and slope are the same for both elements.
#[track_caller]
fn step<L>(loss: impl FnOnce(Param<Shape![2], Traced<f64>>) -> L, expected: f64, slope: [f64; 2])
where
    L: congruent::graph::Operand<E = f64, D = Cpu, S = Shape![], N: congruent::graph::Node<f64>>,
{
    let (value, gradient) = weight().value_and_grad(loss).unwrap();
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs();
    assert!(close(value, expected), "{value}, expected {expected}");
    for (found, expected) in gradient.as_slice().iter().zip(slope) {
        assert!(close(*found, expected), "{:?}, expected {slope:?}", gradient.as_slice());
    }
}

/// A chain of erased graphs: `next` makes each from the one before.
fn chain(first: Chain, next: impl Fn(usize, Chain) -> Chain) -> Chain {
    (0..DEEP).fold(first, |y, i| next(i, y))
}

/// Twice or half as much, in turn.
fn factor(i: usize) -> f64 {
    if i.is_multiple_of(2) { 2.0 } else { 0.5 }
}

#[test]
fn chains() {
    on_small_stacks(|| step(|w| chain((w * 1.0).boxed(), |i, y| (y * factor(i)).boxed()).sum(), 3.0, [1.0; 2]));
}

#[test]
fn residual_chains_reach_the_weight_at_each_step() {
    on_small_stacks(|| step(|w| chain((w * 1.0).boxed(), |_, y| (y + w).boxed()).sum(), 3.0 * N + 3.0, [N + 1.0; 2]));
}

#[test]
fn shared_values_between_erased_graphs() {
    on_small_stacks(|| {
        let twice = |i: usize, y: Chain| y.with(|y| y * factor(i) * 2.0 - y * factor(i)).boxed();
        step(|w| chain((w * 1.0).boxed(), twice).sum(), 3.0, [1.0; 2]);
        let in_register = |i: usize, y: Chain| y.share(|y| y * factor(i) * 2.0 - y * factor(i)).boxed();
        step(|w| chain((w * 1.0).boxed(), in_register).sum(), 3.0, [1.0; 2]);
    });
}

/// The gradient of the shared value is complete only when that of everything inside is.
#[test]
fn erased_graphs_inside_of_a_shared_value() {
    on_small_stacks(|| {
        step(|w| (w * 2.0).with(|x| chain(x.boxed(), |_, y| (y + x).boxed()).sum()), 6.0 * N + 6.0, [2.0 * N + 2.0; 2]);
    });
}

/// Each graph is inside of the body of a shared value of the next.
#[test]
fn shared_values_inside_of_one_another() {
    on_small_stacks(|| {
        let nest = |_: usize, y: Chain| constant().with(|x| (y + x * 0.0).boxed()).boxed();
        step(|w| chain((w * 1.0).boxed(), nest).sum(), 3.0, [1.0; 2]);
    });
    on_small_stacks(|| {
        step(
            |w| chain((w * 1.0).boxed(), |_, y| (w * 1.0).with(|x| (y + x).boxed()).boxed()).sum(),
            3.0 * N + 3.0,
            [N + 1.0; 2],
        );
    });
}

#[test]
fn loops_between_and_around_erased_graphs() {
    on_small_stacks(|| {
        let looped = |i: usize, y: Chain| <Traced<f64>>::scan([2.0, 0.5 * factor(i)], y, |f, y| y * f).boxed();
        step(|w| chain((w * 1.0).boxed(), looped).sum(), 3.0, [1.0; 2]);
    });
    on_small_stacks(|| {
        step(|w| <Traced<f64>>::scan(0..DEEP, w * 1.0, |_, y| (y + w).boxed()).sum(), 3.0 * N + 3.0, [N + 1.0; 2]);
        // Each loop is inside of a step of the next.
        let inside = |_: usize, y: Chain| {
            let y = Cell::new(Some(y));
            <Traced<f64>>::scan([1.0], &constant(), |f, x| (y.take().unwrap() + x * (f * 0.0)).boxed()).boxed()
        };
        step(|w| chain((w * 1.0).boxed(), inside).sum(), 3.0, [1.0; 2]);
    });
}

#[test]
fn graphs_that_no_backward_runs_through() {
    on_small_stacks(|| {
        let let_go = |w: Weight<Traced<f64>>| {
            drop(chain((w * 1.0).boxed(), |_, y| (y + w).boxed()));
            drop(chain((w * 1.0).boxed(), |_, y| (y + w).boxed()).eval());
            drop(chain((w * 1.0).boxed(), |i, y| y.with(|y| y * factor(i)).boxed()));
            (w * 1.0).sum()
        };
        step(let_go, 3.0, [1.0; 2]);
        // A panic on the way.
        let stopped = weight().value_and_grad(|w| {
            let y = chain((w * 1.0).boxed(), |_, y| (y + w).boxed());
            let (short, long) = (Cpu.zeros_of::<f64, _>((Batch(1),)), Cpu.zeros_of::<f64, _>((Batch(2),)));
            (y.sum() + (&short + &long).sum()).sum()
        });
        assert!(matches!(stopped, Err(Error::Sizes(_))));
        step(|w| chain((w * 1.0).boxed(), |i, y| (y * factor(i)).boxed()).sum(), 3.0, [1.0; 2]);
        // Nothing is differentiated: nothing is kept.
        weight().infer(|w| chain((w * 1.0).boxed(), |_, y| (y + w).boxed()).eval()).unwrap();
    });
}

dims! { Batch = ? }

thread_local! {
    static TENSOR: RefCell<Option<Tensor<Shape![2], f64>>> = const { RefCell::new(None) };
    static GRAPH: RefCell<Option<Chain>> = const { RefCell::new(None) };
    static MODEL: RefCell<Option<Weight>> = const { RefCell::new(None) };
    static SHARED: RefCell<Vec<Box<dyn std::any::Any>>> = const { RefCell::new(Vec::new()) };
}

/// Makes the thread's own variables, which end in the opposite order.
fn touch() {
    TENSOR.with_borrow(|_| ());
    GRAPH.with_borrow(|_| ());
    MODEL.with_borrow(|_| ());
    SHARED.with_borrow(|_| ());
}

/// Keeps one of each kind until the thread ends.
fn keep() {
    weight()
        .value_and_grad(|w| {
            GRAPH.set(Some(chain((w * 1.0).boxed(), |i, y| y.with(|y| y * factor(i)).boxed())));
            let shared = (w * 2.0).with(|x| x * x + w);
            let in_register = (w * 2.0).share(|x| x * x);
            let looped = <Traced<f64>>::scan([1.0, 2.0], w, |f, x| x * f);
            SHARED.with_borrow_mut(|all| {
                all.push(Box::new(shared));
                all.push(Box::new(in_register));
                all.push(Box::new(looped));
                all.push(Box::new((w * w).sum()));
                all.push(Box::new(w));
                all.push(Box::new(w.matmul(w)));
            });
            w.sum()
        })
        .unwrap();
    TENSOR.set(Some(constant()));
    MODEL.set(Some(weight()));
}

#[test]
fn what_a_thread_keeps_ends_with_it() {
    for before in [true, false] {
        on_small_stacks(match before {
            true => || {
                touch();
                keep();
            },
            false => || {
                drop(weight().value_and_grad(|w| w.with(|w| (w * w).boxed()).sum()));
                keep();
            },
        });
    }
}
