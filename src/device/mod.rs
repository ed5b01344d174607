//! Devices: what a machine must do for tensors, in families of work, never one method an operation.
//!
//! A device has memory and runs fused loops: [`Storage`] and [`Device`] ask for three methods and for four. Every other
//! family is a trait of its own, whose methods go through the host unless a device has something faster: a new one runs
//! everything on its first day (`impl RowWork for Mine {}`), and is made fast family by family.
//!
//! | trait | methods | serves |
//! |---|---|---|
//! | [`Storage`] | `holds`, `upload`, `download`, and what is faster than these | every tensor |
//! | [`Device`] | `evaluate`, `total`, `pull`, and three more | pointwise formulas, both ways |
//! | [`RowWork`] | `fold_rows`, `map_rows`, `map_rows_keeping`, `map_rows_beside` | reductions, softmax, norms |
//! | [`MatrixWork`] | `multiply` | matmul, linear layers |
//! | [`OrderWork`] | `order_rows`, `sort_rows`, `extremes`, `search_sorted` | sorting, `argmax`, quantiles, bins |
//! | [`ScanWork`] | `scan_rows` | running sums and products |
//! | [`IndexWork`] | `take_rows`, `add_rows`, `put_rows`, `combine_rows` | indexing, scattering |
//! | | `pick`, `add_at` | losses of classifiers |
//! | [`DrawWork`] | `drawn`, `keep_mask` | random tensors, dropout |
//! | [`WindowWork`] | `convolve`, `pool_max`, `pool_mean`, `sample_at`, and their gradients | convolutions, pooling |
//! | [`AttentionWork`] | `attend`, `attend_back` | attention |
//! | [`UpdateWork`] | `update` | optimizers |
//! | [`CopyWork`] | `copy_strided`, `put_strided`, `add_strided`, `scaled`, `convert` | permutations, windows, casts |
//!
//! Each is a file, [`Device`] is `contract`. Beside them: [`Family`], their names; [`Host`], devices whose memory the
//! program reads; [`SameDevice`], those that meet. The loops of the host are in `cpu`: those of [`Cpu`], and of whoever
//! has none of its own.

mod attention;
mod contract;
mod copies;
pub(crate) mod cpu;
#[cfg(feature = "cuda")]
pub mod cuda;
mod draws;
mod family;
mod host;
mod index;
mod matrices;
mod order;
mod rows;
mod same;
mod scans;
mod storage;
mod updates;
mod windows;

pub use crate::memory::{Buf, cached_bytes, empty_cache};
pub use attention::AttentionWork;
pub use contract::Device;
pub use copies::CopyWork;
pub use cpu::Cpu;
pub(crate) use cpu::waiting;
pub use draws::DrawWork;
pub use family::Family;
pub use host::Host;
pub use index::IndexWork;
pub use matrices::MatrixWork;
pub use order::OrderWork;
pub use rows::RowWork;
pub use same::SameDevice;
pub use scans::ScanWork;
pub use storage::Storage;
pub use updates::UpdateWork;
pub use windows::WindowWork;
