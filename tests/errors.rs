//! Sizes that only the run knows: each mistake comes out as an `Err` that names both, and leaves nothing behind.

use congruent::model::{EachMut, Handle, Path, Tree};
use congruent::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

dims! { Batch = ?, Features = ?, Other = ? }

fn ones<S: Shape>(shape: S) -> Tensor<S> {
    Cpu.full(shape, 1.0)
}

/// The words of the error that `run` ends with, inside of `attempt` and outside.
#[track_caller]
fn words<T>(run: impl Fn() -> T) -> String {
    let error = attempt(&run).err().expect("the sizes differ").to_string();
    let panic = catch_unwind(AssertUnwindSafe(|| drop(run()))).expect_err("outside of `attempt` it is a panic");
    let said = panic.downcast::<String>().expect("a panic with words");
    assert_eq!(*said, error, "the same words inside and outside");
    error
}

#[track_caller]
fn says(words: &str, parts: &[&str]) {
    for part in parts {
        assert!(words.contains(part), "`{words}` does not say `{part}`");
    }
}

#[test]
fn operators_name_both_sizes() {
    let (x, y) = (ones((Batch(3), D::<2>)), ones((Batch(4), D::<2>)));
    let both = ["Batch = 3", "Batch = 4", "D<2>"];
    says(&words(|| (&x + &y).eval()), &both);
    says(&words(|| (1.0 - &x * 2.0 / &y).eval()), &both);
    says(&words(|| x.maximum(&y).eval()), &both);
    says(&words(|| x.gt(&y).eval()), &both);
    says(&words(|| x.gt(0.5).where_(&x, &y).eval()), &both);
    says(&words(|| (&x * 2.0).share(|v| v * &y).eval()), &both);
    says(&words(|| (&x * 2.0).with(|v| v * &y).eval()), &both);
    says(&words(|| x.expand((Other(1), Batch(4), D::<2>)).eval()), &both);
    says(&words(|| x.mse(&y).eval()), &["Batch = 3", "Batch = 4"]);
}

#[test]
fn a_run_time_size_of_one_does_not_stretch() {
    let (x, y) = (ones((Batch(1),)), ones((Batch(4),)));
    says(&words(|| (&x + &y).eval()), &["Batch = 1", "Batch = 4"]);
}

#[test]
fn products_name_both_shapes() {
    let (a, b) = (ones((Batch(2), Features(3))), ones((Features(4), Batch(5))));
    says(&words(|| a.matmul(&b).eval()), &["matmul", "Features = 3", "Features = 4"]);
    says(&words(|| a.matmul(b.t().t()).eval()), &["Features = 3", "Features = 4"]);
    let (a, b) = (ones((Batch(2), D::<3>, D::<4>)), ones((Batch(5), D::<4>, D::<3>)));
    says(&words(|| a.matmul(&b).eval()), &["Batch = 2", "Batch = 5"]);
    says(&words(|| a.matmul_t(b.t()).eval()), &["Batch = 2", "Batch = 5"]);
}

#[test]
fn reshapes_and_new_names_keep_the_count() {
    let x = ones((Batch(2), D::<3>));
    says(&words(|| x.reshape((Other(4), D::<2>)).eval()), &["reshape", "Batch = 2", "Other = 4"]);
    let error = Tensor::rename(&x, (Other(4), D::<3>)).expect_err("the sizes differ").to_string();
    says(&error, &["[2, 3]", "Other = 4"]);
    says(&words(|| Evaluate::rename(&x * 1.0, (Other(4), D::<3>)).eval()), &["[2, 3]", "Other = 4"]);
}

/// A run-time 1 that is renamed to `D<1>` stretches from then on, and so must its memory.
#[test]
fn a_renamed_axis_of_one_element_stretches() {
    let (x, y) = (Cpu.full((Batch(1),), 3.0), Cpu.full((D::<2>, D::<5>), 1.0));
    let run = |x: Param<(Batch,), Traced>| (Evaluate::rename(x, (D::<1>,)) + &y).sum();
    assert_eq!((Evaluate::rename(&x, (D::<1>,)) + &y).eval().as_slice(), [4.0; 10]);
    assert_eq!((Evaluate::rename(&x * 2.0, (D::<1>,)) + &y).eval().as_slice(), [7.0; 10]);
    let (loss, grads) = Param::<_, Weights>::from(x).value_and_grad(run).unwrap();
    assert_eq!((loss, grads.as_slice()), (40.0, &[10.0][..]));
}

#[test]
fn layers_name_both_sizes() {
    let layer: Linear<Features, Other, Weights> =
        Linear { weight: ones((Features(3), Other(2))).into(), bias: ones((Other(2),)).into() };
    let x = ones((Batch(5), Features(4)));
    let training = layer.value_and_grad(|m| m.forward(&x).sum()).expect_err("the widths differ").to_string();
    let inference = layer.infer(|m| m.forward(&x).eval()).expect_err("the widths differ").to_string();
    says(&training, &["Features = 3", "Features = 4"]);
    assert_eq!(training, inference);
}

