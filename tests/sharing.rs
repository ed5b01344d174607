//! `with`, `share`, `boxed`, `scan` and `stop_gradient` in one another; parameters that are used often, or not at all.

mod support;

use congruent::prelude::*;
use support::{assert_close, gradients, random};

dims! { A = ?, B = ? }

type Matrix = Param<(A, B), Weights<f64>>;
type Row = Param<(B,), Weights<f64>>;
type Column = Param<(A, D<1>), Weights<f64>>;

fn model() -> (Matrix, Row, Column) {
    let (a, b) = (A(3), B(4));
    (random((a, b), 1, -1.0, 1.0), random((b,), 2, -1.0, 1.0), random((a, D::<1>), 3, -1.0, 1.0))
}

#[test]
fn pairs_under_with() {
    let mut m = model();
    gradients!(m, |(x, y, z)| (x * y).with(|u| (u * u).with(|v| v * u + v.sum_keepdim::<1>() * z)).sum());
    gradients!(m, |(x, y, z)| (x * y).with(|u| u.share(|v| v * v + v * z) * u.mean_keepdim::<0>()).sum());
    gradients!(m, |(x, y, z)| (x * y).with(|u| (u * u).boxed() * z + u).sum());
    gradients!(m, |(x, y, z)| (x * y).with(|u| Traced::<f64>::scan([y, y], u, |y, v| v * v + y * z)).sum());
    gradients!(m, |(x, y, z)| (x * y).with(|u| u.exp().sum_axis::<1>() + u.matmul(y) * z.squeeze::<1>()).sum());
}

#[test]
fn pairs_under_share() {
    let mut m = model();
    gradients!(m, |(x, y, z)| (x * y).share(|u| (u * u).share(|v| v * u + v * z * y)).sum());
    gradients!(m, |(x, y, z)| (x * y).share(|u| u * x.with(|v| v * v + v.sum_keepdim::<0>()) + u * z).sum());
    gradients!(m, |(x, y, z)| (x * y).share(|u| u * (x * z).boxed() + u * u).sum());
    gradients!(m, |(x, y, z)| (x * y).share(|u| u.exp() * Traced::<f64>::scan([z, z], x, |z, v| v * v * z) + u).sum());
    gradients!(m, |(x, y, _)| (x * y).share(|u| (u * 2.0).share(|v| (v * u).share(|w| w * v + u * x)) + u).sum());
}

#[test]
fn pairs_under_boxed() {
    let mut m = model();
    gradients!(m, |(x, y, z)| ((x * y).with(|u| u * u * z).boxed() * x).sum());
    gradients!(m, |(x, y, z)| ((x * y).share(|u| u * u * z).boxed() * x).sum());
    gradients!(m, |(x, y, z)| (((x * y).boxed() * z).boxed() * x).sum());
    gradients!(m, |(x, y, z)| (Traced::<f64>::scan([y, y], x, |y, v| v * v * y).boxed() * z).sum());
}

#[test]
fn pairs_under_scan() {
    let mut m = model();
    gradients!(m, |(x, y, z)| Traced::<f64>::scan([y, y], x, |y, v| (v * y).with(|u| u * u * z + v)).sum());
    gradients!(m, |(x, y, z)| Traced::<f64>::scan([y, y], x, |y, v| (v * y).share(|u| u * u * z + v)).sum());
    gradients!(m, |(x, y, z)| Traced::<f64>::scan([y, y], x, |y, v| (v * y).boxed() * v + z).sum());
    gradients!(m, |(x, y, z)| Traced::<f64>::scan([z, z], x, |z, v| {
        Traced::<f64>::scan([y, y, y], v * z, |y, w| w * v + y)
    })
    .sum());
    gradients!(m, |(x, _, z)| Traced::<f64>::scan([x, x], x * z, |_, v| v * 0.5).sum());
}

