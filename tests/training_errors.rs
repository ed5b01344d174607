//! Runs that go wrong: what is told, and that nothing is spoilt by it.

use congruent::data::FnDataset;
use congruent::io::Checkpoint;
use congruent::prelude::*;
use congruent::training::{LrRange, Report, Trainer, find_lr, overfit};
use std::path::Path;

dims! { Batch = ?, Features = 2, Hidden = 3 }

#[derive(Model)]
struct Net<P: Part = Weights> {
    first: Linear<Features, Hidden, P>,
    last: Linear<Hidden, D<1>, P>,
}

impl<P: Forward> Net<P> {
    fn forward<B: Dim>(self, x: Ex![P; B, Features]) -> Ex![P; B, D<1>] {
        self.last.forward(self.first.forward(x).relu())
    }
}

fn net(seed: u64) -> Net {
    let (mut first, mut last) = (Linear::new(Key::new(seed)), Linear::new(Key::new(seed + 100)));
    first.weight.as_mut_slice().fill(0.5); // no unit is dead
    last.weight.as_mut_slice().fill(0.5);
    Net { first, last }
}

fn words<T>(result: Result<T, Error>) -> String {
    result.err().expect("it goes wrong").to_string()
}

/// Example `i` is twice the same number, 1 where nothing else is said.
fn data(
    number: impl Fn(usize) -> f32 + Clone,
) -> Loader<FnDataset<impl Fn(usize) -> Tensor<(Features,)> + Clone>, Batch> {
    let examples = FnDataset::new(12, move |i| Cpu.full((Features,), number(i)));
    Loader::new(examples, Batch(1)).expect("a good size")
}

fn run(
    model: &mut Net,
    lr: f64,
    data: &impl Epochs<Batch = Tensor<(Batch, Features)>>,
    folder: Option<&Path>,
) -> Result<Report, Error> {
    let mut optimizer = Sgd::new(model, lr);
    let trainer = Trainer::new(model, &mut optimizer).epochs(3);
    let trainer = if let Some(folder) = folder { trainer.checkpoints(folder).checkpoint_every(1) } else { trainer };
    trainer.fit(data, |m, x| m.forward(x.ex()).square().mean())
}

#[test]
fn the_first_gradient_that_is_not_finite_is_named() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let spoilt = data(|i| if i == 4 { f32::NAN } else { 1.0 });
    let place = Key::new(0).fold_in(0).fold_in(0).permutation(12).iter().position(|&i| i == 4).expect("it comes");
    assert!(place > 0, "there are steps before");
    let mut model = net(1);
    let error = run(&mut model, 0.01, &spoilt, Some(folder.path())).expect_err("NaN");
    let text = format!("epoch 0, batch {place}: the loss is NaN; gradient of `first.weight` is NaN at element 0");
    assert_eq!(error.to_string(), text);
    assert!(matches!(error, Error::NotFinite { epoch: 0, batch, .. } if batch == place));
    // Neither the model nor the checkpoint has taken that step.
    let mut saved = net(2);
    Checkpoint::load_model(folder.path().join("last.safetensors"), &mut saved).expect("the last good step");
    assert!(model.first.weight.as_slice().iter().all(|x| x.is_finite()));
    assert_eq!(saved.first.weight.as_slice(), model.first.weight.as_slice());
}

#[test]
fn the_first_parameter_that_is_not_finite_is_named() {
    let mut model = net(1);
    model.last.bias.as_mut_slice()[0] = f32::INFINITY;
    let text = "epoch 0, batch 0: the loss is inf; parameter `last.bias` is inf at element 0";
    assert_eq!(words(run(&mut model, 0.01, &data(|_| 1.0), None)), text);
    // Steps that grow: the parameters leave the range of f32.
    let text = words(run(&mut net(1), 1e20, &data(|_| 1.0), None));
    assert!(text.starts_with("epoch 0, batch 1: the loss is ") && text.contains(" `"), "{text}");
    // The last step of an epoch.
    let one = Loader::new(FnDataset::new(1, |_| Cpu.full((Features,), 1e3f32)), Batch(1)).expect("a good size");
    let text = words(run(&mut net(1), 3e38, &one, None));
    assert!(text.starts_with("epoch 0, batch 0: parameter `first.weight` is ") && text.contains("inf"), "{text}");
}

