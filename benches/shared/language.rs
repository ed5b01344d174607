//! A small GPT: four pre-norm blocks, causal attention.
//!
//! Query, key and value have a weight each, where other runners have one for all three: the same work in three
//! products. Attention is one operation.

use congruent::prelude::*;

dims! { pub(crate) Batch = 8, pub(crate) Seq = 128, pub(crate) Vocab = 5000 }
dims! { Width = 256, Heads = 4, PerHead = 64, Wide = 1024 }

#[derive(Model)]
struct Attention<P: Part = Weights> {
    query: Linear<Width, Width, P>,
    key: Linear<Width, Width, P>,
    value: Linear<Width, Width, P>,
    out: Linear<Width, Width, P>,
}

#[derive(Model)]
struct Block<P: Part = Weights> {
    before_attention: LayerNorm<Width, P>,
    attention: Attention<P>,
    before_mlp: LayerNorm<Width, P>,
    up: Linear<Width, Wide, P>,
    down: Linear<Wide, Width, P>,
}

#[derive(Model)]
pub(crate) struct Gpt<P: Part = Weights> {
    tokens: Embedding<Vocab, Width, P>,
    places: Param<(Seq, Width), P>,
    blocks: Vec<Block<P>>,
    norm: LayerNorm<Width, P>,
    head: Param<(Width, Vocab), P>,
}

impl<P: Forward> Attention<P> {
    fn forward(self, x: impl Expr<(Batch, Seq, Width), P>) -> Ex![P; Batch, Seq, Width] {
        x.with(|x| {
            let heads = (Batch, Seq, Heads, PerHead);
            let query = self.query.forward(x).reshape(heads).transpose::<1, 2>();
            let key = self.key.forward(x).reshape(heads).transpose::<1, 2>();
            let value = self.value.forward(x).reshape(heads).transpose::<1, 2>();
            let mixed = query.attention_with(key, value, Attend::causal());
            self.out.forward(mixed.transpose::<1, 2>().reshape((Batch, Seq, Width)))
        })
    }
}

impl<P: Forward> Block<P> {
    fn forward(self, x: impl Expr<(Batch, Seq, Width), P>) -> Ex![P; Batch, Seq, Width] {
        x.with(|x| {
            (x + self.attention.forward(self.before_attention.forward(x)))
                .with(|x| x + self.down.forward(self.up.forward(self.before_mlp.forward(x)).gelu_tanh()))
        })
    }
}

impl<P: Forward> Gpt<P> {
    pub(crate) fn forward(self, ids: &Tensor<(Batch, Seq), i64, P::Dev>) -> Ex![P; Batch, Seq, Vocab] {
        let x = self.tokens.forward(ids) + self.places;
        let x = P::scan(self.blocks, x, |block, x| block.forward(x));
        self.norm.forward(x).matmul(self.head)
    }
}

pub(crate) fn tokens(seed: u64) -> Tensor<(Batch, Seq), i64> {
    Cpu.from_fn((Batch, Seq), |i| Key::new(seed).below(i as u64, 5000) as i64)
}

pub(crate) fn model() -> Gpt {
    let mut keys = Keys::new(1);
    let block = |keys: &mut Keys| Block {
        before_attention: LayerNorm::new(),
        attention: Attention {
            query: Linear::new(keys.next_key()),
            key: Linear::new(keys.next_key()),
            value: Linear::new(keys.next_key()),
            out: Linear::new(keys.next_key()),
        },
        before_mlp: LayerNorm::new(),
        up: Linear::new(keys.next_key()),
        down: Linear::new(keys.next_key()),
    };
    Gpt {
        tokens: Embedding::new(keys.next_key()),
        places: Cpu.normal((Seq, Width), keys.next_key(), 0.0, 0.02).into(),
        blocks: (0..4).map(|_| block(&mut keys)).collect(),
        norm: LayerNorm::new(),
        head: Cpu.normal((Width, Vocab), keys.next_key(), 0.0, 0.02).into(),
    }
}
