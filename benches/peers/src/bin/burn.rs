//! Peer: burn 0.22 with its recommended CPU backend, Flex (features simd, rayon, x86-v4).
#[path = "../common.rs"]
mod common;
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::{CrossEntropyLossConfig, MseLoss, Reduction};
use burn::nn::{Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamConfig, AdamWConfig, GradientsParams, SgdConfig};
use burn::tensor::activation::{gelu_approximate, relu, sigmoid, softmax};
use burn::tensor::module::{attention, conv2d, layer_norm, max_pool2d};
use burn::tensor::ops::{AttentionModuleOptions, ConvOptions};
use burn::tensor::{Device, Int, Tensor, TensorData};
use common::*;
use std::hint::black_box;

struct Src(Rng, Device);
impl Src {
    fn t<const N: usize>(&mut self, dims: [usize; N]) -> Tensor<N> {
        let v = self.0.f32s(dims.iter().product());
        Tensor::from_data(TensorData::new(v, dims), &self.1)
    }
    fn ids(&mut self, n: usize, below: u64) -> Tensor<1, Int> {
        let v: Vec<i32> = self.0.idx(n, below).into_iter().map(|i| i as i32).collect();
        Tensor::from_data(TensorData::new(v, [n]), &self.1)
    }
}

#[derive(Module, Debug)]
struct Mlp {
    a: Linear,
    b: Linear,
    c: Linear,
}
impl Mlp {
    fn new(d: &Device) -> Self {
        let l = |i, o| LinearConfig::new(i, o).init(d);
        Mlp { a: l(784, 512), b: l(512, 256), c: l(256, 10) }
    }
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.c.forward(relu(self.b.forward(relu(self.a.forward(x)))))
    }
}
#[derive(Module, Debug)]
struct Cnn {
    c1: Conv2d,
    c2: Conv2d,
    f1: Linear,
    f2: Linear,
}
impl Cnn {
    fn new(d: &Device) -> Self {
        let c = |i, o| Conv2dConfig::new([i, o], [5, 5]).with_padding(PaddingConfig2d::Explicit(2, 2, 2, 2)).init(d);
        let l = |i, o| LinearConfig::new(i, o).init(d);
        Cnn { c1: c(1, 16), c2: c(16, 32), f1: l(1568, 128), f2: l(128, 10) }
    }
    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = pool(relu(self.c1.forward(x)));
        let x = pool(relu(self.c2.forward(x)));
        self.f2.forward(relu(self.f1.forward(x.flatten(1, 3))))
    }
}
#[derive(Module, Debug)]
struct Block {
    qkv: Linear,
    out: Linear,
    up: Linear,
    down: Linear,
    n1: LayerNorm,
    n2: LayerNorm,
}
#[derive(Module, Debug)]
struct Gpt {
    wte: Embedding,
    wpe: Embedding,
    blocks: Vec<Block>,
    nf: LayerNorm,
    head: Linear,
}
impl Gpt {
    fn new(d: &Device) -> Self {
        let l = |i, o| LinearConfig::new(i, o).init(d);
        let n = || LayerNormConfig::new(256).init(d);
        Gpt {
            wte: EmbeddingConfig::new(5000, 256).init(d),
            wpe: EmbeddingConfig::new(128, 256).init(d),
            blocks: (0..4)
                .map(|_| Block {
                    qkv: l(256, 768),
                    out: l(256, 256),
                    up: l(256, 1024),
                    down: l(1024, 256),
                    n1: n(),
                    n2: n(),
                })
                .collect(),
            nf: n(),
            head: LinearConfig::new(256, 5000).with_bias(false).init(d),
        }
    }
    fn forward(&self, ids: Tensor<2, Int>, pos: Tensor<2, Int>) -> Tensor<2> {
        let (bs, t, d, h) = (8, 128, 256, 4);
        let mut x = self.wte.forward(ids) + self.wpe.forward(pos);
        for k in &self.blocks {
            let q = k.qkv.forward(k.n1.forward(x.clone())).reshape([bs, t, 3, h, d / h]).permute([2, 0, 3, 1, 4]);
            let part = |i: usize| -> Tensor<4> { q.clone().narrow(0, i, 1).reshape([bs, h, t, d / h]) };
            let a = attention(
                part(0),
                part(1),
                part(2),
                None,
                None,
                AttentionModuleOptions { is_causal: true, ..Default::default() },
            );
            x = x + k.out.forward(a.swap_dims(1, 2).reshape([bs, t, d]));
            x = x.clone() + k.down.forward(gelu_approximate(k.up.forward(k.n2.forward(x))));
        }
        self.head.forward(self.nf.forward(x)).reshape([bs * t, 5000])
    }
}
fn pool(x: Tensor<4>) -> Tensor<4> {
    burn::nn::pool::MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init().forward(x)
}
fn conv_opt() -> ConvOptions<2> {
    ConvOptions::new([1, 1], [1, 1], [1, 1], 1)
}

