//! Runs that are killed again and again: they end with the files of a run that was left alone, byte for byte.
//!
//! Apart from the other tests of training because the test runs itself as a process that is killed. Seven runs unless
//! it is told otherwise; `cargo test --test training_kills -- --ignored` kills many more.
#![cfg(unix)]

use congruent::prelude::*;
use congruent::training::{Ending, Trainer};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

dims! { Examples = ?, Batch = ? }

/// Where the child trains. It is this test alone that knows the name.
const FOLDER: &str = "CONGRUENT_TEST_RUN";

/// A run with shuffling, dropout, noise by workers, a schedule, a log and a checkpoint after each step.
fn train(folder: &Path, seed: u64) {
    let x: Tensor<(Examples, D<16>)> = Cpu.normal((Examples(90), D::<16>), Key::new(1), 0.0, 1.0);
    let y = x.sum_keepdim::<1>().eval();
    let (data, test) = TensorDataset::new((x, y)).and_then(|data| data.split(0.8, Key::new(2))).expect("equal lengths");
    let data = Loader::new(data, Batch(8)).expect("a good size").map(|(x, y), key| {
        let noise: Tensor<(Batch, D<16>)> = Cpu.normal(x.shape(), key, 0.0, 0.1);
        ((&x + &noise).eval(), y)
    });
    let (data, test) = (data.workers(2), Loader::new(test, Batch(8)).expect("a good size"));
    let layers = (Linear::<D<16>, D<64>>::new(Key::new(seed)), Dropout::new(0.2).expect("a part"));
    let mut model = (layers.0, congruent::nn::Relu, layers.1, Linear::<D<64>, D<1>>::new(Key::new(seed + 1)));
    let mut optimizer = AdamW::new(&model, 0.0);
    let report = Trainer::new(&mut model, &mut optimizer)
        .epochs(12)
        .schedule(Schedule::cosine(0.01, 0.0, 120))
        .validate(&test, |m, (x, y)| m.forward(x.ex()).mse(&y))
        .checkpoints(folder)
        .checkpoint_every(1)
        .resume()
        .log(folder.join("log.jsonl"))
        .log_every(1)
        .fit(&data, |m, (x, y)| m.forward(x.ex()).mse(&y));
    assert_eq!(report.expect("a good run").ending, Ending::Epochs);
}

fn content(folder: &Path) -> Vec<Vec<u8>> {
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    ["last.safetensors", "best.safetensors", "log.jsonl"].map(read).into()
}

fn kill(runs: u64) {
    let whole = tempfile::tempdir().expect("a folder for temporary files");
    train(whole.path(), 5);
    let expected = content(whole.path());
    let (mut kills, own) = (0, std::env::current_exe().expect("this test"));
    for run in 0..runs {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        for time in 0.. {
            let mut command = Command::new(&own);
            command.args(["child_process", "--exact", "--ignored", "--nocapture"]).env(FOLDER, folder.path());
            let mut child = command.stdout(Stdio::null()).spawn().expect("this test again");
            // The first steps fall into the time of the first kills; later ones get further.
            sleep(Duration::from_micros(2_000 + Key::new(run).below(time, 30_000 + 10_000 * time)));
            if let Some(status) = child.try_wait().expect("our own child") {
                assert!(status.success(), "the child has ended by itself");
                break;
            }
            child.kill().expect("it runs until it is killed");
            child.wait().expect("it has ended");
            kills += 1;
        }
        assert!(content(folder.path()) == expected, "run {run}: after all kills the files are those of a quiet run");
    }
    println!("{runs} runs, {kills} kills: all files are the same");
    assert!(kills > runs, "runs were hardly ever killed: {kills}");
}

#[test]
fn killed_runs_end_with_the_same_files() {
    kill(7);
}

#[test]
#[ignore = "takes a minute"]
fn many_killed_runs_end_with_the_same_files() {
    kill(60);
}

#[test]
#[ignore = "the process that the others kill"]
fn child_process() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        // The weights to begin with count where there is nothing to go on from.
        let begins = !Path::new(&folder).join("last.safetensors").exists();
        train(Path::new(&folder), if begins { 5 } else { 77 });
    }
}
