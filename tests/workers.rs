//! Workers: the same batches in the same order however many there are, and nothing hangs, is lost or piles up.

use congruent::data::{FnDataset, Plan, Workers};
use congruent::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread::sleep;
use std::time::{Duration, Instant};

dims! { Batch = ? }

type Pair = (Tensor<(Batch,), i64>, Tensor<(Batch,)>);

/// 103 numbers in batches of 10 with noise of the batch's key; some batches take longer than others.
fn noisy() -> impl Epochs<Batch = Pair> + Send + Sync + Clone + 'static {
    let loader = Loader::new(FnDataset::new(103, |i| i as i64), Batch(10)).expect("a good size");
    loader.map(|x, key| {
        sleep(Duration::from_micros(key.below(0, 3000)));
        let noise = Cpu.normal(x.shape(), key, 0.0, 1.0);
        (x, noise)
    })
}

#[test]
fn any_number_of_workers_gives_the_same_batches() {
    let alone: Vec<Pair> = noisy().epoch(Key::new(1)).collect();
    assert_eq!((alone.len(), alone[10].0.len()), (11, 3));
    assert!(alone[0].1 != alone[1].1, "each batch draws numbers of its own");
    let mut examples: Vec<i64> = alone.iter().flat_map(|(x, _)| x.as_slice().to_vec()).collect();
    examples.sort_unstable();
    assert!(examples.into_iter().eq(0..103));
    for workers in [0, 1, 2, 4, 32] {
        for prefetch in [0, 1, 3, 100] {
            let ahead = noisy().workers(workers).prefetch(prefetch);
            assert!(ahead.epoch(Key::new(1)).eq(alone.iter().cloned()), "{workers} workers, {prefetch} ahead");
            assert!(ahead.epoch_from(Key::new(1), 4).eq(alone[4..].iter().cloned()), "from batch 4 on");
            assert!(ahead.epoch(Key::new(2)).ne(alone.iter().cloned()), "another key is another epoch");
            assert!(ahead.in_order().eq(noisy().in_order()));
            let mut left = ahead.epoch(Key::new(1));
            assert_eq!((left.len(), left.next().is_some(), left.len()), (11, true, 10));
        }
        assert_eq!(noisy().workers(workers).epoch_from(Key::new(1), 12).count(), 0);
    }
}

#[test]
fn workers_do_work_at_the_same_time() {
    let meeting = Arc::new(std::sync::Barrier::new(3));
    let own = meeting.clone();
    let loader = Loader::new(FnDataset::new(9, |i| i as i64), D::<1>).expect("a good size");
    // Each batch waits until three are being made.
    let ahead = loader.map(move |x, _| (own.wait(), x).1).workers(3);
    assert_eq!(ahead.in_order().map(|x| x.as_slice()[0]).collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
}

/// A batch that counts how many of its kind there are.
struct Counted(Arc<[AtomicUsize; 2]>);

impl Counted {
    fn new(counts: &Arc<[AtomicUsize; 2]>) -> Self {
        let now = counts[0].fetch_add(1, SeqCst) + 1;
        counts[1].fetch_max(now, SeqCst);
        Counted(counts.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0[0].fetch_sub(1, SeqCst);
    }
}

/// How many there are when so many have come, and a while later: more than are allowed would be there by then.
fn settled(counts: &[AtomicUsize; 2], wanted: usize) -> usize {
    let begin = Instant::now();
    while counts[0].load(SeqCst) < wanted && begin.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(1));
    }
    sleep(Duration::from_millis(20));
    counts[0].load(SeqCst)
}

fn counted(counts: &Arc<[AtomicUsize; 2]>) -> impl Epochs<Batch = Counted> + Send + Sync + Clone + 'static {
    let counts = counts.clone();
    Loader::new(FnDataset::new(60, |i| i as i64), D::<1>).expect("a good size").map(move |_, _| Counted::new(&counts))
}

