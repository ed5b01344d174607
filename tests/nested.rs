//! Steps inside of steps: a gradient goes to what the call was made on, and to nothing around it.
//!
//! Apart from `sharing.rs`, where one backward runs at a time.

mod support;

use congruent::{Error, prelude::*};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use support::assert_close;

type Vector<E = f64> = Param<Shape![3], Weights<E>>;

fn vector<E: Real>(seed: u64) -> Vector<E> {
    Cpu.uniform_of((D::<3>,), Key::new(seed), 0.5, 1.5).into()
}

/// The parameters of `y = Σ tanh(x · u) · v`, which is no polynomial.
type Net<P = Weights<f64>> = (Param<Shape![3], P>, Param<Shape![3], P>);

fn net() -> Net {
    (vector(1), vector(2))
}

fn run<P: Forward>((u, v): Net<P>, x: impl Expr<Shape![3], P>) -> Ex![P;] {
    ((x.ex() * u).tanh() * v).sum()
}

/// Checks an inner gradient by the input of the net, by hand: `v · u · (1 - tanh²(x · u))`.
fn by_input(m: &Net, x: &Vector, found: Result<(f64, Param<Shape![3], Grads<f64>>), Error>) {
    let (u, v, x) = (m.0.as_slice(), m.1.as_slice(), x.as_slice());
    let slopes: Vec<f64> = (0..3).map(|i| v[i] * u[i] * (1.0 - (x[i] * u[i]).tanh().powi(2))).collect();
    assert_close("by the input", found.unwrap().1.as_slice(), &slopes, 1e-14);
}

/// Asserts that a step with calls inside of it gives the very gradients of the same step without.
macro_rules! as_without {
    ($m:expr, $with:expr, $without:expr) => {
        let (found, expected) = ($m.value_and_grad($with).unwrap(), $m.value_and_grad($without).unwrap());
        assert_eq!(found.0, expected.0);
        assert_eq!(support::flat(found.1), support::flat(expected.1));
    };
}

#[test]
fn the_model_around_an_inner_call_is_a_constant() {
    let (m, x) = (net(), vector(3));
    let (y, inner) = (x.tensor(), || m.infer(|m| by_input(&net(), &x, x.value_and_grad(|x| run(m, x)))).unwrap());
    inner();
    as_without!(
        m,
        |m| {
            by_input(&net(), &x, x.value_and_grad(|x| run(m, x)));
            let loss = run(m, &y);
            by_input(&net(), &x, x.value_and_grad(|x| run(m, x)));
            x.infer(|_| by_input(&net(), &x, x.value_and_grad(|x| run(m, x)))).unwrap();
            inner();
            loss
        },
        |m| run(m, &y)
    );
}

#[test]
fn what_is_shared_around_an_inner_call_is_a_constant() {
    let (m, x) = (net(), vector(3));
    as_without!(
        m,
        |(u, v)| (u * 2.0)
            .with(|u| {
                let (_, g) = x.value_and_grad(|x| (x * u * v).with(|y| y * y * u).sum()).unwrap();
                assert!(g.as_slice().iter().all(|&g| g > 0.0));
                u * u * v
            })
            .sum(),
        |(u, v)| (u * 2.0).with(|u| u * u * v).sum()
    );
    as_without!(
        m,
        |(u, v)| (u * 2.0)
            .share(|w| {
                by_input(&net(), &x, x.value_and_grad(|x| run((u, v), x)));
                w * w * v
            })
            .sum(),
        |(u, v)| (u * 2.0).share(|w| w * w * v).sum()
    );
    as_without!(
        m,
        |(u, v)| Traced::<f64>::scan([u, v], u * v, |layer, h| {
            let _ = x.value_and_grad(|x| (x * h * layer).sum()).unwrap();
            (h * layer).tanh()
        })
        .sum(),
        |(u, v)| Traced::<f64>::scan([u, v], u * v, |layer, h| (h * layer).tanh()).sum()
    );
}

/// What was built outside and is used up inside: its gradient would lead out of the inner call.
#[test]
fn a_graph_from_outside_is_a_constant_inside() {
    let (m, x) = (net(), vector(3));
    as_without!(
        m,
        |(u, v)| {
            let (scale, bias) = ((u * v).boxed(), u.with(|u| u * u + v));
            let looped = Traced::<f64>::scan([v, v], u * 1.0, |v, h| h * v);
            let (_, g) = x.value_and_grad(|x| (x * scale + bias + looped).sum()).unwrap();
            let products: Vec<f64> = m.0.as_slice().iter().zip(m.1.as_slice()).map(|(u, v)| u * v).collect();
            assert_close("the scale", g.as_slice(), &products, 1e-15);
            (u * v * v).sum()
        },
        |(u, v)| (u * v * v).sum()
    );
}

/// The other way: what was built inside of the outer model alone is differentiated outside.
#[test]
fn a_graph_that_an_inner_call_hands_out_is_differentiated() {
    let (m, x) = (net(), vector::<f64>(3));
    as_without!(
        m,
        |(u, v)| {
            let step = x.value_grad_and(|x| ((x * u).sum(), (u * v).with(|w| w * w * u).tanh()));
            let (_, _, graph) = step.unwrap();
            let inferred = x.infer(|_| Traced::<f64>::scan([u, v], graph, |layer, h| h * layer)).unwrap();
            inferred.sum()
        },
        |(u, v)| Traced::<f64>::scan([u, v], (u * v).with(|w| w * w * u).tanh(), |layer, h| h * layer).sum()
    );
}

