//! A `mod.rs` is a map: what stands in its folder, and what is handed on from there. Whoever looks for code looks into
//! the files that it names.

use crate::source::{is_test, read, rust_files};
use std::path::PathBuf;

/// The code of a file without comments and without what stands between quotes, which may look like code.
fn plain(text: &str) -> String {
    let (mut plain, mut quoted) = (String::new(), false);
    for line in text.lines() {
        let (mut letters, mut escaped) = (line.chars().peekable(), false);
        while let Some(letter) = letters.next() {
            match letter {
                '"' if !escaped => quoted = !quoted,
                '/' if !quoted && letters.peek() == Some(&'/') => break,
                _ if !quoted => plain.push(letter),
                _ => {}
            }
            escaped = letter == '\\' && !escaped;
        }
        plain.push('\n');
    }
    plain
}

/// The text up to the end of the bracket that it begins with, and what follows.
fn bracket(text: &str) -> (&str, &str) {
    let mut depth = 0;
    for (place, letter) in text.char_indices() {
        match letter {
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.split_at(place + letter.len_utf8());
        }
    }
    (text, "")
}

/// The items of a file, without their attributes and without what they hold in braces.
fn items(text: &str) -> Vec<String> {
    let text = plain(text);
    let (mut rest, mut found, mut item) = (text.as_str(), Vec::new(), String::new());
    while let Some(letter) = rest.chars().next() {
        let (part, after) = match letter {
            '#' if item.trim().is_empty() => {
                let attribute = rest[1..].trim_start_matches('!');
                (item, rest) = (String::new(), bracket(attribute).1);
                continue;
            }
            '{' | '[' | '(' => bracket(rest),
            _ => rest.split_at(letter.len_utf8()),
        };
        item.push_str(if letter == '{' { "{}" } else { part });
        rest = after;
        let whole = letter == ';' || letter == '{' && !word_after_visibility(&item).starts_with("use ");
        if whole {
            found.push(std::mem::take(&mut item).split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    found.extend(Some(item.trim().to_owned()).filter(|item| !item.is_empty()));
    found
}

/// An item without `pub` or `pub(..)`.
fn word_after_visibility(item: &str) -> &str {
    let Some(rest) = item.trim_start().strip_prefix("pub") else { return item.trim_start() };
    if rest.starts_with('(') { bracket(rest).1.trim_start() } else { rest.trim_start() }
}

/// Whether an item names a file or hands something on.
fn is_of_a_map(item: &str) -> bool {
    let item = word_after_visibility(item);
    item.ends_with(';') && (item.starts_with("mod ") || item.starts_with("use "))
}

fn maps() -> Vec<PathBuf> {
    let folders = ["src", "dims/src", "macros/src"];
    let files = folders.iter().flat_map(|folder| rust_files(folder));
    files.filter(|file| file.ends_with("mod.rs") && !is_test(file)).collect()
}

#[test]
fn maps_hold_no_code() {
    let (maps, mut wrong) = (maps(), Vec::new());
    assert!(maps.len() >= 40, "only {} maps were found", maps.len());
    for map in maps {
        let others = items(&read(&map)).into_iter().filter(|item| !is_of_a_map(item));
        wrong.extend(others.map(|item| format!("{}: `{item}` belongs into a file of the folder", map.display())));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn code_is_told_from_maps() {
    let map = "//! A [`map`]; fn.\n#![allow(dead_code, reason = \"] fn\")]\n\n#[cfg(test)]\nmod a; // struct\n\
        pub(in crate::room) mod b;\n#[doc(hidden)]\npub use a::{\n    A,\n    inner::{B as C},\n};\npub use b::*;\n";
    assert_eq!(items(map).len(), 4, "{:?}", items(map));
    assert!(items(map).iter().all(|item| is_of_a_map(item)), "{:?}", items(map));
    let code = [
        "mod sealed {\n    pub trait Sealed {}\n}",
        "pub fn f(x: [u8; 2]) -> u8 {\n    x[0]\n}",
        "pub struct Token;",
        "pub(crate) const N: usize = 3;",
        "impl A for B {}",
        "rows! { Shape }",
        "rows!(Shape);",
        "thread_local! {\n    static N: u8 = 1;\n}",
        "use_it!();",
    ];
    for code in code {
        let found = items(&format!("mod a;\n{code}\nuse a::A;\n"));
        let others: Vec<_> = found.iter().filter(|item| !is_of_a_map(item)).collect();
        assert_eq!((found.len(), others.len()), (3, 1), "{code}: {found:?}");
    }
}
