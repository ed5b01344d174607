//! Pictures beyond convolutions and pooling by windows: transposed convolutions, norms of channels, other sizes, places
//! of a grid, patches, the places of largest elements.
//!
//! Apart from `convolutions.rs`: references here are written from the definitions once more, in `f64`.

mod gridded;
mod located;
mod norms;
mod resized;
#[path = "../support/mod.rs"]
mod support;
mod transposed;
mod unfolded;

use congruent::prelude::*;

dims! { Batch = ?, Channels = ?, Rows = ?, Columns = ?, Down = ?, Across = ? }

/// Numbers between -1 and 1.
fn numbers<S: Shape, E: Real>(shape: S, seed: u64) -> Tensor<S, E> {
    Cpu.uniform_of(shape, Key::new(seed), -1.0, 1.0)
}

#[track_caller]
fn near<E: Elem>(found: &[E], expected: &[f64], step: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found.as_f64() - expected).abs() <= step, "[{i}] is {}, not {expected}", found.as_f64());
    }
}

/// A norm that changes nothing in inference: a tuple of layers has its form by one that has parameters.
macro_rules! still {
    ($Norm:ident<$channels:literal>) => {
        $Norm::<D<$channels>> { eps: 0.0, ..$Norm::new() }
    };
}
use still;

/// The message of the error that is raised.
#[track_caller]
fn told(run: &dyn Fn()) -> String {
    attempt(run).expect_err("a mistake").to_string()
}
