//! The physical limits (register FMA peak, memory streams), and peer "ref": plain hand-fused Rust
//! loops with the output allocated beforehand: what a fused, allocation-free design can reach.
#[path = "../common.rs"]
mod common;
use common::*;
use rayon::prelude::*;
use std::arch::x86_64::*;
use std::hint::black_box;

#[target_feature(enable = "avx512f")]
fn fma32(n: usize) -> f32 {
    let (x, y) = (_mm512_set1_ps(black_box(0.999)), _mm512_set1_ps(black_box(0.001)));
    let mut a = [_mm512_set1_ps(1.0); 16];
    for _ in 0..n {
        for v in a.iter_mut() {
            *v = _mm512_fmadd_ps(*v, x, y);
        }
    }
    a.iter().map(|v| _mm512_reduce_add_ps(*v)).sum()
}
#[target_feature(enable = "avx512f")]
fn fma64(n: usize) -> f64 {
    let (x, y) = (_mm512_set1_pd(black_box(0.999)), _mm512_set1_pd(black_box(0.001)));
    let mut a = [_mm512_set1_pd(1.0); 16];
    for _ in 0..n {
        for v in a.iter_mut() {
            *v = _mm512_fmadd_pd(*v, x, y);
        }
    }
    a.iter().map(|v| _mm512_reduce_add_pd(*v)).sum()
}

#[inline(always)]
fn exp(x: f32) -> f32 {
    // 2^n * p(r), |r| <= ln2/2; about 2 ulp
    let x = x.max(-87.0).min(88.0);
    let m = x.mul_add(std::f32::consts::LOG2_E, 12582912.0);
    let n = m - 12582912.0;
    let r = n.mul_add(-0.693_359_4, x);
    let r = n.mul_add(2.121_944_4e-4, r);
    let mut p = 1.987_569_1e-4f32;
    for c in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5, 1.0, 1.0] {
        p = p.mul_add(r, c);
    }
    p * f32::from_bits(((m.to_bits() as i32) << 23).wrapping_add(0x3f80_0000) as u32)
}
#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}
#[inline(always)]
fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}
#[inline(always)]
fn gelu(x: f32) -> f32 {
    // 0.5x(1+tanh(u)) = x*sigmoid(2u)
    x * sigmoid(1.595_769_1 * (0.044715 * x * x).mul_add(x, x))
}

const L: usize = 16; // lanes
fn sum(x: &[f32]) -> f32 {
    let mut a = [0f32; 8 * L];
    let c = x.chunks_exact(8 * L);
    let rest: f32 = c.remainder().iter().sum();
    for ch in c {
        for i in 0..8 * L {
            a[i] += ch[i];
        }
    }
    fold(a, |p, q| p + q) + rest
}
/// lanes are folded by halves: a running sum over them would be one long chain of latencies
#[inline(always)]
fn fold<const N: usize>(mut a: [f32; N], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut n = N / 2;
    while n > 0 {
        for i in 0..n {
            a[i] = f(a[i], a[i + n]);
        }
        n /= 2;
    }
    a[0]
}
fn max(x: &[f32]) -> f32 {
    let mut a = [f32::MIN; 4 * L];
    for ch in x.chunks_exact(4 * L) {
        for i in 0..4 * L {
            a[i] = if ch[i] > a[i] { ch[i] } else { a[i] };
        }
    }
    fold(a, |p, q| if q > p { q } else { p })
}
/// rows are split over the threads: `par(out, rows, f)`
fn map1(t: usize, y: &mut [f32], x: &[f32], f: impl Fn(f32) -> f32 + Sync) {
    let g = |y: &mut [f32], x: &[f32]| y.iter_mut().zip(x).for_each(|(y, x)| *y = f(*x));
    if t == 1 || y.len() < 50_000 {
        g(y, x)
    } else {
        let c = y.len().div_ceil(t);
        y.par_chunks_mut(c).zip(x.par_chunks(c)).for_each(|(y, x)| g(y, x))
    }
}
fn rows(t: usize, y: &mut [f32], x: &[f32], wy: usize, wx: usize, f: impl Fn(&mut [f32], &[f32]) + Sync) {
    let g = |y: &mut [f32], x: &[f32]| y.chunks_exact_mut(wy).zip(x.chunks_exact(wx)).for_each(|(y, x)| f(y, x));
    if t == 1 {
        g(y, x)
    } else {
        let r = (y.len() / wy).div_ceil(t);
        y.par_chunks_mut(r * wy).zip(x.par_chunks(r * wx)).for_each(|(y, x)| g(y, x))
    }
}

