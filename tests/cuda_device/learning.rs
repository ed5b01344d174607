//! Training on the device: a generic function, called with the one device and with the other.

use crate::device;
use congruent::io::NpzFile;
use congruent::prelude::*;

dims! { Examples = ?, Batch = ?, Pixels = 8 * 8, Hidden = 32, Classes = 10 }

/// Layers of most kinds.
#[derive(Model)]
struct Reader<P: Part = Weights> {
    first: Linear<Pixels, Hidden, P>,
    norm: BatchNorm<Hidden, P>,
    second: Residual<Linear<Hidden, Hidden, P>, P>,
    scores: Linear<Hidden, Classes, P>,
}

impl<P: Forward> Reader<P> {
    fn forward<B: Dim>(self, images: impl Expr<(B, Pixels), P>) -> Ex![P; B, Classes] {
        let hidden = self.norm.forward(self.first.forward(images)).relu();
        self.scores.forward(self.second.forward(hidden).tanh())
    }
}

/// The losses of some steps.
fn losses<A: Device>(device: A) -> Vec<f32> {
    let bytes: &[u8] = include_bytes!("../../examples/data/digits.npz");
    let mut file = NpzFile::from_reader(std::io::Cursor::new(bytes), "digits.npz").expect("a file");
    let labels: Tensor<(Examples,), i64> = file.tensor("labels").expect("labels");
    let images: Tensor<(Examples, D<8>, D<8>), u8> = file.tensor("images").expect("images");
    let images = (&images.convert::<f32>() / 16.0).reshape((images.shape().0, Pixels)).eval();
    let data = TensorDataset::new((images.to(&device), labels.to(&device))).expect("as many");
    let loader = Loader::new(data, D::<60>).expect("a size").drop_last();
    let mut keys = Keys::new(3);
    let model: Reader = Reader {
        first: Linear::new(keys.next_key()),
        norm: BatchNorm::new(),
        second: Residual::new(Linear::new(keys.next_key())),
        scores: Linear::new(keys.next_key()),
    };
    let mut model = model.to(&device);
    let mut optimizer = AdamW::new(&model, 3e-3);
    let mut losses = Vec::new();
    for (x, y) in loader.epoch(keys.next_key()).take(12) {
        let (loss, grads) = model.value_and_grad(|m| m.forward(&x).cross_entropy(&y)).expect("a step");
        optimizer.step(&mut model, &grads);
        losses.push(loss);
    }
    losses
}

#[test]
fn digits_are_learned_as_on_the_processor() {
    let Some(device) = device() else { return };
    let (there, here) = (losses(device), losses(Cpu));
    assert!(here[11] < 0.8 * here[0], "{here:?}");
    for (step, (found, wanted)) in there.iter().zip(&here).enumerate() {
        assert!((found - wanted).abs() < 1e-3, "step {step}: {found} in place of {wanted}");
    }
}