/// No gradient passes; differences along what is stopped say nothing, so the formulas are compared.
#[test]
fn stop_gradient_inside_the_others() {
    let m = model();
    type Gradients = (Param<(A, B), Grads<f64>>, Param<(B,), Grads<f64>>, Param<(A, D<1>), Grads<f64>>);
    let of = |(_, (x, y, z)): (f64, Gradients)| [x.as_slice().to_vec(), y.as_slice().to_vec(), z.as_slice().to_vec()];
    // The same number as a constant: what `stop_gradient` must be equal to.
    let constant = &m.infer(|(x, y, _)| (x * y).eval()).unwrap();
    macro_rules! same {
        ($with:expr, $without:expr) => {
            let (with, without) = (of(m.value_and_grad($with).unwrap()), of(m.value_and_grad($without).unwrap()));
            for (with, without) in with.iter().zip(&without) {
                assert_close(stringify!($with), with, without, 1e-14);
            }
        };
    }
    same!(|(x, y, z)| ((x * y).stop_gradient() * x * z).sum(), |(x, _, z)| (constant * x * z).sum());
    same!(|(x, y, z)| (x * y).with(|u| u.stop_gradient() * u * z).sum(), |(x, y, z)| (constant * (x * y) * z).sum());
    same!(|(x, y, z)| (x * y).share(|u| u.stop_gradient() * u * z).sum(), |(x, y, z)| (constant * (x * y) * z).sum());
    same!(|(x, y, z)| ((x * y).boxed().stop_gradient() * x * z).sum(), |(x, _, z)| (constant * x * z).sum());
    same!(|(x, y, z)| ((x * y).stop_gradient().boxed() * x * z).sum(), |(x, _, z)| (constant * x * z).sum());
    same!(|(x, y, z)| (x * y).stop_gradient().with(|u| u * u * x * z).sum(), |(x, _, z)| (constant * constant * x * z)
        .sum());
    same!(|(x, y, z)| (x * y).stop_gradient().share(|u| u * u * x * z).sum(), |(x, _, z)| (constant
        * constant
        * x
        * z)
        .sum());
    same!(|(x, y, z)| (x * y).stop_gradient().matmul(x.t()).sum() + z.sum(), |(x, _, z)| constant.matmul(x.t()).sum()
        + z.sum());
    same!(|(x, y, z)| (Traced::<f64>::scan([z], (x * y).stop_gradient(), |z, v| v * z) * x).sum(), |(x, _, z)| {
        (constant * z * x).sum()
    });
    same!(|(x, y, z)| ((x * y).stop_gradient().stop_gradient() * x * z).sum(), |(x, _, z)| (constant * x * z).sum());
}

#[test]
fn one_parameter_in_many_places() {
    let mut m = model();
    gradients!(m, |(x, y, _)| (x * x * x + x * y * y - y).sum());
    gradients!(m, |(x, y, z)| ((x + y) * (x + z) * (y + z)).mean());
    gradients!(m, |(x, y, _)| (x * y).sum() * (x + y).square().mean() + y.square().sum());
    gradients!(m, |(x, y, z)| x.matmul(y).mul(z.squeeze::<1>()).sum() * x.softmax().mul(y).sum()
        + x.t().mul(z.t()).sum());
    gradients!(m, |(x, y, z)| (x.max_keepdim::<1>() * z + x).mul(y).logsumexp() + x.mean() * y.mean() * z.mean());
    // A shared value at two places that differ in how they stretch.
    gradients!(m, |(x, y, z)| (z * 2.0).with(|u| x * u + u.t().matmul(x * u).sum_keepdim::<1>() * u).mul(y).sum());
}

#[test]
fn what_is_not_used_has_gradient_zero() {
    let m = model();
    let (_, (x, y, z)) = m.value_and_grad(|(_, y, _)| y.sum()).unwrap();
    assert_eq!((x.as_slice(), y.as_slice(), z.as_slice()), (&[0.0; 12][..], &[1.0; 4][..], &[0.0; 3][..]));
    // Used, but only where no gradient passes.
    let (_, (x, _, _)) = m.value_and_grad(|(x, y, _)| x.with(|_| y * 1.0).sum() + x.stop_gradient().sum()).unwrap();
    assert_eq!(x.as_slice(), [0.0; 12]);
}

#[test]
fn frozen_branches_cost_no_gradient_and_change_nothing() {
    let m = model();
    let data = &Cpu.uniform_of::<f64, _>((A(3), B(4)), Key::new(8), -1.0, 1.0);
    let (loss, (x, y, _)) = m
        .value_and_grad(|(x, y, _)| {
            data.with(|d| d * d + x).mul(y).sum()
                + (data * 2.0).boxed().with(|d| d * y).sum()
                + data.share(|d| d * d).sum()
        })
        .unwrap();
    let (plain, (px, py, _)) = m
        .value_and_grad(|(x, y, _)| ((data * data + x) * y).sum() + (data * 2.0 * y).sum() + (data * data).sum())
        .unwrap();
    assert_close("loss", &[loss], &[plain], 1e-14);
    assert_close("x", x.as_slice(), px.as_slice(), 1e-14);
    assert_close("y", y.as_slice(), py.as_slice(), 1e-14);
}

