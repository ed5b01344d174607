//! What the compiler may say of a wrong program: its answers are short, single, and in the user's words.
//!
//! Apart from `ui`, which runs the compiler: here its recorded answers are only read. `ui-tests/EXCEPTIONS.md` is the
//! one list of answers beyond a limit, and shrinks by itself: an exception that is no longer needed fails the test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// More than this is not read.
const MOST_LINES: usize = 25;

/// A mistake takes up fewer lines than this, even that of a wrong kind of item.
const MOST_DIFFERING: usize = 8;

/// Types of the graph: how a value is computed, which no user has written.
const INTERNAL: [&str; 19] = [
    "congruent::graph::",
    "Body",
    "Boxed",
    "Closed",
    "Dropped",
    "Erasure",
    "Factors",
    "Lazy",
    "Leaf",
    "Reduction",
    "RowsBack",
    "Scan",
    "Shared",
    "SharedValue",
    "Stopped",
    "Stored",
    "Ternary",
    "Unary",
    "View",
];

#[test]
fn answers_are_short() {
    judge("lines", |answer| {
        let lines = answer.lines().count();
        (lines > MOST_LINES).then(|| format!("{lines} lines, at most {MOST_LINES}"))
    });
}

#[test]
fn one_mistake_is_one_error() {
    judge("errors", |answer| {
        let errors = answer.lines().filter(|line| is_error(line)).count();
        (errors != 1).then(|| format!("{errors} errors"))
    });
}

#[test]
fn numbers_are_written_in_decimals() {
    judge("numbers", |answer| {
        answer.contains("UInt<").then(|| "a number is spelled in bits, as `UInt<..>`".to_owned())
    });
}

#[test]
fn the_first_line_names_no_internal_type() {
    judge("first line", |answer| {
        let first = answer.lines().find(|line| is_error(line)).unwrap_or_default();
        let names = INTERNAL.into_iter().find(|name| mentions(first, name));
        names.map(|name| format!("`{name}` in: {first}"))
    });
}

#[test]
fn wrong_programs_have_a_right_twin() {
    judge_programs("twin", |program, _| {
        let twin = Path::new("ui-tests/pass").join(program.file_name().unwrap_or_default());
        (!twin.is_file()).then(|| format!("{} is not there", twin.display()))
    });
}

#[test]
fn wrong_programs_have_an_answer() {
    judge_programs("answer", |program, _| {
        let answer = program.with_extension("stderr");
        (!answer.is_file()).then(|| format!("{} is not there", answer.display()))
    });
}

#[test]
fn a_twin_differs_by_the_mistake_alone() {
    judge_programs("difference", |program, text| {
        let twin = Path::new("ui-tests/pass").join(program.file_name().unwrap_or_default());
        // Twins are modules of one crate, which calls their `main`, and is compiled without CUDA as well.
        let twin = fs::read_to_string(twin).unwrap_or_default().replace("\npub fn main()", "\nfn main()");
        let twin = twin.replace("#[cfg(feature = \"cuda\")]\n", "");
        let differing = differing_lines(text, &twin);
        (differing.0.max(differing.1) > MOST_DIFFERING || differing == (0, 0))
            .then(|| format!("{differing:?} lines differ"))
    });
}

#[test]
fn exceptions_are_of_known_limits_and_files() {
    for Exception { file, limit, reason } in exceptions() {
        assert!(LIMITS.contains(&limit.as_str()), "{file}: no limit is named {limit}, there are {LIMITS:?}");
        assert!(Path::new("ui-tests").join(&file).is_file(), "{file} is not in ui-tests");
        assert!(reason.len() > 20, "{file}: the reason says too little: {reason:?}");
    }
}

#[test]
fn limits_find_what_exceeds_them() {
    assert!(is_error("error[E0277]: x") && is_error("error: x"));
    assert!(!is_error("error: aborting due to 2 previous errors") && !is_error("  = note: error: x"));
    assert!(mentions("the trait bound `SharedValue: Node<f32>`", "SharedValue"));
    assert!(!mentions("this body is shared", "Body") && !mentions("`MyLeaf` is not a model", "Leaf"));
    assert!(mentions("see `congruent::graph::Ex`", "congruent::graph::"));
    assert_eq!(differing_lines("a\nb\nc\n", "a\nx\ny\nc\n"), (1, 2));
}