#[test]
fn a_gradient_may_be_spoilt_where_the_loss_is_not() {
    let mut w: (Param<Shape![2]>, Param<Shape![2]>) = (Cpu.ones().into(), Cpu.tensor([1.0, 0.0]).into());
    let mut optimizer = Sgd::new(&w, 0.1);
    let ones = data(|_| 1.0);
    let report = Trainer::new(&mut w, &mut optimizer).fit(&ones, |(a, b), _| a.sum() + b.sqrt().sum());
    assert_eq!(words(report), "epoch 0, batch 0: gradient of `1` is inf at element 1");
    // Whatever is clipped, nothing is hidden.
    for (by_norm, by_value) in [(true, false), (false, true), (true, true)] {
        let trainer = Trainer::new(&mut w, &mut optimizer);
        let trainer = if by_norm { trainer.clip_grad_norm(1.0) } else { trainer };
        let trainer = if by_value { trainer.clip_grad_value(1.0) } else { trainer };
        let report = trainer.fit(&ones, |(a, b), _| a.sum() + b.sqrt().sum());
        assert_eq!(words(report), "epoch 0, batch 0: gradient of `1` is inf at element 1");
    }
    assert_eq!(w.1.as_slice(), [1.0, 0.0], "no step was taken");
}

#[test]
fn batches_and_losses_that_go_wrong_end_a_run() {
    let texts = |i: usize| if i == 4 { "x" } else { "1" }.parse::<f32>().map(|x| Cpu.full((Features,), x));
    let place = Key::new(0).fold_in(0).fold_in(0).permutation(12).iter().position(|&i| i == 4).expect("it comes");
    for workers in [0, 3] {
        let spoilt = Loader::new(FnDataset::new(12, texts), Batch(1)).expect("a good size").checked().workers(workers);
        let text = words(run(&mut net(1), 0.01, &spoilt, None));
        assert_eq!(text, format!("batch {place}: invalid float literal"));
    }
    let mut model = Linear::<Features, Hidden>::new(Key::new(1));
    let mut optimizer = Sgd::new(&model, 0.1);
    let labels = Cpu.full((Batch(1),), 7i64);
    let trainer = Trainer::new(&mut model, &mut optimizer);
    let text = words(trainer.fit(&data(|_| 1.0), |m, x| m.forward(&x).cross_entropy(&labels)));
    assert_eq!(text, "label 7 at position 0 is not one of the 3 classes 0..3");
}

#[test]
fn settings_that_make_no_sense_are_errors() {
    fn of(change: impl for<'t> FnOnce(Run<'t>) -> Run<'t>) -> String {
        let mut model = net(1);
        let mut optimizer = Sgd::new(&model, 0.1);
        words(change(Trainer::new(&mut model, &mut optimizer)).fit(&data(|_| 1.0), |m, x| m.forward(x.ex()).mean()))
    }
    type Run<'t> = Trainer<'t, congruent::optim::SgdRule, Net>;
    assert_eq!(of(|run| run.accumulate(0)), "number of batches of a step: 0 is not allowed, it is at least 1");
    let text = r#"monitored number: `f1` beside ["loss", "accuracy"] is not allowed, it is one that is measured"#;
    assert_eq!(of(|run| run.measure("accuracy", |_| Ok(0.0)).monitor_largest("f1")), text);
    for name in ["loss", "lr", "epoch", "steps", "batch"] {
        let rule = "is not allowed, the log has a number of the run under this name";
        assert_eq!(of(|run| run.measure(name, |_| Ok(0.0))), format!("name of a measure: `{name}` {rule}"));
    }
    assert!(of(|run| run.clip_grad_norm(-1.0)).starts_with("limit of gradients: -1 is not allowed"));
    assert!(of(|run| run.schedule(Schedule::lambda(|_| f64::NAN))).starts_with("learning rate: NaN is not allowed"));
    assert_eq!(of(|run| run.measure("f1", |_| Err(Error::NoKey))), Error::NoKey.to_string());
    assert!(of(|run| run.checkpoints("/dev/null/runs")).starts_with("cannot write /dev/null/runs: "));
    assert!(of(|run| run.log("/dev/null/log.jsonl")).starts_with("cannot write /dev/null/log.jsonl: "));
}

#[test]
fn another_run_is_not_gone_on_with() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let go = |model: &mut Net, seed: u64, data: &Loader<FnDataset<_>, Batch>, name: &str| {
        let mut optimizer = Sgd::new(model, 0.01);
        let trainer = Trainer::new(model, &mut optimizer).key(Key::new(seed)).checkpoints(folder.path()).resume();
        trainer.measure(name, |_| Ok(1.0)).fit(data, |m, x: Tensor<(Batch, Features)>| m.forward(x.ex()).mean())
    };
    let few = |len: usize| Loader::new(FnDataset::new(len, |_| Cpu.full((Features,), 1.0f32)), Batch(4)).expect("good");
    go(&mut net(1), 7, &few(12), "a").expect("a good run");
    let mut model = net(5);
    let before = model.first.bias.tensor();
    let path = folder.path().join("last.safetensors");
    let of = |text: &str| format!("{}: {text}", path.display());
    let bits = Key::new(7).bits();
    let other = Key::new(8).bits();
    let text = of(&format!("`key` of the run is {bits}, that of this trainer is {other}"));
    assert_eq!(words(go(&mut model, 8, &few(12), "a")), text);
    assert_eq!(words(go(&mut model, 7, &few(16), "a")), of("`batches` of the run is 3, that of this trainer is 4"));
    let text = of(r#"`scores` of the run is ["a"], that of this trainer is ["b"]"#);
    assert_eq!(words(go(&mut model, 7, &few(12), "b")), text);
    assert_eq!(model.first.bias.tensor(), before, "nothing has changed");
    let checkpoint = Checkpoint::new().text("note", "of another program");
    checkpoint.save(&path, &model, &Sgd::new(&model, 0.1)).expect("a writable folder");
    let text = of("no array `key`, the file has `note`; nearest name: `note`");
    assert_eq!(words(go(&mut model, 7, &few(12), "a")), text);
}

