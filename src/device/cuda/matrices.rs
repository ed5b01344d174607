//! Products of matrices on the device: by cuBLAS where it takes them, else by a kernel that takes any.
#![allow(unsafe_code, reason = "kernels and libraries are given raw addresses")]

use super::blas::{self, Columns, Gemm, GemmType};
use super::kernels::{Grid, Text};
use super::token::Cuda;
use crate::device::MatrixWork;
use crate::dtype::{Elem, Numeric, Real};
use crate::error::OrRaise;
use crate::layout::Axes;
use crate::loops::{Place, Product};
use crate::memory::Buf;

/// Rows and columns of a tile of the kernel.
const TILE: usize = 16;

impl<const ORDINAL: usize> MatrixWork for Cuda<ORDINAL> {
    /// By row programs, on the device.
    fn distances<E: Real>(self, _: [usize; 4], _: [&Buf<E>; 2]) -> Option<Buf<E>> {
        None
    }

    #[track_caller]
    fn multiply<E: Numeric>(self, product: &Product<'_, E>, out: &mut Buf<E>) {
        hold(product, out);
        let [m, k, n] = product.sizes();
        if m == 0 || n == 0 || product.matrices() == 0 {
            return;
        }
        let addresses = [self.address(product.factors()[0].buf()), self.address(product.factors()[1].buf())];
        let to = self.writable(out);
        let calls = if k == 0 || !blas::is_there() { None } else { calls(product, addresses, to) };
        match calls {
            Some(calls) => {
                for call in calls {
                    // SAFETY: the places were held against the three buffers.
                    unsafe { self.runtime().gemm(&call).or_raise() }
                }
            }
            None => self.multiply_any(product, addresses, to),
        }
    }
}

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// Any product, by the kernel.
    #[track_caller]
    fn multiply_any<E: Elem>(self, product: &Product<'_, E>, [a, b]: [u64; 2], c: u64) {
        let [m, k, n] = product.sizes();
        let (batch, to) = (product.batch(), product.place());
        let places = [product.factors()[0].place(), product.factors()[1].place(), to];
        let bytes = size_of::<E>() as u64;
        let mut words = [m, k, n].map(|size| size as u64).to_vec();
        words.extend([a, b, c].iter().zip(&places).map(|(address, place)| address + place.offset() as u64 * bytes));
        words.push(u64::from(product.adds()));
        words.extend(places.iter().flat_map(|place| place.strides()).map(|stride| stride as u64));
        let sums: Vec<bool> = (0..batch.len()).map(|axis| batch[axis] > 1 && to.batch_strides()[axis] == 0).collect();
        let count =
            |summed| (0..batch.len()).filter(|&axis| sums[axis] == summed).map(|axis| batch[axis]).product::<usize>();
        let (kept, summed) = (count(false), count(true));
        words.extend([kept as u64, summed as u64]);
        words.extend(batch.map(|size| size as u64));
        words.extend(sums.iter().map(|&sums| u64::from(sums)));
        words.extend(places.iter().flat_map(|place| place.batch_strides()).map(|stride| stride as u64));
        let tiles = m.div_ceil(TILE).saturating_mul(n.div_ceil(TILE)).saturating_mul(kept);
        let grid = Grid { blocks: [tiles.min(1 << 20), 1], threads: [TILE, TILE] };
        // SAFETY: the places were held against the three buffers.
        unsafe { self.run((Text::Products(E::NAME), "multiply"), grid, &words) }
    }
}

/// Holds the places of a product against its buffers.
#[track_caller]
fn hold<E: Elem>(product: &Product<'_, E>, out: &Buf<E>) {
    let [m, k, n] = product.sizes();
    let [a, b] = product.factors();
    for (place, len, rows, columns) in
        [(a.place(), a.buf().len(), m, k), (b.place(), b.buf().len(), k, n), (product.place(), out.len(), m, n)]
    {
        let (batch, steps, [row, column]) = (product.batch(), place.batch_strides(), place.strides());
        let size = [batch[0], batch[1], batch[2], batch[3], rows, columns];
        let axes = Axes::last(size, [steps[0], steps[1], steps[2], steps[3], row, column]);
        assert!(axes.fits(place.offset(), len), "a matrix of a product reaches outside of its buffer");
    }
}

