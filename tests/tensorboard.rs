//! Event files of runs: one at each start, each step in them as the log has it, and nothing twice for whoever reads by
//! TensorBoard's rules. `scripts/tensorboard.py` has TensorBoard's own reader look at the same folder.

use congruent::prelude::*;
use congruent::training::{Ending, TensorBoard, Trainer};
use std::collections::BTreeMap;
use std::error::Error as AnyError;
use std::fs::{self, OpenOptions};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

dims! { Batch = ? }

/// 8 batches an epoch; goes on with what is in the folder, stops after a step.
fn run(folder: &Path, epochs: u64, stop: Option<u64>) -> Result<Ending, Error> {
    let x: Tensor<Shape![32, 3]> = Cpu.normal((D::<32>, D::<3>), Key::new(1), 0.0, 1.0);
    let data = TensorDataset::new((x.clone(), x.sum_keepdim::<1>().eval()))?;
    let data = Loader::new(data, Batch(4))?;
    let mut model = Linear::<D<3>, D<1>>::new(Key::new(2));
    let mut optimizer = AdamW::new(&model, 0.05);
    let report = Trainer::new(&mut model, &mut optimizer)
        .epochs(epochs)
        .validate(&data, |m, (x, y)| m.forward(x.ex()).mse(&y))
        .measure("nothing", |_| Ok(f64::NAN))
        .checkpoints(folder.join("checkpoints"))
        .checkpoint_every(5)
        .resume()
        .log(folder.join("log.jsonl"))
        .log_every(1)
        .tensorboard(folder.join("run"))
        .watch(|now| if Some(now.steps) == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        .fit(&data, |m, (x, y)| m.forward(x.ex()).mse(&y))?;
    Ok(report.ending)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of the run").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = entries.collect();
    files.sort();
    files
}

/// A number of seven bits a byte.
fn varint(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for place in 0.. {
        let (byte, rest) = bytes.split_first().expect("a byte");
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

/// The fields of a message: their numbers and bytes; of whole numbers the bytes of a `u64`.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let length = match key & 7 {
            0 => {
                found.push((key >> 3, varint(&mut bytes).to_le_bytes().to_vec()));
                continue;
            }
            1 => 8,
            5 => 4,
            _ => varint(&mut bytes) as usize,
        };
        found.push((key >> 3, bytes[..length].to_vec()));
        bytes = &bytes[length..];
    }
    found
}

fn field(message: &[u8], number: u64) -> Option<Vec<u8>> {
    fields(message).into_iter().find(|(own, _)| *own == number).map(|(_, bytes)| bytes)
}

type Curves = BTreeMap<String, Vec<(u64, f32)>>;

/// What TensorBoard shows of a folder: files in the order of their names, whole records, and at each start what is of
/// this step and behind it is forgotten.
fn shown(folder: &Path) -> Curves {
    let mut curves = Curves::new();
    for path in files(folder) {
        let bytes = fs::read(&path).expect("it can be read");
        let mut rest = &bytes[..];
        while rest.len() >= 12 {
            let length = u64::from_le_bytes(rest[..8].try_into().expect("eight bytes")) as usize;
            let Some(event) = rest.get(12..12 + length).filter(|_| rest.len() >= length + 16) else { break };
            rest = &rest[length + 16..];
            let step = field(event, 2).map_or(0, |bytes| u64::from_le_bytes(bytes.try_into().expect("a number")));
            if field(event, 7).is_some() {
                curves.values_mut().for_each(|points| points.retain(|(own, _)| *own < step));
            }
            for (_, value) in fields(&field(event, 5).unwrap_or_default()) {
                let tag = String::from_utf8(field(&value, 1).expect("a tag")).expect("a text");
                let Some(number) = field(&value, 2) else { continue };
                let number = f32::from_le_bytes(number.try_into().expect("a number"));
                curves.entry(tag).or_default().push((step, number));
            }
        }
    }
    curves
}

/// The same of the log.
fn logged(path: &Path) -> Result<Curves, Box<dyn AnyError>> {
    let mut curves = Curves::new();
    for line in fs::read_to_string(path)?.lines() {
        let line: BTreeMap<String, serde_json::Value> = serde_json::from_str(line)?;
        let step = line["steps"].as_u64().ok_or("steps")?;
        let (group, names) = match line.contains_key("batch") {
            true => ("step", &["loss", "lr", "norm"]),
            false => ("epoch", &["loss", "validation", "nothing"]),
        };
        for name in names {
            let number = line[*name].as_f64().unwrap_or(f64::NAN) as f32;
            curves.entry(format!("{group}/{name}")).or_default().push((step, number));
        }
    }
    Ok(curves)
}

/// A run that is stopped, goes on, is killed in the midst of a record behind its checkpoint, and goes on from there;
/// and what is written by hand. Into a folder of the caller's, where the environment names one.
#[test]
fn what_is_shown_is_what_the_log_says() -> Result<(), Box<dyn AnyError>> {
    let temporary = tempfile::tempdir()?;
    let folder = std::env::var_os("CONGRUENT_TENSORBOARD").map_or(temporary.path().to_owned(), PathBuf::from);
    let last = folder.join("checkpoints/last.safetensors");

    assert_eq!(run(&folder, 2, Some(7))?, Ending::Stopped);
    let kept = fs::read(&last)?;
    assert_eq!(run(&folder, 2, None)?, Ending::Epochs);
    let second = files(&folder.join("run")).pop().ok_or("a file")?;
    let whole = fs::metadata(&second)?.len();
    OpenOptions::new().write(true).open(&second)?.set_len(whole - 7)?;
    fs::write(&last, kept)?;
    assert_eq!(run(&folder, 3, None)?, Ending::Epochs);

    assert_eq!(files(&folder.join("run")).len(), 3, "a file for each start");
    let (shown, logged) = (shown(&folder.join("run")), logged(&folder.join("log.jsonl"))?);
    assert_eq!(logged["step/loss"].iter().map(|(step, _)| *step).collect::<Vec<_>>(), (1..=24).collect::<Vec<_>>());
    assert_eq!(logged["epoch/validation"].iter().map(|(step, _)| *step).collect::<Vec<_>>(), [8, 16, 24]);
    assert!(shown.keys().eq(logged.keys()), "{:?}", shown.keys());
    for (tag, points) in &logged {
        // serde_json reads some numbers one unit of the last place off.
        let same = |a: f32, b: f32| a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-6 * b.abs();
        let all = shown[tag].iter().zip(points).all(|(a, b)| a.0 == b.0 && same(a.1, b.1));
        assert!(all && shown[tag].len() == points.len(), "{tag}: {:?}, not {points:?}", shown[tag]);
    }

    let mut board = TensorBoard::create(folder.join("by_hand"))?;
    for (step, value) in [(0, 0.0), (1, -1.5), (u64::from(u32::MAX) + 5, f64::INFINITY)] {
        board.scalar("a/b", step, value)?;
    }
    board.text("notes", 3, "**Wide** — ä漢")?;
    board.histogram("weights", 4, &Cpu.from_fn((D::<301>,), |i| i as f32 / 100.0))?;
    Ok(())
}

#[test]
fn a_run_that_begins_hides_an_earlier_one() -> Result<(), Box<dyn AnyError>> {
    let folder = tempfile::tempdir()?;
    run(folder.path(), 2, None)?;
    fs::remove_dir_all(folder.path().join("checkpoints"))?;
    run(folder.path(), 1, None)?;
    let shown = shown(&folder.path().join("run"));
    assert_eq!(shown["step/lr"].iter().map(|(step, _)| *step).collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    Ok(())
}
