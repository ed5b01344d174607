//! Products of all element types by the engine itself: sizes around a tile, a block and a band, all ways to lie in
//! memory, both instruction sets, tasks in any order.

use super::blocks::multiply;
use super::plan::{Limits, Plan};
use crate::elements::{called, for_each_float};
use crate::num::engine::GemmCall;
use crate::num::{Level, Simd, with_level};

const ALL: [Lie; 4] = [Lie::Rows, Lie::Columns, Lie::Gaps, Lie::Backwards];

/// A matrix that lies in a larger memory: by rows, by columns, or with gaps on both sides.
struct Placed<T> {
    memory: Vec<T>,
    row: isize,
    column: isize,
}

#[derive(Clone, Copy, Debug)]
enum Lie {
    Rows,
    Columns,
    Gaps,
    Backwards,
}

impl<T: Copy> Placed<T> {
    fn new(lie: Lie, rows: usize, columns: usize, empty: T) -> Self {
        let (row, column) = match lie {
            Lie::Rows | Lie::Backwards => (columns, 1),
            Lie::Columns => (1, rows),
            Lie::Gaps => (3 * columns + 1, 3),
        };
        let len = rows * row.max(1) + columns * column + 4;
        let sign = if matches!(lie, Lie::Backwards) { -1 } else { 1 };
        Placed { memory: vec![empty; len], row: sign * row as isize, column: column as isize }
    }

    /// The place of the first element.
    fn start(&self, rows: usize) -> usize {
        if self.row < 0 { (rows - 1) * self.row.unsigned_abs() } else { 0 }
    }

    fn at(&self, rows: usize, i: usize, j: usize) -> usize {
        (self.start(rows) as isize + i as isize * self.row + j as isize * self.column) as usize
    }
}

/// Whole numbers: sums of up to 5000 products of them are exact in every type that is computed in.
fn whole(i: usize, j: usize, seed: usize) -> f64 {
    ((i * 7 + j * 13 + seed) % 11) as f64 - 5.0
}

/// All tasks, the last one first.
fn backwards(count: usize, task: &(dyn Fn(usize) + Sync)) {
    (0..count).rev().for_each(task);
}

/// The product, divided so, is exact, and nothing beside C is written to.
fn product<E: Simd<Sum = f64>>(
    plan: impl Fn(&GemmCall<E, E::Wide>) -> Plan,
    [m, k, n]: [usize; 3],
    lies: [Lie; 3],
    add: bool,
) {
    let case = format!("{m} {k} {n} {lies:?} {add} {}", std::any::type_name::<E>());
    let mut a = Placed::new(lies[0], m, k, E::of_sum(f64::NAN));
    let mut b = Placed::new(lies[1], k, n, E::of_sum(f64::NAN));
    let mut c = Placed::new(lies[2], m, n, <E::Wide as Simd>::of_sum(1e6));
    let each = |rows: usize, columns: usize| (0..rows).flat_map(move |i| (0..columns).map(move |j| (i, j)));
    for (i, p) in each(m, k) {
        let place = a.at(m, i, p);
        a.memory[place] = E::of_sum(whole(i, p, 1));
    }
    for (p, j) in each(k, n) {
        let place = b.at(k, p, j);
        b.memory[place] = E::of_sum(whole(p, j, 2));
    }
    for (i, j) in each(m, n) {
        let place = c.at(m, i, j);
        c.memory[place] = <E::Wide as Simd>::of_sum(whole(i, j, 3));
    }
    let call = GemmCall {
        sizes: [m, k, n],
        a: (a.memory[a.start(m)..].as_ptr(), a.row, a.column),
        b: (b.memory[b.start(k)..].as_ptr(), b.row, b.column),
        c: (c.memory.as_mut_ptr().wrapping_add(c.start(m)), c.row, c.column),
        add,
    };
    let mut scratch = Vec::new();
    let mut memory = |len| {
        scratch.resize(len, <E::Wide as Simd>::of_sum(f64::NAN));
        scratch.as_mut_ptr()
    };
    // SAFETY: all places are in the three memories, which are apart, and the tasks are all called.
    unsafe { multiply(call, plan(&call), &mut memory, &backwards) };
    for (i, j) in each(m, n) {
        let sum: f64 = (0..k).map(|p| whole(i, p, 1) * whole(p, j, 2)).sum();
        let place = c.at(m, i, j);
        let found: f64 = c.memory[place].into();
        assert_eq!(found, sum + if add { whole(i, j, 3) } else { 0.0 }, "{case} at {i} {j}");
        c.memory[place] = <E::Wide as Simd>::of_sum(1e6);
    }
    assert!(c.memory.iter().all(|&x| x.into() == 1e6), "{case}: written beside C");
}