/// The limits that an exception may name.
const LIMITS: [&str; 4] = ["lines", "errors", "numbers", "first line"];

/// `file | limit | reason` of a row in `EXCEPTIONS.md`.
struct Exception {
    file: String,
    limit: String,
    reason: String,
}

fn exceptions() -> Vec<Exception> {
    let table = fs::read_to_string("ui-tests/EXCEPTIONS.md").expect("ui-tests/EXCEPTIONS.md is there");
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")));
    cells
        .map(|mut cells| {
            let mut cell = || cells.next().expect("a row is `| file | limit | reason |`");
            Exception { file: cell(), limit: cell(), reason: cell() }
        })
        .collect()
}

/// Holds every answer against a limit; exactly the excepted ones exceed it.
#[track_caller]
fn judge(limit: &str, excess: impl Fn(&str) -> Option<String>) {
    let mut excepted: BTreeSet<_> =
        exceptions().into_iter().filter(|row| row.limit == limit).map(|row| row.file).collect();
    let mut wrong = Vec::new();
    let answers = files("stderr");
    assert!(answers.len() > 80, "only {} answers were found", answers.len());
    for path in answers {
        let name = path.strip_prefix("ui-tests").unwrap_or(&path).display().to_string();
        let answer = fs::read_to_string(&path).expect("answers are text");
        match (excess(&answer), excepted.remove(&name)) {
            (Some(found), false) => wrong.push(format!("{name}: {found}")),
            (None, true) => wrong.push(format!("{name}: no exception is needed any more")),
            _ => {}
        }
    }
    wrong.extend(excepted.into_iter().map(|name| format!("{name}: excepted, but not there")));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Holds every wrong program against a rule without exceptions.
#[track_caller]
fn judge_programs(rule: &str, breach: impl Fn(&Path, &str) -> Option<String>) {
    let found = files("rs").into_iter().filter_map(|path| {
        let text = fs::read_to_string(&path).expect("programs are text");
        breach(&path, &text).map(|found| format!("{}: {found}", path.display()))
    });
    let wrong: Vec<_> = found.collect();
    assert!(wrong.is_empty(), "{rule}:\n{}", wrong.join("\n"));
}

/// The files of this extension beside the wrong programs, sorted.
fn files(extension: &str) -> Vec<PathBuf> {
    let areas = entries(Path::new("ui-tests")).into_iter().filter(|path| path.is_dir() && !path.ends_with("pass"));
    let inside = areas.flat_map(|area| entries(&area));
    let mut found: Vec<_> = inside.filter(|path| path.extension().is_some_and(|own| own == extension)).collect();
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    entries.map(|entry| entry.expect("the folder can be read").path()).collect()
}

/// The line that ends an answer in the terminal is no error of its own.
fn is_error(line: &str) -> bool {
    (line.starts_with("error[") || line.starts_with("error:")) && !line.starts_with("error: aborting due to")
}

/// Whether the line holds the name as a whole word; a path's end `::` is the start of any.
fn mentions(line: &str, name: &str) -> bool {
    let word = |symbol: char| symbol.is_alphanumeric() || symbol == '_';
    line.match_indices(name).any(|(at, _)| {
        let (before, behind) = (line[..at].chars().next_back(), line[at + name.len()..].chars().next());
        !before.is_some_and(word) && (name.ends_with(':') || !behind.is_some_and(word))
    })
}

/// How many lines of each text stand between what both begin with and what both end with.
fn differing_lines(left: &str, right: &str) -> (usize, usize) {
    let (left, right): (Vec<_>, Vec<_>) = (left.lines().collect(), right.lines().collect());
    let equal = |(a, b): &(&&str, &&str)| a == b;
    let before = left.iter().zip(&right).take_while(equal).count();
    let rest = left.len().min(right.len()) - before;
    let behind = left.iter().rev().zip(right.iter().rev()).take_while(equal).count().min(rest);
    (left.len() - before - behind, right.len() - before - behind)
}
