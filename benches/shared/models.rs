//! The models that several benches train.

use congruent::prelude::*;

/// 784 pixels, 512 and 256 features, 10 scores.
#[derive(Model)]
pub(crate) struct Mlp<P: Part = Weights> {
    first: Linear<D<784>, D<512>, P>,
    second: Linear<D<512>, D<256>, P>,
    scores: Linear<D<256>, D<10>, P>,
}

impl Mlp {
    pub(crate) fn new() -> Self {
        let [first, second, scores] = [1, 2, 3].map(Key::new);
        Mlp { first: Linear::new(first), second: Linear::new(second), scores: Linear::new(scores) }
    }
}

impl<P: Forward> Mlp<P> {
    pub(crate) fn forward<B: Dim>(self, x: impl Expr<(B, D<784>), P>) -> Ex![P; B, 10] {
        self.scores.forward(self.second.forward(self.first.forward(x).relu()).relu())
    }
}

/// Two convolutions of 5 by 5, each with a pooling behind it; 128 features, 10 scores.
#[derive(Model)]
pub(crate) struct Cnn<P: Part = Weights> {
    first: Conv2d<D<1>, D<16>, Filter<5, 1, 2>, P>,
    second: Conv2d<D<16>, D<32>, Filter<5, 1, 2>, P>,
    hidden: Linear<D<1568>, D<128>, P>,
    scores: Linear<D<128>, D<10>, P>,
}

impl Cnn {
    pub(crate) fn new() -> Self {
        let [first, second, hidden, scores] = [1, 2, 3, 4].map(Key::new);
        Cnn {
            first: Conv2d::new(first),
            second: Conv2d::new(second),
            hidden: Linear::new(hidden),
            scores: Linear::new(scores),
        }
    }
}

impl<P: Forward> Cnn<P> {
    pub(crate) fn forward<B: Dim>(self, x: impl Expr<(B, D<1>, D<28>, D<28>), P>) -> Ex![P; B, 10] {
        let first = self.first.forward(x).relu().max_pool2d(Pool::<2>);
        let second = self.second.forward(first).relu().max_pool2d(Pool::<2>);
        self.scores.forward(self.hidden.forward(second.flatten::<1>()).relu())
    }
}
