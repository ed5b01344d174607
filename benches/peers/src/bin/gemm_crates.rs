//! Peers: matrixmultiply, gemm, faer (row-major operands, output allocated beforehand) and
//! nalgebra's static matrices (mm_4 .. mm_32 only).
#[path = "../common.rs"]
mod common;
use common::*;
use faer::linalg::matmul::matmul as faer_matmul;
use faer::{Accum, MatMut, MatRef, Par};
use std::hint::black_box;

/// (rows, cols) strides of a row-major matrix, or of one stored transposed
fn st(r: usize, c: usize, trans: bool) -> (isize, isize) {
    if trans {
        (1, r as isize)
    } else {
        (c as isize, 1)
    }
}

macro_rules! case {
    ($b:ident, $T:ty, $mm:path, $rnd:ident, $name:expr, $m:expr, $k:expr, $n:expr, $ta:expr, $tb:expr) => {
        if $b.want($name) {
            let (m, k, n) = ($m, $k, $n);
            let mut rng = Rng(7);
            let (a, x, mut c) = (rng.$rnd(m * k), rng.$rnd(k * n), vec![0 as $T; m * n]);
            let ((ar, ac), (xr, xc)) = (st(m, k, $ta), st(k, n, $tb));
            let t = $b.threads;
            $b.peer("matrixmultiply");
            // SAFETY: A has m rows of k elements, B k rows of n and C m rows of n, under these strides.
            $b.run($name, || unsafe {
                $mm(m, k, n, 1.0, a.as_ptr(), ar, ac, x.as_ptr(), xr, xc, 0.0, c.as_mut_ptr(), n as isize, 1);
                black_box(&mut c);
            });
            let want = c.clone();
            let close =
                |c: &[$T]| assert!(c.iter().zip(&want).all(|(p, q)| (p - q).abs() < 2e-3 * k as $T), "results differ");
            let par = if t == 1 { gemm::Parallelism::None } else { gemm::Parallelism::Rayon(t) };
            $b.peer(if cfg!(feature = "gemm-v4") { "gemm_v4" } else { "gemm" });
            // SAFETY: as above.
            $b.run($name, || unsafe {
                gemm::gemm(
                    m,
                    n,
                    k,
                    c.as_mut_ptr(),
                    1,
                    n as isize,
                    false,
                    a.as_ptr(),
                    ac,
                    ar,
                    x.as_ptr(),
                    xc,
                    xr,
                    0.0,
                    1.0,
                    false,
                    false,
                    false,
                    par,
                );
                black_box(&mut c);
            });
            close(&c);
            let par = if t == 1 { Par::Seq } else { Par::rayon(t) };
            $b.peer("faer");
            $b.run($name, || {
                // SAFETY: as above.
                let (l, r) = unsafe {
                    (MatRef::from_raw_parts(a.as_ptr(), m, k, ar, ac), MatRef::from_raw_parts(x.as_ptr(), k, n, xr, xc))
                };
                faer_matmul(MatMut::from_row_major_slice_mut(&mut c, m, n), Accum::Replace, l, r, 1.0, par);
                black_box(&mut c);
            });
            close(&c);
        }
    };
}

fn main() {
    let mut b = Bench::new("matrixmultiply");
    rayon::ThreadPoolBuilder::new().num_threads(b.threads).build_global().unwrap();
    std::env::set_var("MATMUL_NUM_THREADS", b.threads.to_string());
    for (name, m, k, n, ta, tb) in PRODUCTS {
        case!(b, f32, matrixmultiply::sgemm, f32s, name, m, k, n, ta, tb);
    }
    case!(b, f64, matrixmultiply::dgemm, f64s, "gemm_f64_1024", 1024, 1024, 1024, false, false);
    b.peer("nalgebra_static");
    macro_rules! st { ($($n:literal $s:literal),*) => {$(
        if b.want($s) {
            let v = Rng(7).f32s($n * $n);
            let a = nalgebra::SMatrix::<f32, $n, $n>::from_iterator(v.iter().copied());
            let x = a;
            let mut c = nalgebra::SMatrix::<f32, $n, $n>::zeros();
            b.run($s, || { c = black_box(&a) * black_box(&x); black_box(&mut c); });
        }
    )*} }
    st!(4 "mm_4", 8 "mm_8", 16 "mm_16", 32 "mm_32");
}
