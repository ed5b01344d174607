//! Sums and products of elements without gradients: along rows, running, and of matrices.
//!
//! Apart from `rows`, `scan` and `product`, which compute in floating-point lanes: here everything is exact, so that
//! the order of work is free, and the loops are plain ones.
#![allow(unsafe_code, reason = "loops that are compiled for AVX2 are called after the processor was asked")]

use super::copy::strided;
use super::order::each_chunk;
use super::product::check_places;
use crate::dtype::{Discrete, Integer};
use crate::layout::{Axes, ROWS};
use crate::loops::{BATCH, ExactFold, Place, Product, Rows, at};
use crate::memory::Buf;
use crate::num::{Level, level};

/// Elements of a row that one task folds.
const PART: usize = 1 << 15;

/// One value for each row.
pub(in crate::device) fn fold<E: Discrete, F: ExactFold<E>>(rows: Rows, values: &[E]) -> Buf<F::Out> {
    assert_eq!(values.len(), rows.elements(), "as many values as the rows have");
    let Rows { len, inner, .. } = rows;
    let mut out = Buf::filled(rows.count(), F::start());
    if rows.count() == 1 && len > PART {
        let mut parts = Buf::filled(len.div_ceil(PART), F::start());
        each_chunk(parts.make_mut(), 1, len, |part, out| {
            out[0] = fold_row::<E, F>(&values[part * PART..len.min((part + 1) * PART)]);
        });
        out.make_mut()[0] = parts.host().iter().fold(F::start(), |sum, &part| F::join(sum, part));
        return out;
    }
    each_chunk(out.make_mut(), inner, rows.elements(), |outer, out| {
        let block = &values[outer * len * inner..][..len * inner];
        if inner == 1 {
            out[0] = fold_row::<E, F>(block);
            return;
        }
        for line in block.chunks_exact(inner) {
            out.iter_mut().zip(line).for_each(|(sum, &x)| *sum = F::next(*sum, x));
        }
    });
    out
}

fn fold_row<E: Discrete, F: ExactFold<E>>(row: &[E]) -> F::Out {
    row.iter().fold(F::start(), |sum, &x| F::next(sum, x))
}

/// The fold up to each element along its row.
pub(in crate::device) fn scan<E: Discrete, F: ExactFold<E>>(rows: Rows, values: &[E]) -> Buf<F::Out> {
    assert_eq!(values.len(), rows.elements(), "as many values as the rows have");
    let (inner, block) = (rows.inner, rows.len * rows.inner);
    let mut out = Buf::filled(rows.elements(), F::start());
    each_chunk(out.make_mut(), block, rows.elements(), |outer, out| {
        let block = &values[outer * block..][..block];
        if inner == 1 {
            let mut sum = F::start();
            for (out, &x) in out.iter_mut().zip(block) {
                sum = F::next(sum, x);
                *out = sum;
            }
            return;
        }
        out.iter_mut().zip(block).take(inner).for_each(|(out, &x)| *out = F::next(F::start(), x));
        for start in (inner..block.len()).step_by(inner) {
            let (before, here) = out.split_at_mut(start);
            let line = here.iter_mut().zip(&block[start..][..inner]);
            line.zip(&before[start - inner..]).for_each(|((out, &x), &before)| *out = F::next(before, x));
        }
    });
    out
}

/// Rows of the left matrix that meet a row of the right one at a time.
const BAND: usize = 4;

/// The product of every two matrices of a batch.
pub(in crate::device) fn multiply<E: Integer>(product: &Product<'_, E>, [left, right]: [&[E]; 2], out: &mut [E]) {
    check_places(product, [left.len(), right.len()], out.len());
    let Product { m, n, batch, c, add, .. } = *product;
    if m == 0 || n == 0 || batch.contains(&0) {
        return;
    }
    let copied = (product.b.column != 1 && n > 1).then(|| columns_together(product, right));
    let (right, place) = copied.as_ref().map_or((right, product.b.place()), |(copy, place)| (copy.host(), *place));
    let factors = Factors { product, left, right, place };
    let dense = row_major(batch, m, n);
    if c == dense && !add && out.len() == product.matrices() * m * n {
        return factors.multiply(out);
    }
    let mut values = Buf::zeros(product.matrices() * m * n);
    factors.multiply(values.make_mut());
    let each = |change: &mut dyn FnMut(usize, E)| {
        for (number, &value) in values.host().iter().enumerate() {
            let (matrix, row, column) = (number / (m * n), number / n % m, number % n);
            let start = at(c.offset, product.index(matrix), c.batch);
            change((start + row as isize * c.row + column as isize * c.column) as usize, value);
        }
    };
    if !add {
        each(&mut |place, _| out[place] = E::ZERO);
    }
    each(&mut |place, value| out[place] = out[place].plus(value));
}

/// Matrices of `m` by `n` one after the other, where an axis of one has no stride.
fn row_major(batch: [usize; BATCH], m: usize, n: usize) -> Place {
    let (mut strides, mut stride) = ([0; BATCH], (m * n) as isize);
    for axis in (0..BATCH).rev().filter(|&axis| batch[axis] != 1) {
        strides[axis] = stride;
        stride *= batch[axis] as isize;
    }
    Place { offset: 0, row: n as isize, column: 1, batch: strides }
}

