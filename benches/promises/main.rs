//! What the library promises about its own speed, each against hand-written code in the same run.
//!
//! `cargo bench --bench promises -- --enforce`
//!
//! Both sides take turns and the fastest turn of each counts, so that other work on the machine hardly shows. One
//! thread, a plain release build. A promise is a line `promise <name> <measured> <limit> ok|MISSED`; lines that begin
//! with `#` say what was measured. With `--enforce` a missed promise fails the run.

mod attention;
mod perceptron;
mod race;
mod region;
mod regression;
mod view;

use std::process::ExitCode;

/// A figure and what it must not exceed.
struct Promise {
    name: String,
    measured: f64,
    limit: f64,
}

impl Promise {
    fn report(&self) -> bool {
        let kept = self.measured <= self.limit;
        let verdict = if kept { "ok" } else { "MISSED" };
        println!("promise {} {:.3} {} {verdict}", self.name, self.measured, self.limit);
        kept
    }
}

fn main() -> ExitCode {
    let enforce = std::env::args().any(|argument| argument == "--enforce");
    let pool = match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool,
        Err(error) => {
            eprintln!("promises: no thread to run on: {error}");
            return ExitCode::FAILURE;
        }
    };
    let promises = pool.install(|| {
        let mut promises = region::promises();
        promises.extend(view::promises());
        promises.extend(attention::promises());
        promises.extend([regression::promise(), perceptron::promise()]);
        promises
    });
    let kept = promises.iter().filter(|promise| promise.report()).count();
    if enforce && kept < promises.len() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
