//! GGUF: what ggml's own package wrote is read as it reads it, models load from it, and what lies is refused.
//!
//! Apart from `files` because nothing here is written by us: `scripts/golden_gguf.py` makes the golden file.

mod hostile;
mod written;

use congruent::io::gguf::GgufValue;
use congruent::io::raw::RawArray;
use congruent::io::{FileError, GgufFile, Import, NpzFile};
use congruent::prelude::*;
use std::path::{Path, PathBuf};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn tiny() -> GgufFile {
    GgufFile::open(golden("tiny.gguf")).expect("ggml's own file")
}

#[test]
fn every_tensor_is_what_ggml_reads() {
    let (mut file, mut wanted) =
        (tiny(), NpzFile::open(golden("tiny_gguf.npz")).expect("the file is part of the crate"));
    let names: Vec<String> = file.entries().iter().map(|entry| entry.name.clone()).collect();
    let mut read = 0;
    for name in names.iter().filter(|name| *name != "q4_k") {
        let (ours, theirs) = (file.get(name).expect(name), wanted.get(name).expect(name));
        assert_eq!((&ours.shape, &ours.bytes), (&theirs.shape, &theirs.bytes), "{name}");
        // NumPy has no bf16, and its bits are compared.
        assert_eq!(ours.dtype.to_string().replace("BF16", "U16"), theirs.dtype.to_string(), "{name}");
        assert_eq!(file.entry(name).expect(name).shape, ours.shape);
        read += 1;
    }
    assert_eq!((read, wanted.names().len()), (13, 13));
    // Into a tensor's own memory, the same: more blocks than are read at a time, more axes than two, halves.
    let tensor = file.tensor::<Shape![1100, 32], f32>("many.weight").expect("it is there");
    assert_eq!(tensor.to_raw(), file.get("many.weight").expect("it is there"));
    let tensor = file.tensor::<Shape![2, 3, 32], f32>("blk.0.ffn_down.weight").expect("it is there");
    assert_eq!(tensor.to_raw(), file.get("blk.0.ffn_down.weight").expect("it is there"));
    let tensor = file.tensor::<Shape![3, 2], bf16>("bf16").expect("it is there");
    assert_eq!(tensor.to_raw(), file.get("bf16").expect("it is there"));
    assert_eq!(file.tensor::<Shape![4], i64>("int64").expect("it is there").as_slice(), [i64::MIN, -1, 0, i64::MAX]);
    let error = file.tensor::<Shape![5, 8], f32>("token_embd.weight").expect_err("nothing is converted");
    assert_eq!(error.to_string(), "token_embd.weight: the file holds F16, wanted F32");
}

#[test]
fn how_tensors_are_stored_is_told() {
    let mut file = tiny();
    let stored = |name: &str| tiny().stored_as(name).expect(name);
    let names = ["token_embd.weight", "blk.0.ffn_up.weight", "blk.0.ffn_down.weight", "q4_k", "int8"].map(stored);
    assert_eq!(names, ["F16", "Q8_0", "Q4_0", "Q4_K", "I8"]);
    let entry = file.entry("blk.0.ffn_up.weight").expect("it is there");
    assert_eq!((entry.dtype.to_string(), entry.range.end - entry.range.start), ("F32".to_owned(), 2 * 6 * 34));
    // What cannot be read is listed, and hides nothing.
    assert_eq!(file.entry("q4_k").expect("it is listed").dtype.to_string(), "Q4_K");
    let text =
        "tensor `q4_k`: ggml's type Q4_K cannot be read, only F32, F16, BF16, F64, I8, I16, I32, I64, Q8_0 and Q4_0";
    for error in [
        file.get("q4_k").map(drop).expect_err("blocks of blocks"),
        file.tensor::<Shape![2, 256], f32>("q4_k").map(drop).expect_err("blocks of blocks"),
    ] {
        assert!(error.to_string().ends_with(text), "{error}");
    }
    let error = file.get("q4_0").expect_err("no such tensor").to_string();
    assert!(error.contains("no array `q4_0`") && error.ends_with("nearest name: `q4_k`"), "{error}");
}

