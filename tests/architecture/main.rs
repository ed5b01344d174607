//! The house rules that a reader can rely on: imports point down the storeys, files are short and say what they hold.
//!
//! Apart from the other tests because it reads the source and runs none of it.

mod inlined;
mod maps;
mod rooms;
mod safety;
mod source;
mod storeys;
mod words;

use source::{is_test, read, rust_files};
use std::path::Path;

/// Files that a program writes.
const GENERATED: [&str; 1] = ["dims/src/table/rows.rs"];

const LONGEST_FILE: usize = 400;
const LONGEST_TEST: usize = 500;
const WIDEST_LINE: usize = 120;

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
