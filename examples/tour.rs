//! The library in a hundred lines: tensors, broadcasting, products, named dims, a model, training, inference, files.
//!
//! Each step asserts what it claims. Lines that would not compile stand as comments, with what the compiler says.
//!
//! `cargo run --release --example tour`

use congruent::prelude::*;

// Names for axes: `?` is known at run time, and two axes of one name have one size.
dims! { Examples = ?, Batch = ?, Inputs = 2, Hidden = 16, Classes = 2 }

/// A model is one struct. `P` says what its fields are: weights, variables of a training step, gradients.
#[derive(Model)]
struct Net<P: Part = Weights> {
    hidden: Linear<Inputs, Hidden, P>,
    scores: Linear<Hidden, Classes, P>,
}

impl<P: Forward> Net<P> {
    /// Written once, for training and inference; `B` is any number of rows.
    fn forward<B: Dim>(self, x: Ex![P; B, Inputs]) -> Ex![P; B, Classes] {
        self.scores.forward(self.hidden.forward(x).tanh())
    }
}

/// The shape, the element type and the device of a tensor are its type.
fn tensors() -> Result<(), Error> {
    let a = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]); // Tensor<(D<2>, D<3>), f32, Cpu>
    let row = Cpu.tensor([10.0, 20.0, 30.0]);
    let sum: Tensor<Shape![2, 3]> = (&a + &row * 2.0).eval(); // NumPy's broadcasting, one fused loop
    assert_eq!(sum.as_slice(), [21.0, 42.0, 63.0, 24.0, 45.0, 66.0]);
    println!("{sum}");

    let product: Tensor<Shape![2, 2]> = a.matmul(a.t()).eval();
    assert_eq!(product.as_slice(), [14.0, 32.0, 32.0, 77.0]);
    // a.matmul(&a);
    //          ^^ matmul: inner dimensions differ: left has `D<3>` columns, right has `D<2>` rows

    let means = a.mean_axis::<1>().eval();
    let centred = (&a - a.mean_keepdim::<1>()).eval();
    assert_eq!((means.shape(), centred.as_slice()[0]), ((D::<2>,), -1.0));
    // &a + &means;
    //    ^ shapes differ: `(D<2>, D<3>)` and `(D<2>,)`

    // Sizes that only the run knows have a name, and are compared when they meet.
    let (three, four) = (Cpu.full((Batch(3),), 1.0f32), Cpu.full((Batch(4),), 1.0f32));
    let error = attempt(|| (&three + &four).eval()).expect_err("3 is not 4");
    println!("{error}");
    Ok(())
}

/// Points on the plane, and whether their coordinates have one sign: no straight line parts the two classes.
fn points(n: usize) -> Result<TensorDataset<(Tensor<(Examples, Inputs)>, Tensor<(Examples,), i64>)>, Error> {
    let x = Cpu.uniform((Examples(n), Inputs), Key::new(1), -1.0, 1.0);
    let same_sign: Vec<i64> = x.as_slice().chunks(2).map(|point| i64::from(point[0] * point[1] > 0.0)).collect();
    let y = Cpu.from_slice((Examples(n),), &same_sign)?;
    TensorDataset::new((x, y))
}

fn train() -> Result<Net, Error> {
    let (train, test) = points(1000)?.split(0.8, Key::new(2))?;
    let mut net = Net { hidden: Linear::new(Key::new(3)), scores: Linear::new(Key::new(4)) };
    let mut optimizer = AdamW::new(&net, 0.01).group(|name, hyper| {
        if name.ends_with("bias") {
            hyper.weight_decay = 0.0;
        }
    });
    let loader = Loader::new(train, Batch(50))?;
    for epoch in 0..40 {
        for (x, y) in loader.epoch(Key::new(5).fold_in(epoch)) {
            // The gradients are a `Net` as well: every parameter has one.
            let (_, grads) = net.value_and_grad(|m| m.forward(x.ex()).cross_entropy(&y))?;
            optimizer.step(&mut net, &grads);
            // net.value_and_grad(|m| m.forward(x.ex()));
            //     ^^^^^^^^^^^^^^ the loss must be a scalar, but its shape is `(Batch, Classes)`
        }
    }
    let (x, y) = test.all::<D<200>>()?;
    let scores: Tensor<Shape![200, Classes]> = net.infer(|m| m.forward(x.ex()).eval())?;
    let right = |(scores, label): (&[f32], &i64)| i64::from(scores[1] > scores[0]) == *label;
    let right = scores.as_slice().chunks(2).zip(y.as_slice()).filter(|pair| right(*pair)).count();
    println!("{right} of 200 new points are on the right side");
    assert!(right > 185);
    Ok(net)
}

/// Models are values: they are counted, cast to other element types, saved and loaded.
fn files(net: &Net) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("net.safetensors");
    net.save(&path)?;
    let mut again = Net { hidden: Linear::new(Key::new(6)), scores: Linear::new(Key::new(7)) };
    again.load(&path)?;
    net.visit(|name, dims, _| println!("{name} {dims:?}"));
    let one = Cpu.tensor([[0.5, -0.5]]).rename((D::<1>, Inputs))?;
    let answer = |net: &Net| net.infer(|m| m.forward(one.ex()).softmax().eval());
    assert_eq!(answer(&again)?, answer(net)?);
    let precise: Net<Weights<f64>> = net.cast();
    println!("{} parameters, {}", precise.count(), answer(net)?);
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    tensors()?;
    files(&train()?)
}
