//! A step of a perceptron, 784-512-256-10 with a batch of 64, against its matrix products alone: everything else that a
//! step does (activations, loss, gradients of biases, the optimizer) should hide behind them.
#![allow(unsafe_code)]

use crate::Promise;
use crate::race::race;
use congruent::prelude::*;

/// Times the products alone.
const LIMIT: f64 = 1.1;

#[derive(Model)]
struct Mlp<P: Part = Weights> {
    first: Linear<D<784>, D<512>, P>,
    second: Linear<D<512>, D<256>, P>,
    scores: Linear<D<256>, D<10>, P>,
}

impl<P: Forward> Mlp<P> {
    fn forward<B: Dim>(self, x: impl Expr<(B, D<784>), P>) -> Ex![P; B, 10] {
        self.scores.forward(self.second.forward(self.first.forward(x).relu()).relu())
    }
}

pub(crate) fn promise() -> Promise {
    let x: Tensor<Shape![64, 784]> = Cpu.uniform(Default::default(), Key::new(1), -1.0, 1.0);
    let labels = Cpu.from_fn((D::<64>,), |i| Key::new(2).below(i as u64, 10) as i64);
    let [first, second, scores] = [3, 4, 5].map(Key::new);
    let mut model = Mlp { first: Linear::new(first), second: Linear::new(second), scores: Linear::new(scores) };
    let mut optimizer = Sgd::new(&model, 1e-5).momentum(0.9);
    let step = || {
        let result = model.value_and_grad(|model| model.forward(&x).cross_entropy(&labels));
        let (loss, grads) = result.expect("labels are below 10");
        optimizer.step(&mut model, &grads);
        loss
    };
    let mut products = PRODUCTS.map(Gemm::new);
    let (ours, theirs) = race(step, || products.iter_mut().for_each(Gemm::run));
    println!("# perceptron: {:.0} us a step, its products {:.0}", ours * 1e6, theirs * 1e6);
    Promise { name: "perceptron_step_over_products".into(), measured: ours / theirs, limit: LIMIT }
}

/// A product of `m` by `k` and `k` by `n`; a transposed operand is stored as its transpose.
#[derive(Clone, Copy)]
struct Product {
    m: usize,
    k: usize,
    n: usize,
    a_transposed: bool,
    b_transposed: bool,
}

const fn plain(m: usize, k: usize, n: usize) -> Product {
    Product { m, k, n, a_transposed: false, b_transposed: false }
}

/// `Aᵀ · dC`, the gradient of a weight.
const fn weight(m: usize, k: usize, n: usize) -> Product {
    Product { a_transposed: true, ..plain(m, k, n) }
}

/// `dC · Bᵀ`, the gradient of an input.
const fn input(m: usize, k: usize, n: usize) -> Product {
    Product { b_transposed: true, ..plain(m, k, n) }
}

/// The products of a step; the input of the first layer has no gradient.
const PRODUCTS: [Product; 8] = [
    plain(64, 784, 512),
    plain(64, 512, 256),
    plain(64, 256, 10),
    weight(256, 64, 10),
    input(64, 10, 256),
    weight(512, 64, 256),
    input(64, 256, 512),
    weight(784, 64, 512),
];

/// A product and its memory, by the engine that the library uses.
struct Gemm {
    product: Product,
    a: Vec<f32>,
    b: Vec<f32>,
    c: Vec<f32>,
}

impl Gemm {
    fn new(product: Product) -> Self {
        let Product { m, k, n, .. } = product;
        Gemm { product, a: vec![0.5; m * k], b: vec![0.5; k * n], c: vec![0.0; m * n] }
    }

    fn run(&mut self) {
        let Product { m, k, n, a_transposed, b_transposed } = self.product;
        let strides = |rows: usize, columns: usize, transposed| match transposed {
            true => (1, rows as isize),
            false => (columns as isize, 1),
        };
        let ((a_row, a_column), (b_row, b_column)) = (strides(m, k, a_transposed), strides(k, n, b_transposed));
        let (a, b, c) = (self.a.as_ptr(), self.b.as_ptr(), self.c.as_mut_ptr());
        // SAFETY: the strides span exactly the `m · k`, `k · n` and `m · n` elements that `new` allocated.
        unsafe {
            matrixmultiply::sgemm(m, k, n, 1.0, a, a_row, a_column, b, b_row, b_column, 0.0, c, n as isize, 1);
        }
    }
}