fn main() {
    let mut b = Bench::new("limit");
    let t = b.threads;
    rayon::ThreadPoolBuilder::new().num_threads(t).build_global().unwrap();
    let mut rng = Rng(1);
    let it = 1_000_000; // a few ms: the threads' start must not count
                        // Processors without these instructions have no such limit, and no line.
    let wide = is_x86_feature_detected!("avx512f");
    if wide && b.want("lim_fma_f32") {
        b.run_work("lim_fma_f32", (it * 16 * 16 * 2 * t) as f64, || {
            // SAFETY: the processor has them.
            rayon::broadcast(|_| black_box(unsafe { fma32(it) }));
        });
    }
    if wide && b.want("lim_fma_f64") {
        b.run_work("lim_fma_f64", (it * 16 * 8 * 2 * t) as f64, || {
            // SAFETY: as above.
            rayon::broadcast(|_| black_box(unsafe { fma64(it) }));
        });
    }
    let n = 16 << 20;
    if b.want("lim_triad") {
        let (mut a, x, y) = (vec![0f32; n], rng.f32s(n), rng.f32s(n));
        let c = n / t;
        b.run_work("lim_triad", (12 * n) as f64, || {
            a.par_chunks_mut(c).zip(x.par_chunks(c)).zip(y.par_chunks(c)).for_each(|((a, x), y)| {
                for i in 0..a.len() {
                    a[i] = y[i].mul_add(3.0, x[i]);
                }
            })
        });
    }
    if b.want("lim_read") {
        let x = rng.f32s(n);
        b.run_work("lim_read", (4 * n) as f64, || {
            black_box(x.par_chunks(n / t).map(sum).sum::<f32>());
        });
    }
    if b.want("lim_copy") {
        let (mut a, x) = (vec![0f32; n], rng.f32s(n));
        b.run_work("lim_copy", (8 * n) as f64, || map1(t, &mut a, &x, |x| x));
    }

    b.peer("ref");
    for (name, n) in [("ew_axpb_1e4", 10_000), ("ew_axpb_1e6", 1_000_000), ("ew_axpb_1e7", 10_000_000)] {
        if b.want(name) {
            let (x, mut y) = (rng.f32s(n), vec![0f32; n]);
            let (p, q) = black_box((1.5f32, 0.5f32));
            b.run(name, || {
                map1(t, &mut y, &x, |x| p.mul_add(x, q));
                black_box(&mut y);
            });
        }
    }
    let n = 1_000_000;
    if b.want("ew_gelu_1e6") {
        let (x, mut y) = (rng.f32s(n), vec![0f32; n]);
        b.run("ew_gelu_1e6", || {
            map1(t, &mut y, &x, gelu);
            black_box(&mut y);
        });
    }
    if b.want("ew_exp_1e6") {
        let (x, mut y) = (rng.f32s(n), vec![0f32; n]);
        let worst = x.iter().map(|&v| ((exp(v) as f64) / (v as f64).exp() - 1.0).abs()).fold(0.0, f64::max);
        assert!(worst < 3e-7, "{worst}");
        b.run("ew_exp_1e6", || {
            map1(t, &mut y, &x, exp);
            black_box(&mut y);
        });
    }
    if b.want("ew_chain8_1e6") {
        let (x, w, d, mut y) = (rng.f32s(n), rng.f32s(n), rng.f32s(n), vec![0f32; n]);
        let g = |y: &mut [f32], x: &[f32], w: &[f32], d: &[f32]| {
            for i in 0..y.len() {
                // sigmoid and tanh share one exp: s = sigmoid(x), tanh(x) from e^-x too
                let e = exp(-x[i]);
                let e2 = e * e;
                let (s, th) = (1.0 / (1.0 + e), (1.0 - e2) / (1.0 + e2));
                y[i] = gelu(x[i].mul_add(w[i], d[i])).mul_add(s, th) * 0.5;
            }
        };
        let c = n.div_ceil(t);
        b.run("ew_chain8_1e6", || {
            y.par_chunks_mut(c)
                .zip(x.par_chunks(c))
                .zip(w.par_chunks(c))
                .zip(d.par_chunks(c))
                .for_each(|(((y, x), w), d)| g(y, &x[..y.len()], &w[..y.len()], &d[..y.len()]));
            black_box(&mut y);
        });
    }
    let (r, c) = (4096, 1024);
    let x = rng.f32s(r * c);
    let v = rng.f32s(c);
    let mut y = vec![0f32; r * c];
    if b.want("ew_bcast_add") {
        b.run("ew_bcast_add", || {
            rows(t, &mut y, &x, c, c, |y, x| y.iter_mut().zip(x).zip(&v).for_each(|((y, x), v)| *y = x + v));
            black_box(&mut y);
        });
    }
    if b.want("red_sum_1e7") {
        let x = rng.f32s(10_000_000);
        let ch = x.len().div_ceil(t);
        b.run("red_sum_1e7", || {
            black_box(x.par_chunks(ch).map(sum).sum::<f32>());
        });
    }
    if b.want("red_sum_axis0") {
        let part = |x: &[f32]| {
            let mut a = vec![0f32; c];
            for q in x.chunks_exact(4 * c) {
                for j in 0..c {
                    a[j] += (q[j] + q[c + j]) + (q[2 * c + j] + q[3 * c + j]);
                }
            }
            a
        };
        b.run("red_sum_axis0", || {
            black_box(x.par_chunks(r * c / t).map(part).reduce_with(|mut a, b| {
                for i in 0..c {
                    a[i] += b[i]
                }
                a
            }));
        });
    }
    if b.want("red_sum_axis1") {
        b.run("red_sum_axis1", || {
            rows(t, &mut y[..r], &x, 1, c, |y, x| y[0] = sum(x));
            black_box(&mut y);
        });
    }
    if b.want("red_softmax") {
        b.run("red_softmax", || {
            rows(t, &mut y, &x, c, c, |y, x| {
                let (y, x): (&mut [f32; 1024], &[f32; 1024]) = (y.try_into().unwrap(), x.try_into().unwrap());
                let m = max(x);
                for i in 0..1024 {
                    y[i] = exp(x[i] - m)
                }
                let s = 1.0 / sum(y);
                for i in 0..1024 {
                    y[i] *= s
                }
            });
            black_box(&mut y);
        });
    }
    if b.want("red_layernorm") {
        let w = rng.f32s(c);
        b.run("red_layernorm", || {
            rows(t, &mut y, &x, c, c, |y, x| {
                let (y, x, w, v): (&mut [f32; 1024], &[f32; 1024], &[f32; 1024], &[f32; 1024]) = (
                    y.try_into().unwrap(),
                    x.try_into().unwrap(),
                    (&w[..]).try_into().unwrap(),
                    (&v[..]).try_into().unwrap(),
                );
                let mean = sum(x) / c as f32;
                let mut a = [0f32; 8 * L];
                for k in x.chunks_exact(8 * L) {
                    for i in 0..8 * L {
                        a[i] = (k[i] - mean).mul_add(k[i] - mean, a[i])
                    }
                }
                let s = 1.0 / (fold(a, |p, q| p + q) / c as f32 + 1e-5).sqrt();
                for i in 0..1024 {
                    y[i] = ((x[i] - mean) * s).mul_add(w[i], v[i])
                }
            });
            black_box(&mut y);
        });
    }
    if b.want("red_argmax") {
        b.run("red_argmax", || {
            rows(t, &mut y[..r], &x, 1, c, |y, x| {
                let m = max(x);
                // the block that holds it first, then the place in the block
                let k = x.chunks_exact(64).position(|k| k.iter().fold(false, |f, &v| f | (v == m))).unwrap_or(0) * 64;
                y[0] = f32::from_bits((k + x[k..].iter().position(|&v| v == m).unwrap_or(0)) as u32);
            });
            black_box(&mut y);
        });
    }
    if b.want("lay_concat") {
        let (x2, mut o) = (rng.f32s(r * c), vec![0f32; 2 * r * c]);
        b.run("lay_concat", || {
            let h = r.div_ceil(t);
            o.par_chunks_mut(h * 2 * c).enumerate().for_each(|(k, o)| {
                for (i, o) in o.chunks_exact_mut(2 * c).enumerate() {
                    let s = (k * h + i) * c;
                    o[..c].copy_from_slice(&x[s..s + c]);
                    o[c..].copy_from_slice(&x2[s..s + c]);
                }
            });
            black_box(&mut o);
        });
    }
    if b.want("lay_transpose") {
        let n = 4096;
        let (x, mut o) = (rng.f32s(n * n), vec![0f32; n * n]);
        const B: usize = 16;
        b.run("lay_transpose", || {
            o.par_chunks_mut(n * n / t).enumerate().for_each(|(k, o)| {
                let c0 = k * (n / t);
                for i in (0..n / t).step_by(B) {
                    for j in (0..n).step_by(B) {
                        let mut tile = [[0f32; B]; B];
                        for a in 0..B {
                            let s = &x[(j + a) * n + c0 + i..][..B];
                            for q in 0..B {
                                tile[q][a] = s[q]
                            }
                        }
                        for a in 0..B {
                            o[(i + a) * n + j..][..B].copy_from_slice(&tile[a])
                        }
                    }
                }
            });
            black_box(&mut o);
        });
    }
    if b.want("lay_gather") {
        let (w, idx, mut o) = (rng.f32s(50257 * 768), rng.idx(4096, 50257), vec![0f32; 4096 * 768]);
        let h = 4096 / t;
        b.run("lay_gather", || {
            o.par_chunks_mut(h * 768).zip(idx.par_chunks(h)).for_each(|(o, idx)| {
                for (o, &i) in o.chunks_exact_mut(768).zip(idx) {
                    o.copy_from_slice(&w[i as usize * 768..][..768])
                }
            });
            black_box(&mut o);
        });
    }
    if b.want("train_linreg") {
        // static shapes, everything on the stack: forward, backward, update
        let x: [[f32; 8]; 32] = std::array::from_fn(|_| rng.f32s(8).try_into().unwrap());
        let yy: [f32; 32] = rng.f32s(32).try_into().unwrap();
        let (mut w, mut bias) = ([0f32; 8], 0f32);
        b.run("train_linreg", || {
            let (mut gw, mut gb, mut loss) = ([0f32; 8], 0f32, 0f32);
            let (x, yy) = (black_box(&x), black_box(&yy));
            for i in 0..32 {
                let mut p = bias;
                for j in 0..8 {
                    p += x[i][j] * w[j]
                }
                let d = p - yy[i];
                loss += d * d;
                let d = d * (2.0 / 32.0);
                for j in 0..8 {
                    gw[j] += d * x[i][j]
                }
                gb += d;
            }
            for j in 0..8 {
                w[j] -= 1e-5 * gw[j]
            }
            bias -= 1e-5 * gb;
            black_box(loss);
        });
    }
    if b.want("inf_mlp_b1") {
        let dims = [784, 512, 256, 10];
        let ws: Vec<_> = (0..3).map(|l| (rng.f32s(dims[l] * dims[l + 1]), rng.f32s(dims[l + 1]))).collect();
        let x = rng.f32s(784);
        let mut h = [vec![0f32; 784], vec![0f32; 784]];
        b.run("inf_mlp_b1", || {
            h[0][..784].copy_from_slice(&x);
            for l in 0..3 {
                let (i, o) = (dims[l], dims[l + 1]);
                let (h0, h1) = h.split_at_mut(1);
                let (src, dst) = if l % 2 == 0 { (&h0[0], &mut h1[0]) } else { (&h1[0], &mut h0[0]) };
                let (w, bias) = &ws[l];
                // w stored [in, out]: y += x[k] * w[k, :], four rows at a time
                dst[..o].copy_from_slice(bias);
                for k in (0..i).step_by(4) {
                    let (a, b2, c2, d) = (src[k], src[k + 1], src[k + 2], src[k + 3]);
                    let q = &w[k * o..(k + 4) * o];
                    let dst = &mut dst[..o];
                    for j in 0..o {
                        dst[j] += a * q[j] + b2 * q[o + j] + c2 * q[2 * o + j] + d * q[3 * o + j];
                    }
                }
                if l < 2 {
                    for v in &mut dst[..o] {
                        *v = v.max(0.0)
                    }
                }
            }
            black_box(&mut h);
        });
    }
    fn mm<const N: usize>(a: &[[f32; N]; N], b: &[[f32; N]; N], c: &mut [[f32; N]; N]) {
        for i in 0..N {
            let mut acc = [0f32; N];
            for k in 0..N {
                for j in 0..N {
                    acc[j] = a[i][k].mul_add(b[k][j], acc[j])
                }
            }
            c[i] = acc;
        }
    }
    macro_rules! mm { ($($n:literal $s:literal),*) => {$(
        if b.want($s) {
            let a: [[f32; $n]; $n] = std::array::from_fn(|_| rng.f32s($n).try_into().unwrap());
            let bb = a;
            let mut c = [[0f32; $n]; $n];
            b.run($s, || { mm::<$n>(black_box(&a), black_box(&bb), &mut c); black_box(&mut c); });
        }
    )*} }
    mm!(4 "mm_4", 8 "mm_8", 16 "mm_16", 32 "mm_32");
}
