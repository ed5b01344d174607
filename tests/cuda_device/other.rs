//! What `works` runs on here: a CUDA device, whose numbers are those of the processor but for roundings.

use congruent::cuda::Cuda;

/// The device that is held against the processor, if there is one.
pub(crate) fn other_device() -> Option<Cuda> {
    crate::device()
}

/// Holds what was found there against what was found on the processor: words as they are, numbers but for roundings.
#[track_caller]
pub(crate) fn alike(there: &str, here: &str) {
    let there = there.replace("Cuda(())", "Cpu");
    let (found, wanted) = (words(&there), words(here));
    assert_eq!(found.len(), wanted.len(), "{there} in place of {here}");
    for (i, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
        match (found.parse::<f64>(), wanted.parse::<f64>()) {
            (Ok(x), Ok(y)) => {
                let near = x == y || (x.is_nan() && y.is_nan()) || (x - y).abs() <= 2e-4 * y.abs() + 2e-5;
                assert!(near, "number {i}: {x} in place of {y}, in {there} in place of {here}");
            }
            _ => assert_eq!(found, wanted, "{there} in place of {here}"),
        }
    }
}

/// Numbers and what is between them.
fn words(text: &str) -> Vec<&str> {
    text.split([' ', ',', '[', ']', '(', ')', ';', '{', '}', '"']).filter(|word| !word.is_empty()).collect()
}
