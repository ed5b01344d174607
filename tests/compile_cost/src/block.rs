//! A transformer over run-time batches and sequences, whose blocks the two programs chain in different ways.

use congruent::nn::{Embedding, Init, LayerNorm, Linear};
use congruent::prelude::*;

dims! {
    pub Batch = ?,
    pub Seq = ?,
    pub Vocab = 61,
    pub Width = 96,
    pub Hidden = 384,
    pub Heads = 4,
    pub Head = 24,
}

#[derive(Model)]
pub struct Attention<P: Part = Weights> {
    pub query: Linear<Width, Width, P>,
    pub key: Linear<Width, Width, P>,
    pub value: Linear<Width, Width, P>,
    pub out: Linear<Width, Width, P>,
}

#[derive(Model)]
pub struct Block<P: Part = Weights> {
    pub before_attention: LayerNorm<Width, P>,
    pub attention: Attention<P>,
    pub before_hidden: LayerNorm<Width, P>,
    pub up: Linear<Width, Hidden, P>,
    pub down: Linear<Hidden, Width, P>,
}

#[derive(Model)]
pub struct Transformer<P: Part = Weights> {
    pub tokens: Embedding<Vocab, Width, P>,
    pub blocks: [Block<P>; 12],
    pub norm: LayerNorm<Width, P>,
}

fn split<P: Forward>(x: impl Expr<(Batch, Seq, Width), P>) -> Ex![P; Batch, Heads, Seq, Head] {
    let x = x.ex();
    let (batch, seq, _) = x.shape();
    x.reshape((batch, seq, Heads, Head)).permute::<Axes![0, 2, 1, 3]>()
}

impl<P: Forward> Attention<P> {
    pub fn forward(
        self,
        x: impl Expr<(Batch, Seq, Width), P>,
        mask: &Tensor<(Seq, Seq), P::Elem, P::Dev>,
    ) -> Ex![P; Batch, Seq, Width] {
        x.with(|x| {
            let query = split::<P>(self.query.forward(x));
            let key = split::<P>(self.key.forward(x));
            let value = split::<P>(self.value.forward(x));
            let weights = (query.matmul_t(key) * 0.204 + mask).softmax();
            let heads = weights.matmul(value).permute::<Axes![0, 2, 1, 3]>();
            self.out.forward(heads.reshape(x.shape()))
        })
    }
}

impl<P: Forward> Block<P> {
    pub fn forward(
        self,
        x: impl Expr<(Batch, Seq, Width), P>,
        mask: &Tensor<(Seq, Seq), P::Elem, P::Dev>,
    ) -> Ex![P; Batch, Seq, Width] {
        x.with(|x| {
            (x + self.attention.forward(self.before_attention.forward(x), mask)).with(|x| {
                let hidden = self.up.forward(self.before_hidden.forward(x)).gelu();
                x + self.down.forward(hidden)
            })
        })
    }
}

fn block(keys: &mut Keys) -> Block {
    let attention = Attention {
        query: Linear::new(keys.next_key()),
        key: Linear::new(keys.next_key()),
        value: Linear::new(keys.next_key()),
        out: Linear::new(keys.next_key()),
    };
    Block {
        before_attention: LayerNorm::new(),
        attention,
        before_hidden: LayerNorm::new(),
        up: Linear::new(keys.next_key()),
        down: Linear::new(keys.next_key()),
    }
}

pub fn transformer() -> Transformer {
    let mut keys = Keys::new(0);
    Transformer {
        tokens: Embedding::init(Cpu, Init::Normal { mean: 0.0, std: 0.02 }, keys.next_key()),
        blocks: std::array::from_fn(|_| block(&mut keys)),
        norm: LayerNorm::new(),
    }
}

/// Ids, the ids that follow them, and what is added to the scores so that nothing sees what comes after it.
pub fn batch() -> (Tensor<(Batch, Seq), i64>, Tensor<(Batch, Seq), i64>, Tensor<(Seq, Seq)>) {
    let (batch, seq) = (Batch(2), Seq(9));
    let id = |i: usize| (i as i64 * 5) % 61;
    let mask = Cpu.from_fn((seq, seq), |i| if i % 9 > i / 9 { f32::NEG_INFINITY } else { 0.0 });
    (Cpu.from_fn((batch, seq), id), Cpu.from_fn((batch, seq), |i| id(i + 1)), mask)
}
