//! Tests of the choice of a level.

use crate::num::{Level, level, with_level};

#[test]
fn with_level_nests_and_restores() {
    let before = level();
    with_level(Level::Portable, || {
        assert_eq!(level(), Level::Portable);
        with_level(before, || assert_eq!(level(), before));
        assert_eq!(level(), Level::Portable);
    });
    with_level(before, || assert_eq!(level(), before));
}

#[test]
fn with_level_restores_after_a_panic() {
    let before = with_level(Level::Avx512, level);
    let outcome = std::panic::catch_unwind(|| with_level(Level::Portable, || panic!("on purpose")));
    assert!(outcome.is_err());
    assert_eq!(with_level(Level::Avx512, level), before);
}

#[test]
fn no_level_exceeds_the_processor() {
    let best = with_level(Level::Avx512, level);
    with_level(Level::Avx2, || assert_eq!(level(), best.min(Level::Avx2)));
}

#[test]
fn the_environment_lowers_and_never_raises() {
    use crate::num::level::lowered;
    assert_eq!(lowered(Some("avx2"), Level::Avx512), Level::Avx2);
    assert_eq!(lowered(Some("avx512"), Level::Avx2), Level::Avx2);
    assert_eq!(lowered(Some("portable"), Level::Avx2), Level::Portable);
    assert_eq!(lowered(Some("sse"), Level::Avx2), Level::Avx2);
    assert_eq!(lowered(None, Level::Avx512), Level::Avx512);
}
