//! Inlining is forced where there is optimisation, and nowhere else: without it, `inline(always)` copies what loops
//! call to each place that calls it, and debug builds take up to twice as long.

use crate::source::{code_of, rust_files};

#[test]
fn inlining_is_forced_by_one_attribute() {
    let (mut forced, mut wrong) = (0, Vec::new());
    // What is generated for users' own operations is compiled in their crates, which know nothing of our `cfg`.
    for file in ["src", "macros/src/shape"].iter().flat_map(|folder| rust_files(folder)) {
        for (number, line) in code_of(&file).lines().enumerate().filter(|(_, line)| line.contains("inline(always)")) {
            forced += 1;
            if !line.contains("#[cfg_attr(optimised, inline(always))]") {
                wrong.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(forced > 500, "only {forced} were found");
    assert!(wrong.is_empty(), "not by `cfg_attr(optimised, ..)`:\n{}", wrong.join("\n"));
}
