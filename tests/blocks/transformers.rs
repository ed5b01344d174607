//! Layers of encoders and decoders, with the norm before and behind.

use crate::INIT;
use crate::cases::{Cases, blank, case};
use crate::support::{gradients, random};
use congruent::nn::{Gelu, Relu, TransformerDecoderLayer, TransformerEncoderLayer};
use congruent::ops::Pointwise1;
use congruent::prelude::*;

dims! { Batch = ?, Tokens = ?, Others = ?, Width = 6, Heads = 3, Wide = 8 }

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
    assert!(matches!(without, Err(Error::NoKey)), "dropout asks for a key");
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

/// Names and shapes are those of PyTorch's `state_dict`, whose matrices are the other way round.
#[test]
fn parameters_have_the_names_of_pytorch() {
    let named = |model: &dyn Fn(&mut dyn FnMut(&str, &[usize]))| {
        let mut names = vec![];
        model(&mut |name, dims| names.push(format!("{name} {dims:?}")));
        names
    };
    let encoder = TransformerEncoderLayer::<Width, Heads, Wide>::new(Key::new(0));
    let of_encoder = named(&|show| encoder.visit(|name, dims, _| show(name, dims)));
    let attention = |name: &str| {
        let parts = ["in_proj_weight [6, 18]", "in_proj_bias [18]", "out_proj.weight [6, 6]", "out_proj.bias [6]"];
        parts.map(|part| format!("{name}.{part}"))
    };
    let network = ["linear1.weight [6, 8]", "linear1.bias [8]", "linear2.weight [8, 6]", "linear2.bias [6]"];
    let norms = |count: usize| (1..=count).flat_map(|i| [format!("norm{i}.weight [6]"), format!("norm{i}.bias [6]")]);
    let network = || network.map(str::to_owned);
    let wanted: Vec<String> = attention("self_attn").into_iter().chain(network()).chain(norms(2)).collect();
    assert_eq!(of_encoder, wanted);
    let decoder = TransformerDecoderLayer::<Width, Heads, Wide>::new(Key::new(0));
    let of_decoder = named(&|show| decoder.visit(|name, dims, _| show(name, dims)));
    let attentions = attention("self_attn").into_iter().chain(attention("multihead_attn"));
    assert_eq!(of_decoder, attentions.chain(network()).chain(norms(3)).collect::<Vec<_>>());
    assert_eq!(of_decoder.len(), 18);
    let bound = (6.0_f32 / 24.0).sqrt();
    assert!(encoder.self_attn.in_proj_weight.as_slice().iter().all(|w| w.abs() <= bound), "as in PyTorch");
}

/// In half precision a layer is near what it is in `f32`.
#[test]
fn layers_run_in_half_precision() {
    let (encoder, decoder) = (Encoder::init(Cpu, Gelu, INIT, Key::new(1)), Decoder::init(Cpu, Relu, INIT, Key::new(2)));
    let x: Tensor<_, f64> = Cpu.uniform_of((Batch(2), Tokens(3), Width), Key::new(3), -1.0, 1.0);
    let wide = encoder.infer(|m| m.forward(&x, Attend::causal()).eval()).expect("the sizes agree");
    let read =
        decoder.infer(|m| m.forward(&x, &wide, Attend::causal(), Attend::all()).eval()).expect("the sizes agree");
    let (narrow, x) = (encoder.cast::<f16>(), x.convert::<f16>());
    let half = narrow.infer(|m| m.forward(&x, Attend::causal()).eval()).expect("the sizes agree");
    let narrow = decoder.cast::<f16>();
    let of_half = narrow.infer(|m| m.forward(&x, &half, Attend::causal(), Attend::all()).eval());
    assert!(half.convert::<f64>().allclose(&wide, 2e-2, 2e-2));
    assert!(of_half.expect("the sizes agree").convert::<f64>().allclose(&read, 3e-2, 3e-2));
}
