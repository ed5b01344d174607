//! Equations that hold for any numbers: between operations, between their gradients, and of models as wholes.

mod reference;

use congruent::prelude::*;
use reference::{Plain, assert_near, uniform};

dims! { A = ?, B = ?, C = ? }

/// Both sides, for several sizes.
macro_rules! law {
    (|$x:ident, $y:ident, $z:ident| $left:expr, $right:expr) => {
        for [a, b, c] in [[2, 3, 4], [1, 1, 1], [7, 17, 5], [0, 3, 2], [3, 0, 2]] {
            let $x = &uniform::<_, f64>((A(a), B(b)), 1);
            let $y = &uniform::<_, f64>((B(b), C(c)), 2);
            let $z = &uniform::<_, f64>((B(b), C(c)), 3);
            let (left, right) = (Plain::from(&$left.eval()), Plain::from(&$right.eval()));
            assert_eq!(left.dims, right.dims, stringify!($left));
            assert_near(stringify!($left), &left.values, &right.values, 1e-12, 1.0);
        }
    };
}

#[test]
fn of_products() {
    law!(|x, y, z| x.matmul(y + z), x.matmul(y) + x.matmul(z));
    law!(|x, y, _z| x.matmul(y).t(), y.t().matmul(x.t()));
    law!(|x, y, z| x.matmul(y).matmul(z.t()), x.matmul(y.matmul(z.t())));
    law!(|x, y, _z| (x * 3.0).matmul(y), x.matmul(y) * 3.0);
}

#[test]
fn of_reductions() {
    law!(|x, _y, _z| x.sum_axis::<0>().sum(), x.sum());
    law!(|x, _y, _z| x.sum_axes::<Axes![0, 1]>(), x.t().sum());
    law!(|x, _y, _z| x.sum_axis::<1>(), x.t().sum_axis::<0>());
    law!(|x, _y, _z| x.max_axis::<1>(), -(-x).min_axis::<1>());
    law!(|x, _y, _z| x.var_axis::<1>(0), x.square().mean_axis::<1>() - x.mean_axis::<1>().square());
    law!(|x, _y, _z| x.logsumexp_axis::<1>(), x.exp().sum_axis::<1>().ln());
    law!(|_x, y, z| (y + z).mean_axis::<0>(), y.mean_axis::<0>() + z.mean_axis::<0>());
}

#[test]
fn of_rows() {
    law!(|x, _y, _z| x.softmax(), (x + 5.0).softmax());
    law!(|x, _y, _z| x.log_softmax(), x.softmax().ln());
    law!(|x, _y, _z| x.softmax_axis::<0>(), x.t().softmax().t());
    law!(|x, _y, _z| x.log_softmax(), x - x.logsumexp_keepdim::<1>());
}

/// The gradient of a sum is the sum of the gradients, of a multiple the multiple.
#[test]
fn of_gradients() {
    let model: Param<(A, B), Weights<f64>> = uniform((A(5), B(3)), 1).into();
    let (_, first) = model.value_and_grad(|x| x.softmax().square().sum()).unwrap();
    let (_, second) = model.value_and_grad(|x| x.t().matmul(x).sum()).unwrap();
    let (_, both) = model.value_and_grad(|x| x.softmax().square().sum() * 2.0 - x.t().matmul(x).sum()).unwrap();
    let expected: Vec<f64> = first.as_slice().iter().zip(second.as_slice()).map(|(x, y)| 2.0 * x - y).collect();
    assert_near("a combination of two losses", both.as_slice(), &expected, 1e-13, 1.0);
}

#[derive(Model)]
struct Net<P: Part = Weights> {
    hidden: Linear<D<4>, D<8>, P>,
    out: Linear<D<8>, D<3>, P>,
}

impl<P: Forward> Net<P> {
    fn forward<S: Dim>(self, x: impl Expr<(S, D<4>), P>) -> Ex![P; S, 3] {
        self.out.forward(self.hidden.forward(x).tanh())
    }
}

/// The loss over a batch is the mean of the losses over its halves, and so are the gradients.
#[test]
fn of_batches() {
    let model = Net { hidden: Linear::new(Key::new(1)), out: Linear::new(Key::new(2)) };
    let x = Cpu.uniform((A(6), D::<4>), Key::new(3), -1.0, 1.0);
    let part = |from: usize, rows: usize| {
        let values = &x.as_slice()[from * 4..(from + rows) * 4];
        let x = Cpu.from_slice((A(rows), D::<4>), values).unwrap();
        let (loss, grads) = model.value_and_grad(|m| m.forward(&x).square().mean()).unwrap();
        (f64::from(loss), Plain::from(&grads.hidden.weight.tensor()).values)
    };
    let ((whole, gradient), (first, left), (second, right)) = (part(0, 6), part(0, 3), part(3, 3));
    assert_near("loss", &[whole], &[(first + second) / 2.0], 1e-6, 1.0);
    let mean: Vec<f64> = left.iter().zip(&right).map(|(x, y)| (x + y) / 2.0).collect();
    assert_near("gradient", &gradient, &mean, 1e-6, 1.0);
}
