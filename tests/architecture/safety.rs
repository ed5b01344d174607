//! Unsafe code stands in few files, which are named here, and says why it is sound; a silenced lint says why, too.

use crate::source::{code_of, is_test, read, rust_files};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The files with unsafe code, by what it is needed for.
const UNSAFE: [(&str, &[&str]); 7] = [
    ("blocks of memory, counted by hand", &["memory"]),
    ("loops over raw operands", &["loops/body.rs", "loops/slot.rs", "device/cpu"]),
    ("lanes, and the instruction sets that have them", &["num"]),
    (
        "operands bound to loops, and values lent without a count",
        &["graph/stored.rs", "graph/node.rs", "graph/region.rs", "graph/table.rs", "graph/view.rs"],
    ),
    ("the contract of a device", &["device/contract.rs", "device/host.rs"]),
    ("memory of others", &["interop"]),
    ("the libraries of a GPU", &["device/cuda"]),
];

fn sources() -> Vec<PathBuf> {
    ["src", "dims/src", "macros/src"]
        .iter()
        .flat_map(|folder| rust_files(folder))
        .filter(|file| !is_test(file))
        .collect()
}

fn is_unsafe(code: &str) -> bool {
    ["unsafe {", "unsafe fn", "unsafe impl", "unsafe trait"].iter().any(|form| code.contains(form))
}

#[test]
fn unsafe_code_stands_where_it_is_expected() {
    let places: Vec<_> = UNSAFE.iter().flat_map(|(_, places)| *places).map(|place| format!("src/{place}")).collect();
    let mut met = BTreeSet::new();
    for file in sources().iter().filter(|file| is_unsafe(&code_of(file))) {
        let place = places.iter().find(|place| file.starts_with(place));
        met.insert(place.unwrap_or_else(|| panic!("{}: unsafe code in a file that is not named", file.display())));
    }
    let idle: Vec<_> = places.iter().filter(|place| !met.contains(place)).collect();
    assert!(idle.is_empty(), "there is no unsafe code in {idle:?}");
}

/// The lines of documentation and of attributes right above a line.
fn above<'a>(lines: &'a [&str], line: usize) -> impl Iterator<Item = &'a str> {
    let above = lines[..line].iter().rev().map(|line| line.trim());
    above.take_while(|line| line.starts_with("///") || line.starts_with("#[") || line.starts_with("$(#["))
}

#[test]
fn unsafe_functions_say_what_they_ask() {
    let mut wrong = Vec::new();
    for file in sources() {
        let text = read(&file);
        let lines: Vec<_> = text.lines().collect();
        // What implements a trait has the contract of the trait.
        let mut implements = false;
        for (number, line) in lines.iter().enumerate() {
            let start = line.trim_start();
            if start.starts_with("impl") || start.starts_with("unsafe impl") {
                implements = line.contains(" for ");
            } else if *line == "}" || start.starts_with("trait") || start.starts_with("pub") && line.contains(" trait ")
            {
                implements = false;
            }
            let is_function = line.contains("unsafe fn ") && !line.trim_start().starts_with("//");
            if is_function && !implements && !above(&lines, number).any(|line| line.contains("# Safety")) {
                wrong.push(format!("{}:{}: no `# Safety`", file.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn silenced_lints_say_why() {
    let mut wrong = Vec::new();
    for file in sources() {
        let code = code_of(&file).replace('\n', " ");
        for (place, _) in code.match_indices("allow(").chain(code.match_indices("expect(")) {
            let attribute = code[..place].trim_end();
            if (attribute.ends_with("#[") || attribute.ends_with("#!["))
                && !code[place..].split(']').next().unwrap_or_default().contains("reason")
            {
                wrong.push(format!("{}: {}", file.display(), code[place..].split(']').next().unwrap_or_default()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
