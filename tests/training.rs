//! Runs of a trainer: what each setting does to the steps, when a run ends, and that one that goes on takes the steps
//! that it would have taken.

use congruent::prelude::*;
use congruent::training::{Ending, EpochReport, Report, Trainer};
use std::cell::Cell;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

dims! { Examples = ?, Batch = ?, Features = 6, Hidden = 8, Classes = 3 }

#[derive(Model)]
struct Net<P: Part = Weights> {
    first: Linear<Features, Hidden, P>,
    norm: BatchNorm<Hidden, P>,
    drop: Dropout<P>,
    last: Linear<Hidden, Classes, P>,
}

impl Net {
    fn new(seed: u64) -> Self {
        let mut keys = Keys::new(seed);
        let (first, last) = (Linear::new(keys.next_key()), Linear::new(keys.next_key()));
        Net { first, norm: BatchNorm::new(), drop: Dropout::new(0.3).expect("a part"), last }
    }
}

impl<P: Forward> Net<P> {
    fn forward<B: Dim>(self, x: Ex![P; B, Features]) -> Ex![P; B, Classes] {
        self.last.forward(self.drop.forward(self.norm.forward(self.first.forward(x)).relu()))
    }
}

type Pair<B> = (Tensor<(B, Features)>, Tensor<(B,), i64>);

/// `len` examples of which the label can be learnt.
fn examples(len: usize, seed: u64) -> TensorDataset<Pair<Examples>> {
    let x: Tensor<(Examples, Features)> = Cpu.normal((Examples(len), Features), Key::new(seed), 0.0, 1.0);
    let y = x.slice(s![.., ..3]).argmax_axis::<-1>();
    TensorDataset::new((x, y)).expect("equal lengths")
}

/// Noisy batches, made by so many workers.
fn train(workers: usize) -> impl Epochs<Batch = Pair<Batch>> {
    let loader = Loader::new(examples(70, 1), Batch(8)).expect("a good size");
    let noisy = loader.map(|(x, y): Pair<Batch>, key| {
        let noise: Tensor<(Batch, Features)> = Cpu.normal(x.shape(), key, 0.0, 0.1);
        ((&x + &noise).eval(), y)
    });
    noisy.workers(workers)
}

/// The bits of everything that is in a model.
fn bits(model: &Net) -> Vec<(String, Vec<u32>)> {
    let mut all = Vec::new();
    model.visit(|name, _, values: &[f32]| all.push((name.to_owned(), values.iter().map(|x| x.to_bits()).collect())));
    all
}

/// A run with everything, in a folder; it ends after `stop` steps, if that is said.
fn everything(folder: &Path, seed: u64, workers: usize, stop: Option<u64>) -> (Net, Report) {
    let mut model = Net::new(seed);
    let mut optimizer = AdamW::new(&model, 0.5);
    let (data, test) = (train(workers), Loader::new(examples(40, 2), Batch(16)).expect("a good size"));
    let report = Trainer::new(&mut model, &mut optimizer)
        .key(Key::new(7))
        .epochs(4)
        .schedule(Schedule::warmup(0.05, 4).then(Schedule::cosine(0.05, 0.001, 16)))
        .accumulate(2)
        .clip_grad_norm(1.0)
        .clip_grad_value(0.5)
        .validate(&test, |m, (x, y)| m.forward(x.ex()).cross_entropy(&y))
        .measure("scale", |model| Ok(f64::from(model.norm.running_mean.as_slice()[0])))
        .checkpoints(folder)
        .resume()
        .log(folder.join("log.jsonl"))
        .log_every(3)
        .watch(|now| if Some(now.steps) == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        .fit(&data, |m, (x, y)| m.forward(x.ex()).cross_entropy(&y));
    (model, report.expect("a good run"))
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("an entry"));
    let file = |entry: std::fs::DirEntry| {
        (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).expect("a file"))
    };
    let mut files: Vec<_> = entries.map(file).collect();
    files.sort();
    files
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for temporary files")
}

