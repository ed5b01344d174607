//! What a training step and an inference ask of the system's allocator: nothing, once a first step has filled the pool.
//!
//! Apart from the other tests because it replaces the allocator. Only threads of its own pools are watched, so that the
//! test harness does not count. The gemm engine allocates a buffer for packing at each call; these are told apart by
//! their alignment, and compared with those of the same products without the library around them.
#![allow(unsafe_code)]

use congruent::device::{cached_bytes, empty_cache};
use congruent::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

struct Watched;

/// Buffers that the gemm engine packs its operands into: aligned for vectors, not zeroed.
static PACKED: AtomicUsize = AtomicUsize::new(0);
/// All other allocations, fresh blocks of the library's pool among them.
static OTHER: AtomicUsize = AtomicUsize::new(0);

/// The least alignment of a packing buffer; nothing else that is not zeroed asks for as much.
const VECTOR: usize = 32;

thread_local! {
    /// Whether allocations of this thread count.
    static WATCHED: Cell<bool> = const { Cell::new(false) };
}

fn note(counter: &AtomicUsize) {
    if WATCHED.try_with(Cell::get) == Ok(true) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(if layout.align() >= VECTOR { &PACKED } else { &OTHER });
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(&OTHER);
        // SAFETY: the caller's contract.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(&OTHER);
        // SAFETY: the caller's contract.
        unsafe { System.realloc(place, layout, size) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

/// One pool at a time: the counter is common to all of them.
static ALONE: Mutex<()> = Mutex::new(());

/// Runs `work` in a pool of watched threads.
fn watched<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    empty_cache(); // What other tests have left would serve this one.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    // The end of a thread allocates, and comes when the next pool is watched.
    let pool = pool.start_handler(|_| WATCHED.set(true)).exit_handler(|_| WATCHED.set(false));
    pool.build().expect("threads to run on").install(work)
}

/// Allocations by all watched threads.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Allocations {
    packed: usize,
    other: usize,
}

const NONE: Allocations = Allocations { packed: 0, other: 0 };

fn allocations(work: impl FnOnce()) -> Allocations {
    let now = || Allocations { packed: PACKED.load(Ordering::Relaxed), other: OTHER.load(Ordering::Relaxed) };
    let before = now();
    work();
    let after = now();
    Allocations { packed: after.packed - before.packed, other: after.other - before.other }
}

/// Calls that fill the pool, the tables and the optimizer's state.
const FIRST: usize = 2;
/// Calls that are counted.
const LATER: usize = 20;

/// What 20 calls allocate after the first two.
fn later_allocations(mut call: impl FnMut()) -> Allocations {
    (0..FIRST).for_each(|_| call());
    allocations(|| (0..LATER).for_each(|_| call()))
}

dims! { Batch = ? }

/// A perceptron with dropout.
#[derive(Model)]
struct Mlp<I: Dim, H: Dim, P: Part = Weights> {
    first: Linear<I, H, P>,
    drop: Dropout<P>,
    second: Linear<H, H, P>,
    scores: Linear<H, D<10>, P>,
}

impl<I: Dim + Default, H: Dim + Default> Mlp<I, H> {
    fn new(p: f64) -> Self {
        let drop = Dropout::new(p).expect("a probability");
        let [first, second, scores] = [1, 2, 3].map(Key::new);
        Mlp { first: Linear::new(first), drop, second: Linear::new(second), scores: Linear::new(scores) }
    }
}

impl<I: Dim, H: Dim, P: Forward> Mlp<I, H, P> {
    fn forward<B: Dim>(self, x: impl Expr<(B, I), P>) -> Ex![P; B, 10] {
        let hidden = self.drop.forward(self.first.forward(x).relu());
        self.scores.forward(self.second.forward(hidden).gelu())
    }
}

/// A training step with AdamW, and dropout where `p` is not 0.
fn training<I: Dim + Default, H: Dim + Default>(batch: usize, p: f64) -> impl FnMut() {
    let mut model = Mlp::<I, H>::new(p);
    let mut optimizer = AdamW::new(&model, 1e-3);
    let x: Tensor<(Batch, I)> = Cpu.uniform((Batch(batch), I::default()), Key::new(4), -1.0, 1.0);
    let labels = Cpu.from_fn((Batch(batch),), |i| i as i64 % 10);
    let mut keys = Keys::new(5);
    move || {
        let step = || model.value_and_grad(|model| model.forward(&x).cross_entropy(&labels));
        let (_, grads) = with_key(keys.next_key(), step).expect("labels are below 10");
        optimizer.step(&mut model, &grads);
    }
}

