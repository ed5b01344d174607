//! Processes that are killed while they save: they leave the last checkpoint or the new one, whole, of one step.
//!
//! Apart from the other tests of checkpoints because the test runs itself as a process that is killed. 40 times unless
//! it is told otherwise; `cargo test --test checkpoint_kills -- --ignored` kills 200 times.
#![cfg(unix)]

use congruent::io::Checkpoint;
use congruent::nn::Linear;
use congruent::prelude::*;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

type Net = Linear<D<500>, D<500>>;

/// Where the child saves. It is this test alone that knows the name.
const PATH: &str = "CONGRUENT_TEST_CHECKPOINT";

type Training = (Net, AdamW<Net>);

fn fresh() -> Training {
    let model = Net::new(Key::new(0));
    let optimizer = AdamW::new(&model, 0.0);
    (model, optimizer)
}

/// Makes every number of model and optimizer that of the step.
fn set((model, optimizer): &mut Training, step: u64) {
    model.visit_mut(|_, _, values| values.fill(step as f32));
    let size = |name: &str| if name.starts_with("weight") { 250_000 } else { 500 };
    let state = |name: &str| name.ends_with("moment").then(|| vec![step as f32; size(name)]);
    optimizer.restore(state).expect("as many as there are");
    optimizer.set_steps(step);
    optimizer.set_lr(step as f64);
}

fn save((model, optimizer): &Training, path: &Path) {
    let beside = Checkpoint::new().text("step", optimizer.steps());
    beside.save(path, model, optimizer).expect("a writable folder");
}

/// The child: saves step after step until it is killed.
fn save_for_ever(path: &Path) {
    let mut training = fresh();
    Checkpoint::load(path, &mut training.0, &mut training.1).expect("the last checkpoint");
    println!("ready");
    for step in training.1.steps() + 1.. {
        set(&mut training, step);
        save(&training, path);
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    entries.map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned()).collect()
}

/// Loads the checkpoint: all of its numbers are of one step, which is returned.
fn whole(path: &Path) -> u64 {
    let (mut model, mut optimizer) = fresh();
    let beside = Checkpoint::load(path, &mut model, &mut optimizer).expect("a whole checkpoint");
    let step = optimizer.steps();
    assert_eq!((beside.get::<u64>("step").expect("it was added"), optimizer.lr()), (step, step as f64));
    model.visit(|name, _, values| assert!(values.iter().all(|&x| x == step as f32), "{name} of step {step}"));
    let mut tensors = 0;
    optimizer.visit(|name, values| {
        tensors += 1;
        assert!(values.iter().all(|&x| x == step as f32), "{name} of step {step}");
    });
    assert_eq!(tensors, 4);
    step
}

fn kill_while_saving(times: u64) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("run.safetensors");
    let mut training = fresh();
    set(&mut training, 0);
    save(&training, &path);
    let (mut step, mut renewed, mut left_over) = (0, 0, 0);
    for time in 0..times {
        let own = std::env::current_exe().expect("this test");
        let mut command = Command::new(own);
        command.args(["child_process", "--exact", "--ignored", "--nocapture"]).env(PATH, &path);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("this test again");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        assert!(lines.any(|line| line.expect("text") == "ready"), "the child began to save");
        sleep(Duration::from_micros(Key::new(5).below(time, 100_000)));
        child.kill().expect("it runs until it is killed");
        child.wait().expect("it has ended");
        let files = names_in(folder.path()).len();
        assert!(files <= 2, "one save at a time, and the next one removes what it left: {:?}", names_in(folder.path()));
        left_over += files - 1;
        let now = whole(&path);
        assert!(now >= step, "{now} after {step}");
        renewed += u64::from(now > step);
        step = now;
    }
    println!("{times} kills: {times} whole and of one step, {renewed} newer; {left_over} files aside were left");
    assert!(left_over > 0, "no kill met a save");
    save(&training, &path);
    assert_eq!(names_in(folder.path()), ["run.safetensors"], "nothing is left after the next save");
}

#[test]
fn a_killed_save_leaves_a_whole_checkpoint() {
    kill_while_saving(40);
}

#[test]
#[ignore = "takes a minute"]
fn two_hundred_killed_saves_leave_whole_checkpoints() {
    kill_while_saving(200);
}

#[test]
#[ignore = "the process that the others kill"]
fn child_process() {
    if let Some(path) = std::env::var_os(PATH) {
        save_for_ever(Path::new(&path));
    }
}
