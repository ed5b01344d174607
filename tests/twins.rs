//! The twins of the wrong programs of `ui`, a word apart from them, compile and run.
//!
//! Apart from `ui`, which runs the compiler for each program: what compiles can be compiled together.
#![allow(dead_code, unused, unreachable_pub, clippy::all, reason = "programs as a newcomer writes them")]

use std::fs;
use std::path::Path;

#[path = "../ui-tests/pass/mod.rs"]
mod pass;

const LIST: &str = "ui-tests/pass/mod.rs";

/// The programs of the folder, by name, in order.
fn programs() -> Vec<String> {
    let entries = fs::read_dir(Path::new(LIST).parent().expect("a folder")).expect("the folder of twins");
    let files = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name in UTF-8"));
    let mut names: Vec<String> = files.filter_map(|file| file.strip_suffix(".rs").map(str::to_owned)).collect();
    names.retain(|name| name != "mod");
    names.sort();
    names
}

#[test]
fn a_twin_is_in_the_list() {
    let programs = programs();
    if std::env::var_os("UPDATE").is_some() {
        let text = fs::read_to_string(LIST).expect("the list");
        let (head, _) = text.split_once("\ntwins! {\n").expect("where the list begins");
        let rows: String = programs.iter().map(|name| format!("    {name}\n")).collect();
        fs::write(LIST, format!("{head}\ntwins! {{\n{rows}}}\n")).expect("the list can be written");
        return;
    }
    assert_eq!(pass::NAMES, programs, "`UPDATE=1 cargo test --test twins` lists the twins anew");
}
