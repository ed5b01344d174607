//! Checkpoints of model and optimizer: whole or the old one, of one step, and nothing is left behind.

use congruent::io::raw::RawArray;
use congruent::io::safetensors::write_safetensors;
use congruent::io::{Checkpoint, FileError, SafetensorsFile};
use congruent::nn::Linear;
use congruent::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

dims! { Rows = ? }

#[derive(Model)]
struct Net<P: Part = Weights> {
    layers: Vec<Linear<D<3>, D<3>, P>>,
    scale: Option<Param<Shape![3], P>>,
    seen: Buffer<Shape![2], P>,
}

fn net(seed: u64, layers: usize) -> Net {
    let mut keys = Keys::new(seed);
    Net {
        layers: (0..layers).map(|_| Linear::new(keys.next_key())).collect(),
        scale: Some(Cpu.uniform((D::<3>,), keys.next_key(), -1.0, 1.0).into()),
        seen: Cpu.uniform((D::<2>,), keys.next_key(), -1.0, 1.0).into(),
    }
}

/// Every name and element of a model, as numbers that print all their digits.
fn content<E: Real>(model: &impl Inspect<E, Cpu>) -> Vec<(String, Vec<f64>)> {
    let mut all = Vec::new();
    model.visit(|name, _, values: &[E]| all.push((name.to_owned(), values.iter().map(|x| x.as_f64()).collect())));
    all
}

/// The numbers and every tensor of an optimizer.
macro_rules! state {
    ($optimizer:expr) => {{
        let mut all: Vec<(String, Vec<f64>)> = Vec::new();
        let add = |values: &[_]| values.iter().map(|x: &f32| f64::from(*x)).collect();
        $optimizer.visit(|name, values| all.push((name.to_owned(), add(values))));
        ($optimizer.steps(), $optimizer.lr(), all)
    }};
}

