//! Tensors and models through files: round trips of every dtype and shape, and every way in which a file does not fit.

use congruent::dtype::Elem;
use congruent::io::npz::{Compression, write_npz};
use congruent::io::raw::{RawArray, RawDtype};
use congruent::io::safetensors::write_safetensors;
use congruent::io::{FileError, NpzFile, SafetensorsFile};
use congruent::nn::Linear;
use congruent::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

dims! { Batch = ?, Features = 3 }

#[derive(Model)]
struct Block<P: Part = Weights> {
    up: Linear<D<3>, D<4>, P>,
    scale: Option<Param<Shape![4], P>>,
    seen: Buffer<Shape![2], P>,
}

#[derive(Model)]
struct Net<P: Part = Weights> {
    blocks: Vec<Block<P>>,
    head: (Linear<D<4>, D<2>, P>, Param<(), P>),
}

fn net(seed: u64, blocks: usize) -> Net {
    let mut keys = Keys::new(seed);
    let mut block = |_| Block {
        up: Linear::new(keys.next_key()),
        scale: Some(Cpu.uniform((D::<4>,), keys.next_key(), -1.0, 1.0).into()),
        seen: Cpu.uniform((D::<2>,), keys.next_key(), -1.0, 1.0).into(),
    };
    let blocks = (0..blocks).map(&mut block).collect();
    Net { blocks, head: (Linear::new(keys.next_key()), Cpu.full((), seed as f32).into()) }
}

/// Every name, shape and element of a model.
fn content<E: Real>(model: &impl Inspect<E, Cpu>) -> Vec<(String, Vec<usize>, Vec<E>)> {
    let mut all = Vec::new();
    model.visit(|name, dims, values: &[E]| all.push((name.to_owned(), dims.to_vec(), values.to_vec())));
    all
}

fn folder() -> (TempDir, impl Fn(&str) -> PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().to_owned();
    (folder, move |name: &str| path.join(name))
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).expect("the folder is there");
    entries.map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned()).collect()
}

/// Through `.npy`, `.npz` and safetensors, and back.
fn comes_back<S: Shape, E: Elem>(x: &Tensor<S, E>) {
    let (_folder, path) = folder();
    let (npy, npz, safetensors) = (path("a.npy"), path("a.npz"), path("a.safetensors"));
    x.save_npy(&npy).expect("a writable folder");
    assert_eq!(&Tensor::<S, E>::load_npy(&npy).expect("our own file"), x);
    for compression in [Compression::Stored, Compression::Deflated] {
        write_npz(&npz, &[("x", x.to_raw()), ("other", x.to_raw())], compression).expect("a writable folder");
        let mut file = NpzFile::open(&npz).expect("our own file");
        assert_eq!(&file.tensor::<S, E>("x").expect("our own array"), x);
    }
    write_safetensors(&safetensors, &[("x", x.to_raw())], &BTreeMap::new()).expect("a writable folder");
    let mut file = SafetensorsFile::open(&safetensors).expect("our own file");
    assert_eq!(&file.tensor::<S, E>("x").expect("our own tensor"), x);
}

/// Scalars, vectors, empty tensors, run-time and named dims, all six axes.
fn every_shape_comes_back<E: Elem>() {
    fn check<S: Shape, E: Elem>(shape: S) {
        comes_back(&Cpu.from_fn(shape, |i| E::of_i64(i as i64 * 37 % 101)));
    }
    check::<_, E>(());
    check::<_, E>((D::<5>,));
    check::<_, E>((D::<0>,));
    check::<_, E>((Batch(0), Features));
    check::<_, E>((Batch(4), Features, D::<1>));
    check::<_, E>((D::<2>, D::<0>, D::<3>));
    check::<_, E>((D::<1>, D::<2>, D::<3>, Batch(2), D::<1>, Features));
}

