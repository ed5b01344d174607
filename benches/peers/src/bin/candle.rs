//! Peer: candle 0.11 on its CPU device. Training uses the forms that have a backward
//! (`softmax`, `layer_norm_slow`); the reduction workloads use the fused `softmax_last_dim`, `layer_norm`.
//! candle-nn has no momentum SGD and no Adam: momentum is written here in tensor operations,
//! Adam is AdamW with weight decay 0.
#[path = "../common.rs"]
mod common;
use candle_core::{DType, Device, IndexOp, Result, Tensor, Var, D};
use candle_nn::optim::{AdamW, Optimizer, ParamsAdamW, SGD};
use candle_nn::{loss, ops};
use common::*;
use std::hint::black_box;

const CPU: &Device = &Device::Cpu;
struct Src(Rng);
impl Src {
    fn t(&mut self, dims: &[usize]) -> Tensor {
        Tensor::from_vec(self.0.f32s(dims.iter().product()), dims, CPU).unwrap()
    }
    fn var(&mut self, dims: &[usize], scale: f64) -> Var {
        Var::from_tensor(&(self.t(dims) * scale).unwrap()).unwrap()
    }
    fn ids(&mut self, n: usize, below: u64) -> Tensor {
        Tensor::from_vec(self.0.idx(n, below), n, CPU).unwrap()
    }
}

struct Linear {
    w: Var, // [out, in], as candle-nn stores it
    b: Option<Var>,
}
impl Linear {
    fn new(s: &mut Src, i: usize, o: usize, bias: bool) -> Self {
        let k = 1.0 / (i as f64).sqrt();
        Linear { w: s.var(&[o, i], k), b: bias.then(|| s.var(&[o], k)) }
    }
    fn f(&self, x: &Tensor) -> Result<Tensor> {
        candle_nn::Module::forward(
            &candle_nn::Linear::new(self.w.as_tensor().clone(), self.b.as_ref().map(|b| b.as_tensor().clone())),
            x,
        )
    }
    fn vars(&self) -> Vec<Var> {
        std::iter::once(self.w.clone()).chain(self.b.clone()).collect()
    }
}

struct Momentum {
    vars: Vec<(Var, Var)>,
}
impl Momentum {
    fn step(&mut self, g: &candle_core::backprop::GradStore) -> Result<()> {
        for (w, v) in &self.vars {
            if let Some(g) = g.get(w) {
                let n = ((v.as_tensor() * 0.9)? + g)?;
                w.set(&(w.as_tensor() - (&n * 1e-5)?)?)?;
                v.set(&n)?;
            }
        }
        Ok(())
    }
}
fn adam(vars: Vec<Var>, wd: f64) -> AdamW {
    AdamW::new(vars, ParamsAdamW { lr: 1e-6, weight_decay: wd, ..Default::default() }).unwrap()
}

struct Block {
    qkv: Linear,
    out: Linear,
    up: Linear,
    down: Linear,
    n: [Var; 4],
}
fn ln(x: &Tensor, w: &Var, b: &Var) -> Result<Tensor> {
    ops::layer_norm_slow(x, w, b, 1e-5)
}