fn train(net: &mut Net, optimizer: &mut AdamW<Net>, steps: usize) {
    for _ in 0..steps {
        let loss = net.value_and_grad(|m| {
            let mut sum = m.scale.expect("it has one").square().sum().boxed();
            for layer in m.layers.iter() {
                sum = (sum + layer.weight.square().sum() + layer.bias.square().sum()).boxed();
            }
            sum
        });
        optimizer.step(net, &loss.expect("static shapes").1);
    }
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("run.safetensors");
    (folder, path)
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    entries.map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn training_goes_on_as_if_it_had_not_stopped() {
    let (folder, path) = folder();
    let mut model = net(1, 2);
    let mut optimizer = AdamW::new(&model, 0.01);
    let labels = Cpu.tensor([1i64, 2, 3]);
    for epoch in 0..3 {
        train(&mut model, &mut optimizer, 2);
        let beside = Checkpoint::new().text("epoch", epoch).text("note", "a\nb").tensor("labels", &labels);
        beside.save(&path, &model, &optimizer).expect("a writable folder");
        assert_eq!(names_in(folder.path()), ["run.safetensors"]);
    }
    let (mut again, mut other) = (net(9, 2), AdamW::new(&net(9, 2), 0.5));
    let beside = Checkpoint::load(&path, &mut again, &mut other).expect("our own checkpoint");
    assert_eq!((content(&again), state!(other)), (content(&model), state!(optimizer)));
    assert_eq!(beside.get::<u32>("epoch").expect("it was added"), 2);
    assert_eq!(beside.texts()["note"], "a\nb");
    assert_eq!(beside.get_tensor::<(Rows,), i64>("labels").expect("it was added"), {
        Cpu.from_slice((Rows(3),), &[1i64, 2, 3]).expect("three")
    });
    train(&mut model, &mut optimizer, 3);
    train(&mut again, &mut other, 3);
    assert_eq!(content(&again), content(&model));

    let mut alone = net(5, 2);
    let same = Checkpoint::load_model(&path, &mut alone).expect("our own checkpoint");
    assert_eq!((same.texts(), same.tensors()), (beside.texts(), beside.tensors()));
    assert_ne!(content(&alone), content(&model), "three steps lie between");
    let error = beside.get::<u32>("note").expect_err("no number").to_string();
    assert!(error.contains("`note` is `a\nb`, which is no u32"), "{error}");
    let error = beside.get::<u32>("epochs").expect_err("another name").to_string();
    assert!(error.ends_with("the file has `epoch`, `note`; nearest name: `epoch`"), "{error}");
    let error = beside.get_tensor::<(Rows,), i32>("labels").map(drop).expect_err("another dtype").to_string();
    assert_eq!(error, "labels: the file holds I64, wanted I32");
}

#[test]
fn checkpoints_before_the_first_step_and_of_small_models_come_back() {
    let (_folder, path) = folder();
    let (model, optimizer) = (net(1, 0), Sgd::new(&net(1, 0), 0.25));
    Checkpoint::new().save(&path, &model, &optimizer).expect("a writable folder");
    let (mut again, mut other) = (net(2, 0), Sgd::new(&net(2, 0), 0.5).momentum(0.9));
    Checkpoint::load(&path, &mut again, &mut other).expect("our own checkpoint");
    assert_eq!((content(&again), other.lr(), other.steps()), (content(&model), 0.25, 0));

    let mut single: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    let mut optimizer = Sgd::new(&single, 0.1).momentum(0.9);
    let (_, grads) = single.value_and_grad(|w| w.square().sum()).expect("a scalar");
    optimizer.step(&mut single, &grads);
    Checkpoint::new().save(&path, &single, &optimizer).expect("a writable folder");
    let mut again: Param<Shape![2]> = Cpu.tensor([0.0, 0.0]).into();
    let mut other = Sgd::new(&again, 0.5).momentum(0.9);
    Checkpoint::load(&path, &mut again, &mut other).expect("our own checkpoint");
    assert_eq!((again.as_slice(), state!(other)), (single.as_slice(), state!(optimizer)));
}

fn halves_come_back<E: Real<Precise = f32>>() {
    let (_folder, path) = folder();
    let mut model: Linear<D<3>, D<2>, Weights<E>> = Linear::<D<3>, D<2>>::new(Key::new(1)).cast();
    let mut optimizer = AdamW::new(&model, 0.01);
    for _ in 0..3 {
        let (_, grads) = model.value_and_grad(|m| m.weight.square().sum() + m.bias.exp().sum()).expect("a scalar");
        optimizer.step(&mut model, &grads);
    }
    Checkpoint::new().save(&path, &model, &optimizer).expect("a writable folder");
    let mut again: Linear<D<3>, D<2>, Weights<E>> = Linear::<D<3>, D<2>>::new(Key::new(2)).cast();
    let mut other = AdamW::new(&again, 0.5);
    Checkpoint::load(&path, &mut again, &mut other).expect("our own checkpoint");
    assert_eq!((content(&again), state!(other)), (content(&model), state!(optimizer)));
    model.save(&path).expect("a writable folder");
    let mut alone: Linear<D<3>, D<2>, Weights<E>> = Linear::<D<3>, D<2>>::new(Key::new(3)).cast();
    alone.load(&path).expect("our own file");
    assert_eq!(content(&alone), content(&model));
}

#[test]
fn two_byte_floats_come_back_with_their_exact_state() {
    halves_come_back::<f16>();
    halves_come_back::<bf16>();
}

/// A checkpoint's tensors and metadata, to be spoilt.
type Parts = (Vec<(String, RawArray)>, BTreeMap<String, String>);

fn parts_of(path: &Path) -> Parts {
    let mut file = SafetensorsFile::open(path).expect("our own file");
    let names: Vec<String> = file.entries().iter().map(|entry| entry.name.clone()).collect();
    let tensors = names.into_iter().map(|name| {
        let array = file.get(&name).expect("our own tensor");
        (name, array)
    });
    (tensors.collect(), file.metadata().clone())
}

#[test]
fn a_checkpoint_that_does_not_fit_changes_nothing() {
    let (_folder, path) = folder();
    let (mut model, mut optimizer) = (net(1, 2), AdamW::new(&net(1, 2), 0.01));
    train(&mut model, &mut optimizer, 2);
    Checkpoint::new().text("epoch", 1).save(&path, &model, &optimizer).expect("a writable folder");
    let good = parts_of(&path);
    let at = |name: &str| good.0.iter().position(|(other, _)| other == name).expect(name);

    let (mut model, mut optimizer) = (net(2, 2), AdamW::new(&net(2, 2), 0.5));
    train(&mut model, &mut optimizer, 3);
    let before = (content(&model), state!(optimizer));
    let mut refused = |words: &str, spoil: &dyn Fn(&mut Parts)| {
        let mut parts = good.clone();
        spoil(&mut parts);
        write_safetensors(&path, &parts.0, &parts.1).expect("a writable folder");
        let error = Checkpoint::load(&path, &mut model, &mut optimizer).expect_err(words).to_string();
        assert!(error.contains(words), "`{words}` is not in: {error}");
        assert_eq!((content(&model), state!(optimizer)), before, "{error}");
    };
    let one = RawArray::from_values(&[1], &[1.0f32]).expect("they agree");
    let double = RawArray::from_values(&[9], &[1.0f64; 9]).expect("they agree");
    let (seen, moment) = (at("model.seen"), at("optimizer.scale.second_moment"));
    refused("model: no array `seen`", &|parts| drop(parts.0.remove(seen)));
    refused("seen: the file holds shape [1], wanted [2]", &|parts| parts.0[seen].1 = one.clone());
    refused("model: nothing takes `more`", &|parts| parts.0.push(("model.more".to_owned(), one.clone())));
    refused("optimizer: no array `scale.second_moment`", &|parts| drop(parts.0.remove(moment)));
    refused("scale.second_moment: the file holds shape [1], wanted [3]", &|parts| parts.0[moment].1 = one.clone());
    refused("optimizer: nothing takes `more`", &|parts| parts.0.push(("optimizer.more".to_owned(), one.clone())));
    let weight = at("optimizer.layers.1.weight.first_moment");
    refused("layers.1.weight.first_moment: the file holds F64, wanted F32", &|parts| {
        parts.0[weight].1 = double.clone()
    });
    refused("nothing under `optimizer.steps`", &|parts| drop(parts.1.remove("optimizer.steps")));
    refused("`soon` under `optimizer.learning_rate`", &|parts| {
        parts.1.insert("optimizer.learning_rate".to_owned(), "soon".to_owned());
    });
    for rate in ["NaN", "inf", "-inf", "-0.5", "1e999"] {
        refused("the learning rate is ", &|parts| {
            parts.1.insert("optimizer.learning_rate".to_owned(), rate.to_owned());
        });
    }
    for steps in ["-1", "0.5", "18446744073709551616", "NaN"] {
        refused(&format!("`{steps}` under `optimizer.steps`"), &|parts| {
            parts.1.insert("optimizer.steps".to_owned(), steps.to_owned());
        });
    }
    for skipped in [f32::NAN, f32::INFINITY, -1.0, 0.5] {
        let array = RawArray::from_values(&[1], &[skipped]).expect("they agree");
        refused(&format!("`scale.skipped` of {skipped}"), &|parts| {
            parts.0.push(("optimizer.scale.skipped".to_owned(), array.clone()));
        });
    }

    write_safetensors(&path, &good.0, &good.1).expect("a writable folder");
    let bytes = std::fs::read(&path).expect("it was just written");
    for length in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
        std::fs::write(&path, &bytes[..length]).expect("a writable folder");
        let error = Checkpoint::load(&path, &mut model, &mut optimizer).expect_err("cut short");
        assert!(matches!(error, FileError::Truncated { .. } | FileError::Format { .. }), "{error}");
    }
    assert_eq!((content(&model), state!(optimizer)), before);
    let (mut more, mut its) = (net(3, 3), AdamW::new(&net(3, 3), 0.5));
    std::fs::write(&path, &bytes).expect("a writable folder");
    assert!(Checkpoint::load(&path, &mut more, &mut its).is_err());
    assert!(Checkpoint::load_model(&path, &mut more).is_err());
    net(1, 2).save(&path).expect("a writable folder");
    let error = Checkpoint::load(&path, &mut model, &mut optimizer).expect_err("a model alone").to_string();
    assert!(error.contains("model: no array `layers.0.weight`"), "{error}");
}

