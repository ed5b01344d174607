//! The cases that PyTorch has computed, and a construct held against one.
//!
//! Apart from the tests because a case is its parameters, its output and its gradients, whatever is computed.

use crate::support::assert_close;
use congruent::device::Storage;
use congruent::io::npz::NpzFile;
use congruent::model::{EachMut, Gradient, Path, Tree};
use congruent::prelude::*;
use std::collections::HashMap;

/// The reference cases.
pub(crate) struct Cases(NpzFile);

impl Cases {
    pub(crate) fn open() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/blocks.npz");
        Cases(NpzFile::open(path).expect("the reference file is there"))
    }
    pub(crate) fn get(&mut self, name: &str) -> Vec<f64> {
        self.0.get(name).and_then(|array| array.values(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
    /// A model whose parameters are those of a case.
    pub(crate) fn filled<M: Inspect<f64, Cpu>>(&mut self, case: &str, mut model: M) -> M {
        let mut names = vec![];
        model.visit(|name, _, values| names.push((name.to_owned(), values.len())));
        names.sort();
        let mut values = self.get(&format!("{case}/p")).into_iter();
        let parts: HashMap<String, Vec<f64>> =
            names.into_iter().map(|(name, len)| (name, values.by_ref().take(len).collect())).collect();
        assert_eq!(values.len(), 0, "{case}: PyTorch has more parameters");
        model.visit_mut(|name, _, values| values.copy_from_slice(&parts[name]));
        model
    }
    /// Asserts that gradients are PyTorch's.
    pub(crate) fn compare<G: Tree<Grads<f64>>>(&mut self, case: &str, mut grads: G) {
        struct Named(Vec<(String, Vec<f64>)>);
        impl EachMut<Grads<f64>> for Named {
            fn param(&mut self, at: &Path<'_>, _: &[usize], gradient: &mut Gradient<f64, Cpu>) {
                self.0.push((at.to_string(), gradient.device().download(gradient.values())));
            }
        }
        let mut named = Named(vec![]);
        grads.each_mut(&mut named, &Path::ROOT);
        named.0.sort_by(|a, b| a.0.cmp(&b.0));
        let found: Vec<f64> = named.0.iter().flat_map(|(_, values)| values.iter().copied()).collect();
        assert_close(&format!("{case}: gradients"), &found, &self.get(&format!("{case}/g")), 1e-10);
    }
}

/// `case!(cases, "name", model, |m| y)`: the output and all gradients of `y`, as PyTorch has them. The parameters of
/// the model are those of the case.
macro_rules! case {
    ($cases:ident, $name:expr, $model:expr, |$m:pat_param| $y:expr) => {{
        let name: &str = $name;
        let model = $cases.filled(name, $model);
        let weights = $cases.get(&format!("{name}/c"));
        let mut found = vec![];
        let step = model.value_and_grad(|$m| {
            $y.with(|y| {
                found = y.eval().to_vec();
                let weights = Cpu.from_slice(y.shape(), &weights).expect("as many as the output has");
                (y * &weights).sum()
            })
        });
        $crate::support::assert_close(name, &found, &$cases.get(&format!("{name}/y")), 1e-10);
        $cases.compare(name, step.expect("the sizes agree").1);
    }};
}
pub(crate) use case;

/// A parameter that gets its numbers later.
pub(crate) fn blank<S: Shape>(shape: S) -> Param<S, Weights<f64>> {
    Cpu.full(shape, 0.0).into()
}
