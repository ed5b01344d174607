//! The model, its data and its training.

use crate::bumps::Bumps;
use congruent::prelude::*;

dims! {
    /// Points in a batch.
    pub Batch = ?,
    /// Of a point in the plane.
    pub Coordinates = 2,
    /// The inner and the outer ring.
    pub Classes = 2,
}

/// A linear layer and a bump: each output is large along a line of the input space.
#[derive(Model)]
pub struct Radial<I: Dim, O: Dim, P: Part = Weights> {
    /// Where the lines are.
    pub lines: Linear<I, O, P>,
    /// How narrow they are.
    pub sharpness: f64,
}

impl<I: Dim, O: Dim, P: Forward> Radial<I, O, P> {
    /// `(B, I)` gives `(B, O)`.
    pub fn forward<B: Dim>(self, x: impl Expr<(B, I), P>) -> Out<(B, O), P, impl Node<P::Elem>> {
        self.lines.forward(x).bump(self.sharpness)
    }
}

/// Scores for both rings.
#[derive(Model)]
pub struct Rings<P: Part = Weights> {
    /// Features.
    pub radial: Radial<Coordinates, D<16>, P>,
    /// Scores.
    pub scores: Linear<D<16>, Classes, P>,
}

impl Rings {
    /// A model that knows nothing yet.
    #[must_use]
    pub fn new(key: Key) -> Self {
        let (first, second) = key.split();
        Rings { radial: Radial { lines: Linear::new(first), sharpness: 1.0 }, scores: Linear::new(second) }
    }
}

impl<P: Forward> Rings<P> {
    /// The scores of points, in training and inference, for any number of points, element type and device.
    pub fn forward<B: Dim>(self, points: impl Expr<(B, Coordinates), P>) -> Ex![P; B, Classes] {
        self.scores.forward(self.radial.forward(points))
    }
}

/// Points, and the ring of each.
pub type Examples = (Tensor<(Batch, Coordinates)>, Tensor<(Batch,), i64>);

/// Points with their rings, alternately: radius 0.5 is ring 0, radius 1 is ring 1, both a little blurred.
#[must_use]
pub fn examples(count: usize, key: Key) -> Examples {
    let coordinate = |i: usize| {
        let (point, axis) = (i / 2, i % 2);
        let noise = key.fold_in(1).uniform_f32(point as u64) * 0.2;
        let radius = if point % 2 == 0 { 0.4 } else { 0.9 } + noise;
        let angle = key.uniform_f32(point as u64) * std::f32::consts::TAU;
        radius * if axis == 0 { angle.cos() } else { angle.sin() }
    };
    (Cpu.from_fn((Batch(count), Coordinates), coordinate), Cpu.from_fn((Batch(count),), |i| i as i64 % 2))
}

/// Trains on batches of 25 and gives the mean loss of each epoch.
///
/// # Errors
/// Where there are fewer than 25 examples.
pub fn train(model: &mut Rings, examples: Examples, epochs: u64) -> Result<Vec<f64>, Error> {
    let loader = Loader::new(TensorDataset::new(examples)?, D::<25>)?;
    let mut optimizer = AdamW::new(model, 0.02);
    let mut losses = Vec::new();
    for epoch in 0..epochs {
        let mut total = 0.0;
        for (x, y) in loader.epoch(Key::new(epoch)) {
            let (loss, grads) = model.value_and_grad(|m| m.forward(&x).cross_entropy(&y))?;
            optimizer.step(model, &grads);
            total += f64::from(loss);
        }
        losses.push(total / loader.len() as f64);
    }
    Ok(losses)
}
