//! Work on a CUDA device, as JSON lines: what `torch.py` does by PyTorch on the same card, and what its copies reach.
//!
//! `cargo bench --features cuda --bench cuda -- [--small] [--min-time S] [--only WORD]`
//!
//! `--small` is for a stand-in, and for a look at whether all of it runs; `--only` takes the workloads whose names have
//! the word in them. Each sample ends when the device has done what it was asked for.

mod arithmetic;
#[path = "../shared/language.rs"]
mod language;
#[path = "../shared/models.rs"]
mod models;
mod session;
mod steps;

use congruent::cuda::Cuda;
use session::{Options, Session};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("cuda: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let device = Cuda::<0>::open()?;
    println!("{{\"device\":\"{}\"}}", device.name());
    let mut session = Session::new(options, device);
    arithmetic::run(&mut session)?;
    steps::run(&mut session)?;
    Ok(())
}
