//! Multi-head attention against the formula written out, central differences, and PyTorch's names.

mod support;

use congruent::io::Import;
use congruent::nn::{KvCache, Rotary};
use congruent::prelude::*;
use support::{gradients, random};

dims! { Batch = ?, Tokens = ?, Others = ?, Width = 6, Heads = 3 }

type Layer<P = Weights<f64>> = MultiHeadAttention<Width, Heads, P>;

/// A layer whose biases are not zero.
fn layer(seed: u64) -> Layer {
    let mut layer = Layer::init(Cpu, congruent::nn::Init::Normal { mean: 0.0, std: 0.6 }, Key::new(seed));
    let mut place = 0.0;
    layer.visit_mut(|name, _, values| {
        if name.ends_with("bias") {
            values.iter_mut().for_each(|value| {
                place += 1.0_f64;
                *value = (place * 0.7).sin();
            });
        }
    });
    layer
}

/// `x · w + b` for columns `from..from + 6` of a weight with as many rows as columns of `x`.
fn projected(x: &[f64], weight: &[f64], bias: &[f64], from: usize) -> Vec<f64> {
    let columns = bias.len();
    let row = |x: &[f64]| {
        let sum = |column: usize| x.iter().enumerate().map(|(i, x)| x * weight[i * columns + column]).sum::<f64>();
        (from..from + 6).map(|column| sum(column) + bias[column]).collect::<Vec<_>>()
    };
    x.chunks(6).flat_map(row).collect()
}

/// One sequence that looks at another one, by loops over numbers; `sees` says which key a query sees.
fn by_hand(layer: &Layer, x: &[f64], others: &[f64], sees: impl Fn(usize, usize) -> bool) -> Vec<f64> {
    let (weight, bias) = (layer.in_proj_weight.as_slice(), layer.in_proj_bias.as_slice());
    let [q, k, v] = [(x, 0), (others, 6), (others, 12)].map(|(x, from)| projected(x, weight, bias, from));
    let mut mixed = vec![0.0; x.len()];
    for (query, head) in (0..x.len() / 6).flat_map(|query| (0..3).map(move |head| (query, head))) {
        let score = |key: usize| {
            (0..2).map(|i| q[query * 6 + head * 2 + i] * k[key * 6 + head * 2 + i]).sum::<f64>() / 2.0_f64.sqrt()
        };
        let seen: Vec<usize> = (0..others.len() / 6).filter(|&key| sees(query, key)).collect();
        let total: f64 = seen.iter().map(|&key| score(key).exp()).sum();
        for &key in &seen {
            (0..2).for_each(|i| {
                mixed[query * 6 + head * 2 + i] += score(key).exp() / total * v[key * 6 + head * 2 + i];
            });
        }
    }
    projected(&mixed, layer.out_proj.weight.as_slice(), layer.out_proj.bias.as_slice(), 0)
}

#[track_caller]
fn near(found: &[f64], wanted: &[f64]) {
    support::assert_close("attention", found, wanted, 1e-11);
}

#[test]
fn tokens_see_each_other_as_the_formula_says() {
    let layer = layer(1);
    for (batch, tokens) in [(2, 5), (1, 1), (3, 2)] {
        let x = Cpu.uniform_of::<f64, _>((Batch(batch), Tokens(tokens), Width), Key::new(2), -2.0, 2.0);
        let all = layer.infer(|m| m.forward(&x, Attend::all()).eval()).expect("the sizes agree");
        let ordered = layer.infer(|m| m.forward(&x, Attend::causal()).eval()).expect("the sizes agree");
        let apart = layer.infer(|m| m.attend(&x, &x, &x, Attend::all()).eval()).expect("the sizes agree");
        for (place, x) in x.as_slice().chunks(tokens * 6).enumerate() {
            let part = place * tokens * 6..(place + 1) * tokens * 6;
            near(&all.as_slice()[part.clone()], &by_hand(&layer, x, x, |_, _| true));
            near(&apart.as_slice()[part.clone()], &by_hand(&layer, x, x, |_, _| true));
            near(&ordered.as_slice()[part], &by_hand(&layer, x, x, |query, key| key <= query));
        }
    }
}

#[test]
fn tokens_see_others_past_a_mask() {
    let layer = layer(3);
    let x = Cpu.uniform_of::<f64, _>((Batch(2), Tokens(3), Width), Key::new(4), -2.0, 2.0);
    let others = Cpu.uniform_of::<f64, _>((Batch(2), Others(4), Width), Key::new(5), -2.0, 2.0);
    let lengths = [4, 2];
    let mask = Cpu.from_fn((Batch(2), D::<1>, D::<1>, Others(4)), |i| i % 4 < lengths[i / 4]);
    let y = layer.infer(|m| m.attend(&x, &others, &others, Attend::all().mask(&mask)).eval()).expect("they fit");
    for (place, (x, others)) in x.as_slice().chunks(18).zip(others.as_slice().chunks(24)).enumerate() {
        near(&y.as_slice()[place * 18..][..18], &by_hand(&layer, x, others, |_, key| key < lengths[place]));
    }
    let others = Cpu.full((Batch(1), Others(4), Width), 1.0_f64);
    let error = layer.infer(|m| m.attend(&x, &others, &others, Attend::all()).eval()).expect_err("the batches differ");
    assert!(error.to_string().contains("run-time sizes differ"), "{error}");
}

