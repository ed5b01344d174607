//! Matrix products: small ones in registers, large ones by the engine of `f32`, both rounded once at the end.

use super::{Batch, Columns, Half, Inner, Rows, uniform, wide};
use congruent::prelude::*;

/// Compares with a product of `f64`: a step of the type, and what `f32` loses on the way, which grows with the terms.
#[track_caller]
fn assert_product<E: Half>(what: &str, found: &[E], wanted: &[f64], terms: usize) {
    assert_eq!(found.len(), wanted.len(), "{what}: the lengths differ");
    for (i, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let allowed = 0.5 * E::EPSILON * wanted.abs() + 2e-7 * (terms as f64).max(1.0);
        assert!((found.as_f64() - wanted).abs() <= allowed, "{what}: at {i} found {found}, expected {wanted}");
    }
}

fn products_of_all_sizes<E: Half>() {
    for (m, k, n) in [
        (0, 7, 5),
        (7, 0, 5),
        (7, 5, 0),
        (1, 1, 1),
        (1, 17, 1),
        (1, 1021, 7),
        (7, 1021, 1),
        (7, 17, 5),
        (17, 7, 17),
        (49, 50, 51),
        (1, 50, 2_500),
        (130, 70, 65),
        (600, 65, 33),
        (33, 65, 1_021),
    ] {
        let (a, b): (Tensor<_, E>, Tensor<_, E>) =
            (uniform((Rows(m), Inner(k)), 1), uniform((Inner(k), Columns(n)), 2));
        let (at, bt): (Tensor<_, E>, Tensor<_, E>) = (a.t().eval(), b.t().eval());
        let wanted = wide(&a.convert::<f64>().matmul(&b.convert::<f64>()).eval());
        let what = format!("{m} x {k} x {n}");
        assert_product(&what, a.matmul(&b).eval().as_slice(), &wanted, k);
        assert_product(&what, at.t().matmul(&b).eval().as_slice(), &wanted, k);
        assert_product(&what, a.matmul(bt.t()).eval().as_slice(), &wanted, k);
        assert_product(&what, at.t().matmul(bt.t()).eval().as_slice(), &wanted, k);
    }
}

fn static_and_batched_products<E: Half>() {
    let (a, b): (Tensor<Shape![3, 5], E>, Tensor<Shape![5, 2], E>) =
        (uniform(Default::default(), 3), uniform(Default::default(), 4));
    assert_product(
        "static",
        a.matmul(&b).eval().as_slice(),
        &wide(&a.convert::<f64>().matmul(&b.convert::<f64>()).eval()),
        5,
    );
    for (m, k, n) in [(3, 5, 7), (60, 61, 62)] {
        let a: Tensor<_, E> = uniform((Batch(5), Rows(m), Inner(k)), 5);
        let b: Tensor<_, E> = uniform((Batch(5), Inner(k), Columns(n)), 6);
        let one: Tensor<_, E> = uniform((Inner(k), Columns(n)), 7);
        let (a64, b64, one64) = (a.convert::<f64>(), b.convert::<f64>(), one.convert::<f64>());
        assert_product("a batch", a.matmul(&b).eval().as_slice(), &wide(&a64.matmul(&b64).eval()), k);
        assert_product("one for all", a.matmul(&one).eval().as_slice(), &wide(&a64.matmul(&one64).eval()), k);
        assert_product(
            "einsum",
            einsum!("bij, bjk -> bik", &a, &b).eval().as_slice(),
            &wide(&a64.matmul(&b64).eval()),
            k,
        );
    }
}

/// Overflow on the way is none: the terms are added in `f32`.
fn terms_beyond_the_type<E: Half>() {
    let a: Tensor<_, E> = Cpu.from_fn((Rows(3), Inner(4_000)), |i| E::of_f64(if i % 2 == 0 { 200.0 } else { -200.0 }));
    let b: Tensor<_, E> = super::filled((Inner(4_000), Columns(40)), 200.0);
    assert!(a.matmul(&b).eval().as_slice().iter().all(|x| x.as_f64() == 0.0));
    let ones: Tensor<_, E> = super::filled((Rows(70), Inner(5_000)), 1.0);
    let columns: Tensor<_, E> = super::filled((Inner(5_000), Columns(40)), 1.0);
    let sum = E::of_f64(5_000.0).as_f64();
    assert!(ones.matmul(&columns).eval().as_slice().iter().all(|x| x.as_f64() == sum));
}

fn gradients_of_products<E: Half>() {
    for (m, k, n) in [(7, 5, 3), (1, 40, 40), (130, 70, 65), (4_000, 3, 2)] {
        let (a, b): (Tensor<_, E>, Tensor<_, E>) =
            (uniform((Rows(m), Inner(k)), 8), uniform((Inner(k), Columns(n)), 9));
        let cotangent: Tensor<_, E> = uniform((Rows(m), Columns(n)), 10);
        let (a64, b64, dy) = (a.convert::<f64>(), b.convert::<f64>(), cotangent.convert::<f64>());
        let model: (Param<_, Weights<E>>, Param<_, Weights<E>>) = (a.into(), b.into());
        let (_, (da, db)) = model.value_and_grad(|(a, b)| (a.matmul(b) * &cotangent).sum()).expect("sizes");
        assert_product("da", da.as_slice(), &wide(&dy.matmul(b64.t()).eval()), n);
        assert_product("db", db.as_slice(), &wide(&a64.t().matmul(&dy).eval()), m);
    }
}

/// The gradient of a matrix that all of a batch meet is a sum over the batch: it is kept in `f32`.
fn gradients_summed_over_a_batch<E: Half>() {
    let b: Tensor<_, E> = super::filled((Batch(3_000), Inner(2), Columns(2)), 1.0);
    let a: Param<(Rows, Inner), Weights<E>> = super::filled((Rows(2), Inner(2)), 1.0).into();
    let slope = a.value_and_grad(|a| a.matmul(&b).sum()).expect("sizes").1;
    super::assert_rounded("a left factor", slope.as_slice(), &[6_000.0; 4], 0);
    let b: Param<(Inner, Columns), Weights<E>> = super::filled((Inner(2), Columns(2)), 1.0).into();
    let a: Tensor<_, E> = super::filled((Batch(3_000), Rows(2), Inner(2)), 1.0);
    let slope = b.value_and_grad(|b| a.matmul(b).sum()).expect("sizes").1;
    super::assert_rounded("a right factor", slope.as_slice(), &[6_000.0; 4], 0);
}

super::both! {
    products_are_rounded_once: products_of_all_sizes;
    batches_too: static_and_batched_products;
    sums_of_products_do_not_overflow: terms_beyond_the_type;
    gradients_are_products: gradients_of_products;
    gradients_over_a_batch_are_rounded_once: gradients_summed_over_a_batch;
}
