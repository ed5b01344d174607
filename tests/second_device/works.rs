//! What tables and constructs leave out: elements of every type, tensors that are made, compared, moved and printed,
//! linear algebra, order, optimizers.

use crate::other::{alike, other_device};
use congruent::ops::{GridPadding, GridSample, RunningForm, RunningRow, RunningVisitor, every_running_formula};
use congruent::optim::{Adagrad, RmsProp, clip_grad_norm, clip_grad_value};
use congruent::prelude::*;
use std::fmt::Debug;

dims! { Found = ?, Rows = ?, Columns = ?, All = ? }

/// A result as it is compared: its sizes, and its elements by what tells their bits apart.
trait Seen {
    fn seen(&self) -> String;
}
impl<S: Shape, E: Elem + Debug, A: Device> Seen for Tensor<S, E, A> {
    fn seen(&self) -> String {
        format!("{:?} {:?}; ", self.dims().as_slice(), self.to_vec())
    }
}
impl<S: Shape, E: Real, A: Device> Seen for Param<S, Weights<E, A>> {
    fn seen(&self) -> String {
        self.tensor().seen()
    }
}
impl<S: Shape, E: Real, A: Device> Seen for Param<S, Grads<E, A>> {
    fn seen(&self) -> String {
        self.tensor().seen()
    }
}
macro_rules! seen_as_text {
    ($($T:ty)*) => {$(
        impl Seen for $T {
            fn seen(&self) -> String {
                format!("{self:?}; ")
            }
        }
    )*};
}
seen_as_text! { bool f32 f64 i64 u8 usize String Vec<String> }
macro_rules! seen_together {
    ($($T:ident)*) => {
        impl<$($T: Seen),*> Seen for ($($T,)*) {
            fn seen(&self) -> String {
                #[allow(non_snake_case, reason = "each value is called as its type")]
                let ($($T,)*) = self;
                [$($T.seen()),*].concat()
            }
        }
    };
}
seen_together! { A B }
seen_together! { A B C }
seen_together! { A B C F }
seen_together! { A B C F G }
seen_together! { A B C F G H }

/// Every running formula on a device, and its gradient.
struct RunningOn<A: Device> {
    x: Tensor<Shape![9, 33], f32, A>,
    seen: Vec<String>,
}
impl<A: Device> RunningVisitor for RunningOn<A> {
    fn running<M: RunningForm>(&mut self, row: &RunningRow, method: M) {
        let w: Param<Shape![9, 33], Weights<f32, A>> = self.x.clone().into();
        let (loss, grads) = w.value_and_grad(|w| method.axis::<0, _>(w).square().mean()).expect("a step");
        let along = (method.axis::<1, _>(&self.x).eval(), loss, grads).seen();
        self.seen.push(format!("{}: {along}", row.name));
    }
}

/// Rows of another element type.
fn kv_of<E: Real, A: Device>(device: A) -> Tensor<Shape![33, 5], E, A> {
    device.uniform_of(Default::default(), Key::new(3), -1.0, 1.0)
}

/// `name: |d| ..;` gives the same on the processor and on the other device.
macro_rules! same {
    ($($name:ident: |$d:ident| $body:expr;)*) => {$(
        #[test]
        fn $name() {
            let Some(device) = other_device() else { return };
            let here = { let $d = Cpu; let found = $body; found.seen() };
            let there = { let $d = device; let found = $body; found.seen() };
            alike(&there, &here);
        }
    )*};
}

