//! Bilinear layers, bags of ids, norms over neighbouring channels, and biases of distance.

use crate::INIT;
use crate::cases::{Cases, blank, case};
use crate::support::{gradients, random};
use congruent::nn::{BagMode, Bilinear, EmbeddingBag, Init, LocalResponseNorm, WeightNorm, alibi};
use congruent::prelude::*;

dims! { Batch = ?, Tokens = ? }

#[test]
fn bilinear_layers_agree_with_pytorch() {
    let mut cases = Cases::open();
    let layer = Bilinear::<D<3>, D<4>, D<5>, Weights<f64>>::init(Cpu, INIT, Key::new(0));
    let inputs = (blank((Batch(2), D::<3>, D::<3>)), blank((Batch(2), D::<3>, D::<4>)));
    case!(cases, "bilinear", (layer, inputs.0, inputs.1), |(m, x, z)| m.forward(x, z));
}

#[test]
fn bilinear_layers_of_one_row_of_none_and_without_bias() {
    let layer = Bilinear::<D<2>, D<3>, D<2>, Weights<f64>, NoBias>::init(Cpu, INIT, Key::new(0));
    let (x, z) = (random((D::<2>,), 1, -1.0, 1.0), random((D::<3>,), 2, -1.0, 1.0));
    gradients!((layer.clone(), x, z), |(m, x, z)| m.forward(x, z).square().sum());
    let none = layer.infer(|m| {
        let (x, z) = (Cpu.full((Batch(0), D::<2>), 1.0), Cpu.full((Batch(0), D::<3>), 1.0));
        m.forward(&x, &z).eval()
    });
    assert_eq!(none.expect("the sizes agree").shape(), (Batch(0), D::<2>));
    let (x, z) = (Cpu.full((Batch(2), D::<2>), 1.0), Cpu.full((Batch(3), D::<3>), 1.0));
    let error = layer.infer(|m| m.forward(&x, &z).eval()).expect_err("the batches differ");
    let words = "bilinear layer: run-time sizes differ: left is (Batch = 2, D<2>), right is (Batch = 3, D<3>)";
    assert_eq!(error.to_string(), words);
}

#[test]
fn bags_agree_with_pytorch() {
    let mut cases = Cases::open();
    let (ids, offsets) = (Cpu.tensor([4, 1, 1, 0, 3, 2, 4]), Cpu.tensor([0, 3, 3, 4]));
    let square = Cpu.tensor([[4, 1, 1], [0, 3, 2]]);
    for (mode, name) in [(BagMode::Sum, "sum"), (BagMode::Mean, "mean"), (BagMode::Max, "max")] {
        let bag = EmbeddingBag::<D<5>, D<3>, Weights<f64>>::init(Cpu, INIT, Key::new(0));
        let bag = EmbeddingBag { mode, ..bag };
        case!(cases, &format!("bag_{name}"), (bag.clone(),), |(m,)| m.forward_offsets(&ids, &offsets));
        case!(cases, &format!("bags_{name}"), (bag.clone(),), |(m,)| m.forward(&square));
        let all = Cpu.full(square.shape(), true);
        case!(cases, &format!("bags_{name}"), (bag.clone(),), |(m,)| m.forward_masked(&square, &all));
        // The same bags under a mask, where what is hidden is no id.
        let padded = Cpu.tensor([[4, 1, 1, -7], [9, 9, 9, 9], [0, -1, -1, 99], [3, 2, 4, 7]]);
        let seen = Cpu.from_fn((D::<4>, D::<4>), |i| {
            [true, true, true, false, false, false, false, false, true, false, false, false, true, true, true, false][i]
        });
        case!(cases, &format!("bag_{name}"), (bag.clone(),), |(m,)| m.forward_masked(&padded, &seen));
        // Empty bags, and none.
        let empty = bag.infer(|m| m.forward(&Cpu.full((Batch(2), Tokens(0)), 0_i64)).eval()).expect("nothing is wrong");
        assert_eq!(empty.as_slice(), [0.0; 6]);
        let nothing = (Cpu.full((Tokens(0),), 0_i64), Cpu.full((Batch(0),), 0_i64));
        let none = bag.infer(|m| m.forward_offsets(&nothing.0, &nothing.1).eval()).expect("nothing is wrong");
        assert_eq!(none.shape(), (Batch(0), D::<3>));
    }
}

/// However the bags are said, and though a sum of 16 bits would be beyond them, or a part of one below.
#[test]
fn means_of_bags_are_means_of_any_size() {
    let ids = Cpu.from_fn((D::<1>, D::<1000>), |i| i as i64 % 5);
    for value in [30_000.0, 1e-4] {
        let value = f16::from_f32(value);
        let mut bag = EmbeddingBag::<D<5>, D<3>, Weights<f16>>::init(Cpu, INIT, Key::new(0));
        bag.visit_mut(|_, _, values| values.fill(value));
        let list = (ids.reshape((D::<1000>,)).eval(), Cpu.tensor([0, 1000]));
        let [whole, masked] = bag
            .infer(|m| [m.forward(&ids).eval(), m.forward_masked(&ids, &ids.ge(0).eval()).eval()])
            .expect("good ids");
        let listed = bag.infer(|m| m.forward_offsets(&list.0, &list.1).eval()).expect("good ids");
        assert_eq!([whole.as_slice(), masked.as_slice(), &listed.as_slice()[..3]], [[value; 3]; 3]);
        assert_eq!(listed.as_slice()[3..], [f16::ZERO; 3], "an empty bag");
    }
}