#[test]
fn tensors_of_every_dtype_and_shape_come_back() {
    every_shape_comes_back::<f16>();
    every_shape_comes_back::<f32>();
    every_shape_comes_back::<f64>();
    every_shape_comes_back::<i64>();
    every_shape_comes_back::<i32>();
    every_shape_comes_back::<u8>();
    every_shape_comes_back::<bool>();
}

#[test]
fn extreme_numbers_keep_their_bits() {
    let (_folder, path) = folder();
    let x = Cpu.tensor([f32::NAN, f32::INFINITY, -0.0, f32::MIN_POSITIVE / 2.0]);
    x.save_npy(path("x.npy")).expect("a writable folder");
    let again = Tensor::<Shape![4]>::load_npy(path("x.npy")).expect("our own file");
    let bits = |x: &Tensor<Shape![4]>| x.as_slice().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&again), bits(&x));
    comes_back(&Cpu.tensor([i64::MIN, i64::MAX]));
}

/// An npy file as NumPy writes it, except for the spaces.
fn npy(version: u8, descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let length = (text.len() as u32).to_le_bytes();
    let length = &length[..if version == 1 { 2 } else { 4 }];
    [b"\x93NUMPY", &[version, 0][..], length, text.as_bytes(), data].concat()
}

#[test]
fn files_of_any_order_become_typed_tensors() {
    let (_folder, path) = folder();
    let load = |file: Vec<u8>| {
        std::fs::write(path("a.npy"), file).expect("a writable folder");
        Tensor::<(Batch, Features), f64>::load_npy(path("a.npy"))
    };
    // x[i, j] = 10 i + j, down the columns.
    let values = [0.0f64, 10.0, 1.0, 11.0, 2.0, 12.0];
    let (big, little) = (values.map(f64::to_be_bytes).concat(), values.map(f64::to_le_bytes).concat());
    for version in [1, 2, 3] {
        for (descr, data) in [(">f8", &big), ("<f8", &little)] {
            let x = load(npy(version, descr, "True", "(2, 3)", data)).expect("a good file");
            assert_eq!((x.shape(), x.as_slice()), ((Batch(2), Features), &[0.0, 1.0, 2.0, 10.0, 11.0, 12.0][..]));
        }
    }
    assert_eq!(load(npy(1, ">f8", "True", "(0, 3)", &[])).expect("no rows").shape(), (Batch(0), Features));
    for (descr, reason) in [
        ("<f2", "the file holds F16, wanted F64"),
        ("<c16", "dtype '<c16' is not among"),
        ("<U4", "dtype '<U4' is not among"),
        ("<M8[ns]", "dtype '<M8[ns]' is not among"),
        ("|O", "an object array, which is a Python pickle"),
    ] {
        let error = text(load(npy(1, descr, "False", "(0, 3)", &[])).map(drop));
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn the_digits_are_read_with_their_types() {
    let digits = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/digits.npz");
    let mut file = NpzFile::open(digits).expect("the file is part of the crate");
    let names = file.names().to_vec();
    assert!(names.contains(&"images".to_owned()), "{names:?}");
    let error = file.tensor::<(Batch, D<65>), f32>("image").expect_err("another name").to_string();
    assert!(error.ends_with("nearest name: `images`"), "{error}");
}

fn text(error: Result<(), FileError>) -> String {
    error.expect_err("it does not fit").to_string()
}

#[test]
fn what_does_not_fit_a_type_is_told_with_the_numbers() {
    let (_folder, path) = folder();
    let file = path("a.npz");
    let x = Cpu.from_fn((D::<4>, D::<3>), |i| i as f32);
    write_npz(&file, &[("images", x.to_raw())], Compression::Stored).expect("a writable folder");
    let mut file = NpzFile::open(&file).expect("our own file");
    let shape = file.tensor::<(Batch, D<5>), f32>("images").map(drop);
    assert_eq!(text(shape), "images: the file holds shape [4, 3], wanted [?, 5], which is (Batch, D<5>)");
    let rank = file.tensor::<(Batch,), f32>("images").map(drop);
    assert_eq!(text(rank), "images: the file holds shape [4, 3], wanted [?], which is (Batch,)");
    let named = file.tensor::<(Features, D<4>), f32>("images").map(drop);
    assert_eq!(text(named), "images: the file holds shape [4, 3], wanted [3, 4], which is (Features, D<4>)");
    let dtype = file.tensor::<(Batch, D<3>), i32>("images").map(drop);
    assert_eq!(text(dtype), "images: the file holds F32, wanted I32");
    let missing = text(file.tensor::<(Batch, D<3>), f32>("labels").map(drop));
    assert!(missing.contains("no array `labels`, the file has `images`"), "{missing}");
    assert_eq!(file.tensor::<(Batch, Features), f32>("images").expect("it fits").shape(), (Batch(4), Features));
}

#[test]
fn half_precision_is_not_converted_behind_the_back() {
    let array = RawArray::new(RawDtype::F16, vec![1], vec![0, 0x3c]).expect("two bytes");
    assert_eq!(text(array.tensor::<Shape![1], f32>("x").map(drop)), "x: the file holds F16, wanted F32");
}

#[test]
fn an_array_that_lies_about_its_length_is_refused() {
    let array = RawArray { dtype: RawDtype::F32, shape: vec![3], bytes: vec![0; 8] };
    let error = text(array.tensor::<Shape![3], f32>("x").map(drop));
    assert_eq!(error, "x: shape [3] of F32 takes 12 bytes, there are 8");
}

#[test]
fn no_file_and_no_folder_are_errors() {
    let (_folder, path) = folder();
    let error = text(Tensor::<Shape![2]>::load_npy(path("none.npy")).map(drop));
    assert!(error.starts_with("cannot read ") && error.contains("none.npy: No such file"), "{error}");
    let error = text(Cpu.tensor([1.0]).save_npy(path("no/folder.npy")));
    assert!(error.starts_with("cannot write "), "{error}");
    assert!(matches!(net(1, 1).load(path("none")), Err(FileError::Io { .. })));
}

#[test]
fn a_model_comes_back_whole() {
    let (folder, path) = folder();
    let (model, mut other) = (net(1, 3), net(2, 3));
    model.save(path("net.safetensors")).expect("a writable folder");
    assert_eq!(names_in(&folder), ["net.safetensors"], "nothing is left beside the file");
    other.load(path("net.safetensors")).expect("the same model");
    assert_eq!(content(&other), content(&model));
    let names: Vec<String> = content(&model).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names[4..8], ["blocks.1.up.weight", "blocks.1.up.bias", "blocks.1.scale", "blocks.1.seen"]);
    assert_eq!(names.last().map(String::as_str), Some("head.1"));
    let file = SafetensorsFile::open(path("net.safetensors")).expect("our own file");
    assert_eq!(file.entries().iter().map(|entry| &entry.name).collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());
}

#[test]
fn other_element_types_and_the_smallest_models_come_back() {
    let (_folder, path) = folder();
    let model: Net<Weights<f64>> = net(1, 2).cast();
    let mut other: Net<Weights<f64>> = net(2, 2).cast();
    model.save(path("f64")).expect("a writable folder");
    other.load(path("f64")).expect("the same model");
    assert_eq!(content(&other), content(&model));

    let single: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    let mut again: Param<Shape![2]> = Cpu.tensor([0.0, 0.0]).into();
    single.save(path("single")).expect("a writable folder");
    again.load(path("single")).expect("the same model");
    assert_eq!(again.as_slice(), [1.0, 2.0]);

    let (nothing, mut empty) = (Vec::<Param<Shape![2]>>::new(), Vec::<Param<Shape![2]>>::new());
    nothing.save(path("nothing")).expect("a writable folder");
    empty.load(path("nothing")).expect("no tensors");
}

/// Loading `file` fails with these words, and leaves the model as it was.
fn refused(model: &mut Net, file: &Path, words: &[&str]) {
    let before = content(model);
    let error = model.load(file).expect_err("the file does not fit").to_string();
    words.iter().for_each(|word| assert!(error.contains(word), "`{word}` is not in: {error}"));
    assert_eq!(content(model), before, "{error}");
}

/// The tensors of a model's file, to be spoilt.
fn tensors_of(model: &Net) -> Vec<(String, RawArray)> {
    let array = |dims: &[usize], values: &[f32]| RawArray::from_values(dims, values).expect("they agree");
    content(model).into_iter().map(|(name, dims, values)| (name, array(&dims, &values))).collect()
}

#[test]
fn a_file_that_does_not_fit_changes_nothing() {
    let (_folder, path) = folder();
    let file = path("net.safetensors");
    let mut model = net(2, 2);
    let write = |tensors: &[(String, RawArray)]| {
        write_safetensors(&file, tensors, &BTreeMap::new()).expect("a writable folder");
    };
    let good = tensors_of(&net(1, 2));
    let last = good.len() - 1;

    // The last tensor is the spoilt one, so whatever is changed in passing has changed by then.
    write(&good[..last]);
    refused(&mut model, &file, &["no array `head.1`", "nearest name: `head.0.bias`"]);

    let mut renamed = good.clone();
    renamed[last].0 = "head.2".to_owned();
    write(&renamed);
    refused(&mut model, &file, &["no array `head.1`", "nearest name: `head.2`"]);

    let mut more = good.clone();
    more.push(("head.2".to_owned(), good[0].1.clone()));
    write(&more);
    refused(&mut model, &file, &["nothing takes `head.2`"]);

    let mut wide = good.clone();
    wide[last].1 = Cpu.tensor([1.0]).to_raw();
    write(&wide);
    refused(&mut model, &file, &["head.1: the file holds shape [1], wanted []"]);

    let mut double = good.clone();
    double[last].1 = Cpu.full((), 1.0f64).to_raw();
    write(&double);
    refused(&mut model, &file, &["head.1: the file holds F64, wanted F32"]);

    let mut longer = net(3, 3);
    write(&good);
    refused(&mut longer, &file, &["no array `blocks.2.up.weight`", "nearest name: `blocks.0.up.weight`"]);
    refused(&mut net(3, 1), &file, &["nothing takes `blocks.1.up.weight`, `blocks.1.up.bias`, `blocks.1.scale`"]);
    model.load(&file).expect("the good file");
    assert_eq!(content(&model), content(&net(1, 2)));
}

#[test]
fn a_damaged_file_changes_nothing() {
    let (_folder, path) = folder();
    let file = path("net.safetensors");
    net(1, 1).save(&file).expect("a writable folder");
    let bytes = std::fs::read(&file).expect("it was just written");
    let mut model = net(2, 1);
    for length in [0, 7, 8, 100, bytes.len() - 1] {
        std::fs::write(&file, &bytes[..length]).expect("a writable folder");
        refused(&mut model, &file, &["net.safetensors"]);
    }
}

#[test]
fn a_failed_save_leaves_the_old_file() {
    let (folder, path) = folder();
    let file = path("x.npz");
    let x = Cpu.tensor([1.0, 2.0]);
    write_npz(&file, &[("x", x.to_raw())], Compression::Stored).expect("a writable folder");
    let before = std::fs::read(&file).expect("it was just written");
    let twice = [("x", x.to_raw()), ("x", x.to_raw())];
    assert!(write_npz(&file, &twice, Compression::Stored).is_err());
    let broken = RawArray { dtype: RawDtype::F32, shape: vec![3], bytes: vec![0; 8] };
    assert!(write_safetensors(&file, &[("x", broken)], &BTreeMap::new()).is_err());
    assert_eq!(std::fs::read(&file).expect("it is still there"), before);
    assert_eq!(names_in(&folder), ["x.npz"]);
}

/// A folder where nothing can be created, unless the tests run as a user whom rights do not stop.
#[cfg(unix)]
#[test]
fn a_read_only_folder_keeps_the_old_model() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = folder();
    let file = path("net.safetensors");
    net(1, 1).save(&file).expect("a writable folder");
    let set = |mode| std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode));
    set(0o555).expect("our own folder");
    let saved = net(2, 1).save(&file);
    let may_write_anyway = std::fs::write(path("probe"), "").is_ok();
    set(0o755).expect("our own folder");
    if !may_write_anyway {
        assert!(text(saved).starts_with("cannot write "));
        let mut model = net(3, 1);
        model.load(&file).expect("the old file");
        assert_eq!(content(&model), content(&net(1, 1)));
    }
}

