//! Attacks that no longer compile: what they named is private, sealed or `unsafe`. Each program of `compile_fail` says
//! in its first line what the compiler answers.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn attacks_do_not_compile() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("compile_fail");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--bins", "--keep-going", "--color", "never", "--target-dir", env!("CARGO_TARGET_TMPDIR")]);
    let answer = cargo.current_dir(&folder).output().expect("cargo runs");
    let answer = String::from_utf8_lossy(&answer.stderr);
    let errors: Vec<&str> = answer.split("\nerror").collect();
    let programs = fs::read_dir(folder.join("src/bin")).expect("the folder of programs");
    let mut count = 0;
    for path in programs.map(|entry| entry.expect("an entry").path()) {
        let text = fs::read_to_string(&path).expect("programs are text");
        let wanted =
            text.lines().next().and_then(|line| line.strip_prefix("//! error")).expect("the error that it gives");
        let place = format!("--> src/bin/{}:", path.file_name().and_then(|name| name.to_str()).expect("a name"));
        let found = errors.iter().any(|error| error.starts_with(wanted) && error.contains(&place));
        assert!(found, "{}: no `error{wanted}` in\n{answer}", path.display());
        count += 1;
    }
    assert!(count >= 10, "programs have gone: {count}");
}
