//! Every construct in every combination: its model traced or frozen, its input traced or constant, alone or inside of
//! another step; against central differences in `f64`. On a second device, to the bit.
//!
//! Apart from the tests of each construct because what goes wrong here is how constructs meet the forms of a model. A
//! new row joins all combinations by itself, and `complete.rs` fails for a layer or construct that has no row.

mod check;
mod complete;
mod layers;
mod operations;
mod sharing;
#[path = "../support/mod.rs"]
mod support;
#[path = "../second_device/vault.rs"]
mod vault;

use congruent::prelude::{Param, Shape, Weights};

/// The input of every construct, and the parameter of the model around it.
pub(crate) type Input<P = Weights<f64>> = Param<Shape![3, 4], P>;

/// `check_all!(name, model, |m, x, w| y)`: `y` is an expression of the model, of the input, and of the parameter `w` of
/// another model, and is differentiated by all of them. `P` is the form of `m`.
macro_rules! check_all {
    ($name:expr, $model:expr, |$m:pat_param, $x:pat_param, $w:pat_param| $y:expr) => {{
        use $crate::check::{Gradients, agree, flat, input, way, weigh};

        let at_first = ($model, input(1), input(2));

        macro_rules! loss {
            ($own:expr, $input:expr, $other:expr) => {{
                let ($m, $x, $w) = ($own, $input, $other);
                weigh($y, $other)
            }};
        }
        let traced = way(&at_first, |parts| {
            #[allow(dead_code, reason = "few rows ask for the form")]
            type P = Traced<f64>;
            let step = parts.value_and_grad(|(m, x, w)| loss!(m, x, w));
            let (loss, (m, x, w)) = step.expect("the sizes agree");
            Gradients { loss, of_model: flat(m), of_input: flat(x), of_other: flat(w) }
        });
        let constant_input = way(&at_first, |(m, x, w)| {
            #[allow(dead_code, reason = "few rows ask for the form")]
            type P = Traced<f64>;
            let (x, both) = (&x.tensor(), (m.clone(), w.clone()));
            let (loss, (m, w)) = both.value_and_grad(|(m, w)| loss!(m, x, w)).expect("the sizes agree");
            Gradients { loss, of_model: flat(m), of_input: vec![], of_other: flat(w) }
        });
        let frozen = way(&at_first, |(m, x, w)| {
            #[allow(dead_code, reason = "few rows ask for the form")]
            type P = Frozen<f64>;
            let both = (x.clone(), w.clone());
            let step = both.value_and_grad(|(x, w)| m.infer(|m| loss!(m, x, w)).expect("the sizes agree"));
            let (loss, (x, w)) = step.expect("the sizes agree");
            Gradients { loss, of_model: vec![], of_input: flat(x), of_other: flat(w) }
        });
        let both_constant = way(&at_first, |(m, x, w)| {
            #[allow(dead_code, reason = "few rows ask for the form")]
            type P = Frozen<f64>;
            let x = &x.tensor();
            let step = w.value_and_grad(|w| m.infer(|m| loss!(m, x, w)).expect("the sizes agree"));
            let (loss, w) = step.expect("the sizes agree");
            Gradients { loss, of_model: vec![], of_input: vec![], of_other: flat(w) }
        });
        // By the input, inside of a step of the model and the other one, which are constants to it.
        let inside = way(&at_first, |(m, x, w)| {
            #[allow(dead_code, reason = "few rows ask for the form")]
            type P = Traced<f64>;
            let (y, both) = (&x.tensor(), (m.clone(), w.clone()));
            let step = both.value_grad_and(|(m, w)| {
                let inner = x.value_and_grad(|x| loss!(Clone::clone(&m), x, w));
                (loss!(m, y, w), flat(inner.expect("the sizes agree").1))
            });
            let (loss, (m, w), of_input) = step.expect("the sizes agree");
            Gradients { loss, of_model: flat(m), of_input, of_other: flat(w) }
        });
        {
            // Whatever a row makes of the processor, it makes of the vault here.
            #[allow(unused_imports, reason = "few rows make tensors")]
            use $crate::vault::{VAULT, VAULT as Cpu, Vault};
            #[allow(dead_code, reason = "few rows ask for the form")]
            type P = Traced<f64, Vault<0>>;
            let (m, x, w) = &at_first;
            let there = (m.to(&VAULT), x.to(&VAULT), w.to(&VAULT));
            let step = there.value_and_grad(|(m, x, w)| loss!(m, x, w));
            let (loss, (m, x, w)) = step.expect("the sizes agree");
            let found = Gradients { loss, of_model: flat(m), of_input: flat(x), of_other: flat(w) };
            assert_eq!(found, traced(&at_first), "{} on another device", $name);
        }
        agree(
            $name,
            &at_first,
            &[
                ("traced", &traced, &traced),
                ("constant input", &traced, &constant_input),
                ("frozen", &both_constant, &frozen),
                ("frozen, constant input", &both_constant, &both_constant),
                ("inside of a step", &traced, &inside),
            ],
        );
    }};
}
pub(crate) use check_all;

/// `name: model, |m, x, w| y;` is a test of its own.
macro_rules! constructs {
    ($($name:ident: $model:expr, |$m:pat_param, $x:pat_param, $w:pat_param| $y:expr;)*) => {
        /// The rows as they are written.
        pub(crate) const ROWS: &[&str] = &[$(concat!(stringify!($model), " ", stringify!($y))),*];

        $(
            #[test]
            fn $name() {
                $crate::check_all!(stringify!($name), $model, |$m, $x, $w| $y);
            }
        )*
    };
}
pub(crate) use constructs;
