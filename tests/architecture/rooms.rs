//! No circle of imports inside a room: a room is a folder, its parts are files and folders, and whoever reads one of
//! them needs only those that it imports.

use crate::source::{code_of, group, is_test, rust_files, word};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each part of a room, and the parts that it imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// The folders below this one, itself among them, each with the path by which the crate calls it and its map.
fn rooms(folder: &Path, path: &str, map: PathBuf) -> Vec<(PathBuf, String, PathBuf)> {
    let mut found = vec![(folder.to_owned(), path.to_owned(), map)];
    for inner in folders(folder) {
        let name = name_of(&inner);
        let beside = inner.with_extension("rs");
        let map = if beside.exists() { beside } else { inner.join("mod.rs") };
        if map.exists() {
            found.extend(rooms(&inner, &format!("{path}{name}::"), map));
        }
    }
    found
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a readable folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.is_dir() && !is_test(path)).collect()
}

fn name_of(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

/// The names after each `prefix` that is not part of a longer path.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (place, _) in code.match_indices(prefix) {
        let whole = !code[..place].ends_with(|letter: char| letter.is_alphanumeric() || "_:$".contains(letter));
        let rest = &code[place + prefix.len()..];
        match rest.starts_with('{') {
            _ if !whole => {}
            true => found.extend(group(rest)),
            false => found.push(word(rest)),
        }
    }
    found
}

/// What the map of a room hands on from its parts: the part of each name.
fn handed_on(map: &str, parts: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for item in map.split(';').filter_map(|item| item.rsplit_once("use ").map(|(_, tree)| tree.trim())) {
        let Some((part, names)) = item.split_once("::").filter(|(part, _)| parts.contains(*part)) else { continue };
        let names = if names.starts_with('{') { group(names) } else { vec![word(names)] };
        found.extend(names.into_iter().map(|name| (name, part.to_owned())));
    }
    found
}

fn imports_of(folder: &Path, path: &str, map: &Path) -> Imports {
    let files = rust_files(&folder.to_string_lossy());
    let files = files.iter().filter(|file| *file != map && !is_test(file) && !file.ends_with("lib.rs"));
    let part_of =
        |file: &Path| name_of(Path::new(file.strip_prefix(folder).expect("inside").iter().next().expect("a name")));
    let files: Vec<_> = files.map(|file| (part_of(file), file)).collect();
    let parts: BTreeSet<_> = files.iter().map(|(part, _)| part.clone()).collect();
    let handed_on = handed_on(&code_of(map), &parts);
    let mut imports = Imports::new();
    for (part, file) in files {
        let depth = file.strip_prefix(folder).expect("inside").iter().count() - usize::from(file.ends_with("mod.rs"));
        let code = code_of(file);
        for name in [&"super::".repeat(depth), path].into_iter().flat_map(|prefix| names_after(&code, prefix)) {
            let target = if parts.contains(&name) { Some(&name) } else { handed_on.get(&name) };
            if let Some(target) = target.filter(|target| **target != part) {
                imports.entry(part.clone()).or_default().insert(target.clone());
            }
        }
    }
    imports
}

/// A way from a part back to itself.
fn circle(imports: &Imports) -> Option<Vec<String>> {
    fn walk(part: &str, imports: &Imports, way: &mut Vec<String>, done: &mut BTreeSet<String>) -> bool {
        if way.iter().any(|before| before == part) {
            way.push(part.to_owned());
            return true;
        }
        if !done.insert(part.to_owned()) {
            return false;
        }
        way.push(part.to_owned());
        let found = imports.get(part).into_iter().flatten().any(|next| walk(next, imports, way, done));
        if !found {
            way.pop();
        }
        found
    }
    let mut done = BTreeSet::new();
    imports.keys().find_map(|part| {
        let mut way = Vec::new();
        walk(part, imports, &mut way, &mut done).then_some(way)
    })
}

#[test]
fn no_room_has_a_circle_of_imports() {
    let mut wrong = Vec::new();
    let crates = [("src", "src/lib.rs"), ("dims/src", "dims/src/lib.rs"), ("macros/src", "macros/src/lib.rs")];
    for (folder, map) in crates {
        for (room, path, map) in rooms(Path::new(folder), "crate::", PathBuf::from(map)) {
            // The storeys of the crate itself are held by their order.
            if room == Path::new("src") {
                continue;
            }
            let circle = circle(&imports_of(&room, &path, &map));
            wrong.extend(circle.map(|way| format!("{}: {}", room.display(), way.join(" -> "))));
        }
    }
    assert!(wrong.is_empty(), "circles of imports:\n{}", wrong.join("\n"));
}

#[test]
fn circles_are_found() {
    let map = "mod a;\nmod b;\npub use a::{A, AlsoA};\npub(crate) use b::B;\n";
    let parts = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
    let handed_on = handed_on(map, &parts);
    assert_eq!(handed_on.get("AlsoA").map(String::as_str), Some("a"));
    assert_eq!(handed_on.get("B").map(String::as_str), Some("b"));
    let code = "use super::{A, b::C};\nuse super::super::x;\nuse crate::room::B;\nlet y = super::b::C;\n";
    assert_eq!(names_after(code, "super::"), ["A", "b", "super", "b"]);
    assert_eq!(names_after(code, "super::super::"), ["x"]);
    assert_eq!(names_after(code, "crate::room::"), ["B"]);
    let to = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let mut imports = Imports::from([("a".to_owned(), to(&["b", "c"])), ("b".to_owned(), to(&["c"]))]);
    assert_eq!(circle(&imports), None);
    imports.insert("c".to_owned(), to(&["a"]));
    assert_eq!(circle(&imports).expect("there is one"), ["a", "b", "c", "a"]);
}
