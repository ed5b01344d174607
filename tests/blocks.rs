//! Bilinear layers, bags, local response norms and transformer layers against PyTorch's numbers in
//! `golden/blocks.npz`, which `scripts/golden_blocks.py` writes, and against central differences.

mod support;

use congruent::device::Storage;
use congruent::io::npz::NpzFile;
use congruent::model::{EachMut, Gradient, Path, Tree};
use congruent::nn::{
    BagMode, Bilinear, EmbeddingBag, Gelu, Init, LocalResponseNorm, Relu, TransformerDecoderLayer,
    TransformerEncoderLayer, alibi,
};
use congruent::ops::Pointwise1;
use congruent::prelude::*;
use std::collections::HashMap;
use support::{assert_close, gradients, random};

dims! { Batch = ?, Tokens = ?, Others = ?, Width = 6, Heads = 3, Wide = 8 }

/// The reference cases.
struct Cases(NpzFile);

impl Cases {
    fn open() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/blocks.npz");
        Cases(NpzFile::open(path).expect("the reference file is there"))
    }
    fn get(&mut self, name: &str) -> Vec<f64> {
        self.0.get(name).and_then(|array| array.values(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
    /// A model whose parameters are those of a case.
    fn filled<M: Inspect<f64, Cpu>>(&mut self, case: &str, mut model: M) -> M {
        let mut names = vec![];
        model.visit(|name, _, values| names.push((name.to_owned(), values.len())));
        names.sort();
        let mut values = self.get(&format!("{case}/p")).into_iter();
        let parts: HashMap<String, Vec<f64>> =
            names.into_iter().map(|(name, len)| (name, values.by_ref().take(len).collect())).collect();
        assert_eq!(values.len(), 0, "{case}: PyTorch has more parameters");
        model.visit_mut(|name, _, values| values.copy_from_slice(&parts[name]));
        model
    }
    /// Asserts that gradients are PyTorch's.
    fn compare<G: Tree<Grads<f64>>>(&mut self, case: &str, mut grads: G) {
        struct Named(Vec<(String, Vec<f64>)>);
        impl EachMut<Grads<f64>> for Named {
            fn param(&mut self, at: &Path<'_>, _: &[usize], gradient: &mut Gradient<f64, Cpu>) {
                self.0.push((at.to_string(), gradient.device().download(gradient.values())));
            }
        }
        let mut named = Named(vec![]);
        grads.each_mut(&mut named, &Path::ROOT);
        named.0.sort_by(|a, b| a.0.cmp(&b.0));
        let found: Vec<f64> = named.0.iter().flat_map(|(_, values)| values.iter().copied()).collect();
        assert_close(&format!("{case}: gradients"), &found, &self.get(&format!("{case}/g")), 1e-10);
    }
}

/// `case!(cases, "name", model, |m| y)`: the output and all gradients of `y`, as PyTorch has them. The parameters of
/// the model are those of the case.
macro_rules! case {
    ($cases:ident, $name:expr, $model:expr, |$m:pat_param| $y:expr) => {{
        let name: &str = $name;
        let model = $cases.filled(name, $model);
        let weights = $cases.get(&format!("{name}/c"));
        let mut found = vec![];
        let step = model.value_and_grad(|$m| {
            $y.with(|y| {
                found = y.eval().to_vec();
                let weights = Cpu.from_slice(y.shape(), &weights).expect("as many as the output has");
                (y * &weights).sum()
            })
        });
        assert_close(name, &found, &$cases.get(&format!("{name}/y")), 1e-10);
        $cases.compare(name, step.expect("the sizes agree").1);
    }};
}

const INIT: Init = Init::Uniform { low: -0.7, high: 0.7 };

/// A parameter that gets its numbers later.
fn blank<S: Shape>(shape: S) -> Param<S, Weights<f64>> {
    Cpu.full(shape, 0.0).into()
}

#[test]
fn bilinear_layers_agree_with_pytorch() {
    let mut cases = Cases::open();
    let layer = Bilinear::<D<3>, D<4>, D<5>, Weights<f64>>::init(Cpu, INIT, Key::new(0));
    let inputs = (blank((Batch(2), D::<3>, D::<3>)), blank((Batch(2), D::<3>, D::<4>)));
    case!(cases, "bilinear", (layer, inputs.0, inputs.1), |(m, x, z)| m.forward(x, z));
}

#[test]
fn bilinear_layers_of_one_row_of_none_and_without_bias() {
    let layer = Bilinear::<D<2>, D<3>, D<2>, Weights<f64>, NoBias>::init(Cpu, INIT, Key::new(0));
    let (x, z) = (random((D::<2>,), 1, -1.0, 1.0), random((D::<3>,), 2, -1.0, 1.0));
    gradients!((layer.clone(), x, z), |(m, x, z)| m.forward(x, z).square().sum());
    let none = layer.infer(|m| {
        let (x, z) = (Cpu.full((Batch(0), D::<2>), 1.0), Cpu.full((Batch(0), D::<3>), 1.0));
        m.forward(&x, &z).eval()
    });
    assert_eq!(none.expect("the sizes agree").shape(), (Batch(0), D::<2>));
    let (x, z) = (Cpu.full((Batch(2), D::<2>), 1.0), Cpu.full((Batch(3), D::<3>), 1.0));
    let error = layer.infer(|m| m.forward(&x, &z).eval()).expect_err("the batches differ");
    let words = "bilinear layer: run-time sizes differ: left is (Batch = 2, D<2>), right is (Batch = 3, D<3>)";
    assert_eq!(error.to_string(), words);
}

#[test]
fn bags_agree_with_pytorch() {
    let mut cases = Cases::open();
    let (ids, offsets) = (Cpu.tensor([4, 1, 1, 0, 3, 2, 4]), Cpu.tensor([0, 3, 3, 4]));
    let square = Cpu.tensor([[4, 1, 1], [0, 3, 2]]);
    for (mode, name) in [(BagMode::Sum, "sum"), (BagMode::Mean, "mean"), (BagMode::Max, "max")] {
        let bag = EmbeddingBag::<D<5>, D<3>, Weights<f64>>::init(Cpu, INIT, Key::new(0));
        let bag = EmbeddingBag { mode, ..bag };
        case!(cases, &format!("bag_{name}"), (bag.clone(),), |(m,)| m.forward_offsets(&ids, &offsets));
        case!(cases, &format!("bags_{name}"), (bag.clone(),), |(m,)| m.forward(&square));
        let all = Cpu.full(square.shape(), true);
        case!(cases, &format!("bags_{name}"), (bag.clone(),), |(m,)| m.forward_masked(&square, &all));
        // The same bags under a mask, where what is hidden is no id.
        let padded = Cpu.tensor([[4, 1, 1, -7], [9, 9, 9, 9], [0, -1, -1, 99], [3, 2, 4, 7]]);
        let seen = Cpu.from_fn((D::<4>, D::<4>), |i| {
            [true, true, true, false, false, false, false, false, true, false, false, false, true, true, true, false][i]
        });
        case!(cases, &format!("bag_{name}"), (bag.clone(),), |(m,)| m.forward_masked(&padded, &seen));
        // Empty bags, and none.
        let empty = bag.infer(|m| m.forward(&Cpu.full((Batch(2), Tokens(0)), 0_i64)).eval()).expect("nothing is wrong");
        assert_eq!(empty.as_slice(), [0.0; 6]);
        let nothing = (Cpu.full((Tokens(0),), 0_i64), Cpu.full((Batch(0),), 0_i64));
        let none = bag.infer(|m| m.forward_offsets(&nothing.0, &nothing.1).eval()).expect("nothing is wrong");
        assert_eq!(none.shape(), (Batch(0), D::<3>));
    }
}

#[test]
fn offsets_of_bags_are_checked() {
    let bag = EmbeddingBag::<D<5>, D<3>>::new(Key::new(0));
    let ids = Cpu.tensor([4, 1, 1, 0]);
    for wrong in [[1, 2, 3], [0, 3, 2], [0, 2, 5], [0, -1, 2]] {
        let error = bag.infer(|m| m.forward_offsets(&ids, &Cpu.tensor(wrong)).eval()).expect_err("they are wrong");
        assert!(matches!(error, Error::Value { what: "offsets of bags", .. }), "{wrong:?}: {error}");
    }
    let error = bag.infer(|m| m.forward_offsets(&ids, &Cpu.full((Batch(0),), 0_i64)).eval()).expect_err("no bag");
    assert!(error.to_string().contains("none, for 4 ids"), "{error}");
    let error = bag.infer(|m| m.forward_offsets(&Cpu.tensor([7]), &Cpu.tensor([0])).eval()).expect_err("no such id");
    assert!(matches!(error, Error::Index { .. }), "{error}");
}

#[test]
fn local_response_norms_agree_with_pytorch() {
    let mut cases = Cases::open();
    for size in [1, 3, 4, 9] {
        let norm = LocalResponseNorm { size, alpha: 0.7, beta: 0.6, k: 1.3 };
        let x = blank((Batch(2), D::<5>, D::<3>, D::<2>));
        case!(cases, &format!("local_response_{size}"), (x,), |(x,)| x.apply(norm));
    }
    let error = attempt(|| Cpu.ones::<Shape![1, 2, 3]>().apply(LocalResponseNorm::new(0)).eval());
    assert!(matches!(error, Err(Error::Value { what: "channels of a local response norm", .. })));
    let none = Cpu.full((Batch(0), D::<2>), 1.0_f32).apply(LocalResponseNorm::new(5)).eval();
    assert_eq!(none.shape(), (Batch(0), D::<2>));
    // Squares of 16-bit floats overflow where those of their precision do not.
    let large = Cpu.full((D::<1>, D::<2>), f16::from_f32(1000.0));
    let y = large.apply(LocalResponseNorm { alpha: 1.0, ..LocalResponseNorm::new(2) }).eval();
    assert!(y.as_slice().iter().all(|y| y.is_finite() && y.to_f32() > 0.0), "{y:?}");
}

type Encoder<A> = TransformerEncoderLayer<Width, Heads, Wide, Weights<f64>, A>;
type Decoder = TransformerDecoderLayer<Width, Heads, Wide, Weights<f64>>;

/// Keys that the cases hide: the last two of the second sequence.
fn seen<N: Dim>(keys: N) -> Tensor<(Batch, D<1>, D<1>, N), bool> {
    Cpu.from_fn((Batch(2), D::<1>, D::<1>, keys), |i| i < 6)
}

#[test]
fn encoder_layers_agree_with_pytorch() {
    fn with<A: Pointwise1>(cases: &mut Cases, activation: A, act: &str) {
        for (norm_first, order) in [(false, "post"), (true, "pre")] {
            let layer = || Encoder { norm_first, ..Encoder::init(Cpu, activation, INIT, Key::new(0)) };
            let (x, name) = (|| blank((Batch(2), Tokens(4), Width)), format!("encoder_{order}_{act}"));
            case!(cases, &name, (layer(), x()), |(m, x)| m.forward(x, Attend::all()));
            case!(cases, &format!("{name}_causal"), (layer(), x()), |(m, x)| m.forward(x, Attend::causal()));
            let seen = seen(Tokens(4));
            case!(cases, &format!("{name}_masked"), (layer(), x()), |(m, x)| m.forward(x, Attend::all().mask(&seen)));
        }
    }
    let mut cases = Cases::open();
    with(&mut cases, Relu, "relu");
    with(&mut cases, Gelu, "gelu");
}

#[test]
fn decoder_layers_agree_with_pytorch() {
    let mut cases = Cases::open();
    for (norm_first, order) in [(false, "post"), (true, "pre")] {
        let layer = Decoder { norm_first, ..Decoder::init(Cpu, Relu, INIT, Key::new(0)) };
        let (x, memory) = (blank((Batch(2), Tokens(3), Width)), blank((Batch(2), Others(4), Width)));
        let seen = seen(Others(4));
        let hide = Attend::all().mask(&seen);
        case!(cases, &format!("decoder_{order}"), (layer, x, memory), |(m, x, memory)| {
            m.forward(x, memory, Attend::causal(), hide)
        });
    }
}

/// With dropout, whose masks are drawn from the key; before the layers erase their graphs and behind them gradients are
/// those of differences.
#[test]
fn transformer_layers_drop_and_have_the_gradients_of_differences() {
    let dropout = || Dropout::new(0.3).expect("a probability");
    let encoder = Encoder { norm_first: true, dropout: dropout(), ..Encoder::init(Cpu, Gelu, INIT, Key::new(1)) };
    let decoder = Decoder { dropout: dropout(), ..Decoder::init(Cpu, Relu, INIT, Key::new(2)) };
    let x = || random((Batch(2), Tokens(3), Width), 3, -1.0, 1.0);
    gradients!((encoder.clone(), decoder, x()), |(encoder, decoder, x)| with_key(Key::new(5), || {
        let memory = encoder.forward(x * 2.0, Attend::all());
        decoder.forward(x.sin(), memory, Attend::causal(), Attend::all()).square().sum()
    }));
    let without = encoder.value_and_grad(|m| m.forward(x().tensor().ex(), Attend::all()).sum());
    assert!(matches!(without, Err(Error::NoKey { .. })), "dropout asks for a key");
}

#[test]
fn transformer_layers_say_which_sizes_differ() {
    let decoder = Decoder::init(Cpu, Relu, INIT, Key::new(2));
    let (x, memory) = (Cpu.full((Batch(2), Tokens(3), Width), 1.0), Cpu.full((Batch(1), Others(3), Width), 1.0));
    let error = decoder.infer(|m| m.forward(&x, &memory, Attend::causal(), Attend::all()).eval()).expect_err("batches");
    let words = "transformer decoder layer: run-time sizes differ: left is (Batch = 2, Tokens = 3, Width = 6), \
                 right is (Batch = 1, Others = 3, Width = 6)";
    assert_eq!(error.to_string(), words);
    for (batch, tokens) in [(0, 3), (2, 0)] {
        let x = Cpu.full((Batch(batch), Tokens(tokens), Width), 1.0);
        let y = decoder.infer(|m| m.forward(&x, &x, Attend::causal(), Attend::all()).eval()).expect("of nothing");
        assert_eq!(y.shape(), x.shape());
    }
}

/// Slopes as in the paper's code, also of heads that are no power of 2.
#[test]
fn alibi_has_the_slopes_of_the_paper() {
    let slopes = |heads: usize| -> Vec<f64> {
        dims! { Many = ? }
        let biases: Tensor<_, f64> = alibi(Cpu, (Many(heads), D::<2>, D::<3>));
        biases.as_slice().chunks(6).map(|head| -head[3] / 2.0).collect()
    };
    assert_eq!(slopes(4), [0.25, 0.0625, 0.015625, 0.00390625]);
    let six = [2.0, 4.0, 6.0, 8.0, 1.0, 3.0].map(|power: f64| 2.0_f64.powf(-power));
    assert_eq!(slopes(6), six);
    let biases: Tensor<_, f64> = alibi(Cpu, (D::<1>, D::<2>, D::<3>));
    let slope = 2.0_f64.powi(-8);
    assert_eq!(biases.as_slice(), [-1.0, 0.0, -1.0, -2.0, -1.0, 0.0].map(|steps| steps * slope));
}