#[test]
fn a_run_that_goes_on_takes_the_same_steps() {
    let whole = folder();
    let (model, report) = everything(whole.path(), 1, 0, None);
    assert_eq!((report.steps, report.history.len(), report.ending), (20, 4, Ending::Epochs));
    let losses: Vec<f64> = report.history.iter().map(|epoch| epoch.loss).collect();
    assert!(losses[3] < losses[0], "it learns: {losses:?}");
    let expected = files(whole.path());
    assert_eq!(
        expected.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        ["best.safetensors", "last.safetensors", "log.jsonl"]
    );
    // In the midst of an epoch, at its end, and several times; each time with other numbers to begin with.
    for (stops, workers) in [(vec![1], 1), (vec![5], 2), (vec![7], 4), (vec![12, 13], 2), (vec![3, 10, 19], 1)] {
        let parts = folder();
        for (time, &stop) in stops.iter().enumerate() {
            let (_, report) = everything(parts.path(), if time == 0 { 1 } else { 90 }, workers, Some(stop));
            assert_eq!((report.steps, report.ending), (stop, Ending::Stopped));
        }
        let (again, second) = everything(parts.path(), 99, workers + 1, None);
        assert_eq!((bits(&again), &second), (bits(&model), &report), "{stops:?}");
        assert!(files(parts.path()) == expected, "the files are the same, the log among them: {stops:?}");
    }
    // A run that is over is over.
    let (again, second) = everything(whole.path(), 5, 0, None);
    assert_eq!((bits(&again), second), (bits(&model), report));
    assert!(files(whole.path()) == expected);
}

#[test]
fn a_log_has_a_line_for_each_epoch() {
    let folder = folder();
    let (_, report) = everything(folder.path(), 1, 0, None);
    let text = std::fs::read_to_string(folder.path().join("log.jsonl")).expect("a log");
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let (steps, epochs): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.get("batch").is_some());
    assert_eq!(steps.iter().map(|line| line["steps"].as_u64().unwrap_or(0)).collect::<Vec<_>>(), [3, 6, 9, 12, 15, 18]);
    assert!(steps.iter().all(|line| line["norm"].as_f64() > Some(0.0) && line["loss"].as_f64() > Some(0.0)));
    for (line, epoch) in text.lines().filter(|line| !line.contains("batch")).zip(&report.history) {
        // Text, for all digits are there, and serde_json reads the last one wrongly.
        let [validation, scale] = ["validation", "scale"].map(|name| epoch.score(name).expect("it was measured"));
        let EpochReport { epoch, steps, lr, loss, .. } = epoch;
        let first = format!("{{\"epoch\":{epoch},\"loss\":{loss},\"lr\":{lr},\"scale\":{scale},");
        assert_eq!(line, format!("{first}\"steps\":{steps},\"validation\":{validation}}}"));
    }
    assert_eq!(epochs.len(), 4);
}

/// A run of one number `w` whose loss is `w² · mean of x`, over ones.
fn square(change: impl for<'t> FnOnce(Line<'t>) -> Line<'t>, lr: f64) -> (f64, Result<Report, Error>) {
    let data =
        Loader::new(TensorDataset::new((Cpu.ones::<Shape![4, 1]>().cast::<f64>().eval(),)).expect("one"), D::<4>);
    let mut w: Param<(), Weights<f64>> = Cpu.full((), 1.0f64).into();
    let mut optimizer = Sgd::new(&w, lr);
    let trainer = change(Trainer::new(&mut w, &mut optimizer));
    let report = trainer.fit(&data.expect("a good size"), |w, (x,)| (w.square() * &x.mean().eval()).mean());
    (w.as_slice()[0], report)
}

type Line<'t> = Trainer<'t, congruent::optim::SgdRule, Param<(), Weights<f64>>, f64, Cpu>;

