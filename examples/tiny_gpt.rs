//! A small GPT learns to add: from `23+58=` it writes `180`, the digits of 081 from the last to the first.
//!
//! Shows run-time batch and sequence as named dims, a causal transformer whose attention is one operation, a loop over
//! blocks of one type, and tied weights: the table that reads a token also scores it. One tenth of all sums
//! is never trained on; what is counted is how many of them are right in all three digits.
//!
//! `cargo run --release --example tiny_gpt [seed]`; on a GPU: `--features cuda`, and behind `--` `--device cuda`.

use congruent::nn::Init;
use congruent::prelude::*;
use device::{Program, start};
use std::error::Error as AnyError;
use std::process::ExitCode;
use std::time::Instant;

#[path = "shared/device.rs"]
mod device;

const EPOCHS: usize = 8;
const RATE: f64 = 4e-3;

/// The tokens after the ten digits.
const PLUS: usize = 10;
const EQUALS: usize = 11;

dims! {
    Sums = ?, Batch = ?, Seq = ?, Rows = ?,
    Vocab = 12, Context = 8, Digits = 3, Width = 48, Heads = 4, PerHead = 12, Wide = 4 * 48
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
    /// `softmax(q · kᵀ / √d) · v`, for each head; no position looks ahead.
    fn forward(self, x: Ex![P; Batch, Seq, Width]) -> Ex![P; Batch, Seq, Width] {
        x.with(|x| {
            let (batch, seq, _) = x.shape();
            let heads = (batch, seq, Heads, PerHead);
            let query = self.query.forward(x).reshape(heads).transpose::<1, 2>();
            let key = self.key.forward(x).reshape(heads).transpose::<1, 2>();
            let value = self.value.forward(x).reshape(heads).transpose::<1, 2>();
            let mixed = query.attention_with(key, value, Attend::causal()).transpose::<1, 2>();
            self.out.forward(mixed.reshape((batch, seq, Width)))
        })
    }
}

impl<P: Forward> Block<P> {
    fn forward(self, x: Ex![P; Batch, Seq, Width]) -> Ex![P; Batch, Seq, Width] {
        x.with(|x| {
            (x + self.attention.forward(self.before_attention.forward(x)))
                .with(|x| x + self.down.forward(self.up.forward(self.before_mlp.forward(x)).gelu()))
        })
    }
}

impl<P: Forward> Gpt<P> {
    /// For each position, scores of the token that follows.
    fn forward(self, ids: &Tensor<(Batch, Seq), i64, P::Dev>) -> Ex![P; Batch, Seq, Vocab] {
        let (device, (_, seq)) = (ids.device(), ids.shape());
        let places = device.from_fn((seq,), |i| i as i64);
        let x = self.tokens.forward(ids) + self.places.forward(&places);
        let x = P::scan(self.blocks, x, |block, x| block.forward(x.ex()));
        self.norm.forward(x).matmul_t(self.tokens.weight)
    }
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
    let sum = a + b;
    let digits = [a / 10, a % 10, PLUS, b / 10, b % 10, EQUALS, sum % 10, sum / 10 % 10, sum / 100];
    digits.map(|id| id as i64)
}

type Lines<A = Cpu> = TensorDataset<(Tensor<(Sums, Seq), i64, A>, Tensor<(Sums, Digits), i64, A>)>;

/// What is read, `23+58=18`, and what is to be written, `180`.
fn lines() -> Result<Lines, Error> {
    let all = Sums(10_000);
    let read = Cpu.from_fn((all, Seq(8)), |i| line(i / 8)[i % 8]);
    let written = Cpu.from_fn((all, Digits), |i| line(i / 3)[6 + i % 3]);
    TensorDataset::new((read, written))
}

/// The rows of all scores that belong to the three digits of each answer.
fn answers<A: Device>(device: A, batch: Batch, seq: Seq) -> Tensor<(Batch, Digits), i64, A> {
    device.from_fn((batch, Digits), |i| (i / 3 * seq.size() + 5 + i % 3) as i64)
}

/// How many sums are right in every digit, each digit written after those before it.
fn right<A: Device>(
    device: A,
    model: &Gpt<Weights<f32, A>>,
    (read, wanted): (&Tensor<(Batch, Seq), i64>, &Tensor<(Batch, Digits), i64>),
) -> Result<usize, Error> {
    let (batch, mut lines) = (read.shape().0, Vec::new());
    lines.extend(read.as_slice().chunks(8).map(|line| line[..6].to_vec()));
    for length in 6..9 {
        let ids = device.from_slice((batch, Seq(length)), &lines.concat())?;
        let scores = model.infer(|m| m.forward(&ids).eval())?.to_vec();
        for (line, scores) in lines.iter_mut().zip(scores.chunks(length * Vocab.size())) {
            let last = &scores[(length - 1) * Vocab.size()..];
            line.extend((0..last.len()).max_by(|&a, &b| last[a].total_cmp(&last[b])).map(|best| best as i64));
        }
    }
    Ok(lines.iter().zip(wanted.as_slice().chunks(3)).filter(|(line, wanted)| line[6..] == **wanted).count())
}

/// Written once: the type of the device is all that differs.
struct Learning;

impl Program for Learning {
    fn run<A: Device>(device: A, seed: u64) -> Result<(), Box<dyn AnyError>> {
        let start = Instant::now();
        let mut keys = Keys::new(seed);
        let (train, test) = lines()?.split(0.9, keys.next_key())?;
        let (read, wanted) = test.all::<Batch>()?;
        let mut model = model(keys.next_key()).to(&device);
        println!("{} parameters learn from {} sums, {} are held out", model.count(), train.len(), test.len());

        let mut optimizer = AdamW::new(&model, RATE);
        let (ids, digits) = train.all::<Sums>()?;
        let train: Lines<A> = TensorDataset::new((ids.to(&device), digits.to(&device)))?;
        let loader = Loader::new(train, Batch(100))?;
        let steps = EPOCHS * loader.len();
        for epoch in 0..EPOCHS {
            let mut total = 0.0;
            for (step, (ids, digits)) in loader.epoch(keys.next_key()).enumerate() {
                optimizer.set_lr(rate((epoch * loader.len() + step) as f64 / steps as f64));
                let (batch, seq) = ids.shape();
                let answers = answers(device, batch, seq);
                let rows = Rows(batch.size() * seq.size());
                let (loss, grads) = model.value_and_grad(|m| {
                    m.forward(&ids).reshape((rows, Vocab)).gather(&answers).cross_entropy(&digits)
                })?;
                optimizer.step(&mut model, &grads);
                total += f64::from(loss);
            }
            let (loss, share) =
                (total / loader.len() as f64, right(device, &model, (&read, &wanted))? as f64 / test.len() as f64);
            println!("epoch {:2}: loss {loss:.4}, exact {share:.3}, {:.0} s", epoch + 1, start.elapsed().as_secs_f64());
        }
        let share = right(device, &model, (&read, &wanted))? as f64 / test.len() as f64;
        println!("{:.1} % of the held-out sums are exact", 100.0 * share);
        assert!(share > 0.95, "it has not learned to add");
        Ok(())
    }
}

fn main() -> ExitCode {
    start::<Learning>()
}

/// Up to the full rate in the first twentieth of the way, then down to nothing.
fn rate(way: f64) -> f64 {
    RATE * (way * 20.0).min((1.0 - way) / 0.95)
}