#[test]
fn a_log_of_something_else_is_not_cut() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("log.jsonl");
    let go = |epochs: u64| {
        let mut model = net(1);
        let mut optimizer = Sgd::new(&model, 0.01);
        let trainer = Trainer::new(&mut model, &mut optimizer).epochs(epochs).log(&path);
        trainer.checkpoints(folder.path()).resume().fit(&data(|_| 1.0), |m, x| m.forward(x.ex()).mean())
    };
    go(1).expect("a good run");
    let lines = std::fs::read_to_string(&path).expect("a log");
    std::fs::write(&path, format!("{lines}{{\"epoch\":1,\"los")).expect("half a line of a killed run");
    go(2).expect("a good run");
    let two = std::fs::read_to_string(&path).expect("a log");
    assert!(two.starts_with(&lines) && two.lines().count() == 2, "{two}");
    let notes = "x".repeat(1000);
    std::fs::write(&path, &notes).expect("a file");
    let text = format!("byte {} ends no line: it is not the log of this run", two.len() - 1);
    assert_eq!(words(go(3)), format!("{}: {text}", path.display()));
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), notes);
    std::fs::remove_file(&path).expect("a file");
    go(3).expect("a log that is gone begins anew");
    assert_eq!(std::fs::read_to_string(&path).expect("a log").lines().count(), 1);
}

#[test]
fn what_is_tried_leaves_the_model_as_it_was() {
    let (model, optimizer) = (net(1), Adam::new(&net(1), 0.01));
    let before = model.clone();
    let twelve = data(|_| 1.0);
    let range = LrRange { from: 1e-6, to: 1e3, steps: 60, key: Key::new(1) };
    let curve = find_lr(&model, &optimizer, &twelve, range, |m, x| (m.forward(x.ex()) - 1.0).square().mean());
    let curve = curve.expect("a good range");
    assert!(curve.points.len() < 60, "the loss leaves all bounds before lr = 1000");
    assert_eq!(curve.points[0].lr, 1e-6);
    let factor = (1e9f64).powf(1.0 / 59.0);
    assert!(curve.points.windows(2).all(|two| (two[1].lr / two[0].lr / factor - 1.0).abs() < 1e-9));
    assert!(curve.suggestion().is_some_and(|lr| (1e-5..10.0).contains(&lr)), "{:?}", curve.suggestion());
    // The last one is the end, though the ratio of both is no number.
    let whole = LrRange { from: 1e-300, to: 1e30, steps: 5, ..range };
    let steady = find_lr(&model, &optimizer, &twelve, whole, |m, x| (m.forward(x.ex()) * 0.0).mean());
    let rates: Vec<f64> = steady.expect("a good range").points.iter().map(|point| point.lr).collect();
    assert!(rates.len() == 5 && rates[0] == 1e-300 && rates[4] == 1e30, "{rates:?}");
    let key = Key::new(1);
    let x = Cpu.full((Batch(1), Features), 1.0f32);
    let losses = overfit(&model, &optimizer, &x, 300, key, |m, x| (m.forward(x.ex()) - 3.0).square().mean());
    let losses = losses.expect("static shapes");
    assert!(losses.len() == 300 && losses[299] < 1e-2 * losses[0], "{} to {}", losses[0], losses[299]);
    assert_eq!(model.first.weight.as_slice(), before.first.weight.as_slice());
    assert_eq!((optimizer.steps(), optimizer.lr()), (0, 0.01));
    let wrong = |range: LrRange| words(find_lr(&model, &optimizer, &twelve, range, |m, x| m.forward(x.ex()).mean()));
    let rule = "is not allowed, both ends are finite and above 0";
    assert_eq!(wrong(LrRange { from: 0.0, ..range }), format!("range of learning rates: 0 to 1000 {rule}"));
    assert_eq!(wrong(LrRange { to: f64::NAN, ..range }), format!("range of learning rates: 0.000001 to NaN {rule}"));
    let text = "number of learning rates: 1 is not allowed, there are at least 2";
    assert_eq!(wrong(LrRange { steps: 1, ..range }), text);
}