#[test]
fn a_slow_reader_bounds_memory() {
    for (workers, prefetch, most) in [(1, None, 2), (4, None, 8), (4, Some(1), 1), (2, Some(5), 5), (0, None, 0)] {
        let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let ahead: Workers<_> = counted(&counts).workers(workers);
        let ahead = prefetch.map_or(ahead.clone(), |batches| ahead.prefetch(batches));
        for (number, batch) in ahead.epoch(Key::new(1)).enumerate() {
            if number < 3 {
                // Those ahead, and the one in hand.
                assert_eq!(settled(&counts, most + 1), most + 1, "{workers} workers, {prefetch:?}");
            }
            drop(batch);
        }
        assert_eq!(counts[0].load(SeqCst), 0, "none is left");
        assert_eq!(counts[1].load(SeqCst), most + 1, "never more");
    }
}

#[test]
fn an_iterator_dropped_early_stops_its_workers() {
    for taken in [0, 1, 7] {
        let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let source = counted(&counts);
        let begin = Instant::now();
        {
            let ahead = source.workers(3);
            let mut batches = ahead.epoch(Key::new(1));
            assert_eq!(batches.by_ref().take(taken).count(), taken);
        }
        assert!(begin.elapsed() < Duration::from_secs(5), "it does not hang");
        assert_eq!(counts[0].load(SeqCst), 0, "nothing is left of its batches");
        assert_eq!(Arc::strong_count(&counts), 1, "nor of its threads, which held the source");
    }
}

/// Batch 5 goes wrong.
fn broken(how: fn()) -> impl Epochs<Batch = i64> + Send + Sync + Clone + 'static {
    let loader = Loader::new(FnDataset::new(9, |i| i as i64), D::<1>).expect("a good size");
    loader.map(move |x, _| {
        let number = x.as_slice()[0];
        if number == 5 {
            how();
        }
        number
    })
}

#[test]
fn a_panic_reaches_the_reader_in_its_turn() {
    for workers in [0, 1, 4] {
        let ahead = broken(|| panic!("example 5 is spoilt")).workers(workers);
        let mut batches = ahead.in_order();
        assert_eq!(batches.by_ref().take(5).collect::<Vec<_>>(), [0, 1, 2, 3, 4], "what stands before comes");
        let panic = catch_unwind(AssertUnwindSafe(|| batches.next())).expect_err("it panics");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"example 5 is spoilt"), "with its own words");
        assert_eq!(batches.collect::<Vec<_>>(), [6, 7, 8], "the others are not lost");
    }
}

#[test]
fn an_error_reaches_the_reader_in_its_turn() {
    let wrong = || drop(Cpu.tensor([1, 2, 3]).index_select::<0>(&Cpu.full((Batch(1),), 7i64)).eval());
    for workers in [0, 1, 4] {
        let ahead = broken(wrong).workers(workers);
        let mut seen = Vec::new();
        let error = attempt(|| ahead.in_order().for_each(|number| seen.push(number))).expect_err("7 is no index");
        assert_eq!(error.to_string(), "index 7 at position 0 is outside of an axis of length 3");
        assert_eq!(seen, [0, 1, 2, 3, 4]);
    }
}

#[test]
fn results_are_batches_and_their_errors_have_a_number() {
    let texts = |i: usize| ["1", "2", "3", "four", "5", "6"][i].parse::<i64>().map(|x| (x, x as f32));
    let loader = Loader::new(FnDataset::new(6, texts), Batch(2)).expect("a good size");
    let results: Vec<bool> = loader.in_order().map(|batch| batch.is_ok()).collect();
    assert_eq!(results, [true, false, true]);
    for workers in [0, 3] {
        let good = loader.clone().checked().workers(workers);
        let mut seen = Vec::new();
        let error = attempt(|| good.in_order().for_each(|(x, _)| seen.extend_from_slice(x.as_slice())));
        let error = error.expect_err("four is no number");
        assert_eq!(error.to_string(), "batch 1: invalid digit found in string");
        assert!(matches!(error, Error::NoBatch { number: 1, cause } if cause.is::<std::num::ParseIntError>()));
        assert_eq!(seen, [1, 2]);
    }
}

