//! What `explain` says: which formulas fuse, what is stored, how many bytes and how much arithmetic.
//!
//! Apart from the tests of values because nothing is computed here that is looked at. Numbers are those of the sizes.

use congruent::graph::{Exact1, Exact2, Exact3, Work};
use congruent::ops::explain::Arrangement;
use congruent::ops::{
    Explanation, FiveForms, IntegerVisitor, Pointwise1, Pointwise2, Pointwise3, ReductionRow, ReductionVisitor, Row,
    RunningForm, RunningRow, RunningVisitor, Visitor, every_reduction, every_running_formula, every_table,
    every_table_of_integers,
};
use congruent::prelude::*;

dims! { Batch = ? }

/// The kind and the formula of each step.
fn steps(explanation: &Explanation) -> Vec<(Work, &str)> {
    explanation.steps().iter().map(|step| (step.kind(), step.formula())).collect()
}

fn known<const N: usize>(sizes: [usize; N]) -> [Option<usize>; N] {
    sizes.map(Some)
}

#[test]
fn a_pointwise_chain_is_one_loop() {
    let x = Cpu.ones::<Shape![2, 3]>();
    let explanation = (x.relu().exp() * &x + 1.0).explain();
    assert_eq!(steps(&explanation), [(Work::FusedLoop, "add(mul(exp(relu(a)), a), 1.0)")]);
    let step = &explanation.steps()[0];
    assert_eq!(step.dims(), known([2, 3]));
    assert_eq!((step.bytes_read(), step.bytes_written()), (Some(24), Some(24)), "what is read twice counts once");
    assert_eq!(step.flops(), Some(4 * 6));
    assert!(!step.is_done() && !step.is_temporary() && !step.through_host());
    assert_eq!((step.reads()[0].name(), step.reads()[0].layout()), ("a", Some(Arrangement::Contiguous)));
    assert_eq!((explanation.pending().count(), explanation.done().count()), (1, 0));
    assert_eq!(explanation.temporary_bytes(), Some(0));
}

#[test]
fn elements_have_the_bytes_of_their_type() {
    fn of<E: Real>() -> (Option<usize>, Option<usize>) {
        let x = Cpu.ones_of::<E, _>((D::<5>,));
        let explanation = x.tanh().explain();
        (explanation.bytes_read(), explanation.bytes_written())
    }
    assert_eq!([of::<f16>(), of::<bf16>(), of::<f32>(), of::<f64>()].map(|(read, _)| read), [10, 10, 20, 40].map(Some));
    assert_eq!(
        [of::<f16>(), of::<bf16>(), of::<f32>(), of::<f64>()].map(|(_, written)| written),
        [10, 10, 20, 40].map(Some)
    );
}

#[test]
fn numbers_beside_tensors_are_one_operation() {
    let x = Cpu.ones::<Shape![4]>();
    let formula = |explanation: Explanation| (explanation.steps()[0].formula().to_owned(), explanation.flops());
    let said = [
        ((&x + 2.0).explain(), "add(a, 2.0)", 1),
        ((&x - 2.0).explain(), "sub(a, 2.0)", 1),
        ((2.0 - &x).explain(), "sub(2.0, a)", 1),
        ((&x * 2.0).explain(), "mul(a, 2.0)", 1),
        ((&x / 2.0).explain(), "div(a, 2.0)", 1),
        ((2.0 / &x).explain(), "div(2.0, a)", 1),
        ((-&x).explain(), "neg(a)", 1),
        (x.affine(2.0, 3.0).explain(), "affine(a, slope = 2.0, shift = 3.0)", 2),
        (x.powf(2.0).explain(), "powf(a, exponent = 2.0)", 1),
        (x.powi(3).explain(), "powi(a, exponent = 3)", 2),
    ];
    for (explanation, words, flops) in said {
        assert_eq!(formula(explanation), (words.to_owned(), Some(4 * flops)));
    }
}

