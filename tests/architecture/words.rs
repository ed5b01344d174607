//! A word means one thing: no two public types, traits or aliases of the crates have one name.

use crate::source::{code_of, is_test, rust_files, word};
use std::collections::BTreeMap;

/// Traits in private modules, each to seal another one.
const SEALS: &str = "Sealed";

/// What a line declares for everybody, if anything.
fn declared(line: &str) -> Option<String> {
    let line = line.trim_start().strip_prefix("pub ")?;
    let line = line.strip_prefix("unsafe ").unwrap_or(line);
    let name = ["struct ", "enum ", "union ", "trait ", "type "].iter().find_map(|kind| line.strip_prefix(kind))?;
    Some(word(name)).filter(|name| !name.is_empty()) // A macro names it.
}

#[test]
fn public_names_mean_one_thing() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in ["src", "dims/src"].iter().flat_map(|folder| rust_files(folder)).filter(|file| !is_test(file)) {
        for name in code_of(&file).lines().filter_map(declared) {
            let place = file.display().to_string();
            let known = places.entry(name).or_default();
            if !known.contains(&place) {
                known.push(place);
            }
        }
    }
    assert!(places.len() > 500, "only {} names were found", places.len());
    places.retain(|name, files| files.len() > 1 && name != SEALS);
    assert!(places.is_empty(), "one name, several meanings: {places:#?}");
}