same! {
    integers: |d| {
        let x = d.tensor([[5i64, -3, 2], [7, 0, -9]]);
        let y = d.tensor([2i64, -4, 3]);
        (
            (&x * 3 + &y).eval(),
            (x.sum_axis::<0>().eval(), x.prod().eval(), x.max_axis::<1>().eval()),
            x.cumsum_axis::<1>().eval(),
            x.matmul(x.t()).eval(),
            x.gt(0).holds(),
            x.sort_axis::<1>().eval(),
        )
    };
    windows: |d| {
        let x: Tensor<Shape![2, 4, 7, 6], f32, _> = d.uniform(Default::default(), Key::new(1), -1.0, 1.0);
        let w: Tensor<Shape![6, 2, 3, 3], f32, _> = d.uniform(Default::default(), Key::new(2), -1.0, 1.0);
        let one: Tensor<Shape![3, 6, 1, 1], f32, _> = d.uniform(Default::default(), Key::new(3), -1.0, 1.0);
        let both: (Param<_, _>, Param<_, _>) = (x.into(), w.into());
        let (loss, grads) = both.value_and_grad(|(x, w)| {
            let y = x.conv2d(w, Groups::<_, 2>(Filter::<3, 1, 1>)).max_pool2d(Pool::<2>);
            y.conv2d(&one, Filter::<1>).avg_pool2d(Pool::<2, 1>).square().sum()
        }).expect("a step");
        (loss, grads.0, grads.1)
    };
    attention_as_one: |d| {
        let x: Tensor<Shape![2, 9, 4, 6], f32, _> = d.uniform(Default::default(), Key::new(1), -1.0, 1.0);
        let kv: Tensor<Shape![2, 2, 7, 6], f32, _> = d.uniform(Default::default(), Key::new(2), -1.0, 1.0);
        let seen = d.from_fn((D::<9>, D::<7>), |i| i % 4 != 1);
        let far = d.from_fn((D::<2>, D::<1>, D::<1>), |i| i as f32);
        let both: (Param<_, _>, Param<_, _>) = (x.into(), kv.into());
        let (loss, grads) = both.value_and_grad(|(x, kv)| {
            let q = x.transpose::<1, 2>().unflatten::<1, _, _>(D::<2>, D::<2>);
            let y = q.attention_with(kv, kv, Attend::all().mask(&seen)).square().sum();
            let two = x.transpose::<1, 2>().narrow::<1, _>(0, D::<2>);
            y + two.attention_with(kv, kv, Attend::causal().bias(&far)).sum()
        }).expect("a step");
        let half = kv_of::<bf16, _>(d).attention(&kv_of::<bf16, _>(d), &kv_of::<bf16, _>(d)).eval();
        (loss, grads.0, grads.1, half)
    };
    pictures: |d| {
        let x: Tensor<Shape![2, 4, 3, 5], f32, _> = d.uniform(Default::default(), Key::new(1), -1.0, 1.0);
        let w: Tensor<Shape![4, 3, 3, 3], f32, _> = d.uniform(Default::default(), Key::new(2), -1.0, 1.0);
        let both: (Param<_, _>, Param<_, _>) = (x.into(), w.into());
        let (loss, grads) = both.value_and_grad(|(x, w)| {
            let y = x.conv_transpose2d(w, Groups::<_, 2>(TransposedFilter::<3, 2, 1>)).group_norm::<2>(1e-5);
            let seen = y.interpolate2d((D::<7>, D::<6>), Resample::Cubic { align_corners: false });
            let parts = seen.adaptive_max_pool2d((D::<5>, D::<4>)).adaptive_avg_pool2d((D::<3>, D::<3>));
            parts.lp_pool2d(3.0, Pool::<2, 1>).instance_norm(1e-5).square().sum()
        }).expect("a step");
        (loss, grads.0, grads.1)
    };
    patches_and_places: |d| {
        let x: Tensor<Shape![2, 3, 5, 6], f32, _> = d.uniform(Default::default(), Key::new(1), -1.0, 1.0);
        let theta: Tensor<Shape![2, 2, 3], f32, _> = d.uniform(Default::default(), Key::new(2), -1.0, 1.0);
        let (y, indices) = x.max_pool2d_with_indices(Pool::<3, 2, 1>);
        let outside = attempt(|| y.max_unpool2d(&indices, (D::<2>, D::<2>)).eval()).map(|_| ()).expect_err("outside");
        let both: (Param<_, _>, Param<_, _>) = (x.into(), theta.into());
        let (loss, grads) = both.value_and_grad(|(x, theta)| {
            let how = GridSample { padding: GridPadding::Reflection, ..GridSample::default() };
            let y = x.grid_sample2d(theta.affine_grid2d((D::<7>, D::<4>), false), how);
            let (largest, places) = y.max_pool2d_with_indices(Pool::<3, 2, 1>);
            let back = largest.max_unpool2d(&places, (D::<7>, D::<4>)).unfold2d(Filter::<3, 1, 1>);
            back.square().fold2d((D::<7>, D::<4>), Filter::<3, 1, 1>).sum()
        }).expect("a step");
        (indices, outside.to_string(), loss, grads.0, grads.1)
    };
    divisions: |d| {
        let (x, zeros) = (d.tensor([7i64, -7, 9]), d.tensor([2i64, 0, 4]));
        let error = attempt(|| (&x / &zeros).eval()).map(|_| ()).expect_err("a division by 0").to_string();
        ((&x / 2).eval(), error)
    };
    bytes: |d| {
        let x = d.tensor_of::<u8, _>([[250u8, 3], [7, 9]]);
        ((&x + 10).eval(), x.convert::<f32>(), x.sum().eval(), x.t().eval())
    };
    truths: |d| {
        let x = d.tensor([[true, false, true], [false, false, true]]);
        let mask = d.tensor([true, false, true]);
        let numbers = d.tensor([[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        (
            (&x & &mask).eval(),
            (!&x).eval(),
            x.any_axis::<1>().eval(),
            numbers.masked_fill(&mask, -1.0).eval(),
            numbers.gt(2.5).holds(),
            numbers.count_nonzero().eval(),
        )
    };
    halves: |d| {
        let x: Tensor<Shape![7, 5], f16, _> = d.randn_of(Default::default(), Key::new(1));
        let y: Tensor<Shape![7, 5], bf16, _> = d.randn_of(Default::default(), Key::new(2));
        (
            (&x * &x + &x).eval(),
            x.softmax().eval(),
            x.sum_axis::<0>().eval(),
            x.matmul(x.t()).eval(),
            y.layer_norm(1e-5).eval(),
            y.mean().eval(),
        )
    };
    halves_learn: |d| {
        let mut w: Param<Shape![300], Weights<bf16, _>> = d.randn_of(Default::default(), Key::new(1)).into();
        let x: Tensor<Shape![8, 300], bf16, _> = d.randn_of(Default::default(), Key::new(2));
        let mut adam = AdamW::new(&w, 0.01);
        let mut seen = Vec::new();
        for _ in 0..3 {
            let (loss, grads) = w.value_and_grad(|w| (&x * w).square().mean()).expect("a step");
            adam.step(&mut w, &grads);
            seen.push((f64::from(loss), grads).seen());
        }
        (w, seen)
    };
    singles_reduced: |d| {
        let x: Tensor<Shape![9, 33], f32, _> = d.randn(Key::new(3));
        (
            (x.sum().eval(), x.mean_axis::<0>().eval(), x.var_axis::<1>(1).eval()),
            (x.std(0).eval(), x.logsumexp().eval(), x.norm(3.0).eval()),
            (x.max().eval(), x.min_axis::<0>().eval(), x.prod_axis::<1>().eval()),
            (x.softmax().eval(), x.log_softmax_axis::<0>().eval()),
        )
    };
    running_formulas: |d| {
        let mut each = RunningOn { x: d.randn(Key::new(18)), seen: Vec::new() };
        every_running_formula(&mut each);
        assert!(each.seen.len() >= 5, "only {} rows were found", each.seen.len());
        each.seen
    };
    long_rows: |d| {
        let x: Tensor<Shape![3, 70000], f32, _> = d.randn(Key::new(4));
        let w: Param<Shape![70000], Weights<f32, _>> = d.randn(Key::new(5)).into();
        let (loss, grads) = w.value_and_grad(|w| (&x * w).tanh().sum()).expect("a step");
        (x.sum().eval(), x.max_axis::<1>().eval(), loss, grads, x.argmax_axis::<1>())
    };
    products: |d| {
        let a: Tensor<Shape![3, 70, 65], f32, _> = d.randn(Key::new(6));
        let b: Tensor<Shape![65, 80], f32, _> = d.randn(Key::new(7));
        (a.matmul(&b).eval(), einsum!("b i j, j k -> k i", &a, &b).eval(), a.sum_axis::<0>().matmul(&b).eval())
    };
    order: |d| {
        let x: Tensor<Shape![4, 17], f32, _> = d.randn(Key::new(8));
        let ids = d.randint((D::<40>,), Key::new(9), 0i64, 5).expect("a range");
        (
            (x.sort_axis::<1>().eval(), x.argsort_axis::<0>(), x.argmax_axis::<1>(), x.argmin()),
            (x.topk::<3, 1>().0.eval(), x.topk::<3, 1>().1, x.quantile(0.3).eval(), x.median().eval()),
            (ids.bincount(Found, 0).expect("small ones"), ids.unique(Found)),
            (
                (ids.isin(&d.tensor([1i64, 3])), ids.union1d(&d.tensor([7i64, 3]), Found)),
                (x.unique_axis_inverse::<1, _>(Found), x.lexsort()),
                ids.bincount_weighted(&ids, Found, 0).expect("small ones").eval(),
                (ids.unravel_index((D::<2>, D::<3>)), d.tensor([[1i64, 2]]).ravel_multi_index((D::<2>, D::<3>))),
            ),
        )
    };
    indices: |d| {
        let x: Tensor<Shape![5, 4], f64, _> = d.randn_of(Default::default(), Key::new(10));
        let ids = d.tensor([4i64, 0, 4]);
        let outside = attempt(|| x.gather(&d.tensor([5i64])).eval()).map(|_| ()).expect_err("outside").to_string();
        let found = x.gt(0.0).argwhere(Found);
        (x.gather(&ids).eval(), x.index_select::<1>(&d.tensor([3i64, 1])).eval(), outside, found)
    };
    created: |d| {
        (
            (d.arange_of::<i64, _>(Rows(5)), d.eye(D::<3>), d.linspace(Rows(4), 0.0, 1.0)),
            d.permutation(Rows(7), Key::new(1)),
            d.bernoulli_of::<bool, _>((Rows(9),), Key::new(1), 0.3).expect("a probability"),
            d.from_vec((Rows(2), Columns(2)), vec![1i64, 2, 3, 4]).expect("four elements"),
        )
    };
    moved: |d| {
        let x = Cpu.tensor([[1.0f32, 2.0], [3.0, 4.0]]).to(&d);
        let back = x.to(&Cpu);
        (x.to(&d), back, x == x.clone(), x.to_string(), format!("{x:?}"), x.convert::<f64>())
    };
    optimizers: |d| {
        let model = Linear::<D<6>, D<3>>::new(Key::new(11)).to(&d);
        let x: Tensor<Shape![8, 6], f32, _> = d.randn(Key::new(12));
        let mut all = Vec::new();
        macro_rules! steps {
            ($new:expr) => {{
                let mut model = model.clone();
                let mut opt = $new(&model);
                for _ in 0..3 {
                    let (loss, mut grads) = model.value_and_grad(|m| m.forward(&x).square().mean()).expect("a step");
                    clip_grad_norm(&mut grads, 0.5);
                    clip_grad_value(&mut grads, 0.1);
                    opt.step(&mut model, &grads);
                    all.push((loss, model.weight.clone(), model.bias.clone()).seen());
                }
            }};
        }
        steps!(|m: &_| Sgd::new(m, 0.1).momentum(0.9).nesterov(true));
        steps!(|m: &_| Adam::new(m, 0.1));
        steps!(|m: &_| AdamW::new(m, 0.1).weight_decay(0.1));
        steps!(|m: &_| RmsProp::new(m, 0.1).momentum(0.5));
        steps!(|m: &_| Adagrad::new(m, 0.1));
        all
    };
    matrices: |d| {
        let x: Tensor<Shape![2, 5, 5], f64, _> = d.randn_of(Default::default(), Key::new(13));
        let w: Param<Shape![4, 4], Weights<f64, _>> = d.rand_of(Default::default(), Key::new(14)).into();
        let (loss, grads) = w.value_and_grad(|w| w.matrix_power(3).trace()).expect("a step");
        (x.matrix_power(2).eval(), x.trace().eval(), x.cdist(&x).eval(), loss, grads)
    };
    integers_moved: |d| {
        let x = d.tensor([[5i64, -3, 2], [7, 0, -9]]);
        let ids = d.tensor([1i64, 0, 1]);
        (
            (x.flatten::<0>().eval(), x.unsqueeze::<0>().eval(), x.split::<1, _>(D::<1>).len()),
            (x.slice(s![.., ..2]).eval(), x.movedim::<0, 1>().eval()),
            x.permute::<Axes![1, 0]>().eval(),
            (x.index_select::<0>(&ids).eval(), x.take(&d.tensor([5i64, 0])).eval()),
            x.reshape((D::<3>, D::<2>)).eval(),
        )
    };
    run_time_axes: |d| {
        let x: Tensor<(Rows, D<5>), f64, _> = d.from_fn((Rows(4),  D::<5>), |i| (i * i % 7) as f64);
        let (rows, w) = (s![Found = 1..-1], Param::<(Rows, D<5>), Weights<f64, _>>::from(x.clone()));
        let (loss, grads) = w.value_and_grad(|w| {
            let stencil = w.slice(s![Found = ..-2]) + w.slice(s![Found = 2..]);
            let joined = w.concat_as::<0, _, _>(stencil, All).tile_as::<0, _>(2, All).diff_as::<0, _>(All);
            (joined.pad_as::<0, _>(1, 2, 3.0, All).square()).sum()
        }).expect("a step");
        (
            (x.slice(rows).eval(), x.slice(s![Found = ..; -2, 1..]).eval(), x.flatten_as::<0, _>(All).eval()),
            (x.unfold_as::<0, _, _>(Found(2), 1, All).eval(), x.flip_axes::<Axes![0, 1]>().eval()),
            (vec![&x, &x].cat_as::<0, _>(All).eval(), [&x, &x].stack_as::<1, _>(All).eval(), loss, grads),
            d.from_rows(Rows, All, &[vec![1i64, 2], vec![3, 4]]).expect("equal rows"),
        )
    };
    scattered: |d| {
        let (x, y): (Tensor<Shape![4, 3], f32, _>, Tensor<Shape![2, 3], f32, _>) =
            (d.randn(Key::new(15)), d.randn(Key::new(16)));
        let ids = d.tensor([3i64, 3]);
        let w: Param<Shape![2, 3], Weights<f32, _>> = y.clone().into();
        let (loss, grads) = w.value_and_grad(|w| x.index_add::<0>(&ids, w).square().sum()).expect("a step");
        (
            x.index_add::<0>(&ids, &y).eval(),
            x.index_copy::<0>(&ids, &y).eval(),
            x.gt(0.0).where_(&x, &(&x * 2.0).eval()).eval(),
            x.masked_select(x.gt(0.0), Found).eval(),
            (loss, grads),
        )
    };
    attention: |d| {
        type Side<A> = Param<Shape![6, 8], Weights<f32, A>>;
        let [q, k, v] = [1, 2, 3].map(|seed| Side::from(d.randn(Key::new(seed))));
        let step = (q, k, v).value_and_grad(|(q, k, v)| {
            let scores = (q.matmul_t(k) * 8f64.sqrt().recip()).tril(0);
            scores.softmax().matmul(v).square().mean()
        });
        let (loss, (q, k, v)) = step.expect("a step");
        (loss, q, k, v)
    };
}

#[cfg(feature = "linalg")]
same! {
    decompositions: |d| {
        let x: Tensor<Shape![4, 4], f64, _> = d.randn_of(Default::default(), Key::new(17));
        let w: Param<Shape![4, 4], Weights<f64, _>> = x.clone().into();
        let (loss, grads) = w.value_and_grad(|w| (w.inv() + w.det()).sum()).expect("a step");
        (x.inv().eval(), x.svdvals().eval(), x.solve(&x).eval(), x.expm().eval(), (loss, grads))
    };
}