#[test]
fn the_counter_counts() {
    let vector = watched(1, || allocations(|| drop(std::hint::black_box(vec![1; 100]))));
    assert_eq!(vector, Allocations { other: 1, ..NONE });
    let fresh = watched(1, || allocations(|| drop(Cpu.zeros::<Shape![100]>())));
    assert!(fresh.other > 0, "a first tensor comes from the system");
}

#[test]
fn a_step_allocates_only_what_the_gemm_engine_packs() {
    for p in [0.0, 0.5] {
        let small = watched(1, || later_allocations(training::<D<8>, D<16>>(16, p)));
        within(small, watched(1, || raw_products(16, 8, 16)));
        let large = watched(1, || later_allocations(training::<D<784>, D<512>>(64, p)));
        within(large, watched(1, || raw_products(64, 784, 512)));
    }
}

#[test]
fn a_step_on_two_threads_allocates_no_more_than_buffers_for_packing() {
    let steps = watched(2, || later_allocations(training::<D<784>, D<512>>(600, 0.5)));
    assert_eq!(steps.other, 0, "{steps:?} in {LATER} steps");
}

/// Where the engine aligns nothing, its buffers are among the others on both sides.
fn within(steps: Allocations, products: Allocations) {
    println!("{LATER} steps: {steps:?}; all their products by the engine alone: {products:?}");
    assert!(products.packed + products.other > 0, "the engine allocates nothing: be as strict with the library");
    assert!(steps.other <= products.other, "{steps:?} in {LATER} steps, {products:?} by the products alone");
    assert!(steps.packed <= products.packed, "{steps:?} in {LATER} steps, {products:?} by the products alone");
}

/// What the engine allocates for the products of a step, forward and backward.
fn raw_products(batch: usize, inputs: usize, hidden: usize) -> Allocations {
    let layers = [(inputs, hidden), (hidden, hidden), (hidden, 10)];
    let (a, mut c) = (vec![0.5; 1 << 20], vec![0.5; 1 << 20]);
    later_allocations(|| {
        for (layer, (inputs, outputs)) in layers.into_iter().enumerate() {
            gemm([batch, inputs, outputs], &a, &mut c);
            gemm([inputs, batch, outputs], &a, &mut c);
            if layer > 0 {
                gemm([batch, outputs, inputs], &a, &mut c);
            }
        }
    })
}

fn gemm([m, k, n]: [usize; 3], a: &[f32], c: &mut [f32]) {
    assert!(a.len() >= (m * k).max(k * n) && c.len() >= m * n);
    let (columns, row) = (k as isize, n as isize);
    // SAFETY: the matrices of `m · k`, `k · n` and `m · n` elements fit, and C is not the memory of A and B.
    unsafe {
        let (a, c) = (a.as_ptr(), c.as_mut_ptr());
        matrixmultiply::sgemm(m, k, n, 1.0, a, columns, 1, a, row, 1, 0.0, c, row, 1);
    }
}

/// 16-bit weights: scratch of `f32`, for the engine and for partial sums, comes from the pool, too.
#[test]
fn a_step_of_halves_allocates_only_what_the_gemm_engine_packs() {
    let step = || {
        let mut model: Mlp<D<64>, D<96>, Weights<bf16>> = Mlp::<D<64>, D<96>>::new(0.5).cast();
        let mut optimizer = AdamW::<_, bf16>::new(&model, 1e-2);
        let x: Tensor<(Batch, D<64>), bf16> = Cpu.uniform_of((Batch(50), D::<64>), Key::new(4), -1.0, 1.0);
        let labels = Cpu.from_fn((Batch(50),), |i| i as i64 % 10);
        let mut keys = Keys::new(5);
        move || {
            let step = || model.value_and_grad(|model| model.forward(&x).cross_entropy(&labels));
            let (_, grads) = with_key(keys.next_key(), step).expect("labels are below 10");
            optimizer.step(&mut model, &grads);
        }
    };
    let steps = watched(1, || later_allocations(step()));
    within(steps, watched(1, || raw_products(50, 64, 96)));
}

