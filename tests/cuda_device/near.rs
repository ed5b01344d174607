//! Numbers that differ by roundings alone.

/// Holds found numbers against wanted ones, to `digits` of their size.
#[track_caller]
pub(crate) fn near(found: &[f64], wanted: &[f64], digits: f64, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (i, (&found, &wanted)) in found.iter().zip(wanted).enumerate() {
        let same = found == wanted || (found.is_nan() && wanted.is_nan());
        let far = (found - wanted).abs() / wanted.abs().max(1e-30);
        assert!(same || far <= digits, "{what}, element {i}: {found} in place of {wanted}");
    }
}