/// A slope that the loss uses is a number: no gradient passes through it.
#[test]
fn inner_gradients_are_numbers_in_the_outer_loss() {
    let (m, x) = (net(), vector(3));
    let y = x.tensor();
    let slope = m.infer(|m| x.value_and_grad(|x| run(m, x)).unwrap().1.tensor()).unwrap();
    as_without!(
        m,
        |m| {
            let by_x = x.value_and_grad(|x| run(m, x)).unwrap().1.tensor();
            run(m, &y) + (&by_x * m.0).sum()
        },
        |m| run(m, &y) + (&slope * m.0).sum()
    );
}

#[test]
fn the_same_model_inside_of_itself() {
    let m = net();
    let x = vector::<f64>(3).tensor();
    let expected = support::flat(m.value_and_grad(|m| run(m, &x)).unwrap().1);
    as_without!(
        m,
        |outer| {
            let mixed = m.value_and_grad(|inner| run(inner, &x) + (outer.0 * outer.1).sum()).unwrap().1;
            assert_eq!(support::flat(mixed), expected);
            let deeper = m.value_and_grad(|inner| {
                let third = m.value_and_grad(|third| run((third.0, inner.1), &x) + outer.0.sum()).unwrap().1;
                assert_eq!((third.0.as_slice(), third.1.as_slice()), (&expected[..3], &[0.0; 3][..]));
                run(inner, &x)
            });
            assert_eq!(support::flat(deeper.unwrap().1), expected);
            (outer.0 * outer.1).sum()
        },
        |(u, v)| (u * v).sum()
    );
}

/// A call inside that fails, by an error or by a bug, leaves nothing in the step around it.
#[test]
fn a_call_inside_that_fails_leaves_nothing_behind() {
    dims! { Batch = ? }
    let (m, x) = (net(), vector::<f64>(3));
    let of = |size| Cpu.full((Batch(size),), 1.0);
    let failed = Cell::new(0);
    as_without!(
        m,
        |(u, v)| {
            let error = x.value_and_grad(|x| (x * u).sum() + (&of(2) + &of(3)).sum()).map(drop);
            assert!(matches!(error, Err(Error::Sizes(_))), "{error:?}");
            let bug = || x.value_and_grad(|x| if failed.get() == 0 { panic!("bug") } else { x.sum() });
            failed.set(failed.get() + usize::from(catch_unwind(AssertUnwindSafe(bug)).is_err()));
            (u * v).sum()
        },
        |(u, v)| (u * v).sum()
    );
    assert_eq!(failed.get(), 1);
    let (_, g) = x.value_and_grad(|x| x.sum()).unwrap();
    assert_eq!(g.as_slice(), [1.0; 3], "and the next step is a first one");
}

#[test]
fn element_types_may_differ() {
    let (outer, inner) = (vector::<f32>(1), vector::<f64>(2));
    let (_, plain) = outer.value_and_grad(|u| (u * u * u).sum()).unwrap();
    let step = outer.value_and_grad(|u| {
        let (_, g) = inner.value_and_grad(|w| u.with(|u| (u.cast::<f64>() * w).sum() + (u * u).sum().cast())).unwrap();
        let expected: Vec<f64> = outer.as_slice().iter().map(|&u| u.into()).collect();
        assert_eq!(g.as_slice(), expected);
        let (_, g) = vector::<f32>(3).value_and_grad(|w| (w * u).sum()).unwrap();
        assert_eq!(g.as_slice(), outer.as_slice());
        (u * u * u).sum()
    });
    assert_eq!(step.unwrap().1.as_slice(), plain.as_slice());
}

/// Each thread has its own calls: what runs beside a step is not inside of it.
#[test]
fn a_step_on_another_thread_is_not_inside() {
    let (m, x) = (net(), vector(3));
    let y = x.tensor();
    as_without!(
        m,
        |m| {
            let other =
                || by_input(&net(), &vector(3), net().infer(|m| vector(3).value_and_grad(|x| run(m, x))).unwrap());
            std::thread::scope(|threads| (0..2).for_each(|_| drop(threads.spawn(other))));
            run(m, &y)
        },
        |m| run(m, &y)
    );
}

/// Statistics are no gradients: a forward inside of an inner call is one that the layer has seen.
#[test]
fn statistics_are_recorded_from_inside() {
    use congruent::nn::BatchNorm;
    let input: Param<Shape![2, 3]> = Cpu.tensor([[1.0, 2.0, 4.0], [3.0, 5.0, 7.0]]).into();
    let mut norm = BatchNorm::<D<3>>::new();
    let step = norm.value_and_grad(|norm| {
        input.value_and_grad(|x| norm.forward(x).sum()).unwrap();
        norm.weight.sum()
    });
    Sgd::new(&norm, 0.0).step(&mut norm, &step.unwrap().1);
    assert_eq!(norm.running_mean.as_slice(), [0.2, 0.35, 0.55]);
}
