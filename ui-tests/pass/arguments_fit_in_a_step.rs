//! In a training step, a wrong argument to a model is one error, where it is passed.
use congruent::prelude::*;

dims! { Batch = ?, Pixels = 64, Colours = 3, Hidden = 32, Classes = 10 }

#[derive(Model)]
struct Encoder<P: Part = Weights> {
    hidden: Linear<Pixels, Hidden, P>,
}

impl<P: Forward> Encoder<P> {
    fn forward<B: Dim>(self, x: Ex![P; B, Pixels]) -> Ex![P; B, Hidden] {
        self.hidden.forward(x).relu()
    }
}

#[derive(Model)]
struct Net<P: Part = Weights> {
    encoder: Encoder<P>,
    scores: Linear<Hidden, Classes, P>,
}

impl<P: Forward> Net<P> {
    fn forward<B: Dim>(self, x: Ex![P; B, Pixels]) -> Ex![P; B, Classes] {
        self.scores.forward(self.encoder.forward(x))
    }
}

pub fn main() -> Result<(), Error> {
    let net: Net = Net { encoder: Encoder { hidden: Linear::new(Key::new(1)) }, scores: Linear::new(Key::new(2)) };
    let images: Tensor<(Batch, Pixels)> = Cpu.ones_of::<f32, _>((Batch(2), Pixels));
    let (loss, _) = net.value_and_grad(|net| (net.forward(images.ex()).log_softmax() * 2.0).mean())?;
    println!("{loss}");
    Ok(())
}
