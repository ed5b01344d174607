//! Training: the same weights as on the processor, and nothing carried that need not be.

use crate::vault::{Carried, VAULT, Vault, carried, in_use};
use congruent::device::Storage;
use congruent::io::NpzFile;
use congruent::nn::Tanh;
use congruent::optim::{Adan, Lamb, Lbfgs, Muon, Optimizer, Rule};
use congruent::prelude::*;

dims! { Examples = ?, Batch = ?, Pixels = 8 * 8, Hidden = 32, Classes = 10 }

const NOTHING: Carried = Carried { up: (0, 0), down: (0, 0) };

/// Layers of most kinds.
#[derive(Model)]
struct Reader<P: Part = Weights> {
    first: Linear<Pixels, Hidden, P>,
    norm: BatchNorm<Hidden, P>,
    drop: Dropout<P>,
    second: Residual<Linear<Hidden, Hidden, P>, P>,
    scores: Linear<Hidden, Classes, P>,
}

impl Reader {
    fn new() -> Self {
        let mut keys = Keys::new(3);
        Reader {
            first: Linear::new(keys.next_key()),
            norm: BatchNorm::new(),
            drop: Dropout::new(0.1).expect("a probability"),
            second: Residual::new(Linear::new(keys.next_key())),
            scores: Linear::new(keys.next_key()),
        }
    }
}

impl<P: Forward> Reader<P> {
    fn forward<B: Dim>(self, images: impl Expr<(B, Pixels), P>) -> Ex![P; B, Classes] {
        let hidden = self.drop.forward(self.norm.forward(self.first.forward(images)).relu());
        self.scores.forward(self.second.forward(hidden).tanh())
    }
}

type Digits<A> = (Tensor<(Examples, Pixels), f32, A>, Tensor<(Examples,), i64, A>);

fn digits() -> Digits<Cpu> {
    let bytes: &[u8] = include_bytes!("../../examples/data/digits.npz");
    let mut file = NpzFile::from_reader(std::io::Cursor::new(bytes), "digits.npz").expect("a file");
    let labels: Tensor<(Examples,), i64> = file.tensor("labels").expect("labels");
    let images: Tensor<(Examples, D<8>, D<8>), u8> = file.tensor("images").expect("images");
    ((&images.convert::<f32>() / 16.0).reshape((images.shape().0, Pixels)).eval(), labels)
}

/// The losses of some steps, and the model that they end with, on the processor; and how many digits it reads.
fn trained<A: Device>(device: A) -> (Vec<f32>, Reader, usize) {
    let (images, labels) = digits();
    let data = TensorDataset::new((images.to(&device), labels.to(&device))).expect("as many");
    let loader = Loader::new(data, D::<60>).expect("a size").drop_last();
    let mut model = Reader::new().to(&device);
    let mut optimizer = AdamW::new(&model, 3e-3);
    let (mut keys, mut losses) = (Keys::new(4), Vec::new());
    for _ in 0..2 {
        for (x, y) in loader.epoch(keys.next_key()) {
            let step = with_key(keys.next_key(), || model.value_and_grad(|m| m.forward(&x).cross_entropy(&y)));
            let (loss, grads) = step.expect("a step");
            optimizer.step(&mut model, &grads);
            losses.push(loss);
        }
    }
    let scores = model.infer(|m| m.forward(&images.to(&device)).eval()).expect("scores");
    let right = scores.argmax_axis::<1>().to_vec().into_iter().zip(labels.to_vec()).filter(|(a, b)| a == b).count();
    (losses, model.to(&Cpu), right)
}

#[test]
fn digits_are_learned_to_the_bit() {
    let ((losses, here, right), (found, there, found_right)) = (trained(Cpu), trained(Vault::<1>));
    assert_eq!((found, found_right), (losses, right));
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = |name: &str, model: &Reader| {
        let path = folder.path().join(name);
        model.save(&path).expect("it is written");
        std::fs::read(path).expect("it is there")
    };
    assert_eq!(bytes("here", &here), bytes("there", &there));
    assert!(right > 1600, "{right} of 1797 digits");
}

#[test]
fn models_are_saved_and_loaded_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.safetensors");
    let model = Reader::new().to(&VAULT);
    model.save(&path).expect("it is written");
    let mut again = Reader { first: Linear::new(Key::new(9)), ..Reader::new() }.to(&VAULT);
    again.load(&path).expect("it is read");
    assert_eq!(again.first.weight.tensor(), model.first.weight.tensor());
}