#[test]
fn an_epoch_without_batches_is_over_at_once() {
    #[derive(Clone)]
    struct Nothing;
    impl Epochs for Nothing {
        type Batch = i32;
        fn len(&self) -> usize {
            0
        }
        fn size(&self, _: usize) -> usize {
            0
        }
        fn plan(&self, key: Option<Key>) -> Plan {
            Plan::new(key.unwrap_or(Key::new(0)), Vec::new())
        }
        fn make(&self, _: &Plan, number: usize) -> i32 {
            panic!("there is no batch {number}")
        }
    }
    assert_eq!(Nothing.workers(4).epoch(Key::new(0)).count() + Nothing.epoch(Key::new(0)).count(), 0);
}

#[test]
fn an_iterator_runs_ahead_within_bounds() {
    for most in [0usize, 1, 3] {
        let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let own = counts.clone();
        let mut items = std::iter::repeat_with(move || Counted::new(&own)).ahead(most);
        for _ in 0..3 {
            let item = items.next().expect("there is no end");
            assert_eq!(settled(&counts, most.max(1) + 1), most.max(1) + 1, "those ahead, and the one in hand");
            drop(item);
        }
        drop(items);
        assert_eq!((counts[0].load(SeqCst), Arc::strong_count(&counts)), (0, 1), "nothing is left, nor the thread");
        assert_eq!(counts[1].load(SeqCst), most.max(1) + 1, "never more");
    }
    assert!((0..100).ahead(7).eq(0..100));
}

#[test]
fn what_stops_an_iterator_ahead_reaches_its_reader() {
    let items = |how: fn()| {
        (0..6)
            .inspect(move |&i| {
                if i == 3 {
                    how()
                }
            })
            .ahead(2)
    };
    let mut batches = items(|| panic!("item 3 is spoilt"));
    assert_eq!(batches.by_ref().take(3).collect::<Vec<_>>(), [0, 1, 2]);
    let panic = catch_unwind(AssertUnwindSafe(|| batches.next())).expect_err("it panics");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"item 3 is spoilt"));
    assert_eq!(batches.collect::<Vec<_>>(), [4, 5]);
    let wrong = || drop(Cpu.tensor([1, 2, 3]).index_select::<0>(&Cpu.full((Batch(1),), 7i64)).eval());
    let error = attempt(|| items(wrong).count()).expect_err("7 is no index");
    assert_eq!(error.to_string(), "index 7 at position 0 is outside of an axis of length 3");
}

/// Readers in all threads of rayon's pool, as of trainings side by side, wait for batches that are made by way of that
/// pool: to the end, and where they leave early.
#[test]
fn readers_in_every_thread_of_a_pool_do_not_hang() {
    fn read(wanted: usize, batches: impl Iterator<Item = f32>) {
        assert_eq!(batches.take(wanted).collect::<Vec<_>>(), vec![(1 << 18) as f32; wanted]);
    }
    // Large enough that threads share them.
    let large = || Cpu.full((Batch(1 << 18),), 0.0_f32).exp().eval().sum().eval().item();
    for wanted in [1, 4] {
        let (done, end) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let meeting = std::sync::Barrier::new(rayon::current_num_threads());
            rayon::broadcast(|_| {
                meeting.wait();
                let loader = Loader::new(FnDataset::new(4, |i| i as i64), D::<1>).expect("a good size");
                read(wanted, loader.map(move |_, _| large()).workers(2).in_order());
                meeting.wait();
                read(wanted, (0..4).map(move |_| large()).ahead(2));
            });
            done.send(()).expect("somebody waits");
        });
        assert_eq!(end.recv_timeout(Duration::from_secs(60)), Ok(()), "{wanted} batches");
    }
}
