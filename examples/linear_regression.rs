//! Linear regression: `y = X · w + b`, and a gradient that is checked by hand.
//!
//! Shows that `value_and_grad` gives what calculus gives, `dL/dw = Xᵀ · dL/dŷ`, and that gradient descent finds the
//! weights that the data were made with.
//!
//! `cargo run --release --example linear_regression`

use congruent::prelude::*;

dims! { Rows = ?, Features = 3 }

const TRUE_WEIGHTS: [f64; 3] = [2.0, -1.0, 0.5];
const TRUE_BIAS: f64 = 0.25;

#[derive(Model)]
struct Line<P: Part = Weights<f64>> {
    weight: Param<(Features, D<1>), P>,
    bias: Param<Shape![1], P>,
}

impl<P: Forward> Line<P> {
    fn forward<B: Dim>(self, x: Ex![P; B, Features]) -> Ex![P; B, 1] {
        x.matmul(self.weight) + self.bias
    }
}

/// `X`, and `y = X · w + b` with a little noise.
fn data(rows: Rows, key: Key) -> (Tensor<(Rows, Features), f64>, Tensor<(Rows, D<1>), f64>) {
    let (of_x, of_noise) = key.split();
    let x = Cpu.normal_of::<f64, _>((rows, Features), of_x, 0.0, 1.0);
    let noise = Cpu.normal_of::<f64, _>((rows, D::<1>), of_noise, 0.0, 0.01);
    let weight = Cpu.from_fn((Features, D::<1>), |i| TRUE_WEIGHTS[i]);
    let y = (x.matmul(&weight) + TRUE_BIAS + &noise).eval();
    (x, y)
}

/// Whether two lists of numbers agree to 12 digits.
fn agree(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-12 * a.abs().max(1.0))
}

fn main() -> Result<(), Error> {
    let (x, y) = data(Rows(200), Key::new(7));
    let mut line = Line { weight: Cpu.full((Features, D::<1>), 0.1).into(), bias: Cpu.full((D::<1>,), 0.0).into() };

    // L = mean((ŷ - y)²), so dL/dŷ = 2 (ŷ - y) / n, dL/dw = Xᵀ · dL/dŷ, and dL/db is the sum of dL/dŷ.
    let (loss, grads) = line.value_and_grad(|m| m.forward(x.ex()).mse(&y))?;
    let slope = line.infer(|m| ((m.forward(x.ex()) - &y) * (2.0 / x.shape().0.size() as f64)).eval())?;
    let by_hand = (x.t().matmul(&slope).eval(), slope.sum_axis::<0>().eval());
    println!("loss      {loss:.6}");
    println!("dL/dw     {:?}", grads.weight.as_slice());
    println!("Xᵀ·dL/dŷ  {:?}", by_hand.0.as_slice());
    assert!(agree(grads.weight.as_slice(), by_hand.0.as_slice()));
    assert!(agree(grads.bias.as_slice(), by_hand.1.as_slice()));

    let mut optimizer = Sgd::new(&line, 0.1);
    for step in 1..=100 {
        let (loss, grads) = line.value_and_grad(|m| m.forward(x.ex()).mse(&y))?;
        optimizer.step(&mut line, &grads);
        if step % 20 == 0 {
            println!("step {step:3}: loss {loss:.6}");
        }
    }
    println!("weights   {:.3?} (made with {TRUE_WEIGHTS:?})", line.weight.as_slice());
    println!("bias      {:.3?} (made with {TRUE_BIAS})", line.bias.as_slice());
    assert!(line.weight.as_slice().iter().zip(TRUE_WEIGHTS).all(|(found, made)| (found - made).abs() < 0.01));
    Ok(())
}