#[test]
fn stretched_operands_are_read_once() {
    let (x, row, column) = (Cpu.ones::<Shape![7, 17]>(), Cpu.ones::<Shape![17]>(), Cpu.ones::<Shape![7, 1]>());
    let one = Cpu.tensor(2.0);
    let explanation = (&x + &row * &column - &one).explain();
    let [step] = explanation.steps() else { panic!("one loop: {explanation}") };
    assert_eq!(step.formula(), "sub(add(a, mul(b, c)), d)");
    let lies: Vec<_> = step.reads().iter().map(|source| (source.layout(), source.bytes())).collect();
    let broadcast = Some(Arrangement::Stretched);
    assert_eq!(
        lies,
        [
            (Some(Arrangement::Contiguous), Some(4 * 7 * 17)),
            (broadcast, Some(4 * 17)),
            (broadcast, Some(4 * 7)),
            (broadcast, Some(4))
        ]
    );
    assert_eq!(step.bytes_read(), Some(4 * (7 * 17 + 17 + 7 + 1)));
}

#[test]
fn views_are_read_where_they_lie() {
    let x = Cpu.ones::<Shape![3, 5]>();
    let explanation = (x.t() * 2.0).explain();
    assert_eq!(steps(&explanation), [(Work::FusedLoop, "mul(view(a), 2.0)")]);
    assert_eq!(explanation.steps()[0].reads()[0].layout(), Some(Arrangement::Scattered));
    let copied = x.t().explain();
    assert_eq!(steps(&copied), [(Work::CopyLoop, "copy(view(a))")]);
    assert_eq!((copied.bytes_read(), copied.bytes_written(), copied.flops()), (Some(60), Some(60), Some(0)));
    let part = x.slice(s![1..3, ..]).explain();
    assert_eq!((part.bytes_read(), part.bytes_written()), (Some(40), Some(40)));
    assert!(x.explain().steps().is_empty() && x.reshape((D::<15>,)).explain().steps().is_empty());
    let computed = (&x * 2.0).reshape((D::<15>,)).explain();
    assert_eq!(steps(&computed), [(Work::FusedLoop, "mul_add(a, ?, ?)")].map(|(kind, _)| (kind, "mul(a, 2.0)")));
    assert!(computed.steps()[0].is_done(), "a reshape of what is in no memory computes it");
}

#[test]
fn a_product_is_done_and_what_follows_is_not() {
    let (x, w, b) = (Cpu.ones::<Shape![2, 3]>(), Cpu.ones::<Shape![3, 4]>(), Cpu.ones::<Shape![4]>());
    let explanation = (x.matmul(&w) + &b).relu().explain();
    assert_eq!(steps(&explanation), [(Work::MatrixProduct, "matmul(a, b)"), (Work::FusedLoop, "relu(add(#1, c))")]);
    let [product, rest] = explanation.steps() else { panic!("two steps") };
    assert!(product.is_done() && product.is_temporary() && !rest.is_done() && !rest.is_temporary());
    assert_eq!((product.bytes_read(), product.bytes_written()), (Some(4 * (6 + 12)), Some(4 * 8)));
    assert_eq!((product.flops(), rest.flops()), (Some(2 * 2 * 3 * 4), Some(2 * 8)));
    assert_eq!(rest.bytes_read(), Some(4 * (8 + 4)));
    assert_eq!(explanation.temporary_bytes(), Some(4 * 8));
}

#[test]
fn what_a_product_reads_is_computed_before() {
    let (x, w) = (Cpu.ones::<Shape![2, 3]>(), Cpu.ones::<Shape![3, 4]>());
    let explanation = x.relu().matmul(&w).explain();
    assert_eq!(steps(&explanation), [(Work::FusedLoop, "relu(a)"), (Work::MatrixProduct, "matmul(#1, b)")]);
    let [chain, product] = explanation.steps() else { panic!("two steps") };
    assert_eq!((chain.bytes_written(), chain.is_temporary()), (Some(24), true));
    assert_eq!(chain.flops(), Some(6));
    let doubled = (&x * 2.0).matmul(&w).explain();
    assert_eq!(steps(&doubled)[0].1, "mul_add(a, ?, ?)", "nobody keeps what has no gradient");
    assert_eq!((doubled.steps()[0].flops(), doubled.steps()[0].bytes_read()), (None, Some(24)));
    assert_eq!((product.flops(), product.is_temporary()), (Some(48), false));
    // Views are multiplied where they lie.
    let turned = x.t().matmul(&x).explain();
    assert_eq!(steps(&turned), [(Work::MatrixProduct, "matmul(view(a), b)")]);
    assert_eq!(turned.flops(), Some(2 * 3 * 2 * 3));
}