/// What stands at the place of the file cannot be replaced: the last step, the rename, fails.
#[test]
fn a_rename_that_fails_leaves_no_other_file() {
    let (folder, path) = folder();
    std::fs::create_dir_all(path("net.safetensors/inside")).expect("a writable folder");
    assert!(text(net(1, 1).save(path("net.safetensors"))).starts_with("cannot write "));
    assert_eq!(names_in(&folder), ["net.safetensors"]);
}

/// Some steps on a sum of squares; the weights after them.
fn trained(net: &mut Net, optimizer: &mut AdamW<Net>, steps: usize) -> Vec<(String, Vec<usize>, Vec<f32>)> {
    for _ in 0..steps {
        let loss = net.value_and_grad(|m| (m.head.0.weight.square().sum() + m.head.1.square()) * 3.0);
        optimizer.step(net, &loss.expect("static shapes").1);
    }
    content(net)
}

#[test]
fn training_goes_on_as_if_it_had_not_stopped() {
    let (_folder, path) = folder();
    let (model_file, state_file) = (path("net"), path("optimizer"));
    let mut net_1 = net(1, 1);
    let mut optimizer = AdamW::new(&net_1, 0.01);
    trained(&mut net_1, &mut optimizer, 3);
    net_1.save(&model_file).expect("a writable folder");
    optimizer.save(&state_file).expect("a writable folder");
    let expected = trained(&mut net_1, &mut optimizer, 3);

    let mut net_2 = net(2, 1);
    let mut again = AdamW::new(&net_2, 0.5);
    net_2.load(&model_file).expect("the same model");
    again.load(&state_file).expect("the same model");
    assert_eq!(trained(&mut net_2, &mut again, 3), expected);
}

