//! What a program finds on the device, part by part, held against what it finds on the processor.

use congruent::prelude::*;
use std::fmt::Debug;

/// What was found, part by part.
#[derive(Default)]
pub(crate) struct Found(Vec<Part>);

/// A tensor or a text.
struct Part {
    what: String,
    dims: Vec<usize>,
    digits: f64,
    numbers: Vec<f64>,
    texts: Vec<String>,
}

/// How far an element type is from another machine's rounding.
fn digits(elem: &str) -> f64 {
    match elem {
        "f64" => 1e-12,
        "f32" => 2e-5,
        "f16" => 2e-3,
        "bf16" => 1.6e-2,
        _ => 0.0,
    }
}

impl Found {
    pub(crate) fn add<S: Shape, E: Elem + Debug, D: Device>(&mut self, what: impl Into<String>, x: &Tensor<S, E, D>) {
        let (values, digits) = (x.to_vec(), digits(E::NAME));
        let texts = if digits == 0.0 { values.iter().map(|x| format!("{x:?}")).collect() } else { Vec::new() };
        let numbers = if digits == 0.0 { Vec::new() } else { values.iter().map(|x| x.as_f64()).collect() };
        self.0.push(Part { what: what.into(), dims: x.dims().as_slice().to_vec(), digits, numbers, texts });
    }
    pub(crate) fn text(&mut self, what: impl Into<String>, text: impl ToString) {
        let texts = vec![text.to_string()];
        self.0.push(Part { what: what.into(), dims: Vec::new(), digits: 0.0, numbers: Vec::new(), texts });
    }

    /// Holds this against what was found on the processor.
    #[track_caller]
    pub(crate) fn hold(self, wanted: Found) {
        assert_eq!(self.0.len(), wanted.0.len());
        let mut wrong = Vec::new();
        for (found, wanted) in self.0.into_iter().zip(wanted.0) {
            let what = format!("{} {:?}", wanted.what, wanted.dims);
            if found.dims != wanted.dims || found.texts != wanted.texts || found.numbers.len() != wanted.numbers.len() {
                wrong.push(format!("{what}: {:?} {:?} in place of {:?}", found.dims, found.texts, wanted.texts));
                continue;
            }
            let largest = wanted.numbers.iter().filter(|x| x.is_finite()).fold(0.0f64, |most, x| most.max(x.abs()));
            // Slopes that cancel to almost nothing are as exact as what cancels.
            let least = if what.contains("gradient") { largest.max(1.0) } else { largest };
            let near = |x: f64, y: f64| {
                let alike =
                    x == y && (x != 0.0 || x.is_sign_negative() == y.is_sign_negative() || what.contains("gradient"));
                alike || (x.is_nan() && y.is_nan()) || (x - y).abs() <= wanted.digits * (y.abs() + 0.1 * least)
            };
            let pairs = found.numbers.iter().zip(&wanted.numbers).enumerate();
            if let Some((i, (x, y))) = pairs.clone().find(|&(_, (&x, &y))| !near(x, y)) {
                let count = pairs.filter(|&(_, (&x, &y))| !near(x, y)).count();
                wrong.push(format!("{what}, element {i} and {} more: {x:?} in place of {y:?}", count - 1));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// `name: |d, out| { .. }` finds the same on the processor and on the device.
macro_rules! same {
    ($($name:ident: |$d:ident, $out:ident| $body:block)*) => {$(
        #[test]
        fn $name() {
            let Some(device) = $crate::device() else { return };
            let wanted = { let ($d, mut $out) = (Cpu, $crate::found::Found::default()); $body $out };
            let found = { let ($d, mut $out) = (device, $crate::found::Found::default()); $body $out };
            found.hold(wanted);
        }
    )*};
}

pub(crate) use same;

/// Numbers of both signs, of some sizes.
pub(crate) fn number(i: usize) -> f64 {
    ((i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) % 2003) as f64 / 500.0 - 2.0
}
pub(crate) fn of<S: Shape, E: Elem, D: Device>(d: D, shape: S, seed: usize) -> Tensor<S, E, D> {
    let len = AsRef::<[usize]>::as_ref(&shape.dims()).iter().product();
    let values: Vec<E> = (0..len).map(|i| E::of_f64(number(i + 7919 * seed))).collect();
    d.from_vec(shape, values).expect("as many")
}
