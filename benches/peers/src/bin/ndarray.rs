//! Peer: ndarray 0.17 (rayon where it offers a parallel form), output allocated by each call.
#[path = "../common.rs"]
mod common;
use common::*;
use ndarray::parallel::prelude::*;
use ndarray::*;
use std::hint::black_box;

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + (0.797_884_6 * (x + 0.044715 * x * x * x)).tanh())
}

fn main() {
    let b = Bench::new("ndarray");
    let t = b.threads;
    std::env::set_var("RAYON_NUM_THREADS", t.to_string());
    std::env::set_var("MATMUL_NUM_THREADS", t.to_string());
    let mut rng = Rng(3);
    let mut m = |r: usize, c: usize| Array2::from_shape_vec((r, c), rng.f32s(r * c)).unwrap();
    for (name, i, k, j, ta, tb) in PRODUCTS {
        if b.want(name) {
            let (a, x) = (if ta { m(k, i) } else { m(i, k) }, if tb { m(j, k) } else { m(k, j) });
            let (a, x) = (if ta { a.t() } else { a.view() }, if tb { x.t() } else { x.view() });
            b.run(name, || {
                black_box(a.dot(&x));
            });
        }
    }
    if b.want("gemm_f64_1024") {
        let (a, x) = (m(1024, 1024).mapv(f64::from), m(1024, 1024).mapv(f64::from));
        b.run("gemm_f64_1024", || {
            black_box(a.dot(&x));
        });
    }
    for (name, n) in [("ew_axpb_1e4", 10_000), ("ew_axpb_1e6", 1_000_000), ("ew_axpb_1e7", 10_000_000)] {
        if b.want(name) {
            let x = m(1, n).into_shape_with_order(n).unwrap();
            b.run(name, || {
                black_box(&x * 1.5 + 0.5);
            });
        }
    }
    let n = 1_000_000;
    let par = |x: &Array1<f32>, f: fn(f32) -> f32| {
        if t == 1 {
            x.mapv(f)
        } else {
            let mut y = x.clone();
            y.par_mapv_inplace(f);
            y
        }
    };
    let x = m(1, n).into_shape_with_order(n).unwrap();
    if b.want("ew_gelu_1e6") {
        b.run("ew_gelu_1e6", || {
            black_box(par(&x, gelu));
        })
    }
    if b.want("ew_exp_1e6") {
        b.run("ew_exp_1e6", || {
            black_box(par(&x, f32::exp));
        })
    }
    if b.want("ew_chain8_1e6") {
        let (w, d) = (m(1, n).into_shape_with_order(n).unwrap(), m(1, n).into_shape_with_order(n).unwrap());
        let mut y = Array1::zeros(n);
        let f = |y: &mut f32, x: &f32, w: &f32, d: &f32| *y = (gelu(x * w + d) * sigmoid(*x) + x.tanh()) * 0.5;
        b.run("ew_chain8_1e6", || {
            let z = Zip::from(&mut y).and(&x).and(&w).and(&d);
            if t == 1 {
                z.for_each(f)
            } else {
                z.par_for_each(f)
            }
            black_box(&mut y);
        });
    }
    let x = m(4096, 1024);
    let v = m(1, 1024).into_shape_with_order(1024).unwrap();
    if b.want("ew_bcast_add") {
        b.run("ew_bcast_add", || {
            black_box(&x + &v);
        })
    }
    if b.want("red_sum_1e7") {
        let x = m(1, 10_000_000);
        b.run("red_sum_1e7", || {
            black_box(x.sum());
        });
    }
    if b.want("red_sum_axis0") {
        b.run("red_sum_axis0", || {
            black_box(x.sum_axis(Axis(0)));
        })
    }
    if b.want("red_sum_axis1") {
        b.run("red_sum_axis1", || {
            black_box(x.sum_axis(Axis(1)));
        })
    }
    let rows = |f: fn(ArrayViewMut1<f32>)| {
        let mut y = x.clone();
        if t == 1 {
            y.rows_mut().into_iter().for_each(f)
        } else {
            y.axis_iter_mut(Axis(0)).into_par_iter().for_each(f)
        }
        black_box(y);
    };
    if b.want("red_softmax") {
        b.run("red_softmax", || {
            rows(|mut r| {
                let m = r.fold(f32::MIN, |a, &b| a.max(b));
                r.mapv_inplace(|x| (x - m).exp());
                let s = r.sum();
                r /= s;
            })
        })
    }
    if b.want("red_layernorm") {
        // weight 1 and bias 0 are not applied: ndarray has no layer norm of its own
        b.run("red_layernorm", || {
            rows(|mut r| {
                let m = r.sum() / 1024.0;
                r -= m;
                let s = 1.0 / (r.dot(&r) / 1024.0 + 1e-5).sqrt();
                r *= s;
            })
        })
    }
    if b.want("lay_transpose") {
        let x = m(4096, 4096);
        b.run("lay_transpose", || {
            black_box(x.t().as_standard_layout().into_owned());
        });
    }
    if b.want("lay_concat") {
        let y = m(4096, 1024);
        b.run("lay_concat", || {
            black_box(concatenate![Axis(1), x, y]);
        });
    }
    if b.want("lay_gather") {
        let w = m(50257, 768);
        let idx: Vec<usize> = Rng(5).idx(4096, 50257).into_iter().map(|i| i as usize).collect();
        b.run("lay_gather", || {
            black_box(w.select(Axis(0), &idx));
        });
    }
    if b.want("inf_mlp_b1") {
        let (w1, w2, w3) = (m(784, 512), m(512, 256), m(256, 10));
        let (b1, b2, b3) = (m(1, 512), m(1, 256), m(1, 10));
        let x = m(1, 784);
        b.run("inf_mlp_b1", || {
            let h = (x.dot(&w1) + &b1).mapv_into(|x| x.max(0.0));
            let h = (h.dot(&w2) + &b2).mapv_into(|x| x.max(0.0));
            black_box(h.dot(&w3) + &b3);
        });
    }
}