#[test]
fn of_nothing_comes_nothing() {
    for (batch, tokens) in [(0, 3), (2, 0)] {
        let x = Cpu.full((Batch(batch), Tokens(tokens), Width), 1.0_f64);
        let (y, z) = layer(1)
            .infer(|m| (m.forward(&x, Attend::causal()).eval(), m.attend(&x, &x, &x, Attend::all()).eval()))
            .expect("the sizes agree");
        assert!(y.shape() == x.shape() && z.shape() == x.shape());
    }
}

/// Turned by numbers, and the gradient by differences.
#[test]
fn rotary_turns_pairs_of_features() {
    let x = Cpu.uniform_of::<f64, _>((Batch(2), Tokens(3), Width), Key::new(2), -2.0, 2.0);
    let rotary = Rotary { base: 100.0, from: 4 };
    let y = x.apply(rotary).eval();
    for (place, (x, y)) in x.as_slice().chunks(6).zip(y.as_slice().chunks(6)).enumerate() {
        for pair in 0..3 {
            let (sin, cos) = ((4 + place % 3) as f64 * 100.0_f64.powf(-(pair as f64) / 3.0)).sin_cos();
            near(&y[pair..=pair], &[x[pair] * cos - x[pair + 3] * sin]);
            near(&y[pair + 3..pair + 4], &[x[pair + 3] * cos + x[pair] * sin]);
        }
    }
    let c = &y;
    gradients!(random((Batch(2), Tokens(3), Width), 1, -1.0, 1.0), |x| (x.apply(rotary) * c).square().sum());
}

#[test]
fn gradients_agree_with_differences() {
    let (x, c) = (|seed| random((Batch(2), Tokens(3), Width), seed, -1.0, 1.0), random((), 9, 0.5, 1.0).tensor());
    gradients!((x(1), layer(5)), |(x, m)| (m.forward(x, Attend::causal()).square() * &c).sum());
    let others = || random((Batch(2), Others(2), Width), 3, -1.0, 1.0);
    gradients!((x(1), others(), layer(5)), |(x, y, m)| m.attend(x, y, y, Attend::all()).square().sum());
}

/// A file with PyTorch's names and shapes is read, and the model that was saved is the one that comes back.
#[test]
fn parameters_have_the_names_of_pytorch() {
    #[derive(Model)]
    struct Saved<P: Part = Weights> {
        in_proj_weight: Param<Shape![18, 6], P>,
        in_proj_bias: Param<Shape![18], P>,
        out_proj: Out<P>,
    }
    #[derive(Model)]
    struct Out<P: Part = Weights> {
        weight: Param<Shape![6, 6], P>,
        bias: Param<Shape![6], P>,
    }
    let draw = |seed| Key::new(seed);
    let saved = Saved {
        in_proj_weight: Cpu.rand(draw(1)).into(),
        in_proj_bias: Cpu.rand(draw(2)).into(),
        out_proj: Out { weight: Cpu.rand(draw(3)).into(), bias: Cpu.rand(draw(4)).into() },
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("attention.safetensors");
    saved.save(&path).expect("written");
    let mut layer = MultiHeadAttention::<Width, Heads>::new(Key::new(0));
    let bound = (6.0_f32 / 24.0).sqrt();
    assert!(layer.in_proj_weight.as_slice().iter().all(|w| w.abs() <= bound), "as in PyTorch");
    layer.load_with(&path, &Import::pytorch()).expect("the names are PyTorch's");
    assert_eq!(layer.in_proj_weight.as_slice(), saved.in_proj_weight.tensor().t().eval().as_slice());
    assert_eq!(layer.out_proj.weight.as_slice(), saved.out_proj.weight.tensor().t().eval().as_slice());
    layer.save(&path).expect("written");
    let mut other = MultiHeadAttention::<Width, Heads>::new(Key::new(1));
    other.load(&path).expect("the names agree");
    assert_eq!(other.in_proj_bias.tensor(), layer.in_proj_bias.tensor());
}

#[test]
fn a_wrong_mask_leaves_the_cache_as_it_was() {
    let layer = MultiHeadAttention::<Width, Heads>::new(Key::new(0));
    let mut cache = KvCache::new((Batch(2), Heads, Others(0), D::<2>));
    let x = Cpu.full((Batch(2), Tokens(3), Width), 0.5f32);
    for seen in [1, 2] {
        let wrong = Cpu.full((Tokens(3), Others(3 * seen + 1)), true);
        let error = layer.infer(|m| m.forward_after(&x, &mut cache, Attend::all().mask(&wrong)).eval());
        assert!(matches!(error, Err(Error::Sizes(_))) && cache.len() == 3 * (seen - 1));
        let mask = Cpu.full((Tokens(3), Others(3 * seen)), true);
        layer.infer(|m| m.forward_after(&x, &mut cache, Attend::all().mask(&mask)).eval()).expect("it fits");
        assert_eq!(cache.len(), 3 * seen);
    }
}

#[test]
fn rotary_takes_no_base_without_a_power() {
    let x = Cpu.ones::<Shape![2, 4]>();
    for base in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = attempt(|| x.apply(Rotary { base, from: 1 }).eval());
        assert!(matches!(error, Err(Error::Value { what: "base of rotary positions", .. })), "{base}");
    }
    assert!(x.apply(Rotary { base: 1e4, from: usize::MAX }).eval().as_slice().iter().all(|x| x.is_finite()));
}
