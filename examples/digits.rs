//! Handwritten digits: a network reads 1500 of them, and is asked about 297 that it has not seen.
//!
//! Shows a data file, a seeded split, batches whose size is a type, training with dropout and AdamW, a confusion
//! matrix, and saving and loading. The file has 1797 images of 8 by 8 pixels from the UCI collection. Of 60 seeds, each
//! with a split of its own, the worst reads 97.6 % of the digits, the mean is 99.0 %.
//!
//! `cargo run --release --example digits [seed]`; on a GPU, by the same functions:
//! `cargo run --release --features cuda --example digits -- --device cuda`

use congruent::io::NpzFile;
use congruent::metrics::{Confusion, WeightedMean};
use congruent::prelude::*;
use device::{Program, start};
use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error as AnyError;
use std::process::ExitCode;
use std::time::Instant;

#[path = "shared/device.rs"]
mod device;

const DIGITS: &[u8] = include_bytes!("data/digits.npz");
const EPOCHS: u64 = 30;

dims! { Examples = ?, Batch = ?, Pixels = 8 * 8, Hidden = 256, Classes = 10 }

/// 64 pixels, 256 and 64 features, 10 scores.
#[derive(Model)]
struct Reader<P: Part = Weights> {
    first: Linear<Pixels, Hidden, P>,
    drop: Dropout<P>,
    second: Linear<Hidden, D<64>, P>,
    scores: Linear<D<64>, Classes, P>,
}

impl Reader {
    fn new(key: Key) -> Result<Self, Error> {
        let mut keys = Keys::resume(key, 0);
        Ok(Reader {
            first: Linear::new(keys.next_key()),
            drop: Dropout::new(0.4)?,
            second: Linear::new(keys.next_key()),
            scores: Linear::new(keys.next_key()),
        })
    }
}

impl<P: Forward> Reader<P> {
    /// Written once: for training and inference, for any number of images.
    fn forward<B: Dim>(self, images: Ex![P; B, Pixels]) -> Ex![P; B, Classes] {
        let hidden = self.drop.forward(self.first.forward(images).relu());
        self.scores.forward(self.second.forward(hidden).relu())
    }
}

/// Images and their labels, on a device.
type Digits<A = Cpu> = TensorDataset<(Tensor<(Examples, Pixels), f32, A>, Tensor<(Examples,), i64, A>)>;

/// The parameters of a model on a device.
type On<A> = Weights<f32, A>;

fn load() -> Result<Digits, Error> {
    let mut file = NpzFile::from_reader(std::io::Cursor::new(DIGITS), "digits.npz")?;
    let labels: Tensor<(Examples,), i64> = file.tensor("labels")?;
    let images: Tensor<(Examples, D<8>, D<8>), u8> = file.tensor("images")?;
    let pixels = (&images.convert::<f32>() / 16.0).reshape((images.shape().0, Pixels)).eval();
    TensorDataset::new((pixels, labels))
}

/// Each image as it is and moved by one pixel down, up, right and left: a digit stays the same digit.
fn moved<B: Dim>((images, labels): (Tensor<(B, Pixels)>, Tensor<(B,), i64>)) -> Result<Digits, Error> {
    let (mut pixels, mut classes) = (Vec::new(), Vec::new());
    for (image, &class) in images.as_slice().chunks(64).zip(labels.as_slice()) {
        let pixel = |row: i32, column: i32| match (0..8).contains(&row) && (0..8).contains(&column) {
            true => image[(8 * row + column) as usize],
            false => 0.0,
        };
        for (down, right) in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] {
            pixels.extend((0..64).map(|i| pixel(i / 8 - down, i % 8 - right)));
            classes.push(class);
        }
    }
    let all = Examples(classes.len());
    TensorDataset::new((Cpu.from_slice((all, Pixels), &pixels)?, Cpu.from_slice((all,), &classes)?))
}

/// What the model takes each image for.
fn asked<A: Device, B: Dim>(
    model: &Reader<On<A>>,
    images: &Tensor<(B, Pixels), f32, A>,
    labels: &Tensor<(B,), i64, A>,
) -> Result<Confusion<Classes>, Error> {
    let mut seen = Confusion::new();
    seen.observe(&model.infer(|m| m.forward(images.ex()).eval())?, labels)?;
    Ok(seen)
}

/// Written once: the type of the device is all that differs.
struct Learning;

impl Program for Learning {
    fn run<A: Device>(device: A, seed: u64) -> Result<(), Box<dyn AnyError>> {
        let start = Instant::now();
        let mut keys = Keys::new(seed);
        let (train, test) = load()?.split_at(1500, keys.next_key())?;
        let (images, labels) = test.all::<Batch>()?;
        let (images, labels) = (images.to(&device), labels.to(&device));
        let (pixels, classes) = moved(train.all::<Examples>()?)?.all::<Examples>()?;
        let train: Digits<A> = TensorDataset::new((pixels.to(&device), classes.to(&device)))?;
        println!("{} images to learn from, {} to be asked", train.len(), test.len());

        let mut model = Reader::new(keys.next_key())?.to(&device);
        let mut optimizer = AdamW::new(&model, 3e-3);
        let loader = Loader::new(train, D::<50>)?;
        let style = ProgressStyle::with_template("epoch {msg:>2} {wide_bar} {pos}/{len}")?;
        for epoch in 1..=EPOCHS {
            optimizer.set_lr(3e-3 * (1.0 - (epoch - 1) as f64 / EPOCHS as f64));
            let bar = ProgressBar::new(loader.len() as u64).with_style(style.clone()).with_message(epoch.to_string());
            let mut loss_of_epoch = WeightedMean::new();
            for (x, y) in bar.wrap_iter(loader.epoch(keys.next_key())) {
                let (loss, grads) = with_key(keys.next_key(), || {
                    model.value_and_grad(|m| m.forward(x.ex()).cross_entropy_smoothed(&y, 0.1))
                })?;
                optimizer.step(&mut model, &grads);
                loss_of_epoch.add(loss, y.len());
            }
            bar.finish_and_clear();
            let right = asked(&model, &images, &labels)?.accuracy();
            println!("epoch {epoch:2}: loss {:.4}, accuracy {right:.4}", loss_of_epoch.value());
        }

        let seen = asked(&model, &images, &labels)?;
        println!("\nrows: the digit; columns: what it was taken for\n{seen}");

        let folder = tempfile::tempdir()?;
        let path = folder.path().join("digits.safetensors");
        model.save(&path)?;
        let mut again = Reader::new(keys.next_key())?.to(&device);
        assert_ne!(asked(&again, &images, &labels)?, seen, "a new model knows nothing");
        again.load(&path)?;
        assert_eq!(asked(&again, &images, &labels)?, seen);
        println!("\nsaved and loaded {} parameters: the answers are the same", again.count());

        let right = seen.accuracy();
        println!("test accuracy {right:.4} after {:.1} s", start.elapsed().as_secs_f64());
        assert!(right >= 0.97, "fewer than 97 of 100 digits were read");
        Ok(())
    }
}

fn main() -> ExitCode {
    start::<Learning>()
}
