//! Values that are read inside of a step: what cuts the gradient without leaving another way is an error by name.

use congruent::prelude::*;

type Net = (Linear<D<3>, D<4>>, Linear<D<4>, D<2>>);

fn net() -> Net {
    (Linear::new(Key::new(1)), Linear::new(Key::new(2)))
}

dims! { Distinct = ? }

/// The names in the error of a step, `fine` where there is none.
macro_rules! outcome {
    ($model:expr, |$m:pat_param| $loss:expr) => {
        match $model.value_and_grad(|$m| $loss) {
            Ok(_) => "fine".to_owned(),
            Err(Error::Cut { parameters }) => parameters.join(" "),
            Err(other) => other.to_string(),
        }
    };
}

const FIRST: &str = "`0.weight` `0.bias`";

#[test]
fn a_layer_behind_eval_is_named() {
    let (net, x) = (net(), Cpu.ones::<Shape![5, 3]>());
    assert_eq!(outcome!(net, |m| m.1.forward(&m.0.forward(&x).relu().eval()).sum()), FIRST);
    // The same by every other way to a tensor.
    let mut out = [0.0; 20];
    let into = outcome!(net, |m| {
        m.0.forward(&x).relu().eval_into(&mut out).expect("twenty");
        m.1.forward(&Cpu.from_slice((D::<5>, D::<4>), &out).expect("twenty")).sum()
    });
    assert_eq!(into, FIRST);
    assert_eq!(outcome!(net, |m| m.1.weight.sum() * m.0.forward(&x).sum().eval().item() as f64), FIRST);
    let unique = outcome!(net, |m| m.1.weight.sum() * m.0.forward(&x).unique(Distinct).as_slice()[0] as f64);
    assert_eq!(unique, FIRST);
    // Through every construct in between.
    assert_eq!(outcome!(net, |m| m.1.forward(&m.0.forward(&x).boxed().eval()).sum()), FIRST);
    assert_eq!(outcome!(net, |m| m.1.forward(&m.0.forward(&x).with(|h| h * h).eval()).sum()), FIRST);
    assert_eq!(outcome!(net, |m| m.1.forward(&m.0.forward(&x).share(|h| h * h).eval()).sum()), FIRST);
    assert_eq!(outcome!(net, |m| m.1.forward(&m.0.forward(&x).softmax().eval()).sum()), FIRST);
    assert_eq!(outcome!(net, |m| m.1.forward(m.0.forward(&x).t().eval().t()).sum()), FIRST);
    assert_eq!(outcome!(net, |m| m.1.forward(&m.0.forward(&x).slice(s![.., ..]).eval()).sum()), FIRST);
    assert_eq!(outcome!(net, |m| m.1.forward(m.0.forward(&x).cast::<f64>().eval().cast::<f32>()).sum()), FIRST);
    assert_eq!(outcome!(net, |m| m.1.forward(&m.0.forward(&x).cumsum_axis::<0>().eval()).sum()), FIRST);
    assert_eq!(outcome!(net, |m| m.1.forward(&m.0.forward(&x).sort().eval()).sum()), FIRST);
    assert_eq!(outcome!(net, |m| m.1.forward(&m.0.forward(&x).layer_norm(1e-5).eval()).sum()), FIRST);
    // Read inside of a shared value, and of a loop.
    let inside = outcome!(net, |m| m.0.forward(&x).with(|h| m.1.forward(&h.relu().eval())).sum());
    assert_eq!(inside, FIRST);
    let looped = outcome!(net, |m| {
        let h = Traced::<f32>::scan([m.1.bias; 2], m.0.forward(&x), |bias, h| h.exp().eval().ex() * bias.sum());
        m.1.forward(h).sum()
    });
    assert_eq!(looped, FIRST);
    // Read by a call inside of the step, to which the parameters are constants.
    let read = outcome!(net, |m| {
        let h = m.0.forward(&x);
        let h = net.1.infer(|_| h.relu().eval()).expect("no sizes");
        m.1.forward(&h).sum()
    });
    assert_eq!(read, FIRST);
}

#[test]
fn the_error_names_parameters_and_the_cure() {
    let (net, x) = (net(), Cpu.ones::<Shape![5, 3]>());
    let error = net.value_and_grad(|m| m.1.forward(&m.0.forward(&x).eval()).sum()).expect_err("an error");
    let text = error.to_string();
    assert!(
        text.contains("`0.weight`, `0.bias`") && text.contains(".with(") && text.contains(".stop_gradient()"),
        "{text}"
    );
}

#[test]
fn what_is_read_beside_the_loss_is_no_error() {
    let (net, x) = (net(), Cpu.ones::<Shape![5, 3]>());
    let labels = Cpu.tensor([0, 1, 0, 1, 1]);
    // A value of what is learned.
    let (_, grads, (right, largest)) = net
        .value_grad_and(|m| {
            let mut beside = (0, 0.0);
            let loss = m.1.forward(m.0.forward(&x).relu()).with(|scores| {
                beside = (scores.argmax_axis::<1>().eq(&labels).count(), scores.max().eval().item());
                scores.cross_entropy(&labels)
            });
            (loss, beside)
        })
        .expect("the sizes agree");
    assert!(grads.0.weight.reached() && right <= 5 && largest.is_finite());
    // Integers and truths have no gradient to lose.
    assert_eq!(
        outcome!(net, |m| m.1.weight.sum() * m.0.forward(&x).argmax_axis::<1>().sum().eval().item() as f64),
        "fine"
    );
    assert_eq!(outcome!(net, |m| m.0.forward(&x).gt(0.0).eval().where_(m.1.weight.sum(), 0.0).sum()), "fine");
    // On purpose.
    assert_eq!(outcome!(net, |m| m.1.forward(&m.0.forward(&x).relu().stop_gradient().eval()).sum()), "fine");
    let inside = outcome!(net, |m| m.0.forward(&x).with(|h| m.1.forward(&h.stop_gradient().relu().eval())).sum());
    assert_eq!(inside, "fine");
    // Read in vain.
    let learned = outcome!(net, |m| {
        let read = m.0.forward(&x).relu().eval();
        let _ = read.as_slice();
        m.1.forward(m.0.forward(&x).relu()).sum()
    });
    assert_eq!(learned, "fine");
    // In inference nothing is cut.
    net.infer(|m| m.1.forward(&m.0.forward(&x).eval()).eval()).expect("the sizes agree");
}
