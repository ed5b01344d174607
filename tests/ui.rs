//! Wrong programs do not compile, and the compiler says why; right ones, a word apart, compile and run.
//!
//! Apart from the other tests because here programs are the test data. `ui-tests/*/NAME.rs` breaks the rule of its name
//! and has its message beside it; `ui-tests/pass/NAME.rs` keeps the rule. `TRYBUILD=overwrite cargo test --test ui`
//! writes the messages anew, and `ui_limits` measures them.

use trybuild::TestCases;

/// Found by `cargo check`, and therefore in the editor while one types.
#[test]
fn mistakes_are_found_by_check() {
    let programs = TestCases::new();
    for area in ["derive", "device", "dtype", "elementwise", "graph", "linalg", "literal", "model", "shape", "slice"] {
        programs.compile_fail(format!("ui-tests/{area}/*.rs"));
    }
}

/// The twins are built and run. With a program to run, `cargo build` takes the place of `cargo check`, and so finds
/// what only the expanded program shows, in `build`.
#[test]
fn twins_run_and_the_rest_is_found_by_build() {
    let programs = TestCases::new();
    programs.pass("ui-tests/pass/*.rs");
    programs.compile_fail("ui-tests/build/*.rs");
}