#[test]
fn inference_allocates_nothing() {
    let run = || {
        let model = Mlp::<D<8>, D<16>>::new(0.5);
        let x: Tensor<Shape![16, 8]> = Cpu.uniform(Default::default(), Key::new(1), -1.0, 1.0);
        later_allocations(|| drop(model.infer(|model| model.forward(&x).softmax().eval())))
    };
    let counted = watched(1, run);
    assert_eq!(counted, NONE, "in {LATER} inferences");
}

#[test]
fn fused_regions_and_row_programs_allocate_nothing() {
    let counted = watched(1, || {
        let x: Tensor<Shape![300, 700]> = Cpu.uniform(Default::default(), Key::new(1), -1.0, 1.0);
        let gain: Param<Shape![700]> = Cpu.ones().into();
        later_allocations(|| {
            let normed = |x: &Tensor<Shape![300, 700]>| gain.value_and_grad(|gain| (x.tanh() * gain).softmax().sum());
            drop(normed(&x));
            drop((&x - x.mean_keepdim::<1>()).layer_norm(1e-5).eval());
            drop(x.t().sum_axis::<0>().eval());
        })
    });
    assert_eq!(counted, NONE, "in {LATER} rounds");
}

#[test]
fn the_pool_does_not_grow() {
    let sizes = watched(1, || {
        let mut step = training::<D<64>, D<96>>(50, 0.3);
        (0..FIRST).for_each(|_| step());
        let sizes = (0..LATER).map(|_| {
            step();
            cached_bytes()
        });
        sizes.collect::<Vec<_>>()
    });
    assert!(sizes[0] > 0, "a step leaves its memory to the next one");
    assert!(sizes.iter().all(|&size| size == sizes[0]), "bytes kept after each step: {sizes:?}");
}

/// Views of a size that no earlier buffer had: a copy would need a fresh block.
#[test]
fn views_copy_nothing() {
    watched(1, || {
        let x = Cpu.full((D::<4>, Batch(1021), D::<64>), 1.0f32);
        drop(x.sum().eval()); // the block of a scalar, and the sum's chunks
        let made = allocations(|| {
            drop((
                x.t(),
                x.transpose::<0, 1>(),
                x.permute::<Axes![2, 0, 1]>(),
                x.reshape((D::<4>, D::<64>, Batch(1021))),
            ));
            drop((x.expand((D::<3>, D::<4>, Batch(1021), D::<64>)), x.unsqueeze::<0>()));
            drop((x.slice(s![1.., 5, ::-2]), x.slice(s![new, ..., 3]), x.narrow::<1, _>(1, Batch(1000))));
            drop((x.select::<1>(-1), x.flip::<1>(), x.split_at::<2, 16>()));
            drop(x.slice(s![2.., ..]).t().flip::<0>());
        });
        assert_eq!(made, NONE);
        let read = later_allocations(|| drop((x.slice(s![1, .., 1..]) * 2.0).sum().eval()));
        assert_eq!(read, NONE, "a fused loop reads a view in place");
    });
}

/// Matrices that are parts of larger ones are factors where they lie: a copy would need a fresh block.
#[test]
fn products_read_slices_in_place() {
    watched(1, || {
        let (x, w) = (Cpu.full((D::<3>, Batch(1021), D::<80>), 1.0f32), Cpu.full((D::<90>, D::<7>), 1.0f32));
        drop(Cpu.full((Batch(1021), D::<7>), 1.0f32)); // the block of the result
        let made = allocations(|| {
            drop(x.slice(s![1, .., 3..74]).matmul(w.slice(s![5..76, ..])));
            drop(w.slice(s![5..76, ..]).t().matmul(x.select::<0>(2).slice(s![.., ..-9]).t()));
        });
        assert_eq!(made.other, 0);
        let copied = allocations(|| drop((x.slice(s![1, .., 3..74]) * 1.0).matmul(w.slice(s![5..76, ..]))));
        assert!(copied.other > 0, "the counter sees copies");
    });
}
