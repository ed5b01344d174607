//! The source as text: files, their code without comments, and the names that they import.
//!
//! Apart from the rules because it knows none of them.

use std::fs;
use std::path::{Path, PathBuf};

/// Whether a file is a test, which may use everything.
pub(crate) fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
}

/// The code of a file without its comments and without the unit tests at its end, which may use everything.
pub(crate) fn code_of(path: &Path) -> String {
    let text = read(path);
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().map(|line| format!("{}\n", line.split("//").next().unwrap_or_default())).collect()
}

/// The first names after each `crate::`, with their lines; `crate::{a::B, c}` counts as `a` and `c`.
pub(crate) fn imports(code: &str) -> Vec<(usize, String)> {
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
pub(crate) fn group(text: &str) -> Vec<String> {
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

pub(crate) fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// The Rust files of a folder of the repository, by relative path; none where the folder does not exist.
pub(crate) fn rust_files(folder: &str) -> Vec<PathBuf> {
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

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn grouped_and_nested_imports_are_found() {
    let text =
        "use crate::{\n    graph::{Ex, Node},\n    Error, nn::Linear,\n};\ncrate::ops::unary(1);\n$crate::data::x\n";
    let names: Vec<_> = imports(text).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["graph", "Error", "nn", "ops", "data"]);
}
