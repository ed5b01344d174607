//! What can be wrong with a device that is no part of the program: a GPU, its driver, its compiler.
//!
//! Apart from the device because operators raise it as any other [`Error`](super::Error), and that is below.

/// Why a device could not be opened, or did not do what it was asked for.
///
/// ```
/// use congruent::cuda::{Cuda, DeviceError};
/// match Cuda::<63>::open() {
///     Ok(device) => println!("{}", device.name()),
///     Err(DeviceError::NoDevice { count, .. }) => println!("of 64 devices there are {count}"),
///     Err(other) => println!("{other}"),
/// }
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The driver of the devices is not installed.
    #[error("there is no driver for CUDA devices: {hint}")]
    NoDriver {
        /// What to do.
        hint: &'static str,
    },
    /// The driver knows no device of this number.
    #[error("there is no CUDA device {ordinal}: {}", counted(*count))]
    NoDevice {
        /// The number that was asked for.
        ordinal: usize,
        /// How many there are.
        count: usize,
    },
    /// A library beside the driver is not there, or is too old.
    #[error("{name} {}: {hint}", lacking(*lacks))]
    MissingLibrary {
        /// The library.
        name: &'static str,
        /// The function that it does not have, if it is there.
        lacks: Option<&'static str>,
        /// How to get it.
        hint: &'static str,
    },
    /// The driver, or a library beside it, refused.
    #[error("{operation} failed: {meaning} ({code})")]
    Driver {
        /// Its number of the error.
        code: u32,
        /// What it calls the error.
        meaning: String,
        /// The function that returned it.
        operation: &'static str,
    },
    /// A kernel that the compiler did not take. This is a fault of whoever wrote it.
    #[error("a kernel does not compile:\n{}\nin\n{kernel}", log.trim())]
    Compile {
        /// What the compiler said.
        log: String,
        /// The kernel.
        kernel: String,
    },
    /// The device has no memory for this.
    #[error("the device has no memory for {requested} bytes: {free} are free; smaller batches need less")]
    OutOfMemory {
        /// Bytes that were asked for.
        requested: usize,
        /// Bytes that were free, not all of them in one piece.
        free: usize,
    },
}

fn counted(count: usize) -> String {
    match count {
        0 => "the driver finds none".into(),
        1 => "there is one, whose number is 0".into(),
        _ => format!("there are {count}, from 0 to {}", count - 1),
    }
}

fn lacking(function: Option<&str>) -> String {
    match function {
        None => "was not found".into(),
        Some(function) => format!("is too old, it has no `{function}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, attempt, raise};

    #[test]
    fn words_hold_the_numbers() {
        let words = |count| DeviceError::NoDevice { ordinal: 3, count }.to_string();
        assert_eq!(words(0), "there is no CUDA device 3: the driver finds none");
        assert_eq!(words(1), "there is no CUDA device 3: there is one, whose number is 0");
        assert_eq!(words(2), "there is no CUDA device 3: there are 2, from 0 to 1");
        let error =
            DeviceError::Driver { code: 700, meaning: "an illegal address".into(), operation: "cuLaunchKernel" };
        assert_eq!(error.to_string(), "cuLaunchKernel failed: an illegal address (700)");
        let library = |lacks| DeviceError::MissingLibrary { name: "libnvrtc", lacks, hint: "install it" }.to_string();
        assert_eq!(library(None), "libnvrtc was not found: install it");
        assert_eq!(library(Some("f")), "libnvrtc is too old, it has no `f`: install it");
    }

    #[test]
    fn an_attempt_returns_what_a_device_raised() {
        let full = DeviceError::OutOfMemory { requested: 10, free: 3 };
        let found = attempt(|| -> i32 { raise(full.clone().into()) });
        assert!(matches!(found, Err(Error::Device(found)) if found == full));
    }
}
