//! The reference cases of PyTorch that these operations cover by their own names.

use crate::support::{Golden, assert_close};
use congruent::prelude::*;

/// The output, and the gradients of the output times the reference's weights.
macro_rules! case {
    ($case:literal, ($($x:ident: $S:ty = $place:literal),*) -> $T:ty, $y:expr) => {{
        let mut golden = Golden::open();
        $(let $x: Param<$S> = golden.tensor::<$S>(concat!($case, "/in", $place)).into();)*
        let weights: Tensor<$T> = golden.tensor(concat!($case, "/cot0"));
        let expected: Tensor<$T> = golden.tensor(concat!($case, "/out0"));
        let found = ($($x.clone(),)*).infer(|($($x,)*)| ($y).eval()).expect("it fits");
        assert_close($case, found.as_slice(), expected.as_slice(), 1e-5);
        let (_, ($($x,)*)) = ($($x,)*).value_and_grad(|($($x,)*)| (($y) * &weights).sum()).expect("it fits");
        $(
            let expected = golden.tensor::<$S>(concat!($case, "/grad", $place));
            assert_close($case, $x.as_slice(), expected.as_slice(), 1e-5);
        )*
    }};
}

#[test]
fn products_agree_with_pytorch() {
    case!("dot", (a: Shape![5] = 0, b: Shape![5] = 1) -> Shape![], a.dot(b));
    case!("outer", (a: Shape![2] = 0, b: Shape![3] = 1) -> Shape![2, 3], a.outer(b));
    case!("matmul_nt", (a: Shape![2, 3] = 0, b: Shape![4, 3] = 1) -> Shape![2, 4], a.inner(b));
    case!("einsum_ii_trace", (a: Shape![5, 5] = 0) -> Shape![], a.trace());
}
