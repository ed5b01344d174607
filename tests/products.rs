//! Matrix products against plain loops: every pair of ranks, transposed operands, batches that broadcast, all sizes.

mod reference;

use congruent::graph::Boxed;
use congruent::prelude::*;
use reference::{Outcome, Plain, assert_near, indices, joined, outcome1, outcome2, uniform};

dims! { M = ?, K = ?, N = ?, F = ?, G = ?, H = ?, I = ? }

/// The product, and the gradients of `Σ product · cotangent` by both operands, term by term.
struct Naive {
    c: Plain,
    gradients: [Plain; 2],
}

/// Vectors are one row on the left and one column on the right; leading axes broadcast.
fn naive(a: &Plain, b: &Plain, cotangent: Option<&Plain>) -> Naive {
    let (row, column) = (a.dims.len() == 1, b.dims.len() == 1);
    let a = if row { a.reshaped(&[1, a.dims[0]]) } else { a.clone() };
    let b = if column { b.reshaped(&[b.dims[0], 1]) } else { b.clone() };
    let ((a_batch, a_matrix), (b_batch, b_matrix)) =
        (a.dims.split_at(a.dims.len() - 2), b.dims.split_at(b.dims.len() - 2));
    let (batch, [m, k, n]) = (joined(a_batch, b_batch), [a_matrix[0], a_matrix[1], b_matrix[1]]);
    let full = [&batch[..], &[m, n]].concat();
    let shown = [&batch[..], &[m][usize::from(row)..], &[n][usize::from(column)..]].concat();
    let cotangent = cotangent.map_or(Plain::zeros(&full), |cotangent| cotangent.reshaped(&full));
    let (mut c, mut da, mut db) = (Plain::zeros(&full), Plain::zeros(&a.dims), Plain::zeros(&b.dims));
    for index in indices(&full) {
        let (batch, place) = index.split_at(index.len() - 2);
        let cotangent = cotangent.at(&index);
        for p in 0..k {
            let (left, right) = ([batch, &[place[0], p]].concat(), [batch, &[p, place[1]]].concat());
            c.add(&index, a.at(&left) * b.at(&right));
            da.add(&left, cotangent * b.at(&right));
            db.add(&right, cotangent * a.at(&left));
        }
    }
    Naive { c: c.reshaped(&shown), gradients: [da, db] }
}

/// Compares a product of two operands, whose axes were first put in the given orders, with the naive one.
#[track_caller]
fn compare(what: &str, a: (&Plain, &[usize]), b: (&Plain, &[usize]), found: &Outcome, tolerance: f64) {
    let expected = naive(&a.0.permuted(a.1), &b.0.permuted(b.1), Some(&found.cotangent));
    let what = format!("{what} of {:?} and {:?}", a.0.dims, b.0.dims);
    assert_eq!(found.y.dims, expected.c.dims, "{what}");
    assert_near(&what, &found.y.values, &expected.c.values, tolerance, 1.0);
    let [da, db] = expected.gradients;
    for (by, found, expected, order) in [("a", &found.gradients[0], da, a.1), ("b", &found.gradients[1], db, b.1)] {
        let expected = Plain { dims: order.iter().map(|&i| found.dims[i]).collect(), ..expected }.unpermuted(order);
        assert_near(&format!("{what} by {by}"), &found.values, &expected.values, tolerance, 1.0);
    }
}

fn plain_order(rank: usize) -> Vec<usize> {
    (0..rank).collect()
}

/// A product of two shapes as they are, in `f64`.
macro_rules! product {
    ($a:expr, $b:expr) => {{
        let (a, b) = (&uniform::<_, f64>($a, 1), &uniform::<_, f64>($b, 2));
        let found = outcome2((a, b), |a, b| a.matmul(b).boxed());
        let (a, b) = (Plain::from(a), Plain::from(b));
        let orders = (plain_order(a.dims.len()), plain_order(b.dims.len()));
        compare("product", (&a, &orders.0), (&b, &orders.1), &found, 1e-12);
    }};
}

