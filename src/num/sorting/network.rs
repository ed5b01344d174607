//! A few registers full of keys, sorted by comparing registers: no branch, whatever the keys are.
//!
//! Apart from `part`, which has as many keys as there are. The registers are rows, and keys are in order down the
//! columns: first within each column, where all that is compared lies in the same lane, then in twice as many columns
//! each time. Only between columns are lanes moved. At the end rows and columns are exchanged.
#![allow(unsafe_code, reason = "registers are read from memory and written to it")]

use super::lanes::Lanes;

/// The most keys of a register.
const MOST: usize = 16;

/// Sorts keys that fill at most `ROWS` registers, of no more keys than there are rows; where a register is not full,
/// `last`, which is no less than any of them, stands in.
///
/// # Safety
/// `count` keys can be read at `from` and written at `to`, which may be the same.
#[cfg_attr(optimised, inline(always))]
pub(super) unsafe fn sort_few<V: Lanes, const ROWS: usize>(
    from: *const V::Key,
    to: *mut V::Key,
    count: usize,
    last: V::Key,
) {
    const { assert!(ROWS.is_power_of_two() && ROWS <= 16 && V::N <= ROWS && V::N <= MOST) }
    debug_assert!(count <= ROWS * V::N);
    let (whole, rest) = (count / V::N, count % V::N);
    let mut rows = [V::splat(last); ROWS];
    let mut part = [last; MOST];
    // SAFETY: the whole registers and the rest behind them are the keys that the caller vouches for; `part` has room
    // for a register. All is read before anything is written.
    unsafe {
        for (number, row) in rows.iter_mut().enumerate() {
            if number < whole {
                *row = V::load(from.add(number * V::N));
            } else if number == whole && rest > 0 {
                from.add(number * V::N).copy_to_nonoverlapping(part.as_mut_ptr(), rest);
                *row = V::load(part.as_ptr());
            }
        }
        sort_columns(&mut rows);
        join_columns(&mut rows);
        let turned = exchanged(rows);
        for (number, row) in turned.into_iter().enumerate() {
            if number < whole {
                row.store(to.add(number * V::N));
            } else if number == whole && rest > 0 {
                row.store(part.as_mut_ptr());
                part.as_ptr().copy_to_nonoverlapping(to.add(number * V::N), rest);
            }
        }
    }
}

/// The lesser keys of each two rows whose numbers differ by `bits` go to the first of them, the greater to the other.
#[cfg_attr(optimised, inline(always))]
fn compare<V: Lanes, const ROWS: usize>(rows: &mut [V; ROWS], bits: usize) {
    for i in 0..ROWS {
        let j = i ^ bits;
        if i < j && j < ROWS {
            (rows[i], rows[j]) = (rows[i].lesser(rows[j]), rows[i].greater(rows[j]));
        }
    }
}

/// Sorts columns of which one half lies wholly below the other, and each goes up and then down or down and then up.
#[cfg_attr(optimised, inline(always))]
fn halve<V: Lanes, const ROWS: usize>(rows: &mut [V; ROWS]) {
    compare(rows, 8);
    compare(rows, 4);
    compare(rows, 2);
    compare(rows, 1);
}

/// Sorts each column: runs of two, of four, and so on, of which each pair meets with one of them upside down.
#[cfg_attr(optimised, inline(always))]
fn sort_columns<V: Lanes, const ROWS: usize>(rows: &mut [V; ROWS]) {
    compare(rows, 1);
    compare(rows, 3);
    compare(rows, 1);
    if ROWS > 4 {
        compare(rows, 7);
        compare(rows, 2);
        compare(rows, 1);
    }
    if ROWS > 8 {
        compare(rows, 15);
        compare(rows, 4);
        compare(rows, 2);
        compare(rows, 1);
    }
}

/// Makes of sorted columns ones that go on in the next.
#[cfg_attr(optimised, inline(always))]
fn join_columns<V: Lanes, const ROWS: usize>(rows: &mut [V; ROWS]) {
    let mut columns = 2;
    while columns <= V::N {
        // Half of the columns meet the others upside down and from the last on.
        let (across, half) = (columns - 1, columns / 2);
        for i in 0..ROWS / 2 {
            let j = ROWS - 1 - i;
            let other = rows[j].crossed(across);
            let (lesser, greater) = (rows[i].lesser(other), rows[i].greater(other));
            rows[i] = V::by_bit(half, lesser, greater);
            rows[j] = V::by_bit(half, greater, lesser).crossed(across);
        }
        let mut apart = half / 2;
        while apart > 0 {
            for row in rows.iter_mut() {
                let other = row.crossed(apart);
                *row = V::by_bit(apart, row.lesser(other), row.greater(other));
            }
            apart /= 2;
        }
        halve(rows);
        columns *= 2;
    }
}

/// What stands in a lane goes to the row of its number, and the other way round; rows beyond the lanes keep their
/// order.
#[cfg_attr(optimised, inline(always))]
fn exchanged<V: Lanes, const ROWS: usize>(mut rows: [V; ROWS]) -> [V; ROWS] {
    for bit in [1, 2, 4, 8] {
        if bit >= V::N {
            break;
        }
        for i in 0..ROWS {
            if i & bit == 0 && i + bit < ROWS {
                let (a, b) = (rows[i], rows[i + bit]);
                rows[i] = V::by_bit(bit, a, b.crossed(bit));
                rows[i + bit] = V::by_bit(bit, a.crossed(bit), b);
            }
        }
    }
    // A column is as many rows now as it has keys for: row r of lane l is part r / N of column l.
    std::array::from_fn(|i| rows[i % (ROWS / V::N) * V::N + i / (ROWS / V::N)])
}