/// The calls of the library that are a product, one after the other; none where it does not take it.
fn calls<E: Elem>(product: &Product<'_, E>, [a, b]: [u64; 2], c: u64) -> Option<Vec<Gemm>> {
    let dtype = match E::NAME {
        "f16" => GemmType::F16,
        "bf16" => GemmType::Bf16,
        "f32" => GemmType::F32,
        "f64" => GemmType::F64,
        _ => return None,
    };
    let [m, k, n] = product.sizes();
    let (batch, to) = (product.batch(), product.place());
    let [left, right] = product.factors().map(|factor| factor.place());
    // Column-major, the library computes the transpose: of C, whose rows are contiguous, from those of B and A.
    let [c_row, c_column] = to.strides();
    let by_columns = c_column != 1 && n > 1;
    let (rows, columns, lead) = if by_columns { (n, m, c_column) } else { (m, n, c_row) };
    let unit = if by_columns { c_row } else { c_column };
    let c_lead = lead_of([rows, columns], [lead, unit])?;
    let (first, second) = if by_columns {
        ((left, a, [m, k], true), (right, b, [k, n], true))
    } else {
        ((right, b, [k, n], false), (left, a, [m, k], false))
    };
    let side = |(place, address, size, swapped): (Place, u64, [usize; 2], bool)| {
        let [row, column] = place.strides();
        // As rows of the matrix that the library sees turned, or as its columns.
        let (as_rows, as_columns) = (lead_of(size, [row, column]), lead_of([size[1], size[0]], [column, row]));
        match (as_rows, as_columns) {
            (Some(lead), _) => Some((address, lead, swapped)),
            (None, Some(lead)) => Some((address, lead, !swapped)),
            (None, None) => None,
        }
    };
    let (first, second, places) = (side(first)?, side(second)?, [first.0, second.0, to]);
    let sums = |axis: usize| batch[axis] > 1 && to.batch_strides()[axis] == 0;
    let narrow = size_of::<E>() == 2;
    if narrow && (0..batch.len()).any(sums) {
        return None; // Sums of several products would be rounded after each.
    }
    // One axis of the batch in a call, the longest over which nothing is summed.
    let inner = (0..batch.len()).filter(|&axis| !sums(axis)).max_by_key(|&axis| batch[axis])?;
    let count = i32::try_from(batch[inner]).ok()?;
    let others: Vec<usize> = (0..batch.len()).filter(|&axis| axis != inner && batch[axis] > 1).collect();
    let number: usize = others.iter().map(|&axis| batch[axis]).product();
    let sizes = [columns, rows, k].map(|size| i32::try_from(size).ok());
    let [Some(across), Some(down), Some(terms)] = sizes else { return None };
    let bytes = size_of::<E>() as i64;
    let call = |mut i: usize| {
        let (mut begins, mut again) = (places.map(|place| place.offset() as i64), false);
        for &axis in others.iter().rev() {
            let index = i % batch[axis];
            i /= batch[axis];
            again |= index > 0 && sums(axis);
            for (begin, place) in begins.iter_mut().zip(&places) {
                *begin += index as i64 * place.batch_strides()[axis] as i64;
            }
        }
        let at = |address: u64, k: usize| address.wrapping_add_signed(begins[k] * bytes);
        let step = |k: usize| places[k].batch_strides()[inner] as i64;
        let factor = |(address, column, transposed): (u64, i32, bool), k: usize| Columns {
            address: at(address, k),
            column,
            step: step(k),
            transposed,
        };
        Gemm {
            dtype,
            sizes: [across, down, terms],
            count,
            alpha: 1.0,
            a: factor(first, 0),
            b: factor(second, 1),
            beta: f64::from(product.adds() || again),
            c: factor((c, c_lead, false), 2),
        }
    };
    Some((0..number).map(call).collect())
}

/// The leading dimension of a matrix whose rows, of so many columns, lie each in one piece; none where they do not.
fn lead_of([rows, columns]: [usize; 2], [row, column]: [isize; 2]) -> Option<i32> {
    let in_one_piece = column == 1 || columns <= 1;
    let least = columns.max(1);
    let lead = if rows <= 1 { least } else { usize::try_from(row).ok()? };
    if in_one_piece && lead >= least { i32::try_from(lead).ok() } else { None }
}
