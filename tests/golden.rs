//! Composite operations against PyTorch: `golden/golden.safetensors` holds inputs, outputs and gradients of each case,
//! computed in `f64` and rounded to `f32`. Every case of the list is run here or in the file that its prefix names.

mod reference;

use congruent::io::raw::{RawArray, RawDtype};
use congruent::io::safetensors::SafetensorsFile;
use congruent::prelude::*;
use reference::assert_near;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

/// Cases that other files run: the beginning of the name, and the file.
const ELSEWHERE: [(&str, &str); 22] = [
    ("unary_", "catalogue/main.rs"),
    ("binary_", "catalogue/main.rs"),
    ("cmp_", "catalogue/main.rs"),
    ("where", "catalogue/main.rs"),
    ("mse", "losses.rs"),
    ("l1", "losses.rs"),
    ("huber", "losses.rs"),
    ("smooth_l1", "losses.rs"),
    ("cross_entropy", "losses.rs"),
    ("bce_logits", "losses.rs"),
    ("nll", "losses.rs"),
    ("kl_div", "losses.rs"),
    ("optim_sgd", "optimizers/main.rs"),
    ("optim_adam", "optimizers/main.rs"),
    ("optim_rmsprop", "optimizers/main.rs"),
    ("optim_adagrad", "optimizers/main.rs"),
    ("reduce_arg", "golden.rs"),
    ("lstm", "recurrent.rs"),
    ("gru", "recurrent.rs"),
    ("topk", "golden.rs"),
    ("sort", "golden.rs"),
    ("split", "golden.rs"),
];

thread_local! {
    static FILE: RefCell<SafetensorsFile> =
        RefCell::new(SafetensorsFile::open(format!("{FOLDER}/golden.safetensors")).expect("the golden file is there"));
}

/// The tensor `what` of a case.
fn raw(case: &str, what: &str) -> RawArray {
    FILE.with_borrow_mut(|file| file.get(&format!("{case}/{what}")).expect("the case has this tensor"))
}

fn numbers(array: &RawArray) -> Vec<f64> {
    match array.dtype {
        RawDtype::F32 => array.values::<f32>("case").expect("asked").into_iter().map(f64::from).collect(),
        other => panic!("{other} is no dtype of numbers"),
    }
}

fn tensor<S: Shape, E: Elem>(case: &str, what: &str) -> Tensor<S, E> {
    let array = raw(case, what);
    let shape = S::from_dims(&array.shape).unwrap_or_else(|| panic!("{case}/{what} has shape {:?}", array.shape));
    let values = numbers(&array);
    Cpu.from_fn(shape, |i| E::of_f64(values[i]))
}

/// What the output was multiplied by before it was summed up.
fn cotangent<S: Shape, E: Elem>(case: &str, _: S) -> Tensor<S, E> {
    tensor(case, "cot0")
}

fn ids<S: Shape>(case: &str, what: &str) -> Tensor<S, i64> {
    let array = raw(case, what);
    let shape = S::from_dims(&array.shape).expect("the shape of the case");
    Cpu.from_slice(shape, &array.values::<i64>("case").expect("these are i64")).expect("as many as the shape has")
}

/// How far results of a case may be off, and how small a number counts as one of that size: values, then gradients. A
/// convolution here sums up to 196 terms of about 1, which are 14 together.
fn tolerances<E: Elem>(case: &str) -> [(f64, f64); 2] {
    let floor = if case.starts_with("conv") { 1.0 } else { 1e-1 };
    if E::NAME == "f32" { [(1e-5, floor), (1e-4, floor)] } else { [(1e-7, 1e-6), (1e-7, 1e-6)] }
}

#[track_caller]
fn agrees<S: Shape, E: Elem>(case: &str, what: &str, found: &Tensor<S, E>, (tolerance, floor): (f64, f64)) {
    let expected = raw(case, what);
    assert_eq!(found.dims().as_slice(), expected.shape, "{case}/{what}");
    let found: Vec<f64> = found.to_vec().into_iter().map(Elem::as_f64).collect();
    assert_near(&format!("{case}/{what} in {}", E::NAME), &found, &numbers(&expected), tolerance, floor);
}

