//! A run of a trainer: three spirals, noise by workers, early stopping, and a run that is stopped and goes on.
//!
//! Shows what one tries first (one batch by heart, a learning rate), a run with validation, a schedule, a log and
//! checkpoints, and that a run which was stopped in the midst of an epoch and goes on in a new trainer ends with the
//! same weights, to the bit, and the same log as one that was left alone.
//!
//! `cargo run --release --example training`

use congruent::metrics::Confusion;
use congruent::prelude::*;
use congruent::training::{Ending, LrRange, Report, Trainer, find_lr, overfit};
use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error as AnyError;
use std::f32::consts::TAU;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

dims! { Examples = ?, Batch = ?, Hidden = 64, Classes = 3 }

/// A point of the plane, two hidden layers, a score for each spiral.
#[derive(Model)]
struct Net<P: Part = Weights> {
    first: Linear<D<2>, Hidden, P>,
    second: Linear<Hidden, Hidden, P>,
    drop: Dropout<P>,
    scores: Linear<Hidden, Classes, P>,
}

impl Net {
    fn new(key: Key) -> Result<Self, Error> {
        let mut keys = Keys::resume(key, 0);
        Ok(Net {
            first: Linear::new(keys.next_key()),
            second: Linear::new(keys.next_key()),
            drop: Dropout::new(0.1)?,
            scores: Linear::new(keys.next_key()),
        })
    }
}

impl<P: Forward> Net<P> {
    fn forward<B: Dim>(self, points: Ex![P; B, 2]) -> Ex![P; B, Classes] {
        let hidden = self.second.forward(self.first.forward(points).relu()).relu();
        self.scores.forward(self.drop.forward(hidden))
    }
}

type Points<B> = (Tensor<(B, D<2>)>, Tensor<(B,), i64>);

/// Points along three arms of a spiral, as many of each.
fn spirals(count: usize, key: Key) -> Result<TensorDataset<Points<Examples>>, Error> {
    let coordinate = |i: usize| {
        let (point, axis) = (i / 2, i % 2);
        let along = key.uniform_f32(point as u64);
        let angle = TAU * (along * 1.2 + (point % 3) as f32 / 3.0);
        along * if axis == 0 { angle.cos() } else { angle.sin() }
    };
    let points = Cpu.from_fn((Examples(count), D::<2>), coordinate);
    TensorDataset::new((points, Cpu.from_fn((Examples(count),), |i| i as i64 % 3)))
}

/// The points, each moved a little: other ones at each epoch, the same for any number of workers.
fn moved((points, labels): Points<Batch>, key: Key) -> Points<Batch> {
    let noise: Tensor<(Batch, D<2>)> = Cpu.normal(points.shape(), key, 0.0, 0.02);
    ((&points + &noise).eval(), labels)
}

fn accuracy(model: &Net, (points, labels): &Points<Batch>) -> Result<f64, Error> {
    let mut seen = Confusion::<Classes>::new();
    seen.observe(&model.infer(|m| m.forward(points.ex()).eval())?, labels)?;
    Ok(seen.accuracy())
}

/// A run in a folder, that goes on with what is there; `stop` ends it after so many steps.
fn run(folder: &Path, key: Key, stop: Option<u64>) -> Result<(Net, Report), Box<dyn AnyError>> {
    let (train, test) = spirals(900, Key::new(1))?.split(0.8, Key::new(2))?;
    let all = test.all::<Batch>()?;
    let train = Loader::new(train, Batch(48))?.map(moved).workers(2);
    let test = Loader::new(test, Batch(48))?;

    let mut model = Net::new(key)?;
    let mut optimizer = AdamW::new(&model, 0.01);
    // A handler of Ctrl-C would set such a flag.
    let flag = AtomicBool::new(false);
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template("epoch {msg:>2} {wide_bar} {pos}/{len}")?);
    let report = Trainer::new(&mut model, &mut optimizer)
        .key(Key::new(3))
        .epochs(60)
        .schedule(Schedule::warmup(0.01, 15).then(Schedule::cosine(0.01, 1e-4, 885)))
        .clip_grad_norm(5.0)
        .validate(&test, |m, (x, y)| m.forward(x.ex()).cross_entropy(&y))
        .measure("accuracy", |model| accuracy(model, &all))
        .patience(6)
        .checkpoints(folder)
        .resume()
        .log(folder.join("log.jsonl"))
        .stop_by(&flag)
        .watch(|now| {
            bar.set_length(now.batches as u64);
            bar.set_position(now.batch as u64);
            bar.set_message(now.epoch.to_string());
            flag.store(Some(now.steps) == stop, Ordering::Relaxed);
            ControlFlow::Continue(())
        })
        .fit(&train, |m, (x, y)| m.forward(x.ex()).cross_entropy(&y))?;
    bar.finish_and_clear();
    Ok((model, report))
}

fn main() -> Result<(), Box<dyn AnyError>> {
    let model = Net::new(Key::new(4))?;
    let loader = Loader::new(spirals(900, Key::new(1))?, Batch(48))?;
    let batch = loader.in_order().next().ok_or("no batch")?;
    let adam = AdamW::new(&model, 0.01);
    let losses = overfit(&model, &adam, &batch, 300, Key::new(5), |m, (x, y)| m.forward(x.ex()).cross_entropy(&y))?;
    println!("one batch by heart: loss {:.3}, after 300 steps {:.3}", losses[0], losses[299]);
    assert!(losses[299] < 0.1 * losses[0], "model or loss are wrong");

    let curve = find_lr(&model, &adam, &loader, LrRange::default(), |m, (x, y)| m.forward(x.ex()).cross_entropy(&y))?;
    let lr = curve.suggestion().ok_or("the loss never falls")?;
    println!("a learning rate to begin with: {lr:.0e}, of {} that were tried", curve.points.len());

    let (whole, parts) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let (model, report) = run(whole.path(), Key::new(4), None)?;
    for epoch in report.history.iter().step_by(5) {
        let [loss, right] = ["validation", "accuracy"].map(|name| epoch.score(name).unwrap_or(f64::NAN));
        println!("epoch {:2}: loss {:.4}, validation {loss:.4}, accuracy {right:.4}", epoch.epoch, epoch.loss);
    }
    let best = report.best.as_ref().ok_or("no epoch")?;
    println!("{:?} after {} epochs; the best was epoch {}", report.ending, report.history.len(), best.epoch);

    // Twice stopped in the midst of an epoch, then to the end; each trainer begins with other weights.
    for (key, stop) in [(4, Some(40)), (98, Some(133)), (99, None)] {
        let (_, part) = run(parts.path(), Key::new(key), stop)?;
        println!("{:?} after {} steps", part.ending, part.steps);
        assert_eq!(part.ending == Ending::Stopped, stop.is_some());
    }
    let (again, second) = run(parts.path(), Key::new(99), None)?;
    assert_eq!(second, report, "the same history");
    assert_eq!(again.first.weight.as_slice(), model.first.weight.as_slice(), "the same weights, to the bit");
    let log = |folder: &Path| std::fs::read(folder.join("log.jsonl"));
    assert_eq!(log(parts.path())?, log(whole.path())?, "the same log");
    println!("a run that was stopped twice ended with the same weights, history and log");

    let right = best.score("accuracy").unwrap_or(f64::NAN);
    println!("accuracy of the best epoch: {right:.4}");
    assert!(right > 0.97, "fewer than 97 of 100 points were told apart");
    Ok(())
}
