//! The list is whole: every layer, and every method that makes a graph of another kind, has a row.
//!
//! Apart from the rows because it reads the source, where new ones appear first.

use crate::{layers, operations, sharing};
use congruent::ops::{RunningForm, RunningRow, RunningVisitor, every_running_formula};
use std::fs;
use std::path::{Path, PathBuf};

/// Methods whose values are places, or that are other names of a row's.
const OTHERS: [&str; 2] = ["argcummax_axis", "argcummin_axis"];

/// Files whose public traits have methods that each make a node.
const FILES: [&str; 10] = [
    "src/graph/with.rs",
    "src/graph/share.rs",
    "src/model/part.rs",
    "src/ops/movement/views.rs",
    "src/ops/movement/slice.rs",
    "src/ops/movement/join.rs",
    "src/ops/movement/lists.rs",
    "src/ops/pointwise/cast.rs",
    "src/ops/reduce/softmax.rs",
    "src/ops/scan/running.rs",
];

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Whether a row uses this name as a whole word.
fn has_a_row(name: &str) -> bool {
    let rows = [layers::ROWS, sharing::ROWS, operations::ROWS].concat();
    rows.iter().any(|row| row.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name))
}

/// The files of a folder and of those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn every_layer_has_a_row() {
    let mut layers = 0;
    for path in files("src/nn".as_ref()) {
        let text = fs::read_to_string(path).expect("a source file");
        let lines = text.lines().zip(text.lines().skip(1)).filter(|(above, _)| above.starts_with("#[derive(Model"));
        for name in lines.filter_map(|(_, line)| line.strip_prefix("pub struct ")) {
            let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            assert!(has_a_row(name), "`{name}` is in no row of tests/constructs");
            layers += 1;
        }
    }
    assert!(layers >= 20, "only {layers} layers were found");
}

#[test]
fn every_method_that_makes_a_node_has_a_row() {
    let mut methods = 0;
    for file in FILES {
        let text = read(file);
        for part in text.split("\npub trait ").skip(1) {
            let header = part.lines().next().unwrap_or_default();
            if !["Operand", "Stacking", "Forward"].iter().any(|public| header.contains(public)) {
                continue;
            }
            let own = part.split("\n}\n").next().unwrap_or_default();
            for line in own.lines().filter_map(|line| line.strip_prefix("    fn ")) {
                let name = line.split(['<', '(']).next().unwrap_or_default();
                assert!(
                    has_a_row(name) || OTHERS.contains(&name),
                    "`{name}` of {file} is in no row of tests/constructs"
                );
                methods += 1;
            }
        }
    }
    assert!(methods > 40, "only {methods} methods were found");
}

/// What keeps the shape and runs along an axis is in the catalogue, by which other tests know it.
#[test]
fn every_running_formula_is_in_the_catalogue() {
    struct Names(Vec<&'static str>);
    impl RunningVisitor for Names {
        fn running<M: RunningForm>(&mut self, row: &RunningRow, _: M) {
            self.0.push(row.name);
        }
    }
    let mut rows = Names(Vec::new());
    every_running_formula(&mut rows);
    let text = read("src/ops/scan/running.rs");
    let methods = text.lines().filter_map(|line| line.strip_prefix("    fn ")?.split('<').next());
    for name in methods.filter(|name| !OTHERS.contains(name) && !name.starts_with("diff_")) {
        assert!(rows.0.contains(&name), "`{name}` has no row in `RunningTable`");
    }
}