/// `golden!(RUN; "case", (a: Shape = 0, b: Shape = 1), expression)`: the case in both element types. The numbers are
/// those of the inputs. All runs are functions in one list, so that the last test knows which cases there were.
macro_rules! golden {
    ($list:ident; $(
        $case:literal, ($($operand:ident: $S:ty = $in:literal),*) $(with $ids:ident: $L:ty = $place:literal)?,
        $expression:expr;
    )*) => {
        const $list: &[(&str, fn())] = &[$(($case, || {
            golden! { @ f32, $case, ($($operand: $S = $in),*) $(with $ids: $L = $place)?, $expression }
            golden! { @ f64, $case, ($($operand: $S = $in),*) $(with $ids: $L = $place)?, $expression }
        }),)*];
    };
    (@ $E:ty, $case:literal, ($($operand:ident: $S:ty = $in:literal),*) $(with $ids:ident: $L:ty = $place:literal)?,
     $expression:expr) => {{
        let [values, gradients] = tolerances::<$E>($case);
        $(let $operand: Param<$S, Weights<$E>> = tensor::<$S, $E>($case, concat!("in", $in)).into();)*
        $(let $ids = &ids::<$L>($case, concat!("in", $place));)?
        let (_, grads) = ($($operand,)*).value_and_grad(|($($operand,)*)| {
            $expression.boxed().with(|y| {
                agrees($case, "out0", &y.eval(), values);
                (y * &cotangent($case, y.shape())).sum()
            }).boxed()
        }).expect("the sizes agree");
        let ($($operand,)*) = grads;
        $(agrees($case, concat!("grad", $in), &$operand.tensor(), gradients);)*
    }};
}

golden! { REDUCTIONS;
    "reduce_sum_ax0", (x: Shape![2, 3, 4] = 0), x.sum_axis::<0>();
    "reduce_sum_ax1", (x: Shape![2, 3, 4] = 0), x.sum_axis::<1>();
    "reduce_sum_ax2", (x: Shape![2, 3, 4] = 0), x.sum_axis::<2>();
    "reduce_mean_ax0", (x: Shape![2, 3, 4] = 0), x.mean_axis::<0>();
    "reduce_mean_ax1", (x: Shape![2, 3, 4] = 0), x.mean_axis::<-2>();
    "reduce_mean_ax2", (x: Shape![2, 3, 4] = 0), x.mean_axis::<2>();
    "reduce_prod_ax0", (x: Shape![2, 3, 4] = 0), x.prod_axis::<0>();
    "reduce_prod_ax1", (x: Shape![2, 3, 4] = 0), x.prod_axis::<1>();
    "reduce_prod_ax2", (x: Shape![2, 3, 4] = 0), x.prod_axis::<2>();
    "reduce_logsumexp_ax0", (x: Shape![2, 3, 4] = 0), x.logsumexp_axis::<0>();
    "reduce_logsumexp_ax1", (x: Shape![2, 3, 4] = 0), x.logsumexp_axis::<1>();
    "reduce_logsumexp_ax2", (x: Shape![2, 3, 4] = 0), x.logsumexp_axis::<-1>();
    "reduce_sum_all", (x: Shape![2, 3, 4] = 0), x.sum();
    "reduce_mean_all", (x: Shape![2, 3, 4] = 0), x.mean();
    "reduce_sum_keepdim", (x: Shape![2, 3, 4] = 0), x.sum_keepdim::<1>();
    "reduce_max_ax1", (x: Shape![2, 3, 4] = 0), x.max_axis::<1>();
    "reduce_min_ax1", (x: Shape![2, 3, 4] = 0), x.min_axis::<1>();
    "reduce_var_ax1", (x: Shape![2, 3, 4] = 0), x.var_axis::<1>(0);
    "reduce_std_unbiased_ax2", (x: Shape![2, 3, 7] = 0), x.std_axis::<2>(1);
    "norm_l2_ax2", (x: Shape![2, 3, 4] = 0), x.norm_axis::<2>(2.0);
    "cumsum_ax1", (x: Shape![2, 3, 4] = 0), x.cumsum_axis::<1>();
    "global_avg_pool", (x: Shape![2, 3, 6, 8] = 0), x.mean_axes::<Axes![2, 3]>();
}

