//! More rows without elements than a loop can walk over: each operation answers at once, with nothing or an error.
//!
//! Apart from `too_large.rs`, where what comes out is large: here nothing comes out, but each row may be visited.

#[path = "support/answers.rs"]
mod answers;

use answers::{Calls, all_answer};
use congruent::data::{Dataset, Loader, TensorDataset};
use congruent::ops::{Edges, Interpolation, Side};
use congruent::prelude::*;

dims! { Length = ?, Other = ?, Found = ? }

/// Visiting each of these would take years.
const MANY: usize = 1 << 60;
/// The same, so that the product of two is a number of elements.
const SQUARE: usize = 1 << 30;

/// One call for each expression of `$x`, a tensor of `$E` that each makes of its own.
macro_rules! calls {
    ($calls:ident, $E:ty, $shape:expr, |$x:ident| $($call:expr;)*) => {$({
        let name = format!("{} of {}, {}", stringify!($call), stringify!($E), stringify!($shape));
        let call = || {
            let $x = &Cpu.zeros_of::<$E, _>($shape);
            let _ = $call;
        };
        $calls.push((name, Box::new(call)));
    })*};
}

/// What tensors of every element type have.
macro_rules! of_all {
    ($calls:ident, $E:ty, $shape:expr, $zero:expr) => {
        calls! { $calls, $E, $shape, |x|
            x.sort().eval(); x.sort_axis::<0>().eval(); x.argsort(); x.argsort_descending_axis::<0>();
            x.cummax_axis::<0>().eval(); x.cummin_axis::<1>().eval(); x.argcummax_axis::<1>(); x.argcummin_axis::<0>();
            x.cumsum_axis::<0>().eval(); x.cumsum_axis::<1>().eval(); x.cumprod_axis::<1>().eval();
            x.mode_axis::<0>(); x.mode_axis::<1>(); x.mode(); x.topk::<0, 1>(); x.topk::<0, 0>();
            x.argmax_axis::<0>(); x.argmin_axis::<1>();
            x.kthvalue_axis::<0>(1); x.kthvalue_axis::<1>(1);
            x.sum().eval(); x.sum_axis::<0>().eval(); x.sum_axis::<1>().eval(); x.sum_axes::<Axes![0, 1]>().eval();
            x.prod_axis::<0>().eval(); x.prod_keepdim::<1>().eval();
            x.count_nonzero(); x.count_nonzero_axis::<0>(); x.count_nonzero_axis::<1>();
            x.unique(Found); x.unique_counts(Found); x.unique_inverse(Found);
            x.unique_axis::<0, _>(Found); x.unique_axis_counts::<1, _>(Found); x.unique_axis_inverse::<0, _>(Found);
            x.isin(x); x.union1d(x, Found); x.intersect1d(x, Found); x.setdiff1d(x, Found); x.lexsort();
            x.histogram(D::<4>, None); x.histogram(D::<4>, Some((0.0, 1.0)));
            x.convert::<bool>().argwhere(Found); x.convert::<bool>().flatnonzero(Found);
            x.convert::<bool>().any_axis::<0>(); x.convert::<bool>().all_axis::<1>(); x.convert::<bool>().all();
            x.masked_select(&x.convert::<bool>(), Found).eval(); x.masked_fill(&x.convert::<bool>(), $zero);
            x.roll::<0>(1).eval(); x.roll::<1>(1).eval(); x.flip::<0>().eval(); x.flip::<1>().eval();



            [x, x].stack::<0>().eval(); [x, x].stack::<2>().eval();
            x.index_select::<0>(&Cpu.tensor([0])).eval();
            x.index_select::<1>(&Cpu.zeros_of::<i64, _>((Other(0),))).eval();
            x.take(&Cpu.zeros_of::<i64, _>((Other(0),))).eval();
            x.take_along_axis::<0>(&x.convert::<i64>()).eval(); x.take_along_axis::<1>(&x.convert::<i64>()).eval();
            x.scatter::<0>(&x.convert::<i64>(), x).eval(); x.scatter::<1>(&x.convert::<i64>(), x).eval();
            x.index_copy::<0>(&Cpu.zeros_of::<i64, _>((Other(0),)), &x.narrow::<0, _>(0, Other(0)).eval()).eval();
            x.index_fill::<0>(&Cpu.zeros_of::<i64, _>((Other(0),)), $zero).eval();

            x.t().eval(); x.rot90().eval(); x.t().reshape((Other(0),)).eval();
            x.unbind::<0>(); x.unbind::<1>();  x.select::<0>(0).eval();
            x.to_string(); format!("{x:?}"); x == x; x.to_vec(); x.try_convert::<i8>(); x.convert::<f32>();
            x.saturating_convert::<u8>(); x.as_slice().len();
            x.shuffled(Key::new(1)); x.choice(Other(2), true, Key::new(1)); x.choice(Other(2), false, Key::new(1));
        }
    };
}

