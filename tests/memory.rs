//! Memory of others as operands, and results in memory of others: vectors, and slices to write to.
//!
//! Apart from `views`, which share memory of tensors: here it begins anywhere, and goes back to its owner.

use congruent::prelude::*;

dims! { Rows = ? }

/// A vector whose elements begin at a multiple of their size, and of nothing larger.
fn unaligned(len: usize) -> Vec<f32> {
    (0..8)
        .map(|before| {
            // Blocks of odd sizes before it move where the allocator puts it.
            let _block = vec![0u8; 8 + 40 * before];
            (0..len).map(|i| (i % 13) as f32 - 6.0).collect::<Vec<f32>>()
        })
        .find(|values| !values.as_ptr().addr().is_multiple_of(64))
        .unwrap_or_else(|| (0..len).map(|i| (i % 13) as f32 - 6.0).collect())
}

#[test]
fn vectors_are_operands_where_they_are() {
    for rows in [0, 1, 7, 17, 1021] {
        let values = unaligned(rows * 3);
        let (place, own) = (values.as_ptr(), Cpu.from_slice((Rows(rows), D::<3>), &values).expect("as many"));
        let lent = Cpu.from_vec((Rows(rows), D::<3>), values).expect("as many");
        assert_eq!(lent.as_slice().as_ptr(), place);
        assert_eq!((&lent * 2.0 + lent.exp()).eval(), (&own * 2.0 + own.exp()).eval());
        assert_eq!(lent.sum_axis::<0>().eval(), own.sum_axis::<0>().eval());
        assert_eq!(lent.t().matmul(&lent).eval(), own.t().matmul(&own).eval());
        let back = lent.into_vec();
        assert_eq!(back.as_ptr(), place);
    }
}

#[test]
fn a_parameter_of_a_vector_is_trained_like_any_other() {
    let values: Vec<f32> = (0..100).map(|i| i as f32).collect();
    let step = |mut w: Param<Shape![100]>| {
        let (_, grads) = w.value_and_grad(|w| w.square().sum()).expect("static sizes");
        Sgd::new(&w, 0.25).step(&mut w, &grads);
        w.as_slice().to_vec()
    };
    let lent: Tensor<Shape![100]> = Cpu.from_vec(Default::default(), values.clone()).expect("as many");
    let kept = lent.clone();
    assert_eq!(step(lent.into()), values.iter().map(|x| x / 2.0).collect::<Vec<_>>());
    assert_eq!(kept.into_vec(), values);
}

#[test]
fn results_are_written_where_they_are_wanted() {
    let row: Tensor<Shape![5]> = Cpu.tensor([1.0, 2.0, 3.0, 4.0, 5.0]);
    for rows in [0, 1, 7, 37] {
        let x = Cpu.from_fn((Rows(rows), D::<5>), |i| i as f32);
        let mut out = vec![f32::NAN; rows * 5];
        x.eval_into(&mut out).expect("as many");
        assert_eq!(out, x.as_slice());
        (x.t() * 2.0).eval_into(&mut out).expect("as many");
        assert_eq!(out, (x.t() * 2.0).eval().as_slice());
        x.t().eval_into(&mut out).expect("as many");
        assert_eq!(out, x.t().eval().as_slice());
        (&x + &row).eval_into(&mut out).expect("as many");
        assert_eq!(out, (&x + &row).eval().as_slice());
        let error = x.exp().eval_into(&mut vec![0.0; rows * 5 + 1]).unwrap_err();
        let words = format!("shape (Rows = {rows}, D<5>) holds {} elements, got {}", rows * 5, rows * 5 + 1);
        assert_eq!(error.to_string(), words);
    }
}