/// As the engine divides it.
fn of<E: Simd>(call: &GemmCall<E, E::Wide>) -> Plan {
    Plan::of::<E>(call)
}

fn typed<E: Simd<Sum = f64>>(sizes: [usize; 3], lies: [Lie; 3], add: bool) {
    product::<E>(of, sizes, lies, add);
}

fn all_types(sizes: [usize; 3], lies: [Lie; 3], add: bool) {
    for level in [Level::Avx2, Level::Avx512] {
        with_level(level, || {
            for_each_float!(called typed(sizes, lies, add));
        });
    }
}

#[test]
fn sizes_around_a_tile() {
    for m in [1, 2, 5, 6, 7, 11, 12, 13, 25, 100] {
        for n in [1, 7, 8, 15, 16, 17, 31, 32, 33, 70] {
            all_types([m, 3, n], [Lie::Rows; 3], (m + n) % 2 == 0);
        }
    }
}

#[test]
fn every_way_to_lie_in_memory() {
    for a in ALL {
        for b in ALL {
            for c in ALL {
                all_types([29, 21, 37], [a, b, c], true);
                all_types([12, 8, 32], [a, b, c], false);
            }
        }
    }
}

#[test]
fn terms_around_a_block() {
    for k in [1, 255, 256, 257, 512, 700] {
        all_types([25, k, 35], [Lie::Rows; 3], true);
        all_types([25, k, 35], [Lie::Columns, Lie::Columns, Lie::Rows], false);
    }
}

#[test]
fn more_rows_columns_and_terms_than_a_band_holds() {
    let limits = Limits { rows: 24, columns: 64, bytes: 1 };
    fn within<E: Simd<Sum = f64>>(limits: Limits, sizes: [usize; 3], lies: [Lie; 3], add: bool) {
        product::<E>(|call| Plan::within(limits, call), sizes, lies, add);
    }
    for sizes in [[70, 5, 150], [50, 520, 70], [24, 512, 64], [25, 513, 65], [3, 300, 130]] {
        for (lies, add) in [([Lie::Rows; 3], true), ([Lie::Columns; 3], false)] {
            for_each_float!(called within(limits, sizes, lies, add));
        }
    }
}

/// Rows and columns are packed or read where they lie, each by itself, with and without a last strip of fewer.
#[test]
fn strips_that_are_read_where_they_lie() {
    for m in [12, 25, 192, 193] {
        for n in [32, 70, 256, 270, 650] {
            all_types([m, 9, n], [Lie::Rows; 3], false);
            all_types([m, 9, n], [Lie::Rows, Lie::Gaps, Lie::Columns], true);
        }
    }
}

#[test]
fn rows_a_page_apart_are_packed() {
    product::<f32>(of, [40, 1024, 33], [Lie::Rows; 3], false);
    product::<f64>(of, [40, 512, 33], [Lie::Rows; 3], false);
}

/// Debug builds leave products to another crate's engine: what is tested with it holds for this one.
#[test]
fn the_same_bits_as_the_other_engine() {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f32 / 8388608.0 - 1.0
    };
    let [m, k, n] = [37, 600, 45];
    let (a, b): (Vec<f32>, Vec<f32>) = ((0..m * k).map(|_| next()).collect(), (0..k * n).map(|_| next()).collect());
    let (mut ours, mut theirs) = (vec![0.0; m * n], vec![0.0; m * n]);
    let by_rows = |columns: usize| (columns as isize, 1_isize);
    let ((a_row, a_column), (b_row, b_column)) = (by_rows(k), by_rows(n));
    let (a, b) = ((a.as_ptr(), a_row, a_column), (b.as_ptr(), b_row, b_column));
    let call = GemmCall::<f32, f32> { sizes: [m, k, n], a, b, c: (ours.as_mut_ptr(), b_row, b_column), add: false };
    let mut packed = Vec::new();
    let mut memory = |len| {
        packed.resize(len, 0.0);
        packed.as_mut_ptr()
    };
    let (theirs_at, add) = (theirs.as_mut_ptr(), 0.0);
    // SAFETY: three matrices in memory of their sizes.
    unsafe {
        multiply(call, of::<f32>(&call), &mut memory, &backwards);
        let ((a, ..), (b, ..)) = (a, b);
        matrixmultiply::sgemm(m, k, n, 1.0, a, a_row, a_column, b, b_row, b_column, add, theirs_at, b_row, b_column);
    }
    // Without fused multiply-add, ours rounds twice.
    assert!(crate::num::level() == Level::Portable || ours == theirs);
}
