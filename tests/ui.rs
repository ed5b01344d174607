//! Wrong programs do not compile, and the compiler says why.
//!
//! Apart from the other tests because here programs are the test data. `ui-tests/*/NAME.rs` breaks the rule of its name
//! and has its message beside it; `ui-tests/pass/NAME.rs` keeps the rule, and is run by `twins`. `TRYBUILD=overwrite
//! cargo test --test ui` writes the messages anew, and `ui_limits` measures them.

use trybuild::TestCases;

/// Found by `cargo check`, and therefore in the editor while one types. Those of CUDA devices are compiled where the
/// feature is on.
#[test]
fn mistakes_are_found_by_check() {
    let programs = TestCases::new();
    for area in areas().iter().filter(|area| cfg!(feature = "cuda") || *area != "cuda") {
        programs.compile_fail(format!("ui-tests/{area}/*.rs"));
    }
}

/// Every folder of wrong programs that `cargo check` finds, in order.
fn areas() -> Vec<String> {
    let entries = std::fs::read_dir("ui-tests").expect("the folder of wrong programs");
    let folders = entries.map(|entry| entry.expect("an entry")).filter(|entry| entry.path().is_dir());
    let names = folders.map(|folder| folder.file_name().into_string().expect("a name in UTF-8"));
    let mut areas: Vec<String> = names.filter(|name| name != "pass").collect();
    areas.sort();
    assert!(areas.len() > 5, "areas have gone: {areas:?}");
    areas
}
