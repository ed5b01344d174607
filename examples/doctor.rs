//! What this machine has for CUDA devices, what is missing, and how to get it.
//!
//! `cargo run --release --features cuda --example doctor` ends with 0 where a device compiles a kernel and runs it.

use congruent::cuda::{self, Cuda, DeviceError};
use std::process::ExitCode;

/// Looks at one device and says whether it works.
fn examine<const ORDINAL: usize>() -> Result<(), DeviceError> {
    let device = Cuda::<ORDINAL>::open()?;
    let memory = device.memory()?;
    let gigabytes = |bytes: usize| bytes as f64 / 1e9;
    println!("  {}", device.name());
    println!("  {:.1} GB of memory, {:.1} GB free", gigabytes(memory.total), gigabytes(memory.free));
    device.check()?;
    println!("  a kernel was compiled, ran and gave the right result");
    Ok(())
}

fn main() -> ExitCode {
    println!("libraries");
    for library in cuda::libraries() {
        match library.version {
            Ok(version) => println!("  found: {} {version}", library.name),
            Err(error) => println!("  missing: {}\n    {error}", library.name),
        }
    }
    // The number of a device is part of its type: a list of functions, one for each.
    let examinations: [fn() -> Result<(), DeviceError>; 8] = [
        examine::<0>,
        examine::<1>,
        examine::<2>,
        examine::<3>,
        examine::<4>,
        examine::<5>,
        examine::<6>,
        examine::<7>,
    ];
    let mut usable = 0;
    let count = cuda::device_count();
    for (ordinal, examination) in examinations.iter().enumerate().take(count) {
        println!("device {ordinal}");
        match examination() {
            Ok(()) => usable += 1,
            Err(error) => println!("  does not work: {error}"),
        }
    }
    println!("{usable} of {count} devices can be used");
    if usable > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