#[test]
fn a_loop_or_a_shared_value_keeps_its_size() {
    let (x, y) = (ones((Batch(3),)), ones((Batch(4),)));
    says(&words(|| x.share(|_| &y).eval()), &["Batch = 3", "Batch = 4"]);
    let layers: [Param<(Batch,)>; 2] = [x.clone().into(), y.clone().into()];
    let other = |size| Cpu.full((Batch(size),), 1.0);
    let scanned =
        layers.infer(|layers| <Frozen as Forward>::scan(layers, &x, |layer, _| layer * 1.0).eval().as_slice().len());
    says(&scanned.expect_err("the second layer has another size").to_string(), &["Batch = 3", "Batch = 4"]);
    let grown =
        layers.value_and_grad(|layers| <Traced as Forward>::scan(layers, &other(4), |layer, _| layer * 1.0).sum());
    says(&grown.expect_err("the first layer has another size").to_string(), &["Batch = 3", "Batch = 4"]);
}

/// What stands for a parameter inside of `infer`, as text.
struct Seen(String);
impl EachMut<Frozen> for Seen {
    fn param(&mut self, _: &Path<'_>, _: &[usize], handle: &mut Handle<Cpu>) {
        self.0 = format!("{handle:?}");
    }
}

#[test]
fn an_error_leaves_nothing_behind() {
    let model: (Param<(Batch,)>, Param<(Batch,)>) = (ones((Batch(3),)).into(), ones((Batch(3),)).into());
    let wrong = ones((Batch(4),));
    // How far the table of this thread reaches: the slot that the next value would get.
    let next_slot = || {
        let mut seen = Seen(String::new());
        let one: Param<Shape![1]> = Cpu.ones().into();
        one.infer(|mut one| one.each_mut(&mut seen, &Path::ROOT)).expect("nothing is computed");
        seen.0.split("generation").next().map(str::to_owned)
    };
    let step = || model.value_and_grad(|(a, b)| (a * b).with(|x| x * x).sum()).expect("these sizes agree");
    let (before, slot) = (step(), next_slot());
    for _ in 0..100 {
        let failed = model.value_and_grad(|(a, b)| (a * b).with(|x| (x * x).with(|y| y * &wrong)).sum());
        assert!(matches!(failed, Err(Error::Sizes(_))));
        let failed = model.infer(|(a, b)| (a * b).boxed().with(|x| x + &wrong).eval());
        assert!(failed.is_err());
        let after = step();
        assert_eq!((after.0, after.1.0.as_slice()), (before.0, before.1.0.as_slice()), "the next step is the same");
    }
    assert_eq!(next_slot(), slot, "every value was given back");
}

/// A gradient that had arrived when something failed is not found by the next step.
#[test]
fn a_bug_in_the_closure_passes_through() {
    let model: Param<(Batch,)> = ones((Batch(3),)).into();
    let run = || {
        model.value_and_grad(|x| {
            if x.shape().0.size() == 3 {
                panic!("a bug of the caller's");
            }
            x.sum()
        })
    };
    let panic = catch_unwind(AssertUnwindSafe(|| drop(run()))).expect_err("the panic is not swallowed");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"a bug of the caller's"));
    let (_, grads) = model.value_and_grad(|x| x.sum()).unwrap();
    assert_eq!(grads.as_slice(), [1.0; 3]);
}

#[test]
fn handles_stay_in_their_call() {
    let model: Param<(Batch,)> = ones((Batch(3),)).into();
    let (_, _, leaked) = model.value_grad_and(|x| (x.sum(), x)).unwrap();
    let frozen = model.infer(|x| x).unwrap();
    let mut local = None;
    ones((Batch(2),))
        .with(|x| {
            local = Some(x);
            x * 1.0
        })
        .eval();
    let local = local.expect("the closure has run");
    let uses: [&dyn Fn(); 3] =
        [&|| drop((leaked * 2.0).eval()), &|| drop((frozen * 2.0).eval()), &|| drop((local * 2.0).eval())];
    for used in uses {
        let panic = catch_unwind(AssertUnwindSafe(used)).expect_err("the handle is gone");
        let said = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).expect("a panic with words");
        says(&said, &["used outside of the call that made it"]);
    }
}

