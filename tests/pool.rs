//! What is kept for reuse: one bound for the process, and blocks that find their way back to who allocates.
//!
//! Apart from `allocations.rs`, which watches single threads: here they exchange tensors. One test at a time, because
//! the count is of the process.

use congruent::device::{cached_bytes, empty_cache};
use congruent::prelude::*;
use std::process::Command;
use std::sync::mpsc::{SyncSender, channel, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

dims! { Batch = ? }
type Vector = Tensor<(Batch,), u8>;

const MIB: usize = 1 << 20;
/// How often large and small blocks go round: without optimisation, filling them takes minutes.
const ROUNDS: [usize; 2] = if cfg!(optimised) { [600, 6000] } else { [150, 2000] };
/// What a thread keeps to itself at most.
const OWN: usize = 4 * MIB;

fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    empty_cache();
    alone
}

fn bytes(len: usize) -> Vector {
    Cpu.full((Batch(len),), 7)
}

fn pooling() -> bool {
    std::env::var("CONGRUENT_POOL").is_err()
}

/// A producer hands tensors to consumers, one after the other, which only let them go.
fn produce(consumers: usize, rounds: usize, len: usize) -> usize {
    thread::scope(|scope| {
        let start = |_| {
            let (give, take) = sync_channel::<Vector>(1);
            let (done, is_done) = channel();
            scope.spawn(move || {
                for tensor in take {
                    drop(tensor);
                    done.send(()).expect("the producer waits for it");
                }
            });
            (give, is_done)
        };
        let lines: Vec<(SyncSender<Vector>, _)> = (0..consumers).map(start).collect();
        let mut most = 0;
        for round in 0..rounds {
            let (give, is_done) = &lines[round % consumers];
            give.send(bytes(len)).expect("a consumer waits");
            is_done.recv().expect("it answers");
            most = most.max(cached_bytes());
        }
        most
    })
}

#[test]
fn threads_that_only_free_do_not_hoard() {
    let _alone = alone();
    // One block goes round: what a consumer freed is what the producer takes next.
    let most = produce(6, ROUNDS[0], 8 * MIB);
    assert!(!pooling() || (8 * MIB..=10 * MIB).contains(&most), "{most} bytes were kept for one block of 8 MiB");
    // Small blocks stay with the consumers, a few MiB each, and come back from there.
    empty_cache();
    let most = produce(6, ROUNDS[1], 100 << 10);
    assert!(most <= 8 * OWN, "{most} bytes were kept for one block of 100 KiB");
}

#[test]
fn the_process_keeps_no_more_than_its_bound() {
    let _alone = alone();
    let own = std::env::current_exe().expect("the test's path");
    for (limit, most) in [("off", 0), ("0", 0), ("3000000", 3_000_000), ("70000000", 70_000_000)] {
        let mut child = Command::new(&own);
        child.env("CONGRUENT_POOL", limit).env("MOST", most.to_string()).args(["--exact", "--ignored", "bounded"]);
        let out = child.output().expect("this test again");
        assert!(out.status.success(), "{limit}: {}", String::from_utf8_lossy(&out.stdout));
    }
}

/// Run by another test with another bound.
#[test]
#[ignore = "its bound is an environment variable"]
fn bounded() {
    let most: usize = std::env::var("MOST").expect("set by the other test").parse().expect("a number");
    let sizes = [100, 3000, 70_000, 200_000, 1_000_000, 8_000_000];
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for len in sizes.into_iter().cycle().take(18) {
                    drop((0..4).map(|_| bytes(len)).collect::<Vec<_>>());
                    let kept = cached_bytes();
                    assert!(kept <= most, "{kept} bytes are kept");
                }
            });
        }
    });
    assert!(cached_bytes() <= most);
}

#[test]
fn threads_that_come_and_go_leave_nothing_small() {
    let _alone = alone();
    for _ in 0..100 {
        thread::spawn(|| drop((0..50).map(|i| bytes(1000 * i)).collect::<Vec<_>>())).join().expect("no panic");
    }
    assert!(cached_bytes() <= OWN, "{} bytes after all threads have ended", cached_bytes());
}

#[test]
fn the_cache_is_emptied_for_all_threads() {
    let _alone = alone();
    let (go, gone) = (channel::<()>(), channel::<()>());
    thread::scope(|scope| {
        scope.spawn(move || {
            drop((bytes(20 * MIB), bytes(1000)));
            gone.0.send(()).expect("waited for");
            go.1.recv().expect("sent");
            drop(bytes(64)); // The next tensor of this thread.
            gone.0.send(()).expect("waited for");
            go.1.recv().expect("sent");
        });
        gone.1.recv().expect("sent");
        assert!(!pooling() || cached_bytes() >= 20 * MIB);
        empty_cache();
        assert!(cached_bytes() <= OWN, "the large block is gone whoever freed it");
        go.0.send(()).expect("waited for");
        gone.1.recv().expect("sent");
        assert!(cached_bytes() <= 64, "and the small ones when that thread goes on: {}", cached_bytes());
        go.0.send(()).expect("waited for");
    });
}

/// A block of another type holds bits that are no `bool`: they are never seen.
#[test]
fn recycled_blocks_are_written_before_they_are_read() {
    let _alone = alone();
    for len in [1, 64, 1000, 100_000, 3_000_000] {
        drop(Cpu.full((Batch(len),), 0xFFu8));
        assert!(Cpu.zeros_of::<bool, _>((Batch(len),)).to_vec().iter().all(|&x| !x));
        drop(Cpu.full((Batch(len),), 0xFFu8));
        let flags: Tensor<_, bool> = Cpu.from_fn((Batch(len),), |i| i % 2 == 0);
        assert!(flags.to_vec().iter().enumerate().all(|(i, &x)| x == (i % 2 == 0)));
        // A maker that panics midway leaves a block that nobody reads.
        let stopped = std::panic::catch_unwind(|| Cpu.from_fn((Batch(len),), |i| i + 1 < len || panic!("stopped")));
        assert!(stopped.is_err());
    }
}