golden! { MOVEMENT;
    "reshape", (x: Shape![2, 3, 4] = 0), x.reshape((D::<4>, D::<6>));
    "permute_201", (x: Shape![2, 3, 4] = 0), x.permute::<Axes![2, 0, 1]>();
    "transpose", (x: Shape![2, 3] = 0), x.t();
    "broadcast_to", (x: Shape![2, 3] = 0), x.expand((D::<5>, D::<2>, D::<3>));
    "einsum_ij_to_ji", (x: Shape![2, 3] = 0), x.transpose::<0, 1>();
    "pixel_shuffle2", (x: Shape![1, 8, 3, 2] = 0),
        x.reshape((D::<1>, D::<2>, D::<2>, D::<2>, D::<3>, D::<2>)).permute::<Axes![0, 1, 4, 2, 5, 3]>()
            .reshape((D::<1>, D::<2>, D::<6>, D::<4>));
    "index_select_ax0", (x: Shape![5, 4] = 0) with ids: Shape![4] = 1, x.index_select::<0>(ids);
    "gather_ax1", (x: Shape![2, 5] = 0) with ids: Shape![2, 3] = 1, x.take_along_axis::<1>(ids);
    "scatter_add_ax0", (x: Shape![5, 4] = 0, src: Shape![4, 4] = 2) with ids: Shape![4] = 1, x.index_add::<0>(ids, src);
    "embedding", (table: Shape![5, 4] = 1) with ids: Shape![2, 3] = 0, table.gather(ids);
    "cat_ax0", (x: Shape![2, 4] = 0, y: Shape![3, 4] = 1), x.concat::<0, _>(y);
    "cat_ax1", (x: Shape![2, 3] = 0, y: Shape![2, 4] = 1), x.concat::<1, _>(y);
    "stack_ax0", (x: Shape![2, 3] = 0, y: Shape![2, 3] = 1), [x, y].stack::<0>();
    "stack_ax1", (x: Shape![2, 3] = 0, y: Shape![2, 3] = 1), [x, y].stack::<1>();
    "slice", (x: Shape![2, 3] = 0), x.slice(s![1.., ..-1]);
    "slice_step2", (x: Shape![2, 6] = 0), x.slice(s![.., ::2]);
    "pad_1_2", (x: Shape![2, 3] = 0), x.pad::<1, 1, 2>(0.0);
    "flip_ax1", (x: Shape![2, 3] = 0), x.flip::<1>();
    "roll_ax1", (x: Shape![2, 3] = 0), x.roll::<1>(1);
    "tril", (x: Shape![5, 5] = 0), x.tril(0);
    "triu", (x: Shape![5, 5] = 0), x.triu(0);
    "diagonal", (x: Shape![5, 5] = 0), x.diagonal();
    "einsum_ii_trace", (x: Shape![5, 5] = 0), x.trace();
}

golden! { PRODUCTS;
    "affine_sum", (x: Shape![4, 3] = 0, w: Shape![3, 2] = 1, b: Shape![2] = 2), (x.matmul(w) + b).sum();
    "matmul", (a: Shape![2, 3] = 0, b: Shape![3, 4] = 1), a.matmul(b);
    "matvec", (a: Shape![2, 3] = 0, b: Shape![3] = 1), a.matmul(b);
    "dot", (a: Shape![5] = 0, b: Shape![5] = 1), a.matmul(b);
    "bmm", (a: Shape![5, 2, 3] = 0, b: Shape![5, 3, 4] = 1), a.matmul(b);
    "matmul_broadcast", (a: Shape![5, 2, 3] = 0, b: Shape![3, 4] = 1), a.matmul(b);
    "matmul_4d", (a: Shape![2, 5, 2, 3] = 0, b: Shape![2, 5, 3, 4] = 1), a.matmul(b);
    "matmul_tn", (a: Shape![3, 2] = 0, b: Shape![3, 4] = 1), a.t().matmul(b);
    "matmul_nt", (a: Shape![2, 3] = 0, b: Shape![4, 3] = 1), a.matmul(b.t());
    "outer", (a: Shape![2] = 0, b: Shape![3] = 1), a.unsqueeze::<1>() * b;
    "einsum_bij_bjk", (a: Shape![5, 2, 3] = 0, b: Shape![5, 3, 4] = 1), a.matmul(b);
    "einsum_bhqd_bhkd", (q: Shape![2, 3, 2, 5] = 0, k: Shape![2, 3, 3, 5] = 1), q.matmul_t(k);
    "linear", (x: Shape![2, 3] = 0, w: Shape![4, 3] = 1, b: Shape![4] = 2), x.matmul(w.t()) + b;
}

