//! Products by cuBLAS, against the plainest loop.
#![allow(unsafe_code, reason = "device memory is reached by address")]

use super::device;
use crate::device::cuda::blas::{Columns, Gemm, GemmType};
use half::{bf16, f16};

/// Small whole numbers, of which all sums are exact in each type.
fn numbers(count: usize, seed: usize) -> Vec<f64> {
    (0..count).map(|i| ((i * 7 + seed * 5) % 9) as f64 - 4.0).collect()
}

fn bytes(dtype: GemmType, values: &[f64]) -> Vec<u8> {
    let of = |&value: &f64| match dtype {
        GemmType::F16 => f16::from_f64(value).to_ne_bytes().to_vec(),
        GemmType::Bf16 => bf16::from_f64(value).to_ne_bytes().to_vec(),
        GemmType::F32 => (value as f32).to_ne_bytes().to_vec(),
        GemmType::F64 => value.to_ne_bytes().to_vec(),
    };
    values.iter().flat_map(of).collect()
}

#[test]
fn products_of_all_types_and_sides() {
    let Some(device) = device(0) else { return };
    let ([m, n, k], count) = ([3, 5, 4], 2);
    for dtype in [GemmType::F16, GemmType::Bf16, GemmType::F32, GemmType::F64] {
        for (a_transposed, b_transposed) in [(false, false), (false, true), (true, false), (true, true)] {
            let (a, b, c) = (numbers(count * m * k, 1), numbers(k * n, 2), numbers(count * m * n, 3));
            let blocks = [&a, &b, &c].map(|values| {
                let bytes = bytes(dtype, values);
                let block = device.allocate(bytes.len()).unwrap();
                block.write(&bytes).unwrap();
                block
            });
            let at = |i: usize, column: usize, step: usize, transposed| Columns {
                address: blocks[i].address(),
                column: column as i32,
                step: step as i64,
                transposed,
            };
            let gemm = Gemm {
                dtype,
                sizes: [m as i32, n as i32, k as i32],
                count: count as i32,
                alpha: 2.0,
                a: at(0, if a_transposed { k } else { m }, m * k, a_transposed),
                b: at(1, if b_transposed { n } else { k }, 0, b_transposed),
                beta: -1.0,
                c: at(2, m, m * n, false),
            };
            // SAFETY: the blocks have so many elements.
            unsafe { device.gemm(&gemm).unwrap() };
            let expected: Vec<f64> = (0..count * m * n)
                .map(|place| {
                    let (matrix, column, row) = (place / (m * n), place / m % n, place % m);
                    let left = |i| a[matrix * m * k + if a_transposed { row * k + i } else { i * m + row }];
                    let right = |i| b[if b_transposed { i * n + column } else { column * k + i }];
                    2.0 * (0..k).map(|i| left(i) * right(i)).sum::<f64>() - c[place]
                })
                .collect();
            let expected = bytes(dtype, &expected);
            let mut found = vec![0; expected.len()];
            blocks[2].read(&mut found).unwrap();
            assert_eq!(found, expected, "{dtype:?}, {a_transposed}, {b_transposed}");
        }
    }
}
