//! Attacks that no longer compile: what they named is private, sealed or `unsafe`.
#![forbid(unsafe_code)]

#[test]
fn attacks_that_do_not_compile() {
    trybuild::TestCases::new().compile_fail("compile_fail/*.rs");
}