/// What changes a size that the compiler knows: of the last axis.
macro_rules! of_static {
    ($calls:ident, $E:ty, $shape:expr) => {
        calls! { $calls, $E, $shape, |x|
            x.tile::<-1, 2>().eval(); x.repeat_interleave::<-1, 2>().eval(); x.unfold::<-1, 2, 1>().eval();
            x.pad_edges::<-1, 1, 1>(Edges::Reflect).eval(); x.pad_edges::<-1, 0, 2>(Edges::Replicate).eval();
            x.pad::<-1, 1, 1>(<$E>::default()).eval(); [x, x].cat::<-1>().eval();
            x.chunk::<-1, 2>(); x.split_at::<-1, 1>().0.eval(); x.unbind::<-1>(); x.slice(s![.., .., ::2]).eval();
        }
    };
}

/// A step that makes a parameter of a tensor.
macro_rules! step {
    ($x:ident, |$w:ident| $loss:expr) => {
        Param::<_, Weights<_>>::from($x.clone()).value_and_grad(|$w| $loss)
    };
}

/// What floats have.
macro_rules! of_floats {
    ($calls:ident, $E:ty, $shape:expr) => {
        calls! { $calls, $E, $shape, |x|
            x.multinomial(D::<0>, true, Key::new(1)); x.multinomial(D::<0>, false, Key::new(1));
            x.multinomial(D::<1>, true, Key::new(1)); x.categorical(Key::new(1));
            x.softmax().eval(); x.softmax_axis::<0>().eval(); x.log_softmax().eval(); x.layer_norm(1e-5).eval();
            x.logcumsumexp_axis::<0>().eval(); x.logcumsumexp_axis::<1>().eval();
            x.mean_axis::<0>().eval(); x.var_axis::<0>(1).eval(); x.std_axis::<1>(0).eval();
            x.logsumexp_axis::<0>().eval(); x.max_axis::<1>().eval(); x.min_axis::<0>().eval();
            x.median_axis::<0>().eval(); x.median_axis::<1>().eval(); x.median().eval();
            x.quantile_axis::<0>(0.5).eval(); x.quantile_axis::<1>((0.5, Interpolation::Lower)).eval();
            x.norm_axis::<0>(2.0).eval(); x.norm_axis::<1>(0.5).eval(); x.norm(3.0).eval();
            (x + x).exp().eval(); x.maximum(x).eval();
            x.bucketize(&Cpu.tensor([1.0]).convert::<$E>(), Side::Left);
            x.gather(&Cpu.tensor([0])).eval(); x.matmul(&x.t().eval()).eval(); x.t().matmul(x).eval();
            x.cdist(x).eval();
            x.isclose(x, 0.0, 0.0).all(); x.gt(0.0).count(); x.gt(0.0).any_axis::<0>();
            x.tril(0).eval(); x.triu(1).eval(); x.diag_embed().eval();
            x.index_add::<0>(&Cpu.zeros_of::<i64, _>((Other(0),)), &x.narrow::<0, _>(0, Other(0)).eval()).eval();
            x.scatter_add::<1>(&x.convert::<i64>(), x).eval();
            step!(x, |w| w.sort().sum()); step!(x, |w| w.softmax().sum()); step!(x, |w| w.layer_norm(1e-5).sum());
            step!(x, |w| w.cumprod_axis::<1>().sum()); step!(x, |w| w.cumsum_axis::<0>().sum());
            step!(x, |w| w.median_axis::<0>().sum()); step!(x, |w| w.cummax_axis::<0>().sum());
            step!(x, |w| w.var_axis::<0>(0).sum());
            step!(x, |w| w.roll::<0>(1).sum()); step!(x, |w| w.prod_axis::<0>().sum());
        }
    };
}

