//! Every size on its own and all of them crossed: tiles that are full, that are begun, and that are not there.

use super::plain::Case;
use super::{check, numbers, run};
use congruent::prelude::*;

const LENGTHS: [usize; 6] = [0, 1, 7, 17, 65, 130];
const WIDTHS: [usize; 4] = [1, 8, 33, 64];

/// Cases of these sizes: all keys, in order, behind a mask, beside a bias, and in order behind a mask.
fn all_ways(sizes: [usize; 6]) -> [Case; 5] {
    let plain = Case::new(sizes);
    let draws = numbers::<f64>(plain.scores(), 9);
    // Every fifth query sees nothing at all.
    let row = |i: usize| i / plain.keys.max(1) % 5 == 3;
    let mask: Vec<bool> = draws.iter().enumerate().map(|(i, x)| *x > -0.4 && !row(i)).collect();
    let bias = draws.iter().enumerate().map(|(i, x)| if *x < -0.7 || row(i) { f64::NEG_INFINITY } else { x.round() });
    let causal = Case { causal: true, ..plain.clone() };
    let masked = Case { mask, scale: 0.7, ..plain.clone() };
    let both = Case { causal: true, ..masked.clone() };
    [Case { bias: bias.collect(), ..plain.clone() }, plain, causal, masked, both]
}

#[test]
fn lengths_are_any() {
    for (queries, keys) in LENGTHS.into_iter().flat_map(|n| LENGTHS.map(|m| (n, m))) {
        for case in all_ways([2, 1, queries, keys, 8, 5]) {
            check::<f32>(&case, 2e-5);
        }
    }
}

#[test]
fn widths_are_any() {
    for (width, depth) in WIDTHS.into_iter().flat_map(|k| WIDTHS.map(|v| (k, v))) {
        for case in all_ways([1, 2, 17, 65, width, depth]) {
            check::<f32>(&case, 2e-5);
            check::<f64>(&case, 1e-12);
        }
    }
}

#[test]
fn heads_share_keys() {
    for (heads, shared) in [(1, 3), (3, 1), (2, 5), (17, 2), (0, 2), (2, 0)] {
        for case in all_ways([heads, shared, 7, 33, 8, 17]) {
            check::<f64>(&case, 1e-12);
        }
    }
    for case in all_ways([1, 3, 130, 130, 8, 8]) {
        check::<f64>(&case, 1e-12);
    }
}

#[test]
fn no_elements_make_equal_weights() {
    for case in all_ways([2, 1, 7, 17, 0, 8]).into_iter().chain(all_ways([2, 1, 7, 17, 8, 0])) {
        check::<f64>(&case, 1e-12);
    }
}

#[test]
fn halves_are_rounded_once() {
    for case in all_ways([2, 2, 17, 130, 33, 8]) {
        check::<f16>(&case, 1e-3);
        check::<bf16>(&case, 8e-3);
    }
}

/// Long rows, so that a head is divided among tasks on the way back, and more heads than that.
#[test]
fn threads_do_not_change_a_bit() {
    for sizes in [[2, 1, 300, 270, 8, 8], [17, 2, 65, 130, 8, 8]] {
        for case in all_ways(sizes) {
            let [q, k, v, dy] = case.lens();
            let (q, k, v, dy) = (numbers::<f32>(q, 1), numbers(k, 2), numbers(v, 3), numbers(dy, 4));
            let on = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
                pool.install(|| run(Cpu, &case, [&q, &k, &v, &dy]))
            };
            let expected = on(1);
            for threads in [2, 3] {
                assert!(on(threads) == expected, "{threads} threads, {sizes:?}");
            }
        }
    }
    check::<f32>(&Case { causal: true, ..Case::new([1, 1, 300, 270, 8, 8]) }, 2e-5);
    check::<f64>(&Case::new([1, 2, 250, 140, 33, 17]), 1e-12);
}
