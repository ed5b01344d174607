//! Which device an example runs on: `--device cpu`, which is what it does if nothing is said, or `--device cuda`.

use congruent::prelude::*;
use std::error::Error as AnyError;
use std::process::ExitCode;

/// A program that is written once for all devices.
pub(crate) trait Program {
    /// Does all of it, with random numbers of this seed.
    fn run<A: Device>(device: A, seed: u64) -> Result<(), Box<dyn AnyError>>;
}

/// Reads the command line, `[SEED] [--device cpu|cuda]`, and runs the program there.
pub(crate) fn start<P: Program>() -> ExitCode {
    match chosen::<P>() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn chosen<P: Program>() -> Result<(), Box<dyn AnyError>> {
    let (mut seed, mut device, mut words) = (1, "cpu".to_owned(), std::env::args().skip(1));
    while let Some(word) = words.next() {
        match word.as_str() {
            "--device" => device = words.next().ok_or("--device is followed by cpu or cuda")?,
            number => seed = number.parse().map_err(|_| format!("{number} is no seed, which is a whole number"))?,
        }
    }
    match device.as_str() {
        "cpu" => P::run(Cpu, seed),
        "cuda" => on_a_gpu::<P>(seed),
        other => Err(format!("{other} is no device: cpu or cuda").into()),
    }
}

#[cfg(feature = "cuda")]
fn on_a_gpu<P: Program>(seed: u64) -> Result<(), Box<dyn AnyError>> {
    let device = Cuda::<0>::open()?;
    println!("on {}", device.name());
    P::run(device, seed)
}

#[cfg(not(feature = "cuda"))]
fn on_a_gpu<P: Program>(_: u64) -> Result<(), Box<dyn AnyError>> {
    Err("this program was built without GPUs: add `--features cuda`".into())
}