#[test]
fn in_a_step_all_is_known() {
    let w: Param<Shape![3, 4]> = Cpu.ones::<Shape![3, 4]>().into();
    let x = Cpu.ones_of::<f32, _>((Batch(5), D::<3>));
    let step = w.value_and_grad(|w| {
        let y = (&x * 2.0).matmul(w.relu()).relu().sum();
        let explanation = y.explain();
        assert_eq!(
            steps(&explanation),
            [
                (Work::FusedLoop, "mul(a, 2.0)"),
                (Work::FusedLoop, "relu(b)"),
                (Work::MatrixProduct, "matmul(#1, #2)"),
                (Work::RowReduction, "sum(relu(#3))"),
            ]
        );
        assert_eq!(explanation.flops(), Some(15 + 12 + 2 * 5 * 3 * 4 + 2 * 20));
        assert_eq!(explanation.temporary_bytes(), Some(4 * (15 + 12 + 20)), "what is summed is stored nowhere");
        y
    });
    assert_eq!(step.expect("a step").0, 5.0 * 4.0 * 6.0);
}

#[test]
fn reductions_over_all_axes_fuse_with_what_they_read() {
    let x = Cpu.ones::<Shape![300, 100]>();
    let total = (&x * &x).sum().explain();
    assert_eq!(steps(&total), [(Work::RowReduction, "sum(mul(a, b))")]);
    assert_eq!(total.bytes_written(), Some(4));
    let rows = (&x * &x).sum_axis::<1>().explain();
    assert_eq!(steps(&rows), [(Work::FusedLoop, "mul(a, b)"), (Work::RowReduction, "sum(#1)")]);
    assert_eq!((rows.temporary_bytes(), rows.bytes_written()), (Some(4 * 30_000), Some(4 * (30_000 + 300))));
    let max = x.exp().max().explain();
    assert_eq!(steps(&max), [(Work::FusedLoop, "exp(a)"), (Work::RowReduction, "max(#1)")]);
    let softmax = x.exp().softmax().explain();
    assert_eq!(steps(&softmax), [(Work::FusedLoop, "exp(a)"), (Work::RowFormula, "softmax(#1)")]);
    assert_eq!(softmax.flops(), None);
}

#[test]
fn shared_values_are_computed_once() {
    let x = Cpu.ones::<Shape![2, 3]>();
    let centred = (&x * 2.0).with(|x| x - x.mean_keepdim::<1>()).explain();
    assert_eq!(
        steps(&centred),
        [(Work::FusedLoop, "mul(a, 2.0)"), (Work::RowReduction, "mean(shared)"), (Work::FusedLoop, "sub(#1, #2)"),]
    );
    assert_eq!(centred.pending().count(), 1);
    let squared = x.exp().with(|x| x * x).explain();
    assert_eq!(steps(&squared), [(Work::FusedLoop, "exp(a)"), (Work::FusedLoop, "mul(#1, #1)")]);
    assert_eq!(squared.steps()[1].bytes_read(), Some(24), "one operand, read twice");
    let in_register = x.exp().share(|v| v * v + v).explain();
    assert_eq!(steps(&in_register), [(Work::FusedLoop, "let v = exp(a) in add(mul(v, v), v)")]);
    assert_eq!((in_register.flops(), in_register.temporary_bytes()), (Some(3 * 6), Some(0)));
}

#[test]
fn kept_values_are_operands() {
    let w: Param<Shape![3]> = Cpu.ones::<Shape![3]>().into();
    let step = w.value_and_grad(|w| {
        let kept = w.exp().keep();
        assert!(kept.explain().steps().is_empty(), "it is in memory");
        assert_eq!(steps(&(kept * kept).explain()), [(Work::FusedLoop, "mul(a, a)")]);
        kept.sum()
    });
    assert!(step.is_ok());
}

#[test]
fn tensors_of_no_elements_cost_nothing() {
    let (x, y) = (Cpu.ones_of::<f32, _>((Batch(0), D::<3>)), Cpu.ones_of::<f32, _>((Batch(0), D::<3>)));
    let explanation = (&x + &y).exp().explain();
    assert_eq!(steps(&explanation), [(Work::FusedLoop, "exp(add(a, b))")]);
    assert_eq!(explanation.steps()[0].dims(), known([0, 3]));
    let numbers = (explanation.bytes_read(), explanation.bytes_written(), explanation.flops());
    assert_eq!(numbers, (Some(0), Some(0), Some(0)));
    let product = x.t().matmul(&y).explain();
    assert_eq!(product.bytes_written(), Some(4 * 9));
}

