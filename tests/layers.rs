//! Layers against PyTorch and central differences; dropout's statistics, batch statistics, sequences, sizes.

mod support;

use congruent::model::Tree;
use congruent::nn::{Gelu, Init, LeakyRelu, Relu, Residual, Sigmoid, Silu, Tanh};
use congruent::prelude::*;
use support::{Golden, assert_close, gradients, random};

dims! { Batch = ?, Width = ?, Other = ? }

/// Asserts that output and gradients of `run` over a model (the layer, its input) are those of a PyTorch case.
macro_rules! case {
    ($name:literal, $model:expr, |$m:pat_param| $run:expr, $Out:ty, |$grads:ident| $($gradient:expr => $G:ty = $grad:literal),*) => {{
        let mut golden = Golden::open();
        let cotangent = golden.tensor::<$Out>(concat!($name, "/cot0"));
        let (_, $grads, out) = $model
            .value_grad_and(|$m| {
                let out = $run.boxed();
                let value = (&out).eval();
                ((out * &cotangent).sum(), value)
            })
            .expect("the sizes agree");
        assert_close($name, out.as_slice(), golden.tensor::<$Out>(concat!($name, "/out0")).as_slice(), 1e-5);
        $(
            let expected = golden.tensor::<$G>(concat!($name, "/", $grad));
            assert_close(concat!($name, "/", $grad), $gradient.as_slice(), expected.as_slice(), 1e-5);
        )*
    }};
}