/// A step of a formula, its loss on the device: nothing goes up, nothing comes down until the loss is asked for.
#[test]
fn a_step_carries_nothing() {
    let mut w: Param<Shape![64], Weights<f32, Vault<0>>> = VAULT.randn(Key::new(1)).into();
    let (x, y): (Tensor<Shape![8, 64], f32, _>, Tensor<Shape![8, 64], f32, _>) =
        (VAULT.randn(Key::new(2)), VAULT.randn(Key::new(3)));
    let mut adam = Adam::new(&w, 0.01);
    for _ in 0..3 {
        let (loss, step) = carried(|| {
            let (loss, grads) = w.loss_and_grad(|w| (&x * w).tanh().mse(&y)).expect("a step");
            adam.step(&mut w, &grads);
            loss
        });
        assert_eq!(step, NOTHING);
        let (number, asked) = carried(|| loss.item());
        assert_eq!((number.is_finite(), asked), (true, Carried { down: (1, 1), ..NOTHING }));
    }
    let (_, step) = carried(|| {
        let (_, grads) = w.value_and_grad(|w| (&x * w).tanh().mse(&y)).expect("a step");
        adam.step(&mut w, &grads);
    });
    assert_eq!(step, Carried { down: (1, 1), ..NOTHING }, "the loss as a number, and nothing else");
}

/// A step of layers with running statistics, momentum and clipping waits for nothing.
#[test]
fn a_step_of_layers_carries_nothing() {
    let (first, last) = (Linear::<Pixels, Hidden>::new(Key::new(1)), Linear::<Hidden, Classes>::new(Key::new(2)));
    let mut model = (first, BatchNorm::<Hidden>::new(), Tanh, last).to(&VAULT);
    let x: Tensor<(Batch, Pixels), f32, _> = VAULT.rand_of((Batch(12), Pixels), Key::new(3));
    let y: Tensor<(Batch, Classes), f32, _> = VAULT.rand_of((Batch(12), Classes), Key::new(4));
    let mut sgd = Sgd::new(&model, 0.1).momentum(0.9);
    let before = model.1.running_mean.tensor().to_vec();
    for _ in 0..3 {
        let (norm, step) = carried(|| {
            let (_, mut grads) = model.loss_and_grad(|m| m.forward(&x).mse(&y)).expect("a step");
            let norm = sgd.clip_grad_norm_on_device(&mut grads, 0.01);
            sgd.step(&mut model, &grads);
            norm
        });
        assert_eq!(step, NOTHING);
        assert!(norm.item() > 0.01);
    }
    assert_ne!(model.1.running_mean.tensor().to_vec(), before);
}

/// Norms and products of a step stay there, too, and weights are those of the processor to the bit.
#[test]
fn steps_of_whole_parameters_carry_nothing() {
    type Net<A> = (Linear<Pixels, Hidden, Weights<f32, A>>, Linear<Hidden, Classes, Weights<f32, A>>);
    fn trained<A: Device, R: Rule>(device: A, make: impl Fn(&Net<A>) -> Optimizer<R, Net<A>, f32, A>) -> Vec<f32> {
        let (first, last) = (Linear::<Pixels, Hidden>::new(Key::new(1)), Linear::<Hidden, Classes>::new(Key::new(2)));
        let mut model: Net<A> = (first, last).to(&device);
        let x: Tensor<(Batch, Pixels), f32, A> = device.rand_of((Batch(12), Pixels), Key::new(3));
        let y: Tensor<(Batch, Classes), f32, A> = device.rand_of((Batch(12), Classes), Key::new(4));
        let mut opt = make(&model);
        for _ in 0..3 {
            let (_, grads) = model.loss_and_grad(|m| m.1.forward(m.0.forward(&x).tanh()).mse(&y)).expect("a step");
            assert_eq!(carried(|| opt.step(&mut model, &grads)).1, NOTHING);
        }
        [model.0.weight.tensor().to_vec(), model.1.bias.tensor().to_vec()].concat()
    }
    assert_eq!(trained(VAULT, |m| Lamb::new(m, 0.01)), trained(Cpu, |m| Lamb::new(m, 0.01)));
    assert_eq!(trained(VAULT, |m| Muon::new(m, 0.01)), trained(Cpu, |m| Muon::new(m, 0.01)));
    assert_eq!(
        trained(VAULT, |m| Adam::new(m, 0.01).amsgrad(true)),
        trained(Cpu, |m| Adam::new(m, 0.01).amsgrad(true))
    );
    assert_eq!(trained(VAULT, |m| Adan::new(m, 0.01)), trained(Cpu, |m| Adan::new(m, 0.01)));
}

