//! Imports point down the storeys. There is one list of them, in the documentation of the crate; here it is read.

use crate::source::{code_of, imports, is_test, read, rust_files};
use std::path::Path;

/// Names at the root of the crate, and the storey that they come from.
const AT_THE_ROOT: [(&str, &str); 13] = [
    ("D", "dims"),
    ("Dim", "dims"),
    ("Dk", "dims"),
    ("Dm", "dims"),
    ("Shape", "dims"),
    ("StaticDim", "dims"),
    ("d", "dims"),
    ("dyn_dim", "dims"),
    ("Error", "error"),
    ("attempt", "error"),
    ("Cpu", "device"),
    ("Device", "device"),
    ("Tensor", "tensor"),
];

/// A table of storeys in a text, from the ground up: what each row calls its modules, and what it says of them.
fn table(text: &str) -> Vec<(Vec<String>, String)> {
    let rows = text.lines().map(|line| line.trim_start_matches("//!").trim());
    let rows = rows.skip_while(|row| *row != "| storey | holds |").skip(2).take_while(|row| row.starts_with('|'));
    let plain = |cell: &str| cell.replace("(mod@dims)", "").replace(['[', ']', '`'], "").trim().to_owned();
    let cells = rows.map(|row| row.trim_matches('|').split_once('|').expect("two cells"));
    cells.map(|(names, holds)| (plain(names).split(", ").map(str::to_owned).collect(), plain(holds))).collect()
}

/// The storeys, from the ground up: each uses only what stands before it.
fn storeys() -> Vec<String> {
    table(&read(Path::new("src/lib.rs"))).into_iter().flat_map(|(names, _)| names).collect()
}

struct House(Vec<String>);

impl House {
    fn storey(&self, name: &str) -> Option<usize> {
        let name = AT_THE_ROOT.iter().find(|(root, _)| *root == name).map_or(name, |(_, storey)| storey);
        self.0.iter().position(|storey| storey == name)
    }

    /// The storey of a file under `src`; none for the crate's root and for tests, which may use everything.
    fn storey_of_file(&self, path: &Path) -> Option<usize> {
        let inside = path.strip_prefix("src").ok()?;
        if inside == Path::new("lib.rs") || is_test(inside) {
            return None;
        }
        let first = inside.iter().next()?.to_str()?.trim_end_matches(".rs");
        Some(self.storey(first).unwrap_or_else(|| panic!("{first} is on no storey: add it to the table in src/lib.rs")))
    }
}

#[test]
fn imports_point_down_the_storeys() {
    let (house, mut wrong) = (House(storeys()), Vec::new());
    assert!(house.0.len() >= 20, "the table in src/lib.rs was not found: {:?}", house.0);
    for path in rust_files("src") {
        let Some(own) = house.storey_of_file(&path) else { continue };
        for (line, module) in imports(&code_of(&path)) {
            let unknown = || panic!("{}:{line}: no storey is named {module}", path.display());
            let target = house.storey(&module).unwrap_or_else(unknown);
            if target > own {
                wrong.push(format!("{}:{line}: {} uses {}", path.display(), house.0[own], house.0[target]));
            }
        }
    }
    assert!(wrong.is_empty(), "imports that point up:\n{}", wrong.join("\n"));
}

#[test]
fn every_storey_is_there_and_on_the_page() {
    for name in storeys().iter().filter(|name| *name != "dims") {
        let at = [format!("src/{name}.rs"), format!("src/{name}/mod.rs")];
        assert!(at.iter().any(|path| Path::new(path).exists()), "there is no storey {name}");
    }
    let (docs, page) = (table(&read(Path::new("src/lib.rs"))), table(&read(Path::new("docs/architecture.md"))));
    assert_eq!(docs, page, "src/lib.rs and docs/architecture.md tell the storeys differently");
}