#[test]
fn offsets_of_bags_are_checked() {
    let bag = EmbeddingBag::<D<5>, D<3>>::new(Key::new(0));
    let ids = Cpu.tensor([4, 1, 1, 0]);
    for wrong in [[1, 2, 3], [0, 3, 2], [0, 2, 5], [0, -1, 2]] {
        let error = bag.infer(|m| m.forward_offsets(&ids, &Cpu.tensor(wrong)).eval()).expect_err("they are wrong");
        assert!(matches!(error, Error::Value { what: "offsets of bags", .. }), "{wrong:?}: {error}");
    }
    let error = bag.infer(|m| m.forward_offsets(&ids, &Cpu.full((Batch(0),), 0_i64)).eval()).expect_err("no bag");
    assert!(error.to_string().contains("none, for 4 ids"), "{error}");
    let error = bag.infer(|m| m.forward_offsets(&Cpu.tensor([7]), &Cpu.tensor([0])).eval()).expect_err("no such id");
    assert!(matches!(error, Error::Index { .. }), "{error}");
}

#[test]
fn local_response_norms_agree_with_pytorch() {
    let mut cases = Cases::open();
    for size in [1, 3, 4, 9] {
        let norm = LocalResponseNorm { size, alpha: 0.7, beta: 0.6, k: 1.3 };
        let x = blank((Batch(2), D::<5>, D::<3>, D::<2>));
        case!(cases, &format!("local_response_{size}"), (x,), |(x,)| x.apply(norm));
    }
    let error = attempt(|| Cpu.ones::<Shape![1, 2, 3]>().apply(LocalResponseNorm::new(0)).eval());
    assert!(matches!(error, Err(Error::Value { what: "channels of a local response norm", .. })));
    let none = Cpu.full((Batch(0), D::<2>), 1.0_f32).apply(LocalResponseNorm::new(5)).eval();
    assert_eq!(none.shape(), (Batch(0), D::<2>));
    // Squares of 16-bit floats overflow where those of their precision do not.
    let large = Cpu.full((D::<1>, D::<2>), f16::from_f32(1000.0));
    let y = large.apply(LocalResponseNorm { alpha: 1.0, ..LocalResponseNorm::new(2) }).eval();
    assert!(y.as_slice().iter().all(|y| y.is_finite() && y.to_f32() > 0.0), "{y:?}");
}

#[test]
fn weight_norms_agree_with_pytorch() {
    let mut cases = Cases::open();
    let linear = WeightNorm::new(Linear::<D<3>, D<4>, Weights<f64>>::init(Cpu, INIT, Key::new(0)));
    case!(cases, "weight_norm_linear", (linear, blank((Batch(2), D::<3>))), |(m, x)| m.forward(x));
    type Conv = Conv2d<D<4>, D<6>, congruent::shape::Groups<Same<3>, 2>, Weights<f64>>;
    let conv = WeightNorm::new(Conv::init(Cpu, INIT, Key::new(0)));
    case!(cases, "weight_norm_conv", (conv, blank((Batch(2), D::<4>, D::<3>, D::<2>))), |(m, x)| m.forward(x));
}

/// At first a normed layer is the layer, whose weights may be of any size; twice in one step its gradients add up.
#[test]
fn a_normed_layer_begins_as_the_layer() {
    let layer = Linear::<D<3>, D<4>, Weights<f64>>::init(Cpu, Init::Normal { mean: 0.0, std: 1e200 }, Key::new(0));
    let (normed, x) = (WeightNorm::new(layer.clone()), Cpu.full((Batch(2), D::<3>), 1e-200));
    let of_layer = layer.infer(|m| m.forward(&x).eval()).expect("the sizes agree");
    assert!(normed.infer(|m| m.forward(&x).eval()).expect("the sizes agree").allclose(&of_layer, 1e-12, 0.0));
    let layer = Linear::<D<3>, D<3>, Weights<f64>>::init(Cpu, INIT, Key::new(0));
    let x = random((Batch(2), D::<3>), 1, -1.0, 1.0);
    gradients!((WeightNorm::new(layer), x), |(m, x)| m.forward(m.forward(x).tanh()).square().sum());
}

/// Slopes as in the paper's code, also of heads that are no power of 2.
#[test]
fn alibi_has_the_slopes_of_the_paper() {
    let slopes = |heads: usize| -> Vec<f64> {
        dims! { Many = ? }
        let biases: Tensor<_, f64> = alibi(Cpu, (Many(heads), D::<2>, D::<3>));
        biases.as_slice().chunks(6).map(|head| -head[3] / 2.0).collect()
    };
    assert_eq!(slopes(4), [0.25, 0.0625, 0.015625, 0.00390625]);
    let six = [2.0, 4.0, 6.0, 8.0, 1.0, 3.0].map(|power: f64| 2.0_f64.powf(-power));
    assert_eq!(slopes(6), six);
    let biases: Tensor<_, f64> = alibi(Cpu, (D::<1>, D::<2>, D::<3>));
    let slope = 2.0_f64.powi(-8);
    assert_eq!(biases.as_slice(), [-1.0, 0.0, -1.0, -2.0, -1.0, 0.0].map(|steps| steps * slope));
}