#[test]
fn run_time_sizes_are_known_as_long_as_their_operands_are() {
    let x = Cpu.ones_of::<f32, _>((Batch(6), D::<3>));
    let lazy = x.exp().explain();
    assert_eq!((lazy.steps()[0].dims(), lazy.flops()), (&known([6, 3])[..], Some(18)));
    let w = Cpu.ones::<Shape![3, 2]>();
    let gone = x.exp().matmul(&w).explain();
    let [chain, product] = gone.steps() else { panic!("two steps") };
    assert_eq!((chain.dims(), chain.bytes_written()), (&[None, Some(3)][..], None));
    assert_eq!((product.dims(), product.flops()), (&known([6, 2])[..], Some(2 * 6 * 3 * 2)));
    assert_eq!((gone.bytes_written(), gone.temporary_bytes()), (None, None));
    assert!(gone.to_string().contains("[?, 3]"), "{gone}");
}

#[test]
fn integers_and_masks_fuse() {
    let (x, y) = (Cpu.tensor([1, 2, 3]), Cpu.tensor([4, 5, 6]));
    let explanation = ((&x * 3 + &y) % 7).explain();
    assert_eq!(steps(&explanation), [(Work::FusedLoop, "fmod(add(mul(a, 3), b), 7)")]);
    assert_eq!((explanation.bytes_read(), explanation.flops()), (Some(48), Some(9)));
    let bits = (&x & &y ^ !&x).explain();
    assert_eq!(steps(&bits), [(Work::FusedLoop, "bitxor(bitand(a, b), not(a))")]);
    let (f, g) = (Cpu.ones::<Shape![5]>(), Cpu.ones::<Shape![5]>());
    let mask = (f.gt(0.0) & g.le(&f)).explain();
    assert_eq!(steps(&mask), [(Work::FusedLoop, "bitand(gt(a, 0.0), le(b, a))")]);
    assert_eq!((mask.bytes_read(), mask.bytes_written()), (Some(40), Some(5)));
    let chosen = f.gt(0.5).where_(&g, 0.0).explain();
    assert_eq!(steps(&chosen), [(Work::FusedLoop, "where_(gt(a, 0.5), b, 0.0)")]);
    let copied = Cpu.tensor([[1, 2], [3, 4]]).t().explain();
    assert_eq!(steps(&copied), [(Work::CopyLoop, "copy(view(a))")]);
}

#[test]
fn operations_of_each_kind_are_called_by_their_name() {
    let x = Cpu.ones::<Shape![4, 6]>();
    let last = |explanation: Explanation| {
        let step = explanation.steps().last().expect("a step");
        (step.kind(), step.formula().to_owned())
    };
    let said = |kind, words: &str| (kind, words.to_owned());
    assert_eq!(last(x.cast::<f64>().explain()), said(Work::ElementCast, "cast(a)"));
    assert_eq!(last(x.concat::<0, _>(&x).explain()), said(Work::JoinedParts, "join(a, b)"));
    assert_eq!(last(x.log_softmax().explain()), said(Work::RowFormula, "log_softmax(a)"));
    assert_eq!(last(x.layer_norm(1e-5).explain()), said(Work::RowFormula, "layer_norm(a)"));
    assert_eq!(last(x.cumsum_axis::<0>().explain()), said(Work::RunningFormula, "cumsum_axis(a)"));
    assert_eq!(last(einsum!("ij, kj -> ik", &x, &x).explain()), said(Work::MatrixProduct, "einsum(a, b)"));
    let labels = Cpu.tensor([0, 1, 2, 3]);
    assert_eq!(last(x.cross_entropy(&labels).explain()), said(Work::Loss, "cross_entropy(a)"));
    assert_eq!(last(x.exp().boxed().explain()), said(Work::ErasedGraph, "boxed(..)"));
    assert_eq!(x.exp().boxed().explain().bytes_read(), None);
    let pictures = Cpu.ones::<Shape![2, 3, 8, 8]>();
    let weight = Cpu.ones::<Shape![5, 3, 3, 3]>();
    let conv = pictures.conv2d(&weight, Filter::<3>).explain();
    assert_eq!(conv.flops(), Some(2 * (2 * 5 * 6 * 6) * (3 * 3 * 3)));
    assert_eq!(last(conv), said(Work::WindowProduct, "conv(a, b)"));
    let model: Param<Shape![2, 3, 8, 8]> = pictures.into();
    let step = model.value_and_grad(|x| {
        let pooled = x.max_pool2d(Pool::<2>);
        assert_eq!(last(pooled.explain()), said(Work::WindowPool, "max_pool(a)"));
        pooled.sum()
    });
    assert!(step.is_ok());
}

