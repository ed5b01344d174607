//! Layers of sequences: the same states and gradients as on the processor.

use crate::vault::Vault;
use congruent::prelude::*;

/// Two layers, the last state and cell of the first behind them; all gradients.
fn gradients<A: Device>(device: A) -> (f32, Vec<f32>) {
    let key = Key::new(1);
    let model = (Lstm::<D<3>, D<5>>::new(key), Gru::<D<5>, D<2>>::new(key), Rnn::<D<2>, D<2>>::new(key)).to(&device);
    let x = Cpu.uniform((D::<2>, D::<4>, D::<3>), key, -2.0, 2.0).to(&device);
    let start = Cpu.uniform((D::<2>, D::<5>), key, -1.0, 1.0).to(&device);
    let step = model.value_and_grad(|(lstm, gru, rnn)| {
        let (all, (h, c)) = lstm.run(&x, (&start, &start));
        rnn.forward(gru.forward(all)).square().sum() + (h * c).sum()
    });
    let (loss, grads) = step.expect("the sizes agree");
    let (lstm, gru, rnn) = grads;
    let all = [lstm.weight_ih.tensor().to_vec(), lstm.weight_hh.tensor().to_vec(), lstm.bias_hh.tensor().to_vec()];
    let more = [gru.weight_hh.tensor().to_vec(), gru.bias_hh.tensor().to_vec(), rnn.weight_hh.tensor().to_vec()];
    (loss, [all, more].concat().concat())
}

#[test]
fn recurrent_layers_give_the_same_bits() {
    assert_eq!(gradients(Vault::<1>), gradients(Cpu));
}

/// Attention over itself in order and over others; all gradients.
fn attended<A: Device>(device: A) -> (f32, Vec<f32>) {
    let model = MultiHeadAttention::<D<8>, D<2>>::new(Key::new(1)).to(&device);
    let draw = |seed| Cpu.uniform((D::<2>, D::<5>, D::<8>), Key::new(seed), -2.0, 2.0).to(&device);
    let (x, others) = (draw(2), draw(3));
    let step = model.value_and_grad(|m| {
        let y = m.forward(&x, Attend::causal());
        m.attend(y, &others, &others, Attend::all()).square().sum()
    });
    let (loss, grads) = step.expect("the sizes agree");
    let all = [grads.in_proj_weight.tensor().to_vec(), grads.in_proj_bias.tensor().to_vec()];
    (loss, [all.concat(), grads.out_proj.weight.tensor().to_vec()].concat())
}

#[test]
fn attention_gives_the_same_bits() {
    assert_eq!(attended(Vault::<1>), attended(Cpu));
}