#[test]
fn losses_are_those_of_a_plain_loop() {
    // w ← w - lr · 2 w
    let (w, report) = square(|trainer| trainer.epochs(3), 0.25);
    let report = report.expect("a good run");
    assert_eq!(w, 0.125);
    assert_eq!(report.history.iter().map(|epoch| epoch.loss).collect::<Vec<_>>(), [1.0, 0.25, 0.0625]);
    assert_eq!(report.history[2], EpochReport { epoch: 2, steps: 3, lr: 0.25, loss: 0.0625, scores: vec![] });
    assert_eq!((report.best.map(|best| best.epoch), report.steps), (Some(2), 3));
    let (w, report) = square(|trainer| trainer.epochs(2).schedule(Schedule::multistep(0.25, &[1], 0.5)), 9.0);
    assert_eq!((w, report.expect("a good run").history[1].lr), (0.5 * 0.75, 0.125));
    assert_eq!(square(|trainer| trainer.epochs(1).clip_grad_value(0.5), 0.25).0, 0.875);
    let (w, _) = square(|trainer| trainer.epochs(1).clip_grad_norm(1.0), 0.25);
    assert!((w - 0.75).abs() < 1e-6);
    assert_eq!(square(|trainer| trainer.epochs(0), 0.25).0, 1.0);
}

#[test]
fn a_run_is_the_plain_loop() {
    let (key, data) = (Key::new(7), train(2));
    let schedule = Schedule::linear(0.05, 0.01, 18);
    let (mut model, mut plain) = (Net::new(1), Net::new(1));
    let (mut optimizer, mut other) = (AdamW::new(&model, 0.0), AdamW::new(&plain, 0.0));
    let trainer = Trainer::new(&mut model, &mut optimizer).key(key).epochs(2).clip_grad_norm(0.5);
    let report = trainer.schedule(schedule.clone()).fit(&data, |m, (x, y)| m.forward(x.ex()).cross_entropy(&y));
    let mut last = 0.0;
    for epoch in 0..2 {
        let key = key.fold_in(epoch);
        let mut losses = congruent::metrics::WeightedMean::new();
        for (number, (x, y)) in (0..).zip(data.epoch(key.fold_in(0))) {
            let step = || plain.value_and_grad(|m| m.forward(x.ex()).cross_entropy(&y));
            let (loss, mut grads) = with_key(key.fold_in(1).fold_in(number), step).expect("a good step");
            other.clip_grad_norm(&mut grads, 0.5);
            other.follow(&schedule);
            other.step(&mut plain, &grads);
            losses.add(loss, y.len());
        }
        last = losses.value();
    }
    let report = report.expect("a good run");
    assert_eq!(bits(&model), bits(&plain));
    assert!((report.history[1].loss - last).abs() < 1e-12 && report.history[1].lr == other.lr());
}

#[test]
fn patience_ends_a_run() {
    let scores = [5.0, 4.0, 4.5, 4.0, 3.0, f64::NAN, 3.5, 3.0, 1.0];
    let run = |patience: u64, largest: bool| {
        let place = Cell::new(0);
        let next = move |_: &Param<(), Weights<f64>>| Ok(scores[place.replace(place.get() + 1)]);
        let (_, report) = square(
            |trainer| {
                let trainer = trainer.epochs(9).measure("score", next).patience(patience);
                if largest { trainer.monitor_largest("score") } else { trainer.monitor("score") }
            },
            0.0,
        );
        let report = report.expect("a good run");
        (report.history.len(), report.best.map(|best| best.epoch), report.ending)
    };
    assert_eq!(run(2, false), (4, Some(1), Ending::Patience));
    assert_eq!(run(3, false), (8, Some(4), Ending::Patience), "the best was epoch 4, then NaN, 3.5 and an equal");
    assert_eq!(run(4, false), (9, Some(8), Ending::Epochs));
    assert_eq!(run(0, true), (2, Some(0), Ending::Patience));
}

#[test]
fn a_plateau_lowers_the_rate_and_is_remembered() {
    use congruent::optim::Plateau;
    let plateau = || Plateau::new(0.5).patience(0).factor(0.5);
    let folder = folder();
    let mut all = Vec::new();
    for epochs in [2, 4] {
        // The loss is w², and w ← w - lr · 2 w is 0 at once: no epoch after the second is better.
        let (_, report) = square(|run| run.epochs(epochs).plateau(plateau()).checkpoints(folder.path()).resume(), 9.0);
        all = report.expect("a good run").history;
    }
    assert_eq!(all.iter().map(|epoch| epoch.lr).collect::<Vec<_>>(), [0.5, 0.5, 0.5, 0.25]);
}