#[test]
fn every_pair_of_ranks() {
    let (m, k, n, f, g, h, i) = (M(3), K(4), N(5), F(2), G(3), H(2), I(2));
    product!((k,), (k,));
    product!((m, k), (k,));
    product!((k,), (k, n));
    product!((m, k), (k, n));
    product!((f, m, k), (k,));
    product!((k,), (f, k, n));
    product!((f, m, k), (k, n));
    product!((m, k), (f, k, n));
    product!((f, m, k), (f, k, n));
    product!((g, f, m, k), (f, k, n));
    product!((f, m, k), (g, f, k, n));
    product!((g, f, m, k), (g, f, k, n));
    product!((g, f, m, k), (k, n));
    product!((g, f, m, k), (k,));
    product!((h, g, f, m, k), (g, f, k, n));
    product!((i, h, g, f, m, k), (i, h, g, f, k, n));
    product!((i, h, g, f, m, k), (k, n));
    product!((m, k), (i, h, g, f, k, n));
}

#[test]
fn batch_axes_of_one_stretch_on_either_side() {
    let (m, k, n, f, g, h) = (M(3), K(4), N(2), F(2), G(3), H(2));
    let one = D::<1>;
    product!((one, m, k), (f, k, n));
    product!((f, m, k), (one, k, n));
    product!((g, one, m, k), (f, k, n));
    product!((one, f, m, k), (g, f, k, n));
    product!((one, f, m, k), (g, one, k, n));
    product!((g, one, m, k), (one, f, k, n));
    product!((g, f, m, k), (g, one, k, n));
    product!((h, one, f, m, k), (g, one, k, n));
    product!((h, one, f, m, k), (h, g, one, k, n));
    product!((f, one, k), (k, n));
    product!((f, m, one), (one, n));
    product!((one, one), (f, one, one));
}

/// Sizes of nothing, of one, of part of a vector, of several; the small loops and the engine.
#[test]
fn every_size() {
    for [m, k, n] in [
        [0, 3, 2],
        [3, 0, 2],
        [3, 2, 0],
        [0, 0, 0],
        [1, 1, 1],
        [1, 7, 1],
        [7, 1, 7],
        [1, 17, 33],
        [33, 17, 1],
        [7, 17, 5],
        [17, 7, 16],
        [16, 16, 16],
        [2, 1021, 3],
        [1021, 2, 3],
        [3, 2, 1021],
        [1, 1021, 1021],
        [65, 33, 1],
    ] {
        product!((M(m), K(k)), (K(k), N(n)));
        product!((F(2), M(m), K(k)), (F(2), K(k), N(n)));
        product!((K(k),), (F(2), K(k), N(n)));
        product!((F(2), M(m), K(k)), (K(k),));
    }
    for f in [0, 1, 7] {
        product!((F(f), M(2), K(3)), (K(3), N(2)));
        product!((M(2), K(3)), (F(f), K(3), N(2)));
    }
}

/// Around the size at which another algorithm takes over, and well above it.
#[test]
fn small_and_large_products_agree() {
    for [m, k, n] in [[47, 48, 48], [48, 48, 48], [49, 48, 48], [48, 49, 48], [48, 48, 49], [131, 97, 113]] {
        product!((M(m), K(k)), (K(k), N(n)));
    }
}

/// Many rows are shared among threads, and rows or columns in parts that do not divide evenly.
#[test]
fn tall_and_wide_products() {
    for [m, k, n] in [[1021, 61, 17], [17, 61, 1021]] {
        product!((M(m), K(k)), (K(k), N(n)));
    }
}

/// `aᵀ · b` and its kin; the operands as parameters, so that gradients go back through the views.
macro_rules! views {
    ($what:literal, ($a:expr, $a_order:expr), ($b:expr, $b_order:expr), $E:ty, $tolerance:expr,
     |$x:ident, $y:ident| $product:expr) => {{
        let (a, b) = (&uniform::<_, $E>($a, 1), &uniform::<_, $E>($b, 2));
        let found = outcome2((a, b), |$x, $y| -> Boxed<_, $E, Cpu> { $product.boxed() });
        compare($what, (&Plain::from(a), &$a_order), (&Plain::from(b), &$b_order), &found, $tolerance);
    }};
}

