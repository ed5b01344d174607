//! What operations take of memory on their way, in bytes for each element, where elements are of one byte or two: what
//! the algorithm needs, and no copy in `f64`.
//!
//! Apart from `allocations.rs`, which counts allocations: here it is how much they hold at most. One test, because the
//! count is that of the process.
#![allow(unsafe_code, reason = "the allocator is watched")]

use congruent::ops::Side;
use congruent::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Watched;
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn more(bytes: usize) {
    PEAK.fetch_max(LIVE.fetch_add(bytes, Relaxed) + bytes, Relaxed);
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: the caller's contract.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        more(size);
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.realloc(place, layout, size) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

dims! { Pairs = ?, Length = ?, Found = ? }

const LEN: usize = 1 << 18;

/// Each call may take so many bytes an element, its result included.
macro_rules! at_most {
    ($($bytes:literal: $call:expr;)*) => {{
        let mut wrong = Vec::new();
        $(
            congruent::device::empty_cache();
            let before = LIVE.load(Relaxed);
            PEAK.store(before, Relaxed);
            let _ = $call;
            let found = (PEAK.load(Relaxed) - before) as f64 / LEN as f64;
            // Threads, tables and blocks of a power of two are no matter of the algorithm.
            if found > $bytes * 1.05 + 0.2 {
                wrong.push(format!("{}: {found:.1} bytes an element, not {}", stringify!($call), $bytes));
            }
        )*
        assert!(wrong.is_empty(), "{wrong:#?}");
    }};
}

#[test]
fn small_elements_take_little_memory() {
    let x: Tensor<(Length,), u8> = Cpu.from_fn((Length(LEN),), |i| (i * 7919 % 251) as u8);
    let pairs = x.reshape((Pairs(LEN / 2), D::<2>)).eval();
    let all: Tensor<(Length,), bool> = x.convert::<bool>();
    let half: Tensor<(Length,), f16> = x.convert();
    at_most! {
        // One number, or a few.
        1.0: x.count_nonzero(); 1.0: x.count_nonzero_axis::<0>(); 1.0: all.count_nonzero_axis::<0>();
        0.0: all.any(); 0.0: all.all(); 0.0: all.any_axis::<0>(); 0.0: all.all_axis::<0>(); 2.0: x.gt(100u8).any();
        2.0: x.gt(100u8).count(); 0.0: x.bincount(Found, 0); 0.0: x.histogram(D::<10>, None);
        0.0: half.histogram(D::<10>, Some((0.0, 100.0))); 0.0: x.sum(); 0.0: x.max();
        // One byte each.
        1.0: x.masked_fill(&all, 1u8); 1.0: x.flip::<0>().eval(); 2.0: x.roll::<0>(5).eval();
        // Places of 8 bytes, and what is found there.
        9.0: x.masked_select(&all, Found); 8.0: all.flatnonzero(Found); 9.0: x.shuffled(Key::new(1));
        9.0: x.sort(); 8.0: x.argsort(); 9.0: x.cummax_axis::<0>(); 8.0: x.argcummin_axis::<0>();
        8.0: x.unique(Found); 8.0: x.unique_counts(Found); 16.0: x.unique_inverse(Found); 8.0: x.mode();
        10.0: half.sort().eval(); 8.0: half.median().eval(); 8.0: half.quantile(0.3).eval();
        9.0: x.searchsorted(&x, Side::Left);
        // Along rows the places are apart from the positions in the rows.
        17.0: pairs.sort(); 17.0: pairs.sort_axis::<0>();
    }
    attention_takes_memory_for_rows();
}

/// Bytes that a call takes at most, its result included.
fn peak<T>(call: impl FnOnce() -> T) -> usize {
    congruent::device::empty_cache();
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    let _ = call();
    PEAK.load(Relaxed) - before
}

/// Queries and keys of four times the number take four times the memory, not sixteen times.
fn attention_takes_memory_for_rows() {
    let of = |rows: usize| {
        let x: Tensor<(Length, D<16>)> = Cpu.uniform((Length(rows), D::<16>), Key::new(1), -1.0, 1.0);
        let model: Param<_, Weights> = x.clone().into();
        let way = || Attend::causal();
        let there = peak(|| x.attention_with(&x, &x, way()));
        let step = peak(|| model.value_and_grad(|x| x.attention_with(x, x, way()).sum()).map(|(loss, _)| loss));
        [there, step]
    };
    let (few, many) = (of(512), of(2048));
    let row = 16 * size_of::<f32>();
    for (way, [few, many]) in ["there", "and back"].into_iter().zip([[few[0], many[0]], [few[1], many[1]]]) {
        // Tiles of each thread, beside rows: the result, and on the way back its gradient and those of the operands.
        assert!(many < 2048 * row * 12, "{way}: {many} bytes, scores would take {}", 2048 * 2048 * 4);
        assert!(many < few * 5, "{way}: {few} bytes for 512 rows, {many} for 2048");
    }
}
