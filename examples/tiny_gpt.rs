//! A small GPT learns to add: from `23+58=` it writes `180`, the digits of 081 from the last to the first.
//!
//! Shows run-time batch and sequence as named dims, a causal transformer written in the library's own operations, a loop
//! over blocks of one type, and tied weights: the table that reads a token also scores it. One tenth of all sums is never
//! trained on; what is counted is how many of them are right in all three digits.
//!
//! `cargo run --release --example tiny_gpt [seed]`

use congruent::prelude::*;
use congruent::nn::{Init, Initialiser};
use std::time::Instant;

const STEPS: u64 = 1500;
const LEARNING_RATE: f64 = 4e-3;
const TOKENS: &[u8] = b"0123456789+=";

dims! {
    Sums = ?, Batch = ?, Seq = ?, Positions = ?,
    Vocab = 12, Context = 8, Width = 48, Heads = 4, PerHead = 12, Wide = 4 * 48
}

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
struct Gpt<P: Part = Weights> {
    tokens: Embedding<Vocab, Width, P>,
    places: Embedding<Context, Width, P>,
    blocks: Vec<Block<P>>,
    norm: LayerNorm<Width, P>,
}

impl<P: Forward> Attention<P> {
    /// `softmax(q · kᵀ / √d + mask) · v`, for each head.
    fn forward<B: Dim, T: Dim>(
        self,
        x: impl Expr<(B, T, Width), P>,
        mask: &Tensor<(T, T), P::Elem, P::Dev>,
    ) -> Ex![P; B, T, Width] {
        x.with(|x| {
            let (b, t, _) = x.shape();
            let heads = (b, t, Heads, PerHead);
            let query = self.query.forward(x).reshape(heads).transpose::<1, 2>();
            let key = self.key.forward(x).reshape(heads).transpose::<1, 2>();
            let value = self.value.forward(x).reshape(heads).transpose::<1, 2>();
            let scores = query.matmul_t(key) * (PerHead.size() as f64).powf(-0.5) + mask;
            let mixed = scores.softmax().matmul(value).transpose::<1, 2>().reshape((b, t, Width));
            self.out.forward(mixed)
        })
    }
}

impl<P: Forward> Block<P> {
    fn forward<B: Dim, T: Dim>(
        self,
        x: impl Expr<(B, T, Width), P>,
        mask: &Tensor<(T, T), P::Elem, P::Dev>,
    ) -> Ex![P; B, T, Width] {
        x.with(|x| {
            (x + self.attention.forward(self.before_attention.forward(x), mask))
                .with(|x| x + self.down.forward(self.up.forward(self.before_mlp.forward(x)).gelu()))
        })
    }
}

impl<P: Forward> Gpt<P> {
    /// For each position, scores of the token that follows.
    fn forward<B: Dim, T: Dim>(self, ids: &Tensor<(B, T), i64, P::Dev>) -> Ex![P; B, T, Vocab] {
        let (_, t) = ids.shape();
        let places = ids.device().from_fn((t,), |i| i as i64);
        let x = self.tokens.forward(ids) + self.places.forward(&places);
        let mask = causal(ids.device(), t);
        let x = P::scan(self.blocks, x, |block, x| block.forward(x, &mask));
        self.norm.forward(x).matmul_t(self.tokens.weight)
    }
}

/// 0 where position `row` may look at position `column`, and beyond reach where that lies in the future.
fn causal<T: Dim, E: Real, D: Device>(device: D, t: T) -> Tensor<(T, T), E, D> {
    device.from_fn((t, t), |i| E::of_f64(if i % t.size() > i / t.size() { -1e9 } else { 0.0 }))
}

fn model(key: Key) -> Gpt {
    let mut keys = Keys::resume(key, 0);
    let small = Init::Normal { mean: 0.0, std: 0.1 };
    let tokens = Embedding::init(Cpu, small, keys.next_key());
    let places = Embedding::init(Cpu, small, keys.next_key());
    let mut linear = || keys.next_key();
    let block = |_| Block {
        before_attention: LayerNorm::new(),
        attention: Attention {
            query: Linear::new(linear()),
            key: Linear::new(linear()),
            value: Linear::new(linear()),
            out: Linear::new(linear()),
        },
        before_mlp: LayerNorm::new(),
        up: Linear::new(linear()),
        down: Linear::new(linear()),
    };
    Gpt { tokens, places, blocks: (0..2).map(block).collect(), norm: LayerNorm::new() }
}

/// Sum number `i` of the 10 000: `23+58=180`, as ids of tokens.
fn line(i: usize) -> [i64; 9] {
    let (a, b) = (i / 100, i % 100);
    let text = format!("{a:02}+{b:02}={}", format!("{:03}", a + b).chars().rev().collect::<String>());
    let mut ids = text.bytes().map(|letter| TOKENS.iter().position(|&token| token == letter).unwrap_or(0) as i64);
    std::array::from_fn(|_| ids.next().unwrap_or(0))
}

/// How many sums are right in every digit, each digit written after those before it.
fn right(model: &Gpt, lines: &Tensor<(Batch, D<9>), i64>) -> Result<usize, Error> {
    let batch = lines.shape().0;
    let mut written: Vec<Vec<i64>> = lines.as_slice().chunks(9).map(|line| line[..6].to_vec()).collect();
    for length in 6..9 {
        let ids = Cpu.from_slice((batch, Seq(length)), &written.concat())?;
        let scores = model.infer(|m| m.forward(&ids).eval())?;
        for (line, scores) in written.iter_mut().zip(scores.as_slice().chunks(length * Vocab.size())) {
            let last = &scores[(length - 1) * Vocab.size()..];
            line.push((0..last.len()).max_by(|&a, &b| last[a].total_cmp(&last[b])).unwrap_or(0) as i64);
        }
    }
    Ok(written.iter().zip(lines.as_slice().chunks(9)).filter(|(own, line)| own == line).count())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let seed = std::env::args().nth(1).map_or(Ok(1), |seed| seed.parse())?;
    let mut keys = Keys::new(seed);
    let lines = Cpu.rows(Sums, (0..10_000).map(line).collect());
    let (train, test) = TensorDataset::new((lines,))?.split(0.9, keys.next_key())?;
    let (held_out,) = test.all::<Batch>()?;
    let mut model = model(keys.next_key());
    println!("{} parameters learn from {} sums", model.count(), train.len());
    Ok(())
}
