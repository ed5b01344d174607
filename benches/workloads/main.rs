//! The workloads of the comparison with other libraries, in this one: JSON lines like those of every other runner.
//!
//! `cargo bench --bench workloads -- --threads N --min-time S --suffix _x --workloads gemm_64,train`
//!
//! `benches/workloads.tsv` defines the names and counts their work; a category stands for all of its workloads, and
//! without `--workloads` everything runs. All is written as a user writes it: outputs are allocated by the call, and
//! nothing is built for the processor at hand.

mod convolutions;
mod gpt;
#[path = "../shared/language.rs"]
mod language;
#[path = "../shared/models.rs"]
mod models;
mod movement;
mod perceptron;
mod pointwise;
mod products;
mod rows;
mod session;

use session::{Options, Session};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("workloads: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build()?;
    pool.install(|| {
        let mut session = Session::new(options);
        products::run(&mut session);
        pointwise::run(&mut session);
        rows::run(&mut session);
        movement::run(&mut session);
        convolutions::run(&mut session);
        perceptron::run(&mut session);
        gpt::run(&mut session);
        session.report_missing();
    });
    Ok(())
}
