//! Peer: dfdx 0.13 (statically shaped; its conv2d needs nightly, so conv and cnn are left out).
#[path = "../common.rs"]
mod common;
use common::*;
use dfdx::optim::{Adam, AdamConfig, Momentum, Sgd, SgdConfig};
use dfdx::prelude::*;
use std::hint::black_box;

type Mlp = ((Linear<784, 512>, ReLU), (Linear<512, 256>, ReLU), Linear<256, 10>);

fn main() {
    let b = Bench::new("dfdx");
    std::env::set_var("RAYON_NUM_THREADS", b.threads.to_string());
    let d: Cpu = Default::default();
    let mut rng = Rng(11);
    macro_rules! t { ($($n:literal),*) => {{
        let t: Tensor<($(Const<$n>,)*), f32, Cpu> = d.tensor(rng.f32s(1 $(* $n)*));
        t
    }} }
    macro_rules! go {
        ($name:expr, $e:expr) => {
            b.run($name, || {
                black_box($e);
            })
        };
    }
    macro_rules! mm { ($($s:literal $m:literal $k:literal $n:literal);*) => {$(
        if b.want($s) {
            let (a, x) = (t!($m, $k), t!($k, $n));
            go!($s, a.clone().matmul(x.clone()));
        }
    )*} }
    mm!("gemm_64" 64 64 64; "gemm_256" 256 256 256; "gemm_1024" 1024 1024 1024; "gemm_2048" 2048 2048 2048;
        "gemm_64x784x128" 64 784 128; "gemm_128x768x3072" 128 768 3072;
        "mm_4" 4 4 4; "mm_8" 8 8 8; "mm_16" 16 16 16; "mm_32" 32 32 32);
    if b.want("gemm_ta_1024") {
        let (a, x) = (t!(1024, 1024).permute::<Rank2<1024, 1024>, Axes2<1, 0>>(), t!(1024, 1024));
        go!("gemm_ta_1024", a.clone().matmul(x.clone()));
    }
    if b.want("gemm_tb_1024") {
        let (a, x) = (t!(1024, 1024), t!(1024, 1024).permute::<Rank2<1024, 1024>, Axes2<1, 0>>());
        go!("gemm_tb_1024", a.clone().matmul(x.clone()));
    }
    macro_rules! axpb { ($($s:literal $n:literal);*) => {$(
        if b.want($s) {
            let x = t!($n);
            go!($s, x.clone() * 1.5 + 0.5);
        }
    )*} }
    axpb!("ew_axpb_1e4" 10000; "ew_axpb_1e6" 1000000; "ew_axpb_1e7" 10000000);
    let x = t!(1000000);
    if b.want("ew_gelu_1e6") {
        go!("ew_gelu_1e6", x.clone().fast_gelu())
    }
    if b.want("ew_exp_1e6") {
        go!("ew_exp_1e6", x.clone().exp())
    }
    if b.want("ew_chain8_1e6") {
        let (w, v) = (t!(1000000), t!(1000000));
        go!(
            "ew_chain8_1e6",
            ((x.clone() * w.clone() + v.clone()).fast_gelu() * x.clone().sigmoid() + x.clone().tanh()) * 0.5
        );
    }
    let x = t!(4096, 1024);
    let v = t!(1024);
    if b.want("ew_bcast_add") {
        go!("ew_bcast_add", x.clone() + v.clone().broadcast_like(&x))
    }
    if b.want("red_sum_1e7") {
        let x = t!(10000000);
        go!("red_sum_1e7", x.clone().sum::<Rank0, _>());
    }
    if b.want("red_sum_axis0") {
        go!("red_sum_axis0", x.clone().sum::<Rank1<1024>, Axis<0>>())
    }
    if b.want("red_sum_axis1") {
        go!("red_sum_axis1", x.clone().sum::<Rank1<4096>, Axis<1>>())
    }
    if b.want("red_softmax") {
        go!("red_softmax", x.clone().softmax::<Axis<1>>())
    }
    if b.want("red_layernorm") {
        let w = t!(1024);
        go!(
            "red_layernorm",
            x.clone().normalize::<Axis<1>>(1e-5) * w.clone().broadcast_like(&x) + v.clone().broadcast_like(&x)
        );
    }

    if b.want("train_linreg") {
        let (x, y) = (t!(32, 8), t!(32, 1));
        let mut m = d.build_module::<Linear<8, 1>, f32>();
        let mut o = Sgd::new(&m, SgdConfig { lr: 1e-5, ..Default::default() });
        let mut g = Some(m.alloc_grads());
        b.run("train_linreg", || {
            let l = mse_loss(m.forward_mut(x.clone().traced(g.take().unwrap())), y.clone());
            let mut n = l.backward();
            o.update(&mut m, &n).unwrap();
            m.zero_grads(&mut n);
            g = Some(n);
        });
    }
    let mut m = d.build_module::<Mlp, f32>();
    let x = t!(64, 784);
    let mut hot = vec![0f32; 640];
    for (i, k) in rng.idx(64, 10).into_iter().enumerate() {
        hot[i * 10 + k as usize] = 1.0;
    }
    let y: Tensor<Rank2<64, 10>, f32, Cpu> = d.tensor(hot);
    macro_rules! train {
        ($name:expr, $o:expr) => {
            if b.want($name) {
                let mut o = $o;
                let mut g = Some(m.alloc_grads());
                b.run($name, || {
                    let l =
                        cross_entropy_with_logits_loss(m.forward_mut(x.clone().traced(g.take().unwrap())), y.clone());
                    let mut n = l.backward();
                    o.update(&mut m, &n).unwrap();
                    m.zero_grads(&mut n);
                    g = Some(n);
                });
            }
        };
    }
    train!(
        "train_mlp_sgd",
        Sgd::new(&m, SgdConfig { lr: 1e-5, momentum: Some(Momentum::Classic(0.9)), weight_decay: None })
    );
    train!("train_mlp_adam", Adam::new(&m, AdamConfig { lr: 1e-6, ..Default::default() }));
    if b.want("inf_mlp_b1") {
        let x = t!(1, 784);
        go!("inf_mlp_b1", m.forward(x.clone()));
    }
}