golden! { NETWORKS;
    "softmax_ax0", (x: Shape![2, 5] = 0), x.softmax_axis::<0>();
    "softmax_ax1", (x: Shape![2, 5] = 0), x.softmax();
    "log_softmax_ax0", (x: Shape![2, 5] = 0), x.log_softmax_axis::<0>();
    "log_softmax_ax1", (x: Shape![2, 5] = 0), x.log_softmax();
    "layer_norm", (x: Shape![2, 3, 5] = 0, w: Shape![5] = 1, b: Shape![5] = 2), x.layer_norm(1e-5) * w + b;
    "rms_norm", (x: Shape![2, 5] = 0, w: Shape![5] = 1),
        x * (x.square().mean_keepdim::<1>() + 1e-5).rsqrt() * w;
    "group_norm", (x: Shape![2, 4, 3, 3] = 0, w: Shape![4] = 1, b: Shape![4] = 2),
        x.group_norm::<2>(1e-5) * w.reshape((D::<4>, D::<1>, D::<1>)) + b.reshape((D::<4>, D::<1>, D::<1>));
    "batch_norm_train", (x: Shape![4, 4, 3, 3] = 0, w: Shape![4] = 1, b: Shape![4] = 2),
        (x - x.mean_axes_keepdim::<Axes![0, 2, 3]>()) / (x.var_axes_keepdim::<Axes![0, 2, 3]>(0) + 1e-5).sqrt()
            * w.reshape((D::<4>, D::<1>, D::<1>)) + b.reshape((D::<4>, D::<1>, D::<1>));
    "attention", (q: Shape![2, 2, 2, 5] = 0, k: Shape![2, 2, 3, 5] = 1, v: Shape![2, 2, 3, 5] = 2),
        (q.matmul_t(k) * 5f64.sqrt().recip()).softmax().matmul(v);
    "attention_causal", (q: Shape![2, 2, 3, 5] = 0, k: Shape![2, 2, 3, 5] = 1, v: Shape![2, 2, 3, 5] = 2),
        (q.matmul_t(k) * 5f64.sqrt().recip() + &future()).softmax().matmul(v);
}

golden! { WINDOWS;
    "conv2d_s1p0k3d1g1", (x: Shape![2, 4, 8, 9] = 0, w: Shape![6, 4, 3, 3] = 1, b: Shape![6] = 2),
        x.conv2d(w, Filter::<3>) + b.reshape((D::<6>, D::<1>, D::<1>));
    "conv2d_s1p1k3d1g1", (x: Shape![2, 4, 8, 9] = 0, w: Shape![6, 4, 3, 3] = 1, b: Shape![6] = 2),
        x.conv2d(w, Same::<3>) + b.reshape((D::<6>, D::<1>, D::<1>));
    "conv2d_s2p1k3d1g1", (x: Shape![2, 4, 8, 9] = 0, w: Shape![6, 4, 3, 3] = 1, b: Shape![6] = 2),
        x.conv2d(w, Filter::<3, 2, 1>) + b.reshape((D::<6>, D::<1>, D::<1>));
    "conv2d_s1p2k3d2g1", (x: Shape![2, 4, 8, 9] = 0, w: Shape![6, 4, 3, 3] = 1, b: Shape![6] = 2),
        x.conv2d(w, Filter::<3, 1, 2, 2>) + b.reshape((D::<6>, D::<1>, D::<1>));
    "conv2d_s1p1k3d1g2", (x: Shape![2, 4, 8, 9] = 0, w: Shape![6, 2, 3, 3] = 1, b: Shape![6] = 2),
        x.conv2d(w, Groups::<_, 2>(Filter::<3, 1, 1>)) + b.reshape((D::<6>, D::<1>, D::<1>));
    "conv2d_s2p3k7d1g1", (x: Shape![2, 4, 8, 9] = 0, w: Shape![6, 4, 7, 7] = 1, b: Shape![6] = 2),
        x.conv2d(w, Filter::<7, 2, 3>) + b.reshape((D::<6>, D::<1>, D::<1>));
    "conv1d", (x: Shape![2, 3, 9] = 0, w: Shape![5, 3, 3] = 1, b: Shape![5] = 2),
        x.conv1d(w, Filter::<3, 2, 1>) + b.reshape((D::<5>, D::<1>));
    "conv_transpose2d", (x: Shape![2, 3, 5, 4] = 0, w: Shape![3, 4, 3, 3] = 1, b: Shape![4] = 2),
        x.conv_transpose2d(w, TransposedFilter::<3, 2, 1>) + b.reshape((D::<4>, D::<1>, D::<1>));
    "upsample_nearest2x", (x: Shape![1, 2, 3, 4] = 0), x.interpolate2d((D::<6>, D::<8>), Resample::Nearest);
    "max_pool2d", (x: Shape![2, 3, 6, 8] = 0), x.max_pool2d(Pool::<2>);
    "max_pool2d_k3s2p1", (x: Shape![2, 3, 7, 9] = 0), x.max_pool2d(Pool::<3, 2, 1>);
    "avg_pool2d", (x: Shape![2, 3, 6, 8] = 0), x.avg_pool2d(Pool::<2>);
}