/// Heads are read where they lie, those of a cache too; a query in order does not meet all keys.
#[test]
fn attention_copies_nothing() {
    let x: Param<Shape![2, 6, 3, 4]> = Cpu.ones::<Shape![2, 6, 3, 4]>().into();
    let step = x.value_and_grad(|x| {
        let heads = || x.transpose::<1, 2>();
        let (all, ordered) =
            (heads().attention(heads(), heads()), heads().attention_with(heads(), heads(), Attend::causal()));
        for (y, pairs) in [(all.explain(), 6 * 6), (ordered.explain(), 6 * 7 / 2)] {
            assert_eq!(y.temporary_bytes(), Some(0), "{y}");
            assert_eq!(y.flops(), Some(2 * 3 * pairs * 2 * (4 + 4)), "{y}");
        }
        (all + ordered).sum()
    });
    assert!(step.is_ok());
    let mut cache = congruent::nn::KvCache::new((D::<2>, Batch(0), D::<4>));
    let x = Cpu.ones_of::<f32, _>((D::<2>, Batch(5), D::<4>));
    cache.push(&x, &x).expect("they fit");
    let y = x.attention(cache.keys(), cache.values()).explain();
    assert!(y.steps().iter().all(|step| step.kind() == Work::AttentionLoop), "{y}");
}

/// A layer that normalises, scales and shifts in one loop is told as one step, in training and outside of it.
#[test]
fn layers_of_rows_are_one_step() {
    let x = Cpu.uniform((D::<5>, D::<6>), Key::new(1), -1.0, 1.0);
    let model = (LayerNorm::<D<6>>::new(), RmsNorm::<D<6>>::new());
    let told = |explanation: Explanation| {
        let steps: Vec<_> = explanation.steps().iter().map(|step| (step.kind(), step.formula().to_owned())).collect();
        assert_eq!(steps.len(), 1, "{explanation}");
        steps[0].clone()
    };
    let said = |words: &str| (Work::RowFormula, words.to_owned());
    let step = model.value_and_grad(|(norm, rms)| {
        let (normal, scaled) = (norm.forward(&x), rms.forward(&x));
        assert_eq!(told(normal.explain()), said("layer_norm(a, b, c)"));
        assert_eq!(told(scaled.explain()), said("rms_norm(a, b)"));
        (normal * scaled).mean()
    });
    assert!(step.is_ok());
    let outside = model.infer(|(norm, rms)| [told(norm.forward(&x).explain()), told(rms.forward(&x).explain())]);
    assert_eq!(outside.expect("no sizes differ"), [said("layer_norm(a, b, c)"), said("rms_norm(a, b)")]);
}

