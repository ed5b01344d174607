//! Dims that lie, in attention, its cache, norms and pictures; parameters whose memory has another length.
#![forbid(unsafe_code)]

use attacks::{Evil, survive, with_lies};
use congruent::device::Buf;
use congruent::model::{EachMut, Path, Tree};
use congruent::nn::KvCache;
use congruent::ops::GridSample;
use congruent::prelude::*;

dims! { Batch = ?, Len = ? }

macro_rules! attacks {
    ($name:ident: $($attack:expr;)*) => {
        #[test]
        fn $name() {
            $(with_lies(2, || drop(attempt(|| $attack)));)*
        }
    };
}

fn of<S: Shape>(shape: S, len: usize) -> Tensor<S> {
    Cpu.from_slice(shape, &vec![0.5f32; len]).expect("an honest axis")
}
fn param<S: Shape>(shape: S, len: usize) -> Param<S, Weights> {
    of(shape, len).into()
}

attacks! { lengths:
    of((Evil, D::<3>), 6).attention(&of((D::<4>, D::<3>), 12), &of((D::<4>, D::<2>), 8)).eval().to_vec();
    of((D::<4>, D::<3>), 12).attention(&of((Evil, D::<3>), 6), &of((Evil, D::<2>), 4)).eval().to_vec();
    of((Evil, D::<3>), 6).attention_with(&of((Evil, D::<3>), 6), &of((Evil, D::<2>), 4), Attend::causal())
        .eval().to_vec();
    of((D::<4>, Evil), 8).attention(&of((D::<4>, Evil), 8), &of((D::<4>, D::<2>), 8)).eval().to_vec();
    of((D::<4>, D::<2>), 8).attention(&of((D::<3>, D::<2>), 6), &of((D::<3>, Evil), 6)).eval().to_vec();
    of((Evil, D::<3>, D::<3>), 18).attention(&of((Evil, D::<4>, D::<3>), 24), &of((Evil, D::<4>, D::<2>), 16))
        .eval().to_vec();
    of((Evil, D::<3>, D::<3>), 18).attention(&of((D::<4>, D::<3>), 12), &of((D::<4>, D::<2>), 8)).eval().to_vec();
}

attacks! { views:
    of((D::<3>, Evil), 6).t().attention(&of((D::<4>, D::<3>), 12), &of((D::<4>, D::<2>), 8)).eval().to_vec();
    of((D::<4>, D::<3>), 12).attention(of((D::<3>, Evil), 6).t(), of((D::<2>, Evil), 4).t()).eval().to_vec();
    of((Evil, D::<3>), 6).flip::<0>()
        .attention_with(of((Evil, D::<3>), 6).flip::<0>(), of((Evil, D::<2>), 4).flip::<1>(), Attend::causal())
            .eval().to_vec();
    of((D::<3>,), 3).expand((Evil, D::<3>)).attention(&of((D::<4>, D::<3>), 12), &of((D::<4>, D::<2>), 8))
        .eval().to_vec();
}

attacks! { masks:
    of((Evil, D::<3>), 6).attention_with(&of((D::<4>, D::<3>), 12), &of((D::<4>, D::<2>), 8),
        Attend::all().mask(&Cpu.full((Evil, D::<4>), true))).eval().to_vec();
    of((Evil, D::<3>), 6).attention_with(&of((Evil, D::<3>), 6), &of((Evil, D::<2>), 4),
        Attend::all().bias(&of((Evil, Evil), 4))).eval().to_vec();
    of((Evil, D::<3>), 6).attention_with(&of((Evil, D::<3>), 6), &of((Evil, D::<2>), 4),
        Attend::all().bias(&of((Evil,), 2))).eval().to_vec();
}

attacks! { gradients:
    param((Evil, D::<3>), 6).value_and_grad(|q| q.attention(&of((D::<4>, D::<3>), 12),
        &of((D::<4>, D::<2>), 8)).sum()).map(|g| g.1.tensor().to_vec());
    param((Evil, D::<3>), 6).value_and_grad(|q| q.attention_with(q, q, Attend::causal()).sum())
        .map(|g| g.1.tensor().to_vec());
    param((D::<3>, Evil), 6).value_and_grad(|q| q.t().attention(q.t(), q.t()).sum()).map(|g| g.1.tensor().to_vec());
    param((D::<3>, Evil), 6).value_and_grad(|q| q.attention(q, q).sum()).map(|g| g.1.tensor().to_vec());
    param((Evil, D::<3>, D::<2>), 12).value_and_grad(|q| q.attention(q, q).sum()).map(|g| g.1.tensor().to_vec());
    param((Evil, D::<3>, D::<2>), 12).value_and_grad(|q| q.attention(&of((D::<4>, D::<2>), 8),
        &of((D::<4>, D::<2>), 8)).sum()).map(|g| g.1.tensor().to_vec());
    param((Evil, D::<3>), 6).value_and_grad(|k| of((D::<4>, D::<3>), 12).attention(k, k.flip::<0>()).sum())
        .map(|g| g.1.tensor().to_vec());
}