/// -inf where a query would look at a later key.
fn future<E: Elem>() -> Tensor<Shape![3, 3], E> {
    Cpu.from_fn((D::<3>, D::<3>), |i| E::of_f64(if i % 3 > i / 3 { f64::NEG_INFINITY } else { 0.0 }))
}

fn run(cases: &[(&str, fn())]) {
    cases.iter().for_each(|(_, run)| run());
}

#[test]
fn reductions() {
    run(REDUCTIONS);
}

#[test]
fn movement() {
    run(MOVEMENT);
}

/// The cases of several results: values and indices, or parts.
#[test]
fn several_results() {
    let x: Tensor<Shape![2, 3, 4], f32> = tensor("reduce_argmax_ax2", "in0");
    assert_eq!(x.argmax_axis::<2>(), ids("reduce_argmax_ax2", "out0"));
    let x: Tensor<Shape![2, 3, 4], f32> = tensor("reduce_argmin_ax2", "in0");
    assert_eq!(x.argmin_axis::<2>(), ids("reduce_argmin_ax2", "out0"));

    let w: (Param<Shape![2, 3], _>,) = (tensor::<_, f32>("topk2_ax1", "in0").into(),);
    let [values, gradients] = tolerances::<f32>("topk2_ax1");
    let (_, grads) = w
        .value_and_grad(|(x,)| {
            let (found, places) = x.topk::<2, 1>();
            assert_eq!(places, ids("topk2_ax1", "out1"));
            found.with(|y| {
                agrees("topk2_ax1", "out0", &y.eval(), values);
                (y * &cotangent::<_, f32>("topk2_ax1", y.shape())).sum()
            })
        })
        .expect("two of three");
    agrees("topk2_ax1", "grad0", &grads.0.tensor(), gradients);

    let w: (Param<Shape![2, 3], _>,) = (tensor::<_, f32>("sort_ax1", "in0").into(),);
    let (_, grads) = w
        .value_and_grad(|(x,)| {
            assert_eq!(x.argsort_axis::<1>(), ids("sort_ax1", "out1"));
            x.sort_axis::<1>().with(|y| {
                agrees("sort_ax1", "out0", &y.eval(), values);
                (y * &cotangent::<_, f32>("sort_ax1", y.shape())).sum()
            })
        })
        .expect("an axis to sort");
    agrees("sort_ax1", "grad0", &grads.0.tensor(), gradients);

    let x: Tensor<Shape![5, 4], f32> = tensor("split_first", "in0");
    let (first, rest) = x.split_at::<0, 2>();
    agrees("split_first", "out0", &first.eval(), values);
    agrees("split_first", "out1", &rest.eval(), values);
}

#[test]
fn products() {
    run(PRODUCTS);
}

#[test]
fn networks() {
    run(NETWORKS);
}

#[test]
fn windows() {
    run(WINDOWS);
}

/// The names in the list that came with the file.
fn listed() -> BTreeSet<String> {
    let text = fs::read_to_string(format!("{FOLDER}/golden.json")).expect("the list is there");
    let list: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let cases = list["cases"].as_array().expect("a list of cases");
    cases.iter().map(|case| case["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn every_case_is_run_or_excluded() {
    let (listed, here) = (listed(), [REDUCTIONS, MOVEMENT, PRODUCTS, NETWORKS, WINDOWS].concat());
    let here: BTreeSet<&str> = here.iter().map(|(name, _)| *name).collect();
    assert!(listed.len() > 150, "only {} cases", listed.len());
    for name in &listed {
        let starts = |(start, _): &&(&str, &str)| name.starts_with(start);
        let ways = usize::from(here.contains(name.as_str())) + usize::from(ELSEWHERE.iter().any(|way| starts(&way)));
        assert_eq!(ways, 1, "{name} must be run here or elsewhere: one of the two");
    }
    for name in here {
        assert!(listed.contains(name), "{name} is no case");
    }
    for (start, reason) in &ELSEWHERE {
        assert!(listed.iter().any(|name| name.starts_with(start)), "no case begins with {start} ({reason})");
    }
}

#[test]
fn the_files_that_run_other_cases_exist() {
    for (start, file) in ELSEWHERE {
        let path = format!("{}/tests/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{path}, which runs {start}, is not there"));
        assert!(text.contains("golden") || text.contains("Golden"), "{path} reads no golden case");
    }
}
