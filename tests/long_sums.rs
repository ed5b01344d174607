//! Sums of millions of terms: products, reductions and gradients are within 1e-6, as if they were of a few.
//!
//! Apart from the tests of the operations because the fault is one kind: a sum that is kept in one register.

use congruent::prelude::*;

dims! { Batch = ?, Terms = ? }

const LONG: usize = 7_500_000;

/// Numbers whose sums drift: equal ones round in one direction, and those of one sign grow.
fn kinds(len: usize) -> [(&'static str, Tensor<(Terms,)>); 3] {
    let shape = (Terms(len),);
    [
        ("equal", Cpu.full(shape, 0.1)),
        ("uniform", Cpu.uniform(shape, Key::new(1), 0.0, 1.0)),
        ("shifted", Cpu.normal(shape, Key::new(2), 3.0, 1.0)),
    ]
}

fn sum<E: Elem>(values: &[E], term: impl Fn(f64) -> f64) -> f64 {
    values.iter().map(|x| term(x.as_f64())).sum()
}

#[track_caller]
fn close(what: &str, found: f64, expected: f64, most: f64) {
    let error = ((found - expected) / expected).abs();
    assert!(error <= most, "{what}: {found}, expected {expected}, error {error:e}");
}

#[test]
fn dot_products() {
    for (kind, x) in kinds(LONG) {
        let ones: Tensor<_> = Cpu.full((Terms(LONG),), 1.0);
        close(kind, x.dot(&ones).eval().item().into(), sum(x.as_slice(), |x| x), 1e-6);
        close(kind, x.dot(&x).eval().item().into(), sum(x.as_slice(), |x| x * x), 1e-6);
    }
    for len in [1, 7, 31, 32, 33, 511, 512, 513, 2048, 2049, 4097, 100_003] {
        let (x, y) = (Cpu.arange_of::<f64, _>(Terms(len)), Cpu.full((Terms(len),), 2.0));
        assert_eq!(x.dot(&y).eval().item(), (len * (len - 1)) as f64, "{len} integers");
    }
}

#[test]
fn dot_products_of_halves_are_rounded_once() {
    let x: Tensor<_, bf16> = Cpu.full((Terms(3_000_000),), bf16::from_f32(0.75));
    assert_eq!(x.dot(&x).eval().item(), bf16::from_f64(3e6 * 0.75 * 0.75));
    let x: Tensor<_, f16> = Cpu.full((Terms(100_000),), f16::from_f32(0.5));
    assert_eq!(x.dot(&x).eval().item(), f16::from_f64(25_000.0));
}

/// Matrices by vectors, on either side and turned: each is another loop.
#[test]
fn matrix_vector_products() {
    const TERMS: usize = 2_000_000;
    for (kind, x) in kinds(TERMS) {
        let expected = 3.0 * sum(x.as_slice(), |x| x);
        let (wide, tall) = (Cpu.full((D::<2>, Terms(TERMS)), 3.0f32), Cpu.full((Terms(TERMS), D::<2>), 3.0f32));
        let row: Tensor<(D<1>, Terms)> = x.reshape((D::<1>, Terms(TERMS))).eval();
        let all = [
            wide.matmul(&x).eval().to_vec(),
            x.matmul(&tall).eval().to_vec(),
            row.matmul(&tall).eval().to_vec(),
            row.matmul(wide.t()).eval().to_vec(),
            tall.t().matmul(&x).eval().to_vec(),
        ];
        for (i, found) in all.iter().enumerate() {
            found.iter().for_each(|&found| close(&format!("{kind}, form {i}"), found.into(), expected, 1e-6));
        }
    }
}

#[test]
fn gradients_of_what_is_broadcast() {
    for (kind, x) in kinds(LONG) {
        let scalar: Param<Shape![]> = Cpu.full((), 0.5f32).into();
        let (_, g) = scalar.value_and_grad(|w| (w * &x).sum()).unwrap();
        close(kind, g.as_slice()[0].into(), sum(x.as_slice(), |x| x), 1e-6);
        let one: Param<Shape![1]> = Cpu.tensor([0.5]).into();
        let (_, g) = one.value_and_grad(|w| (w * &x).sum()).unwrap();
        close(kind, g.as_slice()[0].into(), sum(x.as_slice(), |x| x), 1e-6);
    }
}

#[test]
fn column_sums_and_gradients_of_rows() {
    const ROWS: usize = 250_000;
    for (kind, x) in kinds(ROWS * 8) {
        let x: Tensor<(Batch, D<8>)> = x.reshape((Batch(ROWS), D::<8>)).eval();
        let expected = |column| sum(&x.as_slice().iter().skip(column).step_by(8).copied().collect::<Vec<_>>(), |x| x);
        let sums = x.sum_axis::<0>().eval();
        let bias: Param<Shape![8]> = Cpu.full((D::<8>,), 0.5f32).into();
        let (_, g) = bias.value_and_grad(|b| (b * &x).sum()).unwrap();
        for column in 0..8 {
            close(&format!("{kind}, column {column}"), sums.as_slice()[column].into(), expected(column), 1e-6);
            close(&format!("{kind}, gradient {column}"), g.as_slice()[column].into(), expected(column), 1e-6);
        }
    }
}

/// Tall matrices of a few columns: rows that lie across the memory, and products over many terms.
#[test]
fn tall_matrices() {
    const ROWS: usize = 2_000_000;
    let tenth = f64::from(0.1f32);
    let x = Cpu.full((Terms(ROWS), D::<2>), 0.1f32);
    let all = |what: &str, found: &[f32], expected: f64, most: f64| {
        found.iter().for_each(|&found| close(what, found.into(), expected, most));
    };
    all("column sums", x.sum_axis::<0>().eval().as_slice(), ROWS as f64 * tenth, 1e-6);
    all("products", x.t().matmul(&x).eval().as_slice(), ROWS as f64 * tenth * tenth, 1e-6);
    let gram = einsum!("ki, kj -> ij", &x, &x).eval();
    all("labelled products", gram.as_slice(), ROWS as f64 * tenth * tenth, 1e-6);
    let layer = Linear::<D<2>, D<2>>::new(Key::new(1));
    let (_, slope) = layer.value_and_grad(|l| (l.forward(&x) * 0.1).sum()).expect("sizes agree");
    all("the gradient of a weight", slope.weight.as_slice(), ROWS as f64 * tenth * tenth, 1e-6);
    all("the gradient of a bias", slope.bias.as_slice(), ROWS as f64 * tenth, 1e-6);
    let x = Cpu.from_fn((Terms(ROWS), D::<2>), |i| if (i / 2) % 2 == 0 { 1.1f32 } else { 0.9 });
    let distance = (f64::from(1.1f32) - f64::from(0.9f32)) / 2.0;
    all("variances", x.var_axis::<0>(0).eval().as_slice(), distance * distance, 1e-6);
}

/// Products of every size of their two sides, over terms that are split. The engine adds 256 of them in one register,
/// which equal ones are off by.
#[test]
fn products_over_many_terms() {
    const TERMS: usize = 300_000;
    fn check<M: Dim + Default, N: Dim + Default>() {
        let (m, n) = (M::default(), N::default());
        let left = Cpu.from_fn((Terms(TERMS), m), |i| 0.1 * (1 + i % m.size()) as f32);
        let right = Cpu.from_fn((n, Terms(TERMS)), |i| 0.3 * (1 + i / TERMS) as f32);
        let found = left.t().matmul(right.t()).eval();
        for (i, &found) in found.as_slice().iter().enumerate() {
            let (row, column) = (i / n.size(), i % n.size());
            let term = f64::from(0.1 * (1 + row) as f32) * f64::from(0.3 * (1 + column) as f32);
            close(&format!("{row}, {column} of {} by {}", m.size(), n.size()), found.into(), TERMS as f64 * term, 4e-6);
        }
    }
    check::<D<1>, D<2>>();
    check::<D<2>, D<3>>();
    check::<D<7>, D<5>>();
    check::<D<17>, D<33>>();
}

/// Batches of small products that are summed over the batch.
/// Few rows or columns: nothing is packed for them, and their digits are those of larger products.
#[test]
fn thin_products() {
    const TERMS: usize = 400_000;
    fn check<M: Dim + Default, N: Dim + Default>() {
        let left: Tensor<(M, Terms)> = Cpu.uniform((M::default(), Terms(TERMS)), Key::new(1), 0.0, 1.0);
        let right: Tensor<(Terms, N)> = Cpu.uniform((Terms(TERMS), N::default()), Key::new(2), 0.0, 1.0);
        let both = [left.matmul(&right).eval(), right.t().matmul(left.t()).t().eval()];
        let (n, columns) = (N::default().size(), right.as_slice());
        for (i, row) in left.as_slice().chunks_exact(TERMS).enumerate() {
            for j in 0..n {
                let exact = row.iter().zip(columns.chunks_exact(n)).map(|(&x, y)| f64::from(x) * f64::from(y[j])).sum();
                for found in &both {
                    close("a thin product", found.as_slice()[i * n + j].into(), exact, 7e-8);
                }
            }
        }
    }
    check::<D<2>, D<9>>();
    check::<D<3>, D<5>>();
    check::<D<1>, D<8>>();
    check::<D<6>, D<2>>();
}

#[test]
fn products_summed_over_a_batch() {
    const BATCH: usize = 1_000_000;
    let x = Cpu.full((Batch(BATCH), D::<2>, D::<2>), 0.1f32);
    let expected = 2.0 * BATCH as f64 * f64::from(0.1f32).powi(2);
    for found in [einsum!("bki, bkj -> ij", &x, &x).eval(), einsum!("bik, bkj -> ij", &x, &x).eval()] {
        found.as_slice().iter().for_each(|&found| close("over the batch", found.into(), expected, 1e-6));
    }
    let half = Cpu.full((Batch(BATCH), D::<2>, D::<2>), bf16::from_f32(0.75));
    let found = einsum!("bik, bkj -> ij", &half, &half).eval();
    assert_eq!(found.as_slice(), [bf16::from_f64(2.0 * BATCH as f64 * 0.75 * 0.75); 4]);
}

/// A number for each row meets one for each column: the sums of the rows must leave room for those of the columns.
#[test]
fn gradients_of_a_gate_and_a_bias() {
    for rows in [1, 17, 1021, 20_000, 100_000, 1_000_000, 4_000_000] {
        let gates: Tensor<(Terms, D<1>)> = Cpu.full((Terms(rows), D::<1>), 0.1);
        let model: (Param<(Terms, D<1>)>, Param<Shape![2]>) = (gates.into(), Cpu.tensor([1.0, 2.0]).into());
        let (_, (gate, bias)) = model.value_and_grad(|(gate, bias)| (gate * bias).sum()).expect("a step");
        // Fewer than 1024 rows are summed one by one.
        let most = if rows < 1024 { 1e-5 } else { 1e-6 };
        bias.as_slice().iter().for_each(|&x| close("bias", x.into(), 0.1f32 as f64 * rows as f64, most));
        assert!(gate.as_slice().iter().all(|&x| x == 3.0), "{rows} gates");
    }
    // Gates that are views: every second one, the last one first.
    let gates: Param<(Terms, D<2>)> = Cpu.full((Terms(1_000_000), D::<2>), 0.1).into();
    let model = (gates, Param::from(Cpu.tensor([1.0, 2.0])));
    let step = model.value_and_grad(|(gates, bias): (_, _)| {
        let gate = gates.flip::<0>().narrow::<1, _>(1, D::<1>);
        (gate * bias).sum()
    });
    let (_, (gates, bias)) = step.expect("a step");
    bias.as_slice().iter().for_each(|&x| close("bias", x.into(), 0.1f32 as f64 * 1e6, 1e-6));
    assert!(gates.as_slice().chunks(2).all(|pair| pair == [0.0, 3.0]));
    for (rows, columns) in [(300_000, 64), (3, 200_000), (1, 500_000)] {
        let gates: Tensor<(Batch, D<1>)> = Cpu.full((Batch(rows), D::<1>), 0.1);
        let model: (Param<(Batch, D<1>)>, Param<(Terms,)>) = (gates.into(), Cpu.full((Terms(columns),), 0.5).into());
        let (_, (gate, bias)) = model.value_and_grad(|(gate, bias)| (gate * bias).sum()).expect("a step");
        bias.as_slice().iter().for_each(|&x| close("bias", x.into(), 0.1f32 as f64 * rows as f64, 1e-6));
        gate.as_slice().iter().for_each(|&x| close("gate", x.into(), 0.5 * columns as f64, 1e-6));
    }
}
