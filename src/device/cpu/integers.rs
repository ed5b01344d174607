//! Sums and products of elements without gradients: along rows, running, and of matrices.
//!
//! Apart from `rows`, `scan` and `product`, which compute in floating-point lanes: here everything is exact, so that
//! the order of work is free, and the loops are plain ones.
#![allow(unsafe_code, reason = "loops that are compiled for AVX2 are called after the processor was asked")]

use super::order::each_chunk;
use crate::dtype::{Discrete, Integer};
use crate::loops::{ExactFold, Product, Rows, at};
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
pub(in crate::device) fn multiply<E: Integer>(product: &Product<'_, E>, factors: [&[E]; 2], len: usize) -> Buf<E> {
    let Product { m, n, .. } = *product;
    let mut out = Buf::zeros(len);
    if product.work() == 0 {
        return out;
    }
    // Bands do not reach from one matrix into the next.
    let bands = m.div_ceil(BAND);
    let work = product.work().saturating_mul(product.matrices());
    if m % BAND == 0 {
        each_chunk(out.make_mut(), BAND * n, work, |band, out| {
            rows_of(product, factors, band / bands, band % bands * BAND, out)
        });
    } else {
        each_chunk(out.make_mut(), m * n, work, |matrix, out| {
            out.chunks_mut(BAND * n)
                .enumerate()
                .for_each(|(band, out)| rows_of(product, factors, matrix, band * BAND, out));
        });
    }
    out
}

/// Rows from `first` on of one matrix of the batch, which hold 0, by the widest instructions.
fn rows_of<E: Integer>(product: &Product<'_, E>, factors: [&[E]; 2], matrix: usize, first: usize, out: &mut [E]) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
        fn avx2<E: Integer>(product: &Product<'_, E>, factors: [&[E]; 2], matrix: usize, first: usize, out: &mut [E]) {
            add_rows(product, factors, matrix, first, out);
        }
        if level() >= Level::Avx2 {
            // SAFETY: the level never exceeds what the processor has.
            return unsafe { avx2(product, factors, matrix, first, out) };
        }
    }
    add_rows(product, factors, matrix, first, out);
}

#[inline(always)]
fn add_rows<E: Integer>(
    product: &Product<'_, E>,
    [lefts, rights]: [&[E]; 2],
    matrix: usize,
    first: usize,
    out: &mut [E],
) {
    let Product { k, n, a, b, .. } = product;
    let index = product.index(matrix);
    let (left, right) = (at(a.offset, index, a.batch), at(b.offset, index, b.batch));
    for p in 0..*k {
        let start = (right + p as isize * b.row) as usize;
        let line = &rights[start..start + n];
        for (i, out) in (first..).zip(out.chunks_exact_mut(*n)) {
            let factor = lefts[(left + i as isize * a.row + p as isize * a.column) as usize];
            out.iter_mut().zip(line).for_each(|(sum, &y)| *sum = sum.plus(factor.times(y)));
        }
    }
}