attacks! { caches: {
        let mut cache = KvCache::new((Evil, Len(0), D::<2>));
        for _ in 0..3 {
            let x = of((Evil, Len(7), D::<2>), 28);
            let _ = survive(|| cache.push(&x, &x));
            let _ = survive(|| cache.keys().eval().to_vec());
            let _ = survive(|| (cache.values() * 2.0).eval().to_vec());
        }
    }; {
        let mut cache = KvCache::new((D::<2>, Evil, D::<2>));
        for _ in 0..3 {
            let x = of((D::<2>, Evil, D::<2>), 8);
            let _ = survive(|| cache.push(&x, &x));
            let _ = survive(|| cache.keys().eval().to_vec());
            let _ = survive(|| cache.truncate(1));
        }
    }; {
        let mut cache = KvCache::new((Len(0), Evil));
        for _ in 0..3 {
            let x = of((Len(9), Evil), 18);
            let _ = survive(|| cache.push(&x, x.flip::<0>()));
            let _ = survive(|| cache.keys().attention(cache.keys(), cache.values()).eval().to_vec());
        }
    };
}

attacks! { norms:
    LayerNorm::<Evil>::sized(Cpu, Evil).infer(|m| m.forward(&of((D::<4>, Evil), 8)).eval().to_vec());
    LayerNorm::<D<3>>::new().infer(|m| m.forward(&of((Evil, D::<3>), 6)).eval().to_vec());
    RmsNorm::<Evil>::sized(Cpu, Evil).value_and_grad(|m| m.forward(&of((D::<4>, Evil), 8)).sum())
        .map(|g| g.1.weight.tensor().to_vec());
    LayerNorm::<D<3>>::new().value_and_grad(|m| m.forward(&of((Evil, D::<3>), 6)).sum())
        .map(|g| g.1.weight.tensor().to_vec());
    (param((Evil, D::<3>), 6), LayerNorm::<D<3>>::new()).value_and_grad(|(x, m)| m.forward(x).sum())
        .map(|g| g.1.0.tensor().to_vec());
    (param((D::<4>, Evil), 8), LayerNorm::<Evil>::sized(Cpu, Evil)).value_and_grad(|(x, m)| m.forward(x).sum())
        .map(|g| g.1.0.tensor().to_vec());
    LayerNorm::<Evil>::sized(Cpu, Evil).infer(|m| m.forward(&of((D::<4>, Evil), 8)).explain());
}

attacks! { pictures:
    of((Evil, D::<2>, D::<4>), 16).unfold1d(Filter::<3>).eval().to_vec();
    of((D::<2>, D::<2>, Evil), 8).unfold1d_as(Filter::<2>, Len).eval().to_vec();
    of((D::<2>, D::<2>, Evil, D::<3>), 24).unfold2d_as(Filter::<2>, Len).eval().to_vec();
    of((Evil, D::<4>, D::<3>), 24).fold1d((D::<4>,), Filter::<2>).eval().to_vec();
    of((D::<2>, D::<4>, Evil), 16).fold1d_as((D::<3>,), Filter::<2>).eval().to_vec();
    of((D::<2>, D::<6>, D::<1>), 12).fold1d_as((Evil,), Filter::<2>).eval().to_vec();
    of((Evil, D::<2>, D::<4>), 16).max_pool1d_with_indices(Pool::<2>).0.eval().to_vec();
    of((D::<2>, D::<2>, Evil), 8).max_unpool1d(&Cpu.from_fn((D::<2>, D::<2>, Evil), |i| (i % 2) as i64),
        (D::<3>,)).eval().to_vec();
    of((Evil, D::<2>, D::<3>), 12).max_unpool1d(&Cpu.from_fn((Evil, D::<2>, D::<3>), |i| (i % 3) as i64),
        (Evil,)).eval().to_vec();
    of((Evil, D::<2>, D::<3>, D::<3>), 36)
        .grid_sample2d(&of((Evil, D::<2>, D::<2>, D::<2>), 16), GridSample::default()).eval().to_vec();
    of((Evil, D::<2>, D::<3>), 12).affine_grid2d((D::<2>, D::<2>), true).eval().to_vec();
}

