//! The house rules that a reader can rely on: imports point down the storeys, files are short and say what they hold.
//!
//! Apart from the other tests because it reads the source and runs none of it.

use std::fs;
use std::path::{Path, PathBuf};

/// The storeys, from the ground up: each uses only what stands before it.
const STOREYS: [&str; 17] = [
    "dims",
    "shape",
    "num",
    "dtype",
    "random",
    "io",
    "error",
    "device",
    "tensor",
    "graph",
    "ops",
    "model",
    "nn",
    "optim",
    "data",
    "typed files",
    "interop",
];

/// The half of `io` that knows types: files of tensors and models, above both.
const TYPED_FILES: [&str; 6] =
    ["io/tensor.rs", "io/model.rs", "io/named.rs", "io/checkpoint.rs", "io/csv.rs", "io/csv/write.rs"];

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

/// Imports that point up, each with what makes it bearable. One that is no longer needed fails the test.
const UPWARD: [(&str, &str, &str); 4] = [
    ("dtype", "graph", "each element type owns the thread's table of variables, which only the graph reads"),
    ("device", "graph", "a device runs the loops that the graph describes, in the words of `Body` and `Frame`"),
    ("tensor", "graph", "the element count that the graph checks is the one that creation checks"),
    ("ops", "model", "the operators stand on every operand, and parameters are operands"),
];

/// Files that a program writes.
const GENERATED: [&str; 1] = ["dims/src/table/rows.rs"];

const LONGEST_FILE: usize = 400;
const LONGEST_TEST: usize = 500;
const WIDEST_LINE: usize = 120;

#[test]
fn imports_point_down_the_storeys() {
    let (mut wrong, mut used) = (Vec::new(), [false; UPWARD.len()]);
    for path in rust_files("src") {
        let Some(own) = storey_of_file(&path) else { continue };
        for (line, module) in imports(&code_of(&path)) {
            let unknown = || panic!("{}:{line}: no storey is named {module}", path.display());
            let target = storey_of_name(&module).unwrap_or_else(unknown);
            if target <= own {
                continue;
            }
            match UPWARD.iter().position(|&(from, to, _)| (from, to) == (STOREYS[own], STOREYS[target])) {
                Some(known) => used[known] = true,
                None => wrong.push(format!("{}:{line}: {} uses {}", path.display(), STOREYS[own], STOREYS[target])),
            }
        }
    }
    assert!(wrong.is_empty(), "imports that point up:\n{}", wrong.join("\n"));
    let idle: Vec<_> = UPWARD.iter().zip(used).filter(|(_, used)| !used).map(|(edge, _)| edge).collect();
    assert!(idle.is_empty(), "no longer needed: {idle:?}");
}

#[test]
fn files_are_short_and_say_what_they_hold() {
    let mut wrong = Vec::new();
    let folders = ["src", "dims/src", "macros/src", "tests", "examples", "benches"];
    for path in folders.iter().flat_map(|folder| rust_files(folder)) {
        let (name, text) = (path.display(), read(&path));
        let longest = if path.starts_with("tests") || is_test(&path) { LONGEST_TEST } else { LONGEST_FILE };
        if text.lines().count() > longest && !GENERATED.iter().any(|generated| path.ends_with(generated)) {
            wrong.push(format!("{name}: {} lines, at most {longest}", text.lines().count()));
        }
        if !text.starts_with("//! ") {
            wrong.push(format!("{name}: the first line does not say what lives here (`//! ..`)"));
        }
        let wide = text.lines().enumerate().filter(|(_, line)| line.chars().count() > WIDEST_LINE);
        wrong.extend(wide.map(|(line, _)| format!("{name}:{}: wider than {WIDEST_LINE} columns", line + 1)));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_guide_quotes_what_is_there() {
    let guide = read(Path::new("CONTRIBUTING.md"));
    let quotes: Vec<_> = guide.split("\n```rust ").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert!(quotes.len() >= 7, "only {} snippets were found", quotes.len());
    for quote in quotes {
        let (path, code) = quote.split_once('\n').expect("a path, then code");
        let (text, code): (_, Vec<_>) = (read(Path::new(path)), code.lines().map(str::trim).collect());
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        assert!(lines.windows(code.len()).any(|place| place == code), "{path} no longer has:\n{}", code.join("\n"));
    }
}

#[test]
fn grouped_and_nested_imports_are_found() {
    let text =
        "use crate::{\n    graph::{Ex, Node},\n    Error, nn::Linear,\n};\ncrate::ops::unary(1);\n$crate::data::x\n";
    let names: Vec<_> = imports(text).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["graph", "Error", "nn", "ops", "data"]);
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
}

/// The storey of a file under `src`; none for the crate's root and for tests, which may use everything.
fn storey_of_file(path: &Path) -> Option<usize> {
    let inside = path.strip_prefix("src").ok()?;
    if inside == Path::new("lib.rs") || is_test(inside) {
        return None;
    }
    if TYPED_FILES.iter().any(|file| inside == Path::new(file)) {
        return storey_of_name("typed files");
    }
    let first = inside.iter().next()?.to_str()?.trim_end_matches(".rs");
    Some(storey_of_name(first).unwrap_or_else(|| panic!("{first} is on no storey: add it to STOREYS")))
}

fn storey_of_name(name: &str) -> Option<usize> {
    let name = AT_THE_ROOT.iter().find(|(root, _)| *root == name).map_or(name, |(_, storey)| storey);
    STOREYS.iter().position(|storey| *storey == name)
}

/// The code of a file without its comments and without the unit tests at its end, which may use everything.
fn code_of(path: &Path) -> String {
    let text = read(path);
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().map(|line| format!("{}\n", line.split("//").next().unwrap_or_default())).collect()
}

/// The first names after each `crate::`, with their lines; `crate::{a::B, c}` counts as `a` and `c`.
fn imports(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (place, start) in code.match_indices("crate::") {
        let line = code[..place].lines().count().max(1);
        let rest = &code[place + start.len()..];
        let names = if rest.starts_with('{') { group(rest) } else { vec![word(rest)] };
        found.extend(names.into_iter().filter(|name| !name.is_empty()).map(|name| (line, name)));
    }
    found
}

/// The first names of the items between a brace and its partner.
fn group(text: &str) -> Vec<String> {
    let (mut depth, mut names) = (0, Vec::new());
    for (place, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && (letter == '{' || letter == ',') {
            names.push(word(&text[place + 1..]));
        }
    }
    names
}

fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// The Rust files of a folder of the repository, by relative path; none where the folder does not exist.
fn rust_files(folder: &str) -> Vec<PathBuf> {
    let (mut open, mut files) = (vec![PathBuf::from(folder)], Vec::new());
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.expect("a readable folder").path()) {
            match path.extension() {
                // A folder with a manifest is a crate of its own.
                None if path.is_dir() && !path.join("Cargo.toml").exists() => open.push(path),
                Some(kind) if kind == "rs" => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