#[test]
fn transposed_operands() {
    macro_rules! all {
        ($E:ty, $tolerance:expr) => {
            for [m, k, n] in
                [[3, 4, 5], [1, 7, 1], [7, 1, 17], [17, 33, 1], [1, 17, 19], [50, 49, 51], [0, 2, 3], [2, 0, 3]]
            {
                let (m, k, n, f) = (M(m), K(k), N(n), F(3));
                views!("t left", ((k, m), [1, 0]), ((k, n), [0, 1]), $E, $tolerance, |a, b| a.t().matmul(b));
                views!("t right", ((m, k), [0, 1]), ((n, k), [1, 0]), $E, $tolerance, |a, b| a.matmul(b.t()));
                views!("t both", ((k, m), [1, 0]), ((n, k), [1, 0]), $E, $tolerance, |a, b| a.t().matmul(b.t()));
                views!("matmul_t", ((m, k), [0, 1]), ((n, k), [1, 0]), $E, $tolerance, |a, b| a.matmul_t(b));
                views!("t batch", ((f, k, m), [0, 2, 1]), ((f, n, k), [0, 2, 1]), $E, $tolerance, |a, b| a
                    .t()
                    .matmul(b.t()));
                views!("t batch", ((f, k, m), [0, 2, 1]), ((k, n), [0, 1]), $E, $tolerance, |a, b| a.t().matmul(b));
            }
        };
    }
    all!(f64, 1e-12);
    all!(f32, 1e-5);
}

#[test]
fn views_of_views_and_permuted_batches() {
    let (m, k, n, f, g) = (M(3), K(4), N(5), F(2), G(3));
    views!("t of t", ((m, k), [0, 1]), ((k, n), [0, 1]), f64, 1e-12, |a, b| a.t().t().matmul(b.t().t()));
    views!("computed t", ((k, m), [1, 0]), ((n, k), [1, 0]), f64, 1e-12, |a, b| (a * 1.0).t().matmul(b.t() * 1.0));
    views!("batch last", ((m, k, f), [2, 0, 1]), ((k, n), [0, 1]), f64, 1e-12, |a, b| a
        .permute::<Axes![2, 0, 1]>()
        .matmul(b));
    views!("batch in the middle", ((m, f, k), [1, 0, 2]), ((k, f, n), [1, 0, 2]), f64, 1e-12, |a, b| a
        .transpose::<0, 1>()
        .matmul(b.transpose::<0, 1>()));
    views!("heads", ((f, m, g, k), [0, 2, 1, 3]), ((f, n, g, k), [0, 2, 3, 1]), f64, 1e-12, |a, b| a
        .transpose::<1, 2>()
        .matmul(b.transpose::<1, 2>().t()));
    views!("all axes reversed", ((k, m, f), [2, 1, 0]), ((n, k, f), [2, 1, 0]), f64, 1e-12, |a, b| a
        .permute::<Axes![2, 1, 0]>()
        .matmul(b.permute::<Axes![2, 1, 0]>()));
    views!("a view of a reshape", ((k, m), [1, 0]), ((k, n), [0, 1]), f64, 1e-12, |a, b| a
        .reshape((k, m))
        .t()
        .matmul(b.reshape((k, n))));
}

#[test]
fn stretched_operands_are_copied() {
    let (a, b) = (&uniform::<_, f64>((M(3), K(4)), 1), &uniform::<_, f64>((K(4), N(2)), 2));
    let found = outcome2((a, b), |a, b| a.expand((F(2), M(3), K(4))).matmul(b.expand((F(2), K(4), N(2)))).boxed());
    let doubled = |x: &Plain| x.expanded(&[2, x.dims[0], x.dims[1]]);
    let expected = naive(&doubled(&Plain::from(a)), &doubled(&Plain::from(b)), Some(&found.cotangent));
    assert_near("expanded", &found.y.values, &expected.c.values, 1e-12, 1.0);
    for (found, expected) in found.gradients.iter().zip(&expected.gradients) {
        let (first, second) = expected.values.split_at(found.values.len());
        let sum: Vec<f64> = first.iter().zip(second).map(|(x, y)| x + y).collect();
        assert_near("gradient of expanded", &found.values, &sum, 1e-12, 1.0);
    }
}