attacks! { gradients_of_pictures:
    param((Evil, D::<2>, D::<4>), 16).value_and_grad(|x| x.unfold1d(Filter::<3>).sum())
        .map(|g| g.1.tensor().to_vec());
    param((D::<2>, D::<2>, Evil), 8).value_and_grad(|x| x.unfold1d_as(Filter::<2>, Len).sum())
        .map(|g| g.1.tensor().to_vec());
    param((Evil, D::<4>, D::<3>), 24).value_and_grad(|x| x.fold1d((D::<4>,), Filter::<2>).sum())
        .map(|g| g.1.tensor().to_vec());
    param((D::<2>, D::<2>, Evil), 8).value_and_grad(|x| x
        .max_unpool1d(&Cpu.from_fn((D::<2>, D::<2>, Evil), |i| (i % 2) as i64), (Evil,)).sum())
            .map(|g| g.1.tensor().to_vec());
    (param((Evil, D::<2>, D::<3>, D::<3>), 36), param((Evil, D::<2>, D::<2>, D::<2>), 16))
        .value_and_grad(|(x, g)| x.grid_sample2d(g, GridSample::default()).sum()).map(|g| g.1.0.tensor().to_vec());
    (param((D::<2>, D::<2>, Evil, D::<3>), 24), param((D::<2>, D::<2>, D::<2>, D::<2>), 16))
        .value_and_grad(|(x, g)| x.grid_sample2d(g, GridSample::default()).sum()).map(|g| g.1.0.tensor().to_vec());
    param((Evil, D::<2>, D::<3>), 12).value_and_grad(|x| x.affine_grid2d((Evil, D::<2>), true).sum())
        .map(|g| g.1.tensor().to_vec());
}

attacks! { affine_grids:
    of((D::<2>, D::<2>, D::<3>), 12).affine_grid2d((Evil, D::<2>), true).eval().to_vec();
}

attacks! { lists_of_tasks_are_no_longer_than_memory:
    of((D::<2>, D::<2>, Evil, D::<3>), 24)
        .grid_sample2d(&of((D::<2>, D::<2>, Evil, D::<2>), 16), GridSample::default()).eval().to_vec();
    of((D::<2>, Evil, D::<3>, D::<3>), 36)
        .grid_sample2d(&of((D::<2>, Evil, D::<2>, D::<2>), 16), GridSample::default()).eval().to_vec();
    (param((D::<2>, Evil, D::<3>, D::<3>), 36), param((D::<2>, D::<2>, Evil, D::<2>), 16))
        .value_and_grad(|(x, g)| x.grid_sample2d(g, GridSample::default()).sum()).map(|g| g.1.0.tensor().to_vec());
}

/// Gives every parameter another length.
struct Resize(usize);
impl EachMut<Weights> for Resize {
    fn param(&mut self, _: &Path<'_>, _: &[usize], (buf, _): &mut (Buf<f32>, Cpu)) {
        *buf = Buf::filled(self.0, 1.0);
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (buf, _): &mut (Buf<f32>, Cpu)) {
        *buf = Buf::filled(self.0, 1.0);
    }
}

#[test]
fn parameters_of_another_length() {
    let x = of((D::<16>, D::<4>), 64);
    for len in [0, 1, 3, 5, 63, 65, 1000, 1 << 17] {
        let mut norm = LayerNorm::<D<4>>::new();
        norm.each_mut(&mut Resize(len), &Path::ROOT);
        let (r, _) = (survive(|| norm.infer(|m| m.forward(&x).eval().to_vec())), ());
        assert!(r.is_none_or(|r| r.is_err()), "{len}");
        survive(|| norm.value_and_grad(|m| m.forward(&x).sum()));
        let mut rms = RmsNorm::<D<4>>::new();
        rms.each_mut(&mut Resize(len), &Path::ROOT);
        survive(|| rms.infer(|m| m.forward(&x).eval().to_vec()));
        survive(|| rms.value_and_grad(|m| m.forward(&x).sum()));
        let mut q = param((D::<16>, D::<4>), 64);
        q.each_mut(&mut Resize(len), &Path::ROOT);
        survive(|| q.infer(|q| q.attention(&x, &x).eval().to_vec()));
        survive(|| q.infer(|q| x.attention(q, q).eval().to_vec()));
        survive(|| q.infer(|q| x.attention_with(&x, &x, Attend::causal().bias(q.slice(s![.., 0..1]))).eval().to_vec()));
        survive(|| q.value_and_grad(|q| q.attention(q, q).sum()));
        survive(|| q.value_and_grad(|q| q.flip::<0>().attention(q, q).sum()));
        survive(|| {
            let mut cache = KvCache::new((Len(0), D::<4>));
            let done = q.infer(|q| cache.push(q, q.flip::<0>())).map(|r| r.is_ok());
            (done, cache.keys().eval().to_vec(), cache.values().eval().to_vec())
        });
        let mut p = param((D::<2>, D::<2>, D::<4>, D::<4>), 64);
        p.each_mut(&mut Resize(len), &Path::ROOT);
        survive(|| p.value_and_grad(|p| p.unfold2d(Filter::<3>).sum()));
        survive(|| {
            p.value_and_grad(|p| {
                p.grid_sample2d(&of((D::<2>, D::<2>, D::<2>, D::<2>), 16), GridSample::default()).sum()
            })
        });
    }
}