/// L-BFGS takes numbers from there, and finds the same weights.
#[test]
fn searches_end_at_the_same_weights() {
    fn found<A: Device>(device: A) -> Vec<f32> {
        let mut w: Param<Shape![64], Weights<f32, A>> = device.randn::<Shape![64]>(Key::new(1)).into();
        let y: Tensor<Shape![64], f32, A> = device.randn(Key::new(2));
        let mut opt = Lbfgs::new(&w, 1.0).iterations(5).strong_wolfe(true);
        for _ in 0..2 {
            opt.step_with(&mut w, |w| w.value_and_grad(|w| w.tanh().mse(&y))).expect("a step");
        }
        w.tensor().to_vec()
    }
    assert_eq!(found(VAULT), found(Cpu));
}

/// The gradient that a loss begins with is a number that the host has said itself.
#[test]
fn what_went_up_is_known() {
    let one = VAULT.scalar(1.0f32);
    assert_eq!(carried(|| VAULT.download_scalar(&one)), (1.0, NOTHING));
    let one = VAULT.unshared(one);
    assert_eq!(carried(|| VAULT.download_scalar(&one)), (1.0, Carried { down: (1, 1), ..NOTHING }));
}

/// A learning rate is an argument of a loop, not a part of it: other numbers, the same code, nothing carried.
#[test]
fn a_learning_rate_is_an_argument() {
    let mut w: Param<Shape![64], Weights<f32, Vault<0>>> = VAULT.ones::<Shape![64]>().into();
    let mut sgd = Sgd::new(&w, 0.5);
    for (lr, wanted) in [(0.5, 0.0), (0.25, 0.0)] {
        sgd.set_lr(lr);
        let (_, step) = carried(|| {
            let (_, grads) = w.loss_and_grad(|w| (w.square() * 1.0).sum()).expect("a step");
            sgd.step(&mut w, &grads);
        });
        assert_eq!((step, w.tensor().to_vec()), (NOTHING, vec![wanted; 64]));
    }
}

/// All memory of a vault comes back to it.
#[test]
fn memory_comes_back() {
    type Own = Vault<2>;
    let model = Reader::new().to(&Own::default());
    let held = in_use(2);
    let x: Tensor<(Batch, Pixels), f32, Own> = Own::default().rand_of((Batch(5), Pixels), Key::new(1));
    let step = || with_key(Key::new(2), || model.value_and_grad(|m| m.forward(&x).square().mean()));
    assert!(step().is_ok() && held > 0);
    assert_eq!(in_use(2), held + 1, "a batch");
    drop((model, x));
    assert_eq!(in_use(2), 0);
}

#[test]
fn a_trainer_takes_the_same_steps() {
    fn run<A: Device>(device: A) -> (congruent::training::Report, Reader) {
        let (images, labels) = digits();
        let part = TensorDataset::new((images, labels)).expect("as many").split_at(120, Key::new(1)).expect("more").0;
        let loader = Loader::new(part, Batch(50)).expect("a size").map(move |(x, y), _| (x.to(&device), y.to(&device)));
        let mut model = Reader::new().to(&device);
        let mut optimizer = AdamW::new(&model, 3e-3);
        let report = congruent::training::Trainer::new(&mut model, &mut optimizer)
            .epochs(2)
            .accumulate(2)
            .clip_grad_norm(1.0)
            .validate(&loader, |m, (x, y)| m.forward(x.ex()).cross_entropy(&y))
            .fit(&loader.clone().workers(2), |m, (x, y)| m.forward(x.ex()).cross_entropy(&y));
        (report.expect("a good run"), model.to(&Cpu))
    }
    let ((here, own), (there, other)) = (run(Cpu), run(VAULT));
    assert_eq!((here, own.first.weight.tensor()), (there, other.first.weight.tensor()));
}
