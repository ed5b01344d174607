//! Products, fused chains, rows, attention and movement, in sizes that fill a card.

use crate::session::{Session, Work};
use congruent::cuda::Cuda;
use congruent::prelude::*;

dims! { Side = ?, Flat = ?, Rows = ?, Columns = ?, Batch = ?, Heads = ?, Time = ?, Wide = ? }

pub(crate) fn run(session: &mut Session) -> Result<(), Error> {
    for side in [1024, 2048, 4096, 8192, 10_000] {
        let side = session.size(side, side.div_ceil(128));
        products::<f32>(session, side)?;
        products::<bf16>(session, side)?;
    }
    let len = session.size(1 << 27, 1 << 12);
    let bytes = |arrays: usize| Work::Bytes((arrays * len * 4) as f64);
    session.measure("chain8_f32", bytes(4), |device| {
        let [x, w, b] = [1, 2, 3].map(|seed| uniform::<f32, _>(device, (Flat(len),), seed));
        move || (((&x * &w + &b).gelu_tanh() * x.sigmoid() + x.tanh()) * 0.5).eval()
    })?;
    session.measure("chain8_fb_f32", bytes(6), |device| {
        let [w, b] = [2, 3].map(|seed| uniform::<f32, _>(device, (Flat(len),), seed));
        let x: Param<(Flat,), Weights<f32, Cuda<0>>> = uniform::<f32, _>(device, (Flat(len),), 1).into();
        move || x.loss_and_grad(|x| (((x * &w + &b).gelu_tanh() * x.sigmoid() + x.tanh()) * 0.5).sum())
    })?;
    rows(session)?;
    attention(session)
}

/// Uniform in [-1, 1).
fn uniform<E: Real, S: Shape>(device: Cuda<0>, shape: S, seed: u64) -> Tensor<S, E, Cuda<0>> {
    Cpu.uniform_of::<E, S>(shape, Key::new(seed), -1.0, 1.0).to(&device)
}

fn products<E: Real>(session: &Session, side: usize) -> Result<(), Error> {
    let name = format!("matmul_{}_{side}", E::NAME);
    session.measure(&name, Work::Flops(2.0 * (side as f64).powi(3)), |device| {
        let [a, b] = [1, 2].map(|seed| uniform::<E, _>(device, (Side(side), Side(side)), seed));
        move || a.matmul(&b).eval()
    })
}

/// Rows of 4096, and whole matrices that are moved.
fn rows(session: &Session) -> Result<(), Error> {
    let (rows, columns) = (session.size(16_384, 24), session.size(4096, 40));
    let shape = (Rows(rows), Columns(columns));
    let bytes = |elements: usize| Work::Bytes((elements * 4) as f64);
    let matrix = |device| uniform::<f32, _>(device, shape, 1);
    session.measure("sum_axis1", bytes(rows * columns), |device| {
        let x = matrix(device);
        move || x.sum_axis::<1>().eval()
    })?;
    session.measure("softmax", bytes(2 * rows * columns), |device| {
        let x = matrix(device);
        move || x.softmax().eval()
    })?;
    session.measure("layer_norm", bytes(2 * rows * columns), |device| {
        let (x, norm) = (matrix(device), LayerNorm::<Columns>::sized(Cpu, Columns(columns)).to(&device));
        move || norm.infer(|norm| norm.forward(&x).eval())
    })?;
    session.measure("transpose", bytes(2 * rows * columns), |device| {
        let x = matrix(device);
        move || x.t().eval()
    })?;
    session.measure("copy", bytes(2 * rows * columns), |device| {
        let x = matrix(device);
        move || (&x + 1.0).eval()
    })?;
    session.measure("sort", Work::Bytes((2 * rows * columns * 4) as f64), |device| {
        let x = matrix(device);
        move || x.sort()
    })
}

/// Causal attention of 16 heads, forward and with all gradients.
fn attention(session: &Session) -> Result<(), Error> {
    let (batch, heads, time, wide) = (session.size(8, 1), session.size(16, 2), session.size(2048, 24), 64);
    let shape = (Batch(batch), Heads(heads), Time(time), Wide(wide));
    // Half of the scores are hidden.
    let flops = 2.0 * (batch * heads * time * time * wide) as f64;
    session.measure("attention", Work::Flops(flops), |device| {
        let [q, k, v] = [1, 2, 3].map(|seed| uniform::<f32, _>(device, shape, seed));
        move || q.attention_with(&k, &v, Attend::causal()).eval()
    })?;
    session.measure("attention_fb", Work::Flops(3.5 * flops), |device| {
        let heads = |seed| -> Param<_, Weights<f32, Cuda<0>>> { uniform::<f32, _>(device, shape, seed).into() };
        let operands = (heads(1), heads(2), heads(3));
        move || operands.loss_and_grad(|(q, k, v)| q.attention_with(k, v, Attend::causal()).sum())
    })
}