fn main() {
    let b = Bench::new("burn_flex");
    std::env::set_var("RAYON_NUM_THREADS", b.threads.to_string());
    rayon::ThreadPoolBuilder::new().num_threads(b.threads).build_global().unwrap();
    let plain = Device::flex();
    let auto = Device::flex().autodiff();
    let mut s = Src(Rng(11), plain.clone());
    macro_rules! go {
        ($name:expr, $e:expr) => {
            b.run($name, || {
                black_box($e);
            })
        };
    }

    for (name, m, k, n, ta, tb) in PRODUCTS {
        if b.want(name) {
            let a = if ta { s.t([k, m]).transpose() } else { s.t([m, k]) };
            let x = if tb { s.t([n, k]).transpose() } else { s.t([k, n]) };
            go!(name, a.clone().matmul(x.clone()));
        }
    }
    for (name, n) in [("ew_axpb_1e4", 10_000), ("ew_axpb_1e6", 1_000_000), ("ew_axpb_1e7", 10_000_000)] {
        if b.want(name) {
            let x = s.t([n]);
            go!(name, x.clone().mul_scalar(1.5).add_scalar(0.5));
        }
    }
    let x = s.t([1_000_000]);
    if b.want("ew_gelu_1e6") {
        go!("ew_gelu_1e6", gelu_approximate(x.clone()))
    }
    if b.want("ew_exp_1e6") {
        go!("ew_exp_1e6", x.clone().exp())
    }
    if b.want("ew_chain8_1e6") {
        let (w, d) = (s.t([1_000_000]), s.t([1_000_000]));
        go!(
            "ew_chain8_1e6",
            (gelu_approximate(x.clone() * w.clone() + d.clone()) * sigmoid(x.clone()) + x.clone().tanh()) * 0.5
        );
    }
    let x = s.t([4096, 1024]);
    let (v, w) = (s.t([1024]), s.t([1024]));
    if b.want("ew_bcast_add") {
        go!("ew_bcast_add", x.clone() + v.clone().unsqueeze::<2>())
    }
    if b.want("red_sum_1e7") {
        let x = s.t([10_000_000]);
        go!("red_sum_1e7", x.clone().sum());
    }
    if b.want("red_sum_axis0") {
        go!("red_sum_axis0", x.clone().sum_dim(0))
    }
    if b.want("red_sum_axis1") {
        go!("red_sum_axis1", x.clone().sum_dim(1))
    }
    if b.want("red_softmax") {
        go!("red_softmax", softmax(x.clone(), 1))
    }
    if b.want("red_layernorm") {
        go!("red_layernorm", layer_norm(x.clone(), w.clone(), Some(v.clone()), 1e-5))
    }
    if b.want("red_argmax") {
        go!("red_argmax", x.clone().argmax(1))
    }
    if b.want("lay_transpose") {
        // Flex keeps a transpose lazy: adding 0 to it is what writes it out
        let x = s.t([4096, 4096]);
        go!("lay_transpose", x.clone().transpose().add_scalar(0.0).to_data());
    }
    if b.want("lay_concat") {
        let y = s.t([4096, 1024]);
        go!("lay_concat", Tensor::cat(vec![x.clone(), y.clone()], 1));
    }
    if b.want("lay_gather") {
        let (w, i) = (s.t([50257, 768]), s.ids(4096, 50257));
        go!("lay_gather", w.clone().select(0, i.clone()));
    }
    for (f, fb, dims, c) in
        [("conv_small_fwd", "conv_small_fb", [32, 3, 32, 32], 3), ("conv_big_fwd", "conv_big_fb", [16, 64, 56, 56], 64)]
    {
        if b.want(f) || b.want(fb) {
            let (x, w, bi) = (s.t(dims), s.t([64, c, 3, 3]), s.t([64]));
            if b.want(f) {
                go!(f, conv2d(x.clone(), w.clone(), Some(bi.clone()), conv_opt()))
            }
            if b.want(fb) {
                let (x, w, bi) =
                    (x.autodiff().require_grad(), w.autodiff().require_grad(), bi.autodiff().require_grad());
                b.run(fb, || {
                    let g = conv2d(x.clone(), w.clone(), Some(bi.clone()), conv_opt()).sum().backward();
                    black_box((x.grad(&g).unwrap(), w.grad(&g).unwrap(), bi.grad(&g).unwrap()));
                });
            }
        }
    }
    if b.want("pool_fwd") || b.want("pool_fb") {
        let x = s.t([16, 64, 56, 56]);
        let opt = || burn::tensor::ops::MaxPoolOptions::new([2, 2]);
        if b.want("pool_fwd") {
            go!("pool_fwd", max_pool2d(x.clone(), opt()))
        }
        if b.want("pool_fb") {
            let x = x.autodiff().require_grad();
            go!("pool_fb", x.grad(&max_pool2d(x.clone(), opt()).sum().backward()).unwrap());
        }
    }
    if b.want("inf_mlp_b1") {
        let m = Mlp::new(&plain);
        let x = s.t([1, 784]);
        go!("inf_mlp_b1", m.forward(x.clone()));
    }

    // everything below trains
    s.1 = auto.clone();
    if b.want("train_linreg") {
        let (x, y) = (s.t([32, 8]), s.t([32, 1]));
        let mut m = Some(LinearConfig::new(8, 1).init(&auto));
        let mut o = SgdConfig::new().init();
        b.run("train_linreg", || {
            let k = m.take().unwrap();
            let loss = MseLoss::new().forward(k.forward(x.clone()), y.clone(), Reduction::Mean);
            let g = GradientsParams::from_grads(loss.backward(), &k);
            m = Some(o.step(1e-5, k, g));
        });
    }
    macro_rules! train {
        ($name:expr, $model:expr, $opt:expr, $fwd:expr, $y:expr, $lr:expr) => {
            if b.want($name) {
                let mut m = Some($model);
                let mut o = $opt;
                let y = $y;
                let ce = CrossEntropyLossConfig::new().init(&auto);
                b.run($name, || {
                    let k = m.take().unwrap();
                    let loss = ce.forward($fwd(&k), y.clone());
                    let g = GradientsParams::from_grads(loss.backward(), &k);
                    m = Some(o.step($lr, k, g));
                });
            }
        };
    }
    let x = s.t([64, 784]);
    let momentum = SgdConfig::new().with_momentum(Some(MomentumConfig::new().with_dampening(0.0))).init();
    train!("train_mlp_sgd", Mlp::new(&auto), momentum, |k: &Mlp| k.forward(x.clone()), s.ids(64, 10), 1e-5);
    train!(
        "train_mlp_adam",
        Mlp::new(&auto),
        AdamConfig::new().init(),
        |k: &Mlp| k.forward(x.clone()),
        s.ids(64, 10),
        1e-6
    );
    let x = s.t([64, 1, 28, 28]);
    train!("train_cnn", Cnn::new(&auto), AdamConfig::new().init(), |k: &Cnn| k.forward(x.clone()), s.ids(64, 10), 1e-6);
    let ids: Tensor<2, Int> = s.ids(1024, 5000).reshape([8, 128]);
    let pos: Tensor<2, Int> = Tensor::arange(0..128, &auto).reshape([1, 128]);
    train!(
        "train_gpt",
        Gpt::new(&auto),
        AdamWConfig::new().with_weight_decay(0.1).init(),
        |k: &Gpt| k.forward(ids.clone(), pos.clone()),
        s.ids(1024, 5000),
        1e-6
    );
}
