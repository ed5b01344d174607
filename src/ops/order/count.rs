//! How many elements are not zero, and whether any or all of them hold, along an axis.
//!
//! Apart from `mask`, where conditions are made and used: here they are summed up into tensors.

use super::elements::{Along, Elements, IndicesOf, all, forms, kept, removed};
use crate::device::{Buf, Combine, Device, MAX_STATS, RowInput, RowProgram, Rows};
use crate::dtype::{Elem, Real};
use crate::graph::{Ex, Node, materialise};
use crate::num::Num;
use crate::ops::mask::Mask;
use crate::ops::reduce::program;
use crate::shape::{AxisAt, Shape};
use crate::tensor::Tensor;

type Values<V> = [V; MAX_STATS];

forms! {
    /// Counts of elements, over all of them or along one axis.
    Counting

    /// How many elements are not 0 (or `false`); NaN is not 0. 0 when empty. No gradient.
    count_nonzero() -> IndicesOf by nonzero where [Self: Elements],
        "let x = Cpu.tensor([[0.0, 1.0], [2.0, 3.0]]);\n\
         assert_eq!((x.count_nonzero().item(), x.count_nonzero_axis::<0>().as_slice()), (3, &[1, 2][..]));";
}

fn nonzero<X: Elements, S: Shape>(x: X, along: impl FnOnce(X::S) -> Along<S>) -> IndicesOf<X, S> {
    let x = x.read();
    let Along { rows, shape, .. } = along(x.shape);
    let counts = counted(x.device, rows, &x.device.convert(&x.buf));
    Tensor { buf: x.device.convert(&counts), shape, device: x.device }
}

/// How many of each row hold: exact, as `f64` counts to 2⁵³.
fn counted<D: Device>(device: D, rows: Rows, holds: &Buf<bool>) -> Buf<f64> {
    device.fold_rows(rows, Total {}, &[RowInput::Elements(&device.convert(holds))])
}

program! {
    /// `Σ x`
    Total {} 1 passes;
    combine [Combine::Sum];
    term |self, _pass, x, _s| x[0];
}

/// Which rows hold somewhere or, `all`, everywhere.
fn hold<E: Elem, S: Shape, D: Device>(device: D, x: &Buf<E>, along: Along<S>, all: bool) -> Tensor<S, bool, D> {
    let counts = device.download(&counted(device, along.rows, &device.convert(x)));
    let holds = |&count: &f64| if all { count == along.rows.len as f64 } else { count > 0.0 };
    let holds: Vec<bool> = counts.iter().map(holds).collect();
    Tensor { buf: device.upload(&holds), shape: along.shape, device }
}

macro_rules! along_an_axis {
    ($($name:ident is $all:literal, $holds:literal, $example:literal, $stored:literal;)*) => { paste::paste! {
        /// Masks along an axis.
        impl<S: Shape, E: Real, D: Device, N: Node<E>> Mask<S, E, D, N> {
            $(
                #[doc = concat!("Whether the mask holds ", $holds, " along axis `I`, which vanishes.")]
                #[doc = concat!("```\n# use congruent::prelude::*;\n", $example, "\n```")]
                pub fn [<$name _axis>]<const I: isize>(self) -> Tensor<S::Removed, bool, D>
                where
                    S: AxisAt<I>,
                {
                    let Ex { node, shape, device, .. } = self.to_float();
                    hold(device, &materialise(device, &node, shape), removed::<S, I>(shape), $all)
                }

                #[doc = concat!("Whether the mask holds ", $holds, " along axis `I`, which stays as `D<1>`.")]
                pub fn [<$name _keepdim>]<const I: isize>(self) -> Tensor<S::Keep, bool, D>
                where
                    S: AxisAt<I>,
                {
                    let Ex { node, shape, device, .. } = self.to_float();
                    hold(device, &materialise(device, &node, shape), kept::<S, I>(shape), $all)
                }
            )*
        }

        /// Stored masks, whole and along an axis.
        impl<S: Shape, D: Device> Tensor<S, bool, D> {
            $(
                #[doc = concat!("Whether the mask holds ", $holds, " as a `bool`.")]
                #[doc = concat!("```\n# use congruent::prelude::*;\n", $stored, "\n```")]
                pub fn $name(&self) -> bool {
                    hold(self.device, &self.buf, all(self.shape), $all).item()
                }

                #[doc = concat!("Whether the mask holds ", $holds, " along axis `I`, which vanishes.")]
                pub fn [<$name _axis>]<const I: isize>(&self) -> Tensor<S::Removed, bool, D>
                where
                    S: AxisAt<I>,
                {
                    hold(self.device, &self.buf, removed::<S, I>(self.shape), $all)
                }

                #[doc = concat!("Whether the mask holds ", $holds, " along axis `I`, which stays as `D<1>`.")]
                pub fn [<$name _keepdim>]<const I: isize>(&self) -> Tensor<S::Keep, bool, D>
                where
                    S: AxisAt<I>,
                {
                    hold(self.device, &self.buf, kept::<S, I>(self.shape), $all)
                }
            )*
        }
    } };
}

along_an_axis! {
    any is false, "anywhere, which of no elements it does not,",
        "let x = Cpu.tensor([[1.0, 9.0], [2.0, 3.0]]);\n\
         assert_eq!(x.gt(5.0).any_axis::<1>().as_slice(), [true, false]);",
        "assert!(Cpu.tensor_of::<bool, _>([false, true]).any());";
    all is true, "everywhere, which of no elements it does,",
        "let x = Cpu.tensor([[7.0, 9.0], [2.0, 9.0]]);\n\
         assert_eq!(x.gt(5.0).all_axis::<0>().as_slice(), [false, true]);",
        "assert!(!Cpu.tensor_of::<bool, _>([false, true]).all());";
}
