//! NVIDIA's GPUs: opened by [`Cuda::open`], which says what is missing where something is.
//!
//! The feature `cuda` builds on every machine. The driver and the compiler of kernels are libraries that are looked for
//! when a device is opened; kernels are texts, compiled for the device that is there and kept on the disk
//! (`$XDG_CACHE_HOME/congruent`, else `~/.cache/congruent`; `CONGRUENT_KERNEL_CACHE=off` keeps none).
//!
//! | file | holds |
//! |---|---|
//! | `token` | [`Cuda`], the device as programs name it |
//! | `runtime` | an open device: its context, its one stream, its pool |
//! | `block`, `transfer` | its memory, and bytes on their way to it and from it |
//! | `launch`, `module` | kernels: found, compiled, run |
//! | `compiler`, `disk` | from text to code, and code that is kept |
//! | `storage`, `work` | its buffers; which work is done on it |
//! | `region`, `rows`, `sums` | fused loops, row programs, sums |
//! | `scans`, `draws` | running formulas, random masks |
//! | `index`, `grouping` | rows and elements by index; terms by the place that they go to |
//! | `order`, `sorting` | extremes, places in sorted memory; rows in order |
//! | `copies`, `updates` | copies, what optimizers do |
//! | `windows`, `convolutions` | pooling, patches of pictures; convolutions by these |
//! | `attention` | attention, both ways |
//! | `matrices`, `blas` | products of matrices; cuBLAS |
//! | `kernels`, `compiled` | kernels that are written by hand; those that were found before |
//! | `source` | the text of those that are printed |
//! | `driver`, `functions` | the functions of the driver, and how libraries are looked for |
//! | `library`, `trial` | what this machine has, and whether it works |

mod attention;
mod blas;
mod block;
mod compiled;
mod compiler;
mod convolutions;
mod copies;
mod disk;
mod draws;
mod driver;
mod functions;
mod grouping;
mod index;
mod kernels;
mod launch;
mod library;
mod matrices;
mod module;
mod order;
mod region;
mod rows;
mod runtime;
mod scans;
mod sorting;
mod source;
mod storage;
mod sums;
#[cfg(test)]
mod tests;
mod token;
mod transfer;
mod trial;
mod updates;
mod windows;
mod work;

pub use crate::error::DeviceError;
pub use block::DeviceMemory;
pub use library::{CudaLibrary, libraries};
pub use token::{Cuda, device_count, is_available};