/// What is gone or not there yet is an error of the call around it, and a panic with the same words outside of any.
#[test]
fn values_where_they_do_not_exist_are_errors() {
    let (model, x) = (Param::<(Batch,)>::from(ones((Batch(3),))), ones((Batch(3),)));
    let frozen = model.infer(|x| x).unwrap();
    says(&words(|| (frozen * 2.0).eval()), &["used outside of the call that made it"]);
    let caught = model.value_and_grad(|x| (x * frozen).sum()).map(drop);
    assert!(matches!(caught, Err(Error::Escaped { .. })));

    // The register of the outer let is captured by the inner one, which is computed alone.
    let captured = || x.share(|u| u * (&x * 1.0).share(|v| v * u).sum()).eval();
    says(&words(captured), &["a value of `share`", "share the tensor by `with` instead"]);
    let caught = model.value_and_grad(|x| x.share(|u| u * x.share(|v| v * u).mean()).sum()).map(drop);
    assert!(matches!(caught, Err(Error::Escaped { .. })));
    let (loss, _) = model.value_and_grad(|x| x.share(|u| x.share(|v| v * u) + u).sum()).unwrap();
    assert_eq!(loss, 6.0, "inside of the loop it is there, and what failed has left nothing behind");
}

/// The compiler cannot see it behind `impl Node`, and `cargo check` never builds it: the step says so.
#[test]
fn a_loss_depends_on_the_model() {
    let model: (Param<Shape![2]>, Linear<D<2>, D<1>>) = (Cpu.ones().into(), Linear::new(Key::new(0)));
    let x = Cpu.ones::<Shape![3, 2]>();
    type Answer = Result<(f32, (Param<Shape![2], Grads>, Linear<D<2>, D<1>, Grads>)), Error>;
    let none = |result: Answer| {
        let error = result.map(drop).unwrap_err();
        assert!(matches!(error, Error::NoGradient), "{error}");
        says(&error.to_string(), &["the loss depends on no parameter of the model", "`eval`"]);
    };
    // What was read tells more.
    let cut = |result: Answer, names: &str| says(&result.map(drop).unwrap_err().to_string(), &[names, "`.eval()`"]);
    cut(model.value_and_grad(|(_, layer)| layer.forward(&x).eval().sum()), "`1.weight`, `1.bias`");
    cut(model.value_and_grad(|(w, _)| (w * 2.0).eval().with(|y| y * y).sum()), "`0`");
    none(model.value_and_grad(|_| x.mean()));
    none(model.value_and_grad(|_| x.mean().boxed()));
    none(model.value_and_grad(|(w, _)| w.stop_gradient().sum()));
    none(model.value_and_grad(|_| Traced::<f32>::scan(0..3, &x, |_, v| v * 2.0).sum()));
    // Of the model around it, but of none of its own.
    model
        .value_and_grad(|(w, _)| {
            none(model.value_and_grad(|_| (w * w).sum()));
            w.sum()
        })
        .unwrap();
    model.infer(|(w, layer)| none(model.value_and_grad(|_| layer.forward(&x).sum() + w.sum()))).unwrap();
    // A gradient of zero is one.
    let (_, grads) = model.value_and_grad(|(w, _)| (w * 0.0).sum()).unwrap();
    assert_eq!(grads.0.as_slice(), [0.0; 2]);
}

#[test]
fn nothing_cannot_be_joined() {
    let none: [&Tensor<(Batch, D<2>)>; 0] = [];
    says(&words(|| none.stack::<0>().eval()), &["the list of operands is empty"]);
    says(&words(|| none.cat::<1>().eval()), &["the list of operands is empty"]);
}

#[test]
fn shapes_beyond_the_address_space() {
    let huge = (Batch(usize::MAX / 2), D::<3>);
    let error = Cpu.from_slice(huge, &[1.0f32]).expect_err("too many elements").to_string();
    says(&error, &["more elements than the address space holds", "D<3>"]);
    says(&words(|| Cpu.full(huge, 1.0f32)), &["more elements than the address space holds"]);
    let (x, far) = (ones(()), (Batch(1 << 40), Other(1 << 40)));
    says(&words(|| (x.expand(far) * 1.0).eval()), &["Batch = 1099511627776", "Other = 1099511627776"]);
    says(&words(|| x.expand(far).sum().eval()), &["more elements than the address space holds"]);
}

#[test]
fn slices_must_fill_the_shape() {
    for found in [0, 5, 7] {
        let error = Cpu.from_slice((Batch(2), D::<3>), &vec![1.0f32; found]).expect_err("6 are wanted").to_string();
        says(&error, &["Batch = 2", "D<3>", "6 elements", &format!("got {found}")]);
    }
    assert!(Cpu.from_slice((Batch(0), D::<3>), &[] as &[f32]).is_ok());
}

#[test]
fn indices_must_be_rows() {
    let table = ones((Other(3), D::<2>));
    for id in [-1, 3, i64::MAX] {
        let ids = Cpu.from_slice((Batch(2),), &[0, id]).unwrap();
        says(&words(|| table.gather(&ids).eval()), &[&format!("index {id}"), "position 1", "length 3"]);
    }
}