#[test]
fn of_every_element_type() {
    let mut calls = Calls::new();
    of_all! { calls, f32, (Length(MANY), D::<0>), 0.0 }
    of_all! { calls, f32, (D::<0>, Length(MANY)), 0.0 }
    of_all! { calls, i64, (Length(MANY), D::<0>), 0 }
    of_all! { calls, bool, (D::<0>, Length(MANY)), false }
    of_static! { calls, f32, (Length(MANY), D::<0>, D::<4>) }
    of_static! { calls, u8, (D::<0>, Length(MANY), D::<4>) }
    all_answer(calls);
}

#[test]
fn of_floats_and_in_steps() {
    let mut calls = Calls::new();
    of_floats! { calls, f32, (Length(MANY), D::<0>) }
    of_floats! { calls, f16, (Length(MANY), D::<0>) }
    of_floats! { calls, f64, (D::<0>, Length(MANY)) }
    all_answer(calls);
}

/// The empty axis lies between two others: rows lie across the memory, blocks of them one behind the other.
#[test]
fn with_rows_on_both_sides() {
    let mut calls = Calls::new();
    calls! { calls, f32, (Length(SQUARE), D::<0>, Other(SQUARE)), |x|
        x.sort_axis::<0>().eval(); x.sort_axis::<1>().eval(); x.sort().eval(); x.argsort_axis::<1>();
        x.topk::<0, 1>(); x.kthvalue_axis::<0>(2); x.kthvalue_axis::<1>(1); x.mode_axis::<0>(); x.mode_axis::<2>();
        x.cumsum_axis::<0>().eval(); x.cumsum_axis::<1>().eval(); x.cummax_axis::<1>().eval(); x.argcummax_axis::<2>();
        x.median_axis::<0>().eval(); x.median_axis::<1>().eval(); x.quantile_axis::<2>(0.5).eval();
        x.sum_axis::<0>().eval(); x.sum_axis::<1>().eval(); x.sum_axes::<Axes![0, 2]>().eval();
        x.var_axes::<Axes![0, 2]>(0).eval(); x.argmax_axis::<1>();
        x.softmax_axis::<1>().eval(); x.softmax_axis::<0>().eval(); x.norm_axis::<1>(2.0).eval();
        x.take_along_axis::<1>(&x.convert::<i64>()).eval(); x.scatter::<1>(&x.convert::<i64>(), x).eval();
        x.index_select::<2>(&Cpu.tensor([0, 1])).eval(); x.roll::<2>(1).eval(); x.flip::<1>().eval();
         x.transpose::<0, 2>().eval(); x.matmul(&x.transpose::<1, 2>().eval()).eval();
        x.transpose::<1, 2>().matmul(x).eval(); x.tril(0).eval(); x.to_string(); x.shuffled(Key::new(1));
        x.multinomial(D::<2>, true, Key::new(1)); x.categorical(Key::new(1)); [x, x].stack::<1>().eval();
        x.convert::<bool>().argwhere(Found); x.convert::<i32>().sum_axis::<0>().eval(); x.unbind::<2>();
        x.count_nonzero_axis::<1>();
        step!(x, |w| w.sort_axis::<0>().sum()); step!(x, |w| w.softmax_axis::<1>().sum());
        step!(x, |w| w.cumprod_axis::<1>().sum()); step!(x, |w| w.quantile_axis::<0>(0.25).sum());
    }
    all_answer(calls);
}

#[test]
fn in_layers_losses_data_and_files() {
    let mut calls = Calls::new();
    calls! { calls, f32, (Length(MANY), D::<0>), |x|
        BatchNorm::<D<0>>::new().value_and_grad(|m| m.forward(x).sum());
        Linear::<D<0>, D<0>>::new(Key::new(1)).value_and_grad(|m| m.forward(x).sum());
        x.cross_entropy(&Cpu.zeros_of::<i64, _>((Length(0),))).eval();
        x.mse(x).eval(); x.kl_div(x).eval();
        TensorDataset::new((x.clone(),)).map(|data| Loader::new(&data, Length(1 << 59)).map(|all| {
            all.epoch(Key::new(1)).map(|(x,)| x.len()).sum::<usize>()
        }));
        TensorDataset::new((x.clone(),)).map(|data| data.len());
        congruent::io::csv::write_csv(tempfile::tempdir().expect("a folder").path().join("x.csv"), x);
        x.save_npy(tempfile::tempdir().expect("a folder").path().join("x.npy"));
    }
    all_answer(calls);
}