/// The right matrices with their columns one element apart. A matrix that several of the batch meet is there once.
fn columns_together<E: Integer>(product: &Product<'_, E>, right: &[E]) -> (Buf<E>, Place) {
    let Product { k, n, batch, b, .. } = product;
    let sizes: [usize; BATCH] = std::array::from_fn(|axis| if b.batch[axis] == 0 { 1 } else { batch[axis] });
    let mut axes = Axes::last([*k, *n], [b.row, b.column]);
    axes.size[ROWS - BATCH..ROWS].copy_from_slice(&sizes);
    axes.stride[ROWS - BATCH..ROWS].copy_from_slice(&b.batch);
    (strided(right, b.offset, &axes), row_major(sizes, *k, *n))
}

/// A product whose right matrices, which lie at `place`, have their columns one element apart.
struct Factors<'f, E> {
    product: &'f Product<'f, E>,
    left: &'f [E],
    right: &'f [E],
    place: Place,
}

impl<E: Integer> Factors<'_, E> {
    /// Writes the products in row-major order.
    fn multiply(&self, out: &mut [E]) {
        let Product { m, n, .. } = *self.product;
        out.fill(E::ZERO);
        // Bands do not reach from one matrix into the next.
        let bands = m.div_ceil(BAND);
        let work = self.product.work().saturating_mul(self.product.matrices());
        if m % BAND == 0 {
            each_chunk(out, BAND * n, work, |band, out| self.rows(band / bands, band % bands * BAND, out));
        } else {
            each_chunk(out, m * n, work, |matrix, out| {
                let bands = out.chunks_mut(BAND * n).enumerate();
                bands.for_each(|(band, out)| self.rows(matrix, band * BAND, out));
            });
        }
    }

    /// Rows from `first` on of one matrix of the batch, which hold 0, by the widest instructions.
    fn rows(&self, matrix: usize, first: usize, out: &mut [E]) {
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
            fn avx2<E: Integer>(factors: &Factors<'_, E>, matrix: usize, first: usize, out: &mut [E]) {
                factors.add_rows(matrix, first, out);
            }
            if level() >= Level::Avx2 {
                // SAFETY: the level never exceeds what the processor has.
                return unsafe { avx2(self, matrix, first, out) };
            }
        }
        self.add_rows(matrix, first, out);
    }

    #[cfg_attr(optimised, inline(always))]
    fn add_rows(&self, matrix: usize, first: usize, out: &mut [E]) {
        let Product { k, n, a, .. } = self.product;
        let index = self.product.index(matrix);
        let (left, right) = (at(a.offset, index, a.batch), at(self.place.offset, index, self.place.batch));
        for p in 0..*k {
            let start = (right + p as isize * self.place.row) as usize;
            let line = &self.right[start..start + n];
            for (i, out) in (first..).zip(out.chunks_exact_mut(*n)) {
                let factor = self.left[(left + i as isize * a.row + p as isize * a.column) as usize];
                out.iter_mut().zip(line).for_each(|(sum, &y)| *sum = sum.plus(factor.times(y)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loops::Matrix;

    /// Two batches of matrices, all of whose products are those of the formula, wherever C lies and whatever was there.
    #[test]
    fn products_lie_where_they_are_asked_for() {
        let (m, k, n) = (3, 2, 5);
        let left = Buf::from_slice(&std::array::from_fn::<i64, 12, _>(|i| i as i64 - 4));
        let right = Buf::from_slice(&std::array::from_fn::<i64, 10, _>(|i| 3 - i as i64));
        let at_last = |stride| [0, 0, 0, stride];
        // The columns of B are as far apart as it has rows; both matrices meet the same B.
        let a = Matrix { buf: &left, offset: 0, row: 2, column: 1, batch: at_last(6) };
        let b = Matrix { buf: &right, offset: 0, row: 1, column: 2, batch: at_last(0) };
        let value = |batch: usize, i: usize, j: usize| -> i64 {
            (0..k).map(|p| left.host()[batch * 6 + i * 2 + p] * right.host()[p + 2 * j]).sum()
        };
        let places = [
            Place { offset: 0, row: 5, column: 1, batch: at_last(15) },
            Place { offset: 1, row: 1, column: 3, batch: at_last(15) },
            Place { offset: 30, row: -5, column: -1, batch: at_last(0) },
        ];
        for (c, add) in places.into_iter().flat_map(|c| [(c, false), (c, true)]) {
            let mut out = [7; 32];
            let product = Product { m, k, n, batch: [1, 1, 1, 2], a: a.clone(), b: b.clone(), c, add };
            multiply(&product, [left.host(), right.host()], &mut out);
            let mut expected = [7; 32];
            let place = |batch: usize, i: usize, j: usize| {
                let steps = batch as isize * c.batch[3] + i as isize * c.row + j as isize * c.column;
                (c.offset as isize + steps) as usize
            };
            let all = || (0..2).flat_map(|batch| (0..m).flat_map(move |i| (0..n).map(move |j| (batch, i, j))));
            all().filter(|_| !add).for_each(|(batch, i, j)| expected[place(batch, i, j)] = 0);
            all().for_each(|(batch, i, j)| expected[place(batch, i, j)] += value(batch, i, j));
            assert_eq!(out, expected, "{c:?}, added: {add}");
        }
    }
}