/// The parameters of the loop are constants, what goes in is not; the reverse; and neither, but what the step reads.
#[test]
fn loops_over_frozen_layers_have_gradients() {
    let mut m = model();
    let frozen = (random((A(3), B(4)), 7, -1.0, 1.0), random((B(4),), 8, -1.0, 1.0));
    let data = &Cpu.uniform_of::<f64, _>((A(3), B(4)), Key::new(9), -1.0, 1.0);
    macro_rules! frozen {
        (|$f:pat_param, $m:pat_param| $loss:expr) => {
            gradients!(m, |$m| frozen.infer(|$f: (Param<_, Frozen<f64>>, Param<_, Frozen<f64>>)| $loss).unwrap());
        };
    }
    frozen!(|(p, q), (x, _, _)| Frozen::<f64>::scan([p, p], x, |p, v| v + (v * p * q).tanh()).sum());
    frozen!(|(p, _), (x, _, _)| Frozen::<f64>::scan(0..3, x, |i, v| v * p + f64::from(i)).sum());
    frozen!(|(p, _), (_, y, _)| Frozen::<f64>::scan([p, p, p], data, |p, v| (v * p + y).tanh()).sum());
    frozen!(|(p, _), (x, y, z)| {
        let step = |p, v: Local<_, _, _>| v.with(|v| v * p + v.share(|v| v * z));
        Frozen::<f64>::scan([p, p], x * y, step).sum()
    });
    frozen!(|(_, q), (x, _, z)| {
        let inner = |v| Frozen::<f64>::scan([q, q], v, |q, w| (w * q).tanh() + z);
        Frozen::<f64>::scan(0..2, x, |_, v| inner(v * 2.0)).boxed().sum()
    });
    gradients!(m, |(_, y, z)| Traced::<f64>::scan([y, y], data, |y, v| (v * y + z).tanh()).sum());
    gradients!(m, |(x, y, z)| Traced::<f64>::scan([y; 0], x * y, |y, v| v * y).mul(z).sum());
    // The first step forgets what came in, but not what it reads.
    frozen!(|_, (x, y, z)| {
        let step =
            |i, v: Local<_, _, _>| if i == 0 { (v.stop_gradient() * 0.0 + z * y).boxed() } else { (v * y).boxed() };
        Frozen::<f64>::scan(0..3, x * 1.0, step).sum()
    });
}

/// The forward of training is that of inference, to the last bit, although nothing is kept for a backward.
#[test]
fn inference_equals_training() {
    fn forward<P: Forward>((x, y, z): (Param<(A, B), P>, Param<(B,), P>, Param<(A, D<1>), P>)) -> Ex![P; A, B] {
        let u = (x * y).with(|u| u * u + u.mean_keepdim::<1>() * z);
        P::scan([y, y], u.share(|v| v.exp() * v), |y, v| (v + y).softmax().boxed()) * x
    }
    let m = model();
    let mut trained = None;
    let step = m.value_and_grad(|m| {
        forward(m).with(|y| {
            trained = Some(y.eval());
            y.sum()
        })
    });
    let inferred = m.infer(|m| forward(m).eval()).unwrap();
    assert_eq!(trained.as_ref().map(|y| y.as_slice()), Some(inferred.as_slice()));
    assert_close("loss", &[step.unwrap().0], &[inferred.as_slice().iter().sum::<f64>()], 1e-14);
}

#[test]
fn value_grad_and_returns_what_else_was_computed() {
    let m = model();
    let (loss, (gradient, _, _), (rows, text)) =
        m.value_grad_and(|(x, y, _)| (x.matmul(y).sum(), (x.matmul(y).eval(), "beside"))).unwrap();
    assert_close("loss", &[loss], &[rows.as_slice().iter().sum::<f64>()], 1e-14);
    assert_eq!((text, gradient.as_slice().len()), ("beside", 12));
}

/// Steps do not see one another: the same twice in a row, and inside of each other.
#[test]
fn steps_are_independent() {
    let m = model();
    let step = || m.value_and_grad(|(x, y, z)| ((x * y).with(|u| u * u) * z).sum()).unwrap();
    let ((loss, grads), (again, same)) = (step(), step());
    assert_eq!((loss, grads.0.as_slice()), (again, same.0.as_slice()));
    let (_, outer, inner) = m.value_grad_and(|(x, y, z)| (((x * y).with(|u| u * u) * z).sum(), step())).unwrap();
    assert_eq!((outer.0.as_slice(), inner.1.0.as_slice()), (grads.0.as_slice(), grads.0.as_slice()));
}

/// One fused region of thirty operands, in two layouts, with one parameter behind most of them.
#[test]
fn regions_of_thirty_operands() {
    let mut m = model();
    gradients!(m, |(x, y, z)| {
        let five = (x * y + z) * (x - y * 0.5);
        let ten = (x * y + z) * (x + y) + (x - z) * (y + z) * x;
        let fifteen = (x + y + z) * (x * 0.5 - y) + (z * z + x) * (y * y + z) + (x * z - y) * x;
        (five + ten * 0.1 - fifteen * 0.01).sum()
    });
}