/// The gradient of a parameter is the sum of those of its uses.
#[test]
fn one_parameter_on_both_sides() {
    let x = &uniform::<_, f64>((M(4), M(4)), 3);
    let both = |right: &[usize], found: &Outcome| {
        let plain = Plain::from(x);
        let Naive { c, gradients: [left, other] } = naive(&plain, &plain.permuted(right), Some(&found.cotangent));
        let other = other.unpermuted(right);
        let sum: Vec<f64> = left.values.iter().zip(&other.values).map(|(x, y)| x + y).collect();
        assert_near("both sides", &found.y.values, &c.values, 1e-12, 1.0);
        assert_near("gradient of both sides", &found.gradients[0].values, &sum, 1e-12, 1.0);
    };
    both(&[0, 1], &outcome1(x, |x| x.matmul(x).boxed()));
    both(&[1, 0], &outcome1(x, |x| x.matmul(x.t()).boxed()));
    both(&[1, 0], &outcome1(x, |x| x.with(|x| x.matmul(x.t())).boxed()));
}

#[test]
fn single_precision_agrees_with_double() {
    let (a, b) = (&uniform::<_, f32>((F(2), M(70), K(65)), 1), &uniform::<_, f32>((F(2), K(65), N(33)), 2));
    let found = outcome2((a, b), |a, b| a.matmul(b).boxed());
    let order = [0, 1, 2];
    compare("f32", (&Plain::from(a), &order), (&Plain::from(b), &order), &found, 1e-5);
    let dot =
        outcome2((&uniform::<_, f32>((K(1021),), 1), &uniform::<_, f32>((K(1021),), 2)), |a, b| a.matmul(b).boxed());
    let (a, b) = (Plain::from(&uniform::<_, f32>((K(1021),), 1)), Plain::from(&uniform::<_, f32>((K(1021),), 2)));
    compare("dot", (&a, &[0]), (&b, &[0]), &dot, 1e-5);
}

/// Terms that are not finite reach just the rows and columns that they belong to.
#[test]
fn nan_stays_in_its_row() {
    for size in [3, 60] {
        let a = Cpu.from_fn((M(size), K(size)), |i| if i == 0 { f32::NAN } else { 1.0 });
        let b = Cpu.full((K(size), N(size)), 1.0);
        let c = a.matmul(&b).eval();
        assert!(c.as_slice()[..size].iter().all(|c| c.is_nan()));
        assert!(c.as_slice()[size..].iter().all(|&c| c == size as f32));
    }
}

/// Parts of matrices, which are multiplied where they lie, against the same elements in memory of their own.
#[test]
fn slices_are_factors() {
    macro_rules! same {
        ($x:ident, $y:ident; $($left:expr, $right:expr;)*) => {$({
            let found = outcome2((&$x, &$y), |$x, $y| $left.matmul($right).boxed());
            let (left, right) = (($left * 1.0).eval(), ($right * 1.0).eval());
            let expected = naive(&Plain::from(&left), &Plain::from(&right), None).c;
            assert_eq!(found.y.dims, expected.dims);
            assert_near(stringify!($left), &found.y.values, &expected.values, 1e-13, 1.0);
            let copied = outcome2((&$x, &$y), |$x, $y| ($left * 1.0).matmul($right * 1.0).boxed());
            for (found, expected) in found.gradients.iter().zip(&copied.gradients) {
                assert_near(stringify!($left), &found.values, &expected.values, 1e-13, 1.0);
            }
        })*};
    }
    let (x, y) = (uniform::<_, f64>((D::<4>, D::<17>, D::<9>), 1), uniform::<_, f64>((D::<9>, D::<13>), 2));
    same! { x, y;
        x.slice(s![.., 3..10, ..]), y.slice(s![.., 0..13]);
        x.slice(s![.., .., 2..]), y.slice(s![2.., ..]);
        x.slice(s![1, .., ..]), y.slice(s![.., ::3]);
        x.slice(s![1, ..8, ::-2]), y.slice(s![4.., 1..]);
        x.slice(s![::2, ..5, 1..4]), y.slice(s![..3, ::-1]);
        x.slice(s![3, 1, ..]), y.slice(s![.., 2..7]);
        y.slice(s![1..5, ..]).t(), x.slice(s![1.., ..4, ..]);
        x.slice(s![0..0, .., 2..]), y.slice(s![2.., ..]);
        x.slice(s![.., .., 4..4]), y.slice(s![4..4, ..]);
    }
    let (x, y) = (uniform::<_, f64>((M(90), K(80)), 1), uniform::<_, f64>((K(80), N(70)), 2));
    same! { x, y;
        x.slice(s![1..86, 3..77]), y.slice(s![2..76, 5..70]);
        x.slice(s![.., 3..77]), y.slice(s![2..76, ..]).flip::<1>();
    }
}