/// The words that programs write for a row, if they are not its own name.
fn word(name: &'static str) -> &'static str {
    let words = [
        ("equal", "eq"),
        ("not_equal", "ne"),
        ("less", "lt"),
        ("less_equal", "le"),
        ("greater", "gt"),
        ("greater_equal", "ge"),
        ("nan_indicator", "is_nan"),
        ("inf_indicator", "is_inf"),
        ("finite_indicator", "is_finite"),
        ("both", "and"),
        ("either", "or"),
        ("exactly_one", "xor"),
        ("negated", "not"),
        ("choose", "where_"),
        ("divide_by", "div"),
        ("inverse", "div"),
    ];
    words.iter().find(|(row, _)| *row == name).map_or(name, |(_, word)| word)
}

/// Holds a row against its explanation: one loop that bears its name and counts at least one operation an element.
fn judge(row: &Row, explanation: &Explanation, elements: u64) {
    let [step] = explanation.steps() else { panic!("{}: {explanation}", row.name) };
    assert!(step.formula().starts_with(&format!("{}(", word(row.name))), "{}: {}", row.name, step.formula());
    for (constant, _) in row.constants.iter().filter(|_| word(row.name) == row.name) {
        assert!(step.formula().contains(&format!("{constant} = ")), "{}: {}", row.name, step.formula());
    }
    let flops = step.flops().expect("counted");
    assert!(flops >= elements && flops.is_multiple_of(elements), "{}: {flops}", row.name);
}

struct OfFloats(usize);
impl Visitor for OfFloats {
    fn unary<Op: Pointwise1>(&mut self, row: &Row, op: Op) {
        self.0 += 1;
        judge(row, &Cpu.ones::<Shape![7]>().map(op).explain(), 7);
    }
    fn binary<Op: Pointwise2>(&mut self, row: &Row, op: Op) {
        self.0 += 1;
        let (x, y) = (Cpu.ones::<Shape![7]>(), Cpu.ones::<Shape![7]>());
        judge(row, &x.zip(op, &y).explain(), 7);
    }
    fn ternary<Op: Pointwise3>(&mut self, row: &Row, op: Op) {
        self.0 += 1;
        let x = Cpu.ones::<Shape![7]>();
        judge(row, &congruent::ops::ternary(op, &x, &x, &x).explain(), 7);
    }
}

struct OfIntegers(usize);
impl IntegerVisitor for OfIntegers {
    type E = i32;
    fn unary<Op: Exact1<i32>>(&mut self, row: &Row, op: Op) {
        self.0 += 1;
        judge(row, &congruent::ops::unary_of_numbers(op, &Cpu.ones_of::<i32, _>((D::<7>,))).explain(), 7);
    }
    fn binary<Op: Exact2<i32>>(&mut self, row: &Row, op: Op) {
        self.0 += 1;
        let x = Cpu.ones_of::<i32, _>((D::<7>,));
        judge(row, &congruent::ops::binary_of_numbers(op, &x, &x).explain(), 7);
    }
    fn ternary<Op: Exact3<i32>>(&mut self, row: &Row, op: Op) {
        self.0 += 1;
        let x = Cpu.ones_of::<i32, _>((D::<7>,));
        judge(row, &congruent::ops::ternary_of_numbers(op, &x, &x, &x).explain(), 7);
    }
}

#[test]
fn every_row_of_the_catalogue_has_its_name() {
    let mut floats = OfFloats(0);
    every_table(&mut floats);
    let mut integers = OfIntegers(0);
    every_table_of_integers(&mut integers);
    assert!(floats.0 > 100 && integers.0 > 20, "{} and {} rows", floats.0, integers.0);
}

/// The names of the tables whose rows give erased graphs.
#[derive(Default)]
struct Names(Vec<&'static str>);
impl ReductionVisitor for Names {
    fn reduction<M: FiveForms>(&mut self, row: &ReductionRow, _: M) {
        if self.0.last() != Some(&row.name) {
            self.0.push(row.name);
        }
    }
}
impl RunningVisitor for Names {
    fn running<M: RunningForm>(&mut self, row: &RunningRow, _: M) {
        self.0.push(row.name);
    }
}

#[test]
fn every_reduction_has_its_name() {
    let x = Cpu.ones::<Shape![3, 2]>();
    macro_rules! said {
        ($($name:ident($($argument:expr)?)),*) => {
            vec![$((stringify!($name), x.$name($($argument)?).explain())),*]
        };
    }
    let said = said![
        sum(),
        mean(),
        prod(),
        max(),
        min(),
        var(0),
        std(0),
        logsumexp(),
        norm(2.0),
        nansum(),
        nanmean(),
        nanmax(),
        nanmin(),
        nanvar(0),
        nanstd(0)
    ];
    let mut rows = Names::default();
    every_reduction(&mut rows);
    let mut names: Vec<_> = said.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    rows.0.sort_unstable();
    assert_eq!(names, rows.0, "a new reduction belongs into the list above");
    for (name, explanation) in said {
        let step = explanation.steps().last().expect("a step");
        assert_eq!((step.kind(), step.formula()), (Work::RowReduction, &*format!("{name}(a)")));
        assert_eq!((step.flops(), step.bytes_read(), step.bytes_written()), (Some(6), Some(24), Some(4)), "{name}");
    }
    let mut rows = Names::default();
    every_running_formula(&mut rows);
    assert!(rows.0.contains(&"cumsum_axis"));
}

#[test]
fn nothing_is_computed_and_nothing_changes() {
    let x = Cpu.tensor([1.0, 4.0]);
    let y = x.sqrt() + 1.0;
    let first = y.explain();
    assert_eq!(first, y.explain());
    assert_eq!(y.eval().as_slice(), [2.0, 3.0]);
}