#[test]
fn a_damaged_checkpoint_is_loaded_whole_or_not_at_all() {
    let (_folder, path) = folder();
    let (mut model, mut optimizer) = (net(1, 1), AdamW::new(&net(1, 1), 0.01));
    train(&mut model, &mut optimizer, 2);
    Checkpoint::new().text("epoch", 1).save(&path, &model, &optimizer).expect("a writable folder");
    let good = std::fs::read(&path).expect("it was just written");
    let (key, mut refused) = (Key::new(3), 0);
    for i in 0..2000 {
        let mut damaged = good.clone();
        damaged[key.below(2 * i, good.len() as u64) as usize] ^= 1 << key.below(2 * i + 1, 8);
        std::fs::write(&path, damaged).expect("a writable folder");
        let (mut model, mut optimizer) = (net(2, 1), AdamW::new(&net(2, 1), 0.5));
        let before = (content(&model), state!(optimizer));
        if Checkpoint::load(&path, &mut model, &mut optimizer).is_err() {
            refused += 1;
            let after = (content(&model), state!(optimizer));
            assert_eq!(after, before, "bit {i}");
        }
    }
    assert!(refused > 500, "{refused} were refused");
}

#[test]
fn what_a_file_and_a_model_have_in_common_is_loaded() {
    let (_folder, path) = folder();
    let small = net(1, 1);
    small.save(&path).expect("a writable folder");
    let mut large = net(2, 2);
    let before = content(&large);
    let unmatched = large.load_matching(&path).expect("shapes agree");
    assert_eq!(unmatched.missing, ["layers.1.weight", "layers.1.bias"]);
    assert!(unmatched.unexpected.is_empty());
    let after: BTreeMap<_, _> = content(&large).into_iter().collect();
    assert!(content(&small).iter().all(|(name, values)| after[name] == *values));
    assert!(before.iter().filter(|(name, _)| name.starts_with("layers.1")).all(|(name, old)| after[name] == *old));

    large.save(&path).expect("a writable folder");
    let mut small = net(3, 1);
    assert_eq!(small.load_matching(&path).expect("shapes agree").unexpected, ["layers.1.weight", "layers.1.bias"]);
    let mut other = Linear::<D<3>, D<4>>::new(Key::new(0));
    assert_eq!(other.load_matching(&path).expect("no name in common").missing, ["weight", "bias"]);
    let wrong = RawArray::from_values(&[3], &[1.0f32; 3]).expect("they agree");
    write_safetensors(&path, &[("weight", wrong)], &BTreeMap::new()).expect("a writable folder");
    let error = other.load_matching(&path).expect_err("another shape").to_string();
    assert_eq!(error, "weight: the file holds shape [3], wanted [3, 4]");
}
