//! Tells the library whether it is compiled for speed: `cfg(optimised)`, on at every `opt-level` but 0.
//!
//! What loops call is `inline(always)` then, or it would be compiled without the instruction set of its loop. Without
//! optimisation that only copies it to each place that calls it: debug builds took up to twice as long.
//! `debug_assertions` would be the wrong question: many switch optimisation on and leave those on.
//!
//! Where `CONGRUENT_BRIEF` is set, the tests that are compiled for each row of the catalogue are left out
//! (`cfg(brief)`): CI asks them once, and not again with features or a sanitizer.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(optimised)");
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("OPT_LEVEL").is_ok_and(|level| level != "0") {
        println!("cargo::rustc-cfg=optimised");
    }
    println!("cargo::rustc-check-cfg=cfg(brief)");
    println!("cargo::rerun-if-env-changed=CONGRUENT_BRIEF");
    if std::env::var_os("CONGRUENT_BRIEF").is_some() {
        println!("cargo::rustc-cfg=brief");
    }
}
