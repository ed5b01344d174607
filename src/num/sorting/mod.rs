//! Integers in ascending order, by registers: parts that lie on either side of one of them, down to a few registers
//! full, which a network sorts.
//!
//! Apart from what calls it because here alone it matters how many keys a register holds. Dividing by registers and
//! sorting small parts by bitonic networks: Bramas, A novel hybrid quicksort algorithm vectorized using AVX-512 on
//! Intel Skylake, 2017; Batcher, Sorting networks and their applications, 1968.
//!
//! | file | holds |
//! |---|---|
//! | `lanes` | what a register of keys must supply |
//! | `x86` | the registers of AVX2 and of AVX-512 |
//! | `network` | a few registers full |
//! | `part` | longer ones |

#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod network;
#[cfg(target_arch = "x86_64")]
mod part;
#[cfg(all(test, target_arch = "x86_64"))]
#[allow(unsafe_code, reason = "tests call what parts call")]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "x86_64")]
pub(crate) use part::{Part, Sortable};