fn state_of(optimizer: &AdamW<Net>) -> (u64, f64, Vec<(String, Vec<f32>)>) {
    let mut state = Vec::new();
    optimizer.visit(|name, values| state.push((name.to_owned(), values.to_vec())));
    (optimizer.steps(), optimizer.lr(), state)
}

#[test]
fn an_optimizer_of_another_model_changes_nothing() {
    let (_folder, path) = folder();
    let state_file = path("optimizer");
    let trained_on = |blocks: usize, steps: usize| {
        let mut net = net(1, blocks);
        let mut optimizer = AdamW::new(&net, 0.01);
        trained(&mut net, &mut optimizer, steps);
        optimizer
    };
    let mut optimizer = trained_on(2, 2);
    let before = state_of(&optimizer);
    let mut refused = |words: &str| {
        let error = optimizer.load(&state_file).expect_err("it does not fit").to_string();
        assert!(error.contains(words), "`{words}` is not in: {error}");
        assert_eq!(state_of(&optimizer), before);
    };
    trained_on(1, 1).save(&state_file).expect("a writable folder");
    refused("no array `blocks.1.up.weight.");
    trained_on(3, 1).save(&state_file).expect("a writable folder");
    refused("nothing takes `blocks.2.up.weight.");
    net(1, 2).save(&state_file).expect("a writable folder");
    refused("the metadata has nothing under `steps`, wanted a number");
    let steps = BTreeMap::from([("steps".to_owned(), "many".to_owned())]);
    write_safetensors::<&str, RawArray>(&state_file, &[], &steps).expect("a writable folder");
    refused("the metadata has `many` under `steps`");
    trained_on(2, 0).save(&state_file).expect("a writable folder");
    optimizer.load(&state_file).expect("an optimizer before its first step");
    assert_eq!(state_of(&optimizer), (0, 0.01, vec![]));
}