#[test]
fn batches_that_make_one_step_are_one_batch() {
    let x: Tensor<(Examples, D<2>)> = Cpu.normal((Examples(10), D::<2>), Key::new(1), 0.0, 1.0);
    let x = x.cast::<f64>().eval();
    let run = |size: usize, together: usize| {
        let data = Loader::new(TensorDataset::new((x.clone(),)).expect("one"), Batch(size)).expect("a good size");
        let mut model = Linear::<D<2>, D<1>>::new(Key::new(3)).cast::<f64>();
        let mut optimizer = Sgd::new(&model, 0.1);
        let trainer = Trainer::new(&mut model, &mut optimizer).epochs(2).accumulate(together);
        let report = trainer.fit(&data, |m, (x,)| m.forward(&x).square().mean()).expect("a good run");
        (model.weight.tensor(), report.history[1].loss, report.steps)
    };
    let (weight, loss, steps) = run(10, 1);
    assert_eq!(steps, 2);
    for size in [1, 3, 4, 5] {
        let (other, other_loss, steps) = run(size, 10);
        assert_eq!(steps, 2);
        assert!(other.allclose(&weight, 0.0, 1e-14) && (other_loss - loss).abs() < 1e-14, "batches of {size}");
    }
    assert_eq!(run(1, 4).2, 6, "4, 4 and 2 examples an epoch");
}

#[test]
fn a_flag_ends_a_run_after_its_step() {
    let (flag, folder) = (AtomicBool::new(false), folder());
    let mut model = Net::new(1);
    let mut optimizer = Sgd::new(&model, 0.1);
    let mut seen = Vec::new();
    let report = Trainer::new(&mut model, &mut optimizer)
        .epochs(5)
        .checkpoints(folder.path())
        .stop_by(&flag)
        .watch(|now| {
            seen.push((now.epoch, now.batch, now.finished.is_some()));
            flag.store(now.steps == 11, Ordering::Relaxed);
            ControlFlow::Continue(())
        })
        .fit(&train(2), |m, (x, y)| m.forward(x.ex()).cross_entropy(&y))
        .expect("a good run");
    assert_eq!((report.steps, report.ending, report.history.len()), (11, Ending::Stopped, 1));
    let steps: Vec<_> =
        (1..=9).map(|batch| (0, batch, false)).chain([(0, 9, true), (1, 1, false), (1, 2, false)]).collect();
    assert_eq!(seen, steps);
    assert_eq!(files(folder.path()).len(), 2);
    let (mut again, mut other) = (Net::new(2), Sgd::new(&Net::new(2), 0.3));
    let beside = congruent::io::Checkpoint::load(folder.path().join("last.safetensors"), &mut again, &mut other);
    assert_eq!(beside.expect("our own").get::<usize>("batch").expect("it is there"), 2);
    assert_eq!((bits(&again), other.steps()), (bits(&model), 11));
}

#[test]
fn every_float_goes_on_to_the_bit() {
    fn check<E: Real>() {
        let x: Tensor<(Examples, D<2>)> = Cpu.normal((Examples(24), D::<2>), Key::new(1), 0.0, 1.0);
        let x = TensorDataset::new((x.cast::<E>().eval(),)).expect("one");
        let data = Loader::new(x, Batch(4)).expect("a good size").workers(1);
        let (parts, whole) = (folder(), folder());
        let run = |folder: &Path, stop: u64| {
            let mut model = Linear::<D<2>, D<3>>::new(Key::new(3)).cast::<E>();
            let mut optimizer = AdamW::new(&model, 1e-4); // less than a step of 16 bits
            Trainer::new(&mut model, &mut optimizer)
                .epochs(3)
                .clip_grad_norm(10.0)
                .accumulate(2)
                .checkpoints(folder)
                .resume()
                .watch(|now| if now.steps == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
                .fit(&data, |m, (x,)| m.forward(x.ex()).square().mean())
                .expect("a good run")
        };
        let report = run(whole.path(), u64::MAX);
        assert_eq!(run(parts.path(), 4).steps, 4);
        assert_eq!(run(parts.path(), u64::MAX), report, "{}", E::NAME);
        assert!(files(parts.path()) == files(whole.path()), "{}", E::NAME);
    }
    check::<f16>();
    check::<bf16>();
    check::<f32>();
    check::<f64>();
}