fn main() -> Result<()> {
    let b = Bench::new("candle");
    std::env::set_var("RAYON_NUM_THREADS", b.threads.to_string());
    let mut s = Src(Rng(11));
    macro_rules! go {
        ($name:expr, $e:expr) => {
            b.run($name, || {
                black_box($e);
            })
        };
    }

    for (name, m, k, n, ta, tb) in PRODUCTS {
        if b.want(name) {
            let a = if ta { s.t(&[k, m]).t()? } else { s.t(&[m, k]) };
            let x = if tb { s.t(&[n, k]).t()? } else { s.t(&[k, n]) };
            go!(name, a.matmul(&x).unwrap());
        }
    }
    if b.want("gemm_f64_1024") {
        let (a, x) = (s.t(&[1024, 1024]).to_dtype(DType::F64)?, s.t(&[1024, 1024]).to_dtype(DType::F64)?);
        go!("gemm_f64_1024", a.matmul(&x).unwrap());
    }

    for (name, n) in [("ew_axpb_1e4", 10_000), ("ew_axpb_1e6", 1_000_000), ("ew_axpb_1e7", 10_000_000)] {
        if b.want(name) {
            let x = s.t(&[n]);
            go!(name, x.affine(1.5, 0.5).unwrap());
        }
    }
    let x = s.t(&[1_000_000]);
    if b.want("ew_gelu_1e6") {
        go!("ew_gelu_1e6", x.gelu().unwrap())
    }
    if b.want("ew_exp_1e6") {
        go!("ew_exp_1e6", x.exp().unwrap())
    }
    if b.want("ew_chain8_1e6") {
        let (w, d) = (s.t(&[1_000_000]), s.t(&[1_000_000]));
        let f = || -> Result<Tensor> { ((((&x * &w)? + &d)?.gelu()? * ops::sigmoid(&x)?)? + x.tanh()?)? * 0.5 };
        go!("ew_chain8_1e6", f().unwrap());
    }
    let x = s.t(&[4096, 1024]);
    let (v, w) = (s.t(&[1024]), s.t(&[1024]));
    if b.want("ew_bcast_add") {
        go!("ew_bcast_add", x.broadcast_add(&v).unwrap())
    }
    if b.want("red_sum_1e7") {
        let x = s.t(&[10_000_000]);
        go!("red_sum_1e7", x.sum_all().unwrap());
    }
    if b.want("red_sum_axis0") {
        go!("red_sum_axis0", x.sum(0).unwrap())
    }
    if b.want("red_sum_axis1") {
        go!("red_sum_axis1", x.sum(1).unwrap())
    }
    if b.want("red_softmax") {
        go!("red_softmax", ops::softmax_last_dim(&x).unwrap())
    }
    if b.want("red_layernorm") {
        go!("red_layernorm", ops::layer_norm(&x, &w, &v, 1e-5).unwrap())
    }
    if b.want("red_argmax") {
        go!("red_argmax", x.argmax(1).unwrap())
    }
    if b.want("lay_transpose") {
        let x = s.t(&[4096, 4096]);
        go!("lay_transpose", x.t().unwrap().contiguous().unwrap());
    }
    if b.want("lay_concat") {
        let y = s.t(&[4096, 1024]);
        go!("lay_concat", Tensor::cat(&[&x, &y], 1).unwrap());
    }
    if b.want("lay_gather") {
        let (w, i) = (s.t(&[50257, 768]), s.ids(4096, 50257));
        go!("lay_gather", w.embedding(&i).unwrap());
    }

    for (f, fb, x, c) in
        [("conv_small_fwd", "conv_small_fb", [32, 3, 32, 32], 3), ("conv_big_fwd", "conv_big_fb", [16, 64, 56, 56], 64)]
    {
        if b.want(f) || b.want(fb) {
            let (x, w, bi) = (s.var(&x, 1.0), s.var(&[64, c, 3, 3], 0.05), s.var(&[64], 0.05));
            let conv = |x: &Tensor, w: &Tensor, bi: &Tensor| {
                x.conv2d(w, 1, 1, 1, 1).unwrap().broadcast_add(&bi.reshape((1, 64, 1, 1)).unwrap()).unwrap()
            };
            if b.want(f) {
                let (x, w, bi) = (x.as_detached_tensor(), w.as_detached_tensor(), bi.as_detached_tensor());
                go!(f, conv(&x, &w, &bi));
            }
            if b.want(fb) {
                go!(fb, conv(&x, &w, &bi).sum_all().unwrap().backward().unwrap())
            }
        }
    }
    if b.want("pool_fwd") || b.want("pool_fb") {
        let x = s.var(&[16, 64, 56, 56], 1.0);
        if b.want("pool_fwd") {
            let x = x.as_detached_tensor();
            go!("pool_fwd", x.max_pool2d(2).unwrap());
        }
        if b.want("pool_fb") {
            go!("pool_fb", x.max_pool2d(2).unwrap().sum_all().unwrap().backward().unwrap())
        }
    }

    if b.want("train_linreg") {
        let (x, y) = (s.t(&[32, 8]), s.t(&[32, 1]));
        let l = Linear::new(&mut s, 8, 1, true);
        let mut o = SGD::new(l.vars(), 1e-5)?;
        b.run("train_linreg", || {
            let loss = loss::mse(&l.f(&x).unwrap(), &y).unwrap();
            o.backward_step(&loss).unwrap();
            black_box(&loss);
        });
    }
    if b.want("train_mlp_sgd") || b.want("train_mlp_adam") || b.want("inf_mlp_b1") {
        let l = [
            Linear::new(&mut s, 784, 512, true),
            Linear::new(&mut s, 512, 256, true),
            Linear::new(&mut s, 256, 10, true),
        ];
        let net = |x: &Tensor| -> Result<Tensor> { l[2].f(&l[1].f(&l[0].f(x)?.relu()?)?.relu()?) };
        let (x, y) = (s.t(&[64, 784]), s.ids(64, 10));
        let vars: Vec<Var> = l.iter().flat_map(|l| l.vars()).collect();
        if b.want("train_mlp_sgd") {
            let mut o = Momentum {
                vars: vars.iter().map(|w| (w.clone(), Var::zeros(w.shape(), DType::F32, CPU).unwrap())).collect(),
            };
            b.run("train_mlp_sgd", || {
                let loss = loss::cross_entropy(&net(&x).unwrap(), &y).unwrap();
                o.step(&loss.backward().unwrap()).unwrap();
                black_box(&loss);
            });
        }
        if b.want("train_mlp_adam") {
            let mut o = adam(vars, 0.0);
            b.run("train_mlp_adam", || {
                let loss = loss::cross_entropy(&net(&x).unwrap(), &y).unwrap();
                o.backward_step(&loss).unwrap();
                black_box(&loss);
            });
        }
        if b.want("inf_mlp_b1") {
            let d: Vec<candle_nn::Linear> = l
                .iter()
                .map(|l| candle_nn::Linear::new(l.w.as_detached_tensor(), l.b.as_ref().map(|b| b.as_detached_tensor())))
                .collect();
            use candle_nn::Module;
            let x = s.t(&[1, 784]);
            go!(
                "inf_mlp_b1",
                d[2].forward(&d[1].forward(&d[0].forward(&x).unwrap().relu().unwrap()).unwrap().relu().unwrap())
                    .unwrap()
            );
        }
    }
    if b.want("train_cnn") {
        let (c1, d1, c2, d2) =
            (s.var(&[16, 1, 5, 5], 0.2), s.var(&[16], 0.2), s.var(&[32, 16, 5, 5], 0.05), s.var(&[32], 0.05));
        let (f1, f2) = (Linear::new(&mut s, 1568, 128, true), Linear::new(&mut s, 128, 10, true));
        let (x, y) = (s.t(&[64, 1, 28, 28]), s.ids(64, 10));
        let conv = |x: &Tensor, w: &Var, d: &Var| -> Result<Tensor> {
            x.conv2d(w, 2, 1, 1, 1)?.broadcast_add(&d.reshape((1, d.elem_count(), 1, 1))?)?.relu()?.max_pool2d(2)
        };
        let mut o = adam([vec![c1.clone(), d1.clone(), c2.clone(), d2.clone()], f1.vars(), f2.vars()].concat(), 0.0);
        b.run("train_cnn", || {
            let h = conv(&conv(&x, &c1, &d1).unwrap(), &c2, &d2).unwrap().flatten_from(1).unwrap();
            let loss = loss::cross_entropy(&f2.f(&f1.f(&h).unwrap().relu().unwrap()).unwrap(), &y).unwrap();
            o.backward_step(&loss).unwrap();
            black_box(&loss);
        });
    }
    if b.want("train_gpt") {
        let (bs, t, d, h, v) = (8, 128, 256, 4, 5000);
        let (wte, wpe, head) = (s.var(&[v, d], 0.02), s.var(&[t, d], 0.02), Linear::new(&mut s, d, v, false));
        let one = || Var::ones(d, DType::F32, CPU).unwrap();
        let zero = || Var::zeros(d, DType::F32, CPU).unwrap();
        let blocks: Vec<Block> = (0..4)
            .map(|_| Block {
                qkv: Linear::new(&mut s, d, 3 * d, true),
                out: Linear::new(&mut s, d, d, true),
                up: Linear::new(&mut s, d, 4 * d, true),
                down: Linear::new(&mut s, 4 * d, d, true),
                n: [one(), zero(), one(), zero()],
            })
            .collect();
        let (nf, bf) = (one(), zero());
        let (ids, y) = (s.ids(bs * t, v as u64).reshape((bs, t))?, s.ids(bs * t, v as u64));
        let mask: Vec<f32> = (0..t * t).map(|i| if i % t > i / t { f32::NEG_INFINITY } else { 0.0 }).collect();
        let mask = Tensor::from_vec(mask, (t, t), CPU)?;
        let mut vars = vec![wte.clone(), wpe.clone(), nf.clone(), bf.clone(), head.w.clone()];
        for k in &blocks {
            vars.extend([&k.qkv, &k.out, &k.up, &k.down].iter().flat_map(|l| l.vars()).chain(k.n.iter().cloned()));
        }
        let mut o = adam(vars, 0.1);
        let fwd = || -> Result<Tensor> {
            let mut x = wte.embedding(&ids.flatten_all()?)?.reshape((bs, t, d))?.broadcast_add(&wpe)?;
            for k in &blocks {
                let q = k.qkv.f(&ln(&x, &k.n[0], &k.n[1])?)?.reshape((bs, t, 3, h, d / h))?.permute((2, 0, 3, 1, 4))?;
                let (q, kk, vv) = (q.i(0)?.contiguous()?, q.i(1)?.contiguous()?, q.i(2)?.contiguous()?);
                let a = ((q.matmul(&kk.t()?)? * (1.0 / ((d / h) as f64).sqrt()))?).broadcast_add(&mask)?;
                let a = ops::softmax(&a, D::Minus1)?.matmul(&vv)?;
                x = (x + k.out.f(&a.transpose(1, 2)?.reshape((bs, t, d))?)?)?;
                x = (&x + k.down.f(&k.up.f(&ln(&x, &k.n[2], &k.n[3])?)?.gelu()?)?)?;
            }
            loss::cross_entropy(&head.f(&ln(&x, &nf, &bf)?)?.reshape((bs * t, v))?, &y)
        };
        b.run("train_gpt", || {
            let loss = fwd().unwrap();
            o.backward_step(&loss).unwrap();
            black_box(&loss);
        });
    }
    Ok(())
}