#[test]
fn metadata_has_every_type() {
    let file = tiny();
    let value = |name: &str| file.metadata().get(&format!("tiny.{name}")).unwrap_or_else(|| panic!("{name}"));
    let integers = [("u8", 255), ("u16", 65535), ("block_count", 1), ("u64", u64::MAX)];
    for (name, wanted) in integers {
        assert_eq!(value(name).as_u64(), Some(wanted), "{name}");
    }
    for (name, wanted) in [("i8", -128), ("i16", -32768), ("i32", i64::from(i32::MIN)), ("i64", i64::MIN)] {
        assert_eq!((value(name).as_i64(), value(name).as_u64()), (Some(wanted), None), "{name}");
        assert_eq!(value(name).as_f64(), Some(wanted as f64), "{name}");
    }
    assert_eq!(value("u64").as_i64(), None);
    assert_eq!((value("f32").as_f64(), value("f64").as_f64()), (Some(f64::from(0.1f32)), Some(0.1)));
    assert_eq!((value("f32").as_i64(), value("bool").as_i64(), value("text").as_f64()), (None, None, None));
    assert_eq!((value("bool").as_bool(), value("u8").as_bool()), (Some(true), None));
    assert_eq!((value("text").as_text(), value("u8").as_text()), (Some("Φ and \n"), None));
    assert_eq!(value("tokens").as_texts(), Some(&["<s>", "", "é"].map(str::to_owned)[..]));
    let numbers = |name: &str, wanted: Result<RawArray, FileError>| {
        assert_eq!(value(name), &GgufValue::Raw(wanted.expect("they agree")), "{name}");
    };
    numbers("bytes", RawArray::from_values(&[2], &[1u8, 255]));
    numbers("scores", RawArray::from_values(&[3], &[0.5f32, -1.0, 3.25]));
    numbers("bools", RawArray::from_values(&[2], &[true, false]));
    assert_eq!(value("scores").as_f64(), None, "an array is no number");
    let texts = |texts: &[&str]| GgufValue::Texts(texts.iter().map(|&text| text.to_owned()).collect());
    assert_eq!(value("nested"), &GgufValue::Arrays(vec![texts(&["a", "b"]), texts(&["c"])]));
    assert_eq!(file.metadata()["general.architecture"].as_text(), Some("tiny"));
}

#[derive(Model)]
struct FeedForward<P: Part = Weights> {
    up: Linear<D<64>, D<6>, P>,
    scale: Param<Shape![4, 1, 2, 1], P>,
}

fn feed_forward() -> FeedForward {
    FeedForward { up: Linear::new(Key::new(1)), scale: Cpu.zeros().into() }
}

/// The names of ggml for the model above.
fn named() -> Import<'static> {
    Import::pytorch().rename(|name| name.replace("blk.0.ffn_up.", "up.").replace("last", "scale"))
}

#[test]
fn models_load_from_it_by_names_of_theirs() {
    let mut model = feed_forward();
    let unmatched = model.load_with(golden("tiny.gguf"), &named().partial()).expect("ggml's own file");
    assert_eq!((unmatched.missing.len(), unmatched.unexpected.len()), (0, 11));
    let mut file = tiny();
    let weight = file.tensor::<Shape![6, 64], f32>("blk.0.ffn_up.weight").expect("it is there");
    let (ours, theirs) = (model.up.weight.as_slice(), weight.as_slice());
    assert!((0..6 * 64).all(|at| ours[at] == theirs[at % 6 * 64 + at / 6]), "it is (in, out) here");
    let bias = file.tensor::<Shape![6], f32>("blk.0.ffn_up.bias").expect("it is there");
    assert_eq!(model.up.bias.as_slice(), bias.as_slice());
    let scale = file.tensor::<Shape![4, 1, 2, 1], f32>("last").expect("it is there");
    assert_eq!(model.scale.as_slice(), scale.as_slice());

    let before = model.up.weight.as_slice().to_vec();
    let error = model.load_with(golden("tiny.gguf"), &named()).expect_err("it has more");
    assert!(matches!(&error, FileError::UnexpectedArrays { names, .. } if names.len() == 11), "{error}");
    let error = model.load(golden("tiny.gguf")).expect_err("other names").to_string();
    assert!(error.contains("tiny.gguf: no array `up.weight`"), "{error}");
    let import = named().rename(|name| name.replace("q4_k", "scale").replace("scale", "up.bias")).partial();
    let error = model.load_with(golden("tiny.gguf"), &import).expect_err("three names are one").to_string();
    assert!(error.contains("both become `up.bias`"), "{error}");
    let import = Import::new().rename(|name| name.replace("q4_k", "scale")).only(|name| name == "scale").partial();
    let error = model.load_with(golden("tiny.gguf"), &import).expect_err("it cannot be read").to_string();
    assert!(error.starts_with("scale: ggml's type Q4_K cannot be read"), "{error}");
    assert_eq!(model.up.weight.as_slice(), before, "nothing has changed");
}
