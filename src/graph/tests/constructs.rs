//! Every row of `tests/constructs`: each construct, layer and operation that is computed when called. Whatever way its
//! gradient takes back, the same arrives; a cut reaches whatever a gradient does; of constants nothing is alive.
//!
//! Apart from `tests/constructs`, which holds the same rows against differences in all forms of a model.

#[path = "../../../tests/constructs/layers.rs"]
mod layers;
#[path = "../../../tests/constructs/operations.rs"]
mod operations;
#[path = "../../../tests/constructs/sharing.rs"]
mod sharing;

use super::laws::{Way, forward_of_floats};
use super::plain::Judge;
use crate::device::Storage;
use crate::graph::{Ex, Node};
use crate::model::{EachMut, Gradient, Path, Tree};
use crate::prelude::*;

/// The input of every construct, and the parameter of the model around it.
pub(crate) type Input<P = Weights<f64>> = Param<Shape![3, 4], P>;

/// Uniform numbers, away from kinks.
pub(crate) fn input(seed: u64) -> Input {
    Cpu.uniform_of((D::<3>, D::<4>), Key::new(seed), 0.2, 1.2).into()
}

/// A loss of all elements of `y`, each with another slope.
pub(crate) fn weigh<Y>(y: Y) -> impl Operand<S = (), E = f64, D = Judge, N: Node<f64>> + use<Y>
where
    Y: Operand<E = f64, D = Judge, N: Node<f64>>,
{
    let y = y.ex();
    let slopes: Tensor<Y::S, f64, Judge> = y.device().uniform_of(y.shape(), Key::new(7), 0.5, 1.5);
    (y * &slopes).sum()
}

/// A parameter's name and its gradient, where one has come.
type Arrived = Vec<(String, Vec<f64>)>;

/// The gradients that have come.
pub(crate) fn arrived<G: Tree<Grads<f64, Judge>>>(mut grads: G) -> Arrived {
    struct Collect(Arrived);
    impl EachMut<Grads<f64, Judge>> for Collect {
        fn param(&mut self, at: &Path<'_>, _: &[usize], gradient: &mut Gradient<f64, Judge>) {
            if gradient.reached() {
                self.0.push((format!("`{at}`"), Judge.download(gradient.values())));
            }
        }
    }
    let mut collect = Collect(Vec::new());
    grads.each_mut(&mut collect, &Path::ROOT);
    collect.0
}

/// The same parameters have a gradient, and the same one but for the order of sums, whatever way was taken; and each of
/// them is told that what it went through became a tensor.
pub(crate) fn agree(name: &str, ways: &[(Way, Arrived)], cut: Result<(), Error>) {
    let names = |arrived: &Arrived| arrived.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let (_, first) = &ways[0];
    for (way, arrived) in &ways[1..] {
        assert_eq!(names(arrived), names(first), "{name}, {way:?}: what a gradient comes to");
        for ((at, found), (_, expected)) in arrived.iter().zip(first) {
            for (found, expected) in found.iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-12 * expected.abs().max(1.0);
                assert!(near, "{name}, {way:?}: to {at} comes {found}, by {:?} {expected}", ways[0].0);
            }
        }
    }
    let told = match cut {
        Err(Error::Cut { parameters }) => parameters,
        other => panic!("{name}: a cut reaches no parameter: {other:?}"),
    };
    let deaf: Vec<_> = names(first).into_iter().filter(|name| !told.contains(name)).collect();
    assert!(deaf.is_empty(), "{name}: a gradient comes to {deaf:?}, a cut only to {told:?}");
}

/// Nothing is alive that is made of constants, and no gradient goes anywhere.
pub(crate) fn constant<S: Shape, N: Node<f64>>(name: &str, x: Ex<S, f64, Judge, N>) {
    forward_of_floats::<f64, _, _>(name, &x.node, x.shape);
    assert!(!x.node.live(), "{name}: alive, and all of it is constant");
    let len: usize = x.shape.dims().as_slice().iter().product();
    Way::Accepted.back(Judge, x.node, x.shape, Judge.filled(len, 1.0));
}

/// What `check_all!` of `tests/constructs` is called with, held against the laws.
macro_rules! check_all {
    ($name:expr, $model:expr, |$m:pat_param, $x:pat_param, $w:pat_param| $y:expr) => {{
        use $crate::graph::tests::constructs::{agree, arrived, constant, cut, input, weigh};
        use $crate::graph::tests::laws::{Way, judged};
        use $crate::graph::tests::plain::Judge;

        let (m, x, w) = ($model, input(1), input(2));
        let there = (m.to(&Judge), x.to(&Judge), w.to(&Judge));
        {
            // Whatever a row makes of the processor, it makes of the judge here.
            #[allow(unused_imports, reason = "few rows make tensors")]
            use $crate::graph::tests::plain::Judge as Cpu;
            {
                #[allow(dead_code, reason = "few rows ask for the form")]
                type P = Traced<f64, Judge>;
                let ways = Way::ALL.map(|way| {
                    let step = there.value_and_grad(|($m, $x, $w)| weigh(judged($name, Operand::ex($y), way)));
                    (way, arrived(step.expect("the sizes agree").1))
                });
                let nothing = Judge.full((), 0.0f64);
                let cut = there.value_and_grad(|($m, $x, $w)| {
                    cut(Operand::ex($y));
                    &nothing
                });
                agree($name, &ways, cut.map(|_| ()));
            }
            #[allow(dead_code, reason = "few rows ask for the form")]
            type P = Frozen<f64, Judge>;
            there.infer(|($m, $x, $w)| constant($name, Operand::ex($y))).expect("the sizes agree");
        }
    }};
}
use check_all;

/// Tells what is below that this became a tensor.
pub(crate) fn cut<S, D, N: Node<f64>>(x: Ex<S, f64, D, N>) {
    x.node.cut();
}

/// The rows: each is a test of its own.
macro_rules! constructs {
    ($($name:ident: $model:expr, |$m:pat_param, $x:pat_param, $w:pat_param| $y:expr;)*) => {$(
        #[test]
        fn $name() {
            $crate::graph::tests::constructs::check_all!(stringify!($name), $model, |$m, $x, $w| $y);
        }
    )*};
}
use constructs;
