//! What saving and loading take of memory, beyond what they save and load: next to nothing, and once as much.
//!
//! Apart from the other tests of files because the peak is that of a process: the test runs itself once a case.
#![cfg(target_os = "linux")]

use congruent::io::Checkpoint;
use congruent::io::npz::{Compression, write_npz};
use congruent::prelude::*;
use std::path::Path;
use std::process::Command;

/// 32 MiB.
type Net = Param<Shape![4096, 2048]>;
const BYTES: f64 = (32 << 20) as f64;

/// What the child does, and where.
const CASE: &str = "CONGRUENT_TEST_CASE";
const FOLDER: &str = "CONGRUENT_TEST_FOLDER";

fn model() -> Net {
    Cpu.full((D::<4096>, D::<2048>), 0.5).into()
}

fn trained() -> (Net, AdamW<Net>) {
    let mut model = model();
    let mut optimizer = AdamW::new(&model, 0.1);
    let (_, grads) = model.value_and_grad(|w| w.sum()).expect("a scalar");
    optimizer.step(&mut model, &grads);
    drop(grads);
    congruent::device::empty_cache();
    (model, optimizer)
}

/// The most memory that this process has had since the last reset.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("Linux counts it");
    line.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()).expect("a number of KiB") << 10
}

/// Prints by how much an action raises the peak above the memory in use before it.
fn measured<T>(act: impl FnOnce() -> T) -> T {
    // Since Linux 4.0, this begins the count again from what is in use.
    std::fs::write("/proc/self/clear_refs", "5").expect("our own process");
    let before = peak();
    let done = act();
    println!("peak {}", peak() - before);
    done
}

#[test]
#[ignore = "the process that the other test measures"]
fn child_process() {
    let (Some(case), Some(folder)) = (std::env::var_os(CASE), std::env::var_os(FOLDER)) else { return };
    let path = Path::new(&folder).join("file");
    match case.to_str().expect("a name") {
        "save model" => {
            let model = model();
            measured(|| model.save(&path)).expect("a writable folder");
        }
        "load model" => {
            let mut model = model();
            model.save(&path).expect("a writable folder");
            measured(|| model.load(&path)).expect("our own file");
        }
        "load sharded" => {
            let mut model = model();
            model.save(&path).expect("a writable folder");
            let index = path.with_extension("index.json");
            std::fs::write(&index, r#"{"weight_map": {"": "file"}}"#).expect("a writable folder");
            measured(|| model.load(&index)).expect("our own file");
        }
        "load gguf" => {
            // Blocks of Q8_0: a scale of one, and 32 codes of one.
            let mut bytes = [b"GGUF\x03\0\0\0", &[1u64, 0, 0].map(u64::to_le_bytes).concat()[..]].concat();
            bytes.extend([&2u32.to_le_bytes()[..], &[2048u64, 4096].map(u64::to_le_bytes).concat()].concat());
            bytes.extend([&8u32.to_le_bytes()[..], &[0; 8]].concat());
            bytes.resize(bytes.len().next_multiple_of(32), 0);
            bytes.extend([&[0, 0x3c][..], &[1; 32]].concat().repeat(4096 * 2048 / 32));
            std::fs::write(&path, bytes).expect("a writable folder");
            let mut model = model();
            measured(|| model.load(&path)).expect("our own file");
            assert!(model.as_slice().iter().all(|&x| x == 1.0));
        }
        "save optimizer" => {
            let (_, optimizer) = trained();
            measured(|| optimizer.save(&path)).expect("a writable folder");
        }
        "load optimizer" => {
            let (_, mut optimizer) = trained();
            optimizer.save(&path).expect("a writable folder");
            measured(|| optimizer.load(&path)).expect("our own file");
        }
        "save checkpoint" => {
            let (model, optimizer) = trained();
            measured(|| Checkpoint::new().save(&path, &model, &optimizer)).expect("a writable folder");
        }
        "load checkpoint" => {
            let (mut model, mut optimizer) = trained();
            Checkpoint::new().save(&path, &model, &optimizer).expect("a writable folder");
            measured(|| Checkpoint::load(&path, &mut model, &mut optimizer)).expect("our own file");
        }
        "save npy" => {
            let x = model().tensor();
            measured(|| x.save_npy(&path)).expect("a writable folder");
        }
        "load npy" => {
            model().tensor().save_npy(&path).expect("a writable folder");
            congruent::device::empty_cache();
            measured(|| Tensor::<Shape![4096, 2048]>::load_npy(&path)).expect("our own file");
        }
        "load npz" => {
            write_npz(&path, &[("x", model().tensor().to_raw())], Compression::Stored).expect("a writable folder");
            congruent::device::empty_cache();
            let mut file = congruent::io::NpzFile::open(&path).expect("our own file");
            measured(|| file.tensor::<Shape![4096, 2048], f32>("x")).expect("our own array");
        }
        #[cfg(feature = "csv")]
        "read commas" => {
            let commas = vec![b','; 16 << 20];
            let csv = congruent::io::csv::Csv::new();
            measured(|| csv.read_from::<_, D<1>, f32>(&commas[..], "a.csv", |_| D::<1>)).expect_err("one column");
        }
        other => panic!("{other}"),
    }
}

/// The peak of a case, in times of 32 MiB.
fn peak_of(case: &str) -> f64 {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let own = std::env::current_exe().expect("this test");
    let mut command = Command::new(own);
    command.args(["child_process", "--exact", "--ignored", "--nocapture"]);
    let run = command.env(CASE, case).env(FOLDER, folder.path()).output().expect("this test again");
    let text = String::from_utf8_lossy(&run.stdout);
    let bytes = text.lines().find_map(|line| line.split_once("peak ")?.1.parse::<f64>().ok());
    let peak = bytes.unwrap_or_else(|| panic!("{case}: {text}{}", String::from_utf8_lossy(&run.stderr))) / BYTES;
    println!("{case}: {peak:.3} times the weights");
    peak
}

#[test]
fn saving_takes_nothing_and_loading_once_as_much() {
    for case in ["save model", "save optimizer", "save checkpoint", "save npy"] {
        assert!(peak_of(case) < 0.1, "{case}");
    }
    // AdamW has two numbers a weight.
    for (case, wanted) in [
        ("load sharded", 1.0),
        ("load gguf", 1.0),
        ("load model", 1.0),
        ("load optimizer", 2.0),
        ("load checkpoint", 3.0),
        ("load npy", 1.0),
        ("load npz", 1.0),
    ] {
        assert!(peak_of(case) < wanted + 0.3, "{case}");
    }
    #[cfg(feature = "csv")]
    assert!(peak_of("read commas") < 1.5, "the header is kept, a byte a column, in memory that doubles as it grows");
}
