//! The CUDA device held against the processor: every formula, row programs, products, copies, steps.
//!
//! Runs where there is a device, or the stand-in of `tests/cuda/run.sh`; elsewhere it says so and does nothing, unless
//! `CONGRUENT_REQUIRE_CUDA=1` asks for a device.

mod attack;
mod attention;
mod edges;
#[path = "../catalogue/entry.rs"]
#[allow(dead_code, reason = "the tests of the catalogue use all of it")]
mod entry;
mod found;
mod hostile;
mod index;
mod learning;
mod near;
mod order;
mod other;
mod pointwise;
mod programs;
mod scans;
mod windows;
#[path = "../second_device/works.rs"]
mod works;

use congruent::cuda::Cuda;

/// The device, if there is one.
fn device() -> Option<Cuda> {
    match Cuda::open() {
        Ok(device) => Some(device),
        Err(error) => {
            let wanted = std::env::var_os("CONGRUENT_REQUIRE_CUDA").is_some_and(|wanted| wanted == "1");
            assert!(!wanted, "a device is asked for, and {error}");
            eprintln!("skipped: {error}");
            None
        }
    }
}
