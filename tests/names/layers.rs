//! Rows of layers.
//!
//! Apart from `autodiff`: a layer is a model with a `forward`.

use congruent::nn::Relu;
use congruent::prelude::*;

rows! {
    "nn layers";
    given { let (key, x) = (Key::new(1), Cpu.tensor([[1.0, 3.0], [5.0, 5.0]])); }
    "Linear": "", "nn.Linear(2, 3)" => "Linear::<D<2>, D<3>>::new(key)", "the weight is `(inputs, outputs)`" {
        let layer = Linear::<D<2>, D<3>>::new(key);
        assert_eq!(layer.infer(|m| m.forward(&x).eval())?.shape(), (D::<2>, D::<3>));
    }
    "Linear without bias": "", "nn.Linear(2, 3, bias=False) | nn.LayerNorm(2, bias=False)" =>
        "Linear::<D<2>, D<3>, Weights, NoBias>::new(key)", "in a model: `Linear<D<2>, D<3>, P, NoBias>`" {
        let layer = Linear::<D<2>, D<3>, Weights, NoBias>::new(key);
        assert_eq!(layer.count(), 6);
    }
    "Embedding": "", "nn.Embedding(10, 4)" => "Embedding::<D<10>, D<4>>::new(key)", "" {
        let table = Embedding::<D<10>, D<4>>::new(key);
        assert_eq!(table.infer(|m| m.forward(&Cpu.tensor([1, 9])).eval())?.shape(), (D::<2>, D::<4>));
    }
    "layer norm": "", "nn.LayerNorm(2)" => "LayerNorm::<D<2>>::new()",
        "as an operation, without weights: `x.layer_norm(eps)`" {
        let y = LayerNorm::<D<2>>::new().infer(|m| m.forward(&x).eval())?;
        assert!((y.as_slice()[1] - 1.0).abs() < 1e-4 && y.as_slice()[3] == 0.0);
    }
    "rms norm": "", "nn.RMSNorm(2)" => "RmsNorm::<D<2>>::new()", "" {
        let y = RmsNorm::<D<2>>::new().infer(|m| m.forward(&x).eval())?;
        assert!((y.as_slice()[3] - 1.0).abs() < 1e-5);
    }
    "batch norm": "", "nn.BatchNorm1d(2)" => "BatchNorm::<D<2>>::new()", "over the last axis" {
        let y = BatchNorm::<D<2>>::new().infer(|m| m.forward(&x).eval())?;
        assert!((y.as_slice()[0] - 1.0).abs() < 1e-4);
    }
    "Dropout": "", "nn.Dropout(0.5)" => "Dropout::<Weights>::new(0.5)",
        "its key comes from `with_key`; the identity in inference" {
        let y = Dropout::<Weights>::new(0.5)?.infer(|m| m.forward(&x).eval())?;
        assert_eq!(y, x);
    }
    "Monte Carlo dropout": "", "m.dropout.train() # in inference" =>
        "with_dropout(key, || model.infer(|m| m.forward(&x).eval()))", "" {
        let model = Dropout::<Weights>::new(0.5)?;
        let y = with_dropout(key, || model.infer(|m| m.forward(&x).eval()))?;
        assert!(y.to_vec().iter().zip(x.to_vec()).all(|(y, x)| *y == 0.0 || *y == 2.0 * x));
    }
    "Sequential": "", "nn.Sequential(..)" => "(Linear::<D<2>, D<3>>::new(key), Relu)", "a tuple" {
        let model = (Linear::<D<2>, D<3>>::new(key), Relu);
        assert!(model.infer(|m| m.forward(&x).eval())?.ge(0.0).all());
    }
    "weight norm": "", "nn.utils.parametrizations.weight_norm(nn.Linear(2, 3))" =>
        "WeightNorm::new(Linear::<D<2>, D<3>>::new(key))", "of convolutions, too" {
        use congruent::nn::WeightNorm;
        let layer = WeightNorm::new(Linear::<D<2>, D<3>>::new(key));
        assert_eq!(layer.infer(|m| m.forward(&x).eval())?.shape(), (D::<2>, D::<3>));
    }
    "Residual": "", "x + f(x)" => "Residual::new(Linear::<D<2>, D<2>>::new(key))", "" {
        let block = Residual::new(Linear::<D<2>, D<2>>::new(key));
        assert_eq!(block.infer(|m| m.forward(&x).eval())?.shape(), x.shape());
    }
    "activation layers": "", "nn.ReLU()" => "Relu",
        "each activation is a layer of its name: `Gelu`, `Silu`, `Tanh`, .." {
        let model = (Relu, Linear::<D<2>, D<1>>::new(key));
        assert_eq!(model.count(), 3);
    }
    "number of parameters": "", "sum(p.numel() for p in m.parameters())" => "model.count()",
        "`visit` and `visit_mut` walk all by name" {
        let model = Linear::<D<2>, D<3>>::new(key);
        assert_eq!(model.count(), 9);
    }
    "a budget of parameters": "", "assert sum(p.numel() for p in m.parameters()) < 10" =>
        "const _: () = assert!(Linear::<D<2>, D<3>>::PARAMETERS < 10);",
        "checked by the compiler; of every derived model" {
        const _: () = assert!(Linear::<D<2>, D<3>>::PARAMETERS < 10);
    }
    "Bilinear": "", "nn.Bilinear(2, 2, 3)" => "Bilinear::<D<2>, D<2>, D<3>>::new(key)",
        "names and shapes of `weight` and `bias` are PyTorch's" {
        use congruent::nn::Bilinear;
        let layer = Bilinear::<D<2>, D<2>, D<3>>::new(key);
        assert_eq!(layer.infer(|m| m.forward(&x, &x).eval())?.shape(), (D::<2>, D::<3>));
    }
    "EmbeddingBag": "", "nn.EmbeddingBag(10, 4)" => "EmbeddingBag::<D<10>, D<4>>::new(key)",
        "`mode: BagMode::Sum`, `Max`; offsets: `m.forward_offsets(&ids, &offsets)`; `forward_masked`" {
        use congruent::nn::EmbeddingBag;
        let table = EmbeddingBag::<D<10>, D<4>>::new(key);
        assert_eq!(table.infer(|m| m.forward(&Cpu.tensor([[1, 9, 9]])).eval())?.shape(), (D::<1>, D::<4>));
    }
    "Conv": "", "nn.Conv2d(1, 8, 3, padding=1)" => "Conv2d::<D<1>, D<8>, Filter<3, 1, 1>>::new(key)",
        "names and shapes of `weight` and `bias` are PyTorch's; `Conv1d`, `Conv3d` likewise" {
        let pictures = Cpu.ones::<Shape![2, 1, 5, 5]>();
        let layer = Conv2d::<D<1>, D<8>, Filter<3, 1, 1>>::new(key);
        assert_eq!(layer.infer(|m| m.forward(&pictures).eval())?.shape(), (D::<2>, D::<8>, D::<5>, D::<5>));
    }
    "batch norm of channels": "", "nn.BatchNorm2d(3)" => "BatchNorm2d::<D<3>>::new()",
        "over axis 1; `BatchNorm1d`, `BatchNorm3d` likewise" {
        let y = BatchNorm2d::<D<3>>::new().infer(|m| m.forward(&Cpu.ones::<Shape![2, 3, 4, 4]>()).eval())?;
        assert!((y.as_slice()[0] - 1.0).abs() < 1e-4);
    }
    "Pool, Flatten": "", "nn.Sequential(nn.MaxPool2d(2), nn.Flatten())" => "(MaxPool2d(Pool::<2>), Flattening)",
        "in a tuple of layers; by name it is `x.max_pool2d(Pool::<2>)`" {
        use congruent::nn::{Flattening, MaxPool2d};
        let model = ((MaxPool2d(Pool::<2>), Flattening), Linear::<D<12>, D<2>>::new(key));
        assert_eq!(model.infer(|m| m.forward(&Cpu.ones::<Shape![2, 3, 4, 4]>()).eval())?.shape(), (D::<2>, D::<2>));
    }
    "ConvT": "", "nn.ConvTranspose2d(1, 8, 4, 2, 1)" =>
        "ConvTranspose2d::<D<1>, D<8>, TransposedFilter<4, 2, 1>>::new(key)",
        "names and shapes of `weight` and `bias` are PyTorch's; along axes of the run: `m.forward_as(&x, ..)`" {
        let layer = ConvTranspose2d::<D<1>, D<8>, TransposedFilter<4, 2, 1>>::new(key);
        let y = layer.infer(|m| m.forward(&Cpu.ones::<Shape![2, 1, 5, 5]>()).eval())?;
        assert_eq!(y.shape(), (D::<2>, D::<8>, D::<10>, D::<10>));
    }
    "group norm": "", "nn.GroupNorm(2, 4)" => "GroupNorm::<D<4>, 2>::new()",
        "as an operation, without weights: `x.group_norm::<2>(eps)`" {
        let y = GroupNorm::<D<4>, 2>::new().infer(|m| m.forward(&Cpu.ones::<Shape![2, 4, 3, 3]>()).eval())?;
        assert!(y.eq(0.0).all());
    }
    "instance norm": "", "nn.InstanceNorm2d(4) | F.instance_norm(x)" => "pictures.instance_norm(1e-5)",
        "in a tuple of layers: `InstanceNorm2d::default()`; `affine=True` is `GroupNorm::<D<4>, 4>::new()`" {
        let pictures = Cpu.tensor([[[[1.0, 3.0]], [[5.0, 5.0]]]]);
        let y = pictures.instance_norm(1e-5).eval();
        assert!((y.as_slice()[1] - 1.0).abs() < 1e-4 && y.as_slice()[2..] == [0.0, 0.0]);
    }
    "local response norm": "", "nn.LocalResponseNorm(5)" => "x.apply(LocalResponseNorm::new(5))",
        "a layer of tuples, too" {
        use congruent::nn::LocalResponseNorm;
        assert_eq!(x.apply(LocalResponseNorm::new(5)).eval().shape(), x.shape());
    }
    "RNN, LSTM, GRU": "", "nn.LSTM(2, 4, batch_first=True) | nn.GRU | nn.RNN" => "Lstm::<D<2>, D<4>>::new(key)",
        "`Gru`, `Rnn` likewise; from a state to the last: `m.run(&x, ..)`; one step: `LstmCell`, `GruCell`, `RnnCell`" {
        let x = Cpu.ones::<Shape![3, 5, 2]>();
        let lstm = Lstm::<D<2>, D<4>>::new(key);
        assert_eq!(lstm.infer(|m| m.forward(&x).eval())?.shape(), (D::<3>, D::<5>, D::<4>));
        let stacked = (Gru::<D<2>, D<4>>::new(key), Gru::<D<4>, D<4>>::new(key));
        assert_eq!(stacked.infer(|m| m.forward(&x).eval())?.shape(), (D::<3>, D::<5>, D::<4>));
    }
    "sequences of different lengths": "", "pack_padded_sequence(x, lengths) | pad_packed_sequence(y)" =>
        "m.forward_lengths(&x, &lengths)",
        "outputs behind the end are zeros; with states: `m.run_lengths(&x, .., &lengths)`" {
        let x = Cpu.ones::<Shape![2, 5, 2]>();
        let gru = Gru::<D<2>, D<4>>::new(key);
        let lengths = Cpu.tensor([5, 2]);
        let y = gru.infer(|m| m.forward_lengths(&x, &lengths).eval())?;
        assert!(y.select::<0>(1).narrow::<0, _>(2, D::<3>).eval().eq(0.0).all());
    }
    "KV-cache": "", "past_key_values" => "KvCache::new((Past(0), D::<2>))",
        "keys and values of the tokens so far, in memory that grows by doubling; views of it" {
        use congruent::dims;
        use congruent::nn::KvCache;
        dims! { Past = ? }
        let mut cache = KvCache::new((Past(0), D::<2>));
        cache.push(&x, &x)?;
        assert_eq!(x.attention_with(cache.keys(), cache.values(), Attend::causal()).eval().as_slice()[..2], [1.0, 3.0]);
    }
    "MHA": "", "nn.MultiheadAttention(8, 2, batch_first=True)" => "MultiHeadAttention::<D<8>, D<2>>::new(key)",
        "over itself, in order; over others: `m.attend(&x, &keys, &values, Attend::all())`" {
        let x = Cpu.ones::<Shape![3, 5, 8]>();
        let layer = MultiHeadAttention::<D<8>, D<2>>::new(key);
        assert_eq!(layer.infer(|m| m.forward(&x, Attend::causal()).eval())?.shape(), x.shape());
    }
    "RoPE": "", "torchtune.modules.RotaryPositionalEmbeddings" => "x.apply(Rotary { base: 10_000.0, from: 0 })",
        "pairs are the halves of the features, as in Llama's weights" {
        use congruent::nn::Rotary;
        assert_eq!(x.apply(Rotary { base: 10_000.0, from: 0 }).eval().select::<0>(0).eval().as_slice(), [1.0, 3.0]);
    }
    "positional encoding": "", "pe[:, 0::2] = sin(..), pe[:, 1::2] = cos(..)" =>
        "sinusoidal(Cpu, (D::<3>, D::<4>))", "" {
        use congruent::nn::sinusoidal;
        let places: Tensor<_> = sinusoidal(Cpu, (D::<3>, D::<4>));
        assert_eq!(places.as_slice()[..4], [0.0, 1.0, 0.0, 1.0]);
    }
    "Transformer encoder": "", "nn.TransformerEncoderLayer(8, 2, 16, batch_first=True) | nn.TransformerEncoder" =>
        "TransformerEncoderLayer::<D<8>, D<2>, D<16>>::new(key)",
        "a stack is an array in `P::scan`; `norm_first: true`, `dropout`; by `Gelu`: `init(Cpu, Gelu, init, key)`" {
        use congruent::nn::TransformerEncoderLayer;
        let (layer, x) = (TransformerEncoderLayer::<D<8>, D<2>, D<16>>::new(key), Cpu.ones::<Shape![3, 5, 8]>());
        assert_eq!(layer.infer(|m| m.forward(&x, Attend::causal()).eval())?.shape(), x.shape());
    }
    "Transformer decoder": "", "nn.TransformerDecoderLayer(8, 2, 16, batch_first=True) | nn.TransformerDecoder" =>
        "TransformerDecoderLayer::<D<8>, D<2>, D<16>>::new(key)",
        "`m.forward(&x, &memory, Attend::causal(), Attend::all())`"
        {
        use congruent::nn::TransformerDecoderLayer;
        let (layer, x) = (TransformerDecoderLayer::<D<8>, D<2>, D<16>>::new(key), Cpu.ones::<Shape![3, 5, 8]>());
        let memory = Cpu.ones::<Shape![3, 7, 8]>();
        let y = layer.infer(|m| m.forward(&x, &memory, Attend::causal(), Attend::all()).eval())?;
        assert_eq!(y.shape(), x.shape());
    }
    "ALiBi": "", "scores + slopes[:, None, None] * distances" => "alibi(Cpu, (D::<2>, D::<3>, D::<3>))",
        "`Attend::causal().bias(&biases)`" {
        use congruent::nn::alibi;
        let biases: Tensor<_> = alibi(Cpu, (D::<2>, D::<3>, D::<3>));
        assert_eq!(biases.as_slice()[6..9], [-0.125, -0.0625, 0.0]);
    }
    "Upsample": "", "nn.Upsample(size=(8, 8)) | nn.Upsample(scale_factor=2)" =>
        "Upsample { to: (D::<8>, D::<8>), how: Resample::Nearest }",
        "in a tuple of layers; by a factor: `Upsample::by::<2>(Resample::Nearest)`" {
        use congruent::nn::Upsample;
        let up = Upsample { to: (D::<8>, D::<8>), how: Resample::Nearest };
        let model = (Conv2d::<D<1>, D<2>, Same<3>>::new(key), up);
        let y = model.infer(|m| m.forward(&Cpu.ones::<Shape![2, 1, 4, 4]>()).eval())?;
        assert_eq!(y.shape(), (D::<2>, D::<2>, D::<8>, D::<8>));
        let model = (Conv2d::<D<1>, D<2>, Same<3>>::new(key), Upsample::by::<2>(Resample::Nearest));
        let y = model.infer(|m| m.forward(&Cpu.ones::<Shape![2, 1, 4, 4]>()).eval())?;
        assert_eq!(y.shape(), (D::<2>, D::<2>, D::<8>, D::<8>));
    }
    "PixelShuffle": "", "nn.PixelShuffle(2) | nn.PixelUnshuffle(2)" => "PixelShuffle::<2>",
        "in a tuple of layers; `PixelUnshuffle::<2>` likewise" {
        use congruent::nn::PixelShuffle;
        let model = (Conv2d::<D<1>, D<4>, Same<3>>::new(key), PixelShuffle::<2>);
        let y = model.infer(|m| m.forward(&Cpu.ones::<Shape![2, 1, 4, 4]>()).eval())?;
        assert_eq!(y.shape(), (D::<2>, D::<1>, D::<8>, D::<8>));
    }
    "adaptive pooling layers": "", "nn.AdaptiveAvgPool2d(1)" => "AdaptiveAvgPool2d((D::<1>, D::<1>))",
        "in a tuple of layers" {
        use congruent::nn::{AdaptiveAvgPool2d, Flattening};
        let model = ((AdaptiveAvgPool2d((D::<1>, D::<1>)), Flattening), Linear::<D<3>, D<2>>::new(key));
        assert_eq!(model.infer(|m| m.forward(&Cpu.ones::<Shape![2, 3, 4, 5]>()).eval())?.shape(), (D::<2>, D::<2>));
    }
    "Identity": "", "nn.Identity" => "", "not yet: as a layer" {}
}
