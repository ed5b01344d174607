//! Rows of layers, and of tuples of layers; every activation.

use super::{check_all, constructs};
use congruent::nn::{
    AdaptiveAvgPool1d, AvgPool1d, BagMode, BatchNorm, Bidirectional, Bilinear, EmbeddingBag, Flattening, Gelu,
    GruGates, Init, InstanceNorm1d, LocalResponseNorm, LstmGates, MaxPool1d, Recurrent, RecurrentCell, Residual,
    RnnGates, Tanh, TransformerDecoderLayer, TransformerEncoderLayer, Upsample, WeightNorm,
};
use congruent::ops::{ActivationsTable, Catalogue, Pointwise1, Pointwise2, Pointwise3, Row, Visitor, unary};
use congruent::prelude::*;

const INIT: Init = Init::Uniform { low: -1.0, high: 1.0 };

fn linear<I: Dim + Default, O: Dim + Default>(key: u64) -> Linear<I, O, Weights<f64>> {
    Linear::init(Cpu, INIT, Key::new(key))
}

constructs! {
    linear_layer: Linear::<D<4>, D<3>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, _| m.forward(x);
    layer_norm: LayerNorm::<D<4>, Weights<f64>>::init(Cpu), |m, x, _| m.forward(x);
    rms_norm: RmsNorm::<D<4>, Weights<f64>>::init(Cpu), |m, x, _| m.forward(x);
    batch_norm: BatchNorm::<D<4>, Weights<f64>>::init(Cpu), |m, x, _| m.forward(x);
    conv1d_layer: Conv1d::<D<3>, D<2>, Same<3>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, _| {
        m.forward(x.unsqueeze::<0>())
    };
    conv2d_layer: Conv2d::<D<1>, D<2>, Filter<2>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, _| {
        m.forward(x.reshape((D::<1>, D::<1>, D::<3>, D::<4>)))
    };
    conv3d_layer: Conv3d::<D<1>, D<2>, Filter<1>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, _| {
        m.forward(x.reshape((D::<1>, D::<1>, D::<3>, D::<2>, D::<2>)))
    };
    batch_norm_2d: BatchNorm2d::<D<3>, Weights<f64>>::init(Cpu), |m, x, _| {
        m.forward(x.reshape((D::<1>, D::<3>, D::<2>, D::<2>)))
    };
    batch_norm_1d: BatchNorm1d::<D<3>, Weights<f64>>::init(Cpu), |m, x, _| m.forward(x.unsqueeze::<0>());
    batch_norm_3d: BatchNorm3d::<D<3>, Weights<f64>>::init(Cpu), |m, x, _| {
        m.forward(x.reshape((D::<1>, D::<3>, D::<2>, D::<2>, D::<1>)))
    };
    group_norm_layer: GroupNorm::<D<6>, 3, Weights<f64>>::init(Cpu), |m, x, _| {
        m.forward(x.reshape((D::<1>, D::<6>, D::<2>)))
    };
    conv_transpose2d_layer: {
        ConvTranspose2d::<D<1>, D<2>, TransposedFilter<2>, Weights<f64>>::init(Cpu, INIT, Key::new(1))
    }, |m, x, _| m.forward(x.reshape((D::<1>, D::<1>, D::<3>, D::<4>)));
    conv_transpose1d_layer: {
        ConvTranspose1d::<D<3>, D<2>, TransposedFilter<2, 2>, Weights<f64>>::init(Cpu, INIT, Key::new(1))
    }, |m, x, _| m.forward(x.unsqueeze::<0>());
    conv_transpose3d_layer: {
        ConvTranspose3d::<D<1>, D<2>, TransposedFilter<2>, Weights<f64>>::init(Cpu, INIT, Key::new(1))
    }, |m, x, _| m.forward(x.reshape((D::<1>, D::<1>, D::<3>, D::<2>, D::<2>)));
    parts: ((AdaptiveAvgPool1d((D::<3>,)), InstanceNorm1d::default(), Flattening), linear::<D<9>, D<2>>(1)), |m, x, _| {
        m.forward(x.unsqueeze::<0>().tanh())
    };
    upsample: ((Upsample { to: (D::<5>,), how: Resample::Nearest }, Tanh), linear::<D<5>, D<2>>(1)), |m, x, _| {
        m.forward(x.unsqueeze::<0>())
    };
    upsample_by: ((Upsample::by::<2>(Resample::Nearest), Tanh), linear::<D<8>, D<2>>(1)), |m, x, _| {
        m.forward(x.unsqueeze::<0>())
    };
    conv_transpose1d_layer_as: {
        ConvTranspose1d::<D<3>, D<2>, TransposedFilter<2, 2>, Weights<f64>>::init(Cpu, INIT, Key::new(1))
    }, |m, x, _| m.forward_as(x.unsqueeze::<0>(), |_| D::<8>);
    pools: ((MaxPool1d(Pool::<2, 1>), AvgPool1d(Pool::<2, 1>), Flattening), linear::<D<6>, D<2>>(1)), |m, x, _| {
        m.forward(x.unsqueeze::<0>().tanh())
    };
    embedding: Embedding::<D<5>, D<4>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, _| {
        m.forward(&Cpu.tensor([4i64, 0, 4])) * x
    };
    bilinear: Bilinear::<D<4>, D<4>, D<2>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, w| m.forward(x, w);
    embedding_bag: EmbeddingBag::<D<5>, D<4>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, _| {
        m.forward(&Cpu.tensor([[4i64, 0], [1, 4], [2, 2]])) * x
    };
    embedding_bag_offsets: EmbeddingBag::<D<5>, D<4>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, _| {
        m.forward_offsets(&Cpu.tensor([4i64, 0, 1]), &Cpu.tensor([0i64, 2, 2])) * x
    };
    embedding_bag_masked: {
        EmbeddingBag { mode: BagMode::Max, ..EmbeddingBag::<D<5>, D<4>, Weights<f64>>::init(Cpu, INIT, Key::new(1)) }
    }, |m, x, _| {
        let ids = Cpu.tensor([[4i64, 0], [1, 4], [2, 3]]);
        let seen = Cpu.tensor([[true, true], [true, false], [true, true]]);
        m.forward_masked(&ids, &seen) * x
    };
    local_response: (input(3), LocalResponseNorm { alpha: 0.5, ..LocalResponseNorm::new(2) }), |(m, norm), x, _| {
        (x.ex() * m).unsqueeze::<0>().apply(norm)
    };
    local_response_in_a_tuple: (linear::<D<4>, D<2>>(1), LocalResponseNorm::new(3)), |m, x, _| m.forward(x);
    dropout: (input(3), Dropout::<Weights<f64>>::new(0.5).expect("a probability")), |(m, dropout), x, _| {
        with_key(Key::new(4), || dropout.forward(x.ex() * m))
    };
    recurrent: Recurrent::<GruGates, D<4>, D<2>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, _| {
        m.forward(x.unsqueeze::<0>())
    };
    recurrent_lstm: Recurrent::<LstmGates, D<4>, D<2>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, _| {
        m.forward(x.unsqueeze::<0>())
    };
    recurrent_lengths: Recurrent::<GruGates, D<4>, D<2>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, _| {
        m.forward_lengths(x.unsqueeze::<0>().concat::<0, _>(x.unsqueeze::<0>().sin()), &Cpu.tensor([3i64, 1]))
    };
    recurrent_lstm_lengths: Recurrent::<LstmGates, D<4>, D<4>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, w| {
        let start = (w.narrow::<0, _>(1, D::<1>), w.narrow::<0, _>(2, D::<1>));
        let (outputs, (last, cell)) = m.run_lengths(x.unsqueeze::<0>(), start, &Cpu.tensor([2i64]));
        outputs.squeeze::<0>() + last * 2.0 + cell
    };
    recurrent_cell: RecurrentCell::<RnnGates, D<4>, D<2>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, w| {
        m.forward(x, w.narrow::<1, _>(0, D::<2>))
    };
    both_ways: {
        let rnn = |key| Recurrent::<RnnGates, D<4>, D<2>, Weights<f64>>::init(Cpu, INIT, Key::new(key));
        Bidirectional::new(rnn(1), rnn(2))
    }, |m, x, _| m.forward(x.unsqueeze::<0>());
    both_ways_lengths: {
        let gru = |key| Recurrent::<GruGates, D<4>, D<2>, Weights<f64>>::init(Cpu, INIT, Key::new(key));
        Bidirectional::new(gru(1), gru(2))
    }, |m, x, _| m.forward_lengths(x.unsqueeze::<0>(), &Cpu.tensor([2i64]));
    multi_head_attention: MultiHeadAttention::<D<4>, D<2>, Weights<f64>>::init(Cpu, INIT, Key::new(1)), |m, x, _| {
        m.forward(x.unsqueeze::<0>(), Attend::causal())
    };
    encoder_layer: {
        TransformerEncoderLayer::<D<4>, D<2>, D<5>, Weights<f64>, _>::init(Cpu, Tanh, INIT, Key::new(1))
    }, |m, x, _| m.forward(x.unsqueeze::<0>(), Attend::causal());
    encoder_layer_norm_first: {
        let layer = TransformerEncoderLayer::<D<4>, D<2>, D<5>, Weights<f64>, _>::init(Cpu, Gelu, INIT, Key::new(1));
        TransformerEncoderLayer { norm_first: true, ..layer }
    }, |m, x, _| m.forward(x.unsqueeze::<0>(), Attend::all());
    decoder_layer: {
        TransformerDecoderLayer::<D<4>, D<2>, D<5>, Weights<f64>, _>::init(Cpu, Tanh, INIT, Key::new(1))
    }, |m, x, w| m.forward(x.unsqueeze::<0>(), w.unsqueeze::<0>(), Attend::causal(), Attend::all());
    encoder_layers_in_a_loop: [1, 2].map(|key| {
        TransformerEncoderLayer::<D<4>, D<2>, D<5>, Weights<f64>, _>::init(Cpu, Tanh, INIT, Key::new(key))
    }), |layers, x, _| P::scan(layers, x.unsqueeze::<0>(), |layer, x| layer.forward(x, Attend::all()));
    weight_norm: WeightNorm::new(linear::<D<4>, D<3>>(1)), |m, x, _| m.forward(x);
    weight_norm_in_a_loop: [1, 2].map(|key| WeightNorm::new(linear::<D<4>, D<4>>(key))), |layers, x, _| {
        P::scan(layers, x, |layer, x| layer.forward(x).tanh())
    };
    weight_norm_conv1d: {
        WeightNorm::new(Conv1d::<D<3>, D<2>, Same<3>, Weights<f64>>::init(Cpu, INIT, Key::new(1)))
    }, |m, x, _| m.forward(x.unsqueeze::<0>());
    residual: Residual::new((linear::<D<4>, D<4>>(1), Tanh)), |m, x, _| m.forward(x);
    tuple: (linear::<D<4>, D<5>>(1), Tanh, linear::<D<5>, D<2>>(2)), |m, x, _| m.forward(x);
    layers_in_a_loop: [linear::<D<4>, D<4>>(1), linear::<D<4>, D<4>>(2)], |layers, x, w| {
        P::scan(layers, x, |layer, h| layer.forward(h).tanh() * w)
    };
    norms_in_a_loop: [(); 2].map(|()| LayerNorm::<D<4>, Weights<f64>>::init(Cpu)), |layers, x, _| {
        P::scan(layers, x, |layer, h| layer.forward(h.tanh()))
    };
}

/// Whatever the table holds is a layer.
#[test]
fn activations() {
    struct Each;
    impl Visitor for Each {
        fn unary<Op: Pointwise1>(&mut self, row: &Row, op: Op) {
            check_all!(row.name, input(3), |m, x, _| unary(op, x.ex() * m));
        }
        fn binary<Op: Pointwise2>(&mut self, _: &Row, _: Op) {}
        fn ternary<Op: Pointwise3>(&mut self, _: &Row, _: Op) {}
    }
    ActivationsTable::visit(&mut Each);
}
